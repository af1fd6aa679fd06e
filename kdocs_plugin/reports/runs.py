"""What a run did, as JSON: one entry a note, one a step, in document order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from kdocs_plugin.messages import Language, hint, text
from kdocs_plugin.model import Decision, Embedded, Page, RecordedStep, Status, StepResult


def runs_json(
    pages: Sequence[tuple[Page, tuple[StepResult, ...]]],
    language: Language,
    shown_path: Callable[[str], str],
) -> dict[str, Any]:
    """`{"notes": [{"path", "cluster", "steps": [...]}]}`.

    A note that did not run this time has the outcome of its record, and `ran_now` false.
    """
    return {
        "notes": [
            {
                "path": shown_path(page.note.path),
                "ran_now": bool(results),
                "cluster": cluster_of(page),
                "steps": [
                    step_json(each, result, language, orders)
                    for orders in [orders_of(page)]
                    for each, result in in_document_order(page, results)
                ],
            }
            for page, results in pages
        ]
    }


def cluster_of(page: Page) -> dict[str, str] | None:
    """Where the page was run, None where it never was."""
    if page.record is None:
        return None
    return {"kubernetes": page.record.cluster.kubernetes, "kind": page.record.cluster.kind}


def in_document_order(
    page: Page, results: tuple[StepResult, ...]
) -> list[tuple[Embedded, StepResult | None]]:
    """Every step with its result of this run, as the note has them."""
    fresh = {result.step.index: result for result in results}
    pairs = [(each, fresh.get(each.step.index)) for each in page.embedded]
    return sorted(pairs, key=lambda pair: pair[0].step.position)


def orders_of(page: Page) -> dict[int, int]:
    """1-based order of running by step index, as the record has it."""
    ran = [each.step.index for each in page.embedded if each.recorded and each.recorded.ran]
    return {index: number for number, index in enumerate(ran, 1)}


def cause_json(outcome: StepResult | RecordedStep | None, language: Language) -> dict[str, Any]:
    """What a failure usually means, and what its objects say. Empty where nothing failed."""
    if outcome is None or not (outcome.cause or outcome.evidence):
        return {"cause": None, "evidence": []}
    cause = None
    if outcome.cause:
        cause = {
            "key": outcome.cause,
            "text": text(outcome.cause, language, outcome.cause_arguments),
            "hint": hint(outcome.cause, language, outcome.cause_arguments),
        }
    evidence = [{"title": each.title, "text": each.text} for each in outcome.evidence]
    return {"cause": cause, "evidence": evidence}


def step_json(
    each: Embedded, result: StepResult | None, language: Language, orders: dict[int, int]
) -> dict[str, Any]:
    """One step: what the note says, what ran, and how it ended."""
    step, recorded = each.step, each.recorded
    outcome = result or recorded
    if outcome is None:
        # Not in the record: the plan does not run it, or it has changed since.
        status = Status.SHOWN if step.decision is Decision.SHOW else "unrecorded"
        reason, arguments = step.reason, step.reason_arguments
    else:
        status, reason, arguments = outcome.status, outcome.reason, outcome.reason_arguments
    return {
        "line": step.position.line,
        "column": step.position.column,
        "kind": step.kind,
        "command": step.command,
        "ran": (outcome.ran or None) if outcome else None,
        "status": str(status),
        "reason": text(reason, language, arguments) if reason else "",
        "code": reason if reason.startswith("KD") else "",
        "hint": hint(reason, language, arguments) if reason else "",
        "exit_code": outcome.exit_code if outcome else None,
        "duration": outcome.duration if outcome else None,
        "order": result.order if result else orders.get(step.index),
        "after": recorded.after or None if recorded else None,
        "ended": text(outcome.ended, language, {}) if outcome and outcome.ended else "",
        "place": text(outcome.place, language, {}) if outcome and outcome.place else "",
        "output": outcome.output if outcome else "",
        **cause_json(outcome, language),
    }
