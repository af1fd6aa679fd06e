"""Whether the addresses behind a Service are those of its ready pods."""

from __future__ import annotations

from collections.abc import Iterator

from kdocs_plugin.execution.readiness.others import trouble
from kdocs_plugin.execution.readiness.trouble import Trouble
from kdocs_plugin.execution.readiness.world import Json, State, condition, objects


def judge_services(state: State) -> Iterator[Trouble]:
    """Services whose endpoint slices do not hold just their ready pods yet.

    A LoadBalancer's address is not waited for: nobody may be there who gives one.
    """
    for service in objects(state, "Service"):
        if service["metadata"].get("deletionTimestamp"):
            yield trouble("Service", service, "")
        elif is_unrouted(service, state):
            yield trouble("EndpointSlice", service, "")


def is_unrouted(service: Json, state: State) -> bool:
    """Whether its slices lack a ready pod, or hold one that is not."""
    spec = service.get("spec", {})
    if not spec.get("selector"):
        return False  # somebody else sees to its addresses
    ready = [addresses(pod) for pod in selected(service, state) if is_ready(pod)]
    routed = set(routes(service, state))
    if any(not each & routed for each in ready if each):
        return True
    if spec.get("publishNotReadyAddresses"):
        return False
    return bool(routed - {address for each in ready for address in each})


def selected(service: Json, state: State) -> Iterator[Json]:
    """The pods that a Service's selector matches."""
    wanted = (service.get("spec", {}).get("selector") or {}).items()
    for pod in objects(state, "Pod"):
        if pod["metadata"].get("namespace") == service["metadata"].get("namespace") and (
            wanted <= (pod["metadata"].get("labels") or {}).items()
        ):
            yield pod


def is_ready(pod: Json) -> bool:
    """Ready, and not on its way out."""
    going = pod["metadata"].get("deletionTimestamp")
    return bool(condition(pod, "Ready")) and not going


def addresses(pod: Json) -> frozenset[str]:
    """A pod's addresses, of each family."""
    status = pod.get("status", {})
    found = {each["ip"] for each in status.get("podIPs") or ()}
    return frozenset(found | ({status["podIP"]} if status.get("podIP") else set()))


def routes(service: Json, state: State) -> Iterator[str]:
    """The ready addresses in a Service's endpoint slices."""
    metadata = service["metadata"]
    for item in objects(state, "EndpointSlice"):
        labels = item["metadata"].get("labels") or {}
        if labels.get("kubernetes.io/service-name") != metadata["name"]:
            continue
        if item["metadata"].get("namespace") != metadata.get("namespace"):
            continue
        for endpoint in item.get("endpoints") or []:
            if endpoint.get("conditions", {}).get("ready"):
                yield from endpoint.get("addresses", [])
