"""A finding with its words: what every format renders."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from kdocs_plugin.digest import sha256
from kdocs_plugin.late import late
from kdocs_plugin.messages import Language, hint, text
from kdocs_plugin.model import Finding, Fix, Page, Severity
from kdocs_plugin.values import dataclass

_WORD: Final = late(r"[\w./$-]+")


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
    end_column: int = 0  # behind the word that begins at `column`; 0 where no text is known
    fingerprint: str = ""  # of rule and what is written there; the same wherever it moves
    block: int | None = None
    fix: Fix | None = None


def entries(pages: Sequence[Page], language: Language) -> list[Entry]:
    """The findings of all pages, in the pages' order."""
    return [each for page in pages for each in entries_of(page, language)]


def entries_of(page: Page, language: Language) -> list[Entry]:
    """The findings of one page, with what the note's text tells of their places."""
    lines = lines_of(page)
    return [
        entry(finding, language, line_at(lines, finding.position.line))
        for finding in page.findings
    ]


def entry(finding: Finding, language: Language, line: str = "") -> Entry:
    """One finding with its words filled in. `line` is the note's own, where it stands."""
    arguments = {name: printable(value) for name, value in finding.arguments.items()}
    return Entry(
        finding.code,
        finding.severity,
        finding.path,
        finding.position.line,
        finding.position.column,
        text(finding.code, language, arguments),
        hint(finding.code, language, arguments),
        word_end(line, finding.position.column),
        fingerprint(finding, line),
        finding.block,
        finding.fix,
    )


def lines_of(page: Page) -> list[str]:
    """The note's lines, as findings count them."""
    return page.note.text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def line_at(lines: Sequence[str], number: int) -> str:
    """The line of a 1-based number, "" where the text has ended."""
    return lines[number - 1] if 0 < number <= len(lines) else ""


def word_end(line: str, column: int) -> int:
    """The 1-based column behind the word that begins at `column`: one character at least."""
    found = _WORD.match(line, column - 1)
    return found.end() + 1 if found else column + 1


def fingerprint(finding: Finding, line: str) -> str:
    """What stays the same when lines above come and go: rule, words, the line's text.

    The arguments are those that the message is filled with, without those that count lines.
    """
    told = sorted(
        (name, str(value)) for name, value in finding.arguments.items() if name != "line"
    )
    parts = (finding.code, line.strip(), repr(told))
    digest: str = sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()
    return digest[:16]


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
