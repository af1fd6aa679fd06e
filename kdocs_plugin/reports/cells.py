"""How wide text is on a terminal, and a line of a note with a caret under its character."""

from __future__ import annotations

import unicodedata
from typing import Final, NamedTuple

TAB: Final = 4  # cells a tab is shown as: the place of its stops is the reader's, not ours
WIDEST: Final = 100  # cells of a line that are shown
_BEFORE: Final = 60  # of them before the caret
_AROUND: Final = 400  # characters of a long line that are looked at


class Quote(NamedTuple):
    """A line as shown, and where the caret goes."""

    text: str
    column: int  # cells before the caret
    width: int  # cells under it


def quote(line: str, column: int) -> Quote:
    """The line, tabs as blanks, with the cells of its `column`th (0-based) character."""
    cut = max(column - _AROUND, 0)
    characters = line[cut : column + _AROUND]
    column -= cut
    shown: list[str] = []
    widths: list[int] = []
    for char in characters:
        show, cells = _show(char)
        shown.append(show)
        widths.append(cells)
    start = 0
    if sum(widths) > WIDEST:
        while start < column and sum(widths[start:column]) > _BEFORE:
            start += 1
    end = start
    total = 0
    while end < len(shown) and total + widths[end] <= WIDEST:
        total += widths[end]
        end += 1
    text = "".join(shown[start:end])
    before = sum(widths[start:column])
    if start or cut:
        text, before = f"…{text}", before + 1
    if end < len(shown):
        text += "…"
    under = widths[column] if column < len(widths) else 1
    return Quote(text.rstrip(), before, max(under, 1))


def width(text: str) -> int:
    """Cells that the text takes."""
    return sum(_show(char)[1] for char in text)


def _show(char: str) -> tuple[str, int]:
    if " " <= char <= "~":
        return char, 1
    if char == "\t":
        return " " * TAB, TAB
    category = unicodedata.category(char)
    if category in ("Mn", "Me") or "\u1160" <= char <= "\u11ff" or "\ud7b0" <= char <= "\ud7ff":
        return char, 0  # marks, and the vowels and finals of decomposed Hangul
    if category[0] == "C" or category in ("Zl", "Zp"):
        return "\N{REPLACEMENT CHARACTER}", 1  # nothing of a note may steer the terminal
    return char, 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1
