"""A cluster's registry as the user's environment asks for it.

In: a listening socket, which may be of another network (the node's), and the images
folder. Out: a server that asks real registries as KDOCS_REGISTRIES says, through the proxy
and with the certificates that the environment names.
"""

from __future__ import annotations

import socket
import sys
from pathlib import Path

from kdocs_plugin.clusters.local.images.cache import Cache
from kdocs_plugin.clusters.local.images.registry import Registry
from kdocs_plugin.clusters.local.images.remote import NONE, SETTING, Remote


def registry(listening: socket.socket, folder: Path) -> Registry:
    """The registry of a cluster, as the user's environment asks for it."""
    try:
        remote = Remote.configured()
    except ValueError as error:
        sys.stderr.write(f"{SETTING}: can't be understood, so none is asked: {error}\n")
        remote = Remote(NONE)
    cache = Cache(folder, remote)
    cache.begin()
    return Registry(folder, listening, cache)
