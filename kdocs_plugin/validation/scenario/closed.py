"""Whether a note is evidently complete: all that its objects need, it makes itself.

Only then is something that is not there a finding. Any sign that something comes from
elsewhere is enough to say no.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from kdocs_plugin.commands import VERBS, Kubectl, find_placeholders
from kdocs_plugin.late import late
from kdocs_plugin.manifests import pack, spelling, versions
from kdocs_plugin.planning.objects import MAKING, WORKLOADS, is_name
from kdocs_plugin.planning.policy import BUILTINS, EDITORS, FILTERS, TEXT_TOOLS, unwrapped
from kdocs_plugin.planning.scope import CLUSTER_KINDS
from kdocs_plugin.validation.reading import Reading
from kdocs_plugin.validation.scenario.world import World

# Programs that make no object of Kubernetes.
_HARMLESS: Final = BUILTINS | FILTERS | TEXT_TOOLS | EDITORS | {"curl", "wget", "docker"}
_ELSEWHERE: Final = ("-k", "--kustomize", "--context", "--kubeconfig", "--server", "-s")
# What minikube and kind are told that leaves the cluster's objects alone.
_OF_MACHINE: Final = frozenset("start stop delete status ip service tunnel version".split())
_MADE_BEFORE: Final = late(
    r"(?:앞|이전|지난|저번|다른)\S{0,3}\s?(?:장|글|노트|실습|절|챕터|시간|포스트|예제|강의)?\S{0,2}\s?"
    r"(?:만든|만들었|만들어|생성|배포|작성|적용|설치)"
    r"|(?:이미(?!지)|미리|기존)\S{0,2}\s?(?:\S{1,12}\s)?(?:만든|만들|생성|배포|설치|있)"
    r"|previous(?:ly)?|already|existing|earlier",
    re.IGNORECASE,
)
# What the cluster shows where a note demonstrates the very failure.
_FAILURES: Final = late(
    r"CreateContainerConfigError|FailedMount|MountVolume\.SetUp|not found|NotFound"
    r"|(?i:endpoints?\b[^\n]*<none>)|FailedCreate"
)
_NAMED: Final = frozenset(
    "get describe logs exec scale rollout expose port-forward annotate top wait attach".split()
)


def is_closed(world: World) -> bool:
    """Whether nothing comes from elsewhere, as far as the note tells."""
    note = world.note
    if note.options.get("needs") or note.front_matter.get("needs"):
        return False
    if any(is_partial(each) for each in world.readings) or any(_foreign(world)):
        return False
    if _MADE_BEFORE.search(_prose(world)):
        return False
    if any(use.unknown and use.line.verb != "delete" for use in world.uses):
        return False
    lines = [use.line for use in world.uses]
    if any(_reaches_out(line) for line in (*lines, *world.inline())):
        return False
    return not any(_does_more(world)) and not any(_relies_on(world))


def shows_failure(world: World) -> bool:
    """Whether the note is about the very thing that goes wrong."""
    return bool(_FAILURES.search(world.note.text)) or any(step.expect for step in world.steps)


def is_partial(reading: Reading) -> bool:
    """Whether a block leaves something to the reader's imagination."""
    return reading.elided or reading.template is not None or not reading.manifest.readable


def _foreign(world: World) -> Iterator[str]:
    """Kinds whose controllers make objects of their own."""
    kinds = pack.definitions(versions.ALL[-1]).kinds
    for each in world.made:
        api_version = each.value.get("apiVersion")
        if isinstance(api_version, str) and "." in api_version and api_version not in kinds:
            yield api_version


def _prose(world: World) -> str:
    """The note without its fences."""
    lines = world.note.text.split("\n")
    for block in world.note.blocks:
        for number in range(block.start_line - 1, min(block.end_line, len(lines))):
            lines[number] = ""
    return "\n".join(lines)


def _reaches_out(line: Kubectl) -> bool:
    """Whether a line brings in, or changes, what no manifest of the note shows."""
    if line.verb and line.verb not in VERBS:
        return True
    if is_changing(line) or any(line.has(flag) for flag in _ELSEWHERE):
        return True
    if line.verb == "config" and not line.reads and line.subcommand != "set-context":
        return True
    if any("://" in name for name in line.files):
        return True
    return line.verb in MAKING and any(not is_name(name) for name in line.names)


def is_changing(line: Kubectl) -> bool:
    """Whether an object is no longer what its manifest says, in what links it to others."""
    if line.verb == "label":
        return line.resource != "node"
    if line.verb == "set":
        return line.subcommand not in ("image", "resources")
    return line.verb in ("edit", "patch")


def _does_more(world: World) -> Iterator[str]:
    """Programs that may make objects, and what could not be read."""
    for statements in world.statements.values():
        for statement in statements:
            if statement.broken:
                yield statement.text
            for command in statement.commands:
                words = unwrapped(command.words)
                name = words[0].rsplit("/", 1)[-1] if words else ""
                of_machine = name in ("minikube", "kind") and words[1:2] != ()
                if of_machine and words[1] in _OF_MACHINE:
                    continue
                if name and name not in _HARMLESS and name not in ("kubectl", "k"):
                    yield name


def _relies_on(world: World) -> Iterator[str]:
    """Names in commands that the note never makes: it goes on from somewhere else."""
    for use in world.uses:
        line = use.line
        if line.verb not in _NAMED or line.has("-n", "--namespace", "-A", "--all-namespaces"):
            continue
        for kind, name in line.targets:
            if not kind or kind in CLUSTER_KINDS or not name or find_placeholders(name):
                continue
            if is_name(name) and not _is_made(world, kind, name):
                yield name


def _is_made(world: World, kind: str, name: str) -> bool:
    """Whether the note makes it, or a controller of the note's would, or it is a slip."""
    if (kind, name) in (("service", "kubernetes"), ("serviceaccount", "default")):
        return True
    names = world.names.get(kind, set())
    owners = {each for owner in WORKLOADS for each in world.names.get(owner, ())}
    if name in names or any(name.startswith(f"{owner}-") for owner in owners):
        return True
    if kind == "persistentvolumeclaim" and any(name.endswith(f"-{n}") for n in "0123456789"):
        return True
    return bool(spelling.nearest(name, names | owners, cutoff=0.8))
