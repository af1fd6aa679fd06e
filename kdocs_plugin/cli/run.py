"""`kdocs run`: notes on a cluster, top to bottom, recorded."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Any

import click

from kdocs_plugin import messages, pipeline
from kdocs_plugin.cli.diff import painter
from kdocs_plugin.cli.progress import Progress, tell_stand_ins, tell_trouble
from kdocs_plugin.cli.tables import choosing
from kdocs_plugin.errors import ClusterError
from kdocs_plugin.execution.observer import Silent
from kdocs_plugin.messages import Language, text
from kdocs_plugin.model import MOST_NODES, Page, Record, Status
from kdocs_plugin.pipeline import RunPage
from kdocs_plugin.project import Project, open_project
from kdocs_plugin.reports.plan import Absent, nothing_absent, plan_json, plan_text
from kdocs_plugin.reports.runs import runs_json
from kdocs_plugin.reports.summary import summary_json, summary_of, summary_text
from kdocs_plugin.reports.verified import found, verified_json, verified_text
from kdocs_plugin.unchanged import Answer, Watch, remember

BAD = (Status.FAILED, Status.TIMEOUT, Status.BLOCKED)


@choosing
@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--cluster", help="`local`, or the name of a context of your kubeconfig.")
@click.option("--kubernetes", help="Version of the local cluster: 1.36, v1.36.3.")
@click.option(
    "--nodes",
    type=click.IntRange(1, MOST_NODES),
    help="Nodes of the local cluster, for pages that do not say.",
)
@click.option("--plan", "plan_only", is_flag=True, help="Say what would run, and run nothing.")
@click.option("--force", is_flag=True, help="Run notes that have not changed, too.")
@click.option("--check", is_flag=True, help="Run and hold against the record; write nothing.")
@click.option("--jobs", metavar="N|auto", help="Notes that run at once.")
@click.option("--shard", metavar="I/N", help="The I-th of N parts of the notes: 1/4.")
@click.option("--timeout", type=float, help="Seconds that a step may take.")
@click.option("--format", "form", type=click.Choice(["terminal", "json"]), default="terminal")
@click.option("--lang", type=click.Choice(["ko", "en"]), help="Language of the messages.")
def run(
    paths: tuple[str, ...],
    cluster: str | None,
    kubernetes: str | None,
    nodes: int | None,
    plan_only: bool,
    force: bool,
    check: bool,
    jobs: str | None,
    shard: str | None,
    timeout: float | None,
    form: str,
    lang: str | None,
    include: tuple[str, ...],
    exclude: tuple[str, ...],
) -> None:
    """Run notes that have changed and record their outputs."""
    watch = Watch()  # of what this call looks at: if nothing is due, the next one need not
    project = open_project(
        paths, False, include, exclude, shard,
        cluster=cluster, kubernetes=kubernetes, nodes=nodes, jobs=jobs, timeout=timeout,
    )  # fmt: skip
    language = messages.preferred_language(lang)
    pages = project.pages()
    idle = not (plan_only or force or check) and not any(page.stale for page in pages)
    if not idle:
        watch.end()
    if plan_only:
        show_plan(pages, form, language, project)
        return
    if not project.settings.cluster:
        raise ClusterError("cluster.none_named")
    observer = Progress(language, project.shown_path) if form == "terminal" else Silent()
    done: list[RunPage] = []
    begun = time.monotonic()
    for ran in pipeline.run(pages, project.settings, observer, force, write=not check):
        done.append(ran)
        tell_trouble(ran, language)
        if form == "terminal":
            tell_stand_ins(ran, language)
    runs = [(ran.page, ran.results) for ran in done]
    summary, seconds = summary_of(runs, planned=False), time.monotonic() - begun
    if form == "json":
        value = runs_json(runs, language, project.shown_path)
        if check:
            value["check"] = verified_json(held_against(done), project.shown_path)
        print_json(value | {"summary": summary_json(summary, language, seconds)})
    elif check:
        paint = painter(sys.stdout.isatty())
        click.echo(verified_text(held_against(done), language, project.shown_path, paint))
    else:
        said = Answer(
            summary_text(summary, language, seconds) + "\n",
            failed_before(done, language, project.shown_path),
            exit_status(done),
        )
        click.echo(said.out, nl=False)
        click.echo(said.err, nl=False, err=True)
        if idle and sys.argv[1:2] == ["run"]:  # else this is no command line of ours
            remember(sys.argv[2:], watch, said)
    differs = check and any(wrong or not old for _, old, wrong in found(held_against(done)))
    raise click.exceptions.Exit(exit_status(done) or int(differs))


def held_against(done: list[RunPage]) -> list[tuple[Page, Record | None]]:
    """The pages that ran, each with the record that it had."""
    return [(ran.page, ran.before) for ran in done if ran.results and ran.trouble is None]


def show_plan(pages: list[Page], form: str, language: Language, project: Project) -> None:
    """Print what a run would do."""
    absent = absent_images(project)
    summary = summary_of([(page, ()) for page in pages], planned=True)
    if form == "json":
        found = plan_json(pages, language, project.shown_path, absent)
        print_json(found | {"summary": summary_json(summary, language)})
    else:
        if plan := plan_text(pages, language, project.shown_path, absent):
            click.echo(plan + "\n")
        click.echo(summary_text(summary, language))


def absent_images(project: Project) -> Absent:
    """What tells images that the local cluster can't have, where there is one."""
    from kdocs_plugin.clusters.local import layout

    folder = layout.cache() / "images"
    if project.settings.cluster not in (None, "", "local") or not folder.is_dir():
        return nothing_absent
    from kdocs_plugin.clusters.local.images.absent import absent

    return absent(folder)


def print_json(value: dict[str, Any]) -> None:
    """Print a value for machines, Hangul as it is."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def exit_status(done: list[RunPage]) -> int:
    """2 where a run broke off, 1 where a step failed. A probe never fails a scenario."""
    if any(ran.trouble is not None for ran in done):
        return 2
    return int(any(has_failed(ran) for ran in done))


def has_failed(ran: RunPage) -> bool:
    """Whether a page's record, of this run or an earlier one, holds a failed step."""
    return any(
        each.recorded is not None and each.recorded.status in BAD and each.step.kind == "step"
        for each in ran.page.embedded
    )


def failed_before(
    done: list[RunPage], language: Language, shown_path: Callable[[str], str]
) -> str:
    """Why the exit status is 1 though nothing failed now, and how to try again."""
    names = [
        shown_path(ran.page.note.path) for ran in done if not ran.results and has_failed(ran)
    ]
    if not names:
        return ""
    arguments = {"pages": len(names), "names": " ".join(names)}
    return text("run.failed_before", language, arguments) + "\n"
