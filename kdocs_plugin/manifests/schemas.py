"""What a version of Kubernetes says of a document's fields, as the API server would.

The verdict is that of `kubectl apply` with strict field validation: a field that the kind
doesn't have is an error. A document without apiVersion and kind is a fragment and none of
our business; a group that Kubernetes doesn't have may be a CRD's, which is information.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from kdocs_plugin.manifests import pack, spelling
from kdocs_plugin.manifests.causes import root_causes
from kdocs_plugin.manifests.documents import Document, Manifest, Path, Problem

if TYPE_CHECKING:
    from jsonschema_rs import Draft202012Validator, ValidationError

NEWEST: Final = "1.37"
# Read by kubectl itself, never sent to a server.
CLIENT_KINDS: Final = frozenset({("v1", "Config")})
_TYPES: Final = {
    dict: "object",
    list: "list",
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "number",
    type(None): "null",
}
_STABLE: Final = re.compile(r"v(\d+)(?:(alpha|beta)(\d+))?$")


@cache
def validator(version: str = NEWEST) -> Validator:
    """The validator for a version of the pack. KeyError if the pack doesn't hold it."""
    return Validator(version)


class Validator:
    """Checks documents against the schemas of one version of Kubernetes."""

    def __init__(self, version: str) -> None:
        self.version = version
        self._definitions = pack.definitions(version)
        self._kinds = self._definitions.kinds
        self._compiled: dict[str, Draft202012Validator] = {}

    def accepts(self, manifest: Manifest) -> bool:
        """Whether nothing is known against any of its documents."""
        return all(
            problem.code == "KD204"
            for document in manifest.documents
            for problem in self.errors(document)
        )

    def errors(self, document: Document) -> list[Problem]:
        """What the server would refuse, in the order of the text."""
        problems = list(self._object(document, document.value, ()))
        return sorted(problems, key=lambda problem: (problem.line, problem.column))

    def _object(self, document: Document, value: Any, path: Path) -> Iterator[Problem]:
        if not isinstance(value, dict):
            return
        api_version, kind = value.get("apiVersion"), value.get("kind")
        if not isinstance(api_version, str) or not isinstance(kind, str):
            yield from self._misspelt_identity(document, value, path)
        elif (api_version, kind) == ("v1", "List"):
            items = value.get("items")
            for index, item in enumerate(items if isinstance(items, list) else []):
                yield from self._object(document, item, (*path, "items", index))
        elif kind in self._kinds.get(api_version, {}):
            name = self._kinds[api_version][kind]
            yield from self._fields(document, value, path, name)
        elif (api_version, kind) not in CLIENT_KINDS:
            yield self._unknown_kind(document, path, api_version, kind)

    # --- apiVersion and kind ---

    def _misspelt_identity(
        self, document: Document, value: Mapping[str, Any], path: Path
    ) -> Iterator[Problem]:
        """`apiversion: v1`: of a fragment in which just one of the two is wrong."""
        for field, other in (("apiVersion", "kind"), ("kind", "apiVersion")):
            if field in value or not isinstance(value.get(other), str):
                continue
            for key in value:
                if key.lower() == field.lower():
                    yield Problem(
                        "KD201",
                        *document.position((*path, key), key=True),
                        {"field": key, "path": spell(path), "suggestion": field, "place": ""},
                    )

    def _unknown_kind(
        self, document: Document, path: Path, api_version: str, kind: str
    ) -> Problem:
        """A CRD's, or a mistake: only Kubernetes' own groups have no dot in their name."""
        group = api_version.rpartition("/")[0]
        homes = [home for home, kinds in self._kinds.items() if kind in kinds]
        homes.sort(key=_rank, reverse=True)
        own = any(home.rpartition("/")[0] == group for home in self._kinds)
        arguments = {"kind": kind, "apiVersion": api_version}
        if not own and (not homes or "." in group):
            place = document.position((*path, "apiVersion"))
            return Problem("KD204", *place, arguments)
        suggestion = ""
        if not homes:
            near = self._kinds.get(api_version) or {
                k: "" for v in self._kinds.values() for k in v
            }
            suggestion = spelling.nearest(kind, near)
        place = document.position((*path, "apiVersion" if homes else "kind"))
        expected = homes[0] if homes else ""
        arguments |= {"expected": expected, "suggestion": suggestion}
        return Problem("KD205", *place, arguments)

    # --- fields ---

    def _fields(
        self, document: Document, value: Any, path: Path, name: str
    ) -> Iterator[Problem]:
        check = self._compiled.get(name)
        if check is None:
            check = self._compiled[name] = _compile(self._definitions.bundle(name))
        if check.is_valid(value):
            return
        found = [
            problem
            for error in check.iter_errors(value)
            for problem in self._translate(document, value, path, name, error)
        ]
        yield from root_causes(found)

    def _translate(
        self, document: Document, value: Any, prefix: Path, name: str, error: ValidationError
    ) -> Iterator[Problem]:
        local: Path = tuple(error.instance_path)
        path = prefix + local
        details = error.kind.as_dict()
        keyword = error.kind.name
        if keyword == "additionalProperties":
            for field in details["unexpected"]:
                suggestion, place = self._meant(value, name, local, field)
                yield Problem(
                    "KD201",
                    *document.position((*path, field), key=True),
                    {
                        "field": field,
                        "path": spell((*path, field)),
                        "suggestion": suggestion,
                        "place": spell((*prefix, *place)) if place else "",
                    },
                )
        elif keyword == "required":
            if local[:1] != ("status",):  # the server drops a status that is sent along
                yield _missing(document, path, details["property"])
        elif keyword in ("type", "minimum", "maximum"):
            wrong = document.at(*path)
            if wrong is None and local:
                yield _missing(document, path[:-1], str(path[-1]))
                return
            expected = _expected(keyword, details)
            yield Problem(
                "KD202",
                *document.position(path),
                {
                    "field": str(path[-1]) if path else "",
                    "path": spell(path),
                    "expected": expected,
                    "found": _TYPES.get(type(wrong), "object"),
                    "value": brief(wrong),
                    "mend": _mend(document, path, expected, wrong),
                },
            )

    def _meant(self, value: Any, name: str, path: Path, field: str) -> tuple[str, Path]:
        """What an unknown field was meant to be: a name beside it, or another place."""
        schemas: list[Mapping[str, Any]] = [self._definitions.schema(name)]
        for step in path:
            schemas.append(self._child(schemas[-1], step))
            value = value[step]
        known: Mapping[str, Any] = schemas[-1].get("properties", {})
        if field.startswith("-") and len(field) > 1:  # a list's dash needs a blank
            return f"- {field.lstrip('-')}", ()
        suggestion = spelling.nearest(field, known, cutoff=0.8)
        if suggestion:
            return suggestion, ()
        below = [child for child in known if child in value and self._has(known[child], field)]
        if len(below) == 1:
            is_list = "items" in self._definitions.follow(known[below[0]])
            return "", (*path, below[0], *((0,) if is_list else ()), field)
        for depth in reversed(range(len(path))):
            if field in schemas[depth].get("properties", {}):
                return "", (*path[:depth], field)
        return spelling.nearest(field, known, cutoff=0.7), ()

    def _child(self, schema: Mapping[str, Any], step: str | int) -> Mapping[str, Any]:
        if isinstance(step, int):
            child = schema.get("items", {})
        else:
            child = schema.get("properties", {}).get(step, schema.get("additionalProperties"))
        return self._definitions.follow(child) if isinstance(child, dict) else {}

    def _has(self, schema: Mapping[str, Any], field: str) -> bool:
        schema = self._definitions.follow(schema)
        if "items" in schema:
            schema = self._definitions.follow(schema["items"])
        return field in schema.get("properties", {})


