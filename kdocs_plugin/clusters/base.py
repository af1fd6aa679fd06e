"""What a run needs of a cluster, whichever it is."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol, Self

from kdocs_plugin.clusters.user import Bounds
from kdocs_plugin.model import Addon, ClusterInfo
from kdocs_plugin.values import dataclass


@dataclass(frozen=True, slots=True)
class Shell:
    """A command line that starts bash for one scenario, and where it will stand."""

    argv: Sequence[str]
    environment: Mapping[str, str]
    directory: Path  # the scenario's working directory as this process sees it


class Cluster(Protocol):
    """A running cluster.

    A context manager: leaving it ends what this process started and nothing else.
    """

    @property
    def info(self) -> ClusterInfo:
        """Version and kind, as provenance names them."""
        ...

    @property
    def kubeconfig(self) -> Path:
        """An administrator's kubeconfig, for kdocs itself and never for a step."""
        ...

    @property
    def bounds(self) -> Bounds | None:
        """What a scenario's namespace is held to; None for a cluster of our own."""
        ...

    @property
    def helper_image(self) -> str:
        """Of the pod that runs what a scenario's shell can't (helper.py): it has ping and
        nslookup, and curl and wget where the shell is not in the pods' network."""
        ...

    def network(self) -> AbstractContextManager[None]:
        """Within it, sockets that this thread makes reach the API server.

        The local cluster has a network of its own, so the thread enters its namespace;
        for a context this does nothing.
        """
        ...

    def shell(self, name: str, kubeconfig: str) -> Shell:
        """A bash for scenario `name`, isolated as far as this cluster can.

        `kubeconfig` is the text of the kubeconfig that the scenario's steps use.
        The command line reads bash's program from standard input or from arguments that
        the caller appends, keeps the file descriptors it is given, and ends with all its
        descendants when the caller dies or kills it.
        """
        ...

    def provide(self, addons: Collection[Addon]) -> None:
        """See to it that these add-ons come up, and do not wait for them.

        A context has what its owner gave it: there this does nothing.
        """
        ...

    def await_addons(
        self, addons: Collection[Addon], namespace: str | None, *, numbers: bool
    ) -> None:
        """Until the add-ons answer; with `numbers`, until metrics-server has those of the
        nodes and of the running pods of a namespace (None: of all), or a bound is reached.

        Raises ClusterError where an add-on does not come up.
        """
        ...

    def built_locally(self, digest: str) -> bool:
        """Whether the image with this digest is one that kdocs built as a stand-in."""
        ...

    def images_like(self, image: str) -> tuple[str, ...]:
        """Names with tags that this cluster has without a registry: those nearest to
        `image`, or where none is near the names of all. None for a cluster of others."""
        ...

    def ended(self) -> str | None:
        """Why the cluster is over, where it is and this can be told; None while it runs."""
        ...

    def close(self) -> None:
        """End what this process started."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *exc: object) -> None: ...
