"""What a version of Kubernetes says of a document's fields, as the API server would.

The verdict is that of `kubectl apply` with strict field validation: a field that the kind
doesn't have is an error. A document without apiVersion and kind is a fragment and none of
our business; a group that Kubernetes doesn't have may be a CRD's, which is information
unless the definition is at hand.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from kdocs_plugin.manifests import custom, pack, spelling, versions
from kdocs_plugin.manifests.causes import root_causes
from kdocs_plugin.manifests.documents import Document, Manifest, Path, Problem
from kdocs_plugin.manifests.fitting import Fault, faults, fits
from kdocs_plugin.manifests.kinds import Kinds
from kdocs_plugin.manifests.lifecycle import lifecycle
from kdocs_plugin.manifests.meant import meant
from kdocs_plugin.manifests.values import TYPES, brief, expected, mend, spell
from kdocs_plugin.values import replace

if TYPE_CHECKING:
    from jsonschema_rs import Draft202012Validator

NEWEST: Final = versions.ALL[-1]
# Read by kubectl itself, never sent to a server.
CLIENT_KINDS: Final = frozenset({("v1", "Config")})
_LISTED: Final = 4
_MOST: Final = 200  # mistakes of one object; finding the place of each takes a walk


@cache
def validator(version: str = NEWEST, customs: tuple[pack.Line, ...] = ()) -> Validator:
    """The validator for a version of the pack, with kinds that CRDs define.

    KeyError if the pack doesn't hold the version.
    """
    return Validator(version, customs)


class Validator:
    """Checks documents against the schemas of one version of Kubernetes."""

    def __init__(self, version: str, customs: tuple[pack.Line, ...] = ()) -> None:
        self.version = version
        self._definitions = pack.definitions(version)
        if customs:
            self._definitions = self._definitions.extended(customs)
        self._kinds = self._definitions.kinds
        self._of_kinds = Kinds(version, self._kinds)
        self._compiled: dict[str, Draft202012Validator] = {}

    def accepts(self, manifest: Manifest) -> bool:
        """Whether nothing is known against any of its documents."""
        return all(
            problem.code in _HARMLESS
            for document in manifest.documents
            for problem in self.errors(document)
        )

    def shape(self, document: Document) -> frozenset[str] | str:
        """The same for two versions that say the same of a document.

        What neither has, or holds objects of its own, is the version's own affair.
        """
        name = self._kinds.get(document.api_version, {}).get(document.kind)
        if name is None or lifecycle(document.api_version, document.kind) is not None:
            return self.version
        return self._definitions.closure(name)

    def errors(self, document: Document) -> list[Problem]:
        """What the server would refuse or warn of, in the order of the text."""
        problems = list(self._object(document, document.value, ()))
        return sorted(problems, key=lambda problem: (problem.line, problem.column))

    def part(self, document: Document, value: Any, path: Path, name: str) -> Iterator[Problem]:
        """What is wrong with a part of an object: the definition `name` at a path."""
        yield from self._fields(document, value, path, name)

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
            yield from self._of_kinds.age(document, path, api_version, kind)
            name = self._kinds[api_version][kind]
            yield from self._fields(document, value, path, name)
            if name.startswith(custom.PREFIX) and (
                count := self._definitions.schema(name).get(custom.CEL)
            ):
                place = document.position((*path, "kind"))
                arguments = {"apiVersion": api_version, "kind": kind, "count": count}
                yield Problem("KD215", *place, arguments)
        elif (api_version, kind) not in CLIENT_KINDS:
            yield self._gone_or_unknown(document, value, path, api_version, kind)

    # --- apiVersion and kind ---

    def _misspelt_identity(
        self, document: Document, value: dict[str, Any], path: Path
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

    def _gone_or_unknown(
        self, document: Document, value: Any, path: Path, api_version: str, kind: str
    ) -> Problem:
        """The kind's problem, for a removed one with what else its successor asks for."""
        problem = self._of_kinds.unknown(document, path, api_version, kind)
        if problem.code != "KD207" or not problem.arguments["expected"]:
            return problem
        expected_kind = problem.arguments["suggestion"] or kind
        name = self._kinds[problem.arguments["expected"]][expected_kind]
        found = self._fields(document, value, path, name)
        places = list(dict.fromkeys(str(each.arguments["path"]) for each in found))
        more = ", ".join(f"`{each}`" for each in places[:_LISTED])
        more += ", …" if len(places) > _LISTED else ""
        # The successor is a mend by itself where it takes the object as it is.
        same = not places and expected_kind == kind
        mend = {"mend": problem.arguments["expected"] if same else "", "more": more}
        return replace(problem, arguments={**problem.arguments, **mend})

    # --- fields ---

    def _fields(
        self, document: Document, value: Any, path: Path, name: str
    ) -> Iterator[Problem]:
        schema = self._definitions.schema(name)
        if name.startswith(custom.PREFIX):
            found = self._faults_of_custom(value, name)
        elif fits(value, schema, self._definitions):
            return
        else:
            found = faults(value, schema, self._definitions)
        problems = (
            problem
            for fault in found
            for problem in self._translate(document, value, path, name, fault)
        )
        yield from root_causes(list(islice(problems, _MOST)))

    def _faults_of_custom(self, value: Any, name: str) -> Iterator[Fault]:
        """By all keywords that there are."""
        check = self._compiled.get(name)
        if check is None:
            check = self._compiled[name] = _compile(self._definitions.bundle(name))
        if not check.is_valid(value):
            for each in check.iter_errors(value):
                yield Fault(each.kind.name, tuple(each.instance_path), each.kind.as_dict())

    def _translate(
        self, document: Document, value: Any, prefix: Path, name: str, fault: Fault
    ) -> Iterator[Problem]:
        keyword, local, details = fault
        path = prefix + local
        if keyword == "additionalProperties":
            for field in details["unexpected"]:
                yield self._unknown_field(document, value, prefix, local, name, field)
        elif keyword == "required":
            if local[:1] != ("status",):  # the server drops a status that is sent along
                yield _missing(document, path, details["property"])
        elif keyword == "type" or (
            keyword in ("minimum", "maximum") and not name.startswith(custom.PREFIX)
        ):
            wrong = document.at(*path)
            if wrong is None and local and not name.startswith(custom.PREFIX):
                yield _missing(document, path[:-1], str(path[-1]))
                return
            wanted = expected(keyword, details)
            yield Problem(
                "KD202",
                *document.position(path),
                {
                    "field": str(path[-1]) if path else "",
                    "path": spell(path),
                    "expected": wanted,
                    "found": TYPES.get(type(wrong), "object"),
                    "value": brief(wrong),
                    "mend": mend(document, path, wanted, wrong),
                },
            )
        else:  # what only a CRD's schema asks for
            limit = next((each for each in details.values() if _is_plain(each)), "")
            rule = f"{keyword}: {brief(limit)}" if limit != "" else keyword
            arguments = {"path": spell(path), "value": brief(document.at(*path)), "rule": rule}
            near = ""
            if keyword == "enum" and isinstance(document.at(*path), str):
                words = [each for each in details["options"] if isinstance(each, str)]
                near = spelling.nearest(document.at(*path), words, cutoff=0.6)
            arguments |= {"suggestion": near}
            yield Problem("KD213", *document.position(path), arguments)

    def _unknown_field(
        self, document: Document, value: Any, prefix: Path, local: Path, name: str, field: str
    ) -> Problem:
        found = meant(self._definitions, self.version, name, value, local, field)
        path = (*prefix, *local, field)
        arguments = {
            "field": field,
            "path": spell(path),
            "suggestion": found.name,
            "place": spell((*prefix, *found.place)) if found.place else "",
        }
        arguments |= {"since": found.since} if found.since else {}
        arguments |= {"until": found.until} if found.until else {}
        return Problem("KD201", *document.position(path, key=True), arguments)


