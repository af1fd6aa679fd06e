"""Written against real on a terminal, and as annotations: in the manner of test runners.

A line of the output that differs is quoted with the place marked and the real value beside
it; what changes from run to run is dimmed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from kdocs_plugin.messages import Language, text
from kdocs_plugin.model import Embedded
from kdocs_plugin.outputs import volatile_spans
from kdocs_plugin.reports.cells import quote, width
from kdocs_plugin.reports.diffs import WRONG, Compared, Place, counted, words_of
from kdocs_plugin.reports.entries import printable
from kdocs_plugin.reports.github import command as github_command

Paint = Callable[[str, str], str]
Shown = Callable[[str], str]

_BOLD, _RED, _GREEN, _DIM, _QUIET = "1", "1;31", "32", "2", "1;34"
_AROUND: Final = 1  # lines of the output shown around one that differs
_LAST: Final = 5  # lines of a failed command's output


def diffs_text(
    found: Sequence[Compared], language: Language, shown_path: Shown, paint: Paint
) -> str:
    """All that differs, what can't be compared, and one line that sums up."""
    parts = [
        "\n".join(_entry(each, language, shown_path, paint))
        for each in found
        if each.outcome in WRONG
    ]
    notes = list(_remarks(found, language, shown_path))
    if notes:
        parts.append("\n".join(notes))
    numbers = {**counted(found), "notes": len({each.page.note.path for each in found})}
    parts.append(text("diff.summary", language, numbers))
    return "\n\n".join(parts)


def _remarks(found: Sequence[Compared], language: Language, shown_path: Shown) -> Iterator[str]:
    """What has no record, and what was recorded before the note changed."""
    for path in dict.fromkeys(each.page.note.path for each in found):
        mine = [each for each in found if each.page.note.path == path]
        for key, those in (
            ("diff.unrecorded", [each for each in mine if each.outcome == "unrecorded"]),
            ("diff.stale", [each for each in mine if each.stale]),
        ):
            if those:
                lines = ", ".join(str(each.line) for each in those)
                arguments = {"path": shown_path(path), "count": len(those), "lines": lines}
                yield text(key, language, arguments)


def _entry(
    each: Compared, language: Language, shown_path: Shown, paint: Paint
) -> Iterator[str]:
    """One command: where it stands, and its output as far as it differs."""
    step, record = each.embedded.step, each.page.record
    head = f"{printable(shown_path(each.page.note.path))}:{each.line}: "
    head += printable(step.command.split("\n")[0])
    when = f"{record.date[:10]}, {record.cluster.kubernetes}" if record else ""
    yield paint(head, _BOLD) + paint(f"  ({when})", _DIM)
    if each.outcome == "failed":
        yield from _failure(each.embedded, language, paint)
    margin = len(str(max((place.line for place in each.places), default=0)))
    yield from _quoted(each, language, margin, paint)


def _failure(embedded: Embedded, language: Language, paint: Paint) -> Iterator[str]:
    recorded = embedded.recorded
    if recorded is None:
        return
    arguments = dict(recorded.reason_arguments)
    reason = text(recorded.reason, language, arguments) if recorded.reason else ""
    said = text("diff.failed", language, {"status": str(recorded.status), "reason": reason})
    yield f"  {paint(said.rstrip(' :'), _RED)}"
    for line in recorded.output.split("\n")[-_LAST:] if recorded.output else []:
        yield f"  {paint('+', _GREEN)} {printable(line)}"


