"""What is checked, recorded and changed, page by page, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from kdocs_plugin import records
from kdocs_plugin.messages import Language, text
from kdocs_plugin.model import Embedded, Page, Record, Severity, Status
from kdocs_plugin.reports.entries import counts

BAD: Final = (Status.FAILED, Status.TIMEOUT, Status.BLOCKED)
_MOST: Final = 20  # causes of one page that are told
_LONGEST: Final = 70  # characters of a command

Orphans = Sequence[tuple[Path, Record]]  # records of pages that are gone, with their files


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


def causes(page: Page) -> tuple[records.Change, ...]:
    """Why the record does not cover the page any more; () where it does."""
    if page.record is None or not page.stale:
        return ()
    return records.changes(page.scenario, page.record)


def failed(page: Page) -> list[Embedded]:
    """The steps that the record has as failed. A probe never fails a page."""
    return [
        each
        for each in page.embedded
        if each.recorded and each.recorded.status in BAD and each.step.kind == "step"
    ]


def line_of(change: records.Change, page: Page) -> int | None:
    """Where in the note a change stands: a file's block, else the command that uses it."""
    if change.block is not None:
        return page.note.blocks[change.block].start_line
    return change.line


def moved_from(page: Page) -> str:
    """The name that the page had when it was recorded, "" where it has it still."""
    record = page.record
    return record.path if record is not None and record.path != page.note.path else ""


# --- For machines -----------------------------------------------------------------------


def status_json(
    pages: Sequence[Page],
    shown_path: Callable[[str], str],
    orphans: Orphans = (),
) -> dict[str, Any]:
    """A state, counts and causes for every note, and the records that belong to none."""
    return {
        "notes": [_note_json(page, shown_path) for page in pages],
        "orphans": [
            {"record": file.as_posix(), "path": shown_path(record.path), "date": record.date}
            for file, record in orphans
        ],
    }


def _note_json(page: Page, shown_path: Callable[[str], str]) -> dict[str, Any]:
    found = counts([page])
    return {
        "path": shown_path(page.note.path),
        "state": state_of(page),
        "steps": len(page.scenario.steps),
        "runnable": len(page.scenario.runnable),
        "recorded": sum(1 for each in page.embedded if each.recorded and not each.changed),
        "changed_lines": changed_lines(page) if page.record else [],
        "changes": [
            {
                "kind": change.kind,
                "line": line_of(change, page),
                "what": change.what,
                "before": change.before or None,
            }
            for change in causes(page)
        ],
        "failed": [
            {
                "line": each.step.position.line,
                "command": each.step.command,
                "status": str(each.recorded.status) if each.recorded else "",
            }
            for each in failed(page)
        ],
        "moved_from": shown_path(moved_from(page)) if moved_from(page) else None,
        "date": page.record.date if page.record else None,
        "kubernetes": page.record.cluster.kubernetes if page.record else None,
        "findings": {str(severity): found[severity] for severity in Severity},
    }


# --- For people -------------------------------------------------------------------------


def status_text(
    pages: Sequence[Page],
    language: Language,
    shown_path: Callable[[str], str],
    orphans: Orphans = (),
    *,
    pruned: bool = False,
) -> str:
    """A line a note, and below it what there is to do about it."""
    lines: list[str] = []
    for page in pages:
        lines.append(f"{shown_path(page.note.path)}: {_state(page, language)}")
        lines += [f"    {each}" for each in _details(page, language, shown_path)]
    key = "status.pruned" if pruned else "status.orphan"
    for file, record in orphans:
        arguments = {"file": shown_file(file), "path": shown_path(record.path)}
        lines.append(text(key, language, arguments))
    if orphans and not pruned:
        lines.append(text("status.prune", language, {"count": len(orphans)}))
    return "\n".join(lines)


def shown_file(file: Path) -> str:
    """A file as the user would type it here."""
    here = Path.cwd()
    return file.relative_to(here).as_posix() if here in file.parents else file.as_posix()


def _state(page: Page, language: Language) -> str:
    arguments: dict[str, Any] = {
        "recorded": sum(1 for each in page.embedded if each.recorded and not each.changed),
        "runnable": len(page.scenario.runnable),
        "date": page.record.date[:10] if page.record else "",
        "kubernetes": page.record.cluster.kubernetes if page.record else "",
        "lines": ", ".join(map(str, changed_lines(page)[:5])),
    }
    state = state_of(page)
    if state == "changed" and not changed_lines(page):
        state = "shorter"  # nothing new to run, and yet less than was recorded
    said = text(f"status.{state}", language, arguments)
    found = counts([page])
    errors, warnings = found[Severity.ERROR], found[Severity.WARNING]
    if errors or warnings:
        said += "  " + text(
            "status.findings", language, {"errors": errors, "warnings": warnings}
        )
    return said


def _details(page: Page, language: Language, shown_path: Callable[[str], str]) -> Iterator[str]:
    """Causes of a change, what failed, and another name."""
    for finding in page.findings:
        if finding.code == "KD901":  # its record can't be read: never run is not all of it
            yield text("KD901", language, finding.arguments)
    told = causes(page)
    for change in told[:_MOST]:
        line = line_of(change, page)
        arguments = {"what": one_line(change.what), "before": one_line(change.before)}
        said = text(f"change.{change.kind}", language, arguments)
        yield f"{line:>4}  {said}" if line is not None else f"   -  {said}"
    if len(told) > _MOST:
        yield text("change.more", language, {"count": len(told) - _MOST})
    followers = sum(1 for each in page.embedded if each.changed)
    if told and followers:
        yield text("change.followers", language, {"count": followers})
    if bad := failed(page):
        numbers = ", ".join(str(each.step.position.line) for each in bad[:_MOST])
        yield text("status.failed", language, {"count": len(bad), "lines": numbers})
    if old := moved_from(page):
        yield text("status.moved", language, {"path": shown_path(old)})


def one_line(command: str) -> str:
    """A command, on one line and not too long."""
    text = " ⏎ ".join(line.strip() for line in command.split("\n"))
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
