"""What validation must know besides the note and its plan."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from kdocs_plugin.late import late
from kdocs_plugin.manifests import Document, versions
from kdocs_plugin.model import Finding, Note, Position
from kdocs_plugin.rules import SEVERITIES
from kdocs_plugin.values import dataclass

_KEY: Final = late(r"\s+[\"']?kubernetes[\"']?\s*:")


def no_documents() -> tuple[Document, ...]:
    """Nothing is defined beyond the note."""
    return ()


@dataclass(frozen=True, slots=True)
class Options:
    """Settings of the site or the command line; the note's own come on top."""

    versions: tuple[str, ...] = versions.ALL[-1:]  # of Kubernetes, oldest first
    # CustomResourceDefinitions from beyond the note; asked for where a kind is unknown.
    definitions: Callable[[], tuple[Document, ...]] = no_documents


def targets_of(note: Note, options: Options) -> tuple[tuple[str, ...], tuple[Finding, ...]]:
    """The versions that a page is held against: its own (`kdocs: kubernetes: "1.30-1.37"`),
    else the site's. What is no version is a finding, KD214, and as if it were not said."""
    value = note.options.get("kubernetes")
    if value is None:
        return options.versions, ()
    try:
        return versions.targets(value), ()
    except ValueError:
        lines = note.text.split("\n")[: note.front_matter_lines]
        line = next((n for n, text in enumerate(lines, 1) if _KEY.match(text)), 1)
        column = len(lines[line - 1]) - len(lines[line - 1].lstrip()) + 1 if lines else 1
        arguments = {"value": str(value), "known": versions.SPAN}
        place = Position(line, column)
        return options.versions, (
            Finding("KD214", SEVERITIES["KD214"], note.path, place, arguments),
        )
