"""Custom kinds: a CustomResourceDefinition's schema as one of our own definitions.

What the server makes of a structural schema, and so do we: a field that the schema does not
list is unknown (strict field validation), unless `x-kubernetes-preserve-unknown-fields`
keeps it; `x-kubernetes-int-or-string` is two types; an embedded resource has apiVersion,
kind and metadata besides; a required field with a default is filled in. CEL rules
(`x-kubernetes-validations`) are left to the server: they are counted, so that it can be
said that nobody has looked.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from kdocs_plugin.manifests.documents import Document
from kdocs_plugin.manifests.pack import REFERENCE, Line, Schema

PREFIX: Final = "custom."  # of the names of these definitions
CEL: Final = "x-cel-rules"  # in a definition: how many rules are not looked at
_META: Final = {"$ref": f"{REFERENCE}io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"}
_IDENTITY: Final[Schema] = {
    "apiVersion": {"type": "string"},
    "kind": {"type": "string"},
    "metadata": _META,
}
# Keywords that mean the same in OpenAPI and in JSON schema.
_SAME: Final = (
    "enum", "pattern", "minLength", "maxLength", "minItems", "maxItems", "multipleOf",
    "minProperties", "maxProperties",
)  # fmt: skip


def is_definition(document: Document) -> bool:
    """Whether a document defines a custom kind."""
    return (
        document.kind == "CustomResourceDefinition"
        and document.api_version == "apiextensions.k8s.io/v1"
    )


def kinds_of(documents: Iterable[Document]) -> tuple[Line, ...]:
    """A definition for every version that these CustomResourceDefinitions serve.

    Definitions that are wrong themselves give none: that is found where they stand.
    """
    found = {
        (line.api_version, line.kind): line
        for document in documents
        if is_definition(document)
        for line in _kinds(_mapping(_mapping(document.value).get("spec")))
    }
    return tuple(found.values())


def _kinds(spec: Mapping[str, Any]) -> Iterator[Line]:
    group, kind = spec.get("group"), _mapping(spec.get("names")).get("kind")
    versions = spec.get("versions")
    if not isinstance(group, str) or not isinstance(kind, str):
        return
    for version in versions if isinstance(versions, list) else ():
        version = _mapping(version)
        name, schema = version.get("name"), _mapping(version.get("schema"))
        root = schema.get("openAPIV3Schema")
        if not isinstance(name, str) or version.get("served") is not True:
            continue
        if not isinstance(root, Mapping) or spec.get("preserveUnknownFields") is True:
            root = {"type": "object", _KEEP: True}
        body = strict(root)
        body["properties"] = {**body.get("properties", {}), **_IDENTITY}
        if (count := _cel_rules(root)) > 0:
            body[CEL] = count
        api_version = f"{group}/{name}"
        text = json.dumps(body, sort_keys=True, separators=(",", ":"))
        definition = re.sub(r"[^\w.-]", "_", f"{PREFIX}{name}.{kind}.{group}")
        yield Line(definition, api_version, kind, text)


def _cel_rules(schema: Any) -> int:
    """How many CEL rules stand in a schema, at any depth."""
    if isinstance(schema, list):
        return sum(map(_cel_rules, schema))
    own = _mapping(schema).get("x-kubernetes-validations")
    parts = (_cel_rules(each) for each in _mapping(schema).values())
    return (len(own) if isinstance(own, list) else 0) + sum(parts)


_KEEP: Final = "x-kubernetes-preserve-unknown-fields"


def strict(schema: Mapping[str, Any]) -> Schema:
    """A structural schema as JSON schema that refuses unknown fields."""
    result: Schema = {name: schema[name] for name in _SAME if name in schema}
    result |= _bounds(schema)
    types = _types(schema)
    if types:
        result["type"] = types
        if "null" in types and "enum" in result:
            result["enum"] = [*result["enum"], None]
    properties = {
        name: strict(each)
        for name, each in _mapping(schema.get("properties")).items()
        if isinstance(each, Mapping)
    }
    if schema.get("x-kubernetes-embedded-resource") is True:
        properties |= _IDENTITY
    if properties:
        result["properties"] = properties
    if isinstance(schema.get("items"), Mapping):
        result["items"] = strict(schema["items"])
    extra = schema.get("additionalProperties")
    if isinstance(extra, Mapping):
        result["additionalProperties"] = strict(extra)
    elif "object" in types and extra is not True and schema.get(_KEEP) is not True:
        result["additionalProperties"] = False
    required = schema.get("required")
    if isinstance(required, list):
        filled = [
            name
            for name, each in _mapping(schema.get("properties")).items()
            if "default" in _mapping(each)
        ]
        result["required"] = [name for name in required if name not in filled]
    if schema.get("x-kubernetes-int-or-string") is not True:
        result |= {
            word: [_condition(each) for each in schema[word] if isinstance(each, Mapping)]
            for word in ("allOf", "anyOf", "oneOf")
            if isinstance(schema.get(word), list) and schema[word]
        }
    if isinstance(schema.get("not"), Mapping):
        result["not"] = _condition(schema["not"])
    return result


def _condition(schema: Mapping[str, Any]) -> Schema:
    """A schema inside of anyOf and the like: it judges values and knows no fields."""
    result = {name: schema[name] for name in (*_SAME, "required") if name in schema}
    result |= _bounds(schema)
    for name in ("items", "not"):
        if isinstance(schema.get(name), Mapping):
            result[name] = _condition(schema[name])
    properties = _mapping(schema.get("properties"))
    if properties:
        result["properties"] = {
            name: _condition(each)
            for name, each in properties.items()
            if isinstance(each, Mapping)
        }
    for name in ("allOf", "anyOf", "oneOf"):
        if isinstance(schema.get(name), list):
            result[name] = [_condition(_mapping(each)) for each in schema[name]]
    return result


def _types(schema: Mapping[str, Any]) -> list[str]:
    if schema.get("x-kubernetes-int-or-string") is True:
        types = ["integer", "string"]
    elif isinstance(schema.get("type"), str):
        types = [schema["type"]]
    else:
        return []
    # The server drops a null where there is a default.
    return [*types, "null"] if schema.get("nullable") is True or "default" in schema else types


def _bounds(schema: Mapping[str, Any]) -> Schema:
    """OpenAPI 3.0 says by a boolean whether a bound itself is allowed."""
    result: Schema = {}
    for word in ("minimum", "maximum"):
        if isinstance(schema.get(word), int | float):
            exclusive = f"exclusive{word.capitalize()}"
            name = exclusive if schema.get(exclusive) is True else word
            result[name] = schema[word]
    return result


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
