"""Findings on a terminal, in the manner of rustc and ruff: the line, a caret, the mend."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from kdocs_plugin.messages import Language, text
from kdocs_plugin.model import Page, Severity
from kdocs_plugin.reports.cells import quote
from kdocs_plugin.reports.entries import Entry, counts, entry, printable

Paint = Callable[[str, str], str]  # words, ANSI code -> words

_COLORS: Final = {Severity.ERROR: "1;31", Severity.WARNING: "1;33", Severity.INFO: "1;36"}
_BOLD, _QUIET = "1", "1;34"


def terminal(pages: Sequence[Page], language: Language, color: bool) -> str:
    """All findings of the pages and one line that sums them up; ends with a newline."""
    paint = _paint if color else _leave
    parts: list[str] = []
    for page in pages:
        if page.findings:
            lines = page.note.text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
            for finding in page.findings:
                found = entry(finding, language)
                line = lines[found.line - 1] if found.line <= len(lines) else ""
                parts.append("\n".join(_finding(found, line, language, paint)))
    parts.append(summary(pages, language))
    return "\n\n".join(parts) + "\n"


def summary(pages: Sequence[Page], language: Language) -> str:
    """One line: how many notes, how many findings of which severity."""
    found = counts(pages)
    arguments = {
        "notes": len(pages),
        "errors": found.get(Severity.ERROR, 0),
        "warnings": found.get(Severity.WARNING, 0),
        "infos": found.get(Severity.INFO, 0),
    }
    return text("report.summary" if found else "report.clean", language, arguments)


def _finding(found: Entry, line: str, language: Language, paint: Paint) -> Iterator[str]:
    shade = _COLORS[found.severity]
    severity = text(f"report.{found.severity.value}", language, {})
    margin = " " * len(str(found.line))
    bar = paint("|", _QUIET)
    yield f"{paint(f'{severity}[{found.code}]', shade)}: {paint(found.message, _BOLD)}"
    place = f"{printable(found.path)}:{found.line}:{found.column}"
    yield f"{margin}{paint('-->', _QUIET)} {place}"
    quoted = quote(line, found.column - 1)
    yield f"{margin} {bar}"
    yield f"{paint(str(found.line), _QUIET)} {bar} {quoted.text}".rstrip()
    yield f"{margin} {bar} {' ' * quoted.column}{paint('^' * quoted.width, shade)}"
    if found.hint:
        label = text("report.hint", language, {})
        yield f"{margin} {paint('=', _QUIET)} {paint(label, _BOLD)}: {found.hint}"


def _paint(words: str, code: str) -> str:
    return f"\x1b[{code}m{words}\x1b[0m"


def _leave(words: str, _code: str) -> str:
    return words
