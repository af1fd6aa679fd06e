"""An object of a note and where it stands. Knows nothing of commands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kdocs_plugin.manifests import Document
from kdocs_plugin.manifests.documents import Path
from kdocs_plugin.manifests.places import mapping, objects
from kdocs_plugin.model import Finding, Note, Position
from kdocs_plugin.rules import SEVERITIES
from kdocs_plugin.validation.reading import Reading
from kdocs_plugin.values import dataclass


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """An object and where it stands: in a block of the note, or (no reading) elsewhere."""

    value: Mapping[str, Any]
    path: Path = ()  # in its document, which may be a List
    document: Document | None = None
    reading: Reading | None = None
    typed: bool = False  # by words: `kubectl create configmap x`; the value is a guess

    @property
    def kind(self) -> str:
        """Lower case, as commands have it."""
        return str(self.value.get("kind")).lower()

    @property
    def name(self) -> str:
        name = mapping(self.value.get("metadata")).get("name")
        return name if isinstance(name, str) else ""

    @property
    def namespace(self) -> str:
        namespace = mapping(self.value.get("metadata")).get("namespace")
        return namespace if isinstance(namespace, str) else ""

    @property
    def partial(self) -> bool:
        """Whether the author has left something out of its block."""
        return self.reading is not None and self.reading.elided

    def position(self, path: Path, key: bool = False) -> Position | None:
        """Where a field of the object stands in the note."""
        if self.document is None or self.reading is None:
            return None
        return self.reading.position(*self.document.position((*self.path, *path), key=key))

    def finding(
        self, note: Note, code: str, path: Path, arguments: Mapping[str, Any], key: bool = False
    ) -> Iterator[Finding]:
        """A finding at a field; none for an object that is not in the note's own text."""
        position = self.position(path, key)
        if position is not None and self.reading is not None:
            severity, block = SEVERITIES[code], self.reading.block.index
            yield Finding(code, severity, note.path, position, arguments, block)


def placed_in(reading: Reading) -> Iterator[Placed]:
    """The objects of a block."""
    for document in reading.manifest.documents:
        for path, value in objects(document.value):
            yield Placed(value, path, document, reading)
