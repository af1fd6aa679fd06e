"""Requests and limits, and the names of resources.

ValidateContainerResourceRequirements and helper.go of pkg/apis/core.
"""

from __future__ import annotations

from typing import Final

from kdocs_plugin.manifests import spelling
from kdocs_plugin.validation.objects import formats, quantities
from kdocs_plugin.validation.objects.fields import (
    QUANTITY,
    TOGETHER,
    VALUE,
    Error,
    Errors,
    Field,
    bad_key,
    invalid,
    required,
)

HUGE_PAGES: Final = "hugepages-"
_CONTAINER: Final = ("cpu", "memory", "ephemeral-storage")
_COUNTED: Final = (
    "pods", "services", "replicationcontrollers", "resourcequotas", "secrets", "configmaps",
    "persistentvolumeclaims", "services.nodeports", "services.loadbalancers",
)  # fmt: skip
STANDARD: Final = (
    *_CONTAINER, "requests.cpu", "requests.memory", "requests.ephemeral-storage", "limits.cpu",
    "limits.memory", "limits.ephemeral-storage", "storage", "requests.storage", *_COUNTED,
)  # fmt: skip
QUOTA: Final = tuple(name for name in STANDARD if name != "storage")


def is_huge(name: str) -> bool:
    """`hugepages-2Mi`."""
    return name.startswith(HUGE_PAGES)


def is_native(name: str) -> bool:
    """Kubernetes' own: no domain, or kubernetes.io."""
    return "/" not in name or "kubernetes.io/" in name


def is_extended(name: str) -> bool:
    """`example.com/gpu`: whole numbers, and no overcommitting."""
    return not is_native(name) and not name.startswith("requests.")


def resource_name(field: Field, key: str, known: tuple[str, ...], words: str = "") -> Errors:
    """A resource's name as the key of `field`."""
    wrong = formats.qualified_name(key)
    for detail in wrong:
        yield bad_key(QUANTITY, field, key, detail)
    if wrong or "/" in key or is_huge(key) or key.startswith("requests.hugepages-"):
        return
    if key not in known:
        detail = (
            words if key in STANDARD else "must be a standard resource type or fully qualified"
        )
        near = spelling.nearest(key, known, cutoff=0.6)
        yield bad_key(QUANTITY, field, key, detail, near)


def container_resource_name(field: Field, key: str) -> Errors:
    """A resource that a container can ask for."""
    words = "must be a standard resource for containers"
    yield from resource_name(field, key, _CONTAINER, words)
    if "/" in key and not is_native(key) and not is_extended(key):
        yield bad_key(QUANTITY, field, key, "doesn't follow extended resource name standard")


def amount(field: Field, name: str) -> Errors:
    """A quantity of a resource: not negative, whole where it counts things."""
    yield from quantities.not_negative(field)
    worth = quantities.parse(field.value)
    whole = name in _COUNTED or is_extended(name)
    if whole and worth is not None and worth >= 0 and worth % quantities.ONE:
        yield invalid(QUANTITY, field, "must be an integer")


def check(requirements: Field, claims: frozenset[str]) -> Errors:
    """A container's requests and limits; `claims` are the pod's resourceClaims."""
    limits, requests = requirements["limits"], requirements["requests"]
    names: set[str] = set()
    for of in (limits, requests):
        for name, value in of.entries():
            names.add(name)
            yield from container_resource_name(value, name)
            yield from amount(value, name)
            yield from _whole_pages(name, value)
    yield from _within_limits(limits, requests)
    if any(map(is_huge, names)) and names.isdisjoint(("cpu", "memory")):
        words = "Forbidden: HugePages require cpu or memory"
        yield Error(QUANTITY, requirements.path, words)
    yield from _claims(requirements["claims"], claims)


def of_pod(requirements: Field) -> Errors:
    """What a pod as a whole requests."""
    limits, requests = requirements["limits"], requirements["requests"]
    for name, value in (*limits.entries(), *requests.entries()):
        yield from amount(value, name)
        if name not in ("cpu", "memory") and not is_huge(name):
            words = f'Unsupported value: "{name}": supported values: "cpu", "memory"'
            yield Error(QUANTITY, value.path, words, choices="`cpu`, `memory`", key=True)
    yield from _within_limits(limits, requests)
    if requirements["claims"].given:
        words = "Forbidden: claims may not be set for Resources at pod-level"
        yield Error(TOGETHER, requirements["claims"].path, words, key=True)


def _within_limits(limits: Field, requests: Field) -> Errors:
    for name, value in requests.entries():
        limit, request = limits[name], quantities.worth(value)
        overcommits = is_native(name) and not is_huge(name)
        most = quantities.worth(limit)
        if name not in dict(limits.entries()):
            if not overcommits:
                detail = "Limit must be set for non overcommitable resources"
                yield Error(QUANTITY, value.path, f"Required value: {detail}")
        elif request is None or most is None:
            continue
        elif not overcommits and request != most:
            detail = f"must be equal to {name} limit of {limit.value}"
            yield invalid(QUANTITY, value, detail)
        elif request > most:
            detail = f"must be less than or equal to {name} limit of {limit.value}"
            yield invalid(QUANTITY, value, detail)


def _whole_pages(name: str, value: Field) -> Errors:
    size = quantities.parse(name.removeprefix(HUGE_PAGES)) if is_huge(name) else None
    worth = quantities.parse(value.value)
    if is_huge(name) and worth is not None and (not size or size < 0 or worth % size):
        detail = f"{value.value} is not positive integer multiple of {name}"
        yield invalid(QUANTITY, value, detail)


def _claims(field: Field, known: frozenset[str]) -> Errors:
    for claim in field.items():
        name = claim["name"]
        if name.empty:
            yield required(name)
        elif name.text and name.text not in known:
            near = spelling.nearest(name.text, known)
            words = (
                f'Not found: "{name.text}": must be one of the names in pod.spec.resourceClaims'
            )
            yield Error(VALUE, name.path, words, near)
