"""A manifest's documents: plain values that know where each part of them stands."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from typing import Any

from kdocs_plugin.libyaml import MappingNode, Node, ScalarNode, SequenceNode
from kdocs_plugin.manifests import scalars
from kdocs_plugin.values import dataclass, field

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong at a place of a text. Its words come from messages.py by code."""

    code: str
    line: int  # 0-based
    column: int  # 0-based, in code points
    arguments: Mapping[str, Any] = field(default_factory=dict)


class Places:
    """Lines and columns of a text's offsets, worked out only where they are asked for.

    YAML ends a line also at a lone CR, NEL, LS and PS; editors and notes don't, so its
    own line numbers are no use here.
    """

    __slots__ = ("_starts", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts: list[int] | None = None

    def at(self, offset: int) -> tuple[int, int]:
        if self._starts is None:
            starts = [0]
            end = self._text.find("\n")
            while end >= 0:
                starts.append(end + 1)
                end = self._text.find("\n", end + 1)
            self._starts = starts
        line = bisect_right(self._starts, offset) - 1
        return line, offset - self._starts[line]


class Document:
    """One YAML document."""

    __slots__ = ("_base", "_node", "_places", "value")

    def __init__(self, value: Any, node: Node, places: Places, base: int) -> None:
        self.value = value  # dict, list, str, int, float, bool or None; keys are str
        self._node = node
        self._places = places
        self._base = base  # where the node's own offsets begin in the text

    def __repr__(self) -> str:
        return f"Document({self.value!r})"

    @property
    def api_version(self) -> str:
        return self._text("apiVersion")

    @property
    def kind(self) -> str:
        return self._text("kind")

    @property
    def name(self) -> str:
        return self._text("metadata", "name")

    @property
    def namespace(self) -> str:
        return self._text("metadata", "namespace")

    @property
    def line(self) -> int:
        """0-based line where the document's content begins."""
        return self.position(())[0]

    def position(self, path: Path, key: bool = False) -> tuple[int, int]:
        """0-based line and column of the value at `path`, or of its key.

        Where the path leads nowhere: of the deepest part that exists. An item of a list
        has no key: its value's place is given.
        """
        key_node, value_node = self._find(path)
        node = key_node if key else value_node
        return self._places.at(self._base + node.start_mark.index)

    def written(self, path: Path) -> str:
        """The scalar at `path` as it is written, without quotes; "" if it is none."""
        node = self._find(path)[1]
        return str(node.value) if isinstance(node, ScalarNode) else ""

    def at(self, *path: str | int) -> Any:
        """The value at `path`, None where it leads nowhere."""
        value = self.value
        for step in path:
            try:
                value = value[step]
            except (LookupError, TypeError):
                return None
        return value

    def _find(self, path: Path) -> tuple[Node, Node]:
        key = value = self._node
        for step in path:
            found = _child(value, step)
            if found is None:
                break
            key, value = found
        return key, value

    def _text(self, *path: str) -> str:
        value = self.at(*path)
        return value if isinstance(value, str) else ""


def _child(node: Node, step: str | int) -> tuple[Node, Node] | None:
    """The nodes of the key and the value under `step`."""
    if isinstance(node, MappingNode):
        for key, value in reversed(node.value):  # the last one of a repeated key holds
            if isinstance(key, ScalarNode) and _key(key) == step:
                return key, value
        for key, value in node.value:
            if scalars.is_merge(key):
                sources = value.value if isinstance(value, SequenceNode) else [value]
                for source in sources:
                    found = _child(source, step)
                    if found is not None:
                        return found
    elif isinstance(node, SequenceNode) and isinstance(step, int) and step < len(node.value):
        item = node.value[step]
        return item, item
    return None


def _key(node: ScalarNode) -> str | None:
    try:
        return scalars.key(node)
    except scalars.Unreadable:
        return None


@dataclass(frozen=True, slots=True)
class Manifest:
    """A text's documents, and what kept the rest of it from being read."""

    documents: tuple[Document, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def readable(self) -> bool:
        """kubectl can read all of it (repeated keys don't stop it)."""
        return all(problem.code == "KD104" for problem in self.problems)
