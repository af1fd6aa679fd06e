"""The quick answer is jsonschema-rs' answer, for every kind of every version."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema_rs import Draft202012Validator

from kdocs_plugin.manifests import pack, versions
from kdocs_plugin.manifests.fitting import KEYWORDS, Fault, faults, fits

KINDS = [
    (version, name)
    for version in (versions.ALL[0], versions.ALL[-1])
    for kinds in pack.definitions(version).kinds.values()
    for name in kinds.values()
]
JUNK: st.SearchStrategy[Any] = st.one_of(
    st.none(), st.booleans(), st.text(max_size=3), st.just([]), st.just({}), st.just({"x": 1}),
    st.sampled_from([0, -1, 1.0, 1.5, 2**31 - 1, 2**31, -(2**31) - 1, 2**63 - 1, 1e300]),
)  # fmt: skip


@cache
def rust(version: str, name: str) -> Draft202012Validator:
    return Draft202012Validator(pack.definitions(version).bundle(name))


def value_of(draw: Any, schema: Mapping[str, Any], definitions: Any, depth: int) -> Any:
    """A value of the schema's, but for a part here and there."""
    schema = definitions.follow(schema)
    if draw(st.integers(0, 24)) == 0:
        return draw(JUNK)
    wanted = schema.get("type")
    if "properties" in schema:
        names = sorted(schema["properties"])
        chosen = set(draw(st.lists(st.sampled_from(names), max_size=3)) if depth else [])
        chosen |= set(schema.get("required", []) if draw(st.integers(0, 9)) else [])
        value = {
            name: value_of(draw, schema["properties"].get(name, {}), definitions, depth - 1)
            for name in sorted(chosen)
        }
        return value | ({"unknown": 1} if draw(st.integers(0, 30)) == 0 else {})
    if isinstance(schema.get("additionalProperties"), dict):
        return {"key": value_of(draw, schema["additionalProperties"], definitions, depth - 1)}
    if "items" in schema:
        return [value_of(draw, schema["items"], definitions, depth - 1)]
    kinds = wanted if isinstance(wanted, list) else [wanted]
    plain = {"string": "x", "integer": 1, "boolean": True, "number": 1.5, "null": None}
    return draw(st.sampled_from([plain.get(str(kind), {}) for kind in kinds]))


@settings(max_examples=1500, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_says_what_jsonschema_says(data: st.DataObject) -> None:
    version, name = data.draw(st.sampled_from(KINDS))
    definitions = pack.definitions(version)
    schema = definitions.schema(name)
    value = value_of(data.draw, schema, definitions, 4)
    check = rust(version, name)
    assert fits(value, schema, definitions) is check.is_valid(value)
    theirs = [
        Fault(each.kind.name, tuple(each.instance_path), each.kind.as_dict())
        for each in check.iter_errors(value)
    ]
    assert told(faults(value, schema, definitions)) == told(theirs)


def told(found: Iterable[Fault]) -> list[str]:
    """Faults, whatever their order and that of the words in them."""
    return sorted(
        f"{keyword} {path} {key} {sorted(each) if isinstance(each, list) else each}"
        for keyword, path, details in found
        for key, each in details.items()
    )


def keywords(schema: Mapping[str, Any]) -> Iterator[str]:
    yield from schema
    for child in schema.get("properties", {}).values():
        yield from keywords(child)
    for keyword in ("items", "additionalProperties"):
        if isinstance(schema.get(keyword), dict):
            yield from keywords(schema[keyword])


def test_knows_every_keyword_of_the_pack() -> None:
    for version in versions.ALL:
        definitions = pack.definitions(version)
        for kinds in definitions.kinds.values():
            for name in kinds.values():
                for line in definitions.closure(name):
                    schema = definitions.schema(line.partition("\t")[0])
                    assert set(keywords(schema)) <= KEYWORDS
