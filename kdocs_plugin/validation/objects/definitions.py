"""CustomResourceDefinitions and webhooks: what everybody must write in them."""

from __future__ import annotations

from typing import Final

from kdocs_plugin.validation.objects import config, formats, policies
from kdocs_plugin.validation.objects.fields import (
    NAME,
    TOGETHER,
    VALUE,
    Error,
    Errors,
    Field,
    duplicate,
    invalid,
    invalids,
    one_of,
    optional,
    required,
)

_UNTYPED: Final = ("int-or-string", "preserve-unknown-fields")
_TYPES: Final = ("array", "boolean", "integer", "number", "object", "string")
_DEEPEST: Final = 100


def custom_resource(field: Field) -> Errors:
    """A CustomResourceDefinition."""
    spec, name = field["spec"], field["metadata"]["name"]
    group, names = spec["group"], spec["names"]
    plural, kind = names["plural"], names["kind"]
    for needed in (group, plural, kind):
        if needed.empty:
            yield required(needed)
    yield from invalids(NAME, group, formats.dns_subdomain(group.text) if group.text else ())
    yield from one_of(spec["scope"], ("Cluster", "Namespaced"))
    if plural.text and group.text and name.text and name.text != f"{plural.text}.{group.text}":
        words = f'Invalid value: "{name.text}": must be spec.names.plural+"."+spec.group'
        yield Error(NAME, name.path, words, f"{plural.text}.{group.text}")
    for word in (
        plural,
        names["singular"],
        *names["shortNames"].items(),
        *names["categories"].items(),
    ):
        if word.text:
            yield from invalids(NAME, word, formats.dns_1035_label(word.text))
    for word in (kind, names["listKind"]):
        if word.text:
            yield from invalids(NAME, word, formats.dns_1035_label(word.text.lower()))
    yield from _versions(spec["versions"])


def _versions(versions: Field) -> Errors:
    if versions.empty:
        yield required(versions)
        return
    stored: list[Field] = []
    names: set[str] = set()
    for version in versions.items():
        name, schema = version["name"], version["schema"]
        if name.empty:
            yield required(name)
        elif name.text:
            yield from invalids(NAME, name, formats.dns_1035_label(name.text))
            if name.text in names:
                yield duplicate(name)
            names.add(name.text)
        if version["storage"].true:
            stored.append(version)
        if not schema["openAPIV3Schema"].given:
            yield required(schema, "schemas are required")
        yield from _schema(schema["openAPIV3Schema"])
    if len(stored) != 1:
        detail = "must have exactly one version marked as storage version"
        yield invalid(TOGETHER, versions, detail)


def _schema(schema: Field, depth: int = 0) -> Errors:
    """A structural schema: everything in it has a type."""
    if not isinstance(schema.value, dict) or depth > _DEEPEST:
        return
    free = any(schema[f"x-kubernetes-{name}"].true for name in _UNTYPED)
    yield from optional(schema["type"], ("", *_TYPES))
    if schema["type"].empty and not free:
        yield required(schema["type"], "must not be empty for specified object fields")
    for _, inner in schema["properties"].entries():
        yield from _schema(inner, depth + 1)
    for name in ("items", "additionalProperties"):
        yield from _schema(schema[name], depth + 1)


def webhooks(field: Field) -> Errors:
    """A ValidatingWebhookConfiguration or a MutatingWebhookConfiguration."""
    names: set[str] = set()
    for webhook in field["webhooks"].items():
        name, client = webhook["name"], webhook["clientConfig"]
        if name.empty:
            yield required(name)
        elif name.text:
            wrong = list(formats.dns_subdomain(name.text))
            if not wrong and name.text.count(".") < 2:
                wrong = ["should be a domain with at least three segments separated by dots"]
            yield from invalids(NAME, name, wrong)
            if name.text in names:
                yield duplicate(name)
            names.add(name.text)
        yield from config.encoded(client["caBundle"])
        effects = webhook["sideEffects"]
        yield from one_of(effects, ("None", "NoneOnDryRun"))
        if webhook["admissionReviewVersions"].empty:
            detail = "must specify one of v1, v1beta1"
            yield required(webhook["admissionReviewVersions"], detail)
        yield from optional(webhook["failurePolicy"], ("Ignore", "Fail"))
        seconds = webhook["timeoutSeconds"].integer
        if seconds is not None and not 1 <= seconds <= 30:
            words = "the timeout value must be between 1 and 30 seconds"
            yield invalid(VALUE, webhook["timeoutSeconds"], words)
        if client["url"].given == client["service"].given:
            yield required(client, "exactly one of url or service is required")
        yield from policies.matching(webhook, "rules")
