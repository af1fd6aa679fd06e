"""KD314: a command names what the note never makes, one slip away from what it makes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from kdocs_plugin.commands import parse_kubectl
from kdocs_plugin.manifests.spelling import nearest
from kdocs_plugin.model import Finding, Note, Scenario
from kdocs_plugin.planning.objects import WORKLOADS, is_name
from kdocs_plugin.validation.kubectl.lines import Line, lines

_NAMING: Final = frozenset(
    """
    get describe delete logs exec scale rollout expose set autoscale port-forward wait attach
    label annotate edit patch
    """.split()
)
_SHORTEST: Final = 4


def misspelt(note: Note, scenario: Scenario, made: Mapping[str, set[str]]) -> Iterator[Finding]:
    """`made` are the names of all objects of the note by lower-case kind."""
    for line in lines(note, scenario):
        read = parse_kubectl(("kubectl", *line.words))
        if read is None or read.verb not in _NAMING or read.has("-n", "--namespace"):
            continue
        for kind, name in read.targets:
            near = _near(kind, name, made)
            if near:
                yield from _finding(line, kind, name, near)


def _near(kind: str, name: str, made: Mapping[str, set[str]]) -> str:
    """What the note makes of this kind under nearly this name; "" where the name is right."""
    names = made.get(kind, set())
    owners = {each for owner in WORKLOADS for each in made.get(owner, ())}
    if not is_name(name) or name in names or len(name) < _SHORTEST or name.lower() != name:
        return ""
    if kind in ("pod", "replicaset") and any(name.startswith(f"{each}-") for each in owners):
        return ""
    near = nearest(name, {each for each in names if len(each) >= _SHORTEST}, cutoff=1.0)
    return "" if _letters(near) == _letters(name) else near  # web-1 and web-2 are two


def _letters(name: str) -> str:
    return "".join(char for char in name if not char.isdigit())


def _finding(line: Line, kind: str, name: str, near: str) -> Iterator[Finding]:
    for index, word in enumerate(line.words):
        if word.rpartition("/")[2] == name:
            yield line.finding("KD314", index, kind=kind, name=name, suggestion=near)
            return
