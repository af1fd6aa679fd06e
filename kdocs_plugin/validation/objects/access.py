"""Roles and their bindings: pkg/apis/rbac's validation."""

from __future__ import annotations

from typing import Final

from kdocs_plugin.validation.objects import formats, selectors
from kdocs_plugin.validation.objects.fields import (
    NAME,
    TOGETHER,
    VALUE,
    Error,
    Errors,
    Field,
    invalid,
    invalids,
    one_of,
    required,
    unsupported,
)

_GROUP: Final = "rbac.authorization.k8s.io"
_SUBJECTS: Final = ("ServiceAccount", "User", "Group")


def role(field: Field) -> Errors:
    """A Role."""
    for rule in field["rules"].items():
        yield from _rule(rule, namespaced=True)


def cluster_role(field: Field) -> Errors:
    """A ClusterRole."""
    for rule in field["rules"].items():
        yield from _rule(rule, namespaced=False)
    aggregation = field["aggregationRule"]
    chosen = aggregation["clusterRoleSelectors"]
    if aggregation.given and chosen.empty:
        detail = "at least one clusterRoleSelector required if aggregationRule is non-nil"
        yield required(chosen, detail)
    for selector in chosen.items():
        yield from selectors.check(selector)


def _rule(rule: Field, *, namespaced: bool) -> Errors:
    if rule["verbs"].empty:
        yield required(rule["verbs"])
    addresses = rule["nonResourceURLs"]
    if addresses.items():
        if namespaced:
            detail = "namespaced rules cannot apply to non-resource URLs"
            yield invalid(TOGETHER, addresses, detail)
        if any(not rule[name].empty for name in ("apiGroups", "resources", "resourceNames")):
            detail = "rules cannot apply to both regular resources and non-resource URLs"
            yield invalid(TOGETHER, addresses, detail)
        return
    for name, what in (("apiGroups", "api group"), ("resources", "resource")):
        if rule[name].empty:
            yield required(rule[name], f"resource rules must supply at least one {what}")


def role_binding(field: Field) -> Errors:
    """A RoleBinding."""
    yield from _binding(field, ("Role", "ClusterRole"), namespaced=True)


def cluster_role_binding(field: Field) -> Errors:
    """A ClusterRoleBinding."""
    yield from _binding(field, ("ClusterRole",), namespaced=False)


def _binding(field: Field, kinds: tuple[str, ...], *, namespaced: bool) -> Errors:
    reference = field["roleRef"]
    group, kind, name = (reference[each] for each in ("apiGroup", "kind", "name"))
    if isinstance(group.value, str) and group.value not in ("", _GROUP):
        yield unsupported(group, (_GROUP,))
    yield from one_of(kind, kinds)
    if name.empty:
        yield required(name)
    else:
        yield from invalids(NAME, name, formats.path_segment(name.text))
    for subject in field["subjects"].items():
        yield from _subject(subject, namespaced=namespaced)


def _subject(subject: Field, *, namespaced: bool) -> Errors:
    kind, name, group, namespace = (
        subject[each] for each in ("kind", "name", "apiGroup", "namespace")
    )
    if name.empty:
        yield required(name)
    yield from one_of(kind, _SUBJECTS)
    if kind.text == "ServiceAccount":
        yield from invalids(NAME, name, name.text and formats.dns_subdomain(name.text))
        if group.text:
            yield unsupported(group, ("",))
        if namespace.empty and not namespaced:
            yield required(namespace)
    elif kind.text in _SUBJECTS and group.text not in ("", _GROUP):
        yield unsupported(group, (_GROUP,))


__all__ = ["VALUE", "Error", "cluster_role", "cluster_role_binding", "role", "role_binding"]
