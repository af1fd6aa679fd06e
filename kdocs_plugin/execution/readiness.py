"""Waiting, by watch, until a scenario's objects have settled.

Settled: ready, finished, or failed for good. Rules: kstatus (sigs.k8s.io/cli-utils) for
Pod and the workloads; a pod that is going is not settled until it is gone. Each round
lists everything once, then watches only the kinds that are not settled yet.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from kdocs_plugin.clusters.api import Api, ApiError, Watch
from kdocs_plugin.values import dataclass, field

Json = Mapping[str, Any]

# Kind -> API group's path and resource. Nodes belong to no namespace.
RESOURCES: Mapping[str, tuple[str, str]] = {
    "Node": ("/api/v1", "nodes"),
    "Pod": ("/api/v1", "pods"),
    "Service": ("/api/v1", "services"),
    "EndpointSlice": ("/apis/discovery.k8s.io/v1", "endpointslices"),
    "Deployment": ("/apis/apps/v1", "deployments"),
    "ReplicaSet": ("/apis/apps/v1", "replicasets"),
    "StatefulSet": ("/apis/apps/v1", "statefulsets"),
    "DaemonSet": ("/apis/apps/v1", "daemonsets"),
    "Job": ("/apis/batch/v1", "jobs"),
}
WORKLOADS = ("Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job")
# Waiting reasons that time alone does not mend.
STUCK = frozenset(
    [
        "ErrImagePull",
        "ImagePullBackOff",
        "InvalidImageName",
        "ErrImageNeverPull",
        "ImageInspectError",
        "RegistryUnavailable",
        "CrashLoopBackOff",
        "CreateContainerConfigError",
        "CreateContainerError",
        "RunContainerError",
        "PreCreateHookError",
        "PreStartHookError",
        "PostStartHookError",
        "StartError",
    ]
)


LOOK_SECONDS = 1.0  # between two looks at what no event tells
PROVEN_SECONDS = 5.0  # how long a container must run again after a crash
UNSCHEDULABLE = "Unschedulable"
# Taints that a node has while it comes up or is cut off; the node lifecycle controller's.
PASSING_TAINTS = ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable")


@dataclass(frozen=True, slots=True)
class Trouble:
    """An object that has settled badly, or has not settled in time."""

    kind: str
    name: str
    reason: str  # ImagePullBackOff, Unschedulable, "" where only time ran out
    image: str = field(default="", compare=False)  # of the container that waits
    message: str = field(default="", compare=False)  # what the kubelet says of it


@dataclass(frozen=True, slots=True)
class Settled:
    """How a wait ended."""

    troubles: tuple[Trouble, ...]
    timed_out: bool
    pods: tuple[Json, ...]  # as last seen


def wait_settled(
    api: Api,
    namespace: str | None,
    timeout: float,
    tell: Callable[[str], None] = lambda _: None,
) -> Settled:
    """Wait until everything has settled, for at most `timeout` seconds.

    In one namespace, or with None in all of the cluster.
    """
    deadline = time.monotonic() + timeout
    while True:
        state, versions = list_all(api, namespace)
        unsettled = [trouble for trouble in judge(state) if trouble.reason == ""]
        if not unsettled or time.monotonic() >= deadline:
            troubles = tuple(judge(state))
            return Settled(troubles, bool(unsettled), tuple(state["Pod"].values()))
        tell(", ".join(f"{each.kind.lower()}/{each.name}" for each in unsettled[:3]))
        kinds = ({each.kind for each in unsettled} | {"Pod", "Node"}) & versions.keys()
        watches = {
            kind: api.watch(
                path_of(kind, namespace), versions[kind], deadline - time.monotonic()
            )
            for kind in kinds
        }
        try:
            follow_until_settled(state, watches, deadline)
        finally:
            for watch in watches.values():
                watch.close()


def path_of(kind: str, namespace: str | None) -> str:
    """Where the objects of a kind are listed and watched."""
    group, resource = RESOURCES[kind]
    inside = "" if namespace is None or kind == "Node" else f"/namespaces/{namespace}"
    return f"{group}{inside}/{resource}"


def list_all(
    api: Api, namespace: str | None
) -> tuple[dict[str, dict[str, Json]], dict[str, str]]:
    """Objects by kind and key, and each list's resource version.

    A kind that we may not see has no version: a namespace's runner sees no nodes.
    """
    state: dict[str, dict[str, Json]] = {}
    versions = {}
    for kind in RESOURCES:
        try:
            found = api.get(path_of(kind, namespace))
        except ApiError as error:
            if kind != "Node" or error.status != 403:
                raise
            state[kind] = {}
            continue
        versions[kind] = found["metadata"]["resourceVersion"]
        state[kind] = {key_of(item): item for item in found["items"]}
    return state, versions


def key_of(item: Json) -> str:
    """What tells an object from others of its kind."""
    return f"{item['metadata'].get('namespace', '')}/{item['metadata']['name']}"


def follow_until_settled(
    state: dict[str, dict[str, Json]], watches: Mapping[str, Watch], deadline: float
) -> None:
    """Follow the watches until nothing is on its way, one of them ends, or time is up."""
    events: queue.Queue[tuple[str, Json | None]] = queue.Queue()

    def follow(kind: str, watch: Watch) -> None:
        for event in watch:
            events.put((kind, event))
        events.put((kind, None))

    for each in watches.items():
        # Ends when its watch is closed, which is before our caller returns.
        threading.Thread(target=follow, args=each, daemon=True).start()
    while (left := deadline - time.monotonic()) > 0:
        try:
            kind, event = events.get(timeout=min(left, LOOK_SECONDS))
        except queue.Empty:
            pass  # time alone settles what runs again after a crash
        else:
            if event is None:
                return
            apply_event(state, kind, event)
        if not any(each.reason == "" for each in judge(state) if each.kind in watches):
            return


def apply_event(state: dict[str, dict[str, Json]], kind: str, event: Json) -> None:
    """Bring the state up to an event."""
    if event.get("type") == "DELETED":
        state[kind].pop(key_of(event["object"]), None)
    elif event.get("type") in ("ADDED", "MODIFIED"):
        # Anything else is a bookmark, or an error that the next list shows.
        state[kind][key_of(event["object"])] = event["object"]


# --- Judging ----------------------------------------------------------------------------


def judge(state: Mapping[str, Mapping[str, Json]]) -> list[Trouble]:
    """Every object that is not well: reason "" where it is still on its way."""
    settling = any(node_settling(node) for node in state["Node"].values())
    retired = {
        item["metadata"]["uid"]
        for item in state["ReplicaSet"].values()
        if item.get("spec", {}).get("replicas", 1) == 0
    }
    troubles: list[Trouble] = []
    excused: set[str] = set()  # workloads whose pods say what is wrong
    for pod in state["Pod"].values():
        trouble = judge_pod(pod)
        if trouble is None:
            continue
        owners = owners_of(pod)
        if owners & retired or (settling and trouble.reason == UNSCHEDULABLE):
            # Its set is scaled away, or a node is just coming up: this will change.
            trouble = Trouble("Pod", trouble.name, "")
        if trouble.reason:
            excused |= owners
        troubles.append(trouble)
    for item in state["ReplicaSet"].values():
        if item["metadata"]["uid"] in excused:
            excused |= owners_of(item)
    for kind in WORKLOADS:
        for item in state[kind].values():
            name, uid = item["metadata"]["name"], item["metadata"]["uid"]
            if not workload_settled(kind, item) and not (uid in excused and is_observed(item)):
                troubles.append(Trouble(kind, name, workload_failure(item)))
    return troubles + unrouted_services(state)


def owners_of(item: Json) -> set[str]:
    """The uids of an object's owners."""
    return {owner["uid"] for owner in item["metadata"].get("ownerReferences", [])}


