"""Causes of what an object's state says: of pods, and of what makes or holds them."""

from __future__ import annotations

import re

from kdocs_plugin.execution.forensics.cause import Cause
from kdocs_plugin.execution.readiness.events import failing_probe
from kdocs_plugin.execution.readiness.trouble import Trouble
from kdocs_plugin.execution.readiness.world import State

IMAGE = frozenset(
    ["ErrImagePull", "ImagePullBackOff", "RegistryUnavailable", "ImageInspectError"]
)
CRASH = frozenset(["CrashLoopBackOff", "Error", "OOMKilled", "Completed"])
START = frozenset(["RunContainerError", "StartError", "CreateContainerError"])
# Exit statuses that mean the same in every container.
EXITS = {
    0: "cause.completed",
    126: "cause.not_executable",
    127: "cause.command_missing",
    137: "cause.killed",
    139: "cause.segfault",
    143: "cause.terminated",
}
USED = "kubernetes.io/pvc-protection"  # until no pod uses the claim any more
QUOTA = re.compile(r"exceeded quota: ([^,\s]+)")
NO_PROGRAM = re.compile(
    r'exec: \\?"(.*?)\\?": (?:executable file not found|stat .*no such file|no such file)'
)
KEYS = (  # of what the scheduler says, most telling first
    (re.compile(r'persistentvolumeclaim "([^"]+)" not found'), "cause.claim_absent"),
    (re.compile(r"(unbound immediate PersistentVolumeClaims)"), "cause.claim_unbound"),
    (re.compile(r"Insufficient ([\w./-]+)"), "cause.resources"),
    (re.compile(r"(pod (?:anti-)?affinity|topology spread)"), "cause.spread"),
    (
        re.compile(r"(node affinity/selector|node selector|node\(s\) didn't match)"),
        "cause.selector",
    ),
    (re.compile(r"untolerated taint(?:\(s\))? ?(\{[^}]*\})?"), "cause.taint"),
    (re.compile(r"(free ports)"), "cause.host_port"),
)


def cause_of(trouble: Trouble, state: State) -> Cause | None:
    """What the state of an object usually means; None where no sentence says more."""
    who = {"kind": trouble.kind, "name": trouble.name}
    reason, said = trouble.reason, trouble.message
    if reason == "InvalidImageName":
        return Cause("cause.image_name", {"image": image_in(said) or trouble.image})
    if reason == "ErrImageNeverPull":
        return Cause("cause.image_never", {"image": trouble.image})
    if reason in IMAGE:
        return Cause("cause.image", {"image": trouble.image})
    if reason in START or NO_PROGRAM.search(said):
        return start(trouble)
    if trouble.exit_code is not None or reason in CRASH:
        return crash(trouble)
    if reason == "Unschedulable":
        return unschedulable(said, who)
    if reason in ("CreateContainerConfigError", "FailedMount"):
        return missing(said, who)
    if reason in ("FailedBinding", "ProvisioningFailed"):
        return claim(said, who)
    if reason == "FailedCreate" or "exceeded quota" in said:
        return uncreatable(said, who)
    if reason in ("BackoffLimitExceeded", "DeadlineExceeded", "ProgressDeadlineExceeded"):
        return Cause(f"cause.{SNAKE[reason]}", who)
    if reason == "Evicted":
        return Cause("cause.evicted", {**who, "said": said})
    if not reason:
        return slow(trouble, state, who)
    return None


SNAKE = {
    "BackoffLimitExceeded": "job_failed",
    "DeadlineExceeded": "job_late",
    "ProgressDeadlineExceeded": "progress",
}


def image_in(said: str) -> str:
    """The image that the kubelet can't make sense of."""
    match = re.search(r'image name \\?"(.*?)\\?"', said) or re.search(r'image "([^"]*)"', said)
    return match[1] if match else ""


