"""Where objects stand in a document, and where pods stand in an object."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from kdocs_plugin.manifests.documents import Path

# Kinds that make pods, and where their template is.
TEMPLATES: Final[Mapping[str, Path]] = {
    "Deployment": ("spec", "template"),
    "ReplicaSet": ("spec", "template"),
    "StatefulSet": ("spec", "template"),
    "DaemonSet": ("spec", "template"),
    "ReplicationController": ("spec", "template"),
    "Job": ("spec", "template"),
    "CronJob": ("spec", "jobTemplate", "spec", "template"),
    "PodTemplate": ("template",),
}


def objects(value: Any, path: Path = ()) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """The objects of a document, those of a List each by itself."""
    value = mapping(value)
    if value.get("kind") == "List":
        for index, item in enumerate(sequence(value.get("items"))):
            yield from objects(item, (*path, "items", index))
    elif isinstance(value.get("kind"), str):
        yield path, value


def pod_of(value: Mapping[str, Any]) -> tuple[Path, Mapping[str, Any]] | None:
    """The pod that an object is, or the template it makes pods from, and where that is."""
    if value.get("kind") == "Pod":
        return (), value
    place = TEMPLATES.get(str(value.get("kind")))
    if place is None:
        return None
    for step in place:
        value = mapping(value.get(str(step)))
    return place, value


def containers(spec: Mapping[str, Any]) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """All containers of a pod's spec, with their places in it."""
    for field in ("containers", "initContainers", "ephemeralContainers"):
        for index, container in enumerate(sequence(spec.get(field))):
            yield (field, index), mapping(container)


def mapping(value: Any) -> Mapping[str, Any]:
    """`value` if it is a mapping, else an empty one: notes hold wrong manifests too."""
    return value if isinstance(value, dict) else {}


def sequence(value: Any) -> Sequence[Any]:
    """`value` if it is a list, else an empty one."""
    return value if isinstance(value, list) else ()
