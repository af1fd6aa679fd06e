"""A statement that goes on beside the session's next ones, on a terminal of its own.

A terminal, not a pipe: `kubectl exec -it`, `watch` and shells behave as before a person,
and what is shown is what that person would see. It is made before bash starts and handed
to it, as bash's root may have no devices; who runs on it never owns it.
"""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from kdocs_plugin.execution.shell.processes import descendants, kill
from kdocs_plugin.outputs import Terminal

TERMINALS = 5  # of one session: as many statements may go on at a time
COLUMNS, WIDE = 80, 200
ROWS = 40
CHUNK = 65536
READ_AT_ONCE = 16  # chunks; a job that writes without end can't hold the loop
PATIENCE = ((signal.SIGINT, 0.5), (signal.SIGTERM, 1.0), (signal.SIGKILL, 5.0))  # seconds


class Pair:
    """A terminal's two ends: `master` is read here, `slave` is bash's."""

    def __init__(self) -> None:
        import termios

        self.master, self.slave = os.openpty()
        self.slave_number = self.slave  # as bash knows it
        os.set_blocking(self.master, False)
        self._settings = termios.tcgetattr(self.slave)

    def reset(self, columns: int) -> None:
        """As new: the settings that a program left, its input, its size."""
        import fcntl
        import struct
        import termios

        termios.tcsetattr(self.slave, termios.TCSANOW, self._settings)
        termios.tcflush(self.slave, termios.TCIOFLUSH)
        size = struct.pack("HHHH", ROWS, columns, 0, 0)
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, size)
        with contextlib.suppress(OSError):
            while os.read(self.master, CHUNK):
                pass

    def close(self) -> None:
        """Both ends."""
        os.close(self.master)
        os.close(self.slave)


class Job:
    """One such statement. `over` once it has ended; `status` where that is known."""

    def __init__(
        self, pair: Pair, columns: int, pid: int, pump: Callable[[float], None]
    ) -> None:
        self.pair = pair
        self.terminal = Terminal(columns, ROWS)
        self.pid = pid  # this namespace's number for it; -1 where it can't be found
        self.status: int | None = None
        self._over = False
        self.started = self.heard = time.monotonic()  # `heard`: when it last wrote
        self.written = 0  # bytes
        self.leads = True  # a process group of its own
        self.inner = 0  # the number that bash knows, of an author's own job
        self.number = ""  # of the author's own job: `[1] 4711`
        self._ended: float | None = None
        self._pump = pump

    @property
    def over(self) -> bool:
        """Whether it has ended."""
        return self._over

    @over.setter
    def over(self, over: bool) -> None:
        self._over = over
        self._ended = self._ended or time.monotonic()

    def wait(self, seconds: float) -> None:
        """Until something happens in the session, at most `seconds`."""
        self._pump(max(0.0, seconds))
        if not self.over and not is_running(self.pid):
            self._pump(0.0)  # its report is there before its end
            self.over = True
            self.read()

    def read(self) -> None:
        """Take what it has written by now."""
        for _ in range(READ_AT_ONCE):
            try:
                data = os.read(self.pair.master, CHUNK)
            except BlockingIOError:
                return
            except OSError as error:
                if error.errno != errno.EIO:  # nobody holds the other end
                    raise
                return
            self.terminal.feed(data)
            self.written += len(data)
            self.heard = time.monotonic()

    def say(self, data: bytes) -> None:
        """Type it. What does not fit into the terminal's line is lost, as for a person."""
        with contextlib.suppress(BlockingIOError, OSError):
            os.write(self.pair.master, data)

    def end(self) -> None:
        """End it: as Ctrl+C does, and if that is not enough, for good."""
        for number, seconds in PATIENCE:
            if self.over:
                break
            found = [self.pid, *descendants(self.pid)]
            if self.leads and self.pid > 0:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(self.pid, number)
            kill([each for each in found if each > 0], number)
            until = time.monotonic() + seconds
            while not self.over and (left := until - time.monotonic()) > 0:
                self.wait(min(left, 0.02))
        self.over = True
        self.read()

    @property
    def quiet(self) -> float:
        """Seconds since it last wrote."""
        return time.monotonic() - self.heard

    @property
    def age(self) -> float:
        """Seconds since it was started."""
        return (self._ended or time.monotonic()) - self.started

    def text(self) -> str:
        """All that it has shown."""
        shown = self.terminal.text()
        return f"{self.number}\n{shown}".rstrip("\n") if self.number else shown


def is_running(pid: int) -> bool:
    """Whether a process, that may be another user's, still runs; a zombie does not."""
    if pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    with contextlib.suppress(OSError, IndexError):
        stat = Path(f"/proc/{pid}/stat").read_text(errors="replace")
        return stat.rpartition(")")[2].split()[0] not in "ZX"
    return True
