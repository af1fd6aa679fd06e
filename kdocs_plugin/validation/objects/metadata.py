"""metadata: names by kind, namespace, labels, annotations, finalizers, owners.

ValidateObjectMeta of k8s.io/apimachinery's api/validation.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from kdocs_plugin.late import late
from kdocs_plugin.validation.objects import formats
from kdocs_plugin.validation.objects.fields import (
    LABEL,
    MISSING,
    NAME,
    VALUE,
    Error,
    Errors,
    Field,
    bad_key,
    invalid,
    invalids,
    misnamed,
    present,
    too_long,
)

# What a kind's name must be, where it is no DNS subdomain.
_NAMES: Final[Mapping[str, formats.Check]] = {
    "Namespace": formats.dns_label,
    "Service": formats.dns_label,
    "StatefulSet": formats.dns_label,
    "Role": formats.path_segment,
    "ClusterRole": formats.path_segment,
    "RoleBinding": formats.path_segment,
    "ClusterRoleBinding": formats.path_segment,
    "ClusterTrustBundle": formats.path_segment,
    "CustomResourceDefinition": formats.dns_subdomain,
    "APIService": formats.path_segment,
    "PodDisruptionBudget": formats.path_segment,
    "IPAddress": formats.ip_address,
}
# Since Kubernetes 1.36 a digit can be first (RelaxedServiceNameValidation).
_LETTER_FIRST: Final = 35
# The server names those that have no name.
_NAMED_BY_SERVER: Final = frozenset({"LimitRange"})
# Where there is a name, nobody looks at generateName.
_PREFIX_FREE: Final = frozenset({"ReplicationController"})
_CLUSTER_SCOPED: Final = frozenset(
    "APIService CertificateSigningRequest ClusterRole ClusterRoleBinding ClusterTrustBundle "
    "CSIDriver CSINode CustomResourceDefinition DeviceClass FlowSchema IngressClass IPAddress "
    "MutatingAdmissionPolicy MutatingAdmissionPolicyBinding MutatingWebhookConfiguration "
    "Namespace Node PersistentVolume PriorityClass PriorityLevelConfiguration ResourceSlice "
    "RuntimeClass ServiceCIDR StorageClass ValidatingAdmissionPolicy "
    "ValidatingAdmissionPolicyBinding ValidatingWebhookConfiguration VolumeAttachment "
    "VolumeAttributesClass".split()
)
_TIME: Final = late(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:\d\d)", re.ASCII)
# Their validation is not the core group's, which alone asks for a standard or a full name.
_ANY_FINALIZER: Final = frozenset(
    {"APIService", "CustomResourceDefinition", "PodDisruptionBudget"}
)
_STANDARD: Final = "name is neither a standard finalizer name nor is it fully qualified"
_FINALIZERS: Final = frozenset({"kubernetes", "orphan", "foregroundDeletion"})
_ANNOTATIONS_SIZE: Final = 256 * 1024


def check(metadata: Field, kind: str) -> Errors:
    """An object's own metadata."""
    yield from _name(metadata, kind)
    namespace = metadata["namespace"]
    if kind in _CLUSTER_SCOPED:  # the server drops it, kubectl has made an address of it
        yield from invalids(NAME, namespace, formats.path_segment(namespace.text))
    elif namespace.text:
        yield from misnamed(namespace, formats.dns_label)
    yield from labels(metadata["labels"])
    yield from annotated(metadata["annotations"])
    for error in finalizers(metadata["finalizers"]):
        if kind not in _ANY_FINALIZER or _STANDARD not in error.words:
            yield error
    yield from _times(metadata)
    for owner in metadata["ownerReferences"].items():
        yield from present(owner["apiVersion"], owner["kind"], owner["name"], owner["uid"])


def finalizers(field: Field) -> Errors:
    """Who must be done with an object before it goes."""
    for finalizer in field.items():
        wrong = formats.qualified_name(finalizer.text)
        if not wrong and "/" not in finalizer.text and finalizer.text not in _FINALIZERS:
            wrong = [_STANDARD]
        yield from invalids(NAME, finalizer, wrong)


def of_template(metadata: Field) -> Errors:
    """The metadata of a pod template: no name is needed."""
    yield from _times(metadata)
    yield from labels(metadata["labels"])
    yield from annotated(metadata["annotations"])


def _times(metadata: Field) -> Errors:
    for time in metadata.those(("creationTimestamp", "deletionTimestamp")):
        if isinstance(time.value, str) and not _TIME.fullmatch(time.value):
            yield invalid(VALUE, time, 'cannot parse as "2006-01-02T15:04:05Z07:00"')


def _name(metadata: Field, kind: str) -> Errors:
    name, prefix = metadata["name"], metadata["generateName"]
    rule = _NAMES.get(kind, formats.dns_subdomain)
    if prefix.text and not (kind in _PREFIX_FREE and name.text):
        bare = prefix.text
        if len(bare) > 1 and bare.endswith("-"):
            bare = f"{bare[:-2]}a"  # as the server does before it looks
        yield from invalids(NAME, prefix, rule(bare))
    elif name.value in (None, "") and kind not in _NAMED_BY_SERVER:
        yield Error(
            MISSING, name.path, "Required value: name or generateName is required", absent=True
        )
    if name.text:
        wrong = list(misnamed(name, rule))
        yield from wrong
        if kind == "Service" and not wrong:
            for error in invalids(NAME, name, formats.dns_1035_label(name.text)):
                yield error._replace(until=_LETTER_FIRST)


def labels(field: Field) -> Errors:
    """Keys and values of labels, selectors, nodeSelector."""
    for key, value in field.entries():
        for detail in formats.qualified_name(key):
            yield bad_key(LABEL, value, key, detail)
        if isinstance(value.value, str):
            yield from invalids(LABEL, value, formats.label_value(value.value))


def label_name(field: Field) -> Errors:
    """A label's key as a value: in selectors, taints, topologies."""
    if isinstance(field.value, str | None):
        yield from invalids(LABEL, field, formats.qualified_name(field.text))


def annotated(field: Field) -> Errors:
    """Keys of annotations, and how large all of them are."""
    size = 0
    for key, value in field.entries():
        for detail in formats.qualified_name(key.lower()):
            yield bad_key(LABEL, value, key, detail)
        size += formats.length(key) + formats.length(value.text)
    if size > _ANNOTATIONS_SIZE:
        yield too_long(LABEL, field, _ANNOTATIONS_SIZE)


def name(field: Field, rule: formats.Check = formats.dns_subdomain) -> Errors:
    """The name of another object, where there is one."""
    if field.text:
        wrong = rule(field.text)
        if wrong:  # with dots whatever the rule
            yield from invalids(NAME, field, wrong, formats.as_name(field.text))


__all__ = ["annotated", "check", "invalid", "label_name", "labels", "name", "of_template"]
