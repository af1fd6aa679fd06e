"""KD401 to KD404: selectors, ports, references and keys that lead nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from kdocs_plugin.late import late
from kdocs_plugin.manifests import spelling
from kdocs_plugin.manifests.documents import Path
from kdocs_plugin.manifests.places import mapping, sequence
from kdocs_plugin.model import Finding
from kdocs_plugin.validation.scenario.closed import is_changing
from kdocs_plugin.validation.scenario.placed import Placed
from kdocs_plugin.validation.scenario.pods import Pods, chooses, pods_of
from kdocs_plugin.validation.scenario.references import Reference, backends, references_of
from kdocs_plugin.validation.scenario.world import World

# Blanks to be filled in by the reader are no names.
_NAME: Final = late(r"[a-z0-9](?:[a-z0-9.:-]*[a-z0-9])?")
# What every cluster has.
_BUILT_IN: Final[Mapping[str, frozenset[str]]] = {
    "configmap": frozenset({"kube-root-ca.crt"}),
    "clusterrole": frozenset({"admin", "cluster-admin", "edit", "view"}),
    "service": frozenset({"kubernetes"}),
}
_LONG_ENOUGH: Final = 5  # letters; shorter names differ by one letter on purpose
# Kinds of which clusters have some of their own: only a note that makes some is judged.
_OF_CLUSTERS: Final = frozenset("storageclass clusterrole persistentvolume".split())
_KINDS: Final[Mapping[str, str]] = {
    "configmap": "ConfigMap", "secret": "Secret", "serviceaccount": "ServiceAccount",
    "persistentvolumeclaim": "PersistentVolumeClaim", "priorityclass": "PriorityClass",
    "service": "Service",
    "storageclass": "StorageClass", "persistentvolume": "PersistentVolume", "role": "Role",
    "clusterrole": "ClusterRole", "deployment": "Deployment", "statefulset": "StatefulSet",
    "replicaset": "ReplicaSet", "replicationcontroller": "ReplicationController",
}  # fmt: skip


def loose_ends(world: World, closed: bool) -> Iterator[Finding]:
    """What leads nowhere, of the objects that a command makes.

    Where the note is not `closed`, what is missing may come from elsewhere: a slip only.
    """
    pods = pods_of(world)
    lines = (*(use.line for use in world.uses), *world.inline())
    as_written = not any(is_changing(line) for line in lines)  # nothing is changed by hand
    for placed in world.applied:
        for reference in references_of(placed):
            yield from _reference(world, placed, reference, closed, as_written)
        if placed.kind == "service":
            yield from _service(world, placed, pods, closed, as_written)
        elif placed.kind == "poddisruptionbudget":
            selector = mapping(mapping(placed.value.get("spec")).get("selector"))
            yield from _selector(world, placed, selector, pods, closed)
        elif placed.kind == "ingress" and as_written:
            yield from _ingress(world, placed)


# --- KD401 and KD402: Services ----------------------------------------------------------


def _service(
    world: World, placed: Placed, pods: list[Pods], closed: bool, as_written: bool
) -> Iterator[Finding]:
    spec = mapping(placed.value.get("spec"))
    labels = mapping(spec.get("selector"))
    if not labels or spec.get("type") == "ExternalName":
        return
    selector = {"matchLabels": labels}
    chosen = [each for each in pods if chooses(selector, each.labels)]
    if not chosen:
        yield from _selector(world, placed, selector, pods, closed)
        return
    if not as_written or any(each.partial for each in chosen):
        return
    for n, port in enumerate(map(mapping, sequence(spec.get("ports")))):
        field = "targetPort" if "targetPort" in port else "port"
        yield from _target(world, placed, ("spec", "ports", n, field), port.get(field), chosen)


def _selector(
    world: World,
    placed: Placed,
    selector: Mapping[str, Any],
    pods: list[Pods],
    closed: bool,
) -> Iterator[Finding]:
    """KD401, where the note makes pods and none of them is chosen."""
    labelled = [each for each in pods if each.labels]
    if not selector or not labelled or any(chooses(selector, each.labels) for each in pods):
        return
    wanted = mapping(selector.get("matchLabels"))
    if not all(isinstance(value, str) and _is_label(value) for value in wanted.values()):
        return
    near = _nearest(wanted, labelled)
    if not closed and not _is_one_label_off(world, wanted, near.labels):
        return
    arguments = {
        "kind": placed.value.get("kind"),
        "name": placed.name,
        "selector": _written(wanted) or "matchExpressions",
        "owner": near.owner,
        "labels": _written(near.labels),
    }
    yield from placed.finding(world.note, "KD401", ("spec", "selector"), arguments, key=True)


def _is_one_label_off(
    world: World, wanted: Mapping[str, Any], labels: Mapping[str, Any]
) -> bool:
    """Whether one value is misspelt and all others are right."""
    off = [key for key, value in wanted.items() if labels.get(key) != value]
    return len(off) == 1 and off[0] in labels and is_slip(world, wanted[off[0]], labels[off[0]])


def is_slip(world: World, name: str, meant: str) -> bool:
    """Whether a name is surely another one misspelt: a letter off, and nowhere else in the
    note. `web-1` and `web-2`, `red` and `rex` are names of their own."""
    if len(name) < _LONG_ENOUGH or not spelling.is_one_slip(name, meant):
        return False
    digits = [[c for c in word if not c.isalpha()] for word in (name, meant)]
    parts = [word.split("-") for word in (name, meant)]
    lone = any(len(each) == 1 for word in parts for each in word)
    word = re.compile(rf"(?<![\w.-]){re.escape(name)}(?![\w-])")
    return digits[0] == digits[1] and not lone and len(word.findall(world.note.text)) == 1


def _nearest(wanted: Mapping[str, Any], pods: list[Pods]) -> Pods:
    """The pods whose labels are most like what was asked for."""

    def likeness(each: Pods) -> tuple[int, bool]:
        same = len(set(wanted) & set(each.labels))
        text = " ".join(map(str, wanted.values()))
        return same, bool(
            spelling.nearest(text, [" ".join(map(str, each.labels.values()))], 0.6)
        )

    return max(pods, key=likeness)


def _target(
    world: World, placed: Placed, path: Path, target: Any, chosen: list[Pods]
) -> Iterator[Finding]:
    """KD402: a name that no container gives to a port, or a number that none declares."""
    if any(each.spec is None for each in chosen):
        return
    owners = ", ".join(dict.fromkeys(each.owner for each in chosen))
    arguments: dict[str, Any] = {"target": target, "owner": owners}
    if isinstance(target, str):
        names = {name for each in chosen for name in each.port_names}
        if target in names or not _NAME.fullmatch(target):
            return
        known = spelling.nearest(target, names, 0.6) or ", ".join(sorted(names))
        arguments |= {"known": known}
    elif isinstance(target, int):
        numbers: set[int] = set()
        for each in chosen:
            declared = each.port_numbers
            if declared is None:
                return
            numbers |= declared
        if target in numbers:
            return
        arguments |= {"known": ", ".join(map(str, sorted(numbers)))}
    else:
        return
    yield from placed.finding(world.note, "KD402", path, arguments)


def _ingress(world: World, placed: Placed) -> Iterator[Finding]:
    """KD402 for backends: a port that the note's Service has not."""
    for path, backend in backends(mapping(placed.value.get("spec"))):
        services = [
            each
            for each in world.made
            if each.kind == "service" and each.name == backend.get("name")
        ]
        if not services or any(each.typed for each in services):
            continue
        ports = [
            mapping(port)
            for each in services
            for port in sequence(mapping(each.value.get("spec")).get("ports"))
        ]
        wanted = mapping(backend.get("port"))
        for field, there in (("number", "port"), ("name", "name")):
            known = {port[there] for port in ports if there in port}
            target = wanted.get(field)
            if isinstance(target, int | str) and target not in known:
                arguments = {
                    "target": target,
                    "owner": f"service/{backend.get('name')}",
                    "known": ", ".join(sorted(map(str, known))),
                }
                place = (*path, "port", field)
                yield from placed.finding(world.note, "KD402", place, arguments)


