"""The control groups of a cluster: one parent in each hierarchy, `/kdocs/<identity>`.

    /kdocs/<identity>/                 limits for the whole cluster
        kdocs-control-plane/system     the node's own processes
        kdocs-control-plane/kubepods   pods; the kubelet makes it
        registry                       the registry's process, which is outside the node
        steps/<visit>-<name>           a note's shells, with limits of their own

A node's part belongs to its user namespace's root, so that the kubelet can make groups;
the limits above and the steps' groups belong to the host's and are out of its reach.
All of it can be removed once the processes are gone. On a cgroup v1 host each controller
is a hierarchy of its own, on a v2 host there is one.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from kdocs_plugin.values import dataclass

ROOT = Path("/sys/fs/cgroup")
PARENT = "kdocs"
SYSTEM = "system"
REGISTRY = "registry"
STEPS = "steps"
CPUSET = ("cpuset.cpus", "cpuset.mems")
# What the owner of a part may write in its topmost group, beside making groups (cgroups(7)).
DELEGATED = ("cgroup.procs", "cgroup.subtree_control", "cgroup.threads", "tasks")
GIGABYTE = 1 << 30


@dataclass(frozen=True, slots=True)
class Limits:
    """What the processes of a group may use together."""

    memory: int  # bytes
    processes: int  # and threads
    weight: int = 100  # share of the CPUs where they are scarce; 100 is a group's default

    def write(self, group: Path) -> None:
        """Set those whose controller this group has, by version 1's names and by 2's."""
        for name, value in (
            ("memory.limit_in_bytes", self.memory),
            ("memory.memsw.limit_in_bytes", self.memory),
            ("memory.max", self.memory),
            ("memory.swap.max", 0),
            ("cpu.shares", self.weight * 1024 // 100),
            ("cpu.weight", self.weight),
            ("pids.max", self.processes),
        ):
            if (group / name).exists():
                (group / name).write_text(str(value))


def machine() -> int:
    """The machine's memory, bytes."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def whole() -> Limits:
    """For a cluster: a machine keeps a quarter of its memory, whatever a note does."""
    return Limits(machine() * 3 // 4, 16384)


def step() -> Limits:
    """For one scenario's shells: room for a dozen kubectl, and for no bomb."""
    return Limits(min(GIGABYTE, machine() // 4), 512)


def path_of(identity: str) -> str:
    """A cluster's control group as the kubelet names it."""
    return f"/{PARENT}/{identity}"


def create(identity: str, nodes: Sequence[str], owner: int) -> dict[str, list[Path]]:
    """Make a cluster's control groups; `owner` is the nodes' root as the host numbers it.

    Returns, by node's name and for `registry`, those that its own processes join.
    """
    for _ in range(10):
        with contextlib.suppress(FileNotFoundError):  # another's end removed the common parent
            return _create(identity, nodes, owner)
    return _create(identity, nodes, owner)


def _create(identity: str, nodes: Sequence[str], owner: int) -> dict[str, list[Path]]:
    made: dict[str, list[Path]] = {name: [] for name in (*nodes, REGISTRY)}
    for root, version in hierarchies():
        cluster = _make(_make(root, PARENT, version), identity, version)
        whole().write(cluster)
        # A worker's first process leaves the first node's group: that is a move within.
        os.chown(cluster / "cgroup.procs", owner, owner)
        for name in nodes:
            node = _make(cluster, name, version)
            system = _make(node, SYSTEM, version)
            for group in (node, system):
                _give(group, owner)
            made[name].append(system)
        made[REGISTRY].append(_make(cluster, REGISTRY, version))
        _make(cluster, STEPS, version)
    return made


def make_step(identity: str, name: str) -> list[Path]:
    """The groups that a scenario's shell joins, with their limits. They may be there."""
    made = []
    for root, version in hierarchies():
        steps = root / PARENT / identity / STEPS
        if not any((steps / file).exists() for file in ("pids.max", "memory.max", "cpu.shares",
                                                        "memory.limit_in_bytes")):  # fmt: skip
            continue
        group = _make(steps, name, version)
        step().write(group)
        made.append(group)
    return made


def remove_steps(identity: str, visit: str) -> None:
    """Remove the groups of a visit's shells, which have ended."""
    for root, _ in hierarchies():
        for group in (root / PARENT / identity / STEPS).glob(f"{visit}-*"):
            _removed(group)


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


def _make(parent: Path, name: str, version: int) -> Path:
    """A group in `parent`, with the parent's controllers."""
    if version == 2:
        _pass_controllers_on(parent)
    group = parent / name
    group.mkdir(exist_ok=True)
    if version == 1:
        _inherit_cpus(group)
    return group


def _give(group: Path, owner: int) -> None:
    os.chown(group, owner, owner)
    for name in DELEGATED:
        if (group / name).exists():
            os.chown(group / name, owner, owner)


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
