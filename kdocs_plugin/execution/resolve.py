"""Placeholders and the author's literals given their values, from what stands now."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from kdocs_plugin.clusters import helper
from kdocs_plugin.clusters.api import Api, ApiError
from kdocs_plugin.commands import fill, parse_kubectl, split
from kdocs_plugin.execution.statuses import shows_failure
from kdocs_plugin.model import Attribute, Reference, Scenario, Step
from kdocs_plugin.outputs.align import line_up
from kdocs_plugin.values import replace

Verdict = tuple[str, Mapping[str, Any]]  # message key and its arguments
NOTHING = "No resources found"
CONTROL = re.compile(r"control|master|minikube|desktop")
PATHS = {
    "pod": "/api/v1/namespaces/{namespace}/pods",
    "service": "/api/v1/namespaces/{namespace}/services",
    "replicaset": "/apis/apps/v1/namespaces/{namespace}/replicasets",
    "job": "/apis/batch/v1/namespaces/{namespace}/jobs",
    "node": "/api/v1/nodes",
}


class Bindings:
    """What stands in a scenario's commands for placeholders and for the author's literals."""

    def __init__(self, api: Api, namespace: str, scenario: Scenario) -> None:
        self.api = api
        self.namespace = namespace
        self.where = namespace  # of the step that is being filled
        steps = (step for page in scenario.together for step in page.steps)
        self.listens = any(each.literal for step in steps for each in step.references)
        self.known: dict[str, str] = {}  # the author's values and ours in their place

    def learn(self, step: Step, output: str) -> None:
        """Line the author's output up with ours."""
        if self.listens and step.expected is not None and output:
            self.known |= line_up(step.expected.text, output, self.known)

    def filled(self, step: Step) -> tuple[str, Verdict | None]:
        """A step's command as it is run, and why it can't be where a value is missing."""
        self.where = namespace_in(step) or self.namespace
        values = []
        for reference in step.references:
            if reference.literal and reference.bound is None:
                value = self.ours(reference)
            else:
                value = resolve(reference, self.api, self.where)
            if value is None:
                return step.command, ("run.unresolved", {"placeholder": reference.text})
            if self.is_gone(reference, value) and not expects_failure(step):
                why = {"placeholder": reference.text, "value": value}
                return step.command, ("run.gone", why)
            values.append((reference.start, reference.text, value))
        return fill(step.command, values), None

    def ours(self, reference: Reference) -> str | None:
        """Our value for a literal: of the captured output, else of the object it belongs to."""
        text = reference.text
        if reference.attribute is Attribute.NAME and reference.kind in PATHS:
            if text not in self.known and (name := self.next_of(reference)) is not None:
                self.known[text] = name
        elif text not in self.known and reference.kind:
            owner = self.known.get(reference.of, reference.object_name)
            value = resolve(replace(reference, object_name=owner), self.api, self.where)
            return value if reference.kind == "node" or owner else None
        return self.known.get(text)

    def next_of(self, reference: Reference) -> str | None:
        """The first object of the kind, made by the workload, that stands for no other
        literal yet: the author's names are taken in their order."""
        items = of_kind(reference.kind, self.api, self.where)
        names = [str(item["metadata"]["name"]) for item in items]
        if reference.text in names:
            return reference.text
        owner = (reference.object_name or "").rpartition("/")[2]
        if reference.kind == "node":
            control = bool(CONTROL.search(reference.text))
            names = sorted(names, key=lambda name: bool(CONTROL.search(name)) != control)
        elif owner:
            items = [item for item in items if is_owned(item, owner)]
            items = [item for item in items if not item["metadata"].get("deletionTimestamp")]
            items.sort(key=lambda item: (item["metadata"]["creationTimestamp"],
                                         item["metadata"]["name"]))  # fmt: skip
            names = [str(item["metadata"]["name"]) for item in items]
        else:
            return None
        taken = set(self.known.values())
        return next((name for name in names if name not in taken), None)

    def is_gone(self, reference: Reference, value: str) -> bool:
        """Whether the pod that stood for a literal does not stand any more."""
        if not reference.literal or reference.attribute is not Attribute.NAME:
            return False
        if reference.kind != "pod":
            return False
        path = PATHS["pod"].format(namespace=self.where)
        try:
            self.api.get(f"{path}/{value}")
        except ApiError as error:
            if error.status == 404:
                return True
            raise
        return False


def namespace_in(step: Step) -> str:
    """The namespace that a step's kubectl names with -n, "" for none or several."""
    if not step.references:
        return ""
    commands = [each for statement in split(step.command) for each in statement.commands]
    lines = [line for each in commands if (line := parse_kubectl(each.words))]
    named = {value for line in lines for value in line.values("-n", "--namespace")}
    name = next(iter(named)) if len(named) == 1 else ""
    return name if re.fullmatch(r"[a-z0-9-]+", name) else ""


def expects_failure(step: Step) -> bool:
    """Whether the author means the command to fail."""
    if step.returncode is not None:
        return step.returncode != 0
    nothing = step.expected is not None and step.expected.text.startswith(NOTHING)
    return nothing or shows_failure(step)


def of_kind(kind: str, api: Api, namespace: str) -> list[Mapping[str, Any]]:
    """All objects of a kind that the note has made, by name: the helper pod is ours."""
    items = api.get(PATHS[kind].format(namespace=namespace))["items"]
    items = [item for item in items if item["metadata"]["name"] != helper.POD]
    return sorted(items, key=lambda item: str(item["metadata"]["name"]))


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
    items = of_kind(reference.kind, api, namespace)
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
