"""`kdocs status`: what is checked, recorded and changed, a line a page."""

from __future__ import annotations

import json

import click

from kdocs_plugin import messages
from kdocs_plugin.project import open_project
from kdocs_plugin.reports.status import status_json, status_text


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--format", "form", type=click.Choice(["terminal", "json"]), default="terminal")
@click.option("--lang", type=click.Choice(["ko", "en"]), help="Language of the messages.")
def status(paths: tuple[str, ...], form: str, lang: str | None) -> None:
    """Say what is checked, recorded and changed since."""
    project = open_project(paths)
    pages = project.pages()
    if form == "json":
        value = status_json(pages, project.shown_path)
        click.echo(json.dumps(value, ensure_ascii=False, indent=2))
    else:
        language = messages.preferred_language(lang)
        click.echo(status_text(pages, language, project.shown_path))
