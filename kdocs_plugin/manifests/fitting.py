"""Does a value fit its schema, and where does it not: by the few keywords that the pack's
schemas have.

jsonschema-rs knows all keywords, which is what a CRD's schema needs. It wants 25 ms to be
imported and 4 ms for a kind like Pod: half of what a check of a small note takes. `fits` is
the quick answer for most objects, which are all right; `faults` says what is wrong in
jsonschema-rs' own terms, and tests hold both against it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import NoneType
from typing import Any, Final, NamedTuple

from kdocs_plugin.manifests.documents import Path
from kdocs_plugin.manifests.pack import REFERENCE, Definitions

# What pack's schemas are made of; `format` says nothing that `minimum` does not.
KEYWORDS: Final = frozenset(
    "$ref type properties required additionalProperties items minimum maximum format".split()
)
_TYPES: Final[Mapping[type[Any], str]] = {
    str: "string",
    dict: "object",
    list: "array",
    bool: "boolean",
    int: "integer",
    float: "number",
    NoneType: "null",
}


def fits(value: Any, schema: Mapping[str, Any], definitions: Definitions) -> bool:
    """Whether a schema of `definitions` takes a value as manifests.load makes it."""
    reference = schema.get("$ref")
    if reference is not None:
        schema = definitions.schema(reference[len(REFERENCE) :])
    wanted = schema.get("type")
    kind = value.__class__
    # No type's name is a part of another's, so this holds for one name and for a list.
    if wanted is not None and _TYPES[kind] not in wanted and not _is_of(kind, value, wanted):
        return False
    if kind is dict:
        return _fits_object(value, schema, definitions)
    if kind is list:
        items = schema.get("items")
        return items is None or all(fits(item, items, definitions) for item in value)
    if "minimum" in schema and (kind is int or kind is float):
        return bool(schema["minimum"] <= value <= schema["maximum"])
    return True


def _is_of(kind: type[Any], value: Any, wanted: str | list[str]) -> bool:
    return (
        _TYPES[kind] in wanted
        or (kind is int and "number" in wanted)
        or (kind is float and "integer" in wanted and value.is_integer())
    )


def _fits_object(
    value: dict[str, Any], schema: Mapping[str, Any], definitions: Definitions
) -> bool:
    properties = schema.get("properties", _NONE)
    others = schema.get("additionalProperties")
    for name, each in value.items():
        field = properties.get(name)
        if field is None:
            if others is False:
                return False
            field = others
        if field is None or field is True:
            continue
        if each.__class__ is str and "string" in field.get("type", ""):
            continue  # most values are, and no keyword says more of one
        if not fits(each, field, definitions):
            return False
    required = schema.get("required")
    return required is None or all(name in value for name in required)


_NONE: Final[Mapping[str, Any]] = {}


class Fault(NamedTuple):
    """One thing that a schema does not take."""

    keyword: str  # type, minimum, maximum, additionalProperties, required
    path: Path
    details: Mapping[
        str, Any
    ]  # types, limit, unexpected or property, as jsonschema-rs has them


def faults(
    value: Any, schema: Mapping[str, Any], definitions: Definitions, path: Path = ()
) -> Iterator[Fault]:
    """Everything that keeps a value from fitting; nothing where `fits` says that it does."""
    schema = definitions.follow(schema)
    wanted = schema.get("type")
    kind = value.__class__
    if wanted is not None and not _is_of(kind, value, wanted):
        types = [wanted] if isinstance(wanted, str) else sorted(wanted)
        yield Fault("type", path, {"types": types})
    if kind is dict:
        yield from _faults_of_object(value, schema, definitions, path)
    elif kind is list and "items" in schema:
        for index, item in enumerate(value):
            yield from faults(item, schema["items"], definitions, (*path, index))
    elif kind in (int, float) and "minimum" in schema:
        if value < schema["minimum"]:
            yield Fault("minimum", path, {"limit": schema["minimum"]})
        if value > schema["maximum"]:
            yield Fault("maximum", path, {"limit": schema["maximum"]})


def _faults_of_object(
    value: dict[str, Any], schema: Mapping[str, Any], definitions: Definitions, path: Path
) -> Iterator[Fault]:
    properties = schema.get("properties", _NONE)
    others = schema.get("additionalProperties")
    unexpected = []
    for name, each in value.items():
        field = properties.get(name, others)
        if field is False:
            unexpected.append(name)
        elif field is not None and field is not True:
            yield from faults(each, field, definitions, (*path, name))
    if unexpected:
        yield Fault("additionalProperties", path, {"unexpected": unexpected})
    for name in schema.get("required", ()):
        if name not in value:
            yield Fault("required", path, {"property": name})
