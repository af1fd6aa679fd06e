"""Every object that is not well, each with what in the end has made it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import cached_property

from kdocs_plugin.execution.readiness import workloads
from kdocs_plugin.execution.readiness.events import latest, uncreatable, unmountable
from kdocs_plugin.execution.readiness.others import judge_others, trouble
from kdocs_plugin.execution.readiness.pods import UNSCHEDULABLE, age, judge_pod
from kdocs_plugin.execution.readiness.services import judge_services
from kdocs_plugin.execution.readiness.trouble import Trouble
from kdocs_plugin.execution.readiness.world import (
    Json,
    State,
    condition,
    controller_of,
    node_settling,
    objects,
)
from kdocs_plugin.values import dataclass, field, replace

CREATE_SECONDS = 3.0  # how long a controller may fail to make pods before it counts


def judge(state: State, now: datetime | None = None) -> list[Trouble]:
    """Every object that is not well: reason "" where it is still on its way."""
    return Judgement(state, now or datetime.now(UTC)).troubles()


@dataclass(frozen=True)
class Judgement:
    """One look at a state."""

    state: State
    now: datetime
    excused: set[str] = field(default_factory=set)  # workloads whose pods say what is wrong

    def troubles(self) -> list[Trouble]:
        found = [*self._pods(), *self._workloads()]
        found += judge_services(self.state)
        found += judge_others(self.state)
        return [replace(each, root=self.root(each.item)) for each in found]

    # --- Who belongs to whom ---

    @cached_property
    def by_uid(self) -> Mapping[str, Json]:
        return {
            item["metadata"].get("uid", ""): item
            for kind, items in self.state.items()
            if kind not in ("Event", "Node")
            for item in items.values()
        }

    def root(self, item: Json) -> str:
        """The uid of what in the end has made an object; its own where nothing has."""
        uid = str(item["metadata"].get("uid", ""))
        for _ in range(5):
            owner = controller_of(item)
            if owner is None:
                return uid
            uid = str(owner["uid"])
            if uid not in self.by_uid:
                return uid
            item = self.by_uid[uid]
        return uid

    def is_orphan(self, item: Json) -> bool:
        """Whether what looked after it has gone: the garbage collector takes it next."""
        owner = controller_of(item)
        if owner is None or owner["kind"] not in self.state:
            return False
        return owner["uid"] not in self.by_uid

    @cached_property
    def active(self) -> Counter[str]:
        """How many pods each workload has that are neither over nor going, by uid."""
        count: Counter[str] = Counter()
        for pod in objects(self.state, "Pod"):
            over = pod.get("status", {}).get("phase") in ("Failed", "Succeeded")
            if over or pod["metadata"].get("deletionTimestamp"):
                continue
            if owner := controller_of(pod):
                count[owner["uid"]] += 1
                if grand := controller_of(self.by_uid.get(owner["uid"], {"metadata": {}})):
                    count[grand["uid"]] += 1
        return count

    @cached_property
    def scheduled_jobs(self) -> frozenset[str]:
        jobs = objects(self.state, "Job")
        return frozenset(job["metadata"]["uid"] for job in jobs if workloads.is_scheduled(job))

    # --- Pods ---

    def _pods(self) -> list[Trouble]:
        settling = any(node_settling(node) for node in objects(self.state, "Node"))
        found, old = [], []
        for pod in objects(self.state, "Pod"):
            owner = controller_of(pod)
            if owner and owner["uid"] in self.scheduled_jobs and not self.is_orphan(pod):
                continue
            each = self._pod(pod, owner)
            if each is not None and settling and each.reason == UNSCHEDULABLE:
                each = replace(each, reason="")  # a node is just coming up: this will change
            if owner and self._is_old(owner["uid"]):
                old.append((pod, owner, each))
                continue
            if each is None:
                continue
            if each.reason and owner:
                self.excused.update(self._above(owner["uid"]))
            found.append(each)
        for pod, owner, each in old:
            # Its Deployment has a newer template: it goes when that one's pods are there.
            if each is not None and not self.excused & set(self._above(owner["uid"])):
                found.append(replace(each, reason=""))
            elif each is not None and pod["metadata"].get("deletionTimestamp"):
                found.append(each)
        return found

    def _pod(self, pod: Json, owner: Json | None) -> Trouble | None:
        if self.is_orphan(pod) or (owner and self._is_retired(owner["uid"])):
            return trouble("Pod", pod, "")
        if owner and pod.get("status", {}).get("phase") == "Failed":
            return self._failed(pod, owner)
        each = judge_pod(pod, self.now)
        if each is None or each.reason or pod["metadata"].get("deletionTimestamp"):
            return each
        said = unmountable(self.state, pod)
        return replace(each, reason="FailedMount", message=said) if said else each

    def _failed(self, pod: Json, owner: Json) -> Trouble | None:
        """A pod that is over is replaced; a Job's that fails as the last one did, in vain."""
        job = self.by_uid.get(owner["uid"], {})
        tries = job.get("status", {}).get("failed", 0)
        if owner["kind"] != "Job" or workloads.job_is_settled(job):
            return None
        if tries < workloads.FAILED_TWICE:
            return None
        return judge_pod(pod, self.now)

    def _above(self, uid: str) -> Iterator[str]:
        """A workload and those above it."""
        while uid:
            yield uid
            owner = controller_of(self.by_uid.get(uid, {"metadata": {}}))
            uid = owner["uid"] if owner else ""

    def _is_retired(self, uid: str) -> bool:
        """A set that is scaled to nothing."""
        item = self.by_uid.get(uid, {})
        return "replicas" in item.get("spec", {}) and item["spec"]["replicas"] == 0

    def _is_old(self, uid: str) -> bool:
        """A ReplicaSet of a template that its Deployment has left behind."""
        item = self.by_uid.get(uid)
        owner = controller_of(item) if item else None
        above = self.by_uid.get(owner["uid"]) if owner else None
        if item is None or above is None or above.get("spec", {}).get("paused"):
            return False
        return 0 < workloads.revision(item) < workloads.revision(above)

    # --- Workloads ---

    def _workloads(self) -> Iterator[Trouble]:
        for kind in workloads.KINDS:
            for item in objects(self.state, kind):
                if (each := self._workload(kind, item)) is not None:
                    yield each

    def _workload(self, kind: str, item: Json) -> Trouble | None:
        uid = item["metadata"].get("uid", "")
        if self.is_orphan(item):
            return trouble(kind, item, "")
        if uid in self.scheduled_jobs:
            return None
        going = item["metadata"].get("deletionTimestamp")
        reason, said = ("", "") if going else workloads.failure(kind, item)
        if workloads.is_settled(kind, item, self.active[uid]) and not reason:
            return None
        if self._is_old(uid) and self.excused & set(self._above(uid)):
            return None  # it stays as it is until the newer one's pods are there: in vain
        # A Job does not tell which change it has seen.
        if uid in self.excused and (kind == "Job" or workloads.is_observed(item)):
            return None
        if not reason and not going and (said := uncreatable(self.state, uid)):
            reason = "FailedCreate"
        if reason == "FailedCreate" and (left := self._in_grace(item, said)):
            return replace(trouble(kind, item, "", said), recheck=left)
        if reason:
            self.excused.update(self._above(uid))
        return trouble(kind, item, reason, said)

    def _in_grace(self, item: Json, said: str) -> float:
        """Seconds for which pods that can't be made may be so because what they need comes
        just now: a namespace's ServiceAccount, say. A quota is no such thing."""
        if "exceeded quota" in said:
            return 0.0
        failing = condition(item, "ReplicaFailure")
        event = latest(self.state, item["metadata"].get("uid", ""))
        since = failing.get("lastTransitionTime") if failing else None
        since = since or (event.get("firstTimestamp") if event else None)
        passed = age(since, self.now)
        return CREATE_SECONDS - passed if 0 <= passed < CREATE_SECONDS else 0.0
