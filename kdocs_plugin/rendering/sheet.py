"""The page's lines, addressed by the line numbers of the note they came from.

MkDocs hands over a page without its front matter, and other plugins may have added or
changed lines by then. An edit names lines of the note; it is made only where those lines
stand in the page unchanged, one after the other. So a foreign edit costs at most our
addition to that place, never the author's text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from difflib import SequenceMatcher

from kdocs_plugin.source import split_lines
from kdocs_plugin.values import dataclass, field

_QUOTED = re.compile(r"[ \t>]*>")


@dataclass(slots=True)
class Cell:
    """What one line of the page becomes: more lines before it, itself, more behind it."""

    lines: list[str]
    before: list[str] = field(default_factory=list)
    behind: list[str] = field(default_factory=list)

    def change(self, change: Callable[[str], str]) -> None:
        """Every line of the cell anew."""
        self.before = [change(line) for line in self.before]
        self.lines = [change(line) for line in self.lines]
        self.behind = [change(line) for line in self.behind]


class Sheet:
    """Lines to edit, in cells."""

    def __init__(self, note: str, markdown: str, first_line: int) -> None:
        self._source = split_lines(markdown)
        self._cells = [Cell([line]) for line in self._source]
        # Apart from the cells: what goes around lines must not go around these.
        self._start: list[str] = []
        self._end: list[str] = []
        self._splices: dict[int, list[tuple[int, int, str]]] = {}
        self._place = _align(split_lines(note), self._source, first_line)

    def text(self) -> str:
        """The page as it is now."""
        parts = (
            part for cell in self._cells for part in (cell.before, cell.lines, cell.behind)
        )
        lines = [line for part in parts for line in part]
        return "\n".join([*self._start, *lines, *self._end])

    def line(self, number: int) -> str | None:
        """The note's line as it stood in the page before any edit."""
        place = self._place.get(number)
        return None if place is None else self._source[place]

    def cells(self, start: int, end: int) -> list[Cell] | None:
        """The cells of the note's lines start..end, None if they are not all there."""
        first = self._place.get(start)
        if first is None:
            return None
        numbers = range(start, end + 1)
        if any(self._place.get(n) != first + n - start for n in numbers):
            return None
        return self._cells[first : first + len(numbers)]

    def replace(self, start: int, end: int, lines: Sequence[str]) -> None:
        """The note's lines start..end become `lines`."""
        cells = self.cells(start, end)
        if cells:
            for cell in cells:
                cell.lines = []
            cells[0].lines = list(lines)

    def splice(self, number: int, column: int, length: int, text: str) -> None:
        """In the note's line, `length` characters at the 1-based column become `text`: once
        `spliced` is called, all of a line together, so that none moves another's column."""
        self._splices.setdefault(number, []).append((column, length, text))

    def spliced(self) -> None:
        """Make the splices. Those of a line that is no longer one are dropped."""
        for number, splices in self._splices.items():
            for cell in self.cells(number, number) or []:
                if len(cell.lines) != 1:
                    continue
                line, parts, at = cell.lines[0], [], 0
                for column, length, text in sorted(splices):
                    if column - 1 >= at:
                        parts += [line[at : column - 1], text]
                        at = column - 1 + length
                cell.lines = ["".join([*parts, line[at:]])]
        self._splices = {}

    def add(self, number: int, lines: Sequence[str], *, before: bool = False) -> bool:
        """More lines behind (or before) the note's line."""
        cells = self.cells(number, number)
        for cell in cells or []:
            if before:
                cell.before = [*lines, *cell.before]
            else:
                cell.behind = [*cell.behind, *lines]
        return cells is not None

    def prepend(self, lines: Sequence[str]) -> None:
        """More lines at the top of the page."""
        self._start = [*lines, *self._start]

    def append(self, lines: Sequence[str]) -> None:
        """More lines at the end of the page."""
        self._end += lines


def blank(line: str) -> str:
    """A blank line that does not end the quote `line` stands in."""
    quoted = _QUOTED.match(line)
    return quoted.group() if quoted else ""


def _align(note: list[str], page: list[str], first_line: int) -> dict[int, int]:
    """1-based line of the note -> 0-based line of the page, for the lines they share."""
    if note[first_line - 1 :] == page:
        return {first_line + k: k for k in range(len(page))}
    matches = SequenceMatcher(None, note, page, autojunk=False).get_matching_blocks()
    return {m.a + k + 1: m.b + k for m in matches for k in range(m.size)}
