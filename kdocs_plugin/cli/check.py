"""`kdocs check`: every manifest and every kubectl line, without a cluster."""

from __future__ import annotations

import json
import sys

import click

from kdocs_plugin import messages, reports
from kdocs_plugin.cli.project import open_project
from kdocs_plugin.model import Severity


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--format", "form", type=click.Choice(["terminal", "json"]), default="terminal")
@click.option("--strict", is_flag=True, help="Warnings fail too.")
@click.option("--lang", type=click.Choice(["ko", "en"]), help="Language of the messages.")
def check(paths: tuple[str, ...], form: str, strict: bool, lang: str | None) -> None:
    """Validate notes: files, folders, or by default the docs of this project."""
    project = open_project(paths)
    pages = [project.as_typed(page) for page in project.pages()]
    language = messages.preferred_language(lang)
    if form == "json":
        found_json = reports.findings_json(pages, language)
        click.echo(json.dumps(found_json, ensure_ascii=False, indent=2))
    else:
        click.echo(reports.terminal(pages, language, sys.stdout.isatty()))
    found = reports.counts(pages)
    failing = found[Severity.ERROR] + (found[Severity.WARNING] if strict else 0)
    raise click.exceptions.Exit(1 if failing else 0)
