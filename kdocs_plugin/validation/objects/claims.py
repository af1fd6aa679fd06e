"""PersistentVolumeClaims: ValidatePersistentVolumeClaimSpec of pkg/apis/core."""

from __future__ import annotations

from typing import Final

from kdocs_plugin.validation.objects import formats, metadata, quantities, selectors
from kdocs_plugin.validation.objects.fields import (
    NAME,
    TOGETHER,
    Error,
    Errors,
    Field,
    forbidden,
    invalid,
    invalids,
    optional,
    required,
    unsupported,
)

MODES: Final = ("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod")
_KEPT: Final = (
    ("PersistentVolumeClaim", ""),
    ("VolumeSnapshot", "snapshot.storage.k8s.io"),
)
VOLUME_MODES: Final = ("Block", "Filesystem")


def check(claim: Field) -> Errors:
    """A PersistentVolumeClaim."""
    yield from spec(claim["spec"])


def spec(of: Field) -> Errors:
    """Its spec, which claim templates have too."""
    yield from access_modes(of["accessModes"], "at least 1 access mode is required")
    yield from selectors.check(of["selector"])
    storage = of.at("resources", "requests", "storage")
    if not storage.given:
        yield required(storage)
    else:
        yield from quantities.positive(storage)
    for kind in ("requests", "limits"):
        for name, value in of.at("resources", kind).entries():
            if name != "storage" or kind == "limits":
                yield from quantities.readable(value)
    yield from metadata.name(of["storageClassName"])
    yield from metadata.name(of["volumeAttributesClassName"])
    yield from optional(of["volumeMode"], VOLUME_MODES)
    yield from _sources(of["dataSource"], of["dataSourceRef"])


def access_modes(modes: Field, missing: str) -> Errors:
    """accessModes; `missing` is what the server says where there are none."""
    if modes.value in (None, []):
        yield required(modes, missing)
    words: set[str] = set()
    for mode in modes.items():
        words.add(mode.text)
        if mode.value is None or (isinstance(mode.value, str) and mode.value not in MODES):
            yield unsupported(mode, MODES)
    if "ReadWriteOncePod" in words and not words.isdisjoint(MODES[:3]):
        yield forbidden(modes, "may not use ReadWriteOncePod with other access modes")


def _sources(source: Field, reference: Field) -> Errors:
    # The server drops what it does not know: another kind of dataSource, another namespace.
    # (In a StatefulSet's claim templates it looks first; nobody writes that.)
    if (source["kind"].text, source["apiGroup"].text) not in _KEPT:
        source = Field(None, source.path)
    if reference["namespace"].text:
        reference = Field(None, reference.path)
    for each in (source, reference):
        if not each.given:
            continue
        for field in (each["name"], each["kind"]):
            if field.empty:
                yield required(field)
        group = each["apiGroup"]
        if not group.text and each["kind"].text not in ("", "PersistentVolumeClaim"):
            detail = "must be 'PersistentVolumeClaim' when referencing the default apiGroup"
            yield invalid(TOGETHER, each["kind"], detail)
        yield from invalids(
            NAME, group, formats.dns_subdomain(group.text) if group.text else ()
        )
    if source.given and reference.given and source.value != reference.value:
        yield Error(TOGETHER, source.path, "Invalid value: must match dataSourceRef")
