"""Does a value fit its schema: the quick answer for most objects, which are all right.

jsonschema-rs says what is wrong, and where; it wants 25 ms to be imported and 1 ms for each
kind. An object that fits, by the few keywords that the pack's schemas have, never needs it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import NoneType
from typing import Any, Final

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
    if wanted is not None:
        name = _TYPES[kind]
        if name != wanted and (wanted.__class__ is str or name not in wanted):
            number = kind is int and "number" in wanted
            whole = kind is float and "integer" in wanted and value.is_integer()
            if not number and not whole:
                return False
    if kind is dict:
        return _fits_object(value, schema, definitions)
    if kind is list:
        items = schema.get("items")
        return items is None or all(fits(item, items, definitions) for item in value)
    if "minimum" in schema and (kind is int or kind is float):
        return bool(schema["minimum"] <= value <= schema["maximum"])
    return True


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
        if field is not None and field is not True and not fits(each, field, definitions):
            return False
    required = schema.get("required")
    return required is None or all(name in value for name in required)


_NONE: Final[Mapping[str, Any]] = {}
