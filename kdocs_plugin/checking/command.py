"""`kdocs check`: every manifest and every kubectl line, without a cluster."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from kdocs_plugin import messages, pipeline, selection
from kdocs_plugin.checking.pages import checked
from kdocs_plugin.ending import remark, say
from kdocs_plugin.errors import ConfigError
from kdocs_plugin.messages import Language
from kdocs_plugin.model import Page, Severity
from kdocs_plugin.options import EXCLUDE, INCLUDE, Option
from kdocs_plugin.project import Project, open_project
from kdocs_plugin.values import replace

FORMATS: Final = ("terminal", "json", "junit", "sarif", "github")
_CHANGED: Final = "Only lines and blocks changed since."
_KNOWN: Final = "Don't tell what this file knows already."
_AGAINST: Final = "Hold notes against 1.37, or against 1.30-1.37."
OPTIONS: Final = (
    Option("--format", "form", "text", choices=FORMATS, default="terminal"),
    Option("--strict", "strict", "flag", "Warnings fail too."),
    Option("--fix", "fix", "flag", "Mend what is sure, and show what was done."),
    Option("--diff", "diff", "flag", "Show what --fix would do, and do nothing."),
    Option("--select", "select", "many", "Only these rules: KD201,KD3.", "CODES"),
    Option("--ignore", "ignore", "many", "Not these rules: KD104,KD4.", "CODES"),
    Option("--baseline", "baseline", "file", _KNOWN, "FILE"),
    Option("--update-baseline", "update_baseline", "flag", "Write what is found into it."),
    Option("--changed-since", "changed_since", "text", _CHANGED, "REV"),
    Option("--exact", "exact", "flag", "Ask a real API server too; no root, no cluster."),
    INCLUDE,
    EXCLUDE,
    Option("--no-cache", "no_cache", "flag", "Look at every file anew."),
    Option("--kubernetes", "kubernetes", "text", _AGAINST, "VERSION"),
    Option("--lang", "lang", "text", "Language of the messages.", choices=("ko", "en")),
)


def check(
    paths: tuple[str, ...],
    form: str,
    strict: bool,
    fix: bool,
    diff: bool,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    baseline: Path | None,
    update_baseline: bool,
    changed_since: str | None,
    exact: bool,
    include: tuple[str, ...],
    exclude: tuple[str, ...],
    no_cache: bool,
    kubernetes: str | None,
    lang: str | None,
) -> int:
    """Validate notes and YAML files: files, folders, or by default this project's docs."""
    chosen = selection.Selection(
        selection.codes("--select", select), selection.codes("--ignore", ignore)
    )
    if update_baseline and baseline is None:
        raise ConfigError("baseline.no_file")
    if update_baseline and (chosen.select or changed_since is not None):
        raise ConfigError("baseline.partly")
    project = open_project(paths, True, include, exclude, kubernetes=kubernetes)
    language = messages.preferred_language(lang)
    plain = form in ("terminal", "json")  # which need no more of a page than its text
    if plain and not (fix or diff or exact or changed_since is not None):
        found = _chosen(checked(project, no_cache), chosen)
    else:
        found = _found(project, exact, chosen, changed_since)
    if fix or diff:
        from kdocs_plugin.checking.mending import mend

        found = mend(project, found, language, fix and not diff, changed_since is not None)
        if fix and not diff:
            found = _found(project, exact, chosen, changed_since)
    elif form in ("sarif", "github"):
        found = [pipeline.with_fixes(page, project.settings) for page in found]
    pages = [project.as_typed(page) for page in found]
    if baseline is not None:
        pages = _without_known(project, pages, baseline, update_baseline, language)
    _tell(project, pages, form, strict, language)
    failing = {Severity.ERROR, Severity.WARNING} if strict else {Severity.ERROR}
    return int(any(each.severity in failing for page in pages for each in page.findings))


def _tell(
    project: Project, pages: Sequence[Page], form: str, strict: bool, language: Language
) -> None:
    """The findings, on standard output."""
    if form == "terminal":
        from kdocs_plugin.reports.screen import terminal

        color = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
        say(terminal(pages, language, color))
    elif form == "junit":
        from kdocs_plugin.reports.junit import junit

        paths = [project.shown_path(page.note.path) for page in pages]
        sys.stdout.write(junit(pages, paths, language, strict))
    elif form == "github":
        from kdocs_plugin.reports.github import github

        sys.stdout.write(github(pages, language))
    else:
        import json

        if form == "sarif":
            from kdocs_plugin.reports.sarif import sarif as render
        else:
            from kdocs_plugin.reports.plain import findings_json as render
        say(json.dumps(render(pages, language), ensure_ascii=False, indent=2))


def _found(
    project: Project, exact: bool, chosen: selection.Selection, changed_since: str | None
) -> list[Page]:
    """The pages with the findings that are asked for."""
    pages = _chosen(_checked(project, exact), chosen)
    if changed_since is None:
        return pages
    from kdocs_plugin.checking.changed import changed_since as changes
    from kdocs_plugin.checking.changed import only_changed

    files = [(project.settings.docs / page.note.path).resolve() for page in pages]
    changed = changes(changed_since, project.settings.docs, set(files))
    return [
        only_changed(page, changed.get(file, ()))
        for page, file in zip(pages, files, strict=True)
    ]


def _chosen(pages: list[Page], chosen: selection.Selection) -> list[Page]:
    if not chosen.select and not chosen.ignore:
        return pages
    return [
        replace(page, findings=tuple(filter(chosen.wants, page.findings))) for page in pages
    ]


def _without_known(
    project: Project, pages: Sequence[Page], file: Path, update: bool, language: Language
) -> list[Page]:
    """The pages without what the baseline knows; the rest of it is told on standard error."""
    from kdocs_plugin.reports import baseline

    folder = file.resolve().parent
    names = [
        os.path.relpath(project.settings.docs / page.note.path, folder).replace(os.sep, "/")
        for page in pages
    ]
    if update:
        known = baseline.of(pages, names)
        if file.exists():  # what this call has not looked at stays known
            old = baseline.load(file)
            known.update({key: times for key, times in old.items() if key[0] not in names})
        try:
            file.write_text(baseline.dump(known), encoding="utf-8")
        except OSError as error:
            why = error.strerror or str(error)
            raise ConfigError("baseline.unwritable", file=file, why=why) from error
        arguments = {"file": file, "count": known.total()}
        remark(messages.text("baseline.written", language, arguments))
    kept = baseline.subtract(pages, names, baseline.load(file))
    if kept.known and not update:
        remark(messages.text("baseline.known", language, {"count": kept.known}))
    for path, code, times in kept.stale:
        arguments = {"path": path, "code": code, "count": times}
        remark(messages.text("baseline.stale", language, arguments))
    return list(kept.pages)


def _checked(project: Project, exact: bool) -> list[Page]:
    """The pages; with `exact` an API server starts while they are read."""
    if not exact:
        return project.pages(joined=False)
    settings = project.settings
    with pipeline.start_exact(settings) as starting:
        return [
            pipeline.check_exactly(page, starting, settings)
            for page in project.pages(joined=False)
        ]
