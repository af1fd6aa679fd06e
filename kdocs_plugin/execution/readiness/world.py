"""A scenario's objects as the API server has them: listed, then followed by watch.

A round lists every kind once; from there on only kinds that can still change are watched,
each from the version of its list, so that nothing is missed and nothing listed again.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Self

from kdocs_plugin.clusters.api import Api, ApiError, Watch
from kdocs_plugin.values import dataclass, field

Json = Mapping[str, Any]
State = Mapping[str, Mapping[str, Json]]  # kind -> key -> object


@dataclass(frozen=True, slots=True)
class Resource:
    """Where the objects of a kind are."""

    kind: str
    group: str  # the API group's path: /apis/apps/v1
    plural: str
    namespaced: bool = True

    def path(self, namespace: str | None) -> str:
        """Where they are listed and watched: in one namespace, or with None in all."""
        inside = "" if namespace is None or not self.namespaced else f"/namespaces/{namespace}"
        return f"{self.group}{inside}/{self.plural}"


APPS, BATCH = "/apis/apps/v1", "/apis/batch/v1"
RESOURCES: Mapping[str, Resource] = {
    each.kind: each
    for each in (
        Resource("Node", "/api/v1", "nodes", namespaced=False),
        Resource("Pod", "/api/v1", "pods"),
        Resource("Event", "/api/v1", "events"),
        Resource("Service", "/api/v1", "services"),
        Resource("EndpointSlice", "/apis/discovery.k8s.io/v1", "endpointslices"),
        Resource("Deployment", APPS, "deployments"),
        Resource("ReplicaSet", APPS, "replicasets"),
        Resource("StatefulSet", APPS, "statefulsets"),
        Resource("DaemonSet", APPS, "daemonsets"),
        Resource("Job", BATCH, "jobs"),
        Resource("CronJob", BATCH, "cronjobs"),
        Resource("ReplicationController", "/api/v1", "replicationcontrollers"),
        Resource("PersistentVolumeClaim", "/api/v1", "persistentvolumeclaims"),
        Resource("PersistentVolume", "/api/v1", "persistentvolumes", namespaced=False),
        Resource("Namespace", "/api/v1", "namespaces", namespaced=False),
        Resource("ServiceAccount", "/api/v1", "serviceaccounts"),
        Resource(
            "CustomResourceDefinition",
            "/apis/apiextensions.k8s.io/v1",
            "customresourcedefinitions",
            namespaced=False,
        ),
        Resource("HorizontalPodAutoscaler", "/apis/autoscaling/v2", "horizontalpodautoscalers"),
        Resource("PodDisruptionBudget", "/apis/policy/v1", "poddisruptionbudgets"),
    )
}
# What a run of nearly any note needs to see.
ALWAYS = ("Node", "Pod", "Event", "Service", "EndpointSlice")
# What the controllers of a kind make.
MAKES: Mapping[str, tuple[str, ...]] = {
    "Deployment": ("ReplicaSet",),
    "ReplicaSet": ("Pod",),
    "ReplicationController": ("Pod",),
    "StatefulSet": ("Pod", "PersistentVolumeClaim"),
    "DaemonSet": ("Pod",),
    "CronJob": ("Job",),
    "Job": ("Pod",),
    "Service": ("EndpointSlice",),
    "Namespace": ("ServiceAccount",),
}
# The cluster's own: add-ons, not the note's.
SYSTEM = frozenset(["kube-system", "kube-public", "kube-node-lease"])


@dataclass()
class World:
    """Objects by kind, and from which version on each kind is watched."""

    api: Api
    namespace: str | None  # None: all of the cluster
    state: dict[str, dict[str, Json]] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    resources: dict[str, Resource] = field(default_factory=dict)

    def look(self, resources: Iterable[Resource]) -> None:
        """List these kinds anew. One that we may not see, or that is not served, is empty."""
        for resource in resources:
            kind = resource.kind
            self.resources[kind] = resource
            self.versions.pop(kind, None)
            self.state[kind] = {}
            try:
                found = self.api.get(resource.path(self.namespace))
            except ApiError as error:
                if error.status in (403, 404, 405):
                    continue
                raise
            self.versions[kind] = found["metadata"]["resourceVersion"]
            for item in found["items"]:
                if is_ours(item):
                    self.state[kind][key_of(item)] = item

    def follow(self, kinds: Iterable[str], deadline: float) -> Changes:
        """Watch these kinds from their lists on."""
        left = deadline - time.monotonic()
        watches: dict[str, Watch] = {}
        try:
            for kind in kinds:
                if kind in self.versions:
                    path = self.resources[kind].path(self.namespace)
                    watches[kind] = self.api.watch(path, self.versions[kind], left)
        except BaseException:
            for watch in watches.values():
                watch.close()
            raise
        return Changes(self.state, watches)

    def changeable(self) -> set[str]:
        """Kinds whose objects can change by themselves while something settles."""
        kinds = {"Pod", "Event"}
        pending = [kind for kind, items in self.state.items() if items and kind != "Node"]
        while pending:
            kind = pending.pop()
            if kind not in kinds or kind in ("Pod", "Event"):
                kinds.add(kind)
                pending += MAKES.get(kind, ())
        if any(node_settling(node) for node in self.state.get("Node", {}).values()):
            kinds.add("Node")
        return kinds


class Changes:
    """Open watches that bring a state up to date. A context manager: leaving it ends them."""

    def __init__(self, state: dict[str, dict[str, Json]], watches: Mapping[str, Watch]) -> None:
        self._state = state
        self._watches = watches
        self._events: queue.Queue[tuple[str, Json | None]] = queue.Queue()
        for each in watches.items():
            # Ends when its watch is closed, which is before our caller returns.
            threading.Thread(target=self._follow, args=each, daemon=True).start()

    def _follow(self, kind: str, watch: Watch) -> None:
        for event in watch:
            self._events.put((kind, event))
        self._events.put((kind, None))

    def wait(self, seconds: float) -> bool:
        """Take the next change, and all that are there with it; False where a watch ended.

        Returns after `seconds` at the latest, also without one.
        """
        try:
            kind, event = self._events.get(timeout=max(0.0, seconds))
        except queue.Empty:
            return True
        while True:
            if event is None or event.get("type") == "ERROR":
                return False
            apply_event(self._state[kind], event)
            try:
                kind, event = self._events.get_nowait()
            except queue.Empty:
                return True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        for watch in self._watches.values():
            watch.close()


def apply_event(items: dict[str, Json], event: Json) -> None:
    """Bring the objects of a kind up to an event. A bookmark changes nothing."""
    item = event["object"]
    if event.get("type") == "DELETED":
        items.pop(key_of(item), None)
    elif event.get("type") in ("ADDED", "MODIFIED") and is_ours(item):
        items[key_of(item)] = item


def key_of(item: Json) -> str:
    """What tells an object from others of its kind."""
    return f"{item['metadata'].get('namespace', '')}/{item['metadata']['name']}"


def is_ours(item: Json) -> bool:
    """Whether an object is not the cluster's own."""
    return item["metadata"].get("namespace") not in SYSTEM


def objects(state: State, kind: str) -> Iterator[Json]:
    """All objects of a kind."""
    yield from state.get(kind, {}).values()


def controller_of(item: Json) -> Json | None:
    """The reference to what made the object and looks after it."""
    owners: list[Json] = item["metadata"].get("ownerReferences") or []
    return next((owner for owner in owners if owner.get("controller")), None)


# Taints that a node has while it comes up or is cut off; the node lifecycle controller's.
PASSING_TAINTS = ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable")


def node_settling(node: Json) -> bool:
    """Whether a node is on its way up: not ready yet, or its taint not yet taken off."""
    taints = {taint["key"] for taint in node.get("spec", {}).get("taints", [])}
    return not condition(node, "Ready") or not taints.isdisjoint(PASSING_TAINTS)


def condition(item: Json, name: str, status: str = "True") -> Json | None:
    """The condition of that name, if it has that status."""
    conditions: list[Json] = item.get("status", {}).get("conditions") or []
    return next((c for c in conditions if c["type"] == name and c["status"] == status), None)
