"""Which pages may run beside which, so that each has the outcome that it has alone.

In: the pages of a run, as their scenarios. Out: `Places` for side_by_side. Namespaces keep
pages apart but for what they claim of a node (a port, a folder) and for what shows
everybody's (a node's pods). Clusters of their own are bounded in number: each is a
control plane, a kubelet and what they use.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Sequence

from kdocs_plugin.model import Scenario, Status, StepResult
from kdocs_plugin.planning import claims_of, sees_others
from kdocs_plugin.running.hosting import Wishes

JOBS_PER_CORE = 2  # pages wait for pods half of their time; more than that costs time
MOST_JOBS = 16
MOST_CLUSTERS = 4  # that are fresh, for one page each, at once
# How a step fails for want of processor, memory or time: perhaps only for its neighbours'.
CROWDED = frozenset(["run.timeout", "run.unsettled"])
UNSCHEDULABLE = "Unschedulable"


def jobs_for(wanted: int, pages: int) -> int:
    """How many pages run at once: as many as wanted; with 0, what suits this machine."""
    automatic = min(MOST_JOBS, JOBS_PER_CORE * (os.cpu_count() or 1))
    return max(1, min(wanted or automatic, pages))


class Neighbours:
    """Who runs now, and what of it keeps others waiting. Pages are known by their place."""

    def __init__(
        self, scenarios: Sequence[Scenario], is_apart: Callable[[Scenario], bool], jobs: int
    ) -> None:
        """`is_apart`: whether a page gets a cluster of its own."""
        self._apart = [is_apart(each) for each in scenarios]
        self._claims = [
            frozenset() if apart else frozenset().union(*map(claims_of, each.together))
            for each, apart in zip(scenarios, self._apart, strict=True)
        ]
        self._claimed = Counter(claim for claims in self._claims for claim in claims)
        self._sees = [
            not apart and any(map(sees_others, each.together))
            for each, apart in zip(scenarios, self._apart, strict=True)
        ]
        self._alone: set[int] = set()
        self._company: set[int] = set()  # who had a neighbour at any time
        self._running: set[int] = set()
        self._most_clusters = min(MOST_CLUSTERS, max(1, jobs // 2))

    def take(self, page: int) -> bool:
        """Whether it may run now; if so, it does."""
        if not self._fits(page):
            return False
        if self._running:
            self._company |= {page, *self._running}
        self._running.add(page)
        return True

    def give_back(self, page: int) -> None:
        """It has run."""
        self._running.discard(page)

    def again_alone(self, page: int, results: Sequence[StepResult]) -> bool:
        """Whether the page has failed in a way that may be its neighbours' doing; then it
        gets its next place when nobody else runs. Never true twice."""
        if page not in self._company or page in self._alone:
            return False
        if not any(is_crowded(each) for each in results):
            return False
        self._alone.add(page)
        return True

    def wishes(self, page: int) -> Wishes:
        """What its cluster must see to for the sake of the others."""
        contested = any(self._claimed[claim] > 1 for claim in self._claims[page])
        return Wishes(undisturbed=self._sees[page], tidied=contested)

    def _fits(self, page: int) -> bool:
        if self._running & self._alone or (page in self._alone and self._running):
            return False
        if self._apart[page]:
            return sum(self._apart[each] for each in self._running) < self._most_clusters
        beside = [each for each in self._running if not self._apart[each]]
        if beside and (self._sees[page] or any(self._sees[each] for each in beside)):
            return False
        return all(self._claims[page].isdisjoint(self._claims[each]) for each in beside)


def is_crowded(result: StepResult) -> bool:
    """Whether a step failed for want of something that its neighbours may have had."""
    if result.status not in (Status.FAILED, Status.TIMEOUT):
        return False
    return result.reason in CROWDED or result.reason_arguments.get("state") == UNSCHEDULABLE
