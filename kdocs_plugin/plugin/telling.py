"""What a build says to its author, through MkDocs' own log: `--strict` counts it."""

from __future__ import annotations

from pathlib import Path

from mkdocs.plugins import get_plugin_logger

from kdocs_plugin import messages
from kdocs_plugin.config import Settings
from kdocs_plugin.errors import KdocsError
from kdocs_plugin.model import Finding, Severity, Status
from kdocs_plugin.pipeline import RunPage

log = get_plugin_logger("kdocs")


def tell_finding(finding: Finding, settings: Settings) -> None:
    """A finding: what is only information does not count for `--strict`."""
    path = settings.docs / finding.path
    if path.is_relative_to(Path.cwd()):
        path = path.relative_to(Path.cwd())
    language = messages.preferred_language()
    text = messages.text(finding.code, language, finding.arguments)
    hint = messages.hint(finding.code, language, finding.arguments)
    place = f"{path.as_posix()}:{finding.position.line}:{finding.position.column}"
    tell = log.info if finding.severity is Severity.INFO else log.warning
    tell("%s: %s %s", place, finding.code, " — ".join(filter(None, (text, hint))))


def tell_run(ran: RunPage) -> None:
    """What went wrong in the run of a page."""
    path = ran.page.note.path
    if ran.trouble is not None:
        log.warning("%s: %s", path, words(ran.trouble))
    for result in ran.results:
        # A probe never fails a page: what it printed is the answer. One mistake is told once.
        line, status = result.step.position.line, result.status
        failed = status in (Status.FAILED, Status.TIMEOUT)
        told = result.reason in ("run.predicted", "run.follows")
        if result.step.kind == "step" and failed and not told:
            log.warning("%s:%d: %s: %s", path, line, status, result.ran)


def tell_error(error: KdocsError) -> None:
    """What kept a run from being."""
    log.warning("%s", words(error))


def words(error: KdocsError) -> str:
    """An error in the author's language."""
    return messages.text(error.key, messages.preferred_language(), error.arguments)
