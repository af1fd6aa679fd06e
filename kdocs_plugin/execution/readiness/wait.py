"""Waiting, by watch, until what a step touched has settled.

Settled: ready, finished, gone, or failed for good. Nothing here sleeps: a wait is for the
next change that the API server tells, or for the moment at which time alone says more.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from kdocs_plugin.clusters.api import Api
from kdocs_plugin.execution.readiness.condition import Awaited, awaited
from kdocs_plugin.execution.readiness.expected import Expectation
from kdocs_plugin.execution.readiness.judge import Judgement
from kdocs_plugin.execution.readiness.ledger import Ledger
from kdocs_plugin.execution.readiness.missing import Missing
from kdocs_plugin.execution.readiness.named import Named, kinds_of, named, resource_of
from kdocs_plugin.execution.readiness.sorting import Sorted, Sorting
from kdocs_plugin.execution.readiness.trouble import Trouble
from kdocs_plugin.execution.readiness.world import RESOURCES, Json, State, World
from kdocs_plugin.model import Scenario, Step
from kdocs_plugin.values import dataclass, field


@dataclass(frozen=True, slots=True)
class Settled:
    """How a wait ended."""

    troubles: tuple[Trouble, ...] = ()  # that the step has to answer for; final ones first
    pods: tuple[Json, ...] = ()  # as last seen
    late: tuple[tuple[int, Trouble], ...] = ()  # troubles of earlier steps, by step's index
    state: State = field(default_factory=dict)  # all that was looked at, until the next look


class Readiness:
    """The objects of one scenario, from step to step."""

    def __init__(
        self,
        api: Api,
        namespace: str | None,
        scenario: Scenario,
        seconds: float,
        tell: Callable[[str], None] = lambda _: None,
    ) -> None:
        """`seconds` bound each wait; `tell` hears what is waited for.

        `namespace`: None looks at all of the cluster but for the cluster's own.
        """
        self._api = api
        self._scenario = scenario
        self._seconds = seconds
        self._tell = tell
        self._world = World(api, namespace)
        self._kinds = {each.kind: each for each in kinds_of(scenario)}
        self._ledger = Ledger()

    def continued(self, scenario: Scenario) -> Readiness:
        """The same objects, looked after for another page: what stands is none of its own."""
        other = Readiness(self._api, self._world.namespace, scenario, self._seconds, self._tell)
        other._ledger = self._ledger.handed_over()
        return other

    @staticmethod
    def concerns(step: Step) -> bool:
        """Whether a step has to be looked after."""
        return step.effect.mutates or bool(awaited(step.wait))

    def after(self, step: Step, ran: str, printed: str) -> Settled:
        """Wait until what the step touched has settled. With `wait="none"` only see it.

        Raises ClusterError where the API server does not answer.
        """
        deadline = time.monotonic() + self._seconds
        touches = named(ran, printed) if step.effect.mutates else Named(frozenset())
        targets = awaited(step.wait)
        self._add_kinds(touches, targets)
        self._world.look(self._kinds.values())
        judged = step.wait != "none"
        touched = self._ledger.touch(step.index, self._view(), touches, judged)
        if not judged:
            return self._settled(Sorted())
        expected = Expectation(self._scenario, step)
        missing = Missing(self._api)
        sorting = Sorting(self._ledger, missing, expected, touches, touched, targets)
        return self._settled(self._wait(sorting, deadline))

    def last_look(self) -> Settled:
        """What shows only when all is done: failed starts that no wait has seen."""
        found = Sorted()
        if self._ledger.step_of:
            self._world.look([RESOURCES["Pod"]])
            expected = Expectation(self._scenario, self._scenario.steps[-1])
            for each in self._view().troubles():
                if expected.excuses(each):
                    continue
                if each.reason and not self._ledger.is_known(each):
                    step = self._ledger.late(each)
                    found.late += [] if step is None else [(step, each)]
        return self._settled(found)

    def _wait(self, sorting: Sorting, deadline: float) -> Sorted:
        world = self._world
        while True:
            found = sorting.sort(world.state)
            if not found.waiting or time.monotonic() >= deadline:
                return sorting.close(found, world.state)
            self._tell(", ".join(f"{t.kind.lower()}/{t.name}" for t in found.waiting[:3]))
            with world.follow(world.changeable(), deadline) as changes:
                alive = True
                while alive and found.waiting and (left := deadline - time.monotonic()) > 0:
                    soon = min(each.recheck for each in found.waiting)
                    alive = changes.wait(min(left, soon))
                    found = sorting.sort(world.state)
            if not found.waiting:
                return sorting.close(found, world.state)
            world.look(tuple(world.resources.values()))  # a watch has ended, or the time is up

    def _view(self) -> Judgement:
        return Judgement(self._world.state, datetime.now(UTC))

    def _add_kinds(self, touches: Named, targets: Sequence[Awaited]) -> None:
        wanted = {(kind, group) for kind, group, _ in touches.objects}
        wanted |= {(each.kind, "") for each in targets}
        for kind, group in sorted(wanted):
            if resource := resource_of(kind, group, self._api):
                self._kinds.setdefault(resource.kind, resource)

    def _settled(self, found: Sorted) -> Settled:
        pods = tuple(self._world.state.get("Pod", {}).values())
        return Settled(tuple(found.charged), pods, tuple(found.late), self._world.state)
