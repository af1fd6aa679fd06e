"""A run's results made into a record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from kdocs_plugin.model import (
    ClusterInfo,
    Drawn,
    ImageInfo,
    Record,
    RecordedStep,
    Scenario,
    Status,
    StepResult,
)
from kdocs_plugin.outputs import same
from kdocs_plugin.records.fingerprint import files_of, fingerprints_of
from kdocs_plugin.records.scene import alike


def make_record(
    scenario: Scenario,
    results: Sequence[StepResult],
    cluster: ClusterInfo,
    images: tuple[ImageInfo, ...],
    previous: Record | None,
    scene: Sequence[Drawn] = (),
) -> Record:
    """The record of a run. `previous` itself where nothing but volatile values changed,
    so that its bytes and its date stay."""
    marks = fingerprints_of(scenario)
    by_order = {result.order: result for result in results if result.order is not None}
    steps = tuple(
        RecordedStep(
            key=marks.keys[result.step.index],
            chain=marks.chains[result.step.index],
            command=result.step.command,
            ran=result.ran or "",
            status=result.status,
            exit_code=result.exit_code,
            output=result.output,
            duration=result.duration,
            after=by_order[result.after].step.command if result.after in by_order else "",
            reason=result.reason,
            reason_arguments=dict(result.reason_arguments),
            ended=result.ended,
            place=result.place,
            cause=result.cause,
            cause_arguments=dict(result.cause_arguments),
            evidence=result.evidence,
        )
        for result in results
        if result.status is not Status.SHOWN and result.step.index in marks.keys
    )
    date = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    files = files_of(scenario)
    path, made = scenario.path, tuple(scene)
    record = Record(path, marks.whole, date, cluster, images, steps, files, made)
    return previous if previous is not None and agrees(previous, record) else record


def agrees(old: Record, new: Record) -> bool:
    """Whether a new run says what the old record says, volatile values aside.

    Of images the names count and whose they are: a digest is as volatile as a time.
    """
    return (
        old.fingerprint == new.fingerprint
        and old.path == new.path
        and old.cluster == new.cluster
        and images_of(old) == images_of(new)
        and alike(old.scene, new.scene)
        and len(old.steps) == len(new.steps)
        and all(
            (a.key, a.chain, a.status, a.exit_code, a.after, a.reason)
            == (b.key, b.chain, b.status, b.exit_code, b.after, b.reason)
            and same(a.output, b.output)
            and same(a.ran, b.ran)
            for a, b in zip(old.steps, new.steps, strict=True)
        )
    )


def images_of(record: Record) -> set[tuple[str, bool]]:
    """The images by name, and whether kdocs made them."""
    return {(each.name, each.built_locally) for each in record.images}
