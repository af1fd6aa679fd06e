"""What the troubles of a moment mean for the step that has just run."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime

from kdocs_plugin.execution.readiness.condition import Awaited
from kdocs_plugin.execution.readiness.events import failing_probe
from kdocs_plugin.execution.readiness.expected import Expectation
from kdocs_plugin.execution.readiness.judge import Judgement
from kdocs_plugin.execution.readiness.ledger import Ledger
from kdocs_plugin.execution.readiness.missing import MENDABLE, Missing, may_mend, mendable_by
from kdocs_plugin.execution.readiness.named import Named
from kdocs_plugin.execution.readiness.trouble import CRASH, IMAGE, Trouble
from kdocs_plugin.execution.readiness.world import State, condition, objects
from kdocs_plugin.values import dataclass, field, replace

MEND_SECONDS = 30.0  # how long the kubelet may take to look again for what was missing
LOOPING = CRASH | IMAGE
HOPE_SECONDS = 30.0  # how long the state that the author shows may take to follow


@dataclass()
class Sorted:
    """Troubles by what they mean for a step."""

    waiting: list[Trouble] = field(default_factory=list)
    charged: list[Trouble] = field(default_factory=list)  # settled badly
    late: list[tuple[int, Trouble]] = field(default_factory=list)  # an earlier step's
    meant: list[Trouble] = field(default_factory=list)  # as the author shows it


class Sorting:
    """Sorts the troubles of one step's wait."""

    def __init__(
        self,
        ledger: Ledger,
        missing: Missing,
        expected: Expectation,
        touches: Named,
        touched: frozenset[str],
        targets: Sequence[Awaited],
    ) -> None:
        """`touched`: roots; `targets`: what the step's annotation names, and nothing else."""
        self._ledger = ledger
        self._missing = missing
        self._expected = expected
        self._touches = touches
        self._touched = touched
        self._targets = targets
        self._begun = time.monotonic()
        self._mending: set[str] = set()
        self._looping: dict[str, Trouble] = {}  # uid -> as it was last seen in trouble
        self._since: dict[str, float] = {}  # uid and reason -> when it was first seen

    def sort(self, state: State) -> Sorted:
        """What is waited for, what the step has to answer for, and what not."""
        view, found = Judgement(state, datetime.now(UTC)), Sorted()
        for each in self._wanted(view) if self._targets else view.troubles():
            self._place(self._steady(each), found, state)
        found.waiting += self._hoped_for(view, found)
        return found

    def _hoped_for(self, view: Judgement, found: Sorted) -> list[Trouble]:
        """Pods of this step's that run and that the author shows crashing next: a pod is ready
        for the moment between its start and its end."""
        left = self._begun + HOPE_SECONDS - time.monotonic()
        if left <= 0 or found.charged or self._targets:
            return []
        known = {each.uid for each in (*found.waiting, *found.meant)}
        pods = [
            Trouble(
                "Pod", pod["metadata"]["name"], "", item=pod, root=view.root(pod), recheck=left
            )
            for pod in objects(view.state, "Pod")
            if view.root(pod) in self._touched and pod["metadata"]["uid"] not in known
        ]
        return [each for each in pods if self._expected.will_crash(each)]

    def close(self, found: Sorted, state: State) -> Sorted:
        """The time is up: what still waits is charged, unless the author shows it so."""
        over = [each for each in found.waiting if not goes_on(each, state)]
        late = [each for _, each in found.late]
        self._ledger.charge([*over, *found.charged, *found.meant, *late])
        found.waiting = []
        found.charged += [
            each for each in over if self._is_mine(each) and not self._expected.excuses(each)
        ]
        return found

    def _steady(self, each: Trouble) -> Trouble:
        """A pod that starts, ends and starts again is in trouble all the while: several of
        them are never at once in the moment that says so."""
        going = each.item.get("metadata", {}).get("deletionTimestamp")
        if each.reason in LOOPING:
            self._looping[each.uid] = each
        elif not each.reason and not going:
            return self._looping.get(each.uid, each)
        return each

    def _is_mine(self, trouble: Trouble) -> bool:
        return bool(self._targets) or trouble.root in self._touched

    def _wanted(self, view: Judgement) -> list[Trouble]:
        """Of an author's own list, what is not as the author wants it."""
        troubles, found = view.troubles(), []
        for each in self._targets:
            item = each.find(view.state)
            root = view.root(item) if item else ""
            below = [t for t in troubles if item and t.root == root]
            if item is not None and not each.gone and not each.condition:
                found += below
            elif not each.is_there(item):
                final = [t for t in below if t.reason and not each.gone]
                found += final or [Trouble(each.shown_kind, each.name, "", root=root)]
        return found

    def _place(self, each: Trouble, found: Sorted, state: State) -> None:
        mine = self._is_mine(each)
        if not mine and self._ledger.is_known(each):
            left = self._begun + MEND_SECONDS - time.monotonic()
            if left > 0 and self._is_mending(each):
                # What it misses has come just now.
                found.waiting.append(replace(each, recheck=min(each.recheck, left)))
        elif not each.reason:
            (found.meant if self._is_enough(each, state) else found.waiting).append(each)
        elif mine:
            self._place_final(each, found)
        elif self._expected.excuses(each):
            found.meant.append(each)
        elif (step := self._ledger.late(each)) is not None:
            found.late.append((step, each))

    def _is_mending(self, each: Trouble) -> bool:
        """Whether what this step has made may end an older trouble, or is ending it now."""
        if may_mend(self._touches, each) or (
            not each.reason and self._ledger.reasons(each) & mendable_by(self._touches)
        ):
            self._mending.add(each.uid)
        return each.uid in self._mending

    def _place_final(self, each: Trouble, found: Sorted) -> None:
        """A trouble of this step's: final, unless its end is in sight."""
        now, mendable = time.monotonic(), each.reason in MENDABLE
        since = self._since.setdefault(each.uid + each.reason, now)
        left = since + (MEND_SECONDS if mendable else HOPE_SECONDS) - now
        passes = self._expected.hopes(each) or (mendable and self._missing.has_come(each))
        if left > 0 and passes:
            found.waiting.append(replace(each, recheck=min(each.recheck, left)))
        elif self._expected.excuses(each):
            found.meant.append(each)
        else:
            found.charged.append(each)

    def _is_enough(self, trouble: Trouble, state: State) -> bool:
        """On its way, and the author shows it so for good: `0/1 Running`, a Job that runs."""
        if trouble.kind == "Job":
            return self._expected.runs_on(trouble) and goes_on(trouble, state)
        if trouble.kind != "Pod" or not self._expected.unready(trouble):
            return False
        return bool(failing_probe(state, trouble.uid))


def goes_on(trouble: Trouble, state: State) -> bool:
    """A Job whose pods run is well, however long it takes."""
    if trouble.kind != "Job":
        return False
    view = Judgement(state, datetime.now(UTC))
    pods = [pod for pod in objects(state, "Pod") if view.root(pod) == trouble.root]
    return bool(pods) and all(
        condition(pod, "Ready") or pod.get("status", {}).get("phase") == "Succeeded"
        for pod in pods
    )
