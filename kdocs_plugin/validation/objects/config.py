"""ConfigMaps and Secrets: pkg/apis/core's validation."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Final

from kdocs_plugin.validation.objects import formats
from kdocs_plugin.validation.objects.fields import (
    DATA,
    Error,
    Errors,
    Field,
    bad_key,
    too_long,
)

_MOST_BYTES: Final = 1024 * 1024
# What a type of Secret must hold.
_KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "kubernetes.io/dockercfg": (".dockercfg",),
    "kubernetes.io/dockerconfigjson": (".dockerconfigjson",),
    "kubernetes.io/tls": ("tls.crt", "tls.key"),
    "kubernetes.io/ssh-auth": ("ssh-privatekey",),
}
_PARTS: Final = ("stringData", "data")  # the first one wins
_BASIC_AUTH: Final = ("username", "password")


def config_map(field: Field) -> Errors:
    """A ConfigMap."""
    data, binary = field["data"], field["binaryData"]
    size = 0
    for key, value in data.entries():
        yield from _key(value, key)
        if isinstance(binary.value, dict) and key in binary.value:
            yield bad_key(DATA, value, key, "duplicate of key present in binaryData")
        size += formats.length(value.text)
    for key, value in binary.entries():
        yield from _key(value, key)
        yield from encoded(value)
        size += len(value.text) * 3 // 4
    if size > _MOST_BYTES:
        yield too_long(DATA, data, _MOST_BYTES)


def secret(field: Field) -> Errors:
    """A Secret."""
    data, plain = field["data"], field["stringData"]
    size = 0
    for key, value in (*data.entries(), *plain.entries()):
        yield from _key(value, key)
        size += len(value.text)
    for _, value in data.entries():
        yield from encoded(value)
    if size * 3 // 4 > _MOST_BYTES and size > _MOST_BYTES * 4 // 3 + 4:
        yield too_long(DATA, data, _MOST_BYTES)
    yield from _of_type(field)


def signing_request(field: Field) -> Errors:
    """A CertificateSigningRequest."""
    yield from encoded(field["spec"]["request"])


def _of_type(field: Field) -> Errors:
    kind = field["type"].text
    held = {key for name in _PARTS for key, _ in field[name].entries()}
    for key in _KEYS.get(kind, ()):
        if key not in held:
            yield _lacks(field, key)
    if kind == "kubernetes.io/ssh-auth":  # the one key that may not be empty
        (only,) = _KEYS[kind]
        found = next((each for part in _PARTS for each in field[part].those([only])), None)
        if found is not None and found.value == "":
            yield Error(DATA, found.path, "Required value")
    if kind == "kubernetes.io/basic-auth" and held.isdisjoint(_BASIC_AUTH):
        yield _lacks(field, "username")
    if kind == "kubernetes.io/service-account-token":
        key = "kubernetes.io/service-account.name"
        name = field.at("metadata", "annotations", key)
        if name.empty:
            yield Error(DATA, name.path, "Required value", absent=True)
    if kind in ("kubernetes.io/dockercfg", "kubernetes.io/dockerconfigjson"):
        yield from _json(field, _KEYS[kind][0])


def _lacks(field: Field, key: str) -> Error:
    words = f"Required value: data[{key}]"
    return Error(DATA, field["type"].path, words, choices=f"`{key}`", absent=True)


def _key(field: Field, key: str) -> Errors:
    for detail in formats.config_key(key):
        yield bad_key(DATA, field, key, detail)


def encoded(field: Field) -> Errors:
    """Bytes as text: Go's standard encoding: padded, and blind to line ends alone."""
    text = field.text
    if not text:
        return
    try:
        base64.b64decode(_bare(text), validate=True)
    except (binascii.Error, ValueError):
        near = ""
        if len(text) <= 60 and "\n" not in text:
            near = base64.b64encode(text.encode("utf-8", "surrogatepass")).decode("ascii")
        words = "illegal base64 data"
        yield Error(DATA, field.path, words, near)


def _bare(text: str) -> str:
    return text.replace("\r", "").replace("\n", "")


def _json(field: Field, key: str) -> Errors:
    plain, coded = field["stringData"][key], field["data"][key]
    place, text = plain, plain.text
    if not plain.given:
        place = coded
        try:
            text = base64.b64decode(_bare(coded.text), validate=True).decode("utf-8", "replace")
        except (binascii.Error, ValueError):
            return
    if not place.given:
        return
    try:
        value = json.loads(text)
    except ValueError:
        value = ()
    except RecursionError:
        return
    if value is not None and not isinstance(value, dict):
        yield Error(
            DATA, place.path, "Invalid value: <secret contents redacted>: no JSON object"
        )