def start(trouble: Trouble) -> Cause:
    """A container that the runtime could not start."""
    if match := NO_PROGRAM.search(trouble.message):
        return Cause("cause.program", {"program": match[1], "container": trouble.container})
    if "permission denied" in trouble.message:
        return Cause("cause.not_executable", {"container": trouble.container, "code": 126})
    return Cause(
        "cause.start", {"container": trouble.container, "said": last_clause(trouble.message)}
    )


def last_clause(said: str) -> str:
    """The end of a chain of `outer: inner`, which says most."""
    return said.strip().rpartition(": ")[2][:160] or "?"


def crash(trouble: Trouble) -> Cause:
    """A container that has ended and should not have."""
    code = trouble.exit_code
    arguments = {"container": trouble.container, "code": code, "name": trouble.name}
    if any(
        each.get(at, {}).get("terminated", {}).get("reason") == "OOMKilled"
        for each in trouble.item.get("status", {}).get("containerStatuses") or ()
        for at in ("state", "lastState")
    ):
        return Cause("cause.memory", arguments)
    return Cause(EXITS.get(-1 if code is None else code, "cause.crash"), arguments)


def unschedulable(said: str, who: dict[str, str]) -> Cause:
    """No node takes a pod: the scheduler says why of each node."""
    for pattern, key in KEYS:
        if match := pattern.search(said):
            return Cause(key, {**who, "what": (match[1] or "").strip("{}").rstrip(":. ")})
    return Cause("cause.unschedulable", who)


def missing(said: str, who: dict[str, str]) -> Cause | None:
    """A ConfigMap, a Secret, or a key of one, that a pod refers to."""
    if match := re.search(r"couldn't find key (\S+) in (\w+) (?:[^/\s]+/)?([\w.-]+)", said):
        return Cause(
            "cause.key_absent", {**who, "key": match[1], "what": f"{match[2]} {match[3]}"}
        )
    if match := re.search(r"references non-existent (\w+) key: (\S+)", said):
        return Cause("cause.key_absent", {**who, "key": match[2], "what": match[1]})
    if match := re.search(r'(configmap|secret) "(?:[^"/]+/)?([^"]+)" not found', said):
        kind = {"configmap": "ConfigMap", "secret": "Secret"}[match[1]]
        return Cause("cause.config", {**who, "what": f"{kind} {match[2]}"})
    return Cause("cause.mount", {**who, "said": last_clause(said)})


def claim(said: str, who: dict[str, str]) -> Cause:
    """A PersistentVolumeClaim that nobody binds."""
    if match := re.search(r'storageclass(?:\.\S+)? "([^"]+)" not found', said):
        return Cause("cause.claim_class", {**who, "what": match[1]})
    return Cause("cause.claim_nobody", who)


def uncreatable(said: str, who: dict[str, str]) -> Cause:
    """A workload whose pods the API server refuses."""
    if match := QUOTA.search(said):
        return Cause("cause.quota", {**who, "what": match[1]})
    if match := re.search(r'serviceaccount "([^"]+)" not found', said):
        return Cause("cause.account", {**who, "what": match[1]})
    if "PodSecurity" in said:
        return Cause("cause.pod_security", {**who, "said": last_clause(said)})
    if re.search(r"(?:maximum|minimum) (?:cpu|memory|\S+) usage per", said):
        return Cause("cause.limits", {**who, "said": last_clause(said)})
    return Cause("cause.refused_pods", {**who, "said": last_clause(said)})


def slow(trouble: Trouble, state: State, who: dict[str, str]) -> Cause | None:
    """What was on its way until the time was up."""
    if trouble.item.get("metadata", {}).get("deletionTimestamp"):
        finalizers = trouble.item["metadata"].get("finalizers") or ()
        if USED in finalizers:
            return Cause("cause.claim_used", who)
        return Cause("cause.finalizer" if finalizers else "cause.going", who)
    if trouble.kind == "Pod" and (said := failing_probe(state, trouble.uid)):
        return Cause(
            "cause.probe", {**who, "said": said.partition(": ")[2][:160] or said[:160]}
        )
    if trouble.kind == "PersistentVolumeClaim":
        return Cause("cause.claim_nobody", who)
    return None
