"""Written output against real output: what disagrees for good.

An output is taken for what it is: a document (YAML, JSON, a description) is held against
the real one field by field, tables column by column, everything else line by line. What is
written must be there; what is not written is the author's choice.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator, Mapping

from kdocs_plugin.model import Difference
from kdocs_plugin.outputs.recognise import DONE_LINE
from kdocs_plugin.outputs.scrub import CUT, agree, comparable, is_cut, same
from kdocs_plugin.outputs.tables import Parts, Table, compare_tables, taken_apart

__all__ = ["Parts", "Table", "compare", "taken_apart"]

OURS_IS_CUT = "\n…"  # how a run marks an output that was longer than it keeps


def compare(written: str, real: str) -> tuple[Difference, ...]:
    """Where an author's output and the real one disagree for good, by line."""
    if same(written, real):
        return ()
    found = compare_documents(written, real)
    if found is None:
        mine, theirs = taken_apart(written), taken_apart(real)
        found = [
            *compare_lines(mine.lines, theirs.lines),
            *compare_tables(mine.tables, theirs.tables),
        ]
    whole = not real.endswith(OURS_IS_CUT)  # else what is not there may have been cut off
    told = [each for each in found if each.written != each.real and (whole or each.real)]
    return tuple(sorted(told, key=lambda each: each.line))


def compare_documents(written: str, real: str) -> list[Difference] | None:
    """Differences of two documents of the same form, None where these are none."""
    from kdocs_plugin.outputs import description, documents

    found = documents.compare(written, real)
    return description.compare(written, real) if found is None else found


def compare_lines(written: Mapping[int, str], real: Mapping[int, str]) -> Iterator[Difference]:
    """Written lines that are nowhere in the real output, each beside a real one that is
    not written.

    Where both are nothing but `x created` and the like, a real line too many is told too.
    """
    theirs = {number: comparable(line) for number, line in real.items()}
    mine = {number: comparable(line) for number, line in written.items()}
    known, said = set(theirs.values()), set(mine.values())
    open_ended = {line for line in known if "<namespace>" in line or "[redacted]" in line}
    claimed: set[str] = set()
    missing = []
    for number, line in mine.items():
        if line in known or not line or is_cut(line):
            continue
        others = known if any(mark in line for mark in CUT) else open_ended
        if fits := next((each for each in others if agree(line, each)), None):
            claimed.add(fits)
        else:
            missing.append(number)
    rest = {n: line for n, line in theirs.items() if line not in said and line not in claimed}
    pairs = _paired({number: mine[number] for number in missing}, rest)
    for number in missing:
        other = pairs.get(number)
        beside = real[other].strip() if other is not None else ""
        yield Difference(number, "", written[number].strip(), beside)
    if mine and all(
        DONE_LINE.match(each.strip()) for each in (*written.values(), *real.values())
    ):
        for number in rest.keys() - pairs.values():
            yield Difference(max(mine), "", "", real[number].strip())


def _paired(mine: Mapping[int, str], theirs: Mapping[int, str]) -> dict[int, int]:
    """For each line another one: with the same first word where there is one, else the
    next that is left."""
    alike: defaultdict[str, deque[int]] = defaultdict(deque)
    for number, line in theirs.items():
        alike[line.partition(" ")[0]].append(number)
    pairs = {
        number: alike[head].popleft()
        for number, line in mine.items()
        if alike[head := line.partition(" ")[0]]
    }
    taken = set(pairs.values())
    rest = iter([number for number in theirs if number not in taken])
    for number in mine:
        if number not in pairs and (other := next(rest, None)) is not None:
            pairs[number] = other
    return pairs
