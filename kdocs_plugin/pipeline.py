"""The order of things, and the only place that knows it.

    text --source--> Note --planning--> Scenario --validation--> findings
                                            `--execution--> results --records--> Record
    Page (all of these) --rendering--> Markdown and HTML

Front ends (plugin, cli) call these functions and add nothing but their own manners.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Self

from kdocs_plugin import planning, records, source, validation
from kdocs_plugin.config import Settings
from kdocs_plugin.errors import (
    ClusterError,
    KdocsError,
    NotInstalled,
    NotSupported,
    RecordError,
    Unreachable,
)
from kdocs_plugin.model import Finding, Page, Position, Record, Severity, StepResult

if TYPE_CHECKING:
    from kdocs_plugin.clusters.api import Api
    from kdocs_plugin.clusters.base import Cluster
    from kdocs_plugin.execution import Cleanup, Observer
    from kdocs_plugin.rendering import RenderedPage


# --- Without a cluster ------------------------------------------------------------------


def prepare(
    path: str, text: str, settings: Settings, problems: tuple[Finding, ...] = ()
) -> Page:
    """A note read, planned, checked, and joined with its record.

    `path` is relative to `settings.docs`, with forward slashes; `problems` are what reading
    the file found. Never raises on content: a record that can't be read is a finding, and
    the page is as if it had none.
    """
    note = source.scan(path, text)
    options = planning.Options(
        execute=settings.execute,
        timeout=settings.timeout,
        nodes=settings.nodes,
        read_file=file_reader(path, settings),
    )
    scenario = planning.plan(note, options)
    findings = (*problems, *validation.check(note, scenario))
    record: Record | None = None
    try:
        record = records.load(settings.records, path)
    except RecordError as error:
        findings += (
            Finding("KD901", Severity.WARNING, path, Position(1, 1), dict(error.arguments)),
        )
    return join(Page(note, scenario, findings), record)


def join(page: Page, record: Record | None) -> Page:
    """The page with a record, as far as the record still fits."""
    return replace(
        page,
        record=record,
        embedded=records.embed(page.scenario, record),
        stale=records.is_stale(page.scenario, record),
    )


def file_reader(path: str, settings: Settings) -> Callable[[str], str | None]:
    """Reads files beside a note and in the configured folders, never outside of them."""
    folders = [(settings.docs / path).parent, *settings.files]

    def read(name: str) -> str | None:
        for folder in folders:
            with contextlib.suppress(OSError, ValueError):
                target = (folder / name).resolve()
                if folder.resolve() in target.parents and target.is_file():
                    return target.read_text(encoding="utf-8", errors="replace")
        return None

    return read


def render(
    page: Page,
    markdown: str,
    first_line: int,
    settings: Settings,
    quotes_by_extension: bool = False,
) -> RenderedPage:
    """The page's Markdown as MkDocs should convert it, and the HTML to put in afterwards.

    `markdown` begins at the note's line `first_line`. With `quotes_by_extension` callouts
    are left to the author's own Markdown extension.
    """
    # Templates and highlighting are for pages: the command line does without them.
    from kdocs_plugin import rendering

    options = rendering.RenderOptions(
        language=settings.language, callouts=not quotes_by_extension
    )
    return rendering.render(page, markdown, first_line, options)


def insert(html: str, fragments: Mapping[str, str]) -> str:
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


def run(
    pages: Sequence[Page], settings: Settings, observer: Observer, force: bool = False
) -> Iterator[RunPage]:
    """Run the pages that have something to run, one after the other, and record them.

    Only stale pages unless `force`. The cluster starts with the first page that needs it
    and ends with the last. Yields every page in order, also those that did not run.
    Raises ClusterError where no cluster can be had.
    """
    with Clusters(settings) as clusters:
        for page in pages:
            if not page.scenario.runnable or not (force or page.stale):
                yield RunPage(page, ())
                continue
            yield run_page(page, settings, observer, clusters)


def run_page(page: Page, settings: Settings, observer: Observer, clusters: Clusters) -> RunPage:
    """Run one page and record it. A run that broke off records nothing."""
    from kdocs_plugin.execution import run_scenario

    with clusters.take(page.scenario.own_cluster) as (cluster, api, cleanup):
        scenario = page.scenario
        if scenario.own_cluster and cleanup != "none":
            # A foreign cluster gives a namespace and no more.
            scenario = replace(scenario, own_cluster=False)
        outcome = run_scenario(
            scenario,
            cluster,
            api,
            observer,
            cleanup=cleanup,
        )
        info, trouble = cluster.info, outcome.trouble
        if isinstance(trouble, Unreachable) and (why := end_of(cluster)) is not None:
            trouble = ClusterError("local.ended", why=why)
    if trouble is not None:
        return RunPage(page, outcome.results, trouble)
    record = records.make_record(
        page.scenario, outcome.results, info, outcome.images, page.record
    )
    try:
        records.save(settings.records, record)
    except RecordError as error:
        return RunPage(page, outcome.results, error)
    return RunPage(join(page, record), outcome.results)


def end_of(cluster: Cluster) -> str | None:
    """Why the cluster is over. Its API server may be gone a moment before the rest."""
    deadline = time.monotonic() + 1
    while (why := cluster.ended()) is None and time.monotonic() < deadline:
        time.sleep(0.05)
    return why


class Clusters:
    """The clusters of one run: a shared one, and fresh ones for notes that need their own."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._shared: tuple[Cluster, Api, Cleanup] | None = None
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._stack.close()

    @contextlib.contextmanager
    def take(self, own: bool) -> Iterator[tuple[Cluster, Api, Cleanup]]:
        """A cluster, its API, and what is to become of a scenario's namespace on it."""
        if own and self.settings.cluster == "local":
            with contextlib.ExitStack() as stack:
                cluster, api, _ = self._start(stack, fresh=True)
                yield cluster, api, "none"
            return
        if self._shared is not None and self._shared[0].ended() is not None:
            self._stack.close()  # the next page gets another one
            self._shared = None
        if self._shared is None:
            self._shared = self._start(self._stack, fresh=False)
        yield self._shared

    def _start(self, stack: contextlib.ExitStack, fresh: bool) -> tuple[Cluster, Api, Cleanup]:
        from kdocs_plugin.clusters.api import Api

        name = self.settings.cluster
        if not name:
            raise ClusterError("cluster.none_named")
        if name != "local":
            from kdocs_plugin.clusters.context import ContextCluster

            context = ContextCluster(name, allowed=self.settings.cluster_allowed)
            stack.enter_context(context)
            return context, tidied(context, Api(context.kubeconfig, context.context)), "wait"
        from kdocs_plugin.clusters.local import LocalCluster, installed, unsupported

        if (reason := unsupported()) is not None:
            raise NotSupported(reason.key, **reason.arguments)
        kept = None if fresh else LocalCluster.attach()
        if kept is not None:
            stack.enter_context(kept)
            return kept, tidied(kept, Api(kept.kubeconfig)), "wait"
        installation = installed()
        if installation is None:
            raise NotInstalled("local.not_installed")
        # The client takes half a second to import; the cluster takes longer to start.
        threading.Thread(target=import_client, daemon=True).start()
        cluster = stack.enter_context(LocalCluster.start(installation))
        return cluster, Api(cluster.kubeconfig), "ask"


