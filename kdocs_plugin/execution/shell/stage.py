"""Where a scenario's steps run: shells, and what goes on beside them.

A step is run in the way that its words ask for: in the shell and waited for; as a dialogue,
line by line; until it falls silent; or beside the steps that follow, until the last one that
uses it. What goes on beside has no result yet: it comes with `after` or `finish`.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from kdocs_plugin.clusters.base import Shell
from kdocs_plugin.execution.shell.dialogue import ENDS, Dialogue
from kdocs_plugin.execution.shell.endless import follow, serves
from kdocs_plugin.execution.shell.jobs import COLUMNS, WIDE, Job
from kdocs_plugin.execution.shell.session import Ran, Session
from kdocs_plugin.late import late
from kdocs_plugin.model import Decision, Scenario, Step
from kdocs_plugin.values import dataclass

FOREGROUND = late(r"fg(?:\s+%?\d+)?")
SERVED = 5.0  # seconds for bash to tell how a job has ended
ENDED = Ran(None, b"", 0.0, shell_ended=True)


@dataclass(frozen=True, slots=True)
class Done:
    """A step that is over."""

    step: Step
    ran: str
    outcome: Ran
    ended: str = ""  # message key: what ended it, where it was not over by itself
    counts: bool = True  # whether its exit status is the author's command's own


@dataclass(frozen=True, slots=True)
class Beside:
    """A step that goes on."""

    step: Step
    ran: str
    job: Job
    until: int  # index of the last step that uses it; -1 for none
    by_author: bool  # with `&`: the author ends it, or the scenario does


class Stage:
    """The shells of one scenario. A context manager: leaving it ends all of them."""

    def __init__(
        self,
        scenario: Scenario,
        new_shell: Callable[[], Shell],
        sessions: dict[str, Session] | None = None,
    ) -> None:
        """`sessions`: the shells of another page, to go on with."""
        self._scenario = scenario
        self._new_shell = new_shell
        self._sessions = {} if sessions is None else sessions
        self._dialogues: dict[int, Dialogue] = {}  # by the step that opened each
        self._beside: list[Beside] = []
        running = [s for s in scenario.steps if s.decision is Decision.RUN]
        self._opened = {step.into for step in running if step.into is not None}
        self._uses: Mapping[int, int] = {  # by port: index of the last step that calls it
            int(need.split()[1]): step.index
            for step in running
            for need in step.needs
            if need.startswith("port ")
        }
        self.directory: Path = self.session("").directory

    def of(self, scenario: Scenario) -> Stage:
        """The same shells for another page's steps."""
        return Stage(scenario, self._new_shell, self._sessions)

    def session(self, name: str) -> Session:
        """The shell of that name, a fresh one where there is none or it has ended."""
        found = self._sessions.get(name)
        if found is None or not found.is_open:
            if found is not None:
                found.close()
            found = self._sessions[name] = Session(self._new_shell())
        return found

    def run(self, step: Step, ran: str) -> Done | None:
        """Run a step; None where it goes on beside the next ones."""
        if step.into is not None:
            return self._type(step, ran)
        session = self.session(step.session)
        effect = step.effect
        if FOREGROUND.fullmatch(ran.strip()) and (done := self._foreground(step, ran)):
            return done
        if effect.background:
            return self._background(step, ran, session)
        if effect.terminal or step.stdin is not None or step.index in self._opened:
            return self._talk(step, ran, session)
        if effect.serves and effect.endless:
            return self._serve(step, ran, session)
        if effect.endless:
            job = session.start(ran, columns_for(step))
            if job is None:
                return Done(step, ran, ENDED)
            end = follow(job, effect.loops, step.timeout)
            return Done(step, ran, outcome(job), "" if end == "over" else end)
        return Done(step, ran, session.run(ran, step.timeout))

    def after(self, step: Step) -> list[Done]:
        """What has nobody left to use it once `step` is over, ended."""
        for each in self._beside:
            each.job.wait(0.0)
        over = [
            each
            for each in self._beside
            if (each.job.over if each.by_author else each.until <= step.index)
        ]
        return [self._end(each, "ended.used") for each in over]

    def finish(self) -> list[Done]:
        """What still goes on, ended."""
        return [self._end(each, "ended.note") for each in list(self._beside)]

    def close(self) -> None:
        """End the shells and all that runs in them."""
        with contextlib.ExitStack() as stack:
            for session in self._sessions.values():
                stack.callback(session.close)

    # --- Beside ---

    def _background(self, step: Step, ran: str, session: Session) -> Done | None:
        self._clear(step)
        job = session.background(ran)
        if job is None:
            return Done(step, ran, ENDED)
        if job.over:  # bash could not read it
            return Done(step, ran, outcome(job))
        if step.effect.serves and not serves(job, step.timeout):
            job.end()
            status = session.run(f"wait {job.inner}", SERVED).exit_code
            return Done(step, ran, Ran(status, job.text().encode(), job.age))
        self._beside.append(Beside(step, ran, job, -1, by_author=True))
        return None

    def _foreground(self, step: Step, ran: str) -> Done | None:
        """`fg`: the author takes a job to the front, to see its end or to press Ctrl+C."""
        number = ran.strip().removeprefix("fg").strip().lstrip("%")
        for each in reversed(self._beside):
            mine = each.by_author and each.step.session == step.session and not each.job.over
            if mine and each.job.number.startswith(f"[{number}]" if number else "["):
                begun = time.monotonic()
                end = follow(each.job, each.step.effect.loops, each.job.age + step.timeout)
                taken = Ran(0, b"", time.monotonic() - begun)
                return Done(step, ran, taken, "" if end == "over" else "ended.quiet")
        return None

    def _serve(self, step: Step, ran: str, session: Session) -> Done | None:
        self._clear(step)
        job = session.start(ran, columns_for(step))
        if job is None:
            return Done(step, ran, ENDED)
        until = max((self._uses.get(port, -1) for port in step.effect.serves), default=-1)
        if not serves(job, step.timeout):
            if job.over:
                return Done(step, ran, outcome(job))
            job.end()
            return Done(step, ran, outcome(job, timed_out=True))
        if until <= step.index:
            job.end()
            return Done(step, ran, outcome(job), "ended.quiet")
        self._beside.append(Beside(step, ran, job, until, by_author=False))
        return None

    def _clear(self, step: Step) -> None:
        """Nothing else may hold the ports that a step takes: its author has stopped it."""
        for each in self._beside:
            if set(each.step.effect.serves) & set(step.effect.serves):
                each.job.end()

    def _end(self, beside: Beside, why: str) -> Done:
        job = beside.job
        over = job.over
        if not over:
            job.end()
        self._beside.remove(beside)
        # How the author's own job ends is not the status of the command that started it.
        counts = not beside.by_author
        return Done(beside.step, beside.ran, outcome(job), "" if over else why, counts)

    # --- Dialogues ---

    def _talk(self, step: Step, ran: str, session: Session) -> Done:
        typed = step.stdin or ""
        job = session.start(ran, columns_for(step))
        if job is None:
            return Done(step, ran, ENDED)
        dialogue = Dialogue(job, time.monotonic() + step.timeout)
        state = dialogue.open()
        if state == "over":
            return Done(step, ran, outcome(job))
        if step.index in self._opened and state == "prompt":
            self._dialogues[step.index] = dialogue
            return Done(step, ran, outcome(job), "ended.typed")
        if typed:
            dialogue.type(typed)
        left = job.over or typed.rsplit("\n", 1)[-1] in ENDS
        timed_out = not left and time.monotonic() >= dialogue.deadline
        if timed_out:
            job.end()
        elif left:
            dialogue.leave()
        else:
            dialogue.finish()
        ended = "" if left and not dialogue.interrupted else "ended.input"
        # A shell that is left behind Ctrl+C hands that on as its own status.
        return Done(step, ran, outcome(job, timed_out), ended, counts="^C" not in typed)

    def _type(self, step: Step, ran: str) -> Done:
        dialogue = self._dialogues.get(step.into if step.into is not None else -1)
        if dialogue is None or dialogue.job.over:
            return Done(step, ran, ENDED)
        begun = time.monotonic()
        dialogue.deadline = begun + step.timeout
        said = dialogue.type(ran)
        if ran in ENDS:
            dialogue.leave()
        timed_out = time.monotonic() >= dialogue.deadline
        left = ran in ENDS and dialogue.job.over and not dialogue.interrupted
        status = dialogue.job.status if left else None
        over = Ran(status, said.encode(), time.monotonic() - begun, timed_out)
        return Done(step, ran, over, "" if timed_out or left else "ended.typed")


def columns_for(step: Step) -> int:
    """How wide a terminal must be for what the note types, or shows that it has seen."""
    typed = max(map(len, (step.stdin or "").split("\n")))
    shown = max(map(len, step.expected.text.split("\n"))) if step.expected else 0
    return COLUMNS if typed < COLUMNS - 30 and shown <= COLUMNS else max(WIDE, typed + 80)


def outcome(job: Job, timed_out: bool = False) -> Ran:
    """What a job has given."""
    return Ran(job.status, job.text().encode(), job.age, timed_out)
