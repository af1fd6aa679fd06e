"""`kdocs update`: real outputs written into the notes, after showing what changes."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from kdocs_plugin import messages, source
from kdocs_plugin.cli.tables import choosing
from kdocs_plugin.messages import Language
from kdocs_plugin.project import Project, open_project
from kdocs_plugin.reports.textdiff import unified
from kdocs_plugin.updating import Left, Updated, updated


@choosing
@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--yes", is_flag=True, help="Write without asking.")
@click.option("--diff", "--dry-run", "dry", is_flag=True, help="Show it, and write nothing.")
@click.option("--failed", is_flag=True, help="Outputs of commands that failed, too.")
@click.option("--lang", type=click.Choice(["ko", "en"]), help="Language of the messages.")
def update(
    paths: tuple[str, ...],
    yes: bool,
    dry: bool,
    failed: bool,
    lang: str | None,
    include: tuple[str, ...],
    exclude: tuple[str, ...],
) -> None:
    """Write real outputs into notes, where what is written differs."""
    project = open_project(paths, False, include, exclude)
    language = messages.preferred_language(lang)
    asks = not yes and not dry and sys.stdin.isatty()
    open_ones = 0
    for page in project.pages():
        fresh = updated(page, project.settings, failed=failed)
        path = project.shown_path(page.note.path)
        tell_left(fresh.left, path, language)
        open_ones += len(fresh.left)
        if not fresh.steps:
            continue
        click.echo(unified(path, page.note.text, fresh.text, color=sys.stdout.isatty()))
        arguments = {"path": path, "count": len(fresh.steps)}
        if asks:
            question = messages.text("update.ask", language, arguments)
            write = click.confirm(question, err=True)
        else:
            write = yes and not dry
        if write:
            write_note(project, fresh)
        else:
            open_ones += len(fresh.steps)
        key = "update.made" if write else "update.would"
        click.echo(messages.text(key, language, arguments), err=True)
        if fresh.again:
            click.echo(messages.text("update.again", language, arguments), err=True)
        if not (write or dry or asks):
            click.echo(messages.text("update.how", language, {}), err=True)
    raise click.exceptions.Exit(int(open_ones > 0))


def write_note(project: Project, fresh: Updated) -> None:
    """Put the new text in the note's place, in one step. Raises SourceError."""
    note = fresh.page.note
    source.rewrite(project.settings.docs / note.path, note.text, fresh.text)


def tell_left(left: Sequence[Left], path: str, language: Language) -> None:
    """Outputs that differ and stay, and why."""
    for each in left:
        reason = messages.text(each.reason, language, {})
        arguments = {"path": path, "line": each.step.position.line, "reason": reason}
        click.echo(messages.text("update.left", language, arguments), err=True)
