"""What an unknown field was meant to be: another name, another place, another version."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from kdocs_plugin.manifests import pack, spelling, versions
from kdocs_plugin.manifests.documents import Path
from kdocs_plugin.manifests.pack import Definitions
from kdocs_plugin.values import dataclass

_DEEPEST: Final = 4  # fields between a misplaced one and its place


@dataclass(frozen=True, slots=True)
class Meant:
    """At most one of the three is set."""

    name: str = ""  # beside it: `image`
    place: Path = ()  # where the very name is a field
    since: str = ""  # the first version of Kubernetes that has the field, "1.33"
    until: str = ""  # the last one that had it


def meant(
    definitions: Definitions, version: str, name: str, value: Any, path: Path, field: str
) -> Meant:
    """What `field`, which the mapping at `path` of a `name` can't have, was meant to be.

    `value` is the whole object. What the author wrote decides between several places.
    """
    if field.startswith("-") and len(field) > 1:  # a list's dash needs a blank
        return Meant(name=f"- {field.lstrip('-')}")
    schemas: list[Mapping[str, Any]] = [definitions.schema(name)]
    for step in path:
        schemas.append(child(definitions, schemas[-1], step))
        value = value[step]
    known: Mapping[str, Any] = schemas[-1].get("properties", {})
    near = spelling.nearest(field, known, cutoff=0.8)
    if near:
        return Meant(name=near)
    if found := _other_version(definitions, version, name, path, field):
        return found
    if place := _below(definitions, schemas[-1], value, path, field):
        return Meant(place=place)
    for depth in reversed(range(len(path))):
        properties = schemas[depth].get("properties", {})
        if field in properties and _fits(definitions, properties[field], value[field]):
            return Meant(place=(*path[:depth], field))
    return Meant(name=spelling.nearest(field, known, cutoff=0.7))


def _below(
    definitions: Definitions,
    schema: Mapping[str, Any],
    written: Mapping[str, Any],
    path: Path,
    field: str,
) -> Path:
    """The one place below that has such a field, the nearest first; () for none or several.

    Only below what the author wrote, but for fields whose name alone says where they
    belong: `containers` in a Deployment's spec goes below `template.spec`, written or not.
    """
    layer: list[tuple[Path, Mapping[str, Any], Any]] = [(path, schema, written)]
    for _ in range(_DEEPEST):
        layer = [below for each in layer for below in _children(definitions, *each)]
        hits = [
            ((*place, field), there is not _ABSENT)
            for place, each, there in layer
            if field in each.get("properties", {})
            and _fits(definitions, each["properties"][field], written[field])
        ]
        there = [place for place, is_written in hits if is_written]
        if there or (hits and field in _TELLING):
            found = there or [place for place, _ in hits]
            return found[0] if len(found) == 1 else ()
    return ()


_ABSENT: Final = object()
# Fields that by their name alone belong to a pod.
_TELLING: Final = frozenset({"containers", "initContainers", "matchLabels", "matchExpressions"})


def _children(
    definitions: Definitions, place: Path, schema: Mapping[str, Any], written: Any
) -> Iterator[tuple[Path, Mapping[str, Any], Any]]:
    """The fields of an object: their paths, their schemas, what is written there."""
    for name, each in schema.get("properties", {}).items():
        if name == "status":
            continue
        there = written.get(name, _ABSENT) if isinstance(written, Mapping) else _ABSENT
        each = definitions.follow(each)
        if "items" not in each:
            yield (*place, name), each, there
        elif isinstance(there, list) or there is None:  # an item that it slipped out of
            item = definitions.follow(each["items"])
            yield (*place, name, 0), item, there[-1] if there else None


def _fits(definitions: Definitions, schema: Mapping[str, Any], content: Any) -> bool:
    """Whether a value has at least the shape that a field takes."""
    schema = definitions.follow(schema)
    types = schema.get("type", "object" if "properties" in schema else [])
    shapes = {types} if isinstance(types, str) else set(types)
    if isinstance(content, Mapping):
        return "object" in shapes
    if isinstance(content, list):
        return "array" in shapes
    return content is None or not shapes or bool(shapes - {"object", "array", "null"})


def _other_version(
    definitions: Definitions, version: str, name: str, path: Path, field: str
) -> Meant | None:
    """Where another version of Kubernetes has this very field at this very place."""
    if not definitions.has(name) or not version:
        return None
    having = []
    for each in versions.ALL:
        others = pack.definitions(each)
        if not others.has(name):
            continue
        schema: Mapping[str, Any] = others.schema(name)
        for step in path:
            schema = child(others, schema, step)
        if field in schema.get("properties", {}):
            having.append(each)
    if not having:
        return None
    if versions.minor(having[0]) > versions.minor(version):
        return Meant(since=having[0])
    return Meant(until=having[-1])


def child(
    definitions: Definitions, schema: Mapping[str, Any], step: str | int
) -> Mapping[str, Any]:
    """The schema of a field or an item; {} where there is none."""
    if isinstance(step, int):
        found = schema.get("items", {})
    else:
        found = schema.get("properties", {}).get(step, schema.get("additionalProperties"))
    return definitions.follow(found) if isinstance(found, dict) else {}
