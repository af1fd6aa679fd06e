"""Whether a pod is well, on its way, or failed for good.

kstatus (sigs.k8s.io/cli-utils), and beyond it: what the kubelet waits for in vain, a pod
that is going, and a container that has only just come back from a crash.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from kdocs_plugin.execution.readiness.endings import ends_at_once
from kdocs_plugin.execution.readiness.trouble import Trouble
from kdocs_plugin.execution.readiness.world import Json, condition

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
PROVEN_SECONDS = 5.0  # how long a container must run again after a crash
# How long one must run whose words say that it ends: the kubelet looks once a second.
SHOWN_SECONDS = 2.5
EARLY_SECONDS = 10.0  # a run shorter than this is a failed start
# What comes at the same time may yet make room: the scheduler's first back-off.
SCHEDULE_SECONDS = 2.0


def judge_pod(pod: Json, now: datetime) -> Trouble | None:
    """What is wrong with a pod, or None where it is well; reason "" while it is on its way."""
    status = pod.get("status", {})
    if pod["metadata"].get("deletionTimestamp"):
        return trouble(pod, "")
    phase = status.get("phase")
    if phase == "Succeeded":
        return None
    if phase == "Failed":
        return failed(pod)
    scheduled = condition(pod, "PodScheduled", "False")
    if scheduled and scheduled.get("reason") == "SchedulingGated":
        return None  # it waits because its author says so
    if scheduled and scheduled.get("reason") == UNSCHEDULABLE:
        return unschedulable(pod, scheduled, now)
    if condition(pod, "Ready"):
        left = max(unproven(pod, now), default=0.0)
        return trouble(pod, "", recheck=left) if left else None
    for each in containers(status):
        if found := stuck(pod, each):
            return found
    return None if unready_for_good(pod) else trouble(pod, "")


def trouble(pod: Json, reason: str, **more: Any) -> Trouble:
    """A pod's trouble."""
    metadata = pod["metadata"]
    return Trouble(
        "Pod",
        metadata["name"],
        reason,
        namespace=metadata.get("namespace", ""),
        uid=metadata.get("uid", ""),
        item=pod,
        **more,
    )


def containers(status: Json) -> Iterator[Json]:
    """Statuses of a pod's containers, init containers first."""
    yield from status.get("initContainerStatuses") or ()
    yield from status.get("containerStatuses") or ()


def last_end(container: Json) -> Json:
    """How a container's last run ended; empty where it has not ended yet."""
    now: Json = container.get("state", {}).get("terminated") or {}
    return now or container.get("lastState", {}).get("terminated") or {}


def failed(pod: Json) -> Trouble:
    """A pod that is over: by its container, or by its node (Evicted, OutOfcpu)."""
    status = pod.get("status", {})
    ended = [each for each in containers(status) if last_end(each).get("exitCode")]
    if status.get("reason") or not ended:
        said = status.get("message", "")
        return trouble(pod, status.get("reason") or "Failed", message=said)
    return crashed(pod, ended[0], last_end(ended[0]).get("reason") or "Error")


def crashed(pod: Json, container: Json, reason: str) -> Trouble:
    """A pod whose container has ended and should not have."""
    end = last_end(container)
    return trouble(
        pod,
        reason,
        image=container.get("image", ""),
        message=end.get("message", ""),
        container=container.get("name", ""),
        exit_code=end.get("exitCode"),
        early=ran_for(end) < EARLY_SECONDS,
    )


def ran_for(end: Json) -> float:
    """Seconds that an ended run took."""
    started, finished = moment(end.get("startedAt")), moment(end.get("finishedAt"))
    return (finished - started).total_seconds() if started and finished else 0.0


def unschedulable(pod: Json, scheduled: Json, now: datetime) -> Trouble:
    """No node takes it: for good, once what comes at the same time has been given a chance."""
    said = scheduled.get("message", "")
    left = SCHEDULE_SECONDS - age(scheduled.get("lastTransitionTime"), now)
    if pod.get("status", {}).get("nominatedNodeName"):
        return trouble(pod, "")  # others are being put out for it
    if 0 < left <= SCHEDULE_SECONDS:
        return trouble(pod, "", message=said, recheck=left)
    return trouble(pod, UNSCHEDULABLE, message=said)


def stuck(pod: Json, container: Json) -> Trouble | None:
    """A container that waits in vain, or has ended and is not started again."""
    state = container.get("state", {})
    waiting = state.get("waiting") or {}
    if waiting.get("reason") in STUCK:
        if last_end(container):
            return crashed(pod, container, waiting["reason"])
        return trouble(
            pod,
            waiting["reason"],
            image=container.get("image", ""),
            message=waiting.get("message", ""),
            container=container.get("name", ""),
        )
    ended = state.get("terminated") or {}
    if ended.get("exitCode") and pod["spec"].get("restartPolicy") == "Never":
        return crashed(pod, container, ended.get("reason") or "Error")
    if ended.get("exitCode") and container.get("restartCount"):
        # Between a second crash and the kubelet's word for it, which may take seconds.
        return crashed(pod, container, "CrashLoopBackOff")
    return None


def unproven(pod: Json, now: datetime) -> Iterator[float]:
    """Seconds for which containers that are ready must still be looked at.

    By the node's clock and ours: where they differ by more, they count as running.
    """
    specs = {each["name"]: each for each in pod["spec"].get("containers", [])}
    again = pod["spec"].get("restartPolicy", "Always") == "Always"

    def spec_of(status: Json) -> Json:
        spec: Json = specs.get(status.get("name", ""), {})
        return spec

    for each in containers(pod.get("status", {})):
        running = each.get("state", {}).get("running") or {}
        end = each.get("lastState", {}).get("terminated") or {}
        ran = age(running.get("startedAt"), now)
        if running and end and (again or end.get("exitCode")):
            if 0 <= ran < PROVEN_SECONDS:
                yield PROVEN_SECONDS - ran
        elif running and 0 <= ran < SHOWN_SECONDS and ends_at_once(spec_of(each)):
            yield SHOWN_SECONDS - ran


def unready_for_good(pod: Json) -> bool:
    """Some containers ended well and stay so while others run: NotReady, but settled."""
    statuses = pod.get("status", {}).get("containerStatuses") or []
    if not statuses or pod["spec"].get("restartPolicy", "Always") == "Always":
        return False
    return all(each.get("ready") or "terminated" in each.get("state", {}) for each in statuses)


def age(time: str | None, now: datetime) -> float:
    """Seconds since a moment that the API names; -1 where it names none."""
    at = moment(time)
    return (now - at).total_seconds() if at else -1.0


def moment(time: str | None) -> datetime | None:
    """A time of the API's."""
    try:
        return datetime.fromisoformat(time).astimezone(UTC) if time else None
    except ValueError:
        return None
