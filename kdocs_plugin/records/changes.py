"""Why a record no longer covers a note: what changed, not everything that follows from it.

The steps of the record and of today are lined up by their keys. A step that is only behind
a change is a follower and no cause.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from typing import Literal

from kdocs_plugin.model import Record, RecordedStep, Scenario, Step
from kdocs_plugin.records.fingerprint import Fingerprints, files_of, fingerprints_of
from kdocs_plugin.values import dataclass, replace

Kind = Literal[
    "command",  # its text is another
    "options",  # the same text: other options, input, or values of placeholders
    "file",  # the content of a file is another
    "new_file",
    "removed_file",
    "new",
    "removed",
    "cluster",  # it wants a cluster of its own now, or another number of nodes, or not any more
]


@dataclass(frozen=True, slots=True)
class Change:
    """One cause."""

    kind: Kind
    what: str  # the command or the file's name
    before: str = ""  # a command's old text
    line: int | None = None  # of today's command
    block: int | None = None  # index of the block that is the file


def changes(scenario: Scenario, record: Record) -> tuple[Change, ...]:
    """What makes the scenario another one than was recorded; () where nothing does."""
    marks = fingerprints_of(scenario)
    if marks.whole == record.fingerprint:
        return ()
    today = scenario.runnable
    files = list(_file_changes(scenario, record, marks))
    steps = list(_step_changes(scenario, today, record, marks))
    found = [*files, *steps] or [Change("cluster", "")]
    return tuple(sorted(found, key=lambda each: _place(each, scenario)))


def _place(change: Change, scenario: Scenario) -> int:
    """Where in the order of running a change stands."""
    if change.block is not None:
        return min(f.before for f in scenario.files if f.block == change.block)
    lines = [step.position.line for step in scenario.steps]
    return lines.index(change.line) if change.line in lines else len(lines)


# --- Steps ------------------------------------------------------------------------------


def _step_changes(
    scenario: Scenario, today: Sequence[Step], record: Record, marks: Fingerprints
) -> Iterator[Change]:
    """Steps with another text or other options, new ones, removed ones."""
    old, new = [s.key for s in record.steps], [marks.keys[s.index] for s in today]
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for word, start, stop, first, last in matcher.get_opcodes():
        if word != "equal":
            yield from _replaced(
                scenario, list(record.steps[start:stop]), list(today[first:last]), record
            )


def _replaced(
    scenario: Scenario, old: list[RecordedStep], new: list[Step], record: Record
) -> Iterator[Change]:
    """A stretch of steps that stands in the place of another one."""
    for step in list(new):
        same = next((each for each in old if each.command == step.command), None)
        if same is None:
            continue
        old.remove(same)
        new.remove(step)
        # Another content of a file beside the note is told of the file.
        if not _uses_changed_file(step, scenario, record):
            yield Change("options", step.command, line=step.position.line)
    for before, step in zip(old, new, strict=False):
        yield Change("command", step.command, before.command, line=step.position.line)
    for step in new[len(old) :]:
        yield Change("new", step.command, line=step.position.line)
    for before in old[len(new) :]:
        yield Change("removed", before.command)


# --- Files ------------------------------------------------------------------------------


def _file_changes(scenario: Scenario, record: Record, marks: Fingerprints) -> Iterator[Change]:
    """Files with another content, new ones, removed ones."""
    if not record.files:
        yield from _guessed(scenario, record, marks)
        return
    old, new = dict(record.files), dict(files_of(scenario))
    blocks = {each.name: each.block for each in scenario.files}
    for name, content in new.items():
        if old.get(name) != content:
            kind: Kind = "file" if name in old else "new_file"
            line = next(
                (s.position.line for s in scenario.runnable if name in s.effect.files), None
            )
            yield Change(kind, name, line=line, block=blocks.get(name))
    for name in old.keys() - new.keys():
        yield Change("removed_file", name)


def _uses_changed_file(step: Step, scenario: Scenario, record: Record) -> bool:
    old, new = dict(record.files), dict(files_of(scenario))
    return any(
        name in scenario.beside and name in old and old[name] != new[name]
        for name in step.effect.files
    )


def _guessed(scenario: Scenario, record: Record, marks: Fingerprints) -> Iterator[Change]:
    """Of a record that does not know its files: where a chain breaks though no step before
    it is another, a file that is written there is another."""
    recorded = {step.key: step for step in record.steps}
    # Every chain begins with the cluster that is wanted: that may be what changed.
    other = fingerprints_of(replace(scenario, own_cluster=not scenario.own_cluster))
    since = 0  # everything before this place is as it was
    for step in scenario.runnable:
        known = recorded.get(marks.keys[step.index])
        if known is None:
            return  # a step changed: what follows is behind that
        if known.chain not in (marks.chains[step.index], other.chains[step.index]):
            for each in scenario.files:
                if since <= each.before <= step.index:
                    yield Change("file", each.name, block=each.block)
            return
        since = step.index + 1
