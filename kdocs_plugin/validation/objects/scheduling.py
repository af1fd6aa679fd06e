"""Where pods go: tolerations, affinity, spreading, gates (pkg/apis/core's validation)."""

from __future__ import annotations

from typing import Final

from kdocs_plugin.late import late
from kdocs_plugin.validation.objects import formats, metadata, selectors
from kdocs_plugin.validation.objects.fields import (
    DUPLICATE,
    LABEL,
    NAME,
    TOGETHER,
    VALUE,
    Error,
    Errors,
    Field,
    duplicate,
    forbidden,
    invalid,
    invalids,
    one_of,
    optional,
    required,
)

# All of a pod's spec that the scheduler reads.
FIELDS: Final = (
    "nodeSelector", "tolerations", "affinity", "topologySpreadConstraints", "schedulingGates",
)  # fmt: skip
EFFECTS: Final = ("NoSchedule", "PreferNoSchedule", "NoExecute")
_TOLERATES: Final = ("Equal", "Exists", "Lt", "Gt")
_INTEGER: Final = late(r"-?(?:0|[1-9][0-9]{0,18})")
_REQUIRED: Final = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED: Final = "preferredDuringSchedulingIgnoredDuringExecution"


def check(spec: Field) -> Errors:
    """All of a pod's spec that the scheduler reads."""
    yield from metadata.labels(spec["nodeSelector"])
    for each in spec["tolerations"].items():
        yield from toleration(each)
    yield from _affinity(spec["affinity"])
    yield from _spreading(spec["topologySpreadConstraints"])
    gates: set[str] = set()
    for gate in spec["schedulingGates"].items():
        name = gate["name"]
        yield from invalids(LABEL, name, formats.qualified_name(name.text))
        if name.text and name.text in gates:
            yield duplicate(name)
        gates.add(name.text)


def toleration(field: Field) -> Errors:
    """A pod's toleration."""
    key, operator, value, effect = (
        field[name] for name in ("key", "operator", "value", "effect")
    )
    if key.text:
        yield from metadata.label_name(key)
    elif key.value in (None, "") and operator.text != "Exists" and _is_text(operator):
        detail = (
            "operator must be Exists when `key` is empty, which means "
            '"match all values and all keys"'
        )
        yield Error(TOGETHER, operator.path, f'Invalid value: "{operator.text}": {detail}')
    if field["tolerationSeconds"].given and effect.text != "NoExecute":
        detail = "effect must be 'NoExecute' when `tolerationSeconds` is set"
        yield Error(TOGETHER, effect.path, f'Invalid value: "{effect.text}": {detail}')
    yield from one_of(operator, _TOLERATES, "Equal")
    if operator.text == "Exists" and value.text:
        yield invalid(TOGETHER, value, "value must be empty when `operator` is 'Exists'")
    elif operator.text in ("Lt", "Gt") and _is_text(value):
        if not _INTEGER.fullmatch(value.text):
            yield invalid(VALUE, value, "must be a valid decimal integer in canonical form")
    elif operator.text in ("", "Equal"):
        yield from invalids(LABEL, value, formats.label_value(value.text))
    if effect.text:
        yield from one_of(effect, EFFECTS)


def _is_text(field: Field) -> bool:
    return field.value is None or isinstance(field.value, str)


def _affinity(affinity: Field) -> Errors:
    if not affinity.given:
        return
    nodes = affinity["nodeAffinity"]
    if nodes[_REQUIRED].given:
        yield from selectors.of_nodes(nodes[_REQUIRED])
    for term in nodes[_PREFERRED].items():
        yield from _weight(term["weight"])
        yield from selectors.node_term(term["preference"], values_free=True)
    for name in ("podAffinity", "podAntiAffinity"):
        for term in affinity[name][_REQUIRED].items():
            yield from _pod_term(term)
        for term in affinity[name][_PREFERRED].items():
            yield from _weight(term["weight"])
            yield from _pod_term(term["podAffinityTerm"])


def _weight(weight: Field) -> Errors:
    number = 0 if weight.value is None else weight.integer
    if number is not None and not 1 <= number <= 100:
        yield invalid(VALUE, weight, "must be in the range 1-100")


def _pod_term(term: Field) -> Errors:
    yield from selectors.check(term["labelSelector"])
    yield from selectors.check(term["namespaceSelector"])
    for namespace in term["namespaces"].items():
        yield from invalids(NAME, namespace, formats.dns_label(namespace.text))
    key = term["topologyKey"]
    if key.empty:
        yield required(key, "can not be empty")
    elif key.text:
        yield from metadata.label_name(key)
    mismatching = {field.text for field in term["mismatchLabelKeys"].items()}
    for name in ("matchLabelKeys", "mismatchLabelKeys"):
        yield from _label_keys(term[name], term["labelSelector"])
    for field in term["matchLabelKeys"].items():
        if field.text in mismatching:
            detail = "exists in both matchLabelKeys and mismatchLabelKeys"
            yield invalid(TOGETHER, field, detail)


def _label_keys(keys: Field, selector: Field) -> Errors:
    if keys.items() and not selector.given:
        yield forbidden(keys, "must not be specified when labelSelector is not set")
    for key in keys.items():
        yield from metadata.label_name(key)


def _spreading(constraints: Field) -> Errors:
    seen: set[tuple[str, str]] = set()
    for constraint in constraints.items():
        skew, key, action = (
            constraint[name] for name in ("maxSkew", "topologyKey", "whenUnsatisfiable")
        )
        if skew.value is None or (skew.integer is not None and skew.integer <= 0):
            yield invalid(VALUE, skew, "must be greater than zero")
        if key.empty:
            yield required(key, "can not be empty")
        yield from one_of(action, ("DoNotSchedule", "ScheduleAnyway"))
        if (key.text, action.text) in seen:
            words = f"Duplicate value: {{{key.text}, {action.text}}}"
            yield Error(DUPLICATE, constraint.path, words)
        seen.add((key.text, action.text))
        domains = constraint["minDomains"]
        if domains.integer is not None and domains.integer <= 0:
            yield invalid(VALUE, domains, "must be greater than zero")
        if domains.given and action.text != "DoNotSchedule":
            detail = "can only use minDomains if whenUnsatisfiable=DoNotSchedule"
            yield invalid(TOGETHER, domains, detail)
        for name in ("nodeAffinityPolicy", "nodeTaintsPolicy"):
            yield from optional(constraint[name], ("Honor", "Ignore"))
        yield from _label_keys(constraint["matchLabelKeys"], constraint["labelSelector"])
        yield from selectors.check(constraint["labelSelector"])
