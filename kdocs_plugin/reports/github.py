"""Findings as GitHub's workflow commands: annotations at the lines of a pull request.

The escapes are those of @actions/core (packages/core/src/command.ts): `%`, CR and LF in the
message, `:` and `,` as well in a property.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kdocs_plugin.messages import Language, text
from kdocs_plugin.model import Page, Severity
from kdocs_plugin.reports.entries import Entry, entries
from kdocs_plugin.reports.sarif import relative

_COMMANDS: Final = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFO: "notice",
}


def github(pages: Sequence[Page], language: Language) -> str:
    """One line a finding; "" where there is none."""
    return "".join(f"{_command(each, language)}\n" for each in entries(pages, language))


def _command(each: Entry, language: Language) -> str:
    properties: dict[str, object] = {
        "file": relative(each.path),
        "line": each.line,
        "col": each.column,
        "endColumn": each.end_column - 1,  # GitHub's is the last column, not the one behind
        "title": each.code,
    }
    written = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    words = [each.message, each.hint]
    if each.fix is not None:
        words.append(text("report.fixable", language, {}))
    message = "\n".join(filter(None, words))
    return f"::{_COMMANDS[each.severity]} {written}::{_data(message)}"


def command(kind: str, path: str, line: int, column: int, title: str, message: str) -> str:
    """One annotation at a place: line and column are 1-based."""
    properties = {"file": relative(path), "line": line, "col": column, "title": title}
    written = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    return f"::{kind} {written}::{_data(message)}"


def _data(words: str) -> str:
    return words.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(words: str) -> str:
    return _data(words).replace(":", "%3A").replace(",", "%2C")