def is_observed(item: Json) -> bool:
    """Whether the controller has seen the object's last change."""
    seen = item.get("status", {}).get("observedGeneration", 0)
    return bool(seen >= item["metadata"].get("generation", 0))


def node_settling(node: Json) -> bool:
    """Whether a node is on its way up: not ready yet, or its taint not yet taken off."""
    taints = {taint["key"] for taint in node.get("spec", {}).get("taints", [])}
    ready = any(
        condition["type"] == "Ready" and condition["status"] == "True"
        for condition in node.get("status", {}).get("conditions", [])
    )
    return not ready or not taints.isdisjoint(PASSING_TAINTS)


def judge_pod(pod: Json) -> Trouble | None:
    """What is wrong with a pod, or None where it is well; reason "" while it is on its way."""
    name, status = pod["metadata"]["name"], pod.get("status", {})
    if pod["metadata"].get("deletionTimestamp"):
        return Trouble("Pod", name, "")
    phase = status.get("phase")
    if phase == "Succeeded":
        return None
    if phase == "Failed":
        return Trouble("Pod", name, status.get("reason") or "Failed")
    for condition in status.get("conditions", []):
        if condition["type"] == "PodScheduled" and condition.get("reason") == "Unschedulable":
            return Trouble("Pod", name, UNSCHEDULABLE)
        if condition["type"] == "Ready" and condition["status"] == "True":
            # Without a probe a container that ends at once again is ready until then.
            return Trouble("Pod", name, "") if has_just_crashed(status) else None
    for container in containers(status):
        waiting = container.get("state", {}).get("waiting", {})
        if waiting.get("reason") in STUCK:
            image, said = container.get("image", ""), waiting.get("message", "")
            return Trouble("Pod", name, waiting["reason"], image, said)
        ended = container.get("state", {}).get("terminated")
        # A container that ended, of a pod that will not start it again.
        if ended and pod["spec"].get("restartPolicy") == "Never" and ended.get("exitCode"):
            return Trouble("Pod", name, ended.get("reason") or "Error")
    if running_unready_for_good(pod):
        return None
    return Trouble("Pod", name, "")


