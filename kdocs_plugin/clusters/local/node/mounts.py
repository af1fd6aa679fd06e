"""mount(2) and its relations, as the node's roots are put together with them.

Runs in the node's processes, before and after they have left the host's root: standard
library only.
"""

from __future__ import annotations

import ctypes
import os
from pathlib import Path

MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC = 1, 2, 4, 8
MS_REMOUNT, MS_BIND, MS_REC = 32, 4096, 16384
MS_SLAVE, MS_PRIVATE, MS_SHARED = 1 << 19, 1 << 18, 1 << 20
MNT_DETACH = 2

libc = ctypes.CDLL(None, use_errno=True)


def failed(what: str) -> OSError:
    """The error of the last call into the C library."""
    error = ctypes.get_errno()
    return OSError(error, os.strerror(error), what)


def mount(source: str, target: Path, kind: str = "", flags: int = 0, data: str = "") -> None:
    """mount(2)."""
    result = libc.mount(
        source.encode(), str(target).encode(), kind.encode() or None,
        ctypes.c_ulong(flags), data.encode() or None,
    )  # fmt: skip
    if result != 0:
        raise failed(str(target))


def bind(
    source: Path, target: Path, *, read_only: bool = False, recursive: bool = False
) -> None:
    """Show `source`, a file or a folder, also at `target`."""
    if source.is_dir():
        target.mkdir(parents=True, exist_ok=True)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.touch()
    mount(str(source), target, flags=MS_BIND | (MS_REC if recursive else 0))
    if read_only:
        # What the host's mount forbids, a user namespace may not allow again.
        kept = os.statvfs(target).f_flag & (MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC)
        mount("", target, flags=MS_BIND | MS_REMOUNT | MS_RDONLY | kept)


def tmpfs(
    target: Path, mode: str = "755", flags: int = MS_NOSUID | MS_NODEV, size: int = 1 << 20
) -> None:
    """An empty folder in memory that holds at most `size` bytes."""
    target.mkdir(parents=True, exist_ok=True)
    mount("tmpfs", target, "tmpfs", flags, f"mode={mode},size={size}")


def change_root(root: Path) -> None:
    """Make `root` this mount namespace's root and let go of the one before."""
    os.chdir(root)
    if libc.pivot_root(b".", b".") != 0:
        raise failed("pivot_root")
    if libc.umount2(b".", MNT_DETACH) != 0:
        raise failed("umount2")
    os.chdir("/")
