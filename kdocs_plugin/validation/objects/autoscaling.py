"""HorizontalPodAutoscalers (v1, v2) and PodDisruptionBudgets."""

from __future__ import annotations

from typing import Final

from kdocs_plugin.validation.objects import formats, quantities, resources, selectors, workloads
from kdocs_plugin.validation.objects.fields import (
    NAME,
    TOGETHER,
    VALUE,
    Error,
    Errors,
    Field,
    forbidden,
    invalid,
    invalids,
    one_of,
    optional,
    required,
)

_SOURCES: Final = {
    "ContainerResource": "containerResource",
    "External": "external",
    "Object": "object",
    "Pods": "pods",
    "Resource": "resource",
}
_HOMES: Final = {
    "Deployment": "apps/v1",
    "ReplicaSet": "apps/v1",
    "StatefulSet": "apps/v1",
}
_GROUPS: Final = 34  # minor version since which what is scaled needs its group
_TARGETS: Final = ("Utilization", "Value", "AverageValue")
_LONGEST_WINDOW: Final = 3600  # seconds
_LONGEST_PERIOD: Final = 1800  # seconds


def autoscaler(field: Field) -> Errors:
    """A HorizontalPodAutoscaler."""
    spec = field["spec"]
    least, most = spec["minReplicas"], spec["maxReplicas"]
    fewest = 1 if least.value is None else least.integer
    metrics = spec["metrics"].items()
    outer = any(metric["type"].text in ("Object", "External") for metric in metrics)
    if (fewest is not None and fewest < 0) or (fewest == 0 and not outer):
        yield invalid(VALUE, least, "must be greater than or equal to 1")
    if most.value in (None, 0):
        yield required(most)
    elif most.integer is not None:
        if most.integer < 0:
            yield invalid(VALUE, most, "must be greater than or equal to 1")
        elif fewest is not None and most.integer < fewest:
            yield invalid(TOGETHER, most, "must be greater than or equal to `minReplicas`")
    yield from _reference(spec["scaleTargetRef"], scaled=True)
    share = spec["targetCPUUtilizationPercentage"]
    if share.integer is not None and share.integer < 1:
        yield invalid(VALUE, share, "must be greater than 0")
    for metric in metrics:
        yield from _metric(metric)
    for name in ("scaleUp", "scaleDown"):
        rules = spec["behavior"][name]
        if rules.given:
            yield from _scaling(rules)


def _reference(reference: Field, *, scaled: bool = False) -> Errors:
    if reference.given and not isinstance(reference.value, dict):
        return
    for name in ("kind", "name"):
        if reference[name].empty:
            yield required(reference[name])
        yield from invalids(NAME, reference[name], formats.path_segment(reference[name].text))
    version = reference["apiVersion"]
    if version.text.count("/") > 1:
        yield invalid(VALUE, version, f"unexpected GroupVersion string: {version.text}")
    elif scaled and _is_core(version) and reference["kind"].text != "ReplicationController":
        words = f'Invalid value: "{version.text}": apiVersion must specify API group'
        near = _HOMES.get(reference["kind"].text, "")
        yield Error(VALUE, version.path, words, near, since=_GROUPS)


def _is_core(version: Field) -> bool:
    return version.value is None or (isinstance(version.value, str) and "/" not in version.text)


def _metric(metric: Field) -> Errors:
    kind = metric["type"]
    yield from one_of(kind, _SOURCES)
    given = [metric[name] for name in _SOURCES.values() if metric[name].given]
    wanted = _SOURCES.get(kind.text)
    if wanted and not metric[wanted].given:
        detail = "must populate information for the given metric source"
        yield required(metric[wanted], detail)
    for source in given:
        if len(given) > 1 and source.path[-1] != wanted:
            yield forbidden(source, "must populate the given metric source only")
    for source in given[:1]:
        yield from _source(source)


def _source(source: Field) -> Errors:
    kind, target = str(source.path[-1]), source["target"]
    if kind in ("resource", "containerResource"):
        name = source["name"]
        if name.empty:
            yield required(name)
        elif kind == "containerResource":
            yield from resources.container_resource_name(name, name.text)
    else:
        name = source["metric"]["name"]
        if name.empty:
            yield required(name)
        yield from invalids(NAME, name, formats.path_segment(name.text))
    if kind == "containerResource":
        container = source["container"]
        if container.empty:
            yield required(container)
        yield from invalids(
            NAME, container, container.text and formats.dns_label(container.text)
        )
    if kind == "object":
        yield from _reference(source["describedObject"])
    yield from _target(target)
    yield from _of_source(kind, target)


def _target(target: Field) -> Errors:
    yield from one_of(target["type"], _TARGETS)
    for name in ("value", "averageValue"):
        yield from quantities.positive(target[name])
    share = target["averageUtilization"]
    if share.integer is not None and share.integer < 1:
        yield invalid(VALUE, share, "must be greater than 0")


def _of_source(kind: str, target: Field) -> Errors:
    value, average, share = (
        target[name] for name in ("value", "averageValue", "averageUtilization")
    )
    if target.given and not isinstance(target.value, dict):
        return
    if kind in ("resource", "containerResource"):
        if not share.given and not average.given:
            detail = "must set either a target raw value or a target utilization"
            yield required(share, detail)
        elif share.given and average.given:
            yield forbidden(
                average, "may not set both a target raw value and a target utilization"
            )
    elif kind == "pods":
        if not average.given:
            yield required(average, "must specify a positive target averageValue")
    elif not value.given and not average.given:
        yield required(average, "must set either a target value or averageValue")
    elif kind == "external" and value.given and average.given:
        yield forbidden(
            value, "may not set both a target value for metric and a per-pod target"
        )


def _scaling(rules: Field) -> Errors:
    window, tolerance = rules["stabilizationWindowSeconds"], rules["tolerance"]
    if window.integer is not None and not 0 <= window.integer <= _LONGEST_WINDOW:
        yield invalid(VALUE, window, f"must be between 0 and {_LONGEST_WINDOW}, inclusive")
    yield from optional(rules["selectPolicy"], ("Max", "Min", "Disabled"))
    if rules["policies"].value == []:
        yield required(rules["policies"], "must specify at least one Policy")
    for policy in rules["policies"].items():
        yield from one_of(policy["type"], ("Percent", "Pods"))
        value, period = policy["value"], policy["periodSeconds"]
        for field in (value, period):
            if field.value is None or (field.integer is not None and field.integer <= 0):
                yield Error(VALUE, field.path, "Invalid value: must be greater than zero")
        if period.integer is not None and period.integer > _LONGEST_PERIOD:
            yield invalid(VALUE, period, f"must be less than or equal to {_LONGEST_PERIOD}")
    yield from quantities.not_negative(tolerance)


def budget(field: Field) -> Errors:
    """A PodDisruptionBudget."""
    spec = field["spec"]
    least, most = spec["minAvailable"], spec["maxUnavailable"]
    if least.given and most.given:
        detail = "minAvailable and maxUnavailable cannot be both set"
        yield Error(TOGETHER, most.path, f"Invalid value: {detail}", key=True)
    yield from workloads.share(least)
    yield from workloads.share(most)
    yield from selectors.check(spec["selector"])
    yield from optional(spec["unhealthyPodEvictionPolicy"], ("AlwaysAllow", "IfHealthyBudget"))
