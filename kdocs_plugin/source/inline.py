"""Code spans in running text, by Python-Markdown's backtick rule.

A run of n backticks is closed by the next run of exactly n. Where there is none but shorter
runs follow, the span takes as many backticks as the longest of those; a backtick behind an
odd number of backslashes is text. A span never leaves its paragraph, heading or cell.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence

from kdocs_plugin.late import late
from kdocs_plugin.model import InlineCode, Position
from kdocs_plugin.source.lines import Lines
from kdocs_plugin.source.outline import PLACEHOLDER, Span
from kdocs_plugin.source.raw_html import inline_comments
from kdocs_plugin.values import dataclass

_TICKS = late("`+")


def inline_codes(
    lines: Lines, runs: Sequence[Sequence[Span]], fences: Collection[int]
) -> tuple[InlineCode, ...]:
    """The code spans of all runs, in document order.

    Left out are those in comments, and those that a fence stands in the midst of (`fences`
    are the lines where fences begin): nobody meant such a span.
    """
    codes = [code for run in runs for code in _run(lines, run, fences)]
    return tuple(sorted(codes, key=lambda code: code.position))


def _run(lines: Lines, run: Sequence[Span], fences: Collection[int]) -> Iterator[InlineCode]:
    running = running_text(lines, run, fences)
    if "`" not in running.text:
        return
    text, position = running.text, running.position
    spans = list(code_spans(text))
    hidden = _comments_outside(text, spans)
    for start, end, ticks in spans:
        if PLACEHOLDER not in text[start:end] and not any(a <= start < b for a, b in hidden):
            last = position(end - 1)
            yield InlineCode(
                text[start + ticks : end - ticks].strip(),
                position(start),
                Position(last.line, last.column + 1),
            )


@dataclass(frozen=True, slots=True)
class Running:
    """One element's running text, lines joined, and where its characters stand."""

    text: str
    lines: Lines
    run: Sequence[Span]
    starts: Sequence[int]  # offsets of the spans in `text`

    def position(self, offset: int) -> Position:
        """The place in the note of the character at an offset of `text`."""
        k = bisect_left(self.starts, offset + 1) - 1
        span = self.run[k]
        column = self.lines.raw_column(span.line, span.start + offset - self.starts[k])
        return Position(span.line + 1, column + 1)

    def masked(self) -> str:
        """`text` with placeholders for what is code or a comment in it."""
        text = self.text
        spans = list(code_spans(text)) if "`" in text else []
        hidden = [(start, end) for start, end, _ in spans] + _comments_outside(text, spans)
        parts, at = [], 0
        for start, end in sorted(hidden):
            parts += [text[at:start], PLACEHOLDER * (end - max(at, start))]
            at = max(at, end)
        return "".join([*parts, text[at:]])


def running_text(lines: Lines, run: Sequence[Span], fences: Collection[int]) -> Running:
    """A run's lines as one text, a placeholder where a fence stands."""
    parts = [
        PLACEHOLDER if span.line in fences else lines.expanded[span.line][span.start : span.end]
        for span in run
    ]
    starts = [0]
    for part in parts[:-1]:
        starts.append(starts[-1] + len(part) + 1)
    return Running("\n".join(parts), lines, run, starts)


def _comments_outside(
    text: str, spans: Sequence[tuple[int, int, int]]
) -> list[tuple[int, int]]:
    """Comments in running text. Code comes first: `<!--` in a span opens nothing."""
    if "<!--" not in text:
        return []
    masked = []
    at = 0
    for start, end, _ in spans:
        masked += [text[at:start], "x" * (end - start)]
        at = end
    return inline_comments("".join([*masked, text[at:]]))


def code_spans(text: str) -> Iterator[tuple[int, int, int]]:
    """(start, end, number of backticks) of each code span; `end` is behind the last one."""
    groups = [match.span() for match in _TICKS.finditer(text)]
    starts = [start for start, _ in groups]
    by_length: dict[int, list[int]] = {}
    for start, end in groups:
        by_length.setdefault(end - start, []).append(start)
    longest = _longest_from(groups)
    at = 0
    while (k := bisect_left(starts, at + 1) - 1) < len(groups):
        if k < 0 or groups[k][1] <= at:  # not in the middle of a group: the next one
            k += 1
            if k == len(groups):
                return
        start, end = max(groups[k][0], at), groups[k][1]
        if escaped(text, start):
            at = start + 1
            continue
        ticks = end - start
        close = _first_from(by_length.get(ticks, []), end)
        if close is None:
            follower, length = longest[k + 1]
            if not 0 < length < ticks:
                at = end + ticks  # Python-Markdown skips as much again behind the group
                continue
            ticks, close = length, follower
        yield start, close + ticks, ticks
        at = close + ticks


def _longest_from(groups: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """For each index: (start, length) of the first longest group from there on."""
    longest = [(0, 0)] * (len(groups) + 1)
    for k in range(len(groups) - 1, -1, -1):
        start, end = groups[k]
        longest[k] = (
            (start, end - start) if end - start >= longest[k + 1][1] else longest[k + 1]
        )
    return longest


def _first_from(starts: Sequence[int], at: int) -> int | None:
    k = bisect_left(starts, at)
    return starts[k] if k < len(starts) else None


def escaped(text: str, at: int) -> bool:
    """Whether an odd number of backslashes stands before."""
    before = at
    while before > 0 and text[before - 1] == "\\":
        before -= 1
    return (at - before) % 2 == 1
