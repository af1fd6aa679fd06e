"""GitHub and Obsidian callouts: quotes whose first line is `[!KIND] title`.

A callout ends where CommonMark ends the quote: at a line without its `>`, unless that line
only goes on with a paragraph ("lazy continuation"). So a list right behind a quote is not
part of it, and neither is anything behind an empty `>`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from kdocs_plugin.model import Callout
from kdocs_plugin.source.commonmark import continues_paragraph, is_paragraph

_FIRST = re.compile(
    r"(?P<container>(?: |[-*+] |\d+[.)] )*)(?P<quotes>> ?(?: {0,3}> ?)*)"
    r"\[!(?P<kind>[A-Za-z][\w-]*)(?: *\|[^\]]*)?\](?P<fold>[-+]?)(?P<title>(?:\s.*)?)$",
    re.DOTALL,
)
_MARKS = re.compile(r" *((?:> {0,4})*)")


def callouts(lines: Sequence[str], first: int, opaque: Collection[int]) -> tuple[Callout, ...]:
    """The callouts of a note's expanded lines, in document order.

    `opaque` are lines whose text is not Markdown: fences, raw HTML, indented code.
    """
    found: list[Callout] = []
    for index in range(first, len(lines)):
        line = lines[index]
        if "[!" not in line or index in opaque or not (match := _FIRST.match(line)):
            continue
        depth = match["quotes"].count(">")
        if _inside_quote(lines, index, first, depth, bool(match["container"].strip())):
            continue
        # The nested quote's own mark is the last one; what stands before it is prefix.
        prefix = line[: match.start("quotes") + match["quotes"].rindex(">")]
        end = _end(lines, index, depth, opaque)
        found.append(
            Callout(
                kind=match["kind"].lower(),
                title=match["title"].strip(),
                fold="+" if match["fold"] == "+" else "-" if match["fold"] else "",
                start_line=index + 1,
                end_line=end + 1,
                prefix=prefix,
            )
        )
    return tuple(found)


def _inside_quote(
    lines: Sequence[str], index: int, first: int, depth: int, in_new_item: bool
) -> bool:
    """Whether the quote has begun on a line before, so that `[!X]` is plain text in it."""
    if in_new_item:
        return False
    while index > first:
        index -= 1
        level, text = quote_level(lines[index])
        if level < depth:
            return False
        if text.strip():
            return True
    return False


def _end(lines: Sequence[str], index: int, depth: int, opaque: Collection[int]) -> int:
    _, text = quote_level(lines[index], skip_items=True)
    lazy = True  # the title's line is a paragraph
    for end in range(index + 1, len(lines)):
        line = lines[end]
        level, text = quote_level(line)
        if level < depth and not (lazy and end not in opaque and continues_paragraph(text)):
            return end - 1
        lazy = end not in opaque and is_paragraph(text, after_paragraph=lazy)
    return len(lines) - 1


def quote_level(line: str, *, skip_items: bool = False) -> tuple[int, str]:
    """How many quote marks begin the line, and what stands behind them."""
    if skip_items:
        line = re.sub(r"^(?:[-*+] +|\d+[.)] +| +)+(?=>)", "", line)
    match = _MARKS.match(line)
    marks = match[1] if match else ""
    level = marks.count(">")
    if not level:
        return 0, line
    behind = line[line.index(">") :]
    at = 0
    for _ in range(level):
        at = behind.index(">", at) + 1
    text = behind[at:]
    return level, text.removeprefix(" ")