def _compile(bundle: pack.Schema) -> Draft202012Validator:
    from jsonschema_rs import Draft202012Validator  # 40 ms: not before it is needed

    return Draft202012Validator(bundle)


def _missing(document: Document, parent: Path, field: str) -> Problem:
    place = document.position((*parent, field), key=True)
    if not isinstance(document.at(*parent), dict) or field not in document.at(*parent):
        place = document.position(parent, key=True)
    return Problem("KD203", *place, {"field": field, "path": spell((*parent, field))})


def _expected(keyword: str, details: Mapping[str, Any]) -> str:
    if keyword != "type":
        return "int32" if abs(details["limit"]) <= 2**31 else "int64"
    types = [name for name in details["types"] if name != "null"]
    return " | ".join({"array": "list"}.get(name, name) for name in sorted(types))


def _mend(document: Document, path: Path, expected: str, value: Any) -> str:
    """The value as it should be written, where only its quotes are wrong; else ""."""
    written = document.written(path)
    if expected == "string" and isinstance(value, bool | int | float):
        return json.dumps(written, ensure_ascii=False)
    if expected == "integer" and isinstance(value, str) and re.fullmatch(r"-?\d{1,18}", value):
        return value
    if expected == "boolean" and value in ("true", "false"):
        return str(value)
    if expected == "list" and isinstance(value, str) and value and "\n" not in value:
        return f"[{json.dumps(value, ensure_ascii=False)}]"
    if expected == "list" and isinstance(value, dict):
        dashed = next((key for key in value if key.startswith("-") and len(key) > 1), "")
        return dashed and f"- {dashed.lstrip('-')}:"
    return ""


def _rank(api_version: str) -> tuple[int, int, int]:
    match = _STABLE.search(api_version)
    if match is None:
        return (0, 0, 0)
    stage = {None: 3, "beta": 2, "alpha": 1}[match[2]]
    return stage, int(match[1]), int(match[3] or 0)


def spell(path: Path) -> str:
    """A path as people write it: `spec.containers[0].image`."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            text += f".{step}" if text else step
    return text


def brief(value: Any) -> str:
    """A value as JSON, cut where it is long."""
    if isinstance(value, str):
        value = value[:60]
    elif isinstance(value, list | dict) and len(value) > 3:
        return "[…]" if isinstance(value, list) else "{…}"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 40 else text[:39] + "…"
