"""What authors wrote as output against what really came out: values for every format."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Literal

from kdocs_plugin.messages import Language, text
from kdocs_plugin.model import Decision, Difference, Embedded, Page, Status
from kdocs_plugin.outputs.tables import Table, cells_at, taken_apart
from kdocs_plugin.reports.entries import line_at, lines_of
from kdocs_plugin.values import dataclass

Outcome = Literal["same", "differs", "failed", "unrecorded"]
WRONG = ("differs", "failed")


@dataclass(frozen=True, slots=True)
class Place:
    """A difference, and where in the note what is written stands; all 1-based."""

    difference: Difference
    line: int
    column: int
    end_column: int  # behind it


@dataclass(frozen=True, slots=True)
class Compared:
    """A command whose output the author wrote."""

    page: Page
    embedded: Embedded
    outcome: Outcome
    places: tuple[Place, ...] = ()

    @property
    def stale(self) -> bool:
        """Whether the real output is of a note that was another one before this command."""
        return self.embedded.changed

    @property
    def line(self) -> int:
        """The command's line."""
        return self.embedded.step.position.line


def compared(pages: Sequence[Page]) -> list[Compared]:
    """Every command with a written output that a run may give, in the order of the notes."""
    return [each for page in pages for each in _of(page)]


def _of(page: Page) -> Iterator[Compared]:
    lines = lines_of(page)
    for each in sorted(page.embedded, key=lambda e: e.step.position):
        step = each.step
        if step.kind != "step" or step.expected is None or step.decision is not Decision.RUN:
            continue
        yield Compared(page, each, _outcome(each), tuple(_places(each, lines)))


def _outcome(embedded: Embedded) -> Outcome:
    recorded = embedded.recorded
    if recorded is None:
        return "unrecorded"
    if recorded.status is Status.OK or (
        recorded.status is Status.FAILED and not embedded.differences
    ):
        return "differs" if embedded.differences else "same"
    return "failed"


# --- Places -----------------------------------------------------------------------------


def _places(embedded: Embedded, lines: Sequence[str]) -> Iterator[Place]:
    written = embedded.step.expected
    if written is None or not embedded.differences:
        return
    outputs = written.text.split("\n")
    tables = {
        number: (table, row)
        for table in taken_apart(written.text).tables
        for number, row in table.rows
    }
    for each in embedded.differences:
        line = outputs[each.line]
        start, end = _within(line, each, tables.get(each.line))
        number = written.line + each.line
        before = len(line_at(lines, number).rstrip()) - len(line.rstrip())
        yield Place(each, number, before + start + 1, max(before + end, before + start + 1) + 1)


def _within(
    line: str, difference: Difference, row: tuple[Table, Mapping[str, str]] | None
) -> tuple[int, int]:
    """Where in a line of the output the written value stands."""
    if row is not None and difference.column in row[0].heads and difference.written:
        heads = row[0].heads
        return cells_at(heads, line, row[1])[heads.index(difference.column)]
    at = line.rfind(difference.written) if difference.written else -1
    if at >= 0:
        return at, at + len(difference.written)
    return len(line) - len(line.lstrip()), len(line.rstrip())


# --- For machines -----------------------------------------------------------------------


def counted(found: Sequence[Compared]) -> dict[str, int]:
    """How many there are of each outcome."""
    outcomes: tuple[Outcome, ...] = ("same", "differs", "failed", "unrecorded")
    return {name: sum(each.outcome == name for each in found) for name in outcomes}


def diffs_json(found: Sequence[Compared], shown_path: Callable[[str], str]) -> dict[str, Any]:
    """`{"outputs": [...], "counts": {...}}`: an entry for every written output."""
    return {"outputs": [_json(each, shown_path) for each in found], "counts": counted(found)}


def _json(each: Compared, shown_path: Callable[[str], str]) -> dict[str, Any]:
    step, recorded, record = each.embedded.step, each.embedded.recorded, each.page.record
    return {
        "path": shown_path(each.page.note.path),
        "line": each.line,
        "command": step.command,
        "outcome": each.outcome,
        "stale": each.stale,
        "date": record.date if recorded and record else None,
        "written": step.expected.text if step.expected else "",
        "real": recorded.output if recorded else None,
        "differences": [
            {
                "line": place.line,
                "column": place.column,
                "end_column": place.end_column,
                "field": place.difference.column,
                "written": place.difference.written,
                "real": place.difference.real,
            }
            for place in each.places
        ],
    }


def words_of(difference: Difference, language: Language) -> str:
    """A difference in a few words: what really stands there, or that nothing does."""
    arguments = {"real": difference.real, "written": difference.written}
    if not difference.real:
        return text("diff.missing", language, arguments)
    if not difference.written:
        return text("diff.extra", language, arguments)
    return text("diff.other", language, arguments)
