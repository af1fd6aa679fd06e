"""The control groups of a cluster: one parent in each hierarchy, `/kdocs/<identity>`.

The node's own processes stand in its child `system`, pods in its child `kubepods`, so
that the whole can be removed once the processes are gone. On a cgroup v1 host each
controller is a hierarchy of its own, on a v2 host there is one.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path("/sys/fs/cgroup")
PARENT = "kdocs"
SYSTEM = "system"
CPUSET = ("cpuset.cpus", "cpuset.mems")


def path_of(identity: str) -> str:
    """A cluster's control group as the kubelet names it."""
    return f"/{PARENT}/{identity}"


def create(identity: str) -> list[Path]:
    """Make a cluster's control groups. Returns those for the node's own processes."""
    for _ in range(10):
        with contextlib.suppress(FileNotFoundError):  # another's end removed the common parent
            return _create(identity)
    return _create(identity)


def _create(identity: str) -> list[Path]:
    made = []
    for root, version in hierarchies():
        group = root
        for name in (PARENT, identity, SYSTEM):
            if version == 2:
                _pass_controllers_on(group)
            group /= name
            group.mkdir(exist_ok=True)
            if version == 1:
                _inherit_cpus(group)
        made.append(group)
    return made


def remove(identity: str, patience: float = 2.0) -> bool:
    """Remove a cluster's control groups. False where processes keep one busy."""
    deadline = time.monotonic() + patience
    while True:
        left = [root for root, _ in hierarchies() if not _removed(root / PARENT / identity)]
        if not left:
            break
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    for root, _ in hierarchies():
        with contextlib.suppress(OSError):  # another cluster's is in there
            (root / PARENT).rmdir()
    return True


def identities() -> set[str]:
    """The clusters that have control groups, dead or alive."""
    found: set[str] = set()
    for root, _ in hierarchies():
        with contextlib.suppress(FileNotFoundError):
            found.update(entry.name for entry in (root / PARENT).iterdir() if entry.is_dir())
    return found


def hierarchies() -> Iterator[tuple[Path, int]]:
    """Where hierarchies are mounted, and their version."""
    for line in Path("/proc/self/mounts").read_text().splitlines():
        _, where, kind, *_ = line.split(" ")
        if kind in ("cgroup", "cgroup2") and Path(where).is_relative_to(ROOT):
            yield Path(where), 1 if kind == "cgroup" else 2


def _pass_controllers_on(group: Path) -> None:
    """Let a v2 group's children have its controllers, as far as the host allows."""
    available = (group / "cgroup.controllers").read_text().split()
    for controller in available:
        with contextlib.suppress(OSError):
            (group / "cgroup.subtree_control").write_text(f"+{controller}")


def _inherit_cpus(group: Path) -> None:
    """A new v1 cpuset is empty and takes no process until it has its parent's CPUs."""
    for name in CPUSET:
        own = group / name
        if own.exists() and not own.read_text().strip():
            own.write_text((group.parent / name).read_text())


def _removed(group: Path) -> bool:
    """Remove a group and all below it. False where a process stands in one."""
    for folder, _, _ in os.walk(group, topdown=False):
        try:
            Path(folder).rmdir()
        except FileNotFoundError:
            continue
        except OSError:
            return False
    return True
