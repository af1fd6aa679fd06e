"""Which cluster a page runs on, and what becomes of it afterwards.

In: settings, and what a page's scenario asks for: a cluster of its own, a number of nodes.
Out: a `Cluster` with its API. Shared where that will do: the one that `kdocs cluster up`
left, else one that starts with the first page and ends with the run. Fresh where a page
changes more than a namespace, or wants another shape than the shared one has.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Self

from kdocs_plugin.config import Settings
from kdocs_plugin.errors import ClusterError, KdocsError, NotInstalled, NotSupported
from kdocs_plugin.model import Scenario

if TYPE_CHECKING:
    from kdocs_plugin.clusters.api import Api
    from kdocs_plugin.clusters.base import Cluster
    from kdocs_plugin.clusters.local import Installation, LocalCluster
    from kdocs_plugin.clusters.local.running import Running
    from kdocs_plugin.execution import Cleanup

    Taken = tuple[Cluster, Api, Cleanup]


class Clusters:
    """The clusters of one run: a shared one, and fresh ones for notes that need their own."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._shared: Taken | None = None
        self._nodes = 0  # of the shared one, where it is a local cluster
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._stack.close()

    @contextlib.contextmanager
    def take(self, scenario: Scenario) -> Iterator[Taken]:
        """A cluster, its API, and what is to become of a scenario's namespace on it.

        Raises ClusterError where no cluster can be had.
        """
        if self.settings.cluster == "local" and (
            scenario.own_cluster or not self.suits(scenario.nodes)
        ):
            with contextlib.ExitStack() as stack:
                cluster, api = self._start_local(stack, scenario.nodes)
                yield cluster, api, "none" if scenario.own_cluster else "ask"
            return
        if self._shared is not None and self._shared[0].ended() is not None:
            self._stack.close()  # the next page gets another one
            self._shared = None
        if self._shared is None:
            self._shared = self._share()
        yield self._shared

    def suits(self, nodes: int) -> bool:
        """Whether the shared cluster, running or to come, has the nodes that a page wants.

        A page that does not say takes what there is.
        """
        if self._shared is None:
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

    def _share(self) -> Taken:
        """The cluster for pages that have no wish of their own."""
        from kdocs_plugin.clusters.api import Api

        name = self.settings.cluster
        if not name:
            raise ClusterError("cluster.none_named")
        if name != "local":
            from kdocs_plugin.clusters.context import ContextCluster

            context = ContextCluster(name, allowed=self.settings.cluster_allowed)
            self._stack.enter_context(context)
            return context, tidied(context, Api(context.kubeconfig, context.context)), "wait"
        from kdocs_plugin.clusters.local import LocalCluster

        require_support()
        kept = LocalCluster.attach() if self._kept() else None
        if kept is not None:
            self._stack.enter_context(kept)
            return kept, tidied(kept, Api(kept.kubeconfig)), "wait"
        cluster, api = self._start_local(self._stack, self.settings.nodes)
        return cluster, api, "ask"

    def _start_local(self, stack: contextlib.ExitStack, nodes: int) -> tuple[LocalCluster, Api]:
        """A fresh local cluster that ends with the stack."""
        from kdocs_plugin.clusters.api import Api
        from kdocs_plugin.clusters.local import LocalCluster

        require_support()
        installation = require_installation(self.settings.kubernetes)
        # The client takes half a second to import; the cluster takes longer to start.
        threading.Thread(target=import_client, daemon=True).start()
        started = LocalCluster.start(installation, nodes=max(1, nodes))
        cluster = stack.enter_context(started)
        return cluster, Api(cluster.kubeconfig)


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
    from kdocs_plugin.execution.namespaces import remove_abandoned

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
