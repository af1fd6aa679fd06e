"""What a note types into a program that a command has opened: a shell in a pod, `mysql>`.

Line by line, each when the program asks for it, as a person would: so the terminal shows
prompts, what was typed and what came of it in the order of the author's own transcript.
A prompt is told by its looks and by silence behind it. Nobody is there to be waited for:
a program that asks for more than the note has is at the end of its input.
"""

from __future__ import annotations

import re
import time
from typing import Literal

from kdocs_plugin.execution.shell.jobs import Job

# `/ # `, `root@web:/# `, `mysql> `, `>>> `, `... `, `Password: `
PROMPT = re.compile(r"(?:.*[#$%>❯]|\.\.\.|.*(?:password|login).*:|.*\?)\s?\Z", re.IGNORECASE)
HINT = "try pressing enter"  # of kubectl run and attach: the prompt was there before us
READS_ON = re.compile(r"(?:cat(?:\s+-\S*)*|tee\b[^|;&]*)\s*(?:>{1,2}\s*\S+\s*)?$")
SETTLED = 0.08  # seconds of silence that make a prompt of what looks like one
HINTED = 0.5  # seconds of silence before enter is pressed
SILENT = 10.0  # seconds of silence after which what was typed does not come back
READING = 0.3  # the same for a program that reads what is typed next
WATCHED = 1.5, 4.0  # a command that the note interrupts: once it is silent, or so long
PRESSED, AGAIN = 1.5, 3  # seconds after which Ctrl+C is pressed again, and how often
LEAVING = 2.0  # seconds for a program to go when its input ends
LEAVES = 4  # shells in shells
KEYS = {"^C": b"\x03", "^D": b"\x04", "^Z": b"\x1a"}
ENDS = ("exit", "logout", "quit", "\\q", "exit;", "quit;", "^D")

State = Literal["prompt", "silent", "over", "bound"]


class Dialogue:
    """A program that takes lines. `deadline` is the bound of all that is done now."""

    def __init__(self, job: Job, deadline: float) -> None:
        self.job = job
        self.deadline = deadline
        self.opened = False  # whether it has ever asked for something
        self.interrupted = False  # whether it had to be ended
        self._nudged = False
        self._reading = False  # what runs in it reads the lines that are typed

    def open(self) -> State:
        """Until it asks for the first line."""
        state = self._await_prompt(SILENT)
        self.opened = state == "prompt"
        return state

    def type(self, text: str) -> str:
        """Type lines, each when it is asked for; what came of them, without themselves."""
        lines = text.split("\n")
        first = self.job.terminal.line
        for number, line in enumerate(lines):
            following = lines[number + 1] if number + 1 < len(lines) else ""
            first = self.job.terminal.line + 1
            if self._say(line, following) != "prompt":
                break
        shown = self.job.terminal
        return shown.text(first, None if self.job.over else shown.line)

    def finish(self) -> None:
        """The end of its input; who does not go is ended."""
        for _ in range(LEAVES):
            if self.job.over:
                return
            self.job.say(KEYS["^D"])
            until = min(time.monotonic() + LEAVING, self.deadline)
            asked = self.job.written
            while not self.job.over and time.monotonic() < until:
                self.job.wait(until - time.monotonic())
                if self.job.written > asked and self._asks():
                    break  # a shell below it asks now
        self.leave()

    def leave(self) -> None:
        """Let it go within a moment, as after `exit`, or end it."""
        until = time.monotonic() + LEAVING
        while not self.job.over and time.monotonic() < until:
            self.job.wait(until - time.monotonic())
        if not self.job.over:
            self.interrupted = True
            self.job.end()

    def _say(self, line: str, following: str) -> State:
        if self.job.over:
            return "over"
        before, line = self.job.terminal.line, line.rstrip()
        if line in KEYS:
            self.job.say(KEYS[line])
            before -= 1  # a key is not shown, and what it ends need not begin a line
            self._reading = False
        else:
            self.job.say(line.encode() + b"\r")
        self._reading = self._reading or bool(READS_ON.match(line))
        if line in ENDS and not following:
            return self._await_prompt(LEAVING, before)
        if following == "^C":
            return self._watch()
        for _ in range(AGAIN if line == "^C" else 0):
            # A program that has only just begun may miss it: a person presses it again.
            if (state := self._await_prompt(PRESSED, before)) != "silent":
                return state
            self.job.say(KEYS[line])
        state = self._await_prompt(READING if self._reading else SILENT, before)
        self._reading = self._reading and state != "prompt"
        return "prompt" if state == "silent" and following else state

    def _watch(self) -> State:
        """A while of what goes on until it is interrupted."""
        silent, most = WATCHED
        until = min(time.monotonic() + most, self.deadline)
        self.job.wait(0.2)
        while not self.job.over and time.monotonic() < until and self.job.quiet < silent:
            self.job.wait(min(silent - self.job.quiet, until - time.monotonic()))
        return "over" if self.job.over else "prompt"

    def _asks(self) -> bool:
        return bool(PROMPT.match(self.job.terminal.last_line))

    def _await_prompt(self, patience: float, behind: int = -1) -> State:
        """Until it asks for a line, below line `behind`."""
        job, begun, written = self.job, time.monotonic(), self.job.written
        while not job.over:
            now = time.monotonic()
            if now >= self.deadline:
                return "bound"
            silence = min(job.quiet, now - begun)
            heard = job.written > written or behind < 0
            asks = heard and job.terminal.line > behind and self._asks()
            if asks and silence >= SETTLED:
                return "prompt"
            if not self._nudged and silence >= HINTED and HINT in job.terminal.text()[-200:]:
                self._nudged = True
                job.say(b"\r")
            # What was typed is shown first, however long a slow machine takes for that.
            bound = patience if heard and job.terminal.line > behind else SILENT
            if silence >= bound:
                return "silent"
            left = (
                SETTLED if asks else min(HINTED, bound) if silence < HINTED else bound
            ) - silence
            job.wait(min(max(left, 0.005), self.deadline - now))
        return "over"
