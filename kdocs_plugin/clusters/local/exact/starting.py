"""A control plane that comes up while its owner does something else.

In: an installation. Out, when it is asked for: an `Oracle`.
"""

from __future__ import annotations

import contextlib
import platform
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Self

from kdocs_plugin.clusters.local.exact.control_plane import ControlPlane
from kdocs_plugin.clusters.local.exact.oracle import Oracle
from kdocs_plugin.clusters.local.layout import Installation
from kdocs_plugin.clusters.local.requirements import Reason
from kdocs_plugin.errors import KdocsError


def unsupported() -> Reason | None:
    """Why this machine can't have one; None where it can. Root is not asked for."""
    if sys.platform != "linux":
        return Reason("exact.not_linux", {"system": platform.system()})
    return None


class Starting:
    """Starts at once, in a thread. Leaving it as a context ends everything."""

    def __init__(self, installation: Installation) -> None:
        self._stack = contextlib.ExitStack()
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="control-plane")
        self._plane = self._pool.submit(ControlPlane.start, installation)
        self._oracle: Oracle | None = None

    def oracle(self) -> Oracle:
        """Wait until it is up. ClusterError where it does not come up."""
        if self._oracle is None:
            plane = self._stack.enter_context(self._plane.result())
            self._oracle = self._stack.enter_context(Oracle(plane))
        return self._oracle

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._pool.shutdown()
        self._stack.close()
        if self._oracle is None:
            with contextlib.suppress(KdocsError):
                self._plane.result().close()
