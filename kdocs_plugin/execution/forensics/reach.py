"""Why nobody answers at an address: what stands behind it in the cluster."""

from __future__ import annotations

from collections.abc import Iterator

from kdocs_plugin.clusters.api import Api
from kdocs_plugin.execution.forensics.cause import Cause
from kdocs_plugin.execution.readiness.judge import Judgement
from kdocs_plugin.execution.readiness.services import addresses, is_ready, selected
from kdocs_plugin.execution.readiness.trouble import Trouble
from kdocs_plugin.execution.readiness.world import RESOURCES, Json, State, World, objects

KINDS = ("Pod", "Service", "EndpointSlice", "Event", "PersistentVolumeClaim")


def look(api: Api, namespace: str | None) -> World:
    """The objects that addresses lead to, and the claims of pods."""
    world = World(api, namespace)
    world.look(RESOURCES[kind] for kind in KINDS)
    return world


def behind(
    how: str, host: str, port: str, state: State, view: Judgement
) -> tuple[Cause, Trouble | None]:
    """The cause, and the object in trouble that it leads to."""
    place = f"{host}:{port}" if port else host
    if service := service_at(host, state):
        name = service["metadata"]["name"]
        ports = list(service.get("spec", {}).get("ports") or ())
        chosen = next((p for p in ports if str(p.get("port")) == port), None)
        if chosen is None and ports and host != "localhost":
            have = ", ".join(str(each.get("port")) for each in ports)
            return Cause(
                "cause.no_such_port", {"service": name, "port": port, "have": have}
            ), None
        pods = list(selected(service, state))
        if not pods:
            words = (service.get("spec", {}).get("selector") or {}).items()
            said = ",".join(f"{key}={value}" for key, value in words)
            return Cause("cause.no_endpoints", {"service": name, "selector": said}), None
        if not any(map(is_ready, pods)):
            trouble = first_trouble(pods, view)
            return Cause("cause.none_ready", {"service": name}), trouble
        target = target_port(chosen, pods[0])
        if how == "refused":
            return listening(pods[0], target, {"service": name}), None
        return Cause("cause.no_answer", {"address": place}), None
    if pod := next((p for p in objects(state, "Pod") if host in addresses(p)), None):
        if not is_ready(pod) and (trouble := first_trouble([pod], view)):
            return Cause("cause.pod_not_ready", {"name": pod["metadata"]["name"]}), trouble
        if how == "refused":
            return listening(pod, port, {}), None
        return Cause("cause.no_answer", {"address": place}), None
    if how == "dns":
        return Cause("cause.dns", {"host": host}), None
    return Cause(
        "cause.refused" if how == "refused" else "cause.no_answer", {"address": place}
    ), None


def service_at(host: str, state: State) -> Json | None:
    """The Service with this address or name."""
    first, _, rest = host.partition(".")
    for each in objects(state, "Service"):
        if host == each.get("spec", {}).get("clusterIP"):
            return each
        inside = rest.partition(".")[0] in ("", each["metadata"].get("namespace"))
        if first == each["metadata"]["name"] and inside and not first.isdigit():
            return each
    return None


def target_port(port: Json | None, pod: Json) -> str:
    """Where in the pod a Service's port leads."""
    target = (port or {}).get("targetPort", (port or {}).get("port", ""))
    for each in container_ports(pod):
        if each.get("name") == target:
            return str(each["containerPort"])
    return str(target)


def container_ports(pod: Json) -> Iterator[Json]:
    """The ports that a pod's containers declare; they may listen on others."""
    for container in pod["spec"].get("containers", []):
        yield from container.get("ports") or ()


def listening(pod: Json, port: str, more: dict[str, str]) -> Cause:
    """Something refuses: no process of the pod listens there."""
    have = ", ".join(str(each["containerPort"]) for each in container_ports(pod))
    arguments = {**more, "name": pod["metadata"]["name"], "port": port, "have": have}
    key = "cause.target_port" if more else "cause.pod_port"
    return Cause(key, arguments)


def first_trouble(pods: list[Json], view: Judgement) -> Trouble | None:
    """What is wrong with the first of these pods that has something wrong."""
    uids = {pod["metadata"]["uid"] for pod in pods}
    return next((each for each in view.troubles() if each.uid in uids), None)
