"""KD302: would kubectl take the command line, whatever the cluster holds."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kdocs_plugin.commands import Kubectl, parse_kubectl, split
from kdocs_plugin.model import Finding, Position, Scenario, Step
from kdocs_plugin.validation.catalogue import SEVERITIES


def findings(scenario: Scenario) -> Iterator[Finding]:
    """What kubectl refuses before it asks any server. Probes are checked like steps."""
    for step in scenario.steps:
        if "exec" in step.command:  # reading shell costs more than looking
            yield from _exec_without_command(scenario.path, step)


def _exec_without_command(path: str, step: Step) -> Iterator[Finding]:
    for statement in split(step.command):
        for command in statement.commands:
            line = parse_kubectl(command.words)
            if line is None or not _has_nothing_to_run(line):
                continue
            if step.kind == "probe" and line.has_dashes:
                continue  # "put a command behind `kubectl exec x --`": the sentence goes on
            text = step.command[command.start : command.end]
            yield Finding(
                "KD302",
                SEVERITIES["KD302"],
                path,
                _place(step, command.start),
                {"mend": _with_shell(text, line)},
                step.block,
            )


def _has_nothing_to_run(line: Kubectl) -> bool:
    """A pod is named (else the line is prose: "`kubectl exec`로 ..."), and no command."""
    if line.verb != "exec" or line.command or line.has("-h", "--help"):
        return False
    return len(line.arguments) == 1 or (not line.arguments and bool(line.files))


def _with_shell(text: str, line: Kubectl) -> str:
    bare = re.sub(r"\s+--\s*$", "", text.strip())
    if not line.has("-i", "--stdin", "-t", "--tty"):
        bare = re.sub(r"\bexec\b", "exec -it", bare, count=1)
    return f"{bare} -- sh"


def _place(step: Step, offset: int) -> Position:
    """Where the command begins: only its first line's columns are known for sure."""
    if "\n" in step.command[:offset]:
        return step.position
    return Position(step.position.line, step.position.column + offset)
