"""KD312: resources that there are not. KD313: verbs that don't fit a kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from kdocs_plugin.commands.invocation import Invocation, Word, is_open
from kdocs_plugin.commands.kubectl_pack import Pack, Resource
from kdocs_plugin.manifests.spelling import nearest
from kdocs_plugin.model import Finding
from kdocs_plugin.validation.kubectl.arguments import BUILDERS
from kdocs_plugin.validation.kubectl.gone import AGEING, RESOURCES
from kdocs_plugin.validation.kubectl.lines import Line

_TYPED: Final = BUILDERS | frozenset(
    "label annotate taint explain".split()
    + [f"set {each}" for each in "image env resources selector serviceaccount subject".split()]
)
_SHORTEST: Final = 4  # letters of a word that can be a slip: short ones are others' short names
_WITH_PODS: Final = ("deployments", "daemonsets", "statefulsets")
# The kinds that a command knows how to deal with: polymorphichelpers of k8s.io/kubectl.
_FITS: Final[Mapping[str, tuple[str, ...]]] = {
    "scale": ("deployments", "replicasets", "statefulsets", "replicationcontrollers"),
    "autoscale": ("deployments", "replicasets", "statefulsets", "replicationcontrollers"),
    "expose": ("deployments", "replicasets", "replicationcontrollers", "services", "pods"),
    "rollout status": _WITH_PODS,
    "rollout history": _WITH_PODS,
    "rollout undo": _WITH_PODS,
    "rollout restart": _WITH_PODS,
    "rollout pause": ("deployments",),
    "rollout resume": ("deployments",),
}


def findings(line: Line, read: Invocation, pack: Pack, minor: int) -> Iterator[Finding]:
    """What is wrong with the resource types of a line."""
    path = read.command.path
    if path not in _TYPED or read.has("filename", "kustomize", "raw"):
        return
    for word, name in _types(read):
        resource = pack.resources.get(name.lower())
        if resource is None:
            yield from _unknown(line, word, name, pack, minor)
            continue
        if path in _FITS and resource.plural not in _FITS[path]:
            fitting = ", ".join(pack.resources[each].kind for each in _FITS[path])
            yield line.finding(
                "KD313",
                word.index,
                command=f"kubectl {path}",
                kind=resource.kind,
                known=fitting,
            )
        elif path in ("get", "describe"):
            yield from _ageing(line, word, resource, minor)


def _types(read: Invocation) -> Iterator[tuple[Word, str]]:
    """The words that name a resource type, groups and names taken off."""
    words = [word for word in read.arguments if not is_open(word.text)]
    if not words or words[0] != read.arguments[0]:
        return
    several = "/" in words[0].text
    for word in words if several else words[:1]:
        if several and ("/" not in word.text or "=" in word.text):
            continue
        for name in word.text.split("/", 1)[0].split(","):
            if read.command.path == "explain":
                name = name.split(".", 1)[0]
            if name and "." not in name and name != "all":
                yield word, name


def _unknown(line: Line, word: Word, name: str, pack: Pack, minor: int) -> Iterator[Finding]:
    """A kind of somebody else's, as far as we know, unless it is a slip or long gone."""
    if gone := RESOURCES.get(name.lower()):
        if minor >= gone.removed:
            said = f'the server doesn\'t have a resource type "{name}"'
            removed = f"1.{gone.removed}"
            yield line.finding(
                "KD309", word.index, what=name, removed=removed, said=said, mend=gone.mend
            )
        return
    if len(name) < _SHORTEST or "CustomResourceDefinition" in line.note.text:
        return
    known = {each for each in pack.resources if len(each) >= _SHORTEST}
    near = nearest(name, known, cutoff=1.0)
    if near:
        fix = line.replacement(word.index, name, near)
        yield line.finding("KD312", word.index, fix, word=name, suggestion=near)


def _ageing(line: Line, word: Word, resource: Resource, minor: int) -> Iterator[Finding]:
    if resource.plural in AGEING and not resource.group:
        since, said, mend = AGEING[resource.plural]
        if minor >= since:
            yield line.finding("KD311", word.index, what=word.text, said=said, mend=mend)
