"""What Python-Markdown makes of a text's lines: paragraphs, headings, lists, indented code.

This is the block parser of Python-Markdown (with tables, admonitions and content tabs) on
lines that keep their numbers, and without a tree: only as much is remembered of what was
built as decides how the next block is read, namely each node's last child. The rules are
Python-Markdown's, also where CommonMark has others: a block is what stands between blank
lines, a heading or a rule splits it anywhere, a list item's content is indented by four.

Work is linear in the text; nesting is followed to a fixed depth, below it is one paragraph.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from typing import Literal, NamedTuple

from kdocs_plugin.late import late
from kdocs_plugin.source.fences import Fence
from kdocs_plugin.source.raw_html import Region
from kdocs_plugin.values import dataclass, field

_DEPTH = 30
_INDENT = " " * 4
PLACEHOLDER = "\x02"  # stands for a fence or raw HTML, as in Python-Markdown

_HASH = late(r"(#{1,6})((?:\\.|[^\\#]|#+(?=[^#]))*?)#*$", re.DOTALL)
_SETEXT = late(r"(?:=+|-+) *$")
_RULE = late(r" {0,3}(?:-(?: {0,2}-){2,}|_(?: {0,2}_){2,}|\*(?: {0,2}\*){2,}) *$")
_ITEM = late(r" {0,3}(?:\d+\.|[*+-]) +")
_NESTED_ITEM = late(r" {4,7}(?:\d+\.|[*+-]) +")
_QUOTE = late(r" {0,3}> ?")
_CONTAINER = late(r"""(?:!!! ?[\w-]|\?\?\?\+? ?[\w"-]|===[!+]* "|\[\^[^\]\s]+\]:)""", re.ASCII)
_TABLE_RULE = late(r"[|:\- ]+")
_CALLOUT = late(r" *\[![\w-]")

State = Literal["", "list", "looselist", "detabbed", "blockquote"]


class Span(NamedTuple):
    """A part of a line: 0-based index, expanded columns. Index -1: raw HTML or a gap."""

    line: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class RawHeading:
    """A heading's level, its text's place, and its last line."""

    level: int
    text: str
    index: int
    end_index: int


@dataclass(slots=True)
class Outline:
    """What a text consists of, by 0-based lines."""

    runs: list[list[Span]] = field(default_factory=list)  # each one element's running text
    headings: list[RawHeading] = field(default_factory=list)
    code: set[int] = field(default_factory=set)  # lines of indented code
    reverted: set[int] = field(default_factory=set)  # start lines of fences shown as text
    paragraphs: list[list[Span]] = field(default_factory=list)  # outside list items' heads
    quotes: list[list[Span]] = field(default_factory=list)  # blocks that a quote takes whole
    underlined: list[tuple[Span, Span]] = field(default_factory=list)  # setext headings


class _Node:
    __slots__ = ("last", "tag")

    def __init__(self, tag: str) -> None:
        self.tag = tag
        self.last: _Node | None = None

    def add(self, tag: str) -> _Node:
        self.last = _Node(tag)
        return self.last


def outline(
    lines: Sequence[str], first: int, fences: Sequence[Fence], raw: Sequence[Region]
) -> Outline:
    """Read expanded lines from index `first`; fences and raw HTML are already known."""
    reader = _Reader(lines, {fence.start: fence for fence in fences})
    reader.chunk(_Node("root"), _flow(lines, first, fences, raw), "", 0)
    return reader.found


_BLANK = Span(-1, 0, 0)


def _flow(
    lines: Sequence[str], first: int, fences: Sequence[Fence], raw: Sequence[Region]
) -> list[Span]:
    """The lines that the block parser gets: a fence is one line, raw HTML one block."""
    jumps: dict[int, Fence | Region] = {fence.start: fence for fence in fences}
    jumps.update({region.start: region for region in raw})
    flow: list[Span] = []
    index = first
    while index < len(lines):
        jump = jumps.get(index)
        if jump is None:
            flow.append(Span(index, 0, len(lines[index])))
            index += 1
        elif isinstance(jump, Fence):
            flow.append(Span(index, 0, len(lines[index])))
            index = jump.end + 1
        else:
            flow += [_BLANK, Span(-1, 0, 1), _BLANK]  # the placeholder is a block of its own
            if lines[jump.end][jump.tail :].strip():
                flow.append(Span(jump.end, jump.tail, len(lines[jump.end])))
            index = jump.end + 1
    return flow


class _Reader:
    def __init__(self, lines: Sequence[str], fences: dict[int, Fence]) -> None:
        self.fences = fences
        self.original = lines
        self.lines = [
            fences[i].prefix + PLACEHOLDER if i in fences else line
            for i, line in enumerate(lines)
        ]
        self.lines.append(PLACEHOLDER)  # index -1: raw HTML
        self.found = Outline()

    # --- Lines ---

    def text(self, span: Span) -> str:
        return self.lines[span.line][span.start : span.end]

    def blank(self, span: Span) -> bool:
        return span.start >= span.end

    def indented(self, span: Span, width: int = 4) -> bool:
        return self.lines[span.line].startswith(" " * width, span.start)

    def match(self, pattern: re.Pattern[str], span: Span) -> re.Match[str] | None:
        return pattern.match(self.lines[span.line], span.start)

    def detab(self, spans: Sequence[Span], level: int = 1) -> list[Span]:
        """Take `level` indentations from the lines that have them; leave the others."""
        width = 4 * level
        return [
            Span(s.line, s.start + width, s.end) if self.indented(s, width) else s
            for s in spans
        ]

    # --- Blocks ---

    def chunk(self, parent: _Node, spans: Sequence[Span], state: State, depth: int) -> None:
        """A text: its blocks, one after another."""
        block: list[Span] = []
        for span in (*spans, _BLANK):
            if not self.blank(span):
                block.append(span)
            elif block:
                self.block(parent, block, state, depth + 1)
                block = []

    def block(self, parent: _Node, spans: Sequence[Span], state: State, depth: int) -> None:
        """Lines without a blank one between, in the order of Python-Markdown's rules."""
        if depth > _DEPTH:
            self.paragraph(parent, spans, state)
            return
        spans = list(spans)
        containers, headings, rules = self.marks(spans)
        start = 0
        while start < len(spans):
            if self.blank(spans[start]):
                start += 1
                continue
            if (at := _next(containers, start)) is not None:
                if at > start:
                    self.block(parent, spans[start:at], state, depth + 1)
                self.title(spans[at])
                start = self.contents(parent.add("container"), spans, at + 1, state, depth)
                continue
            if self.indented(spans[start]):
                if parent.last and parent.last.tag == "container":
                    start = self.contents(parent.last, spans, start, state, depth)
                elif state != "detabbed" and (
                    parent.tag == "li" or (parent.last and parent.last.tag == "list")
                ):
                    self.nested(parent, spans[start:], state, depth)
                    return
                else:
                    if any(span.line in self.fences for span in spans[start:]):
                        spans, start = self.revert(spans[start:]), 0
                        containers, headings, rules = self.marks(spans)
                    parent.add("pre")
                    start = self.code(spans, start)
                continue
            if self.table(parent, spans, start):
                return
            if (at := _next(headings, start)) is not None:
                if at > start:
                    self.block(parent, spans[start:at], state, depth + 1)
                self.hash_heading(spans[at])
                parent.add("h")
                start = at + 1
                if state == "looselist":
                    spans[start:] = self.detab(spans[start:])
            elif start + 1 < len(spans) and self.match(_SETEXT, spans[start + 1]):
                self.setext_heading(spans[start], spans[start + 1])
                parent.add("h")
                start += 2
            elif (at := _next(rules, start)) is not None:
                if at > start:
                    self.block(parent, spans[start:at], state, depth + 1)
                parent.add("hr")
                start = at + 1
            elif self.match(_ITEM, spans[start]):
                self.items(parent, spans[start:], depth)
                return
            else:
                self.quote_or_paragraph(parent, spans[start:], state, depth)
                return

    def marks(self, spans: Sequence[Span]) -> tuple[list[int], list[int], list[int]]:
        """Where containers, `#` headings and rules stand: they split a block anywhere."""
        containers: list[int] = []
        headings: list[int] = []
        rules: list[int] = []
        for k, span in enumerate(spans):
            line = self.lines[span.line]
            char = line[span.start : span.start + 1]
            if char == "#":
                if _HASH.match(line, span.start):
                    headings.append(k)
            elif char and char in "!?=[":
                if _CONTAINER.match(line, span.start):
                    containers.append(k)
            elif char and char in " -_*" and _RULE.match(line, span.start):
                rules.append(k)
        return containers, headings, rules

    def contents(
        self, node: _Node, spans: Sequence[Span], start: int, state: State, depth: int
    ) -> int:
        """A container's indented lines. Gives the index behind them."""
        end = start
        while end < len(spans) and (self.indented(spans[end]) or self.blank(spans[end])):
            end += 1
        self.chunk(node, self.detab(spans[start:end]), state, depth + 1)
        return end

    def code(self, spans: Sequence[Span], start: int) -> int:
        """Indented code. Gives the index behind it."""
        end = start
        while end < len(spans) and self.indented(spans[end]):
            self.found.code.add(spans[end].line)
            end += 1
        return end

    def revert(self, spans: Sequence[Span]) -> list[Span]:
        """Fences back to text: SuperFences does so for a whole block that begins with code,
        also for a fence that stands behind the code, with no blank line between."""
        reverted: list[Span] = []
        for span in spans:
            fence = self.fences.pop(span.line, None)
            if fence is None:
                reverted.append(span)
                continue
            self.found.reverted.add(fence.start)
            for index in range(fence.start, fence.end + 1):
                self.lines[index] = self.original[index]
                reverted.append(Span(index, span.start, len(self.original[index])))
                if fence.end == fence.start + 1 and index == fence.start:
                    reverted.append(_BLANK)  # SuperFences gives an empty fence a blank line
        return reverted

    def nested(self, parent: _Node, spans: Sequence[Span], state: State, depth: int) -> None:
        """A block that belongs to a list item, by its indentation."""
        line = self.lines[spans[0].line]
        indent = (len(line) - spans[0].start - len(line[spans[0].start :].lstrip(" "))) // 4
        level = 1 if state == "list" else 0
        node = parent
        while indent > level and node.last and node.last.tag in ("list", "li"):
            level += node.last.tag == "list"
            node = node.last
        spans = self.detab(spans, level)
        if parent.tag == "li":
            inner = parent.last if parent.last and parent.last.tag == "list" else parent
        elif node.tag == "li":
            inner = node
        elif node.last and node.last.tag == "li":
            inner = node.last
        else:
            inner = node.add("li")
        self.block(inner, spans, "detabbed", depth + 1)

    def items(self, parent: _Node, spans: Sequence[Span], depth: int) -> None:
        """A list, from its first marker to the block's end."""
        items: list[list[Span]] = []
        for span in spans:
            if match := self.match(_ITEM, span):
                items.append([Span(span.line, match.end(), span.end)])
            elif self.match(_NESTED_ITEM, span) and not self.indented(items[-1][0]):
                items.append([span])
            else:
                items[-1].append(span)
        node, loose = parent, False
        if parent.last and parent.last.tag == "list":
            node, loose = parent.last, True
        elif parent.tag != "list":
            node = parent.add("list")
        for item in items:
            if not loose and self.indented(item[0]) and node.last:
                self.block(node.last, item, "list", depth + 1)
            else:
                self.block(node.add("li"), item, "looselist" if loose else "list", depth + 1)
            loose = False

    def table(self, parent: _Node, spans: Sequence[Span], start: int) -> bool:
        """A table takes the rest of the block; each row is text of its own."""
        if start + 1 >= len(spans):
            return False
        rule = self.text(spans[start + 1]).strip(" ")
        if "|" not in rule or not _TABLE_RULE.fullmatch(rule):
            return False
        head = self.text(spans[start]).strip(" ")
        if head.startswith("|") != rule.startswith("|"):
            return False
        if head.strip("|").count("|") != rule.strip("|").count("|"):
            return False
        parent.add("table")
        for span in spans[start:]:
            self.run([span])
        return True

    def quote_or_paragraph(
        self, parent: _Node, spans: Sequence[Span], state: State, depth: int
    ) -> None:
        at = next((k for k, span in enumerate(spans) if self.match(_QUOTE, span)), None)
        if at is None:
            self.paragraph(parent, spans, state)
            return
        if at:
            self.block(parent, spans[:at], state, depth + 1)
        self.found.quotes.append(list(spans[at:]))
        if not (parent.last and parent.last.tag == "blockquote"):
            parent.add("blockquote")
        assert parent.last is not None  # noqa: S101
        self.chunk(
            parent.last, [self.unquote(span) for span in spans[at:]], "blockquote", depth
        )

    def unquote(self, span: Span) -> Span:
        if self.text(span).strip() == ">":
            return _BLANK
        match = self.match(_QUOTE, span)
        return Span(span.line, match.end(), span.end) if match else span

    # --- Text ---

    def paragraph(self, parent: _Node, spans: Sequence[Span], state: State) -> None:
        if state != "list":
            parent.add("p")
        self.found.paragraphs.append(list(spans))
        self.run(spans)

    def hash_heading(self, span: Span) -> None:
        match = self.match(_HASH, span)
        assert match  # noqa: S101 - marks() has seen it
        start, end = match.span(2)
        self.found.headings.append(
            RawHeading(len(match[1]), match[2].strip(), span.line, span.line)
        )
        self.run([Span(span.line, start, end)])

    def setext_heading(self, span: Span, line: Span) -> None:
        level = 1 if self.text(line).startswith("=") else 2
        self.found.headings.append(
            RawHeading(level, self.text(span).strip(), span.line, line.line)
        )
        self.found.underlined.append((span, line))
        self.run([span])

    def title(self, span: Span) -> None:
        self.run([span])

    def run(self, spans: Sequence[Span]) -> None:
        """Running text, a fence in it included; only a callout's title stands alone."""
        run: list[Span] = []
        for span in spans:
            if span.line == -1:
                continue
            run.append(span)
            if self.match(_CALLOUT, span):
                self.found.runs.append(run)
                run = []
        if run:
            self.found.runs.append(run)


def _next(marks: list[int], start: int) -> int | None:
    at = bisect_left(marks, start)
    return marks[at] if at < len(marks) else None
