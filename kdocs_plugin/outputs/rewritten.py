"""An author's output with what really came out in the place of what differs.

What agrees stays as the author wrote it, volatile values and cuts included: a note's diff
then shows what was wrong and nothing else.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from kdocs_plugin.model import Difference
from kdocs_plugin.outputs.compare import compare, compare_documents
from kdocs_plugin.outputs.scrub import comparable, is_cut
from kdocs_plugin.outputs.tables import Table, cells_at, row_key, taken_apart

_LONGER = 5  # lines that a text without cuts may grow by before it is cut to what was written
_GAP = 3  # blanks between kubectl's columns


def rewritten(written: str, real: str) -> Iterator[str]:
    """Texts that may stand in the place of `written`, the gentlest first.

    None of them differs from `real` for good; the last one is `real`, as it is.
    """
    lines = written.split("\n")
    real = "\n".join(line.rstrip() for line in real.split("\n")).strip("\n")
    plain = not taken_apart(written).tables and not taken_apart(real).tables
    text = compare_documents(written, real) is None
    short = real.count("\n") < len(lines) + _LONGER and not any(map(is_cut, lines))
    kept = _with_kept_lines(lines, real)
    gentle = _edited(lines, written, real, text)
    candidates = [kept, gentle] if plain and short and text else [gentle, kept]
    for each in (*(each for each in candidates if plain or each is gentle), real):
        if each is not None and each.strip() and not compare(each, real):
            yield each


def _with_kept_lines(lines: Sequence[str], real: str) -> str:
    """The real output, in it the author's lines where they say the same."""
    known: defaultdict[str, deque[str]] = defaultdict(deque)
    for line in lines:
        known[comparable(line)].append(line)
    return "\n".join(
        known[mark].popleft() if known[mark := comparable(line)] else line
        for line in real.split("\n")
    )


def _edited(lines: Sequence[str], written: str, real: str, text: bool) -> str | None:
    """The author's text, only what differs in it changed; None where that can't be done."""
    differences = compare(written, real)
    mine, theirs = taken_apart(written), taken_apart(real)
    in_tables = {n for table in mine.tables for n in (table.line, *(n for n, _ in table.rows))}
    edited: dict[int, list[str]] = {number: [line] for number, line in enumerate(lines)}
    tables: defaultdict[int, list[Difference]] = defaultdict(list)
    for each in differences:
        if each.line in in_tables:
            home = max(t.line for t in mine.tables if t.line <= each.line)
            tables[home].append(each)
        elif not each.column:
            if not text and not each.real:
                return None  # a row of a document, which others may belong to
            new = [each.real] if each.real else []
            old = edited[each.line]
            indent = lines[each.line][: len(lines[each.line]) - len(lines[each.line].lstrip())]
            edited[each.line] = old + new if not each.written else [indent + n for n in new]
        elif not each.real:
            gone = _subtree(lines, each.line)
            if not gone:
                return None
            edited |= {number: [] for number in gone}
        else:
            changed = _with_value(edited[each.line][-1] if edited[each.line] else "", each)
            if changed is None:
                return None
            edited[each.line] = [changed]
    for table in mine.tables:
        if found := tables[table.line]:
            rows = _table(table, theirs.tables, lines, found)
            if rows is None:
                return None
            edited |= rows
    return "\n".join(line for number in range(len(lines)) for line in edited[number])


def _with_value(line: str, difference: Difference) -> str | None:
    """A line of a document with the real value, None where it is not to be found there."""
    if "…" in difference.real or "\n" in difference.real:
        return None
    at = line.rfind(difference.written)
    if at < 0 or not difference.written:
        return None
    return line[:at] + difference.real + line[at + len(difference.written) :]


def _subtree(lines: Sequence[str], first: int) -> range:
    """The lines of a field and of all that is below it; none where brackets tell that."""
    if lines[first].rstrip().rstrip(",").endswith(("{", "[", "}", "]")):
        return range(0)
    depth, stop = _depth(lines[first]), first + 1
    while stop < len(lines) and lines[stop].strip() and _depth(lines[stop]) > depth:
        stop += 1
    return range(first, stop)


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


# --- Tables -----------------------------------------------------------------------------


def _table(
    table: Table, others: Sequence[Table], lines: Sequence[str], found: Sequence[Difference]
) -> dict[int, list[str]] | None:
    """The table's lines by their number, with the real cells and rows in their places."""
    key = row_key(table)
    left = [row for other in others for _, row in other.rows]
    written = dict(table.rows)
    rows: dict[int, list[Mapping[str, str]]] = {number: [row] for number, row in table.rows}
    changed: set[int] = set()
    for each in found:
        if each.line == table.line:
            return None  # there is no such table
        gone = not each.real and each.column in (key, "REASON")  # or an event's
        if gone:
            rows[each.line] = []
        elif each.line not in changed or each.column == key:
            # The whole row: half of the author's and half of ours nobody has ever seen.
            name = written[each.line].get(key, "")
            new = _row_with(each, key, name, left)
            if new is None:
                return None
            left.remove(new)
            shown = {heading: new.get(heading, "") for heading in table.heads}
            rows[each.line] = [*rows[each.line], shown] if not each.written else [shown]
        changed.add(each.line)
    return _laid_out(table, lines, rows, changed)


def _row_with(
    difference: Difference, key: str, name: str, rows: Sequence[Mapping[str, str]]
) -> Mapping[str, str] | None:
    """The real row that a difference tells of: of this name, generated parts aside."""
    for row in rows:
        real = row.get(key, "")
        if difference.column == key:
            alike = real == difference.real
        else:  # nodes have other names on each cluster
            alike = comparable(real) == comparable(name) or "ROLES" in row
        if alike and row.get(difference.column) == difference.real:
            return row
    return None


def _laid_out(
    table: Table,
    lines: Sequence[str],
    rows: Mapping[int, Sequence[Mapping[str, str]]],
    changed: set[int],
) -> dict[int, list[str]]:
    """The rows as text, in the author's columns: wider where a value needs it."""
    head = lines[table.line]
    starts = [start for start, _ in cells_at(table.heads, head, dict.fromkeys(table.heads))]
    narrow = "  " not in head.strip() and "\t" not in head
    if narrow:
        return {
            number: [" ".join(filter(None, row.values())) for row in rows[number]]
            for number in changed
        }
    widths = [b - a for a, b in pairwise(starts)]
    new = [
        max([width, *(_need(row, heading) for each in rows.values() for row in each)])
        for heading, width in zip(table.heads, widths, strict=False)
    ]
    indent = " " * starts[0]

    def line_of(row: Mapping[str, str]) -> str:
        cells = [row.get(heading, "") for heading in table.heads]
        return (
            indent + "".join(c.ljust(w) for c, w in zip(cells, [*new, 0], strict=True)).rstrip()
        )

    found = {number: [line_of(row) for row in rows[number]] for number in changed}
    if new != widths:  # every line moves
        found = {number: [line_of(row) for row in each] for number, each in rows.items()}
        found[table.line] = [line_of({heading: heading for heading in table.heads})]
    return found


def _need(row: Mapping[str, str], heading: str) -> int:
    value = row.get(heading, "")
    return len(value) + _GAP if value else 0
