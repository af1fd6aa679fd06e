"""Where the layers of running containers lie: in memory, or on the machine's disk.

containerd stacks them with overlayfs, which in a user namespace marks what a container
replaced by attributes `user.*` (overlayfs.rst, "userxattr"). tmpfs keeps those from
Linux 6.6 on (tmpfs(5)). On an older kernel the layers lie in the cluster's state folder
instead, where its file system can hold them, and go with it.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def in_memory() -> bool:
    """Whether tmpfs can hold them. Tried on a file of the kernel's own tmpfs."""
    file = os.memfd_create("kdocs")
    try:
        os.setxattr(file, "user.kdocs", b"1")
    except OSError:
        return False
    finally:
        os.close(file)
    return True


def on_disk(folder: Path) -> bool:
    """Whether the file system of a folder can hold them: no overlayfs itself, and with
    such attributes. A folder that is not there yet will be on its parent's."""
    while not folder.exists():
        folder = folder.parent
    if file_system(folder) in ("overlay", "tmpfs"):
        return False
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            os.setxattr(file.fileno(), "user.kdocs", b"1")
    except OSError:
        return False
    return True


def file_system(folder: Path) -> str:
    """The type of the file system that a folder is on, by proc(5)'s mountinfo."""
    device = folder.stat().st_dev
    number = f"{os.major(device)}:{os.minor(device)}"
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        before, _, after = line.partition(" - ")
        if before.split()[2] == number:
            return after.split()[0]
    return ""
