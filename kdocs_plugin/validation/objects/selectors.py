"""Label selectors, node selectors, and what a selector chooses.

ValidateLabelSelector of apimachinery's meta/v1/validation; ValidateNodeSelector of core's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from kdocs_plugin.validation.objects import formats
from kdocs_plugin.validation.objects.fields import (
    LABEL,
    NAME,
    REFERENCE,
    TOGETHER,
    VALUE,
    Error,
    Errors,
    Field,
    forbidden,
    invalid,
    invalids,
    required,
)
from kdocs_plugin.validation.objects.metadata import label_name, labels

_OPERATORS: Final = ("In", "NotIn", "Exists", "DoesNotExist")
_NODE_OPERATORS: Final = (*_OPERATORS, "Gt", "Lt")


def check(selector: Field) -> Errors:
    """A LabelSelector."""
    yield from labels(selector["matchLabels"])
    for requirement in selector["matchExpressions"].items():
        yield from _operator(requirement, _OPERATORS)
        yield from label_name(requirement["key"])
        for value in requirement["values"].items():
            yield from invalids(LABEL, value, formats.label_value(value.text))


def _operator(requirement: Field, known: tuple[str, ...]) -> Errors:
    operator, values = requirement["operator"], requirement["values"]
    count = len(values.items())
    if operator.given and not isinstance(operator.value, str):
        return
    if operator.text not in known:
        detail = "not a valid selector operator"
        yield Error(
            VALUE,
            operator.path,
            f'Invalid value: "{operator.text}": {detail}',
            choices=", ".join(f"`{each}`" for each in known),
            absent=not operator.given,
        )
    elif operator.text in ("In", "NotIn") and not count:
        yield required(values, "must be specified when `operator` is 'In' or 'NotIn'")
    elif operator.text in ("Exists", "DoesNotExist") and count:
        yield forbidden(
            values, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"
        )
    elif operator.text in ("Gt", "Lt") and count != 1:
        yield required(values, "must be specified single value when `operator` is 'Lt' or 'Gt'")


def of_nodes(selector: Field) -> Errors:
    """A NodeSelector."""
    terms = selector["nodeSelectorTerms"]
    if terms.empty:
        yield required(terms, "must have at least one node selector term")
    for term in terms.items():
        yield from node_term(term)


def node_term(term: Field, *, values_free: bool = False) -> Errors:
    """One term of a NodeSelector; `values_free` where the server takes any value."""
    for requirement in term["matchExpressions"].items():
        yield from _operator(requirement, _NODE_OPERATORS)
        yield from label_name(requirement["key"])
        for value in () if values_free else requirement["values"].items():
            yield from invalids(LABEL, value, formats.label_value(value.text))
    for requirement in term["matchFields"].items():
        yield from _of_node_field(requirement)


def _of_node_field(requirement: Field) -> Errors:
    key, operator, values = (requirement[name] for name in ("key", "operator", "values"))
    if operator.text not in ("In", "NotIn"):
        yield invalid(VALUE, operator, "not a valid selector operator")
    elif len(values.items()) != 1:
        detail = (
            "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"
        )
        yield required(values, detail)
    if key.text != "metadata.name":
        yield invalid(VALUE, key, "not a valid field selector key")
    else:
        for value in values.items():
            yield from invalids(NAME, value, formats.dns_subdomain(value.text))


def of_template(selector: Field, template: Field, kind: str) -> Errors:
    """spec.selector of what makes pods from a template: it must choose them."""
    if not selector.given:
        yield required(selector)
        return
    yield from check(selector)
    if is_empty(selector):
        yield invalid(TOGETHER, selector, f"empty selector is invalid for {kind}")
        return
    yield from chooses(selector, template)


def is_empty(selector: Field) -> bool:
    """A selector that says nothing."""
    return isinstance(selector.value, dict) and all(
        selector[name].empty for name in ("matchLabels", "matchExpressions")
    )


def chooses(selector: Field, template: Field) -> Errors:
    """That a LabelSelector matches a template's labels."""
    written = template.at("metadata", "labels")
    if matches(selector, written.value) is False:
        place = written if written.given else template["metadata"]
        near = ", ".join(
            f"{key}: {value.text}" for key, value in selector["matchLabels"].entries()
        )
        detail = "`selector` does not match template `labels`"
        yield Error(REFERENCE, place.path, f"Invalid value: {detail}", choices=near)


def matches(selector: Field, given: Any) -> bool | None:
    """Whether labels are chosen; None where the selector can't be read."""
    labelled: Mapping[str, Any] = given if isinstance(given, dict) else {}
    for key, value in selector["matchLabels"].entries():
        if not isinstance(value.value, str | None):
            return None
        if key not in labelled or (labelled[key] or "") != value.text:
            return False
    for requirement in selector["matchExpressions"].items():
        key, operator = requirement["key"].text, requirement["operator"].text
        values = [value.text for value in requirement["values"].items()]
        if operator not in _OPERATORS:
            return None
        has = key in labelled
        among = has and labelled[key] in values
        fits = {"In": among, "NotIn": not among, "Exists": has, "DoesNotExist": not has}
        if not fits[operator]:
            return False
    return True
