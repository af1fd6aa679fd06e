"""env and envFrom: ValidateEnv and ValidateEnvFrom of pkg/apis/core."""

from __future__ import annotations

from typing import Final

from kdocs_plugin.late import late
from kdocs_plugin.validation.objects import formats, quantities
from kdocs_plugin.validation.objects.fields import (
    DATA,
    LABEL,
    NAME,
    TOGETHER,
    VALUE,
    Errors,
    Field,
    invalid,
    invalids,
    required,
    unsupported,
)
from kdocs_plugin.validation.objects.metadata import name as object_name

_SOURCES: Final = (
    "fieldRef",
    "resourceFieldRef",
    "configMapKeyRef",
    "secretKeyRef",
    "fileKeyRef",
)
_FIELDS: Final = (
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "spec.nodeName",
    "spec.serviceAccountName",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
    "status.podIPs",
)
VOLUME_FIELDS: Final = (
    "metadata.name",
    "metadata.namespace",
    "metadata.labels",
    "metadata.annotations",
    "metadata.uid",
)
_RESOURCES: Final = tuple(
    f"{kind}.{name}"
    for kind in ("limits", "requests")
    for name in ("cpu", "memory", "ephemeral-storage")
)
_HUGE_PAGES: Final = ("limits.hugepages-", "requests.hugepages-")
_SUBSCRIPT: Final = late(r"(metadata\.(?:annotations|labels))\['(.*)'\]")
_CPU_DIVISORS: Final = ("1m", "1")
_DIVISORS: Final = ("1", *(f"1{u}" for u in "kMGTPE"), *(f"1{u}i" for u in "KMGTPE"))


def check(container: Field) -> Errors:
    """A container's env and envFrom."""
    for variable in container["env"].items():
        name, source = variable["name"], variable["valueFrom"]
        if name.empty:
            yield required(name)
        else:
            yield from invalids(NAME, name, formats.environment_name(name.text))
        if source.given:
            yield from _source(source, variable["value"])
    for source in container["envFrom"].items():
        yield from invalids(
            NAME, source["prefix"], formats.environment_name(source["prefix"].text)
        )
        given = source.those(("configMapRef", "secretRef"))
        if not given:
            yield required(source, "must specify one of: `configMapRef` or `secretRef`")
        elif len(given) > 1:
            yield invalid(
                TOGETHER, source, "may not have more than one field specified at a time"
            )
        for reference in given:
            if reference["name"].empty:
                yield required(reference["name"])
            yield from object_name(reference["name"], formats.name_prefix)


def _source(source: Field, value: Field) -> Errors:
    if not isinstance(source.value, dict):
        return
    given = source.those(_SOURCES)
    if not given:
        listed = ", ".join(f"`{name}`" for name in _SOURCES[:-1])
        yield required(source, f"must specify one of: {listed} or `{_SOURCES[-1]}`")
    elif value.text:
        yield invalid(TOGETHER, source, "may not be specified when `value` is not empty")
    elif len(given) > 1:
        yield invalid(TOGETHER, source, "may not have more than one field specified at a time")
    for each in given:
        match each.path[-1]:
            case "fieldRef":
                yield from field_reference(each, _FIELDS)
            case "resourceFieldRef":
                yield from resource_reference(each)
            case "fileKeyRef":
                yield from _required_texts(each, "key", "volumeName", "path")
            case _:
                yield from _key_reference(each)


def _key_reference(reference: Field) -> Errors:
    name, key = reference["name"], reference["key"]
    if name.empty:
        yield required(name)
    yield from object_name(name)
    if key.empty:
        yield required(key)
    elif key.text:
        yield from invalids(DATA, key, formats.config_key(key.text))


def _required_texts(of: Field, *names: str) -> Errors:
    for name in names:
        if of[name].empty:
            yield required(of[name])


def field_reference(reference: Field, known: tuple[str, ...]) -> Errors:
    """fieldRef: a field of the pod by its path, or one label or annotation of it."""
    path, version = reference["fieldPath"], reference["apiVersion"]
    if version.text and version.text != "v1":
        yield invalid(VALUE, version, f"unsupported pod version: {version.text}")
    if path.empty:
        yield required(path)
        return
    if not path.text:
        return
    subscript = _SUBSCRIPT.fullmatch(path.text)
    if subscript:
        key = subscript[2].lower() if subscript[1].endswith("annotations") else subscript[2]
        yield from invalids(LABEL, path, formats.qualified_name(key))
    elif path.text not in known:
        yield unsupported(path, known)


def _is_resource(text: str) -> bool:
    return text in _RESOURCES or text.startswith(_HUGE_PAGES)


def resource_reference(reference: Field, *, volume: bool = False) -> Errors:
    """resourceFieldRef: a container's request or limit."""
    resource, divisor = reference["resource"], reference["divisor"]
    if volume and reference["containerName"].empty:
        yield required(reference["containerName"])
    elif resource.empty:
        yield required(resource)
    elif resource.text and not _is_resource(resource.text):
        yield unsupported(resource, _RESOURCES)
    yield from quantities.readable(divisor)
    worth = quantities.parse(divisor.value)
    if worth:
        known = _CPU_DIVISORS if resource.text.endswith(".cpu") else _DIVISORS
        if worth not in map(quantities.parse, known):
            detail = (
                "only divisor's values 1, 1m (cpu) or 1, 1k, 1M ... 1Ki, 1Mi ... are supported"
            )
            yield invalid(VALUE, divisor, detail)
