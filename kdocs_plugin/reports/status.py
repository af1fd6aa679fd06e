"""What is checked, recorded and changed, page by page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from kdocs_plugin.messages import Language, text
from kdocs_plugin.model import Page, Severity
from kdocs_plugin.reports.entries import counts


def state_of(page: Page) -> str:
    """nothing_to_run, not_run, changed, or recorded."""
    if not page.scenario.runnable:
        return "nothing_to_run"
    if page.record is None:
        return "not_run"
    return "changed" if page.stale else "recorded"


def changed_lines(page: Page) -> list[int]:
    """Lines of the steps that the record does not cover any more, first the cause."""
    return [
        each.step.position.line
        for each in page.embedded
        if each.step in page.scenario.runnable and (each.recorded is None or each.changed)
    ]


def status_json(pages: Sequence[Page], shown_path: Callable[[str], str]) -> dict[str, Any]:
    """For machines: a state and counts for every note."""
    return {
        "notes": [
            {
                "path": shown_path(page.note.path),
                "state": state_of(page),
                "steps": len(page.scenario.steps),
                "runnable": len(page.scenario.runnable),
                "recorded": sum(
                    1 for each in page.embedded if each.recorded and not each.changed
                ),
                "changed_lines": changed_lines(page) if page.record else [],
                "date": page.record.date if page.record else None,
                "kubernetes": page.record.cluster.kubernetes if page.record else None,
                "findings": {
                    str(severity): found[severity]
                    for found in [counts([page])]
                    for severity in Severity
                },
            }
            for page in pages
        ]
    }


def status_text(
    pages: Sequence[Page], language: Language, shown_path: Callable[[str], str]
) -> str:
    """For people: a line a note."""
    lines = []
    for page in pages:
        state = state_of(page)
        arguments: dict[str, Any] = {
            "recorded": sum(1 for each in page.embedded if each.recorded and not each.changed),
            "runnable": len(page.scenario.runnable),
            "date": page.record.date[:10] if page.record else "",
            "kubernetes": page.record.cluster.kubernetes if page.record else "",
            "lines": ", ".join(map(str, changed_lines(page)[:5])),
        }
        said = text(f"status.{state}", language, arguments)
        found = counts([page])
        errors, warnings = found[Severity.ERROR], found[Severity.WARNING]
        if errors or warnings:
            said += "  " + text(
                "status.findings", language, {"errors": errors, "warnings": warnings}
            )
        lines.append(f"{shown_path(page.note.path)}: {said}")
    return "\n".join(lines)
