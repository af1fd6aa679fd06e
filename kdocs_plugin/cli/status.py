"""`kdocs status`: what is checked, recorded and changed, a line a page, and why."""

from __future__ import annotations

import json

import click

from kdocs_plugin import messages, records
from kdocs_plugin.cli.tables import choosing
from kdocs_plugin.project import open_project
from kdocs_plugin.reports.status import moved_from, status_json, status_text


@choosing
@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--prune", is_flag=True, help="Remove records of notes that are gone.")
@click.option("--format", "form", type=click.Choice(["terminal", "json"]), default="terminal")
@click.option("--lang", type=click.Choice(["ko", "en"]), help="Language of the messages.")
def status(
    paths: tuple[str, ...],
    prune: bool,
    form: str,
    lang: str | None,
    include: tuple[str, ...],
    exclude: tuple[str, ...],
) -> None:
    """Say what is checked, recorded and changed since, and what has changed."""
    project = open_project(paths, include=include, exclude=exclude)
    pages = project.pages()
    # A note with another name has its record still: the next run moves it.
    kept = {moved_from(page) for page in pages}
    folder = project.settings.records
    orphans = []
    if prune or not paths:
        found = records.orphans(folder, project.settings.docs)
        orphans = [(file, record) for file, record in found if record.path not in kept]
    if prune:
        for file, _ in orphans:
            records.remove(folder, file)
    if form == "json":
        value = status_json(pages, project.shown_path, orphans)
        click.echo(json.dumps(value, ensure_ascii=False, indent=2))
    else:
        language = messages.preferred_language(lang)
        click.echo(status_text(pages, language, project.shown_path, orphans, pruned=prune))
