"""Admission policies in CEL, but for the CEL itself (pkg/apis/admissionregistration).

ValidatingAdmissionPolicy and its binding, and what it shares with webhooks.
"""

from __future__ import annotations

from typing import Final

from kdocs_plugin.late import late
from kdocs_plugin.validation.objects import selectors
from kdocs_plugin.validation.objects.fields import (
    NAME,
    TOGETHER,
    Errors,
    Field,
    duplicate,
    invalid,
    one_of,
    optional,
    required,
)

_OPERATIONS: Final = ("CONNECT", "CREATE", "DELETE", "UPDATE", "*")
_PARTS: Final = ("operations", "apiGroups", "apiVersions", "resources")
_REASONS: Final = ("Forbidden", "Invalid", "RequestEntityTooLarge")
_ACTIONS: Final = ("Audit", "Deny", "Warn")
_IDENTIFIER: Final = late(r"[_a-zA-Z][_a-zA-Z0-9]*")
_RESERVED: Final = frozenset(  # words that CEL keeps for itself
    "as break const continue else false for function if import in let loop namespace null "
    "package return true var void while".split()
)


def matching(of: Field, rules: str) -> Errors:
    """Which requests a webhook or a policy is asked about; `rules` is the field of them."""
    yield from optional(of["matchPolicy"], ("Exact", "Equivalent"))
    for selector in ("namespaceSelector", "objectSelector"):
        yield from selectors.check(of[selector])
    for rule in of[rules].items():
        for operation in rule["operations"].items():
            yield from one_of(operation, _OPERATIONS)
        for part in _PARTS:
            if rule[part].empty:
                yield required(rule[part])
        yield from optional(rule["scope"], ("*", "Cluster", "Namespaced"))
        for version in rule["apiVersions"].items():
            if version.empty:
                yield required(version)


def validating(field: Field) -> Errors:
    """A ValidatingAdmissionPolicy."""
    spec = field["spec"]
    constraints, validations = spec["matchConstraints"], spec["validations"]
    yield from optional(spec["failurePolicy"], ("Fail", "Ignore"))
    if not constraints.given:
        yield required(constraints)
    else:
        if constraints["resourceRules"].empty:
            yield required(constraints["resourceRules"])
        yield from matching(constraints, "resourceRules")
    if validations.empty and spec["auditAnnotations"].empty:
        detail = "validations or auditAnnotations must contain at least one item"
        yield required(validations, detail)
    for validation in validations.items():
        expression = validation["expression"]
        if isinstance(expression.value, str | None) and not expression.text.strip():
            yield required(expression, "expression is not specified")
        yield from optional(validation["reason"], _REASONS)
    for variable in spec["variables"].items():
        name = variable["name"]
        if name.empty:
            yield required(name)
        elif name.text and (not _IDENTIFIER.fullmatch(name.text) or name.text in _RESERVED):
            yield invalid(NAME, name, "must be a valid CEL identifier")


def binding(field: Field) -> Errors:
    """A ValidatingAdmissionPolicyBinding."""
    spec = field["spec"]
    if spec["policyName"].empty:
        yield required(spec["policyName"])
    yield from matching(spec["matchResources"], "resourceRules")
    parameters = spec["paramRef"]
    if parameters.given:
        yield from one_of(parameters["parameterNotFoundAction"], ("Allow", "Deny"))
        if parameters["name"].given == parameters["selector"].given:
            yield required(parameters, "one of name or selector must be specified")
    actions = spec["validationActions"]
    if actions.empty:
        yield required(actions, "at least one validation action is required")
    seen: set[str] = set()
    for action in actions.items():
        yield from one_of(action, _ACTIONS)
        if action.text and action.text in seen:
            yield duplicate(action)
        seen.add(action.text)
    if {"Deny", "Warn"} <= seen:
        detail = (
            "must not contain both Deny and Warn because repeating the same validation failure "
            "information in the API response and headers serves no purpose"
        )
        yield invalid(TOGETHER, actions, detail)
