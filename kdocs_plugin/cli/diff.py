"""`kdocs diff`: what authors wrote as output, against what really came out."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence

import click

from kdocs_plugin import messages, pipeline
from kdocs_plugin.cli.progress import Progress, tell_trouble
from kdocs_plugin.cli.tables import choosing
from kdocs_plugin.errors import ClusterError
from kdocs_plugin.execution.observer import Silent
from kdocs_plugin.messages import Language
from kdocs_plugin.model import Page
from kdocs_plugin.project import Project, open_project
from kdocs_plugin.reports.diffs import WRONG, compared, diffs_json
from kdocs_plugin.reports.difftext import Paint, diffs_github, diffs_text


@choosing
@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--cluster", help="Run the notes now and record nothing; else records are used.")
@click.option(
    "--strict", is_flag=True, help="Fail where an output has no record, or an old one."
)
@click.option(
    "--format", "form", type=click.Choice(["terminal", "json", "github"]), default="terminal"
)
@click.option("--lang", type=click.Choice(["ko", "en"]), help="Language of the messages.")
def diff(
    paths: tuple[str, ...],
    cluster: str | None,
    strict: bool,
    form: str,
    lang: str | None,
    include: tuple[str, ...],
    exclude: tuple[str, ...],
) -> None:
    """Show where written outputs differ from real ones."""
    project = open_project(paths, False, include, exclude, cluster=cluster)
    language = messages.preferred_language(lang)
    pages = project.pages()
    broken = False
    if cluster is not None:
        pages, broken = run_now(project, pages, language, form)
    found = compared(pages)
    if form == "json":
        value = diffs_json(found, project.shown_path)
        click.echo(json.dumps(value, ensure_ascii=False, indent=2))
    elif form == "github":
        click.echo(diffs_github(found, language, project.shown_path), nl=False)
    else:
        click.echo(
            diffs_text(found, language, project.shown_path, painter(sys.stdout.isatty()))
        )
    wrong = any(each.outcome in WRONG for each in found)
    loose = any(each.outcome == "unrecorded" or each.stale for each in found)
    raise click.exceptions.Exit(2 if broken else int(wrong or (strict and loose)))


def run_now(
    project: Project, pages: Sequence[Page], language: Language, form: str
) -> tuple[list[Page], bool]:
    """The pages after a run that records nothing, and whether one broke off."""
    if not project.settings.cluster:
        raise ClusterError("cluster.none_named")
    observer = Progress(language, project.shown_path) if form == "terminal" else Silent()
    done = []
    for ran in pipeline.run(pages, project.settings, observer, write=False):
        tell_trouble(ran, language)
        done.append(ran)
    return [ran.page for ran in done], any(ran.trouble is not None for ran in done)


def painter(terminal: bool) -> Paint:
    """Colours where somebody sees them."""
    if not terminal or os.environ.get("NO_COLOR"):
        return lambda words, _code: words
    return lambda words, code: f"\x1b[{code}m{words}\x1b[0m"
