"""What a step's exit status means: success, a failure that the note shows, or another."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kdocs_plugin.execution.shell.stage import Done
from kdocs_plugin.model import Status, Step, StepResult
from kdocs_plugin.outputs import is_binary
from kdocs_plugin.values import replace

# What an author shows where the command fails: kubectl's and the API server's refusals,
# programs that can't connect or find, the shell's own words.
FAILS = re.compile(
    r"^[ \t]*(?:#[ \t]*)?(?:Error from server|error:|Error:|The \S+ \".*\" is invalid"
    r"|command terminated with exit code [1-9]|The connection to the server .* was refused"
    r"|Unable to connect to the server|curl: \(\d+\)|wget: |ping: (?:bad address|unknown)"
    r"|nslookup: can't|\*\* server can't find|OCI runtime exec failed"
    r"|(?:-?bash|sh|/bin/\w+|zsh): .*(?:not found|denied)"
    r"|(?:cat|ls|rm|cp|mv|cd|grep|mkdir|touch): .*: (?:No such file|Permission denied"
    r"|File exists|Read-only file system))",
    re.MULTILINE,
)
# What the command itself says first, and no log that it shows.
REFUSED = re.compile(
    r"\s*(?:#[ \t]*)?(?:Error from server|error:|The \S+ \".*\" is invalid"
    r"|The connection to the server .* was refused|Unable to connect to the server)"
)


def judge_status(result: StepResult, done: Done, inside: bool = False) -> StepResult:
    """The result with what the exit status says of it. With `inside` the note shows a failure
    of what was typed last before: a shell that is left ends with that status."""
    step, outcome = done.step, done.outcome
    if outcome.shell_ended:
        return judge_shell_s_end(result, outcome.shell_status)
    if done.ended or not done.counts:
        # Somebody has ended it: with what status it went says nothing.
        return replace(result, exit_code=None)
    expected = step.returncode if step.returncode is not None else 0
    code = outcome.exit_code
    if code == expected:
        refused = step.expected is not None and REFUSED.match(step.expected.text)
        if step.returncode is None and step.stdin is None and refused:
            return replace(result, reason="run.not_failed")
        return result
    if step.returncode is None and code and (inside or shows_failure(step)):
        return result
    if step.returncode and not code:
        return replace(
            result,
            status=Status.FAILED,
            reason="run.should_fail",
            reason_arguments={"expected": step.returncode},
        )
    return replace(
        result,
        status=Status.FAILED,
        reason="run.exit_code",
        reason_arguments={"code": code},
    )


def abridged(result: StepResult, raw: bytes, cut: bool, dropped: int) -> StepResult:
    """The result, saying so where its output is not all that was written, or no text."""
    written = len(raw) + dropped
    if is_binary(raw):
        arguments = {"size": size_of(written)}
        return replace(result, output="", reason="run.binary", reason_arguments=arguments)
    if cut:
        arguments = {"size": size_of(written), "kept": size_of(len(result.output.encode()))}
        return replace(result, reason="run.cut", reason_arguments=arguments)
    return result


def size_of(count: int) -> str:
    """Bytes as people say them."""
    for unit, size in (("MB", 1_000_000), ("kB", 1_000)):
        if count >= size:
            return f"{count / size:.0f} {unit}"
    return f"{count} B"


def judge_shell_s_end(result: StepResult, status: int | None) -> StepResult:
    """`exit` is what the author wants where it has the status that he wants."""
    wanted = result.step.returncode or 0
    if status == wanted:
        return replace(result, exit_code=status, ended="ended.shell")
    return replace(
        result,
        status=Status.FAILED,
        exit_code=status,
        reason="run.shell_ended_here",
        reason_arguments={"code": "?" if status is None else status},
    )


def fails_inside(step: Step, steps: Sequence[Step]) -> bool:
    """Whether a step is typed into a shell, and the author shows that what was typed there just
    before fails."""
    if step.into is None:
        return False
    before = [each for each in steps if each.into == step.into and each.index < step.index]
    return bool(before) and shows_failure(before[-1])


def shows_failure(step: Step) -> bool:
    """Whether the author's own output shows that the command fails."""
    return step.expected is not None and bool(FAILS.search(step.expected.text))
