"""Where in an output the values stand that another run would print otherwise."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from kdocs_plugin.outputs.scrub import SCRUBS
from kdocs_plugin.outputs.tables import cells_at, is_volatile, taken_apart

Span = tuple[int, int]  # first code point, and the one behind the last

MOST_LINES = 400  # of one output: nobody reads on to tell what may differ
_MARKS = frozenset(
    "<time> <uid> <digest> <ip> -<hash> -<minute> :<nodeport>/ <age> <namespace>".split()
)
_PATTERNS = tuple(pattern for pattern, mark in SCRUBS if mark in _MARKS)
_AROUND = "-:/"  # belongs to a pattern, and is the same every time
_NOTHING = ("", "<none>", "<unset>")


def volatile_spans(text: str) -> Mapping[int, list[Span]]:
    """Ages, times, addresses, generated suffixes and identifiers by 0-based line, in order
    and apart: by the heading of their column in tables, by their form everywhere. Lines
    without any are left out."""
    lines = text.split("\n")[:MOST_LINES]
    found: defaultdict[int, list[Span]] = defaultdict(list)
    for number, span in _by_column(lines):
        found[number].append(span)
    for number, line in enumerate(lines):
        if spans := [*found.get(number, ()), *_by_form(line)]:
            found[number] = _apart(spans)
    return found


def _apart(spans: Iterable[Span]) -> list[Span]:
    apart: list[Span] = []
    for start, end in sorted(spans):
        if apart and start < apart[-1][1]:
            apart[-1] = apart[-1][0], max(end, apart[-1][1])
        else:
            apart.append((start, end))
    return apart


def _by_column(lines: list[str]) -> Iterator[tuple[int, Span]]:
    for table in taken_apart("\n".join(lines)).tables:
        for number, row in table.rows:
            places = cells_at(table.heads, lines[number], row)
            for heading, place in zip(table.heads, places, strict=True):
                if is_volatile(heading) and row.get(heading, "") not in _NOTHING:
                    yield number, place


def _by_form(line: str) -> Iterator[Span]:
    for pattern in _PATTERNS:
        for match in pattern.finditer(line):
            start = match.start() + (match[0][:1] in _AROUND)
            end = match.end() - (match[0][-1:] in _AROUND)
            if start < end:
                yield start, end
