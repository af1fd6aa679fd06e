"""`kdocs check`: every manifest and every kubectl line, without a cluster."""

from __future__ import annotations

import json
import sys

import click

from kdocs_plugin import messages, pipeline, reports
from kdocs_plugin.cli.project import Project, open_project
from kdocs_plugin.model import Page, Severity


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--format", "form", type=click.Choice(["terminal", "json"]), default="terminal")
@click.option("--strict", is_flag=True, help="Warnings fail too.")
@click.option("--exact", is_flag=True, help="Ask a real API server too; no root, no cluster.")
@click.option(
    "--kubernetes", metavar="VERSION", help="Hold notes against 1.37, or against 1.30-1.37."
)
@click.option("--lang", type=click.Choice(["ko", "en"]), help="Language of the messages.")
def check(
    paths: tuple[str, ...],
    form: str,
    strict: bool,
    exact: bool,
    kubernetes: str | None,
    lang: str | None,
) -> None:
    """Validate notes: files, folders, or by default the docs of this project."""
    project = open_project(paths, kubernetes=kubernetes)
    pages = [project.as_typed(page) for page in _checked(project, exact)]
    language = messages.preferred_language(lang)
    if form == "json":
        found_json = reports.findings_json(pages, language)
        click.echo(json.dumps(found_json, ensure_ascii=False, indent=2))
    else:
        click.echo(reports.terminal(pages, language, sys.stdout.isatty()))
    found = reports.counts(pages)
    failing = found[Severity.ERROR] + (found[Severity.WARNING] if strict else 0)
    raise click.exceptions.Exit(1 if failing else 0)


def _checked(project: Project, exact: bool) -> list[Page]:
    """The pages; with `exact` an API server starts while they are read."""
    if not exact:
        return project.pages()
    with pipeline.start_exact(project.settings) as starting:
        return [pipeline.check_exactly(page, starting) for page in project.pages()]
