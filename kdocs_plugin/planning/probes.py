"""Inline commands that only read: `kubectl get pods` in a sentence."""

from __future__ import annotations

from kdocs_plugin.commands import Command, Kubectl, parse_kubectl, split
from kdocs_plugin.model import Note
from kdocs_plugin.planning.draft import Draft
from kdocs_plugin.planning.policy import TEXT_TOOLS, scenario_addresses

# Verbs that say nothing without an argument: `kubectl get` in a sentence is prose.
NEED_ARGUMENTS = frozenset("get describe logs log exec explain top rollout auth wait".split())
READING = frozenset(
    "get describe logs log exec explain api-resources api-versions version cluster-info top "
    "events rollout auth".split()
)


def probes_of(note: Note) -> list[Draft]:
    """The note's inline commands that are probes, in document order."""
    drafts = []
    for number, code in enumerate(note.codes):
        if (
            "\n" in code.text
            or " " not in code.text.strip()
            or code.text.rstrip().endswith("...")
        ):
            continue  # one word is a name, `...` is an outline
        statements = split(code.text)
        if len(statements) != 1 or statements[0].broken or statements[0].writes:
            continue
        statement = statements[0]
        if statement.background or not is_probe(statement.commands):
            continue
        drafts.append(
            Draft(
                statement=statement,
                position=code.position,
                end_line=code.end.line,
                block=None,
                code=number,
                place=code.position.line,
                column=code.position.column,
            )
        )
    return drafts


def is_probe(commands: tuple[Command, ...]) -> bool:
    """A kubectl verb that reads, or curl to an address of the scenario, then text tools."""
    if not commands:
        return False
    first, rest = commands[0], commands[1:]
    if any(each.name not in TEXT_TOOLS for each in rest):
        return False
    line = parse_kubectl(first.words)
    if line is not None:
        return probes(line)
    return first.name == "curl" and bool(scenario_addresses(first.words))


def probes(line: Kubectl) -> bool:
    if line.verb not in READING or line.endless:
        return False
    if line.verb in ("rollout", "auth") and not line.reads:
        return False
    return line.verb not in NEED_ARGUMENTS or bool(line.arguments or line.subcommand)
