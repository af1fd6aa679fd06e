"""Which cluster a page runs on, and what becomes of it afterwards.

In: settings, and what a page's scenario asks for: a cluster of its own, a number of nodes.
Out: a `Cluster` with its API. Shared where that will do: the one that `kdocs cluster up`
left, else one that starts with the first page and ends with the run. Fresh where a page
changes more than a namespace, or wants another shape than the shared one has.

Pages take clusters from threads of their own, several at a time.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from functools import cache
from typing import TYPE_CHECKING, Self

from kdocs_plugin.config import Settings
from kdocs_plugin.errors import (
    ClusterError,
    KdocsError,
    NotInstalled,
    NotSupported,
    Unreachable,
)
from kdocs_plugin.messages import preferred_language, text
from kdocs_plugin.model import Scenario
from kdocs_plugin.values import dataclass

if TYPE_CHECKING:
    from kdocs_plugin.clusters.api import Api
    from kdocs_plugin.clusters.base import Cluster
    from kdocs_plugin.clusters.local import Installation, LocalCluster
    from kdocs_plugin.clusters.local.running import Running
    from kdocs_plugin.execution import Cleanup

    Taken = tuple[Cluster, Api, Cleanup]


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a page wants of a cluster that it shares."""

    undisturbed: bool = False  # nothing of this run's other pages, not even going away
    tidied: bool = False  # what it had is gone when the next one comes


NO_WISHES = Wishes()


class NotStarted(ClusterError):
    """A page's own cluster did not come up. `why` is what kept it from that."""

    def __init__(self, why: ClusterError) -> None:
        super().__init__(why.key, **why.arguments)
        self.why = why


@dataclass(slots=True)
class Shared:
    """A cluster that several pages use at once; the last one out closes one that is over."""

    taken: Taken
    stack: contextlib.ExitStack
    users: int = 0


class Clusters:
    """The clusters of one run: a shared one, and fresh ones for notes that need their own."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._nodes = 0  # of the shared one, where it is a local cluster; 0: not known yet
        self._lock = threading.Lock()  # guards all below; held while a shared one starts
        self._shared: Shared | None = None
        self._failed: KdocsError | None = None  # why there can be no shared one
        self._apis: weakref.WeakSet[Api] = weakref.WeakSet()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        shared, self._shared = self._shared, None
        if shared is not None:
            shared.stack.close()

    @contextlib.contextmanager
    def take(self, scenario: Scenario, wishes: Wishes = NO_WISHES) -> Iterator[Taken]:
        """A cluster, its API, and what is to become of a scenario's namespace on it.

        Raises NotStarted where this page's own cluster does not come up, and another
        ClusterError where no cluster can be had at all.
        """
        if self.is_apart(scenario):
            with contextlib.ExitStack() as stack:
                try:
                    fresh, own_api = self._start_local(stack, scenario.nodes)
                except (NotInstalled, NotSupported):
                    raise
                except ClusterError as error:
                    raise NotStarted(error) from error
                yield fresh, own_api, "none" if scenario.own_cluster else "ask"
            return
        shared = self._lease()
        try:
            cluster, api, cleanup = shared.taken
            if wishes.undisturbed:
                from kdocs_plugin.execution.access.namespaces import await_own_gone

                with cluster.network():
                    await_own_gone(api)
            yield cluster, api, "wait" if wishes.tidied else cleanup
        finally:
            self._let_go(shared)

    def is_apart(self, scenario: Scenario) -> bool:
        """Whether the page gets a cluster of its own."""
        return self.settings.cluster == "local" and (
            scenario.own_cluster or not self.suits(scenario.nodes)
        )

    def on(self, cluster: Cluster, call: Callable[[], None]) -> Callable[[], None]:
        """`call`, on the cluster's network; nothing where the cluster is over by then."""

        def make() -> None:
            with self._lock:
                shared = self._shared
                if shared is None or shared.taken[0] is not cluster:
                    return  # another one has taken its place
                shared.users += 1
            try:
                if cluster.ended() is None:
                    with cluster.network():
                        call()
            except Unreachable:
                if end_of(cluster) is None:
                    raise
            finally:
                self._let_go(shared)

        return make

    def interrupt(self) -> None:
        """Wake who waits for news of a cluster: its thread has been told to end."""
        for api in list(self._apis):
            api.end_watches()

    def _lease(self) -> Shared:
        """The shared cluster; another one where it has ended."""
        with self._lock:
            if self._shared is not None and self._shared.taken[0].ended() is not None:
                over, self._shared = self._shared, None
                if not over.users:
                    over.stack.close()
            if self._shared is None:
                self._shared = self._share()
            self._shared.users += 1
            return self._shared

    def _let_go(self, shared: Shared) -> None:
        with self._lock:
            shared.users -= 1
            if not shared.users and shared is not self._shared:
                shared.stack.close()

    def suits(self, nodes: int) -> bool:
        """Whether the shared cluster, running or to come, has the nodes that a page wants.

        A page that does not say takes what there is.
        """
        if not self._nodes:
            kept = self._kept()
            self._nodes = kept.nodes if kept else self.settings.nodes or 1
        return nodes in (0, self._nodes)

    def _kept(self) -> Running | None:
        """What `kdocs cluster up` left, where it has the version of Kubernetes asked for."""
        from kdocs_plugin.clusters.local import running

        kept = running.kept()
        wanted = self.settings.kubernetes
        if kept is None or not wanted:
            return kept
        return kept if require_installation(wanted).kubernetes == kept.kubernetes else None

    def _share(self) -> Shared:
        """The cluster for pages that have no wish of their own."""
        if self._failed is not None:  # not every page need wait for that anew
            raise self._failed
        try:
            with contextlib.ExitStack() as stack:
                taken = self._take_shared(stack)
                return Shared(taken, stack.pop_all())
        except KdocsError as error:
            self._failed = error
            raise

    def _take_shared(self, stack: contextlib.ExitStack) -> Taken:
        """A cluster that is there, else a fresh one that ends with the stack."""
        name = self.settings.cluster
        if not name:
            raise ClusterError("cluster.none_named")
        if name != "local":
            from kdocs_plugin.clusters.context import ContextCluster

            context = ContextCluster(name, allowed=self.settings.cluster_allowed)
            stack.enter_context(context)
            look_at_programs(context)
            return context, tidied(context, self._api(context, context.context)), "later"
        from kdocs_plugin.clusters.local import LocalCluster

        require_support()
        kept = LocalCluster.attach() if self._kept() else None
        if kept is not None:
            stack.enter_context(kept)
            return kept, tidied(kept, self._api(kept)), "later"
        self._nodes = self.settings.nodes or 1
        cluster, api = self._start_local(stack, self._nodes)
        return cluster, api, "ask"

    def _start_local(self, stack: contextlib.ExitStack, nodes: int) -> tuple[LocalCluster, Api]:
        """A fresh local cluster that ends with the stack."""
        from kdocs_plugin.clusters.local import LocalCluster

        require_support()
        installation = require_installation(self.settings.kubernetes)
        # The client takes half a second to import; the cluster takes longer to start.
        threading.Thread(target=import_client, daemon=True).start()
        started = LocalCluster.start(installation, nodes=max(1, nodes))
        cluster = stack.enter_context(started)
        return cluster, self._api(cluster)

    def _api(self, cluster: Cluster, context: str | None = None) -> Api:
        from kdocs_plugin.clusters.api import Api

        api = Api(cluster.kubeconfig, context, has_ended=lambda: cluster.ended() is not None)
        self._apis.add(api)
        return api


