"""The registry as a process of its own, where the machine's own network is.

In: a listening socket, which may be of another network (the node's), and the images
folder. Out: answers, until it is ended. Started as

    python -I -S -B -c "...; from kdocs_plugin.clusters.local.images import serve;
                        serve.main(FD, FOLDER)"

with KDOCS_REGISTRIES, proxy settings and SSL_CERT_FILE as in the user's environment; its
standard error is the registry's log.
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


def main(listening: int, folder: str) -> None:
    """Answer until the process is ended."""
    registry(socket.socket(fileno=listening), Path(folder)).serve_forever()
