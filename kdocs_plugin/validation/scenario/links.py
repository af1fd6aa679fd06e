"""KD401 to KD404: selectors, ports, references and keys that lead nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from kdocs_plugin.manifests import spelling
from kdocs_plugin.manifests.documents import Path
from kdocs_plugin.manifests.places import mapping, sequence
from kdocs_plugin.model import Finding
from kdocs_plugin.validation.scenario.placed import Placed
from kdocs_plugin.validation.scenario.pods import Pods, chooses, pods_of
from kdocs_plugin.validation.scenario.references import Reference, backends, references_of
from kdocs_plugin.validation.scenario.world import World

# Blanks to be filled in by the reader are no names.
_NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9.:-]*[a-z0-9])?")
# What every cluster has.
_BUILT_IN: Final[Mapping[str, frozenset[str]]] = {
    "configmap": frozenset({"kube-root-ca.crt"}),
    "clusterrole": frozenset({"admin", "cluster-admin", "edit", "view"}),
    "service": frozenset({"kubernetes"}),
}
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


def loose_ends(world: World) -> Iterator[Finding]:
    """What leads nowhere, of the objects that a command makes."""
    pods = pods_of(world)
    for placed in world.applied:
        for reference in references_of(placed):
            yield from _reference(world, placed, reference)
        if placed.kind == "service":
            yield from _service(world, placed, pods)
        elif placed.kind == "poddisruptionbudget":
            selector = mapping(mapping(placed.value.get("spec")).get("selector"))
            yield from _selector(world, placed, selector, ("spec", "selector"), pods)
        elif placed.kind == "ingress":
            yield from _ingress(world, placed)


# --- KD401 and KD402: Services ----------------------------------------------------------


def _service(world: World, placed: Placed, pods: list[Pods]) -> Iterator[Finding]:
    spec = mapping(placed.value.get("spec"))
    labels = mapping(spec.get("selector"))
    if not labels or spec.get("type") == "ExternalName":
        return
    selector = {"matchLabels": labels}
    chosen = [each for each in pods if chooses(selector, each.labels)]
    if not chosen:
        yield from _selector(world, placed, selector, ("spec", "selector"), pods)
        return
    for n, port in enumerate(map(mapping, sequence(spec.get("ports")))):
        field = "targetPort" if "targetPort" in port else "port"
        yield from _target(world, placed, ("spec", "ports", n, field), port.get(field), chosen)


def _selector(
    world: World, placed: Placed, selector: Mapping[str, Any], path: Path, pods: list[Pods]
) -> Iterator[Finding]:
    """KD401, where the note makes pods and none of them is chosen."""
    labelled = [each for each in pods if each.labels]
    if not selector or not labelled or any(chooses(selector, each.labels) for each in pods):
        return
    wanted = mapping(selector.get("matchLabels"))
    if not all(isinstance(value, str) and _is_label(value) for value in wanted.values()):
        return
    near = _nearest(wanted, labelled)
    arguments = {
        "kind": placed.value.get("kind"),
        "name": placed.name,
        "selector": _written(wanted) or "matchExpressions",
        "owner": near.owner,
        "labels": _written(near.labels),
    }
    yield from placed.finding(world.note, "KD401", path, arguments, key=True)


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


def _reference(world: World, placed: Placed, reference: Reference) -> Iterator[Finding]:
    kind, name = reference.kind, reference.name
    made = [each for each in world.made if each.kind == kind and each.name == name]
    if made:
        yield from _keys(world, placed, reference, made)
        return
    names = world.names.get(kind, set())
    if kind not in _KINDS or not _NAME.fullmatch(name) or name in _BUILT_IN.get(kind, ()):
        return
    if kind in _OF_CLUSTERS and (not names or _is_volume_s_class(world, kind, name)):
        return
    if kind == "clusterrole" and name.startswith("system:"):
        return
    arguments = {
        "kind": _KINDS[kind],
        "name": name,
        "suggestion": spelling.nearest(name, names),
    }
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
