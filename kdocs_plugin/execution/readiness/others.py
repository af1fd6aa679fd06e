"""What is no pod and no workload: claims, volumes, namespaces, definitions, custom objects."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kdocs_plugin.execution.readiness.events import latest
from kdocs_plugin.execution.readiness.trouble import Trouble
from kdocs_plugin.execution.readiness.workloads import is_observed
from kdocs_plugin.execution.readiness.world import SYSTEM, Json, State, condition, objects

# Kinds that others judge, or that are what they are at once.
JUDGED_ELSEWHERE = frozenset(
    "Pod Node Event EndpointSlice Service Deployment ReplicaSet ReplicationController "
    "StatefulSet DaemonSet Job".split()
)


def judge_others(state: State) -> Iterator[Trouble]:
    """Every such object that is not well."""
    for kind in state.keys() - JUDGED_ELSEWHERE:
        for item in objects(state, kind):
            reason, message = judge_one(kind, item, state)
            if reason is not None:
                yield trouble(kind, item, reason, message)


def trouble(kind: str, item: Json, reason: str, message: str = "") -> Trouble:
    """The trouble of any object."""
    metadata: Any = item["metadata"]
    return Trouble(
        kind.partition(".")[0],
        metadata["name"],
        reason,
        namespace=metadata.get("namespace", ""),
        uid=metadata.get("uid", ""),
        message=message,
        item=item,
    )


def judge_one(kind: str, item: Json, state: State) -> tuple[str | None, str]:
    """Why an object is not well, and who says what; None where it is, "" on its way."""
    if item["metadata"].get("deletionTimestamp"):
        return "", ""  # its finalizers keep it
    if kind == "PersistentVolumeClaim":
        return judge_claim(item, state)
    if kind == "PersistentVolume":
        status = item.get("status", {})
        phase = status.get("phase", "Pending")
        if phase == "Failed":
            return "Failed", status.get("message", "")
        return ("", "") if phase == "Pending" else (None, "")
    if kind == "Namespace":
        active = item.get("status", {}).get("phase", "Active") == "Active"
        return (None, "") if active and takes_pods(item, state) else ("", "")
    if kind == "CustomResourceDefinition":
        return judge_definition(item)
    if kind == "PodDisruptionBudget":
        return (None, "") if is_observed(item) else ("", "")
    return judge_generic(item)


def takes_pods(namespace: Json, state: State) -> bool:
    """Whether the ServiceAccount `default` is there, without which the API server refuses
    pods. Who sees one namespace's only, or none, does not see the one of `default` either."""
    accounts = state.get("ServiceAccount", {})
    name = namespace["metadata"]["name"]
    is_seen = "default/default" in accounts
    return not is_seen or name in SYSTEM or f"{name}/default" in accounts


def judge_claim(claim: Json, state: State) -> tuple[str | None, str]:
    """Bound, waiting for a pod as its class says, or without anyone who would bind it."""
    phase = claim.get("status", {}).get("phase", "Pending")
    if phase == "Bound":
        return None, ""
    if phase == "Lost":
        return "Lost", ""
    event = latest(state, claim["metadata"].get("uid", ""))
    if event is None:
        return "", ""
    if event["reason"] in ("WaitForFirstConsumer", "WaitForPodScheduled"):
        return None, ""  # a pod that uses it is judged by itself
    if event["reason"] in ("FailedBinding", "ProvisioningFailed"):
        return event["reason"], event.get("message", "")
    return "", ""


def judge_definition(item: Json) -> tuple[str | None, str]:
    """A CustomResourceDefinition: served, refused, or on its way."""
    refused = condition(item, "NamesAccepted", "False")
    if refused:
        return refused.get("reason", "NamesNotAccepted"), refused.get("message", "")
    if condition(item, "Established"):
        return None, ""
    denied = condition(item, "Established", "False")
    if denied and denied.get("reason") != "Installing":
        return denied.get("reason", "NotEstablished"), denied.get("message", "")
    return "", ""


def judge_generic(item: Json) -> tuple[str | None, str]:
    """Any other object, by the conditions that controllers agree on.

    What says nothing of itself is as it should be.
    """
    status = item.get("status")
    if not isinstance(status, dict):
        return None, ""
    if "observedGeneration" in status and not is_observed(item):
        return "", ""
    if condition(item, "Reconciling"):
        return "", ""
    if stalled := condition(item, "Stalled"):
        return stalled.get("reason") or "Stalled", stalled.get("message", "")
    if condition(item, "Ready", "False") or condition(item, "Ready", "Unknown"):
        return "", ""
    return None, ""
