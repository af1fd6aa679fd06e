"""PersistentVolumes and StorageClasses: pkg/apis/core and pkg/apis/storage."""

from __future__ import annotations

from typing import Final

from kdocs_plugin.validation.objects import (
    claims,
    formats,
    metadata,
    quantities,
    selectors,
    volumes,
)
from kdocs_plugin.validation.objects.fields import (
    LABEL,
    NAME,
    QUANTITY,
    TOGETHER,
    Error,
    Errors,
    Field,
    bad_key,
    forbidden,
    invalid,
    invalids,
    optional,
    required,
)

_RECLAIM: Final = ("Delete", "Recycle", "Retain")


def _csi(source: Field) -> Errors:
    yield from volumes.csi_driver(source["driver"])
    if source["volumeHandle"].empty:
        yield required(source["volumeHandle"])


def _local(source: Field) -> Errors:
    path = source["path"]
    if path.empty:
        yield required(path)
    yield from invalids("KD224", path, formats.no_backsteps(path.text))


_SOURCES: Final = {
    **{
        name: check
        for name, check in volumes.SOURCES.items()
        if name
        in (
            "hostPath", "gcePersistentDisk", "awsElasticBlockStore", "glusterfs", "flocker",
            "nfs", "rbd", "quobyte", "cephfs", "iscsi", "cinder", "fc", "flexVolume",
            "vsphereVolume", "photonPersistentDisk", "portworxVolume", "azureDisk", "scaleIO",
        )
    },
    "azureFile": volumes.needs("secretName", "shareName"),
    "local": _local,
    "storageos": volumes.needs(),
    "csi": _csi,
}  # fmt: skip


def volume(field: Field) -> Errors:
    """A PersistentVolume."""
    spec = field["spec"]
    if spec.given and not isinstance(spec.value, dict):
        return
    yield from claims.access_modes(spec["accessModes"], "")
    yield from _capacity(spec["capacity"])
    reclaim = spec["persistentVolumeReclaimPolicy"]
    yield from optional(reclaim, ("", *_RECLAIM))
    affinity = spec["nodeAffinity"]
    if affinity.given and not affinity["required"].given:
        yield required(affinity["required"], "must specify required node constraints")
    elif affinity.given:
        yield from selectors.of_nodes(affinity["required"])
    given = [spec[name] for name in _SOURCES if spec[name].given]
    if not given:
        yield required(spec, "must specify a volume type")
    for more in given[1:]:
        if more.path[-1] == "flexVolume":
            continue  # the server does not count it
        yield forbidden(more, "may not specify more than 1 volume type")
    for source in given[:1]:
        if isinstance(source.value, dict):
            yield from _SOURCES[str(source.path[-1])](source)
    if spec["local"].given and not affinity.given:
        yield required(affinity, "Local volume requires node affinity")
    root = spec["hostPath"]["path"].text
    if reclaim.text == "Recycle" and root and not root.strip("/"):
        yield forbidden(reclaim, "may not be 'recycle' for a hostPath mount of '/'")
    yield from metadata.name(spec["storageClassName"])
    yield from metadata.name(spec["volumeAttributesClassName"])
    yield from optional(spec["volumeMode"], claims.VOLUME_MODES)


def _capacity(capacity: Field) -> Errors:
    if capacity.empty:
        yield required(capacity)
    elif isinstance(capacity.value, dict) and set(capacity.value) != {"storage"}:
        words = 'Unsupported value: supported values: "storage"'
        yield Error(QUANTITY, capacity.path, words, choices="`storage`")
    for _, value in capacity.entries():
        yield from quantities.positive(value)
        if value.value is None:
            yield invalid(QUANTITY, value, "must be greater than zero")


def storage_class(field: Field) -> Errors:
    """A StorageClass."""
    provisioner = field["provisioner"]
    if provisioner.empty:
        yield required(provisioner)
    else:
        wrong = formats.qualified_name(provisioner.text.lower())
        yield from invalids(NAME, provisioner, wrong if provisioner.text else ())
    for name, value in field["parameters"].entries():
        if not name:
            yield bad_key("KD224", value, name, "field can not be empty.")
    yield from optional(field["reclaimPolicy"], ("", "Delete", "Retain"))
    yield from optional(field["volumeBindingMode"], ("Immediate", "WaitForFirstConsumer"))
    terms = field["allowedTopologies"].items()
    for at, term in enumerate(terms):
        expressions = term["matchLabelExpressions"]
        if any(term.value == other.value for other in terms[:at]):
            yield Error("KD229", expressions.path, "Duplicate value")
        keys: set[str] = set()
        for requirement in term["matchLabelExpressions"].items():
            key, values = requirement["key"], requirement["values"]
            if values.empty:
                yield required(values)
            texts = [value.text for value in values.items()]
            for number, item in enumerate(values.items()):
                if item.text in texts[:number]:
                    yield Error("KD229", item.path, f'Duplicate value: "{item.text}"')
            yield from invalids(LABEL, key, formats.qualified_name(key.text))
            if key.text in keys:
                yield Error("KD229", key.path, f'Duplicate value: "{key.text}"')
            keys.add(key.text)


__all__ = ["TOGETHER", "storage_class", "volume"]