_HARMLESS: Final = frozenset({"KD204", "KD208", "KD212", "KD215"})


def _compile(bundle: pack.Schema) -> Draft202012Validator:
    from jsonschema_rs import Draft202012Validator  # 40 ms: not before it is needed

    try:
        return Draft202012Validator(bundle)
    except ValueError:  # a CRD's pattern that is none here: Go's expressions know more
        return Draft202012Validator(_without_patterns(bundle))


def _without_patterns(schema: Any) -> Any:
    if isinstance(schema, dict):
        return {
            name: _without_patterns(each)
            for name, each in schema.items()
            if name != "pattern" or not isinstance(each, str)
        }
    return [_without_patterns(each) for each in schema] if isinstance(schema, list) else schema


def _is_plain(value: Any) -> bool:
    """Whether a keyword's detail can be shown: a limit, a pattern, the words of an enum."""
    if isinstance(value, list):
        return all(_is_plain(each) for each in value)
    return isinstance(value, str | int | float)


def _missing(document: Document, parent: Path, field: str) -> Problem:
    place = document.position((*parent, field), key=True)
    if not isinstance(document.at(*parent), dict) or field not in document.at(*parent):
        place = document.position(parent, key=True)
    return Problem("KD203", *place, {"field": field, "path": spell((*parent, field))})