def has_just_crashed(status: Json) -> bool:
    """Whether a container failed and has been started anew a moment ago.

    By the node's clock and ours: where they differ by more, it counts as running.
    """
    for container in containers(status):
        crashed = container.get("lastState", {}).get("terminated", {}).get("exitCode")
        started = container.get("state", {}).get("running", {}).get("startedAt")
        if crashed and started:
            age = datetime.now(UTC) - datetime.fromisoformat(started)
            if 0 <= age.total_seconds() < PROVEN_SECONDS:
                return True
    return False


def containers(status: Json) -> Iterator[Json]:
    """Statuses of a pod's containers, init containers first."""
    yield from status.get("initContainerStatuses", [])
    yield from status.get("containerStatuses", [])


def running_unready_for_good(pod: Json) -> bool:
    """Some containers ended well and stay so while others run: NotReady, but settled."""
    statuses = pod.get("status", {}).get("containerStatuses", [])
    if not statuses or pod["spec"].get("restartPolicy", "Always") == "Always":
        return False
    return all(each.get("ready") or "terminated" in each.get("state", {}) for each in statuses)


def workload_settled(kind: str, item: Json) -> bool:
    """Whether a workload has what it asks for, as kstatus judges it."""
    spec, status = item.get("spec", {}), item.get("status", {})
    if item["metadata"].get("deletionTimestamp"):
        return False
    if kind == "Job":
        done = {c["type"] for c in status.get("conditions", []) if c["status"] == "True"}
        return bool(done & {"Complete", "Failed", "Suspended"})
    if not is_observed(item):
        return False
    if kind == "DaemonSet":
        wanted = status.get("desiredNumberScheduled", 0)
        return bool(
            status.get("updatedNumberScheduled", 0) == wanted
            and status.get("numberAvailable", 0) == wanted
        )
    wanted = spec.get("replicas", 1)
    if kind == "ReplicaSet":
        return bool(status.get("replicas", 0) == wanted == status.get("availableReplicas", 0))
    if kind == "Deployment" and spec.get("paused"):
        return True
    return bool(
        status.get("replicas", 0) == wanted
        and status.get("updatedReplicas", 0) == wanted
        and status.get("availableReplicas", 0) == wanted
    )


def workload_failure(item: Json) -> str:
    """What the workload itself says has failed for good, "" where it says nothing."""
    for condition in item.get("status", {}).get("conditions", []):
        if (
            condition["type"] in ("ReplicaFailure", "FailureTarget")
            and condition["status"] == "True"
        ):
            return str(condition.get("reason") or condition["type"])
    return ""


def unrouted_services(state: Mapping[str, Mapping[str, Json]]) -> list[Trouble]:
    """Services whose ready pods their endpoint slices do not hold yet."""
    waiting = []
    for service in state["Service"].values():
        name = service["metadata"]["name"]
        selector = service.get("spec", {}).get("selector")
        if not selector:
            continue
        ready = {
            pod.get("status", {}).get("podIP")
            for pod in state["Pod"].values()
            if judge_pod(pod) is None
            and pod["status"].get("phase") == "Running"
            and selector.items() <= (pod["metadata"].get("labels") or {}).items()
        }
        routed = {
            address
            for item in state["EndpointSlice"].values()
            if (item["metadata"].get("labels") or {}).get("kubernetes.io/service-name") == name
            for endpoint in item.get("endpoints") or []
            if endpoint.get("conditions", {}).get("ready")
            for address in endpoint.get("addresses", [])
        }
        if ready - routed:
            waiting.append(Trouble("EndpointSlice", name, ""))
    return waiting
