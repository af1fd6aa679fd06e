"""The registry's process: on the host's side, for one cluster.

It asks the real registries for what it does not have, which the nodes can't: nothing
leads out of their network. Its listening socket was made inside that network and is
passed to it. It ends when the cluster's top process does, and its own end, which closes
a pipe, is the cluster's.

The process that starts the cluster calls `start`; `main` is the process itself, without
site-packages: it starts faster and needs none.
"""

from __future__ import annotations

import os
import select
import socket
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import kdocs_plugin
from kdocs_plugin.clusters.local.images import serve

BOOT = (
    "import sys; sys.path.insert(0, {path!r}); "
    "from kdocs_plugin.clusters.local import serving; "
    "serving.main({listener}, {top}, {folder!r}, {groups!r})"
)


def start(
    listener: socket.socket,
    top: int,
    pipe: int,
    folder: Path,
    groups: Sequence[Path],
    log: Path,
) -> subprocess.Popen[bytes]:
    """Start the process. `top` is a pidfd; `pipe` is held open for as long as it lives."""
    boot = BOOT.format(
        path=str(Path(kdocs_plugin.__file__).parent.parent),
        listener=listener.fileno(),
        top=top,
        folder=str(folder),
        groups=[str(group) for group in groups],
    )
    with log.open("wb") as output:
        return subprocess.Popen(
            [sys.executable, "-I", "-S", "-B", "-c", boot],
            stdin=subprocess.DEVNULL, stdout=output, stderr=output,
            pass_fds=(listener.fileno(), top, pipe), start_new_session=True, cwd="/",
        )  # fmt: skip


def main(listener: int, top: int, folder: str, groups: Sequence[str]) -> None:
    """Serve until the cluster ends."""
    for group in groups:
        Path(group, "cgroup.procs").write_text("0")
    server = serve.registry(socket.socket(fileno=listener), Path(folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    select.select([top], [], [])
    os._exit(0)
