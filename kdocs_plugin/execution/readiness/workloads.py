"""Whether a workload has what it asks for: kstatus, held against the pods that there are.

Watches of two kinds may tell of one change at different moments. So a workload's own word
counts only where the pods that we see agree with it.
"""

from __future__ import annotations

from kdocs_plugin.execution.readiness.world import Json, condition

# What a Deployment makes stands before it: its ReplicaSets say what is wrong.
KINDS = (
    "ReplicaSet",
    "ReplicationController",
    "StatefulSet",
    "DaemonSet",
    "Job",
    "Deployment",
)
REVISION = "deployment.kubernetes.io/revision"
FAILED_TWICE = 2  # runs of a Job's pod after which the next ones are no news


def is_settled(kind: str, item: Json, active: int) -> bool:
    """Whether it has settled well. `active`: its pods that are neither over nor going."""
    if item["metadata"].get("deletionTimestamp"):
        return False
    if kind == "Job":
        return job_is_settled(item)
    if not is_observed(item):
        return False
    spec, status = item.get("spec", {}), item.get("status", {})
    if kind == "DaemonSet":
        wanted = status.get("desiredNumberScheduled", 0)
        updated = status.get("updatedNumberScheduled", 0)
        if spec.get("updateStrategy", {}).get("type") == "OnDelete":
            updated = wanted  # the old ones stay until somebody deletes them
        return bool(updated == wanted == status.get("numberAvailable", 0) == active)
    wanted = spec.get("replicas", 1)
    if kind == "Deployment" and spec.get("paused"):
        return True
    enough = bool(
        status.get("replicas", 0) == wanted == status.get("availableReplicas", 0) == active
    )
    if kind == "StatefulSet":
        return enough and statefulset_is_updated(spec, status, wanted)
    if kind == "Deployment":
        return enough and status.get("updatedReplicas", 0) == wanted
    return enough


def statefulset_is_updated(spec: Json, status: Json, wanted: int) -> bool:
    """Whether those of its pods that should be are of its newest revision."""
    strategy = spec.get("updateStrategy", {})
    if strategy.get("type") == "OnDelete":
        return True
    kept = (strategy.get("rollingUpdate") or {}).get("partition", 0)
    return bool(status.get("updatedReplicas", 0) >= wanted - kept)


def job_is_settled(item: Json) -> bool:
    """Complete, failed, or put off."""
    done = any(condition(item, name) for name in ("Complete", "Failed"))
    return done or bool(item.get("spec", {}).get("suspend") and condition(item, "Suspended"))


def is_observed(item: Json) -> bool:
    """Whether the controller has seen the object's last change."""
    seen = item.get("status", {}).get("observedGeneration", 0)
    return bool(seen >= item["metadata"].get("generation", 0))


def failure(kind: str, item: Json) -> tuple[str, str]:
    """What the workload itself says has failed for good, and its words; "" where nothing."""
    if failing := condition(item, "ReplicaFailure") or condition(item, "FailureTarget"):
        return str(failing.get("reason") or failing["type"]), str(failing.get("message", ""))
    if kind == "Job" and (over := condition(item, "Failed")):
        return str(over.get("reason") or "Failed"), str(over.get("message", ""))
    progress = condition(item, "Progressing", "False")
    if progress and progress.get("reason") == "ProgressDeadlineExceeded":
        return "ProgressDeadlineExceeded", str(progress.get("message", ""))
    return "", ""


def revision(item: Json) -> int:
    """Which of a Deployment's templates this is of."""
    value = (item["metadata"].get("annotations") or {}).get(REVISION, "")
    return int(value) if value.isdigit() else 0


def is_scheduled(job: Json) -> bool:
    """A Job that its CronJob has made when its time had come: one is always on its way."""
    metadata = job["metadata"]
    by_hand = (metadata.get("annotations") or {}).get("cronjob.kubernetes.io/instantiate")
    owners = metadata.get("ownerReferences") or []
    return by_hand != "manual" and any(owner["kind"] == "CronJob" for owner in owners)
