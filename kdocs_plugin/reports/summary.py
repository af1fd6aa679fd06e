"""What became of all blocks of all notes, in a few lines: how many ran, and why others not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any

from kdocs_plugin.messages import Language, text
from kdocs_plugin.model import Decision, Page, Status, Step, StepResult
from kdocs_plugin.values import dataclass

MOST_CAUSES = 3
NAMED = 3  # as many values as a cause's sentence names
# Reasons of a plan that name something the note lacks. The others name what is not for us
# to run: such a block is shown, and nothing is wrong with it.
LACKING = frozenset(
    """
    plan.file_missing plan.incomplete plan.literal plan.no_answer plan.not_made
    plan.nothing_made plan.syntax plan.unbound
    """.split()
)


class Fate(StrEnum):
    """What became of a block, the worst of its steps first."""

    FAILED = "failed"
    BLOCKED = "blocked"  # wanted something that is not there
    RAN = "run"
    SHOWN = "shown"


ORDER = tuple(Fate)


@dataclass(frozen=True, slots=True)
class Cause:
    """Why blocks did not run, or not well."""

    reason: str  # message key
    arguments: Mapping[str, Any]  # of all its blocks: the most frequent values
    count: int


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts over all notes of a call, whether they ran now or have a record."""

    notes: int
    ran_now: int
    unchanged: int
    blocks: Mapping[Fate, int]
    causes: tuple[Cause, ...]  # the most frequent first

    @property
    def total(self) -> int:
        """How many blocks of commands there are."""
        return sum(self.blocks.values())


def summary_of(runs: Sequence[tuple[Page, Sequence[StepResult]]], planned: bool) -> Summary:
    """`runs`: every page with its results of this run, none where it did not run now.

    With `planned` what would run counts as run; else as blocked, where it has no record.
    """
    blocks: Counter[Fate] = Counter()
    causes: dict[str, list[Mapping[str, Any]]] = {}
    for page, results in runs:
        for fate, reason, arguments in fates(page, results, planned):
            blocks[fate] += 1
            if reason:
                causes.setdefault(reason, []).append(arguments)
    by_count = sorted(causes.items(), key=lambda cause: (-len(cause[1]), cause[0]))
    return Summary(
        notes=len(runs),
        ran_now=sum(1 for _, results in runs if results),
        unchanged=sum(
            1 for page, results in runs if not results and page.record and not page.stale
        ),
        blocks=blocks,
        causes=tuple(
            Cause(reason, merged(each), len(each)) for reason, each in by_count[:MOST_CAUSES]
        ),
    )


def fates(
    page: Page, results: Sequence[StepResult], planned: bool
) -> Iterator[tuple[Fate, str, Mapping[str, Any]]]:
    """What became of each block of a page, and why, where it did not run well."""
    fresh = {result.step.index: result for result in results}
    by_block: dict[int, tuple[Fate, str, Mapping[str, Any]]] = {}
    for each in page.embedded:
        step = each.step
        if step.kind == "probe" or step.block is None:
            continue
        outcome = fresh.get(step.index) or each.recorded
        if outcome is None or planned:
            found = fate_of_plan(step, planned)
        else:
            found = fate_of(outcome.status, outcome.reason, outcome.reason_arguments)
        known = by_block.get(step.block, found)
        by_block[step.block] = min(known, found, key=lambda fate: ORDER.index(fate[0]))
    yield from by_block.values()


def fate_of(
    status: Status, reason: str, arguments: Mapping[str, Any]
) -> tuple[Fate, str, Mapping[str, Any]]:
    """What a step's end makes of its block."""
    if status is Status.OK:
        return Fate.RAN, "", {}
    if status in (Status.FAILED, Status.TIMEOUT):
        return Fate.FAILED, reason, arguments
    if status is Status.BLOCKED or reason in LACKING:
        return Fate.BLOCKED, reason, arguments
    return Fate.SHOWN, reason, arguments


def fate_of_plan(step: Step, planned: bool) -> tuple[Fate, str, Mapping[str, Any]]:
    """What the plan makes of a step that has not run."""
    if step.decision is Decision.SHOW:
        return fate_of(Status.SHOWN, step.reason, step.reason_arguments)
    return (Fate.RAN, "", {}) if planned else (Fate.BLOCKED, "run.not_reached", {})


def merged(arguments: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """One set of arguments for a sentence about many: their most frequent values."""
    names = dict.fromkeys(name for each in arguments for name in each)
    found = {}
    for name in names:
        values = Counter(str(each[name]) for each in arguments if each.get(name) is not None)
        named = [value for value, _ in values.most_common(NAMED)]
        found[name] = ", ".join(named) + (", …" if len(values) > NAMED else "")
    return found


def summary_text(summary: Summary, language: Language, seconds: float | None = None) -> str:
    """For people. `seconds` is how long a run took; None for a plan."""
    arguments: dict[str, Any] = {
        "notes": summary.notes,
        "ran": summary.ran_now,
        "unchanged": summary.unchanged,
        "seconds": f"{seconds or 0:.1f}",
    }
    blocks = {"total": summary.total} | {fate.value: summary.blocks[fate] for fate in Fate}
    if seconds is None:
        lines = [text("summary.plan", language, arguments | blocks)]
    else:
        lines = [
            text("summary.notes", language, arguments),
            text("summary.blocks", language, blocks),
        ]
    width = max((len(str(cause.count)) for cause in summary.causes), default=0)
    lines += [
        f"  {cause.count:>{width}}  {text(cause.reason, language, cause.arguments)}"
        for cause in summary.causes
    ]
    return "\n".join(lines)


def summary_json(
    summary: Summary, language: Language, seconds: float | None = None
) -> dict[str, Any]:
    """The same for machines."""
    found: dict[str, Any] = {
        "notes": summary.notes,
        "blocks": {"total": summary.total}
        | {fate.value: summary.blocks[fate] for fate in Fate},
        "causes": [
            {
                "reason": cause.reason,
                "message": text(cause.reason, language, cause.arguments),
                "blocks": cause.count,
            }
            for cause in summary.causes
        ],
    }
    if seconds is not None:
        found |= {"ran_now": summary.ran_now, "unchanged": summary.unchanged}
        found["seconds"] = round(seconds, 3)
    return found
