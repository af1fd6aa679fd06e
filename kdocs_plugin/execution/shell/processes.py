"""What runs on this machine, read from /proc. Where there is none, nothing is found."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path

PROC = Path("/proc")


def processes() -> Iterator[tuple[int, int, int]]:
    """Number, parent's number and session of every process that can be seen and runs."""
    if not PROC.is_dir():
        return
    for entry in PROC.iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError, IndexError, ValueError):
                # The second field is the name in parentheses, which may hold anything.
                fields = (entry / "stat").read_text(errors="replace").rpartition(")")[2].split()
                if fields[0] not in "ZX":
                    yield int(entry.name), int(fields[1]), int(fields[3])


def descendants(pid: int, session: bool = False) -> list[int]:
    """All processes below `pid`; with `session` also those of the session that it leads."""
    if pid <= 0:
        return []
    children: dict[int, list[int]] = {}
    found = []
    for number, parent, leader in processes():
        children.setdefault(parent, []).append(number)
        if session and leader == pid and number != pid:
            found.append(number)
    pending = [pid, *found]
    while pending:
        below = children.get(pending.pop(), [])
        found += below
        pending += below
    return list(dict.fromkeys(found))


def writers(descriptor: int) -> list[int]:
    """Other processes that hold the writing end of the pipe that `descriptor` reads."""
    link = f"pipe:[{os.fstat(descriptor).st_ino}]"
    found = []
    for number, _, _ in processes():
        with contextlib.suppress(OSError):
            for entry in (PROC / str(number) / "fd").iterdir():
                if str(entry.readlink()) == link and is_writing(number, entry.name):
                    found.append(number)
                    break
    return found


def is_writing(pid: int, descriptor: str) -> bool:
    """Whether a process has a file descriptor open for writing."""
    for line in (PROC / str(pid) / "fdinfo" / descriptor).read_text().splitlines():
        if line.startswith("flags:"):
            return int(line.split()[1], 8) & os.O_ACCMODE != os.O_RDONLY
    return False


def heed_interrupts() -> None:
    """See to it that what we start can be interrupted, also where we ourselves can't be: a
    process in the background ignores SIGINT, its children inherit that, and no shell can undo
    it. A handler, be it of a main thread only, they do not inherit."""
    if threading.current_thread() is not threading.main_thread():
        return
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, lambda *_: None)


def kill(pids: Iterable[int], number: signal.Signals) -> None:
    """A signal to each; who has gone already doesn't matter."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)


def inner_pid(pid: int) -> int:
    """The number that a process has in its innermost pid namespace."""
    with contextlib.suppress(OSError):
        for line in (PROC / str(pid) / "status").read_text(errors="replace").splitlines():
            if line.startswith("NSpid:"):
                return int(line.split()[-1])
    return pid


def program_of(pid: int) -> str:
    """A process's name as the kernel knows it, "" where it has gone."""
    with contextlib.suppress(OSError):
        return (PROC / str(pid) / "comm").read_text(errors="replace").strip()
    return ""
