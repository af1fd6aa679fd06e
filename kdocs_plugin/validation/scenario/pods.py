"""The pods that a note makes: their labels, ports, and who makes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kdocs_plugin.manifests.places import containers, mapping, pod_of, sequence
from kdocs_plugin.validation.scenario.world import World
from kdocs_plugin.values import dataclass


@dataclass(frozen=True, slots=True)
class Pods:
    """Pods of one kind: a Pod, or those of a template."""

    owner: str  # `deployment/web`
    labels: Mapping[str, Any]
    spec: Mapping[str, Any] | None  # None where only words made it
    partial: bool = False  # the author has left something out of its block

    @property
    def port_names(self) -> set[str]:
        return {str(port["name"]) for port in self._ports() if port.get("name")}

    @property
    def port_numbers(self) -> set[int] | None:
        """The numbers that its containers declare; None where one of them declares none."""
        if self.spec is None:
            return None
        main = [mapping(each) for each in sequence(self.spec.get("containers"))]
        if not main or not all(sequence(each.get("ports")) for each in main):
            return None
        numbers = {port.get("containerPort") for port in self._ports()}
        return {number for number in numbers if isinstance(number, int)}

    def _ports(self) -> Iterator[Mapping[str, Any]]:
        for _, container in containers(self.spec or {}):
            for port in sequence(container.get("ports")):
                yield mapping(port)


def pods_of(world: World) -> list[Pods]:
    """All pods of the note."""
    found = []
    for each in world.made:
        owner = f"{each.kind}/{each.name}"
        if each.typed:
            told = each.value.get("template labels")
            labels = told or mapping(each.value.get("metadata")).get("labels")
            if each.kind in ("pod", "deployment", "job", "cronjob"):
                found.append(Pods(owner, mapping(labels), None))
            continue
        pod = pod_of(each.value)
        if pod is not None:
            _, value = pod
            labels = mapping(mapping(value.get("metadata")).get("labels"))
            found.append(Pods(owner, labels, mapping(value.get("spec")), each.partial))
    return found


def chooses(selector: Mapping[str, Any], labels: Mapping[str, Any]) -> bool:
    """Whether a label selector (matchLabels, matchExpressions) chooses these labels."""
    wanted = mapping(selector.get("matchLabels"))
    if any(labels.get(name) != value for name, value in wanted.items()):
        return False
    for each in sequence(selector.get("matchExpressions")):
        expression = mapping(each)
        key, values = str(expression.get("key")), sequence(expression.get("values"))
        there = key in labels
        fits = {
            "In": there and labels[key] in values,
            "NotIn": not there or labels[key] not in values,
            "Exists": there,
            "DoesNotExist": not there,
        }
        if not fits.get(str(expression.get("operator")), True):
            return False
    return True
