"""GitHub and Obsidian callouts: quotes whose first line is `[!KIND] title`.

A callout ends where CommonMark ends the quote: at a line without its `>`, unless that line
only goes on with a paragraph ("lazy continuation"). So a list right behind a quote is not
part of it, and neither is anything behind an empty `>`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from kdocs_plugin.late import late
from kdocs_plugin.model import Callout
from kdocs_plugin.source.commonmark import is_lazy, is_paragraph
from kdocs_plugin.values import dataclass

_DEEPEST = 64  # quotes beyond are not told apart; keeps hostile lines cheap
_ITEMS = late(r" *(?:(?:[-*+]|\d{1,9}[.)]) +)+(?=>)| *")
_MARKS = late(rf"(?:> {{0,4}}){{1,{_DEEPEST}}}")
_MARKER = late(
    r"\[!([A-Za-z][\w-]*)(?: *\|[^\]]*)?\]([-+]?)((?:[ \t].*)?)$",
    re.DOTALL,
)


@dataclass(slots=True)
class _Quote:
    """An open quote: where it began, and the callout that it is."""

    line: int
    prefix: str
    empty: bool = True  # nothing has stood in it yet
    kind: str = ""
    title: str = ""
    fold: str = ""


def callouts(lines: Sequence[str], first: int, opaque: Collection[int]) -> tuple[Callout, ...]:
    """The callouts of a note's expanded lines, in document order.

    `opaque` are lines whose text is not Markdown: fences, raw HTML, indented code.
    """
    found: list[Callout] = []
    quotes: list[_Quote] = []  # open ones, outermost first
    lazy = False  # the line before left a paragraph open

    def close(depth: int, last: int) -> None:
        while len(quotes) > depth:
            quote = quotes.pop()
            if quote.kind:
                found.append(_callout(quote, last))

    for index in range(first, len(lines)):
        line = lines[index]
        level, text = quote_level(line, behind_items=True)
        if _starts_item(line):
            close(0, index - 1)
        elif level < len(quotes):
            if lazy and index not in opaque and is_lazy(text):
                continue
            close(level, index - 1)
        while len(quotes) < level:
            quotes.append(_Quote(index, _prefix(line, len(quotes))))
        if quotes and text.strip():
            for outer in quotes[:-1]:
                outer.empty = False
            if quotes[-1].empty and index not in opaque:
                _mark(quotes[-1], index, text)
            quotes[-1].empty = False
        lazy = index not in opaque and is_paragraph(text, after_paragraph=lazy)
    end = len(lines) - 1
    while end > first and not lines[end].strip():
        end -= 1
    close(0, end)
    return tuple(sorted(found, key=lambda callout: (callout.start_line, len(callout.prefix))))


def _mark(quote: _Quote, index: int, text: str) -> None:
    """Make the quote a callout where its first text says so."""
    if match := _MARKER.match(text.lstrip(" ")):
        quote.line = index
        quote.kind, quote.fold, quote.title = match[1].lower(), match[2], match[3].strip()


def _callout(quote: _Quote, last: int) -> Callout:
    return Callout(
        kind=quote.kind,
        title=quote.title,
        fold="+" if quote.fold == "+" else "-" if quote.fold else "",
        start_line=quote.line + 1,
        end_line=last + 1,
        prefix=quote.prefix,
    )


def _starts_item(line: str) -> bool:
    """A list marker before the first quote mark: a quote in a new item is a new quote."""
    match = _ITEMS.match(line)
    return bool(match and match[0].strip())


def _prefix(line: str, quote: int) -> str:
    """What stands before the quote mark number `quote` (0: the first)."""
    at = line.index(">")
    for _ in range(quote):
        at = line.index(">", at + 1)
    return line[:at]


def quote_level(line: str, *, behind_items: bool = False) -> tuple[int, str]:
    """How many quote marks begin the line, and what stands behind them."""
    match = _ITEMS.match(line)
    if match is None or (match[0].strip() and not behind_items):
        return 0, line
    marks = _MARKS.match(line, match.end())
    if marks is None:
        return 0, line
    behind = line[line.rindex(">", 0, marks.end()) + 1 :]
    return marks[0].count(">"), behind.removeprefix(" ")
