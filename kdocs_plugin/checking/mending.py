"""`kdocs check --fix` and `--diff`: mends that are sure, shown as a diff."""

from __future__ import annotations

import difflib
import os
import sys
from collections.abc import Sequence
from typing import Final

from kdocs_plugin import messages, pipeline, source
from kdocs_plugin.ending import remark
from kdocs_plugin.messages import Language
from kdocs_plugin.model import Finding, Fix, Page
from kdocs_plugin.project import Project
from kdocs_plugin.validation import fixes
from kdocs_plugin.values import replace

_ROUNDS: Final = 10  # one mend may make another possible; each round has fewer


def mend(
    project: Project, pages: Sequence[Page], language: Language, write: bool, once: bool
) -> list[Page]:
    """Show, and with `write` make, the mends of the pages' findings; the pages with fixes.

    With `once` what these mends uncover is left for another time.

    The diff goes to standard error, the findings are what standard output is for. Raises
    SourceError for a file that has changed meanwhile or can't be written; those before it
    are mended by then.
    """
    told = []
    done = set()  # files: a note may be found under two names, one of them a link
    for page in pages:
        told.append(pipeline.with_fixes(page, project.settings))
        text, made = _mended(told[-1], project, 1 if once else _ROUNDS)
        file = (project.settings.docs / page.note.path).resolve()
        if not made or file in done:
            continue
        done.add(file)
        path = project.shown_path(page.note.path)
        if write:
            source.rewrite(project.settings.docs / page.note.path, page.note.text, text)
        _show(path, page.note.text, text)
        key = "fix.made" if write else "fix.would"
        arguments = {"path": path, "count": made}
        remark(messages.text(key, language, arguments))
    return told


def _mended(page: Page, project: Project, rounds: int) -> tuple[str, int]:
    """The note's text with all that can be mended, and how many findings that were.

    Only rules that the page was asked for: a finding that is not told is not mended. From
    the second round on that is what has the same rule.
    """
    codes = {finding.code for finding in page.findings}
    text, total = page.note.text, 0
    for _ in range(rounds):
        text, made = fixes.apply(text, _fixes(page.findings))
        total += made
        if not made or not codes & fixes.UNCOVERING:
            break
        fresh = pipeline.prepare(page.note.path, text, project.settings)
        asked = tuple(finding for finding in fresh.findings if finding.code in codes)
        page = pipeline.with_fixes(replace(fresh, findings=asked), project.settings)
    return text, total


def _fixes(findings: Sequence[Finding]) -> list[Fix]:
    return [finding.fix for finding in findings if finding.fix is not None]


def _show(path: str, before: str, after: str) -> None:
    lines = difflib.unified_diff(
        before.splitlines(), after.splitlines(), path, path, lineterm="", n=2
    )
    color = sys.stderr.isatty() and not os.environ.get("NO_COLOR")
    for line in lines:
        shown = line.replace("\t", "→\t")
        shade = {"+": "32", "-": "31", "@": "36"}.get(line[:1]) if color else None
        remark(f"\x1b[{shade}m{shown}\x1b[0m" if shade else shown)
