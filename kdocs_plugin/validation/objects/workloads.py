"""What keeps pods running: Deployment, ReplicaSet, StatefulSet, DaemonSet,
ReplicationController (pkg/apis/apps' validation)."""

from __future__ import annotations

from typing import Final

from kdocs_plugin.validation.objects import claims, formats, pods, selectors
from kdocs_plugin.validation.objects.fields import (
    REFERENCE,
    TOGETHER,
    VALUE,
    Error,
    Errors,
    Field,
    forbidden,
    invalid,
    invalids,
    misnamed,
    not_negative,
    one_of,
    required,
)

_ROLLING: Final = "RollingUpdate"


def deployment(field: Field) -> Errors:
    """A Deployment."""
    spec = field["spec"]
    yield from _pods(spec, "deployment", "ReplicaSet")
    strategy = spec["strategy"]
    kind, rolling = strategy["type"], strategy["rollingUpdate"]
    yield from one_of(kind, ("Recreate", _ROLLING), _ROLLING)
    if kind.text == "Recreate" and rolling.given:
        yield forbidden(rolling, "may not be specified when strategy `type` is 'Recreate'")
    elif kind.text in ("", _ROLLING):
        yield from _rolling(rolling, both=True)
    deadline, ready = spec["progressDeadlineSeconds"], spec["minReadySeconds"]
    yield from not_negative(spec["revisionHistoryLimit"], deadline)
    seconds = 600 if deadline.value is None else deadline.integer
    if seconds is not None and seconds <= (ready.integer or 0):
        place = deadline if deadline.given else ready
        yield Error(
            TOGETHER,
            place.path,
            f"Invalid value: {seconds}: must be greater than minReadySeconds",
        )


def replica_set(field: Field) -> Errors:
    """A ReplicaSet."""
    yield from _pods(field["spec"], "deployment", "ReplicaSet")


def _pods(spec: Field, kind: str, told: str) -> Errors:
    """Selector and template, as ReplicaSets have them. `told` is what the server says."""
    template = spec["template"]
    yield from not_negative(spec["replicas"], spec["minReadySeconds"])
    yield from selectors.of_template(spec["selector"], template, kind)
    yield from pods.template(template)
    yield from pods.always_restarts(template, told)


def daemon_set(field: Field) -> Errors:
    """A DaemonSet."""
    spec = field["spec"]
    yield from _pods(spec, "daemonset", "DaemonSet")
    yield from not_negative(spec["revisionHistoryLimit"])
    strategy = spec["updateStrategy"]
    yield from one_of(strategy["type"], (_ROLLING, "OnDelete"), _ROLLING)
    if strategy["type"].text in ("", _ROLLING):
        yield from _rolling(strategy["rollingUpdate"], both=False)


def stateful_set(field: Field) -> Errors:
    """A StatefulSet."""
    spec, template = field["spec"], field["spec"]["template"]
    yield from one_of(spec["podManagementPolicy"], ("OrderedReady", "Parallel"), "OrderedReady")
    strategy = spec["updateStrategy"]
    yield from one_of(strategy["type"], (_ROLLING, "OnDelete"), _ROLLING)
    rolling = strategy["rollingUpdate"]
    if strategy["type"].text == "OnDelete" and rolling.given:
        yield invalid(TOGETHER, rolling, "only allowed for updateStrategy 'RollingUpdate'")
    yield from not_negative(
        rolling["partition"],
        spec["replicas"],
        spec["minReadySeconds"],
        spec["revisionHistoryLimit"],
        spec["ordinals"]["start"],
    )
    yield from _share(rolling["maxUnavailable"], least=1)
    kept = spec["persistentVolumeClaimRetentionPolicy"]
    for name in ("whenDeleted", "whenScaled"):
        yield from one_of(kept[name], ("Retain", "Delete"), "Retain")
    service = spec["serviceName"]
    if service.text:
        yield from misnamed(service)
    for claim in spec["volumeClaimTemplates"].items():
        yield from claims.spec(claim["spec"])
    yield from selectors.of_template(spec["selector"], template, "statefulset")
    claimed = [claim["metadata"]["name"].text for claim in spec["volumeClaimTemplates"].items()]
    yield from pods.template(template, claimed=claimed)
    yield from pods.always_restarts(template, "StatefulSet")


def replication_controller(field: Field) -> Errors:
    """Its selector is made from the template's labels where it has none."""
    spec, template = field["spec"], field["spec"]["template"]
    selector, labels = spec["selector"], template.at("metadata", "labels")
    yield from not_negative(spec["replicas"], spec["minReadySeconds"])
    if not template.given:
        yield required(template)
        return
    if selector.empty and labels.empty:
        yield required(selector)
    if isinstance(selector.value, dict) and selector.value:
        given = labels.value if isinstance(labels.value, dict) else {}
        if any(given.get(key) != value for key, value in selector.value.items()):
            place = labels if labels.given else template["metadata"]
            words = "Invalid value: `selector` does not match template `labels`"
            yield Error(REFERENCE, place.path, words)
    yield from pods.template(template)
    yield from pods.always_restarts(template, "ReplicationController")


# --- RollingUpdate ---


def _rolling(rolling: Field, *, both: bool) -> Errors:
    """maxSurge and maxUnavailable; `both` at zero is what a Deployment can't have."""
    surge, unavailable = rolling["maxSurge"], rolling["maxUnavailable"]
    yield from _share(surge, limited=not both)
    yield from _share(unavailable)
    zero = (_worth(surge, "25%" if both else 0), _worth(unavailable, "25%" if both else 1))
    if zero == (0, 0):
        place = unavailable if unavailable.given else surge
        detail = "may not be 0 when `maxSurge` is 0"
        yield Error(TOGETHER, place.path, f"Invalid value: {detail}")
    elif not both and None not in zero and all(zero):
        detail = "may not be set when maxUnavailable is non-zero"
        yield Error(TOGETHER, surge.path, f"Invalid value: {detail}")


def _worth(field: Field, default: int | str) -> int | None:
    value = default if field.value is None else field.value
    if isinstance(value, str):
        return int(value[:-1]) if not formats.percent(value) and len(value) < 9 else None
    return value if value.__class__ is int else None


def _share(field: Field, *, limited: bool = True, least: int = 0) -> Errors:
    """A number of pods or a percentage of them."""
    if isinstance(field.value, str):
        wrong = formats.percent(field.value)
        yield from invalids(VALUE, field, wrong)
        worth = _worth(field, 0)
        if limited and worth is not None and worth > 100:
            yield invalid(VALUE, field, "must not be greater than 100%")
    elif field.integer is not None and field.integer >= 2**31:
        yield invalid(VALUE, field, "cannot unmarshal number into int32")
    elif field.integer is not None and field.integer < least:
        yield invalid(VALUE, field, f"must be greater than or equal to {least}")


share = _share