def look_at_programs(context: Cluster) -> None:
    """Raises ClusterError where what steps need is missing; warns where it is too old."""
    from kdocs_plugin.clusters import skew

    skew.require_programs()
    kubectl, server = skew.kubectl_version(), context.info.kubernetes
    if key := skew.skew(kubectl, server):
        warn(key, kubectl, server)


@cache
def warn(key: str, kubectl: str, server: str) -> None:
    """Once a run, whichever way its results are told."""
    arguments = {"kubectl": kubectl, "server": server}
    logging.getLogger(__name__).warning(text(key, preferred_language(None), arguments))


def require_support() -> None:
    """Raises NotSupported where this machine can't run a local cluster."""
    from kdocs_plugin.clusters.local import unsupported

    if (reason := unsupported()) is not None:
        raise NotSupported(reason.key, **reason.arguments)


def require_installation(kubernetes: str = "") -> Installation:
    """The installed binaries of a version of Kubernetes, "" for the default one.

    Raises NotInstalled, and ConfigError for a version that nobody knows.
    """
    from kdocs_plugin.clusters import local
    from kdocs_plugin.clusters.local.binaries import versions

    found = local.installed(kubernetes or None)
    if found is not None:
        return found
    there = [versions.minor(each.kubernetes) for each in local.installations()]
    if not there:
        raise NotInstalled("local.not_installed")
    wanted = versions.minor(versions.chosen(kubernetes or None))
    raise NotInstalled("local.version_not_installed", wanted=wanted, there=", ".join(there))


def end_of(cluster: Cluster) -> str | None:
    """Why the cluster is over. Its API server may be gone a moment before the rest."""
    deadline = time.monotonic() + 1
    while (why := cluster.ended()) is None and time.monotonic() < deadline:
        time.sleep(0.05)
    return why


def tidied(cluster: Cluster, api: Api) -> Api:
    """The API of a cluster that others use too, without what dead runs left on it."""
    from kdocs_plugin.execution.access.namespaces import remove_abandoned

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
