"""What a step has touched, by its own words and by what kubectl said it did."""

from __future__ import annotations

import re
from collections.abc import Iterable

from kdocs_plugin.clusters.api import Api, ApiError
from kdocs_plugin.commands import kind_of, parse_kubectl, split
from kdocs_plugin.commands.kubectl import RESOURCES as WORDS
from kdocs_plugin.execution.readiness.world import ALWAYS, MAKES, RESOURCES, Resource
from kdocs_plugin.model import Scenario
from kdocs_plugin.values import dataclass

# `pod/web created`, `deployment.apps/web scaled`, `pod/web`
DONE = re.compile(
    r"(?m)^([a-z][a-z0-9-]*(?:\.[a-z0-9.-]+)?)/([a-z0-9][a-z0-9.:-]*)(?: +\S.*)?$"
)
# `pod "web" deleted from default namespace`
GONE = re.compile(r'(?m)^([a-z][a-z0-9-]*(?:\.[a-z0-9.-]+)?) "([^"\s]+)" (?:force )?deleted\b')
LOWER = {kind.lower(): kind for kind in RESOURCES}
# Verbs whose words do not name the kind that they make.
MADE_BY_VERB = {"autoscale": "HorizontalPodAutoscaler"}


@dataclass(frozen=True, slots=True)
class Named:
    """Objects by lower-case kind, group and name."""

    objects: frozenset[tuple[str, str, str]]

    @property
    def kinds(self) -> frozenset[str]:
        return frozenset(kind for kind, _, _ in self.objects)

    def holds(self, kind: str, name: str) -> bool:
        """Whether it names this object; kind as manifests have it."""
        word = kind.partition(".")[0].lower()
        return any(k == word and n == name for k, _, n in self.objects)


def named(command: str, printed: str) -> Named:
    """The objects of kubectl's lines in an output, and of the command's own words."""
    found = set()
    for word, name in (*DONE.findall(printed), *GONE.findall(printed)):
        found.add((kind_of(word), word.partition(".")[2], name))
    for statement in split(command):
        for each in statement.commands:
            line = parse_kubectl(each.words)
            # What expose and autoscale name is not what they make.
            if line and line.mutates and line.verb not in ("expose", "autoscale"):
                found |= {(kind, "", name) for kind, name in line.targets}
    return Named(frozenset(found))


def kinds_of(scenario: Scenario) -> tuple[Resource, ...]:
    """The kinds that running a scenario can touch: those it mentions, and what they make.

    All that we know, where it applies what we can't read.
    """
    known = {each.name.removeprefix("./") for each in scenario.files}
    known |= {name.removeprefix("./") for name in scenario.beside}
    texts = [each.content for each in scenario.files] + list(scenario.beside.values())
    kinds = set(ALWAYS)
    for step in scenario.runnable:
        if not step.effect.mutates:
            continue
        known |= {name.removeprefix("./") for name in step.effect.writes}
        files = {name.removeprefix("./") for name in step.effect.files}
        folder = re.search(r"\s(?:-k|--kustomize)\b", step.command)
        if folder or files - known - {"-", "/dev/stdin"}:
            return tuple(RESOURCES.values())
    texts += [step.command for step in scenario.runnable]
    text = "\n".join(texts).lower()
    for kind in RESOURCES:
        words = [kind.lower(), *WORDS.get(kind.lower(), "").split()]
        if re.search(rf"(?<![a-z])(?:{'|'.join(words)})(?![a-z])", text):
            kinds.add(kind)
    kinds |= {kind for verb, kind in MADE_BY_VERB.items() if f" {verb} " in text}
    return tuple(RESOURCES[kind] for kind in closure(kinds))


def closure(kinds: Iterable[str]) -> list[str]:
    """Kinds with all that their controllers make, in the table's order."""
    found, pending = set(), list(kinds)
    while pending:
        kind = pending.pop()
        if kind not in found:
            found.add(kind)
            pending += MAKES.get(kind, ())
    return [kind for kind in RESOURCES if kind in found]


def resource_of(kind: str, group: str, api: Api) -> Resource | None:
    """Where the objects of a kind are; None for what nobody has to wait for.

    Of kinds that are not Kubernetes' own the API server says where they are.
    """
    if kind in LOWER:
        return RESOURCES[LOWER[kind]]
    if "." not in group or group.endswith(".k8s.io"):
        return None
    try:
        version = api.get(f"/apis/{group}")["preferredVersion"]["groupVersion"]
        for each in api.get(f"/apis/{version}")["resources"]:
            plural, name = each["name"], each["kind"]
            if "/" not in plural and kind in (plural, name.lower()):
                wide = not each["namespaced"]
                return Resource(f"{name}.{group}", f"/apis/{version}", plural, not wide)
    except ApiError:
        return None  # its definition has gone
    return None
