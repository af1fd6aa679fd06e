"""In which state the author means objects to settle, by annotation or by written output."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence

from kdocs_plugin.execution.readiness.trouble import CRASH, Trouble, family
from kdocs_plugin.execution.readiness.world import Json, controller_of
from kdocs_plugin.model import Scenario, Step
from kdocs_plugin.values import dataclass

# Words that stand in many an output and mean something else there.
COMMON = frozenset(["Error", "Failed", "Completed", "Pending"])
PASSING = frozenset(["Pending", "ContainerCreating", "Running", "Init"])
HASH = re.compile(r"-[a-z0-9]{8,10}$")  # of a pod template, behind a ReplicaSet's name


@dataclass(frozen=True, slots=True)
class Row:
    """A pod in a table of the author's."""

    name: str
    ready: str
    status: str

    @property
    def is_unready(self) -> bool:
        have, _, want = self.ready.partition("/")
        return have != want


class Expectation:
    """What a note says of how its objects settle."""

    def __init__(self, scenario: Scenario, step: Step) -> None:
        earlier = [each for page in scenario.before for each in page.steps]
        said = " ".join([step.expect, *(each.expect for each in earlier)])
        self._said = frozenset(re.findall(r"[\w:-]+", said))
        steps = [*earlier, *scenario.steps]
        texts = [each.expected.text for each in steps if each.expected]
        self._written = frozenset(re.findall(r"\w+", " ".join(texts)))
        self._rows = [row for text in texts for row in rows(text)]
        later = [each for each in scenario.steps if each.index >= step.index and each.expected]
        self._next = [
            row for each in later if each.expected for row in rows(each.expected.text)
        ]
        acts = (
            each.index for each in scenario.steps if each.index > step.index and acting(each)
        )
        end = next(acts, math.inf)
        self._until_next = [
            row
            for each in later
            if each.index < end and each.expected
            for row in rows(each.expected.text)
        ]
        self._failed = {name for text in texts for name in failed_jobs(text)}

    def excuses(self, trouble: Trouble) -> bool:
        """Whether the author means to show an object in this state."""
        states = family(trouble.reason) if trouble.reason else frozenset()
        if self._said & states or trouble.reason in self._said:
            return True
        if self._failed.intersection(stems_of(trouble.kind, trouble.name, trouble.item)):
            return True
        written = [row.status for row in self._rows_of(trouble)]
        if states & PASSING or not trouble.reason:
            # A state on the way is meant where the author never shows the object past it.
            last = written[-1] if written else ""
            return last in (states or PASSING) and self.unready(trouble)
        if states.intersection(written):
            return True
        return bool((states - COMMON) & self._written)

    def hopes(self, trouble: Trouble) -> bool:
        """Whether the author shows another state of the same trouble, and not this one."""
        states = family(trouble.reason)
        wanted = (self._said | self._written) & states - COMMON
        return bool(wanted) and trouble.reason not in wanted

    def will_crash(self, trouble: Trouble) -> bool:
        """Whether the author's next word on a pod that runs is that it crashes."""
        found = self._rows_of(trouble, self._next)
        return bool(found) and found[0].status in CRASH - {"Completed"}

    def unready(self, trouble: Trouble) -> bool:
        """Whether the author's last word on an object shows it as not ready: of all, or of
        those before something is done about it."""
        before = self._rows_of(trouble, self._until_next)
        if before and before[-1].status == "Running" and before[-1].is_unready:
            return True
        found = self._rows_of(trouble)
        return bool(found) and found[-1].is_unready

    def runs_on(self, trouble: Trouble) -> bool:
        """Whether the author's last word on a Job's pods is that they run."""
        found = self._rows_of(trouble)
        return bool(found) and found[-1].status == "Running"

    def _rows_of(self, trouble: Trouble, among: Sequence[Row] | None = None) -> list[Row]:
        stems = stems_of(trouble.kind, trouble.name, trouble.item)
        return [
            row
            for row in (self._rows if among is None else among)
            if row.name == trouble.name
            or any(row.name.startswith(f"{stem}-") for stem in stems)
        ]


def acting(step: Step) -> bool:
    """Whether a step may change what a pod does."""
    return step.effect.mutates or re.search(r"\bexec\b", step.command) is not None


def rows(text: str) -> Iterator[Row]:
    """The pods in a table as `kubectl get pods` prints it."""
    place = -1
    for line in text.split("\n"):
        cells = line.split()
        if "NAME" in cells and "STATUS" in cells and "READY" in cells:
            place = cells.index("NAME")
        elif (
            place >= 0 and len(cells) > place + 2 and re.fullmatch(r"\d+/\d+", cells[place + 1])
        ):
            yield Row(cells[place].removeprefix("pod/"), cells[place + 1], cells[place + 2])


def failed_jobs(text: str) -> Iterator[str]:
    """The Jobs that a table shows as failed: then their pods have failed, too."""
    is_jobs = False
    for line in text.split("\n"):
        cells = line.split()
        if cells[:1] == ["NAME"]:
            is_jobs = cells[1:3] == ["STATUS", "COMPLETIONS"]
        elif is_jobs and cells[1:2] == ["Failed"]:
            yield cells[0].removeprefix("job.batch/")


def stems_of(kind: str, name: str, item: Json) -> list[str]:
    """With what the names of an object's pods begin, whatever was generated behind it."""
    owner = controller_of(item) if item else None
    if owner is None:
        return [] if kind == "Pod" else [name]
    stem = str(owner["name"])
    return [HASH.sub("", stem) if owner["kind"] == "ReplicaSet" else stem]