# --- KD403 and KD404: names -------------------------------------------------------------


def _reference(
    world: World, placed: Placed, reference: Reference, closed: bool, as_written: bool
) -> Iterator[Finding]:
    kind, name = reference.kind, reference.name
    made = [each for each in world.made if each.kind == kind and each.name == name]
    if made:
        if as_written and not any(each.partial for each in made):
            yield from _keys(world, placed, reference, made)
        return
    names = world.names.get(kind, set())
    if kind not in _KINDS or not _NAME.fullmatch(name) or name in _BUILT_IN.get(kind, ()):
        return
    if kind in _OF_CLUSTERS and (not names or _is_volume_s_class(world, kind, name)):
        return
    if kind == "clusterrole" and name.startswith("system:"):
        return
    suggestion = spelling.nearest(name, names)
    if not closed and not (suggestion and is_slip(world, name, suggestion)):
        return
    arguments = {"kind": _KINDS[kind], "name": name, "suggestion": suggestion}
    yield from placed.finding(world.note, "KD403", reference.path, arguments)


def _is_volume_s_class(world: World, kind: str, name: str) -> bool:
    """A class may be but a word that a claim and a volume have in common."""
    return kind == "storageclass" and any(
        mapping(each.value.get("spec")).get("storageClassName") == name
        for each in world.made
        if each.kind == "persistentvolume"
    )


def _keys(
    world: World, placed: Placed, reference: Reference, made: list[Placed]
) -> Iterator[Finding]:
    """KD404: keys that none of the manifests of that name has."""
    if not reference.keys or any(each.typed for each in made):
        return
    keys = {
        key
        for each in made
        for field in ("data", "binaryData", "stringData")
        for key in mapping(each.value.get(field))
    }
    for key, path in reference.keys:
        if key not in keys:
            arguments = {
                "key": key,
                "kind": _KINDS[reference.kind],
                "name": reference.name,
                "suggestion": spelling.nearest(key, keys, 0.6),
            }
            yield from placed.finding(world.note, "KD404", path, arguments)


def _written(labels: Mapping[str, Any]) -> str:
    return ",".join(f"{key}={value}" for key, value in labels.items())


def _is_label(value: str) -> bool:
    """Whether it is a label's value, and no blank for the reader."""
    return not set(value) & set("<>${}")
