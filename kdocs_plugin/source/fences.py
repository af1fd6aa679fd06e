"""Where fences are: exactly where pymdownx.superfences (without preserve_tabs) sees them.

SuperFences looks at one line after another, knows nothing of paragraphs, lists or HTML, and
differs from CommonMark in ways that change what a reader gets:

- the closing fence has exactly as many marks as the opening one, and the same indentation;
- a line that is indented less than the opening fence undoes the fence, and so does a quote
  mark inside a fence that is not quoted; scanning goes on behind that line;
- an opening fence with a header that it does not accept is no fence, so the closing one
  opens another.

Tabs are expanded first. A site with `preserve_tabs: true` loses a fence in one case that is
a fence here: where a tab in its body reaches across the fence's indentation.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum

from kdocs_plugin.late import late
from kdocs_plugin.source.headers import Header, parse_header
from kdocs_plugin.values import dataclass

_OPEN = late(r"([> ]*)(`{3,}|~{3,})(.*)$", re.DOTALL)
_PREFIX = late(r"[> ]*")


@dataclass(frozen=True, slots=True)
class Fence:
    """A fence by its lines (0-based) and its expanded prefix."""

    start: int
    end: int  # of the closing fence
    prefix: str
    marks: str
    header: str
    parsed: Header


class Why(Enum):
    """Why what looks like an opening fence is none."""

    HEADER = "header"  # SuperFences does not accept its header
    UNCLOSED = "unclosed"
    CUT = "cut"  # undone by a line that stands less deep


@dataclass(frozen=True, slots=True)
class Failed:
    """An opening fence that opens nothing."""

    why: Why
    start: int
    column: int  # of the marks, expanded
    marks: str
    header: str
    at: int  # the line that undid it; the last line where there is none


@dataclass(slots=True)
class _Open:
    start: int
    prefix: str
    marks: str
    header: str
    parsed: Header
    quotes: int
    blank: bool = False  # the line before is blank

    def takes(self, line: str) -> bool | None:
        """True: the line is content; False: it closes the fence; None: it undoes it."""
        match = _PREFIX.match(line, 0, len(self.prefix))
        depth = match.end() if match else 0
        quotes = line.count(">", 0, depth)
        if self.quotes:
            return self._takes_quoted(line, depth, quotes)
        if quotes:
            return None
        if not line.strip():
            return True
        if depth != len(self.prefix):
            return None
        return not self._closes(line, depth)

    def _takes_quoted(self, line: str, depth: int, quotes: int) -> bool | None:
        if quotes > self.quotes:
            return None
        if depth == len(line):
            self.blank = True
            return True
        if depth < len(self.prefix) or (self.blank and quotes < self.quotes):
            return None
        if self._closes(line, depth):
            return False
        self.blank = False
        return True

    def _closes(self, line: str, depth: int) -> bool:
        return line.startswith(self.marks, depth) and not line[depth + len(self.marks) :].strip(
            " \t"
        )


def find_fences(lines: Sequence[str], first: int) -> tuple[list[Fence], list[Failed]]:
    """All fences in expanded lines from index `first`, and what only looks like one."""
    fences: list[Fence] = []
    failed: list[Failed] = []
    fence: _Open | None = None
    for index in range(first, len(lines)):
        line = lines[index]
        if fence is None:
            if not (match := _OPEN.match(line)):
                continue
            prefix, marks, header = match.groups()
            if parsed := parse_header(header):
                fence = _Open(index, prefix, marks, header, parsed, prefix.count(">"))
            else:
                failed.append(Failed(Why.HEADER, index, len(prefix), marks, header, index))
            continue
        content = fence.takes(line)
        if content:
            continue
        if content is None:
            failed.append(_failure(fence, Why.CUT, index))
        else:
            fences.append(
                Fence(fence.start, index, fence.prefix, fence.marks, fence.header, fence.parsed)
            )
        fence = None
    if fence is not None:
        failed.append(_failure(fence, Why.UNCLOSED, len(lines) - 1))
    return fences, failed


def _failure(fence: _Open, why: Why, at: int) -> Failed:
    return Failed(why, fence.start, len(fence.prefix), fence.marks, fence.header, at)
