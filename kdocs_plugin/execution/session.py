"""One bash for a scenario: statements in, output and exit status out.

The bash reads statements from one pipe and reports exit statuses on another, so that a
step's own input and output are free. Shell state (variables, functions, cd) lives on.
Both output streams go into one pipe, in their order, as a script in a pipe would see it.
"""

from __future__ import annotations

import contextlib
import os
import re
import selectors
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from kdocs_plugin.clusters.base import Shell
from kdocs_plugin.errors import ExecutionError

# One line, so that bash's own messages say "line 1" for a statement's first line.
# `$?` of the step before is put back first; control descriptors are closed for the step.
PROGRAM = (
    'shopt -s expand_aliases; k() {{ kubectl "$@"; }}; __kdocs_q() {{ return "$1"; }}; '
    "printf 'ready %s\\n' \"$$\" >&{report}; __kdocs_s=0; "
    "while IFS= read -r -d '' -u {control} __kdocs_c; do "
    '__kdocs_q "$__kdocs_s"; eval "$__kdocs_c" </dev/null {control}<&- {report}>&-; '
    "__kdocs_s=$?; printf '%s\\n' \"$__kdocs_s\" >&{report}; done"
)
START_SECONDS = 20.0
GRACE_SECONDS = 2.0  # between SIGTERM and SIGKILL
KEPT_BYTES = 1024 * 1024  # of one step's output; the rest is read and dropped
CHUNK = 65536


@dataclass(frozen=True, slots=True)
class Ran:
    """How one statement went. `exit_code` is None where the shell itself ended."""

    exit_code: int | None
    raw: bytes
    duration: float  # seconds
    timed_out: bool = False
    shell_ended: bool = False


class Session:
    """A running bash. A context manager: leaving it ends the shell and all it started."""

    def __init__(self, shell: Shell) -> None:
        """Start it. Raises ExecutionError where bash does not come up in time."""
        self.directory: Path = shell.directory
        control_read, self._control = os.pipe()
        self._report, report_write = os.pipe()
        self._output, output_write = os.pipe()
        program = PROGRAM.format(control=control_read, report=report_write)
        try:
            self._process = subprocess.Popen(
                [*shell.argv, "-c", program, "bash"],
                env=dict(shell.environment),
                cwd=shell.directory,
                stdin=subprocess.DEVNULL,
                stdout=output_write,
                stderr=output_write,
                pass_fds=(control_read, report_write),
                start_new_session=True,
            )
        except OSError as error:
            for descriptor in (self._control, self._report, self._output):
                os.close(descriptor)
            raise ExecutionError("run.no_shell", why=str(error)) from error
        finally:
            for descriptor in (control_read, report_write, output_write):
                os.close(descriptor)
        for descriptor in (self._report, self._output):
            os.set_blocking(descriptor, False)
        self._reported = b""
        self._open = True
        self._shell_pid = self._wait_ready()

    @property
    def is_open(self) -> bool:
        """Whether the shell still takes statements."""
        return self._open

    def run(self, statement: str, timeout: float) -> Ran:
        """Run one statement in the shell, for at most `timeout` seconds."""
        started = time.monotonic()
        if not self._open:
            return Ran(None, b"", 0.0, shell_ended=True)
        try:
            os.write(self._control, statement.replace("\0", "").encode() + b"\0")
        except BrokenPipeError:
            self._open = False
            return Ran(None, b"", 0.0, shell_ended=True)
        kept = bytearray()
        line = self._collect(kept, started + timeout)
        timed_out = line is None and self._open
        if timed_out:
            line = self._interrupt(kept)
        duration = time.monotonic() - started
        exit_code = int(line) if line and re.fullmatch(rb"\d+", line) else None
        return Ran(exit_code, bytes(kept), duration, timed_out, shell_ended=not self._open)

    def close(self) -> None:
        """End the shell and everything it started. Safe to call twice."""
        if self._process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        for descriptor in (self._control, self._report, self._output):
            with contextlib.suppress(OSError):
                os.close(descriptor)
        self._control = self._report = self._output = -1
        self._open = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _wait_ready(self) -> int:
        kept = bytearray()
        line = self._collect(kept, time.monotonic() + START_SECONDS)
        if line is None or not line.startswith(b"ready "):
            self.close()
            raise ExecutionError("run.no_shell", why=kept.decode("utf-8", "replace").strip())
        return int(line.split()[1])

    def _collect(self, kept: bytearray, deadline: float) -> bytes | None:
        """Read output until a report line comes; None at the deadline or the shell's end."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._report, selectors.EVENT_READ)
            selector.register(self._output, selectors.EVENT_READ)
            while (left := deadline - time.monotonic()) > 0:
                for key, _ in selector.select(min(left, 0.5)):
                    if key.fd == self._output:
                        if not self._drain(kept):
                            selector.unregister(self._output)
                        continue
                    with contextlib.suppress(BlockingIOError):
                        data = os.read(self._report, 4096)
                        if not data:
                            self._open = False
                            self._drain(kept)
                            return None
                        self._reported += data
                if b"\n" in self._reported:
                    line, self._reported = self._reported.split(b"\n", 1)
                    # All that the step wrote is in the pipe before its status is.
                    self._drain(kept)
                    return line
        return None

    def _drain(self, kept: bytearray) -> bool:
        """Take what is in the output pipe now; whether it may still give more.

        Bounded: a background process that writes without end can't hold this loop.
        """
        for _ in range(2 * KEPT_BYTES // CHUNK):
            try:
                data = os.read(self._output, CHUNK)
            except BlockingIOError:
                return True
            except OSError:
                return False
            if not data:
                return False
            kept += data[: max(0, KEPT_BYTES - len(kept))]
        return True

    def _interrupt(self, kept: bytearray) -> bytes | None:
        """End what the statement started; if the shell does not come back, end it too."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            for pid in descendants(self._bash_pid()):
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, number)
            line = self._collect(kept, time.monotonic() + GRACE_SECONDS)
            if line is not None or not self._open:
                return line
        self._open = False
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        return None

    def _bash_pid(self) -> int:
        """This namespace's number for bash, which knows only its own."""
        for pid in [self._process.pid, *descendants(self._process.pid)]:
            if inner_pid(pid) == self._shell_pid and program_of(pid) == "bash":
                return pid
        return -1


def descendants(pid: int) -> list[int]:
    """All processes below `pid`, from /proc; [] where there is none."""
    children: dict[int, list[int]] = {}
    proc = Path("/proc")
    if pid <= 0 or not proc.is_dir():
        return []
    for entry in proc.iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError, IndexError, ValueError):
                # The second field is the name in parentheses, which may hold anything.
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                children.setdefault(parent, []).append(int(entry.name))
    found, pending = [], [pid]
    while pending:
        for child in children.get(pending.pop(), []):
            found.append(child)
            pending.append(child)
    return found


def inner_pid(pid: int) -> int:
    """The number that a process has in its innermost pid namespace."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("NSpid:"):
                return int(line.split()[-1])
    return pid


def program_of(pid: int) -> str:
    """A process's program name, "" where it is gone."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/comm").read_text().strip()
    return ""