def _quoted(each: Compared, language: Language, margin: int, paint: Paint) -> Iterator[str]:
    """The written output near each difference, the real value below what is written."""
    written = each.embedded.step.expected
    if written is None or not each.places:
        return
    lines = written.text.split("\n")
    dim = volatile_spans(written.text)
    places: dict[int, list[Place]] = {}
    for place in each.places:
        places.setdefault(place.difference.line, []).append(place)
    wanted = sorted(
        {
            number
            for at in places
            for number in range(at - _AROUND, at + _AROUND + 1)
            if 0 <= number < len(lines)
        }
    )
    bar, before = paint("|", _QUIET), None
    for number in wanted:
        if before is not None and number > before + 1:
            yield f"  {' ' * margin} {bar}   …"
        before = number
        here = places.get(number, [])
        line, column = lines[number], _start(lines[number], here)
        shown = quote(line, column)
        label = paint(str(written.line + number).rjust(margin), _QUIET)
        wrong = [place for place in here if place.difference.written]
        mark = paint("-", _RED) if wrong else " "
        words = _painted(line, dim.get(number, []), _spans(line, wrong), paint)
        yield f"  {label} {bar} {mark} {words if shown.text == line else shown.text}".rstrip()
        for place in here:
            yield from _below(
                place, line, shown.text, f"  {' ' * margin} {bar}", language, paint
            )


def _below(
    place: Place, line: str, shown: str, lead: str, language: Language, paint: Paint
) -> Iterator[str]:
    """What really stands there: below its place, or as a line of its own."""
    difference = place.difference
    if not difference.column and difference.real:
        yield f"{lead} {paint('+', _GREEN)} {paint(printable(difference.real), _GREEN)}"
        return
    said = words_of(difference, language)
    if not difference.written:
        yield f"{lead} {paint('+', _GREEN)} {paint(said, _GREEN)}"
        return
    start, end = _spans(line, [place])[0]
    quoted = quote(line, start)
    label = f"{difference.column}: {said}" if difference.column else said
    if quoted.text != shown:  # the line is too long to show both places
        yield f"{lead}   {paint(printable(label), _RED)}"
        return
    under = max(1, min(width(line[start:end]), max(1, width(shown) - quoted.column)))
    yield f"{lead}   {' ' * quoted.column}{paint('^' * under, _RED)} {printable(label)}"


def _start(line: str, places: Sequence[Place]) -> int:
    return _spans(line, places[:1])[0][0] if places else 0


def _spans(line: str, places: Sequence[Place]) -> list[tuple[int, int]]:
    """Places as 0-based starts and ends within the output's own line."""
    found = []
    for place in places:
        size = place.end_column - place.column
        value = place.difference.written
        at = line.find(value, max(0, len(line) - len(line.lstrip()))) if value else 0
        found.append((max(at, 0), max(at, 0) + size))
    return found


def _painted(
    line: str, dim: Sequence[tuple[int, int]], red: Sequence[tuple[int, int]], paint: Paint
) -> str:
    """The line with what differs marked and what is volatile dimmed."""
    shades = [""] * len(line)
    for spans, shade in ((dim, _DIM), (red, _RED)):
        for start, end in spans:
            shades[start:end] = [shade] * (min(end, len(line)) - start)
    parts, start = [], 0
    for at in range(1, len(line) + 1):
        if at == len(line) or shades[at] != shades[start]:
            piece = line[start:at]
            parts.append(paint(piece, shades[start]) if shades[start] else piece)
            start = at
    return "".join(parts)


# --- Annotations ------------------------------------------------------------------------


def diffs_github(found: Sequence[Compared], language: Language, shown_path: Shown) -> str:
    """A GitHub annotation for every difference and every failure; "" where there is none."""
    lines = []
    for each in found:
        path = shown_path(each.page.note.path)
        if each.outcome == "failed" and not each.places:
            lines.append(
                github_command("error", path, each.line, 1, "kdocs diff", _said(each, language))
            )
        for place in each.places if each.outcome in WRONG else ():
            field = place.difference.column
            words = words_of(place.difference, language)
            message = f"{field}: {words}" if field else words
            lines.append(
                github_command("warning", path, place.line, place.column, "kdocs diff", message)
            )
    return "".join(f"{line}\n" for line in lines)


def _said(each: Compared, language: Language) -> str:
    return " ".join(_failure(each.embedded, language, lambda words, _: words)).strip()
