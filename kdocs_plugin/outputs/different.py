"""Where two outputs differ, in each of them: for a page that shows both."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from kdocs_plugin.model import Difference
from kdocs_plugin.outputs.tables import Table, cells_at, taken_apart
from kdocs_plugin.outputs.volatile import Span

Spans = Mapping[int, list[Span]]  # by 0-based line, in order and apart


def difference_spans(
    written: str, real: str, differences: Iterable[Difference]
) -> tuple[Spans, Spans]:
    """The places of the differences in what the author wrote, and in the real output. There
    only those that are sure: a value that could be one of several is not marked."""
    ours: defaultdict[int, set[Span]] = defaultdict(set)
    theirs: defaultdict[int, set[Span]] = defaultdict(set)
    mine, other = written.split("\n"), real.split("\n")
    for each in differences:
        if each.written and each.line < len(mine):
            for span in _places(mine, [each.line], each.column, each.written):
                ours[each.line].add(span)
        if each.real:
            found = [
                (line, span)
                for line in range(len(other))
                for span in _places(other, [line], each.column, each.real)
            ]
            same = [(line, span) for line, span in found if line == each.line]
            for line, span in found if len(found) == 1 else same:
                theirs[line].add(span)
    return _ordered(ours), _ordered(theirs)


def _places(text: list[str], lines: Iterable[int], column: str, value: str) -> Iterator[Span]:
    for number in lines:
        line = text[number]
        if column and (table := _table_of(text, number)) and column in table.heads:
            row = dict(table.rows)[number]
            places = cells_at(table.heads, line, row)
            start, end = places[table.heads.index(column)]
            if line[start:end].strip() == value:
                yield start, end
        elif value in line and (column or line.strip() == value):
            start = line.index(value)
            yield start, start + len(value)


def _table_of(text: list[str], number: int) -> Table | None:
    tables = taken_apart("\n".join(text)).tables
    return next((t for t in tables if any(line == number for line, _ in t.rows)), None)


def _ordered(found: Mapping[int, set[Span]]) -> Spans:
    ordered: dict[int, list[Span]] = {}
    for line, spans in found.items():
        apart: list[Span] = []
        for start, end in sorted(spans):
            if not apart or start >= apart[-1][1]:
                apart.append((start, end))
        ordered[line] = apart
    return ordered
