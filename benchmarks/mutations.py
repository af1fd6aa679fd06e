"""Valid objects made wrong, or differently right, by chance: what a harness asks about.

In: objects that the API server takes, and the schemas. Out: mutated copies, the same for
the same seed. The generator knows types and schemas, and no rule: whether a mutation makes
an object wrong is for the server to say.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from kdocs_plugin.manifests import pack

Path = tuple[str | int, ...]
NUMBERS = (-1, 0, 1, 2, 7, 80, 101, 256, 1000, 70000, 2**31 - 1, 2**31, 2**40)
TEXTS = (
    "", "a", "A", "0", "1", "-1", "10%", "150%", "80", "99999", "Bad_Name", "bad name", "-x",
    "x-", "a.b", "a/b", "/a", "../a", "한글", "x" * 64, "x" * 300, "1.5cpu", "100m", "1Gi",
    "true", "None", "default", "web", "http", "TCP", "tcp", "Always", "never", "example.com/x",
    "10.0.0.1", "10.0.0.0/8", "*", "*.example.com", "$(NAME)",
)  # fmt: skip
OTHER: Mapping[type, Sequence[Any]] = {
    str: (7, True, ["a"], {"a": "b"}, None),
    int: ("seven", "7", True, [1], {}, 1.5, None),
    float: ("seven", True, []),
    bool: ("yes", "true", 1, [], {}),
    list: ("a", {"a": "b"}, 1, None),
    dict: ("a", ["a"], 1, None),
}


class Mutation(NamedTuple):
    """A mutated object and what was done to it."""

    value: dict[str, Any]
    what: str


def mutations(
    objects: Sequence[dict[str, Any]], count: int, seed: int, version: str
) -> Iterator[Mutation]:
    """`count` mutations, none of which leaves its object as it was."""
    chance = random.Random(seed)
    definitions = pack.definitions(version)
    made = 0
    while made < count:
        original = chance.choice(objects)
        name = definitions.kinds[original["apiVersion"]][original["kind"]]
        value = copy.deepcopy(original)
        change = chance.choice(CHANGES)
        what = change(_Work(value, name, definitions, chance))
        if what and value != original:
            made += 1
            yield Mutation(value, what)


class _Work(NamedTuple):
    value: dict[str, Any]
    name: str
    definitions: pack.Definitions
    chance: random.Random

    def pick(self, wanted: Callable[[Path, Any], bool]) -> Path | None:
        """A place of the object, apiVersion and kind apart."""
        places = [
            path
            for path, value in walk(self.value)
            if path and path[0] not in ("apiVersion", "kind", "status") and wanted(path, value)
        ]
        return self.chance.choice(places) if places else None

    def at(self, path: Path) -> Any:
        value: Any = self.value
        for step in path:
            value = value[step]
        return value

    def put(self, path: Path, value: Any) -> None:
        self.at(path[:-1])[path[-1]] = value


def walk(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    yield path, value
    if isinstance(value, dict):
        for key, each in value.items():
            yield from walk(each, (*path, key))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from walk(each, (*path, index))


def _misspell(work: _Work) -> str:
    path = work.pick(lambda path, _: isinstance(path[-1], str) and len(path[-1]) > 2)
    if path is None:
        return ""
    parent, key = work.at(path[:-1]), str(path[-1])
    at = work.chance.randrange(len(key) - 1)
    wrong = key[:at] + key[at + 1] + key[at] + key[at + 2 :]
    if wrong in parent:
        return ""
    parent[wrong] = parent.pop(key)
    return f"{_spell(path)} misspelt {wrong}"


def _remove(work: _Work) -> str:
    path = work.pick(lambda *_: True)
    if path is None:
        return ""
    del work.at(path[:-1])[path[-1]]
    return f"{_spell(path)} removed"


def _empty(work: _Work) -> str:
    path = work.pick(lambda _, value: isinstance(value, list | dict | str) and bool(value))
    if path is None:
        return ""
    work.put(path, type(work.at(path))())
    return f"{_spell(path)} emptied"


def _retype(work: _Work) -> str:
    path = work.pick(lambda _, value: type(value) in OTHER)
    if path is None:
        return ""
    work.put(path, work.chance.choice(OTHER[type(work.at(path))]))
    return f"{_spell(path)} = {work.at(path)!r}"


def _number(work: _Work) -> str:
    path = work.pick(lambda _, value: isinstance(value, int) and not isinstance(value, bool))
    if path is None:
        return ""
    work.put(path, work.chance.choice(NUMBERS))
    return f"{_spell(path)} = {work.at(path)}"


def _text(work: _Work) -> str:
    path = work.pick(lambda _, value: isinstance(value, str))
    if path is None:
        return ""
    text = work.at(path)
    other = [each for _, each in walk(work.value) if isinstance(each, str)]
    ways = (
        lambda: work.chance.choice(TEXTS),
        lambda: work.chance.choice(other),
        text.swapcase,
        lambda: text + work.chance.choice("!_.-x /"),
        lambda: text[:-1],
        lambda: text * 9,
    )
    work.put(path, work.chance.choice(ways)())
    return f"{_spell(path)} = {work.at(path)[:70]!r}"


def _key(work: _Work) -> str:
    """A key of a free mapping: of labels, data, resources."""
    path = work.pick(lambda path, _: isinstance(path[-1], str))
    if path is None:
        return ""
    parent = work.at(path[:-1])
    key = work.chance.choice(TEXTS)
    parent[key] = parent.pop(str(path[-1]))
    return f"{_spell(path)} renamed {key[:70]!r}"


def _reference(work: _Work) -> str:
    """One of several places that say the same."""
    texts = [each for _, each in walk(work.value) if isinstance(each, str) and each]
    path = work.pick(lambda _, value: isinstance(value, str) and texts.count(value) > 1)
    if path is None:
        return ""
    work.put(path, f"{work.at(path)}x")
    return f"{_spell(path)} = {work.at(path)!r}, elsewhere it is not"


def _twice(work: _Work) -> str:
    path = work.pick(lambda path, _: isinstance(path[-1], int))
    if path is None:
        return ""
    work.at(path[:-1]).append(copy.deepcopy(work.at(path)))
    return f"{_spell(path)} twice"


def _add(work: _Work) -> str:
    """A field that the schema knows and the object has not."""
    places = [(path, schema) for path, schema in _schemas(work) if schema.get("properties")]
    path, schema = work.chance.choice(places)
    parent = work.at(path)
    missing = sorted(set(schema["properties"]) - set(parent) - {"status", "managedFields"})
    if not missing:
        return ""
    field = work.chance.choice(missing)
    wanted = work.definitions.follow(schema["properties"][field])
    parent[field] = _some(work, wanted, 3)
    return f"{_spell((*path, field))} added: {parent[field]!r}"[:300]


def _some(work: _Work, schema: Mapping[str, Any], deep: int) -> Any:
    """Something that the schema takes."""
    schema = work.definitions.follow(schema)
    kinds = schema.get("type", "string")
    kind = (
        kinds
        if isinstance(kinds, str)
        else work.chance.choice([k for k in kinds if k != "null"])
    )
    if kind in ("integer", "number"):
        return work.chance.choice(NUMBERS[:9])
    if kind == "boolean":
        return work.chance.random() < 0.5
    if kind == "array":
        inner = schema.get("items", {"type": "string"})
        return (
            [_some(work, inner, deep - 1) for _ in range(work.chance.randrange(1, 3))]
            if deep
            else []
        )
    if kind == "object":
        properties = schema.get("properties")
        if not properties:
            inner = schema.get("additionalProperties")
            return {"a": _some(work, inner, deep - 1)} if isinstance(inner, dict) else {}
        chosen = set(schema.get("required", ())) & set(properties)
        chosen |= {name for name in properties if work.chance.random() < 1 / len(properties)}
        return (
            {name: _some(work, properties[name], deep - 1) for name in sorted(chosen)}
            if deep
            else {}
        )
    return work.chance.choice(TEXTS)


def _schemas(work: _Work) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """The mappings of the object, each with its schema."""
    waiting: list[tuple[Path, Any, Mapping[str, Any]]] = [
        ((), work.value, work.definitions.schema(work.name))
    ]
    while waiting:
        path, value, schema = waiting.pop()
        schema = work.definitions.follow(schema)
        if isinstance(value, dict):
            yield path, schema
            for key, each in value.items():
                inner = schema.get("properties", {}).get(key)
                if inner is not None:
                    waiting.append(((*path, key), each, inner))
        elif isinstance(value, list) and isinstance(schema.get("items"), dict):
            waiting += [((*path, at), each, schema["items"]) for at, each in enumerate(value)]


def _spell(path: Path) -> str:
    return ".".join(map(str, path))


CHANGES: Sequence[Callable[[_Work], str]] = (
    _misspell, _remove, _empty, _retype, _number, _text, _text, _key, _reference, _twice,
    _add, _add,
)  # fmt: skip
