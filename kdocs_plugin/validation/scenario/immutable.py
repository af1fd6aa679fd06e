"""Fields that the API server lets nobody change, kind by kind.

From Kubernetes' own ValidateUpdate functions (pkg/apis/*/validation/validation.go). What the
server fills in by default is compared only where both manifests set it, so that writing a
default out is no change.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from kdocs_plugin.manifests.documents import Path
from kdocs_plugin.manifests.places import mapping, sequence

# Fields that both manifests must set for a difference to be one; fields that either may.
_BOTH: Final[Mapping[str, tuple[Path, ...]]] = {
    "deployment": (("spec", "selector"),),
    "replicaset": (("spec", "selector"),),
    "daemonset": (("spec", "selector"),),
    "statefulset": (
        ("spec", "selector"),
        ("spec", "serviceName"),
        ("spec", "podManagementPolicy"),
    ),
    "service": (("spec", "clusterIP"),),
    "persistentvolumeclaim": (
        ("spec", "accessModes"),
        ("spec", "storageClassName"),
        ("spec", "volumeName"),
        ("spec", "volumeMode"),
        ("spec", "selector"),
    ),
    "storageclass": (
        ("provisioner",),
        ("parameters",),
        ("reclaimPolicy",),
        ("volumeBindingMode",),
    ),
    "rolebinding": (("roleRef",),),
    "clusterrolebinding": (("roleRef",),),
    "priorityclass": (("value",), ("preemptionPolicy",)),
    "ingressclass": (("spec", "controller"),),
    "runtimeclass": (("handler",),),
    "secret": (("type",),),
    "job": (("spec", "completionMode"), ("spec", "selector")),
}
# Of a pod's spec: what may change, or is changed by the server itself.
_MUTABLE: Final = frozenset(
    """
    activeDeadlineSeconds tolerations terminationGracePeriodSeconds nodeName schedulingGates
    serviceAccount serviceAccountName
    """.split()
)
_DEFAULTED: Final = frozenset(
    """
    restartPolicy dnsPolicy schedulerName securityContext enableServiceLinks priority
    preemptionPolicy hostNetwork hostPID hostIPC automountServiceAccountToken imagePullPolicy
    terminationMessagePath terminationMessagePolicy resources protocol successThreshold
    failureThreshold periodSeconds timeoutSeconds scheme defaultMode readOnly apiVersion
    initialDelaySeconds optional volumeMounts volumes env tty stdin
    """.split()
)
_DATA: Final = ("data", "binaryData", "stringData")


def changed_fields(kind: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Path]:
    """The places of `new` that the server refuses, given `old`."""
    for path in _BOTH.get(kind, ()):
        before, after = _at(old, path), _at(new, path)
        if before not in (None, "") and after not in (None, "") and before != after:
            yield path
    if kind == "pod":
        yield from _pod(mapping(old.get("spec")), mapping(new.get("spec")), ("spec",))
    elif kind == "job":
        yield from _job(mapping(old.get("spec")), mapping(new.get("spec")))
    elif kind == "statefulset":
        yield from _claims(mapping(old.get("spec")), mapping(new.get("spec")))
    elif kind in ("configmap", "secret") and old.get("immutable") is True:
        yield from (
            (field,)
            for field in _DATA
            if field in new and mapping(old.get(field)) != mapping(new.get(field))
        )


def _pod(old: Mapping[str, Any], new: Mapping[str, Any], place: Path) -> Iterator[Path]:
    """A pod's spec: everything but images, a deadline and tolerations stays."""
    for field in new.keys() - _MUTABLE:
        if field in ("containers", "initContainers"):
            before = list(map(mapping, sequence(old.get(field))))
            after = list(map(mapping, sequence(new.get(field))))
            if len(before) != len(after):
                yield (*place, field)
                continue
            for n, (one, other) in enumerate(zip(before, after, strict=True)):
                for name in other.keys() - {"image"}:
                    if _differs(one, other, name):
                        yield (*place, field, n, name)
        elif _differs(old, new, field):
            yield (*place, field)


def _differs(old: Mapping[str, Any], new: Mapping[str, Any], field: str) -> bool:
    if field not in old:
        return field not in _DEFAULTED and bool(new[field])
    before, after = old[field], new[field]
    return bool(_plain(before, after) != _plain(after, before))


def _plain(value: Any, other: Any) -> Any:
    """A value without what the other one lacks and the server would fill in; numbers as
    text, since a quantity may be written either way."""
    if isinstance(value, Mapping):
        beside = mapping(other)
        return {
            name: _plain(each, beside.get(name))
            for name, each in value.items()
            if name in beside or name not in _DEFAULTED
        }
    if isinstance(value, list):
        beside_list = sequence(other)
        return [
            _plain(each, beside_list[n] if n < len(beside_list) else None)
            for n, each in enumerate(value)
        ]
    return str(value) if isinstance(value, int | float) else value


def _job(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Path]:
    """A job's pods can't be changed once it runs."""
    if old.get("suspend") is True or new.get("suspend") is True:
        return
    before = mapping(mapping(old.get("template")).get("spec"))
    after = mapping(mapping(new.get("template")).get("spec"))
    place: Path = ("spec", "template", "spec")
    yield from _pod(before, after, place)
    images = [
        [mapping(each).get("image") for each in sequence(spec.get("containers"))]
        for spec in (before, after)
    ]
    if len(images[0]) == len(images[1]):
        for n, (one, other) in enumerate(zip(*images, strict=True)):
            if one != other:
                yield (*place, "containers", n, "image")


def _claims(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Path]:
    """The claims that a StatefulSet makes are the same for ever."""
    before = [mapping(each) for each in sequence(old.get("volumeClaimTemplates"))]
    after = [mapping(each) for each in sequence(new.get("volumeClaimTemplates"))]
    place: Path = ("spec", "volumeClaimTemplates")
    if len(before) != len(after):
        if after:
            yield place
        return
    for n, (one, other) in enumerate(zip(before, after, strict=True)):
        for path in (("metadata", "name"), ("spec", "accessModes"), ("spec", "resources")):
            if _at(one, path) != _at(other, path):
                yield (*place, n, *path)


def _at(value: Mapping[str, Any], path: Path) -> Any:
    found: Any = value
    for step in path:
        found = mapping(found).get(str(step))
    return found
