"""Waiting, by watch, until a scenario's objects have settled.

Settled: ready, finished, or failed for good. Rules: kstatus (sigs.k8s.io/cli-utils) for
Pod and the workloads; a pod that is going is not settled until it is gone. Each round
lists everything once, then watches only the kinds that are not settled yet.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kdocs_plugin.clusters.api import Api, ApiError
from kdocs_plugin.errors import ClusterError

Json = Mapping[str, Any]

PATHS: Mapping[str, str] = {
    "Node": "/api/v1/nodes",
    "Pod": "/api/v1/namespaces/{}/pods",
    "Service": "/api/v1/namespaces/{}/services",
    "EndpointSlice": "/apis/discovery.k8s.io/v1/namespaces/{}/endpointslices",
    "Deployment": "/apis/apps/v1/namespaces/{}/deployments",
    "ReplicaSet": "/apis/apps/v1/namespaces/{}/replicasets",
    "StatefulSet": "/apis/apps/v1/namespaces/{}/statefulsets",
    "DaemonSet": "/apis/apps/v1/namespaces/{}/daemonsets",
    "Job": "/apis/batch/v1/namespaces/{}/jobs",
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


UNSCHEDULABLE = "Unschedulable"
# Taints that a node has while it comes up or is cut off; the node lifecycle controller's.
PASSING_TAINTS = ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable")


@dataclass(frozen=True, slots=True)
class Trouble:
    """An object that has settled badly, or has not settled in time."""

    kind: str
    name: str
    reason: str  # ImagePullBackOff, Unschedulable, "" where only time ran out


@dataclass(frozen=True, slots=True)
class Settled:
    """How a wait ended."""

    troubles: tuple[Trouble, ...]
    timed_out: bool
    pods: tuple[Json, ...]  # as last seen


def wait_settled(
    api: Api, namespace: str, timeout: float, tell: Callable[[str], None] = lambda _: None
) -> Settled:
    """Wait until everything in the namespace has settled, for at most `timeout` seconds."""
    deadline = time.monotonic() + timeout
    while True:
        state, versions = list_all(api, namespace)
        unsettled = [trouble for trouble in judge(state) if trouble.reason == ""]
        if not unsettled or time.monotonic() >= deadline:
            troubles = tuple(judge(state))
            return Settled(troubles, bool(unsettled), tuple(state["Pod"].values()))
        tell(", ".join(f"{each.kind.lower()}/{each.name}" for each in unsettled[:3]))
        kinds = {each.kind for each in unsettled} | {"Pod", "Node"}
        watch_until_settled(api, namespace, state, versions, kinds, deadline)


def list_all(api: Api, namespace: str) -> tuple[dict[str, dict[str, Json]], dict[str, str]]:
    """Objects by kind and name, and each list's resource version."""
    state: dict[str, dict[str, Json]] = {}
    versions = {}
    for kind, path in PATHS.items():
        try:
            found = api.get(path.format(namespace))
        except ApiError as error:
            if kind != "Node" or error.status != 403:
                raise
            found = {"metadata": {"resourceVersion": "0"}, "items": []}  # not ours to see
        versions[kind] = found["metadata"]["resourceVersion"]
        state[kind] = {item["metadata"]["name"]: item for item in found["items"]}
    return state, versions


def watch_until_settled(
    api: Api,
    namespace: str,
    state: dict[str, dict[str, Json]],
    versions: Mapping[str, str],
    kinds: set[str],
    deadline: float,
) -> None:
    """Follow `kinds` until nothing of them is on its way, a watch ends, or time is up."""
    events: queue.Queue[tuple[str, Json | None]] = queue.Queue()
    for kind in kinds:
        # Daemon threads: a watch that hangs ends with its read timeout, not with us.
        threading.Thread(
            target=follow,
            args=(api, kind, PATHS[kind].format(namespace), versions[kind], deadline, events),
            daemon=True,
        ).start()
    while (left := deadline - time.monotonic()) > 0:
        try:
            kind, event = events.get(timeout=left)
        except queue.Empty:
            return
        if event is None:
            return
        apply_event(state, kind, event)
        if not any(each.reason == "" for each in judge(state) if each.kind in kinds):
            return


def follow(
    api: Api,
    kind: str,
    path: str,
    version: str,
    deadline: float,
    events: queue.Queue[tuple[str, Json | None]],
) -> None:
    """Put one kind's watch events into the queue, and None when the watch ends."""
    try:
        for event in api.watch(path, version, max(0.1, deadline - time.monotonic())):
            events.put((kind, event))
    except ClusterError:
        pass  # the next list tells what is wrong
    events.put((kind, None))


def apply_event(state: dict[str, dict[str, Json]], kind: str, event: Json) -> None:
    """Bring the state up to an event."""
    if event.get("type") not in ("ADDED", "MODIFIED", "DELETED"):
        return  # a bookmark, or an error that the next list shows
    item = event["object"]
    name = item["metadata"]["name"]
    if event["type"] == "DELETED":
        state[kind].pop(name, None)
    else:
        state[kind][name] = item


# --- Judging ----------------------------------------------------------------------------


def judge(state: Mapping[str, Mapping[str, Json]]) -> list[Trouble]:
    """Every object that is not well: reason "" where it is still on its way."""
    pods = list(state["Pod"].values())
    settling = any(node_settling(node) for node in state["Node"].values())
    troubles = [
        # No node fits yet, but one is just coming up: the scheduler tries again.
        Trouble("Pod", trouble.name, "")
        if settling and trouble.reason == UNSCHEDULABLE
        else trouble
        for pod in pods
        if (trouble := judge_pod(pod))
    ]
    bad_owners = {
        owner["uid"]
        for pod in pods
        if (trouble := judge_pod(pod)) and trouble.reason
        for owner in pod["metadata"].get("ownerReferences", [])
    }
    bad_owners |= {
        owner["uid"]
        for item in state["ReplicaSet"].values()
        if item["metadata"]["uid"] in bad_owners
        for owner in item["metadata"].get("ownerReferences", [])
    }
    for kind in WORKLOADS:
        for name, item in state[kind].items():
            # A workload whose pods can't start is as settled as it gets: its pods say why.
            if not workload_settled(kind, item) and item["metadata"]["uid"] not in bad_owners:
                troubles.append(Trouble(kind, name, workload_failure(item)))
    troubles += unrouted_services(state, pods)
    return troubles


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
            return None
    for container in containers(status):
        waiting = container.get("state", {}).get("waiting", {}).get("reason")
        if waiting in STUCK:
            return Trouble("Pod", name, waiting)
        ended = container.get("state", {}).get("terminated")
        # A container that ended, of a pod that will not start it again.
        if ended and pod["spec"].get("restartPolicy") == "Never" and ended.get("exitCode"):
            return Trouble("Pod", name, ended.get("reason") or "Error")
    if running_unready_for_good(pod):
        return None
    return Trouble("Pod", name, "")


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
    if status.get("observedGeneration", 0) < item["metadata"].get("generation", 0):
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


def unrouted_services(
    state: Mapping[str, Mapping[str, Json]], pods: Sequence[Json]
) -> list[Trouble]:
    """Services whose ready pods their endpoint slices do not hold yet."""
    waiting = []
    for name, service in state["Service"].items():
        selector = service.get("spec", {}).get("selector")
        if not selector:
            continue
        ready = {
            pod.get("status", {}).get("podIP")
            for pod in pods
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
