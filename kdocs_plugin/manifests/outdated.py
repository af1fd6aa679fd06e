"""KD209: fields, annotations and labels that are accepted and do nothing, or not for long.

Only what the API server itself warns of, in its own words (pkg/api/*/warnings.go and
util.go of Kubernetes), and `spec.serviceAccount`, which its reference calls deprecated.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from kdocs_plugin.manifests.documents import Document, Path, Problem
from kdocs_plugin.manifests.places import containers, mapping, objects, pod_of, sequence

Old = tuple[str, str]  # what the server says of it, what to write instead
Hit = tuple[Path, str, Old]  # where, what: a key, or the label that a value names

NODE_LABELS: Final[Mapping[str, Old]] = {
    "beta.kubernetes.io/arch": ("deprecated since v1.14", "kubernetes.io/arch"),
    "beta.kubernetes.io/os": ("deprecated since v1.14", "kubernetes.io/os"),
    "beta.kubernetes.io/instance-type": (
        "deprecated since v1.17",
        "node.kubernetes.io/instance-type",
    ),
    "failure-domain.beta.kubernetes.io/region": (
        "deprecated since v1.17",
        "topology.kubernetes.io/region",
    ),
    "failure-domain.beta.kubernetes.io/zone": (
        "deprecated since v1.17",
        "topology.kubernetes.io/zone",
    ),
    "node-role.kubernetes.io/master": (
        "no node has it since v1.24",
        "node-role.kubernetes.io/control-plane",
    ),
}
VOLUMES: Final[Mapping[str, Old]] = {
    "gitRepo": ("deprecated in v1.11, and disabled by default in v1.33+", "initContainers"),
    "photonPersistentDisk": ("deprecated in v1.11, non-functional in v1.16+", "csi"),
    "scaleIO": ("deprecated in v1.16, non-functional in v1.22+", "csi"),
    "flocker": ("deprecated in v1.22, non-functional in v1.25+", "csi"),
    "storageOS": ("deprecated in v1.22, non-functional in v1.25+", "csi"),
    "storageos": ("deprecated in v1.22, non-functional in v1.25+", "csi"),
    "quobyte": ("deprecated in v1.22, non-functional in v1.25+", "csi"),
    "glusterfs": ("deprecated in v1.25, non-functional in v1.26+", "csi"),
    "cephfs": ("deprecated in v1.28, non-functional in v1.31+", "csi"),
    "rbd": ("deprecated in v1.28, non-functional in v1.31+", "csi"),
}
SECCOMP: Final = ("non-functional in v1.27+", "securityContext.seccompProfile")
POD_ANNOTATIONS: Final[Mapping[str, Old]] = {
    "scheduler.alpha.kubernetes.io/critical-pod": (
        "non-functional in v1.16+",
        "spec.priorityClassName",
    ),
    "security.alpha.kubernetes.io/sysctls": (
        "non-functional in v1.11+",
        "securityContext.sysctls",
    ),
    "security.alpha.kubernetes.io/unsafe-sysctls": (
        "non-functional in v1.11+",
        "securityContext.sysctls",
    ),
    "seccomp.security.alpha.kubernetes.io/pod": SECCOMP,
}
STORAGE_CLASS: Final = ("deprecated since v1.8", "spec.storageClassName")
ANNOTATIONS: Final[Mapping[str, Mapping[str, Old]]] = {
    "Ingress": {"kubernetes.io/ingress.class": ("deprecated", "spec.ingressClassName")},
    "PersistentVolume": {"volume.beta.kubernetes.io/storage-class": STORAGE_CLASS},
    "PersistentVolumeClaim": {"volume.beta.kubernetes.io/storage-class": STORAGE_CLASS},
}
_AFFINITY: Final = ("affinity", "nodeAffinity")
_REQUIRED: Final = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED: Final = "preferredDuringSchedulingIgnoredDuringExecution"


def problems(document: Document) -> Iterator[Problem]:
    """What is out of use in a document's objects."""
    for path, value in objects(document.value):
        for place, what, (state, instead) in _found(value):
            where = document.position((*path, *place), key=what == place[-1])
            arguments = {"what": what, "state": state, "instead": instead}
            yield Problem("KD209", *where, arguments)


def _found(value: Mapping[str, Any]) -> Iterator[Hit]:
    kind = str(value.get("kind"))
    yield from _annotations(value, ANNOTATIONS.get(kind, {}))
    if kind == "PersistentVolume":
        spec = mapping(value.get("spec"))
        yield from (
            (("spec", name), name, old) for name, old in VOLUMES.items() if name in spec
        )
    found = pod_of(value)
    if found is not None:
        place, pod = found
        for inside, what, old in _of_pod(pod):
            yield (*place, *inside), what, old


def _of_pod(pod: Mapping[str, Any]) -> Iterator[Hit]:
    spec = mapping(pod.get("spec"))
    if "serviceAccount" in spec and "serviceAccountName" not in spec:
        name = "serviceAccount"
        yield ("spec", name), name, ("deprecated", "serviceAccountName")
    for index, volume in enumerate(sequence(spec.get("volumes"))):
        for name in mapping(volume).keys() & VOLUMES.keys():
            yield ("spec", "volumes", index, name), name, VOLUMES[name]
    profiles = [spec, *(container for _, container in containers(spec))]
    if not any(mapping(each.get("securityContext")).get("seccompProfile") for each in profiles):
        yield from _annotations(pod, POD_ANNOTATIONS)
    for name in mapping(spec.get("nodeSelector")):
        if name in NODE_LABELS:
            yield ("spec", "nodeSelector", name), name, NODE_LABELS[name]
    for place, key in _label_keys(spec):
        if isinstance(key, str) and key in NODE_LABELS:
            yield ("spec", *place), key, NODE_LABELS[key]


def _label_keys(spec: Mapping[str, Any]) -> Iterator[tuple[Path, Any]]:
    """Where a pod's spec names labels of nodes by a value."""
    for index, each in enumerate(sequence(spec.get("topologySpreadConstraints"))):
        place: Path = ("topologySpreadConstraints", index, "topologyKey")
        yield place, mapping(each).get("topologyKey")
    affinity = mapping(mapping(spec.get("affinity")).get("nodeAffinity"))
    required = sequence(mapping(affinity.get(_REQUIRED)).get("nodeSelectorTerms"))
    preferred = sequence(affinity.get(_PREFERRED))
    terms: list[tuple[Path, Any]] = [
        *(((_REQUIRED, "nodeSelectorTerms", n), term) for n, term in enumerate(required)),
        *(
            ((_PREFERRED, n, "preference"), mapping(each).get("preference"))
            for n, each in enumerate(preferred)
        ),
    ]
    for place, term in terms:
        for index, each in enumerate(sequence(mapping(term).get("matchExpressions"))):
            inside: Path = (*_AFFINITY, *place, "matchExpressions", index, "key")
            yield inside, mapping(each).get("key")


def _annotations(value: Mapping[str, Any], known: Mapping[str, Old]) -> Iterator[Hit]:
    for name in mapping(mapping(value.get("metadata")).get("annotations")):
        if name in known:
            yield ("metadata", "annotations", name), name, known[name]
