"""Whether a process is still the one that was meant.

A process number comes back after a while, so a process is known by its number, its
start time and the boot and process namespace in which both count. An identity names a
cluster and its owner in one word, so that a folder's name alone says whose it is:

    <boot>-<process namespace>-<process>-<start time>-<random>
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from kdocs_plugin.values import dataclass


@dataclass(frozen=True, slots=True)
class Process:
    """A process of this boot, in this process namespace."""

    pid: int
    started: int  # clock ticks since boot, field 22 of /proc/PID/stat

    @property
    def alive(self) -> bool:
        """Whether it still runs. A zombie does not."""
        found = _stat(self.pid)
        return found is not None and found == (self.started, True)


def process(pid: int) -> Process:
    """The process that has this number now. ProcessLookupError where there is none."""
    found = _stat(pid)
    if found is None:
        raise ProcessLookupError(pid)
    return Process(pid, found[0])


def new_identity() -> str:
    """An identity for a cluster that this process owns."""
    own = process(os.getpid())
    return f"{_boot()}-{_namespace()}-{own.pid}-{own.started}-{secrets.token_hex(2)}"


def owner_lives(identity: str) -> bool | None:
    """Whether the process that an identity names runs; None where it can't be told.

    It can't for another machine or an earlier boot (a boot names both), for a process
    namespace into which this process doesn't see, and for a name of another shape.
    """
    try:
        boot, namespace, pid, started, _ = identity.split("-")
        owner = Process(int(pid), int(started))
    except ValueError:
        return None
    return owner.alive if (boot, namespace) == (_boot(), _namespace()) else None


def owner_may_live(identity: str) -> bool:
    """Whether the process that an identity names may still run.

    False for one of an earlier boot; True where it can't be told: a name of another
    shape, or a process namespace into which this process doesn't see.
    """
    try:
        boot, namespace, pid, started, _ = identity.split("-")
        owner = Process(int(pid), int(started))
    except ValueError:
        return True
    if boot != _boot():
        return False
    return namespace != _namespace() or owner.alive


def _stat(pid: int) -> tuple[int, bool] | None:
    """Start time of a process and whether it runs; None where there is no such process."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    fields = text.rpartition(")")[2].split()
    return int(fields[19]), fields[0] not in "ZX"


def _boot() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text()[:8]


def _namespace() -> str:
    return str(Path("/proc/self/ns/pid").stat().st_ino)
