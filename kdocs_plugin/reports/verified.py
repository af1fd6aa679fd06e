"""What `kdocs run --check` found: outputs that are not what the record says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from kdocs_plugin.messages import Language, text
from kdocs_plugin.model import Page, Record, RecordedStep
from kdocs_plugin.records import Deviation, deviations
from kdocs_plugin.reports.entries import printable
from kdocs_plugin.reports.textdiff import lines_of_diff

Verified = tuple[Page, Record | None]  # a page with its fresh record, and the one on the disk
Paint = Callable[[str, str], str]
_SHADES = {"-": "31", "+": "32", "…": "2", " ": "2"}


def found(verified: Sequence[Verified]) -> list[tuple[Page, Record | None, list[Deviation]]]:
    """Each page that ran, with its deviations."""
    return [
        (page, before, list(deviations(before, page.record)))
        for page, before in verified
        if page.record is not None
    ]


def verified_json(
    verified: Sequence[Verified], shown_path: Callable[[str], str]
) -> list[dict[str, Any]]:
    """For machines: an entry a note with what is not as recorded."""
    return [
        {
            "path": shown_path(page.note.path),
            "recorded": before is not None,
            "changed": _has_changed(page, before),
            "deviations": [
                {
                    "line": line_of(each.fresh, page),
                    "command": each.fresh.command,
                    "status": str(each.fresh.status),
                    "recorded_status": str(each.before.status) if each.before else None,
                    "output": each.fresh.output,
                    "recorded_output": each.before.output if each.before else None,
                }
                for each in wrong
            ],
        }
        for page, before, wrong in found(verified)
    ]


def verified_text(
    verified: Sequence[Verified],
    language: Language,
    shown_path: Callable[[str], str],
    paint: Paint,
) -> str:
    """For people: a diff of each output that is not as recorded, and one line for all."""
    lines: list[str] = []
    pages, steps = 0, 0
    for page, before, wrong in found(verified):
        path = shown_path(page.note.path)
        pages += 1
        steps += len(wrong)
        if before is None:
            lines.append(text("verify.unrecorded", language, {"path": path}))
            continue
        if _has_changed(page, before):
            lines.append(text("verify.changed", language, {"path": path}))
        for each in wrong:
            lines += _deviation(each, page, path, language, paint)
    lines.append(text("verify.summary", language, {"pages": pages, "steps": steps}))
    return "\n".join(lines)


def line_of(step: RecordedStep, page: Page) -> int | None:
    """Where a recorded step stands in the note."""
    for each in page.embedded:
        if each.recorded is not None and each.recorded.key == step.key:
            return each.step.position.line
    return None


def _has_changed(page: Page, before: Record | None) -> bool:
    return (
        before is not None
        and page.record is not None
        and before.fingerprint != page.record.fingerprint
    )


def _deviation(
    each: Deviation, page: Page, path: str, language: Language, paint: Paint
) -> Iterator[str]:
    command = printable(each.fresh.command.split("\n")[0])
    yield paint(f"{path}:{line_of(each.fresh, page)}: {command}", "1")
    if each.before is None:
        yield "    " + text("verify.new", language, {})
        return
    if each.before.status is not each.fresh.status:
        arguments = {"before": str(each.before.status), "now": str(each.fresh.status)}
        yield "    " + text("verify.status", language, arguments)
    elif each.before.exit_code != each.fresh.exit_code:
        arguments = {"before": str(each.before.exit_code), "now": str(each.fresh.exit_code)}
        yield "    " + text("verify.exit", language, arguments)
    for mark, line in lines_of_diff(each.before.output, each.fresh.output):
        yield "    " + paint(f"{mark} {line}".rstrip(), _SHADES[mark])
