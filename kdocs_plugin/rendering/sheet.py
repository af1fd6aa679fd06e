"""The page's lines, addressed by the line numbers of the note they came from.

MkDocs hands over a page without its front matter, and other plugins may have added or
changed lines by then. An edit names lines of the note; it is made only where those lines
stand in the page unchanged, one after the other. So a foreign edit costs at most our
addition to that place, never the author's text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

_QUOTED = re.compile(r"[ \t>]*>")


class Sheet:
    """Lines to edit. Each line of the page is a cell that holds the lines it becomes."""

    def __init__(self, note: str, markdown: str, first_line: int) -> None:
        self._source = [line.rstrip("\r") for line in markdown.split("\n")]
        self._cells = [[line] for line in self._source]
        self._place = _align(_lines(note), self._source, first_line)

    def text(self) -> str:
        """The page as it is now."""
        return "\n".join(line for cell in self._cells for line in cell)

    def span(self, start: int, end: int) -> range | None:
        """Where the note's lines start..end stand, None if they do not as a whole."""
        first = self._place.get(start)
        if first is None:
            return None
        places = range(first, first + end - start + 1)
        if any(self._place.get(start + k) != place for k, place in enumerate(places)):
            return None
        return places

    def line(self, number: int) -> str | None:
        """The note's line as it stands in the page before any edit."""
        place = self._place.get(number)
        return None if place is None else self._source[place]

    def replace(self, start: int, end: int, lines: Sequence[str]) -> bool:
        """The note's lines start..end become `lines`."""
        places = self.span(start, end)
        if places is None:
            return False
        for place in places:
            self._cells[place] = []
        self._cells[places[0]] = list(lines)
        return True

    def splice(self, number: int, column: int, length: int, text: str) -> None:
        """In the note's line, `length` characters at the 1-based column become `text`.
        Several on one line are made from right to left."""
        place = self._place.get(number)
        if place is not None and len(self._cells[place]) == 1:
            line = self._cells[place][0]
            self._cells[place] = [line[: column - 1] + text + line[column - 1 + length :]]

    def add(self, number: int, lines: Sequence[str], *, before: bool = False) -> bool:
        """More lines behind (or before) the note's line."""
        place = self._place.get(number)
        if place is None:
            return False
        cell = self._cells[place]
        self._cells[place] = [*lines, *cell] if before else [*cell, *lines]
        return True

    def prepend(self, lines: Sequence[str]) -> None:
        """More lines at the top of the page."""
        self._cells[0] = [*lines, *self._cells[0]]

    def rows(self, places: range) -> list[list[str]]:
        """The cells at these places, to be changed in place."""
        return [self._cells[place] for place in places]


def blank(line: str) -> str:
    """A blank line that does not end the quote `line` stands in."""
    quoted = _QUOTED.match(line)
    return quoted.group() if quoted else ""


def _lines(text: str) -> list[str]:
    return [line.rstrip("\r") for line in text.split("\n")]


def _align(note: list[str], page: list[str], first_line: int) -> dict[int, int]:
    """1-based line of the note -> 0-based line of the page, for the lines they share."""
    if note[first_line - 1 :] == page:
        return {first_line + k: k for k in range(len(page))}
    matches = SequenceMatcher(None, note, page, autojunk=False).get_matching_blocks()
    return {m.a + k + 1: m.b + k for m in matches for k in range(m.size)}