def tidied(cluster: Cluster, api: Api) -> Api:
    """The API of a cluster that others use too, without what dead runs left on it."""
    from kdocs_plugin.execution.identity import remove_abandoned

    with cluster.network():
        remove_abandoned(api)
    return api


def tidy_kept() -> None:
    """Remove what dead runs left on the cluster that is kept up."""
    from kdocs_plugin.clusters.api import Api
    from kdocs_plugin.clusters.local import LocalCluster

    with contextlib.suppress(KdocsError, OSError), contextlib.ExitStack() as stack:
        if (kept := LocalCluster.attach()) is not None:  # it may be going down just now
            stack.enter_context(kept)
            tidied(kept, Api(kept.kubeconfig))


def import_client() -> None:
    """Load the kubernetes client, to be there when the cluster is."""
    import kubernetes.client
    import kubernetes.config  # noqa: F401


# --- Choosing notes ---------------------------------------------------------------------


def find_notes(paths: Sequence[Path]) -> list[Path]:
    """The Markdown files that paths name: files as they are, folders searched."""
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            for each in sorted(path.rglob("*")):
                hidden = any(part.startswith(".") for part in each.relative_to(path).parts)
                if (
                    each.suffix.lower() in (".md", ".markdown")
                    and not hidden
                    and each.is_file()
                ):
                    found[each] = None
        else:
            found[path] = None
    return list(found)
