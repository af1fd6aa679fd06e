"""Where a control plane keeps keys, sockets and data: a folder of the user's alone.

Its name is an identity, which names its owner (processes.py): what the owner and the
guard could not remove, because both were killed, the next start does.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from kdocs_plugin.clusters.local import processes
from kdocs_plugin.errors import ClusterError

PREFIX = "kdocs-api-"
SPACE = 512 << 20  # bytes: etcd reserves 128 MB at once
LONGEST_SOCKET = 107  # bytes of a Unix socket's path


def sweep() -> list[Path]:
    """Remove the folders whose owner is dead. Returns them."""
    dead = []
    for base in bases():
        for folder in base.glob(f"{PREFIX}*"):
            with contextlib.suppress(OSError):
                if folder.lstat().st_uid != os.geteuid():
                    continue
                if not processes.owner_may_live(folder.name.removeprefix(PREFIX)):
                    shutil.rmtree(folder, ignore_errors=True)
                    dead.append(folder)
    return dead


def create() -> Path:
    """A folder of the user's alone, where there is room. ClusterError where there is none."""
    name = PREFIX + processes.new_identity()
    for base in bases():
        folder = base / name
        fits = len(os.fsencode(folder / "client.sock")) <= LONGEST_SOCKET
        with contextlib.suppress(OSError):
            if fits and shutil.disk_usage(base).free >= SPACE:
                folder.mkdir(mode=0o700)
                return folder
    looked = ", ".join(map(str, bases()))
    raise ClusterError("exact.no_room", folders=looked, needed=SPACE >> 20)


def bases() -> Iterator[Path]:
    """Where it may lie: memory first. Only what nobody else can take away from under it."""
    named = os.environ.get("XDG_RUNTIME_DIR")
    memory, anywhere = Path("/dev/shm"), Path(tempfile.gettempdir())  # noqa: S108
    for base in (*([Path(named)] if named else []), memory, anywhere):
        with contextlib.suppress(OSError):
            mode = base.stat()
            private = mode.st_uid == os.geteuid() or mode.st_mode & stat.S_ISVTX
            if private and os.access(base, os.W_OK | os.X_OK):
                yield base
