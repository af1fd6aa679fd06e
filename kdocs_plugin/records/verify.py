"""A fresh run held against a record: what `kdocs run --check` finds."""

from __future__ import annotations

from collections.abc import Iterator

from kdocs_plugin.model import Record, RecordedStep
from kdocs_plugin.outputs import same
from kdocs_plugin.values import dataclass


@dataclass(frozen=True, slots=True)
class Deviation:
    """A step that came out otherwise than it was recorded, volatile values aside."""

    fresh: RecordedStep
    before: RecordedStep | None  # None: the record does not have the step


def deviations(before: Record | None, fresh: Record) -> Iterator[Deviation]:
    """Steps that the record has otherwise, or has not, in the order of running.

    Versions and digests are provenance: they make no deviation.
    """
    known = {step.key: step for step in before.steps} if before is not None else {}
    for step in fresh.steps:
        old = known.get(step.key)
        if old is None or not _agree(old, step):
            yield Deviation(step, old)


def _agree(old: RecordedStep, new: RecordedStep) -> bool:
    return (old.status, old.exit_code) == (new.status, new.exit_code) and same(
        old.output, new.output
    )
