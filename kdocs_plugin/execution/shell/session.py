"""One bash for a scenario: statements in, output and exit status out.

The bash reads statements from one pipe and reports exit statuses on another, so that a
step's own input and output are free. Shell state (variables, functions, cd) lives on.
Both output streams go into one pipe, in their order, as a script in a pipe would see it.
What goes on beside the statements that follow has a terminal of its own: jobs.py.
"""

from __future__ import annotations

import contextlib
import os
import re
import selectors
import signal
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from kdocs_plugin.clusters.base import Shell
from kdocs_plugin.errors import ExecutionError
from kdocs_plugin.execution.shell.jobs import COLUMNS, TERMINALS, Job, Pair
from kdocs_plugin.execution.shell.processes import (
    PROC,
    descendants,
    heed_interrupts,
    inner_pid,
    kill,
    program_of,
    writers,
)
from kdocs_plugin.execution.shell.program import BESIDE, STARTS, on_terminal, program
from kdocs_plugin.values import dataclass

START_SECONDS = 20.0
GRACE_SECONDS = 2.0  # between SIGTERM and SIGKILL, and between that and the shell's end
AGAIN_SECONDS = 0.1  # what a loop starts anew in the meantime gets the signal, too
END_SECONDS = 10.0  # how long the kernel may take to end what was killed
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
    shell_status: int | None = None  # with what the shell ended, where it did by itself
    dropped: int = 0  # bytes of output that were too many to keep


