"""A record held against today's note: what may be shown, and what has changed."""

from __future__ import annotations

from kdocs_plugin.model import Embedded, Record, Scenario, Status
from kdocs_plugin.outputs import answers, compare
from kdocs_plugin.planning.swaps import in_text
from kdocs_plugin.records.fingerprint import fingerprints_of


def embed(scenario: Scenario, record: Record | None) -> tuple[Embedded, ...]:
    """For every step of the scenario what the record has for it, in the same order.

    A step whose own text changed has nothing; one whose predecessors changed has its
    old output, marked.
    """
    if record is None:
        return tuple(Embedded(step) for step in scenario.steps)
    marks = fingerprints_of(scenario)
    recorded = {step.key: step for step in record.steps}
    embedded = []
    for step in scenario.steps:
        found = recorded.get(marks.keys.get(step.index, ""))
        if found is None:
            embedded.append(Embedded(step))
            continue
        # What was tried and came to an end; an author may show an error, too.
        ended = found.status in (Status.OK, Status.FAILED)
        written = step.expected.text if step.expected and ended else ""
        real = answers(found.output, step.stdin) if step.stdin else found.output
        written = in_text(written, scenario.images)
        embedded.append(
            Embedded(
                step,
                found,
                changed=found.chain != marks.chains[step.index],
                differences=compare(written, real) if written else (),
            )
        )
    return tuple(embedded)


def is_stale(scenario: Scenario, record: Record | None) -> bool:
    """Whether there is something to run that the record does not cover."""
    if not scenario.runnable:
        return False
    return record is None or record.fingerprint != fingerprints_of(scenario).whole
