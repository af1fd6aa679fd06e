"""Lists as CommonMark indents them, for a Markdown that wants four spaces.

In CommonMark (GitHub, Obsidian) what belongs to an item stands where the item's own text
begins: two columns in for `- `, three for `1. `. To Python-Markdown that is another item, or
a paragraph behind the list. Here each line is followed through the quotes and items that it
stands in, and where its indentation falls short of Python-Markdown's, it is told what it has
to be. Indentation that suffices is the author's and stays.

One pass, linear; nesting is followed to a fixed depth.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from kdocs_plugin.late import late
from kdocs_plugin.source.commonmark import is_lazy, is_paragraph, is_rule
from kdocs_plugin.source.fences import Fence
from kdocs_plugin.source.lines import TAB, Lines
from kdocs_plugin.source.raw_html import Region
from kdocs_plugin.source.toggles import Toggle
from kdocs_plugin.values import dataclass, field

WIDTH = TAB  # of Python-Markdown's indentation
_DEEPEST = 24
_QUOTE = late(r" {0,3}> ?")
_ITEM = late(r"( {0,3})([-*+]|(\d{1,9})([.)]))( +|$)")
_TABLE = late(r" {0,3}(?=[^\n]*\|)(?=[^\n]*-)[|:\- ]+$")
_LEADS = late(r"^[ >]*(?:>|[-*+](?: |$)|\d+[.)](?: |$))|\| ?:?-|-:? ?\|")
_HEADING = late(r" {0,3}#{1,6}(?: |$)")


@dataclass(frozen=True, slots=True)
class Indent:
    """In expanded columns: at `column` stand `old` spaces, and there should be `new` ones."""

    column: int
    old: int
    new: int

    def applied(self, text: str) -> str:
        """A line with this indentation, as far as there are spaces where they should be."""
        end = self.column + self.old
        if "\t" in text[:end]:
            text = text[:end].expandtabs(TAB) + text[end:]
        there = text[self.column : end]
        if there.strip(" ") or len(there) < self.old:
            return text
        return text[: self.column] + " " * self.new + text[end:]


@dataclass(slots=True)
class Listing:
    """By 1-based line: how to indent it, the blank line that is missing before it, and where
    (1-based) the `)` of its number stands, which Python-Markdown knows as `.` only."""

    indents: dict[int, tuple[Indent, ...]] = field(default_factory=dict)
    breaks: dict[int, str] = field(default_factory=dict)
    numbers: dict[int, int] = field(default_factory=dict)
    apart: dict[int, str] = field(default_factory=dict)  # a quote behind one: what is before it


@dataclass(slots=True)
class _Container:
    width: int  # columns of an item's indentation; 0: a quote
    ordered: bool = False
    child: tuple[int, str] | None = None  # line of an item right below an item's own text


class _Walk:
    def __init__(self, found: Listing) -> None:
        self.found = found
        self.open: list[_Container] = []
        self.paragraph = False  # a paragraph is open
        self.table = False  # what goes on is a table
        self.rows: tuple[int, str, int] | None = (
            None  # the paragraph's last line, if not its first
        )
        self.behind = -1  # as many containers stood around a quote that a blank line ended
        self.depth = 0  # items around the first line of the block
        self.block = ""  # how the block since the last blank line began: item, other
        self.quotes = 0  # quotes around the line before

    def blank(self) -> None:
        self.paragraph, self.block, self.table = False, "", False

    def line(self, index: int, line: str, *, whole: bool) -> None:
        """One line of text, or the first one of a fence or of HTML: `whole`."""
        at, kept, indents = self._continue(line)
        rest = line[at:]
        closed: list[_Container] = []
        if self.table and kept == len(self.open) and rest.strip():
            return
        if not rest.strip():
            if kept < len(self.open) and not self.open[kept].width:
                self.behind = kept
            self._close(kept)
            self.blank()
            return
        if kept < len(self.open):
            if self.paragraph and not whole and is_lazy(rest) and not self._marker(rest):
                self.block = self.block or "other"
                return
            closed = self.open[kept:]
            self._close(kept)
            self.paragraph = False
        if not self.block and self.open and (child := self.open[-1].child):
            # Else Python-Markdown, in an admonition, puts the item's text behind its list.
            self.found.breaks.setdefault(*child)
            self.open[-1].child = None
        begun = False
        while len(self.open) < _DEEPEST and not rest.startswith(" " * WIDTH):
            if match := _QUOTE.match(rest):
                if self.block and not begun and (closed or self._depth()):
                    self._break(index, line[:at])
                if not begun:
                    indents += self._short(line, at, match[0].index(">"))
                    if len(self.open) == self.behind:
                        quotes = line[: line.rfind(">", 0, at) + 1]
                        self.found.apart[index + 1] = quotes + " " * WIDTH * self._depth()
                self.open.append(_Container(0))
                self.paragraph, closed = False, []
                at += match.end()
            elif not whole and (match := self._marker(rest)):
                self._item(index, line[:at], match, closed, begun=begun)
                if not begun:
                    indents += self._short(line, at, match.end(1))
                if self.block and not begun and self.open and self.open[-1].width:
                    self.open[-1].child = self.open[-1].child or (index + 1, line[:at].rstrip())
                begun, closed = True, []
                at += self._open_item(match)
            else:
                break
            rest = line[at:]
        self.behind = -1
        goes_on = self.paragraph and not begun and not whole and is_lazy(rest)
        if closed and not begun and self.block:
            self._break(index, line[:at])
        if not begun and not goes_on:
            indents += self._short(line, at, len(rest) - len(rest.lstrip(" ")))
        if indents:
            self.found.indents[index + 1] = tuple(indents)
        if goes_on:
            self._table_begins(rest)
        self.rows = (index, line, at) if goes_on else None
        self._behind(rest, begun=begun, whole=whole)

    def _table_begins(self, rest: str) -> None:
        """A table's second line, its head in the midst of a paragraph: GitHub ends the
        paragraph there."""
        if self.rows is None or not _TABLE.match(rest):
            return
        index, line, at = self.rows
        head = line[at:].strip(" ")
        if "|" not in head or head.strip("|").count("|") != rest.strip(" |").count("|"):
            return
        self.found.breaks[index + 1] = line[:at].rstrip()
        if indents := self._short(line, at, len(line[at:]) - len(line[at:].lstrip(" "))):
            self.found.indents[index + 1] = (*self.found.indents.get(index + 1, ()), *indents)

    def _continue(self, line: str) -> tuple[int, int, list[Indent]]:
        """How far the open containers take the line: the column, how many of them, and
        what their indentation lacks before a quote mark."""
        at = kept = 0
        indents: list[Indent] = []
        for container in self.open:
            rest = line[at:]
            if container.width:
                if rest.strip() and not rest.startswith(" " * container.width):
                    break
                at = min(len(line), at + container.width)
            else:
                match = _QUOTE.match(rest)
                if not match:
                    break
                indents += self._short(line, at, match[0].index(">"), kept)
                at += match.end()
            kept += 1
        return at, kept, indents

    def _short(self, line: str, at: int, more: int, kept: int | None = None) -> list[Indent]:
        """What the items around a column lack of Python-Markdown's indentation; `more`
        spaces follow there."""
        depth = self._depth() if kept is None else self._depth(kept)
        start = at
        while start > 0 and line[start - 1] == " " and depth:
            start -= 1
        if 0 < start < at and line[start - 1] == ">":
            start += 1  # the quote mark's own space
        there, wanted = at - start + more, WIDTH * depth
        rest = line[at + more :]
        if more >= WIDTH and not self.paragraph and not _ITEM.match(rest):  # code
            wanted += more
        if not depth or there >= wanted:
            return []
        return [Indent(start, there, wanted)]

    def _marker(self, rest: str) -> re.Match[str] | None:
        match = _ITEM.match(rest)
        if match is None or is_rule(rest):
            return None
        empty = not rest[match.end() :].strip()
        if self.paragraph and (empty or (match[3] and int(match[3]) != 1)):
            return None
        return match

    def _item(
        self,
        index: int,
        before: str,
        match: re.Match[str],
        closed: Sequence[_Container],
        *,
        begun: bool,
    ) -> None:
        if match[4] == ")":
            self.found.numbers[index] = len(before) + match.end(4) - 1
        # Behind a quote, or a list of the other kind.
        other = any(not each.width for each in closed) or (
            bool(closed) and closed[0].ordered != bool(match[3])
        )
        shallower = self._depth() < self.depth
        if not begun and self.block and (other or shallower or self.block == "other"):
            self._break(index, before)

    def _break(self, index: int, before: str) -> None:
        """A blank line before this one, in the quotes that both stand in."""
        self.found.breaks[index + 1] = before.rstrip()
        self.block = ""

    def _open_item(self, match: re.Match[str]) -> int:
        spaces = len(match[5])
        width = match.end(2) + (spaces if 1 <= spaces <= WIDTH else 1)
        self.open.append(_Container(width, bool(match[3])))
        self.paragraph = False
        return min(width, match.end())

    def _behind(self, rest: str, *, begun: bool, whole: bool) -> None:
        quotes = self._quotes_open(len(self.open))
        if quotes != self.quotes:
            self.block, self.quotes = "", quotes
        self.table = self.paragraph and bool(_TABLE.match(rest))
        heading = bool(_HEADING.match(rest)) or is_rule(rest)
        if not self.block:
            self.block = "item" if begun else "other"
            self.depth = self._depth() - begun
        if heading and not begun:
            self.block = ""
        self.paragraph = not whole and is_paragraph(rest, after_paragraph=self.paragraph)

    def _depth(self, kept: int | None = None) -> int:
        """Items around the text, within the innermost quote: of the first `kept` or all."""
        depth = 0
        for container in reversed(self.open[:kept]):
            if not container.width:
                break
            depth += 1
        return depth

    def _quotes_open(self, count: int) -> int:
        return sum(not container.width for container in self.open[:count])

    def _close(self, kept: int) -> None:
        del self.open[kept:]


def listing(
    lines: Lines,
    first: int,
    fences: Iterable[Fence],
    raw: Iterable[Region],
    toggles: Iterable[Toggle],
) -> Listing:
    """For expanded lines; without lists, quotes and tables there is nothing to do."""
    found, text = Listing(), lines.expanded
    if not any(_LEADS.search(line) for line in text[first:]):
        return found
    walk = _Walk(found)
    together: dict[int, int] = {fence.start: fence.end for fence in fences}
    tags = {toggle.start: toggle.head for toggle in toggles}
    tags |= {toggle.end: toggle.end for toggle in toggles}
    regions = {region.start: region.end for region in raw if region.start not in tags}
    together |= tags
    index = first
    while index < len(text):
        end = max(together.get(index, index), regions.get(index, index))
        walk.line(index, text[index], whole=index in together or index in regions)
        if index in regions:
            found.indents.pop(index + 1, None)
        elif index + 1 in found.indents:
            for other in range(index + 1, end + 1):
                found.indents[other + 1] = found.indents[index + 1]
        if index in regions or index in tags:
            walk.blank()
        index = end + 1
    found.numbers = {
        index + 1: lines.raw_column(index, column) + 1
        for index, column in found.numbers.items()
    }
    return found
