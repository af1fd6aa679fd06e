"""A real Kubernetes on this machine: no Docker, no daemon, gone with its parent.

In: nothing but the machine (Linux, root) and, once, the network. Out: an `Installation`
(`install`, `installed`) and from it a `LocalCluster`, which implements
clusters.base.Cluster. `unsupported` says why a machine can't; `sweep` removes what dead
clusters left and is cheap where there is nothing.

May import errors, messages and model. The names below are loaded when first used: the
node's init process imports this package too, and must start fast.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kdocs_plugin.clusters.local.binaries.installation import (
        install,
        installations,
        installed,
    )
    from kdocs_plugin.clusters.local.cluster import LocalCluster
    from kdocs_plugin.clusters.local.layout import Installation
    from kdocs_plugin.clusters.local.leftovers import has_dead_visitors, sweep
    from kdocs_plugin.clusters.local.requirements import Reason, unsupported

__all__ = [
    "Installation",
    "LocalCluster",
    "Reason",
    "has_dead_visitors",
    "install",
    "installations",
    "installed",
    "sweep",
    "unsupported",
]

_HOMES = {
    "Installation": "layout",
    "LocalCluster": "cluster",
    "Reason": "requirements",
    "has_dead_visitors": "leftovers",
    "install": "binaries.installation",
    "installations": "binaries.installation",
    "installed": "binaries.installation",
    "sweep": "leftovers",
    "unsupported": "requirements",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(name)
    module = importlib.import_module(f"{__name__}.{_HOMES[name]}")
    return getattr(module, name)