class Session:
    """A running bash. A context manager: leaving it ends the shell and all it started."""

    def __init__(self, shell: Shell) -> None:
        """Start it. Raises ExecutionError where bash does not come up in time."""
        self.directory: Path = shell.directory
        control_read, self._control = os.pipe()
        self._report, report_write = os.pipe()
        self._output, output_write = os.pipe()
        self._terminals = [Pair() for _ in range(TERMINALS)]
        self.jobs: list[Job] = []  # that are not over
        slaves = [each.slave for each in self._terminals]
        heed_interrupts()
        try:
            self._process = subprocess.Popen(
                [*shell.argv, "-c", program(control_read, report_write, slaves), "bash"],
                env=dict(shell.environment),
                cwd=shell.directory,
                stdin=subprocess.DEVNULL,
                stdout=output_write,
                stderr=output_write,
                pass_fds=(control_read, report_write, *slaves),
                start_new_session=True,
            )
        except OSError as error:
            self._close_pipes()
            raise ExecutionError("run.no_shell", why=str(error)) from error
        finally:
            for descriptor in (control_read, report_write, output_write):
                os.close(descriptor)
        for descriptor in (self._control, self._report, self._output):
            os.set_blocking(descriptor, False)
        self._reported = b""
        self._inner: dict[int, Job] = {}  # jobs by the number that bash knows
        self._dropped = 0
        self._open = True
        try:
            self._shell_pid = self._wait_ready()
        except BaseException:
            self.close()
            raise

    @property
    def is_open(self) -> bool:
        """Whether the shell still takes statements."""
        return self._open

    def run(self, statement: str, timeout: float) -> Ran:
        """Run one statement in the shell, for at most `timeout` seconds."""
        started = time.monotonic()
        if not self._open:
            return Ran(None, b"", 0.0, shell_ended=True)
        kept, line, timed_out = self._tell(statement, started + timeout)
        exit_code = int(line) if line and re.fullmatch(rb"\d+", line) else None
        return Ran(
            exit_code,
            bytes(kept),
            time.monotonic() - started,
            timed_out,
            shell_ended=not self._open,
            shell_status=None if self._open or timed_out else self._exit_status(),
            dropped=self._dropped,
        )

    def start(self, statement: str, columns: int = COLUMNS) -> Job | None:
        """Let a statement go on beside those that follow; None where the shell has ended.

        It runs in a copy of the shell: what it sets stays there.
        """
        return self._start(statement, columns, BESIDE)

    def background(self, statement: str) -> Job | None:
        """Run a statement that ends with `&`; its job is the author's own (`$!`, `%1`)."""
        return self._start(statement, COLUMNS, STARTS)

    def _start(self, statement: str, columns: int, how: str) -> Job | None:
        if not self._open:
            return None
        pair = self._free_pair()
        pair.reset(columns)
        words = on_terminal(statement, pair.slave_number, how)
        _, line, _ = self._tell(words, time.monotonic() + START_SECONDS)
        match = re.fullmatch(rb"(?:started|jobs (\d+)) (\d+) (\d+)", line or b"")
        if match is None:
            return None
        inner = int(match[2])
        job = Job(pair, columns, self._outer(inner) if inner else -1, self.pump)
        self.jobs.append(job)
        self._inner[inner] = job
        if how == STARTS:
            job.leads, job.inner = False, inner
            if inner:
                job.number = f"[{int(match[1] or 0)}] {inner}"
            else:  # nothing was started: the statement could not be read
                job.over, job.status = True, int(match[3])
                job.read()
        return job

    def _free_pair(self) -> Pair:
        """A terminal that nothing runs on; where there is none, of the oldest job."""
        self.jobs = [job for job in self.jobs if not job.over]
        if len(self.jobs) == len(self._terminals):
            self.jobs.pop(0).end()
        taken = [job.pair for job in self.jobs]
        return next(each for each in self._terminals if each not in taken)

    def pump(self, seconds: float) -> None:
        """Take what jobs write and report, until something comes, at most `seconds`."""
        self._collect(bytearray(), time.monotonic() + seconds, once=True)

    def _tell(self, statement: str, deadline: float) -> tuple[bytearray, bytes | None, bool]:
        """Give the shell a statement; its output, its report, whether it was stopped."""
        # What was written between the statements is late, and nobody's.
        self._drain(bytearray())
        # A NUL ends a statement; one in it would make two of it.
        words = statement.replace("\0", "").encode("utf-8", "surrogateescape") + b"\0"
        kept, self._dropped = bytearray(), 0
        line = self._collect(kept, deadline, words)
        timed_out = line is None and time.monotonic() >= deadline
        if timed_out:
            line = self._interrupt(kept)
        return kept, line, timed_out

    def close(self) -> None:
        """End the shell and everything it started. Safe to call twice."""
        if self._output < 0:
            return
        self._open = False
        # The shell is not waited for before, so its number can't be another's by now.
        self._kill_all()
        if not self._at_end():
            kill(writers(self._output), signal.SIGKILL)  # who has left our session
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(END_SECONDS)
        self._close_pipes()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _close_pipes(self) -> None:
        for descriptor in (self._control, self._report, self._output):
            os.close(descriptor)
        for pair in self._terminals:
            pair.close()
        self._control = self._report = self._output = -1

    def _wait_ready(self) -> int:
        """The shell's own number, once it takes statements."""
        kept = bytearray()
        line = self._collect(kept, time.monotonic() + START_SECONDS)
        match = re.fullmatch(rb"ready (\d+) 0", line or b"")
        if match is None:
            raise ExecutionError("run.no_shell", why=kept.decode("utf-8", "replace").strip())
        return int(match[1])

    # --- Reading ---

    def _collect(
        self, kept: bytearray, deadline: float, words: bytes = b"", once: bool = False
    ) -> bytes | None:
        """Hand over `words` and read output until a report line comes.

        None at the deadline, or where the shell ends: then with what was written up to its
        end, be that bash's or that of a program which took its place (`exec`). With `once`
        also as soon as anything has come.
        """
        left_to_say = memoryview(words)
        with selectors.DefaultSelector() as selector:
            selector.register(self._report, selectors.EVENT_READ)
            selector.register(self._output, selectors.EVENT_READ)
            if words:
                selector.register(self._control, selectors.EVENT_WRITE)
            writing = {job.pair.master: job for job in self.jobs if not job.over}
            for master in writing:
                selector.register(master, selectors.EVENT_READ)
            while (left := deadline - time.monotonic()) > 0 or once:
                found = selector.select(max(0.0, min(left, 0.5 if self._open else 0.02)))
                for key, _ in found:
                    if key.fd in writing:
                        writing[key.fd].read()
                    elif key.fd == self._control:
                        left_to_say = self._say(left_to_say)
                        if not left_to_say:
                            selector.unregister(self._control)
                    elif key.fd == self._report:
                        if not self._read_report():
                            selector.unregister(self._report)
                    elif not self._drain(kept):
                        selector.unregister(self._output)
                while b"\n" in self._reported:
                    line, self._reported = self._reported.split(b"\n", 1)
                    if self._is_of_job(line):
                        continue
                    # All that the step wrote is in the pipe before its status is.
                    self._drain(kept)
                    return line
                if not self._open and self._has_ended():
                    self._drain(kept)
                    return None
                if once:
                    return None
        return None

    def _is_of_job(self, line: bytes) -> bool:
        """Take what a job reports of its end."""
        match = re.fullmatch(rb"job (\d+) (\d+)", line)
        if match is None:
            return False
        job = self._inner.pop(int(match[1]), None)
        if job is not None:
            job.status = int(match[2])
            job.read()
            job.over = True
        return True

    def _say(self, words: memoryview) -> memoryview:
        """Give the shell as much of its statement as it takes; what is left."""
        try:
            return words[os.write(self._control, words[:CHUNK]) :]
        except BlockingIOError:
            return words
        except BrokenPipeError:
            self._open = False
            return words[:0]

    def _read_report(self) -> bool:
        """Take what the shell reports; whether it may report more."""
        with contextlib.suppress(BlockingIOError):
            data = os.read(self._report, CHUNK)
            self._open = self._open and bool(data)
            self._reported += data
        return self._open

    def _drain(self, kept: bytearray) -> bool:
        """Take what is in the output pipe now; whether it may still give more.

        Bounded: a background process that writes without end can't hold this loop.
        """
        for _ in range(2 * KEPT_BYTES // CHUNK):
            try:
                data = os.read(self._output, CHUNK)
            except BlockingIOError:
                return True
            if not data:
                return False
            room = max(0, KEPT_BYTES - len(kept))
            kept += data[:room]
            self._dropped += max(0, len(data) - room)
        return True

    # --- Ending ---

    def _interrupt(self, kept: bytearray) -> bytes | None:
        """End what the statement started; if the shell does not come back, end it too."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            until = time.monotonic() + GRACE_SECONDS
            while self._open and (left := until - time.monotonic()) > 0:
                beside = {
                    each for job in self.jobs for each in (job.pid, *descendants(job.pid))
                }
                started = [x for x in descendants(self._bash_pid()) if x not in beside]
                kill(started, number)
                line = self._collect(kept, time.monotonic() + min(left, AGAIN_SECONDS))
                if line is not None:
                    return line
                if not started:
                    break  # bash itself is busy: nobody is there to be patient with
        self._open = False
        self._kill_all()
        return None

    def _kill_all(self) -> None:
        """SIGKILL to the shell, its process group, its session and all below them."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        for _ in range(10):  # who starts others while we look is found the next time
            found = descendants(self._process.pid, session=True)
            if not found:
                return
            kill([self._process.pid, *found], signal.SIGKILL)

    def _has_ended(self) -> bool:
        """Whether the process that we started is over; its number stays taken."""
        flags = os.WEXITED | os.WNOHANG | os.WNOWAIT
        try:
            return os.waitid(os.P_PID, self._process.pid, flags) is not None
        except ChildProcessError:
            return True

    def _exit_status(self) -> int | None:
        """With what the process that we started has ended."""
        try:
            ended = os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            return None
        return ended.si_status if ended is not None else None

    def _outer(self, inner: int) -> int:
        """This namespace's number for a process that bash has named."""
        if not PROC.is_dir():
            return inner
        found = descendants(self._bash_pid())
        return next((pid for pid in found if inner_pid(pid) == inner), -1)

    def _at_end(self) -> bool:
        """Whether nobody holds the output pipe any more, shortly after a kill."""
        rest, until = bytearray(), time.monotonic() + 0.2
        while time.monotonic() < until:
            if not self._drain(rest):
                return True
            time.sleep(0.002)
        return False

    def _bash_pid(self) -> int:
        """This namespace's number for bash, which knows only its own."""
        for pid in [self._process.pid, *descendants(self._process.pid)]:
            if inner_pid(pid) == self._shell_pid and program_of(pid) == "bash":
                return pid
        return -1
