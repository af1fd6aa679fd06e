"""What one object says of itself, as far as a picture tells it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from kdocs_plugin.execution.readiness.world import Json, condition

State = Literal["", "ready", "done", "waiting", "failed"]
Key = tuple[str, str, str]  # kind, namespace, name

# Every namespace has it, and pods mount it without a word of the note.
OF_CLUSTER = "kube-root-ca.crt"
# What a container waits for while nothing is wrong with it.
ON_ITS_WAY = frozenset(["ContainerCreating", "PodInitializing"])
MANY = 2  # restarts: a note may well end a container once, to show that it comes again


def key_of(kind: str, item: Json) -> Key:
    """What tells an object from all others."""
    return kind, item["metadata"].get("namespace", ""), item["metadata"]["name"]


def pod_state(pod: Json) -> State:
    """How a Pod is. Which of its troubles it is just in changes from moment to moment: all
    are `failed`, and so is one that is up between two of many crashes."""
    status = pod.get("status", {})
    phase = status.get("phase", "")
    if phase in ("Succeeded", "Failed"):
        return "done" if phase == "Succeeded" else "failed"
    every = (*statuses(status, "initContainerStatuses"), *statuses(status))
    if condition(pod, "Ready"):
        again = max((each.get("restartCount", 0) for each in every), default=0)
        return "failed" if again >= MANY else "ready"
    for each in every:
        waits = each.get("state", {}).get("waiting")
        if waits and waits.get("reason", "") not in ON_ITS_WAY:
            return "failed"
        if each.get("restartCount") and not each.get("ready"):
            return "failed"
    return "waiting"


def statuses(status: Json, name: str = "containerStatuses") -> list[Json]:
    """Those of a Pod's containers; the API leaves out a list that is empty."""
    return status.get(name) or []


def containers(pod: Json) -> list[Json]:
    """Of a Pod, those that prepare it among them."""
    spec = pod.get("spec", {})
    return [*(spec.get("initContainers") or []), *(spec.get("containers") or [])]


def images(pod: Json) -> tuple[str, ...]:
    """Of its containers in their order, each once."""
    return tuple(dict.fromkeys(each.get("image", "") for each in containers(pod)))


def told(kind: str, item: Json) -> tuple[State, str]:
    """The state of an object that is no Pod, and what else is worth a word."""
    spec, status = item.get("spec", {}), item.get("status", {})
    if kind == "Service":
        ports = ", ".join(str(each.get("port", "")) for each in spec.get("ports") or [])
        sort = "headless" if spec.get("clusterIP") == "None" else spec.get("type", "")
        return "", f"{sort} {ports}".strip()
    if kind == "CronJob":
        return "", str(spec.get("schedule", ""))
    if kind == "Job":
        ended = condition(item, "Complete"), condition(item, "Failed")
        state: State = "done" if ended[0] else "failed" if ended[1] else "waiting"
        return state, f"{status.get('succeeded', 0)}/{spec.get('completions', 1)}"
    if kind == "PersistentVolumeClaim":
        wanted = spec.get("resources", {}).get("requests", {}).get("storage", "")
        return "ready" if status.get("phase") == "Bound" else "waiting", str(wanted)
    if kind == "DaemonSet":
        wanted, ready = status.get("desiredNumberScheduled", 0), status.get("numberReady", 0)
    else:
        wanted, ready = spec.get("replicas", 1), status.get("readyReplicas", 0)
    return "ready" if ready >= wanted else "waiting", f"{ready}/{wanted}"


def volumes(pod: Json) -> Iterator[Key]:
    """What a Pod mounts or reads its environment from. A directory of its own (emptyDir) only
    where its containers share it: that is why it is there."""
    namespace, name = pod["metadata"].get("namespace", ""), pod["metadata"]["name"]
    found: dict[Key, None] = {}
    for each in pod.get("spec", {}).get("volumes") or []:
        for kind, of in mounted(each):
            if of != OF_CLUSTER:
                found[kind, namespace, of] = None
        if path := (each.get("hostPath") or {}).get("path"):
            found["hostPath", "", path] = None
        if "emptyDir" in each and mounts(pod, each["name"]) > 1:
            found["emptyDir", f"{namespace}/{name}", each["name"]] = None
    for container in containers(pod):
        for kind, of in environment(container):
            found[kind, namespace, of] = None
    yield from found


def mounted(volume: Json) -> Iterator[tuple[str, str]]:
    """The objects behind a volume, by kind and name."""
    if claim := volume.get("persistentVolumeClaim"):
        yield "PersistentVolumeClaim", claim["claimName"]
    for each in (volume, *((volume.get("projected") or {}).get("sources") or [])):
        if name := (each.get("configMap") or {}).get("name"):
            yield "ConfigMap", name
        secret = each.get("secret") or {}
        if name := secret.get("secretName") or secret.get("name"):
            yield "Secret", name


def mounts(pod: Json, volume: str) -> int:
    """How many containers have it."""
    return sum(
        any(each["name"] == volume for each in container.get("volumeMounts") or [])
        for container in containers(pod)
    )


def environment(container: Json) -> Iterator[tuple[str, str]]:
    """The objects that a container's variables are read from, by kind and name."""
    kinds = {"configMap": "ConfigMap", "secret": "Secret"}
    for source in container.get("envFrom") or []:
        for word, kind in kinds.items():
            if name := (source.get(f"{word}Ref") or {}).get("name"):
                yield kind, name
    for variable in container.get("env") or []:
        for word, kind in kinds.items():
            reference = (variable.get("valueFrom") or {}).get(f"{word}KeyRef") or {}
            if name := reference.get("name"):
                yield kind, name
