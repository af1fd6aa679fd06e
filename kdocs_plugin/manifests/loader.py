"""Text -> Manifest. libyaml composes nodes, a constructor of our own follows kubectl.

What kubectl does and PyYAML does not: documents are cut at `---` lines first, so an error
in one leaves the others readable and anchors stay within their document; scalars follow
scalars.py; `<<` overwrites the keys before it.
"""

from __future__ import annotations

import gc
import operator
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, cast

from kdocs_plugin.late import late
from kdocs_plugin.libyaml import (
    CParser,
    MappingNode,
    MarkedYAMLError,
    Node,
    ReaderError,
    ScalarNode,
    SequenceNode,
    YAMLError,
)
from kdocs_plugin.manifests import bounds, scalars
from kdocs_plugin.manifests.documents import Document, Manifest, Places, Problem

_LARGE: Final = 20_000  # characters

_SEPARATOR: Final = late(r"^---(?=[ \t\r]*(?:#.*)?$)", re.MULTILINE)
_BLANK: Final = late(r"(?:[ \t\r]*(?:#[^\n]*)?(?:\n|\Z))*\Z")
# Where libyaml points behind the mistake, the place where the construct begins says more.
_FROM_CONTEXT: Final = frozenset(
    {"could not find expected ':'", "found unexpected end of stream"}
)


def load(text: str) -> Manifest:
    """All documents of a YAML text. Never raises: what is wrong is in `problems`."""
    if len(text) > bounds.LONGEST:
        limit = {"limit": f"{bounds.LONGEST >> 20} MiB"}
        return Manifest(problems=(Problem("KD106", 0, 0, limit),))
    places = Places(text)
    documents: list[Document] = []
    problems: list[Problem] = []
    with _collector_paused(len(text)):
        for start, chunk in _chunks(text):
            _load_chunk(chunk, start, places, documents, problems)
    return Manifest(tuple(documents), tuple(problems))


@contextmanager
def _collector_paused(size: int) -> Iterator[None]:
    """Node trees hold no cycle, yet Python's collector walks a large one again and again
    while it grows: 7 of 8 seconds for a text of 3 MB."""
    paused = size > _LARGE and gc.isenabled()
    if paused:
        gc.disable()
    try:
        yield
    finally:
        if paused:
            gc.enable()


def _chunks(text: str) -> Iterator[tuple[int, str]]:
    """The parts that kubectl reads one by one, with their offsets; none that is blank."""
    begin = 1 if text.startswith("\ufeff") else 0
    if text.startswith("%", begin):  # a directive needs its `---`
        yield begin, text[begin:]
        return
    if "---" not in text:
        if not _BLANK.match(text, begin):
            yield begin, text[begin:]
        return
    for match in _SEPARATOR.finditer(text, begin):
        if not _BLANK.match(text, begin, match.start()):
            yield begin, text[begin : match.start()]
        begin = match.end()
    if not _BLANK.match(text, begin):
        yield begin, text[begin:]


def _load_chunk(
    chunk: str, start: int, places: Places, documents: list[Document], problems: list[Problem]
) -> None:
    def report(code: str, offset: int, **arguments: Any) -> None:
        problems.append(Problem(code, *places.at(start + offset), arguments))

    constructor = _Constructor(report)
    try:
        bounds.check_depth(chunk)
        composer = _Composer(chunk)
        while composer.check_node():
            node = cast("Node", composer.get_node())
            if "*" in chunk:
                bounds.check_aliases(node)
            value = constructor.value(node)
            if value is not None:
                documents.append(Document(value, node, places, start))
    except bounds.Exceeded as error:
        report(error.code, error.offset, **error.arguments)
    except ReaderError as error:
        offset = next((i for i, c in enumerate(chunk) if ord(c) == error.character), 0)
        report("KD101", offset, reason=error.reason)
    except UnicodeEncodeError as error:
        report("KD101", error.start, reason="invalid Unicode character")
    except MarkedYAMLError as error:
        mark = error.problem_mark
        if mark is None or (error.context_mark and error.problem in _FROM_CONTEXT):
            mark = error.context_mark
        offset, column = (mark.index, mark.column) if mark else (0, 0)
        reason = error.problem or ""
        advice = _advice(reason, column, chunk[offset : offset + 1])
        report("KD101", offset, reason=reason, **advice)
    except YAMLError as error:  # pragma: no cover - libyaml out of memory
        report("KD101", 0, reason=str(error))


def _advice(reason: str, column: int, character: str) -> dict[str, Any]:
    """What fills the hint that fits libyaml's reason."""
    if reason.startswith("mapping values are not allowed"):
        return {"colon": ": "}
    if reason == "could not find expected ':'":
        return {"missing": ":"}
    if reason in ("did not find expected key", "did not find expected '-' indicator"):
        return {"indent": column}
    if reason == "found character that cannot start any token" and character != "\t":
        return {"character": character}
    return {}


class _Composer(CParser):
    """libyaml's composer, told not to guess what plain scalars mean."""

    def resolve(self, kind: type[Node], _value: Any, implicit: Any) -> str:
        if kind is ScalarNode:
            return scalars.PLAIN if implicit[0] else scalars.QUOTED
        return "map" if kind is MappingNode else "seq"

    # Nothing depends on the path; these are the cheapest ways of doing nothing.
    descend_resolver = staticmethod(operator.is_)
    ascend_resolver = staticmethod(bool)


def _is_text(node: Any) -> bool:
    """Whether a scalar evidently is the text that is written: most keys and values are."""
    text, tag = node.value, node.tag
    return tag is scalars.QUOTED or (
        tag is scalars.PLAIN
        and text not in scalars.WORDS
        and text[0] not in scalars.NUMBER_STARTS
    )


class _Constructor:
    """Nodes -> plain values."""

    __slots__ = ("_report",)

    def __init__(self, report: Any) -> None:
        self._report = report

    def value(self, node: Node) -> Any:
        kind = node.__class__
        if kind is ScalarNode:
            if _is_text(node):
                return node.value
            try:
                return scalars.scalar(cast("ScalarNode", node))
            except scalars.Unreadable as error:
                self._report("KD107", node.start_mark.index, reason=str(error))
                return None
        if kind is MappingNode:
            return self._mapping(node)
        return [self.value(item) for item in node.value]

    def _mapping(self, node: Node) -> dict[str, Any]:
        result: dict[str, Any] = {}
        own: set[str] = set()
        for key_node, value_node in node.value:
            if key_node.__class__ is not ScalarNode:
                self._report("KD107", key_node.start_mark.index, reason="yaml: invalid map key")
                continue
            key = key_node.value
            if not _is_text(key_node):
                try:
                    key = scalars.key(key_node)
                except scalars.Unreadable as error:
                    self._report("KD107", key_node.start_mark.index, reason=str(error))
                    continue
            elif key == "<<" and scalars.is_merge(key_node):
                result.update(self._merged(value_node))
                continue
            if key in own:
                self._report("KD104", key_node.start_mark.index, key=key)
            own.add(key)
            result[key] = self.value(value_node)
        return result

    def _merged(self, node: Node) -> dict[str, Any]:
        sources = reversed(node.value) if isinstance(node, SequenceNode) else (node,)
        result: dict[str, Any] = {}
        for source in sources:
            if not isinstance(source, MappingNode):
                reason = "yaml: map merge requires map or sequence of maps as the value"
                self._report("KD107", source.start_mark.index, reason=reason)
                continue
            result.update(self._mapping(source))
        return result
