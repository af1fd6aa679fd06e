"""Placeholders given their values, from the objects that stand now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kdocs_plugin.clusters.api import Api, ApiError
from kdocs_plugin.commands import fill
from kdocs_plugin.model import Attribute, Reference, Step

PATHS = {
    "pod": "/api/v1/namespaces/{namespace}/pods",
    "service": "/api/v1/namespaces/{namespace}/services",
    "replicaset": "/apis/apps/v1/namespaces/{namespace}/replicasets",
    "job": "/apis/batch/v1/namespaces/{namespace}/jobs",
    "node": "/api/v1/nodes",
}


class Bindings:
    """What stands in a scenario's commands for placeholders and for the author's literals."""

    def __init__(self, api: Api, namespace: str) -> None:
        self.api = api
        self.namespace = namespace

    def filled(self, step: Step) -> tuple[str, str]:
        """A step's command as it is run, and the first text that nothing stands for."""
        values = []
        for reference in step.references:
            value = resolve(reference, self.api, self.namespace)
            if value is None:
                return step.command, reference.text
            values.append((reference.start, reference.text, value))
        return fill(step.command, values), ""


def resolve(reference: Reference, api: Api, namespace: str) -> str | None:
    """The value that stands for a placeholder, None where nothing does."""
    if reference.bound is not None:
        return reference.bound
    if reference.kind == "namespace":
        return namespace
    item = find(reference, api, namespace)
    return attribute_of(item, reference) if item else None


def find(reference: Reference, api: Api, namespace: str) -> Mapping[str, Any] | None:
    """The object a reference names; of a workload its first pod by name."""
    path = PATHS.get(reference.kind)
    if path is None:
        return None
    base = path.format(namespace=namespace)
    name = reference.object_name or ""
    if name and "/" not in name:
        try:
            return api.get(f"{base}/{name}")
        except ApiError as error:
            if error.status == 404:
                return None
            raise
    items = sorted(api.get(base)["items"], key=lambda item: str(item["metadata"]["name"]))
    if name:
        owner = name.split("/", 1)[1]
        items = [item for item in items if is_owned(item, owner)]
    return items[0] if items else None


def is_owned(pod: Mapping[str, Any], workload: str) -> bool:
    """Whether a pod was made by the workload, directly or by its ReplicaSet or Job."""
    return any(
        owner["name"] == workload or str(owner["name"]).rpartition("-")[0] == workload
        for owner in pod["metadata"].get("ownerReferences", [])
    )


def attribute_of(item: Mapping[str, Any], reference: Reference) -> str | None:
    """One attribute of an object, as text."""
    spec, status = item.get("spec", {}), item.get("status", {})
    value: Any = None
    if reference.attribute is Attribute.NAME:
        value = item["metadata"]["name"]
    elif reference.attribute is Attribute.NODE:
        value = spec.get("nodeName")
    elif reference.attribute is Attribute.NAMESPACE:
        value = item["metadata"].get("namespace")
    elif reference.attribute is Attribute.IP:
        value = {
            "pod": status.get("podIP"),
            "service": spec.get("clusterIP"),
            "node": next(
                (
                    a["address"]
                    for a in status.get("addresses", [])
                    if a["type"] == "InternalIP"
                ),
                None,
            ),
        }.get(reference.kind)
    elif reference.attribute in (Attribute.CONTAINER, Attribute.IMAGE):
        first = (spec.get("containers") or [{}])[0]
        value = first.get("name" if reference.attribute is Attribute.CONTAINER else "image")
    elif reference.attribute is Attribute.PORT:
        first = (spec.get("ports") or (spec.get("containers") or [{}])[0].get("ports") or [{}])[
            0
        ]
        value = first.get("port", first.get("containerPort"))
    elif reference.attribute is Attribute.NODE_PORT:
        ports = [port["nodePort"] for port in spec.get("ports") or [] if port.get("nodePort")]
        value = ports[0] if ports else None
    return str(value) if value is not None else None
