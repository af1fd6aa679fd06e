"""KD302, KD305 to KD314: would kubectl take the command line, whatever the cluster holds."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from kdocs_plugin.commands import Kubectl, parse_kubectl
from kdocs_plugin.commands.invocation import Invocation, invocation
from kdocs_plugin.commands.kubectl_pack import Pack, minor_of, newest
from kdocs_plugin.manifests import versions
from kdocs_plugin.model import Finding, Note, Scenario
from kdocs_plugin.validation.kubectl import kinds, usage
from kdocs_plugin.validation.kubectl.arguments import complaints
from kdocs_plugin.validation.kubectl.lines import Line, lines
from kdocs_plugin.values import replace


def findings(
    note: Note, scenario: Scenario, targets: Sequence[str] = versions.ALL[-1:]
) -> Iterator[Finding]:
    """What kubectl refuses before it asks any server, and what it takes with a warning.

    Probes are checked like steps. Of several versions the newest counts: that is the
    kubectl which people have.
    """
    for line in lines(note, scenario):
        yield from findings_of(line, newest(targets), max(map(minor_of, targets)))


def findings_of(line: Line, pack: Pack, minor: int) -> Iterator[Finding]:
    """One line: the first thing that is refused, as kubectl says it, and every warning."""
    read = invocation(line.words, pack)
    if read is None or read.helps:
        return
    if line.more:
        read = replace(read, loose=True)
    refused = next(_refusals(line, read, pack, minor), None)
    if refused is not None:
        yield refused
    elif read.trouble is None:
        yield from kinds.findings(line, read, pack, minor)
    yield from usage.ageing(line, read)


def _refusals(line: Line, read: Invocation, pack: Pack, minor: int) -> Iterator[Finding]:
    old = usage.exec_without_dashes(line, read, minor)
    if old is not None:
        yield old
    elif read.trouble is not None:
        yield from usage.trouble(line, read, read.trouble, pack, minor)
    else:
        yield from _exec_without_command(line)
        if line.step.kind == "probe" and not read.arguments:
            return  # "`kubectl get -o wide`로 ...": the sentence has the rest
        for found in islice(complaints(read), 1):
            yield usage.complaint(line, read, found)


def _exec_without_command(line: Line) -> Iterator[Finding]:
    read = parse_kubectl(("kubectl", *line.words))
    if read is None or not _has_nothing_to_run(read):
        return
    if line.step.kind == "probe" and read.has_dashes:
        return  # "put a command behind `kubectl exec x --`": the sentence goes on
    yield line.finding("KD302", None, mend=_with_shell(line.text, read))


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
