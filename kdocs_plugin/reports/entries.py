"""A finding with its words: what every format renders."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kdocs_plugin.messages import Language, hint, text
from kdocs_plugin.model import Finding, Page, Severity


@dataclass(frozen=True, slots=True)
class Entry:
    """A finding as people and machines read it. Line and column are 1-based."""

    code: str
    severity: Severity
    path: str
    line: int
    column: int  # code points
    message: str
    hint: str  # "" where there is none


def entries(pages: Sequence[Page], language: Language) -> list[Entry]:
    """The findings of all pages, in the pages' order."""
    return [entry(finding, language) for page in pages for finding in page.findings]


def entry(finding: Finding, language: Language) -> Entry:
    """One finding with its words filled in."""
    arguments = {name: printable(value) for name, value in finding.arguments.items()}
    return Entry(
        finding.code,
        finding.severity,
        finding.path,
        finding.position.line,
        finding.position.column,
        text(finding.code, language, arguments),
        hint(finding.code, language, arguments),
    )


def printable(value: Any) -> Any:
    """A note's own text must not move the terminal's cursor or split a line."""
    if not isinstance(value, str) or value.isprintable():
        return value
    return "".join(
        char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in value
    )


def counts(pages: Sequence[Page]) -> Mapping[Severity, int]:
    """How many findings of each severity."""
    return Counter(finding.severity for page in pages for finding in page.findings)
