"""The order of things, and the only place that knows it.

    text --source--> Note --planning--> Scenario --validation--> findings
                                            `--execution--> results --records--> Record
    Page (all of these) --rendering--> Markdown and HTML

Front ends (plugin, cli) call these functions and add nothing but their own manners. Layers
that not every call needs are imported where they are called: a check of manifests must not
wait for what reads shell, and nothing but a run for what runs.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from kdocs_plugin import source
from kdocs_plugin.config import Settings
from kdocs_plugin.errors import (
    ClusterError,
    ExecutionError,
    KdocsError,
    NotInstalled,
    NotSupported,
    RecordError,
    Unreachable,
)
from kdocs_plugin.model import (
    BlockKind,
    ClusterInfo,
    Drawn,
    Finding,
    ImageInfo,
    Note,
    Page,
    Position,
    Record,
    Scenario,
    Severity,
    StepResult,
)
from kdocs_plugin.selection import Selection
from kdocs_plugin.values import dataclass, replace

if TYPE_CHECKING:
    from kdocs_plugin import validation
    from kdocs_plugin.clusters.local.exact.starting import Starting
    from kdocs_plugin.execution import Observer
    from kdocs_plugin.rendering import Fragment, RenderedPage, Site
    from kdocs_plugin.running.hosting import Clusters, Wishes


# --- Without a cluster ------------------------------------------------------------------


def prepare(
    path: str,
    text: str,
    settings: Settings,
    problems: tuple[Finding, ...] = (),
    joined: bool = True,
) -> Page:
    """A note read, planned, checked, and joined with its record.

    `path` is relative to `settings.docs`, with forward slashes; `problems` are what reading
    the file found. Never raises on content: a record that can't be read is a finding, and
    the page is as if it had none. A YAML file is a page of one manifest, and nothing runs.
    Without `joined` a record is only looked at, for who wants no more than findings.
    """
    if source.is_manifest_file(path):
        return _prepare_manifest(path, text, settings, problems)
    from kdocs_plugin import validation

    note, scenario = planned(path, text, settings)
    findings = (*problems, *validation.check(note, scenario, rules(settings)))
    if not joined and not settings.records.is_dir():
        return Page(note, scenario, _wanted(findings, settings))
    from kdocs_plugin import records

    record: Record | None = None
    try:
        record = records.load(settings.records, path)
    except RecordError as error:
        findings += (
            Finding("KD901", Severity.WARNING, path, Position(1, 1), dict(error.arguments)),
        )
    page = Page(note, scenario, _wanted(findings, settings))
    if not joined:
        return page
    if record is None and scenario.runnable:  # the page may have had another name
        mark = records.fingerprints_of(scenario).whole
        record = records.find_moved(settings.records, settings.docs, mark)
    return join(page, record)


def planned(path: str, text: str, settings: Settings) -> tuple[Note, Scenario]:
    """A note read and planned, and nothing more."""
    from kdocs_plugin import planning, surroundings

    note = source.scan(path, text)
    needed, astray = surroundings.needed_by(note, settings)
    options = planning.Options(
        execute=settings.execute,
        timeout=settings.timeout,
        nodes=settings.nodes,
        read_file=surroundings.file_reader(path, settings),
        read_folder=surroundings.folder_reader(path, settings),
        images=settings.images,
        needed=needed,
    )
    scenario = planning.plan(note, options)
    return note, replace(scenario, findings=(*astray, *scenario.findings))


def goes_on(page: Page) -> bool:
    """Whether it names pages that run first, whether or not they are there."""
    from kdocs_plugin import surroundings

    return bool(surroundings.names_of(page.note))


def _wanted(findings: tuple[Finding, ...], settings: Settings) -> tuple[Finding, ...]:
    """Without what mkdocs.yml ignores; blocks and pages have said for themselves already."""
    chosen = Selection(ignore=settings.ignore)
    return tuple(each for each in findings if chosen.wants(each))


def _prepare_manifest(
    path: str, text: str, settings: Settings, problems: tuple[Finding, ...]
) -> Page:
    from kdocs_plugin import validation

    note = source.manifest_file(path, text)
    scenario = Scenario(path, namespace="", steps=())
    findings = (*problems, *validation.check(note, scenario, rules(settings)))
    return Page(note, scenario, _wanted(findings, settings))


def with_fixes(page: Page, settings: Settings) -> Page:
    """The page, its findings with the mends that are sure."""
    from kdocs_plugin.validation import fixes

    path = page.note.path

    def recheck(text: str) -> tuple[Finding, ...]:
        return prepare(path, text, settings).findings

    findings = fixes.with_fixes(page.note, page.scenario, page.findings, recheck)
    return replace(page, findings=findings)


def start_exact(settings: Settings) -> Starting:
    """An API server for `check_exactly`, on its way up: a context that ends it.

    Raises NotSupported or NotInstalled where there can be none.
    """
    from kdocs_plugin.clusters.local.binaries.installation import CONTROL_PLANE, installed
    from kdocs_plugin.clusters.local.exact.starting import Starting, unsupported

    if (reason := unsupported()) is not None:
        raise NotSupported(reason.key, **reason.arguments)
    installation = installed(settings.kubernetes or None, CONTROL_PLANE)
    if installation is None:
        raise NotInstalled("exact.not_installed")
    return Starting(installation)


def check_exactly(page: Page, starting: Starting, settings: Settings) -> Page:
    """The page with what the API server itself says to its manifests."""
    if not any(block.kind is BlockKind.MANIFEST for block in page.note.blocks):
        return page  # and nobody waits for the server
    from kdocs_plugin import planning
    from kdocs_plugin.validation import exact

    namespace = page.scenario.namespace or planning.namespace_of(page.note.path)
    scenario = replace(page.scenario, namespace=namespace)
    findings = exact.check(page.note, scenario, page.findings, starting.oracle())
    return replace(page, findings=_wanted(findings, settings))


def join(page: Page, record: Record | None) -> Page:
    """The page with a record, as far as the record still fits."""
    from kdocs_plugin import records

    return replace(
        page,
        record=record,
        embedded=records.embed(page.scenario, record),
        stale=records.is_stale(page.scenario, record),
    )


def rules(settings: Settings) -> validation.Options:
    """What notes are held against: versions, and kinds that the configured folders define."""
    from kdocs_plugin import validation
    from kdocs_plugin.manifests import Document, load

    def definitions() -> tuple[Document, ...]:
        found: list[Document] = []
        for folder in settings.files:
            for file in sorted(folder.rglob("*.y*ml")):
                with contextlib.suppress(OSError):
                    text = file.read_text(encoding="utf-8", errors="replace")
                    if "CustomResourceDefinition" in text:
                        found += load(text).documents
        return tuple(found)

    return validation.Options(settings.checked, definitions)


def render(
    page: Page,
    markdown: str,
    first_line: int,
    settings: Settings,
    *,
    parts: frozenset[str] | None = None,
    site: Site | None = None,
) -> RenderedPage:
    """The page's Markdown as MkDocs should convert it, and the HTML to put in afterwards.

    `markdown` begins at the note's line `first_line`. `parts` are what is mended of its
    Markdown; the rest is left to the author's own extensions. `site` is what stands around
    the page.
    """
    # Templates and highlighting are for pages: the command line does without them.
    from kdocs_plugin import rendering

    options = rendering.RenderOptions(
        language=settings.language,
        script=settings.script,
        manifest_cards=settings.manifest_cards,
        line_anchors=settings.line_anchors,
        pictures=settings.pictures,
        side_by_side=settings.side_by_side,
        prerequisites=settings.prerequisites,
        cleanup=settings.cleanup,
        site=site or rendering.Site(),
    )
    if parts is not None:
        options = replace(options, parts=parts)
    rendered = rendering.render(page, markdown, first_line, options)
    return replace(rendered, findings=_wanted(rendered.findings, settings))


def insert(html: str, fragments: Mapping[str, Fragment]) -> str:
    """The converted page, or a part of it, with its fragments in their places."""
    from kdocs_plugin import rendering

    return rendering.insert(html, fragments)


# --- With a cluster ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RunPage:
    """A page after a run of it."""

    page: Page
    results: tuple[StepResult, ...]
    trouble: KdocsError | None = None
    cluster: ClusterInfo | None = None  # where it ran, if it did
    images: tuple[ImageInfo, ...] = ()
    scene: tuple[Drawn, ...] = ()  # what it made
    leave: Callable[[], None] | None = None  # waits for the end of what it had
    before: Record | None = None  # what a run that only verifies is held against


def run(
    pages: Sequence[Page],
    settings: Settings,
    observer: Observer,
    force: bool = False,
    *,
    write: bool = True,
) -> Iterator[RunPage]:
    """Run the pages that have something to run, side by side, and record them.

    Only stale pages unless `force`. The cluster starts with the first page that needs it
    and ends with the last. Yields every page in order, also those that did not run; the
    observer hears of them in that order, too. Ending the iteration early ends what runs.
    Without `write` all run and nothing is recorded: a page then has the record that it would
    get. Raises ClusterError where no cluster can be had.
    """
    from kdocs_plugin.execution.observer import InTurn
    from kdocs_plugin.execution.shell.processes import heed_interrupts
    from kdocs_plugin.running.hosting import Clusters
    from kdocs_plugin.running.neighbours import Neighbours, jobs_for
    from kdocs_plugin.running.side_by_side import Again, side_by_side

    heed_interrupts()  # sessions start in threads of their own, which can't see to that

    if write:
        pages = [at_home(page, settings) for page in pages]
    force = force or not write
    due = [page.scenario.runnable and (force or page.stale) for page in pages]
    todo = [page for page, is_due in zip(pages, due, strict=True) if is_due]
    jobs = jobs_for(settings.jobs, len(todo))
    with Clusters(settings) as clusters:
        scenarios = [page.scenario for page in todo]
        neighbours = Neighbours(scenarios, clusters.is_apart, jobs)
        told = [InTurn(observer) for _ in todo]

        def work(number: int) -> RunPage:
            page = todo[number]
            done = run_page(page, told[number], clusters, neighbours.wishes(number))
            if done.trouble is None and neighbours.again_alone(number, done.results):
                told[number].again(page.scenario)
                raise Again
            return recorded(done, settings) if write else verified(done)

        turns = iter(told)
        with contextlib.closing(
            side_by_side(range(len(todo)), work, jobs, neighbours, clusters.interrupt)
        ) as ran:
            for page, is_due in zip(pages, due, strict=True):
                if is_due:
                    next(turns).turn()
                yield left(next(ran)) if is_due else RunPage(page, ())


def left(ran: RunPage) -> RunPage:
    """The page when its namespace has gone, which other pages need not wait for."""
    if ran.leave is not None:
        try:
            ran.leave()
        except KdocsError as error:
            return replace(ran, trouble=ran.trouble or error)
    return ran


def at_home(page: Page, settings: Settings) -> Page:
    """The page, its record where it belongs also after the page got another name."""
    from kdocs_plugin import records

    if page.record is None or page.record.path == page.note.path:
        return page
    try:
        record = records.move(settings.records, page.record, page.note.path)
    except RecordError:  # a later run may; a page that runs now says why it can't
        return page
    return join(page, record)


def run_page(page: Page, observer: Observer, clusters: Clusters, wishes: Wishes) -> RunPage:
    """Run one page."""
    from kdocs_plugin.execution import run_scenario
    from kdocs_plugin.running.hosting import NotStarted, end_of

    try:
        with clusters.take(page.scenario, wishes) as (cluster, api, cleanup):
            scenario = page.scenario
            if cluster.info.kind == "context":
                # A foreign cluster gives a namespace and no more; what it has, its owner knows.
                scenario = replace(scenario, own_cluster=False, lacks=())
            outcome = run_scenario(
                scenario, cluster, api, observer, cleanup=cleanup, findings=page.findings
            )
            info, trouble = cluster.info, outcome.trouble
            # No answer, no shell: where the cluster has ended, that is why.
            lost = isinstance(trouble, Unreachable | ExecutionError)
            if lost and (why := end_of(cluster)) is not None:
                trouble = ClusterError("local.ended", why=why)
    except NotStarted as error:
        observer.scenario_started(page.scenario)
        return RunPage(page, (), error.why)
    leave = clusters.on(cluster, outcome.leave) if outcome.leave else None
    made = outcome.images, outcome.scene
    return RunPage(page, outcome.results, trouble, info, *made, leave)


def recorded(ran: RunPage, settings: Settings) -> RunPage:
    """The page with a record of its run. A run that broke off records nothing."""
    from kdocs_plugin import records

    page = ran.page
    if ran.trouble is not None or ran.cluster is None:
        return ran
    made = ran.results, ran.cluster, ran.images
    record = records.make_record(page.scenario, *made, page.record, ran.scene)
    try:
        records.save(settings.records, record)
    except RecordError as error:
        return replace(ran, trouble=error)
    return replace(ran, page=join(page, record))


def verified(ran: RunPage) -> RunPage:
    """The page with the record that its run would give, and the one that it has."""
    from kdocs_plugin import records

    page = ran.page
    if ran.trouble is not None or ran.cluster is None:
        return ran
    made = ran.results, ran.cluster, ran.images
    fresh = records.make_record(page.scenario, *made, None, ran.scene)
    return replace(ran, page=join(page, fresh), before=page.record)
