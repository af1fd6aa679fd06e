"""Which outputs of a page give way to real ones, and which can't."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from kdocs_plugin import pipeline, records
from kdocs_plugin.config import Settings
from kdocs_plugin.model import Embedded, Page, RecordedStep, Scenario, Status, Step
from kdocs_plugin.outputs import in_default, rewritten
from kdocs_plugin.outputs.compare import OURS_IS_CUT
from kdocs_plugin.outputs.redact import MARK
from kdocs_plugin.updating.places import empty_place, filled, with_output
from kdocs_plugin.values import dataclass, replace

_TRIED: Final = (Status.OK, Status.FAILED)


@dataclass(frozen=True, slots=True)
class Left:
    """An output that differs and stays as it is."""

    step: Step
    reason: str  # message key


@dataclass(frozen=True, slots=True)
class Updated:
    """A page and what its note should say."""

    page: Page
    text: str
    steps: tuple[Step, ...] = ()  # whose outputs are new
    left: tuple[Left, ...] = ()
    again: bool = False  # whether the page wants a run: commands are lined up by what is new


def updated(page: Page, settings: Settings, *, failed: bool = False) -> Updated:
    """The page's note with real outputs. With `failed` also those of failed commands."""
    text = page.note.text
    steps: list[Step] = []
    left: list[Left] = []
    # From the bottom up: so that what is above stays where it is.
    for each in sorted(page.embedded, key=lambda e: e.step.position, reverse=True):
        if not _asks(page, each):
            continue
        reason = _kept_because(each, failed)
        fresh = None if reason else _with_real_output(page, each, text, settings)
        if fresh is None:
            left.append(Left(each.step, reason or _why_not(page, each)))
        elif fresh != text:
            text = fresh
            steps.append(each.step)
    again = bool(steps) and not _stays_recorded(page, text, settings)
    return Updated(page, text, tuple(reversed(steps)), tuple(reversed(left)), again)


def _stays_recorded(page: Page, text: str, settings: Settings) -> bool:
    """Whether the page's record is as true of the note with this text."""
    _, scenario = pipeline.planned(page.note.path, text, settings)
    one, other = records.fingerprints_of(scenario), records.fingerprints_of(page.scenario)
    return one.whole == other.whole


def _asks(page: Page, embedded: Embedded) -> bool:
    """Whether a step shows another output than the real one, or has a place for one."""
    if embedded.step.kind != "step" or embedded.recorded is None or embedded.step.hidden:
        return False
    if embedded.step.expected is None:
        said = bool(embedded.recorded.output.strip()) and embedded.recorded.status in _TRIED
        return said and empty_place(page, embedded.step) is not None
    return bool(embedded.differences)


def _kept_because(embedded: Embedded, failed: bool) -> str:
    """The message key of why a real output is not fit for a note, "" where it is."""
    recorded = embedded.recorded
    assert recorded is not None  # noqa: S101 - `_asks` has looked
    if embedded.changed:
        return "update.stale"
    if recorded.status is not Status.OK and not failed:
        return "update.failed"
    if MARK in recorded.output:
        return "update.redacted"
    if recorded.output.endswith(OURS_IS_CUT):
        return "update.cut"
    return "" if recorded.output.strip() else "update.empty"


def _with_real_output(
    page: Page, embedded: Embedded, text: str, settings: Settings
) -> str | None:
    """The text with the gentlest change that holds."""
    recorded = embedded.recorded
    assert recorded is not None  # noqa: S101
    for fresh, output in _candidates(page, embedded.step, recorded, text):
        if _holds(page, embedded.step, fresh, output, settings):
            return fresh
    return None


def _candidates(
    page: Page, step: Step, recorded: RecordedStep, text: str
) -> Iterator[tuple[str, str]]:
    """Texts of the note, each with the output that it shows."""
    real = with_literals(in_default(recorded.output), lined_up_by(page, step))
    if step.expected is None:
        place = empty_place(page, step)
        output = "\n".join(map(str.rstrip, real.split("\n"))).strip("\n")
        if place is not None:
            yield filled(text, place, output), output
        return
    for output in rewritten(step.expected.text, real):
        fresh = with_output(page.note, text, step.expected, output)
        if fresh is not None:
            yield fresh, output


def lined_up_by(page: Page, step: Step) -> dict[str, str]:
    """Literals of commands that a step's written output lines up, by their real values:
    while the commands say them, so does the output."""
    found: dict[str, str] = {}
    written = step.expected
    for each in page.embedded:
        if written is None or each.recorded is None:
            continue
        values = bound_values(each.step, each.recorded.ran)
        for reference, value in zip(each.step.references, values, strict=False):
            here = written.line <= reference.line <= written.end_line and not reference.page
            if here and reference.literal:
                found.setdefault(value, reference.text)
    return found


def bound_values(step: Step, ran: str) -> tuple[str, ...]:
    """What stood in the places of a command's references when it ran; none where that is
    not to be told."""
    pattern, end = "", 0
    for each in step.references:
        pattern += re.escape(step.command[end : each.start]) + "(.+?)"
        end = each.start + len(each.text)
    match = re.fullmatch(pattern + re.escape(step.command[end:]), ran, re.DOTALL)
    return match.groups() if match else ()


def with_literals(output: str, literals: Mapping[str, str]) -> str:
    """An output with the author's literals for the real values, in columns of equal width."""
    for value, literal in literals.items():
        output = re.sub(
            rf"(?<![\w.-]){re.escape(value)}(?![\w.-])( *)",
            lambda found, put=literal: put.ljust(len(found[0])) if found[1] else put,  # type: ignore[misc]
            output,
        )
    return output


def _holds(page: Page, step: Step, text: str, output: str, settings: Settings) -> bool:
    """Whether the note, read again, shows this output and runs the same scenario."""
    _, scenario = pipeline.planned(page.note.path, text, settings)
    again = next((s for s in scenario.steps if s.position == step.position), None)
    return (
        again is not None
        and again.expected is not None
        and _lines(again.expected.text) == _lines(output)
        and _mark(scenario) == _mark(page.scenario)
    )


def _mark(scenario: Scenario) -> tuple[str, int, list[bool]]:
    """What runs. Of the outputs that literals are lined up by only that there are such."""
    lined_up = [bool(r.line) for s in scenario.steps for r in s.references if r.literal]
    steps = tuple(
        replace(step, references=tuple(replace(r, line=0) for r in step.references))
        for step in scenario.steps
    )
    whole = records.fingerprints_of(replace(scenario, steps=steps)).whole
    return whole, len(steps), lined_up


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.split("\n")]


def _why_not(page: Page, embedded: Embedded) -> str:
    """Of an output that no text could be found for: later commands need it as it is, or
    the note would read it as something else."""
    expected = embedded.step.expected
    literals = (
        reference
        for step in page.scenario.steps
        for reference in step.references
        if reference.literal and reference.line
    )
    if expected and any(expected.line <= r.line <= expected.end_line for r in literals):
        return "update.literal"
    return "update.style"
