"""Volumes of a pod: validateVolumeSource of pkg/apis/core."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from typing import Final

from kdocs_plugin.validation.objects import claims, environment, formats, metadata, quantities
from kdocs_plugin.validation.objects.fields import (
    DUPLICATE,
    NAME,
    TOGETHER,
    VALUE,
    Errors,
    Field,
    between,
    duplicate,
    forbidden,
    invalid,
    invalids,
    misnamed,
    optional,
    required,
)

_HOST_PATHS: Final = (
    "", "DirectoryOrCreate", "Directory", "FileOrCreate", "File", "Socket", "CharDevice",
    "BlockDevice",
)  # fmt: skip
_MODE: Final = 0o777
_PROJECTED: Final = (
    "secret", "configMap", "downwardAPI", "serviceAccountToken", "clusterTrustBundle",
    "podCertificate",
)  # fmt: skip


def check(volumes: Field, replaced: Container[str]) -> Errors:
    """A pod's volumes, but those that a StatefulSet's claim templates replace."""
    names: set[str] = set()
    for volume in volumes.items():
        name = volume["name"]
        if name.text and name.text in replaced:
            continue
        if name.empty:
            yield required(name)
        elif name.text:
            yield from misnamed(name)
            if name.text in names:
                yield duplicate(name)
            names.add(name.text)
        yield from _source(volume)


def sources(volumes: Field) -> Mapping[str, str]:
    """The volumes by name, each with its source's field: `emptyDir`."""
    return {
        volume["name"].text: next((str(each.path[-1]) for each in volume.those(SOURCES)), "")
        for volume in volumes.items()
    }


def _source(volume: Field) -> Errors:
    if not isinstance(volume.value, dict):
        return
    given = volume.those(SOURCES)
    if not given:
        return  # defaulted: emptyDir
    for more in given[1:]:
        yield forbidden(more, "may not specify more than 1 volume type")
    if isinstance(given[0].value, dict):
        yield from SOURCES[str(given[0].path[-1])](given[0])


def needs(*names: str) -> Callable[[Field], Errors]:
    """A source of which only some fields must be there."""

    def check_source(source: Field) -> Errors:
        for name in names:
            if source[name].empty:
                yield required(source[name])

    return check_source


def _empty_dir(source: Field) -> Errors:
    size = source["sizeLimit"]
    yield from quantities.readable(size)
    worth = quantities.parse(size.value)
    if worth is not None and worth < 0:
        yield forbidden(size, "SizeLimit field must be a valid resource quantity")


def host_path(source: Field) -> Errors:
    """A path of the node."""
    path = source["path"]
    if path.empty:
        yield required(path)
        return
    yield from invalids(VALUE, path, formats.no_backsteps(path.text))
    yield from optional(source["type"], _HOST_PATHS)


def nfs(source: Field) -> Errors:
    """A share."""
    path = source["path"]
    for field in (source["server"], path):
        if field.empty:
            yield required(field)
    if path.text and not path.text.startswith("/"):
        yield invalid(VALUE, path, "must be an absolute path")


def _keyed(name: str) -> Callable[[Field], Errors]:
    """A ConfigMap or a Secret; `name` is the field that names it."""

    def check_source(source: Field) -> Errors:
        if source[name].empty:
            yield required(source[name])
        yield from between(source["defaultMode"], 0, _MODE)
        yield from _items(source["items"])

    return check_source


def _items(items: Field) -> Errors:
    for item in items.items():
        key, path = item["key"], item["path"]
        for field in (key, path):
            if field.empty:
                yield required(field)
        yield from invalids(VALUE, path, formats.file_path(path.text))
        yield from between(item["mode"], 0, _MODE)


def _downward(source: Field) -> Errors:
    yield from between(source["defaultMode"], 0, _MODE)
    for file in source["items"].items():
        path, field, resource = file["path"], file["fieldRef"], file["resourceFieldRef"]
        if path.empty:
            yield required(path)
        yield from invalids(VALUE, path, formats.file_path(path.text))
        if field.given:
            yield from environment.field_reference(field, environment.VOLUME_FIELDS)
            if resource.given:
                detail = "fieldRef and resourceFieldRef can not be specified simultaneously"
                yield invalid(TOGETHER, file, detail)
        elif resource.given:
            yield from environment.resource_reference(resource, volume=True)
        else:
            yield required(file, "one of fieldRef and resourceFieldRef is required")
        yield from between(file["mode"], 0, _MODE)


def _projected(source: Field) -> Errors:
    yield from between(source["defaultMode"], 0, _MODE)
    paths: set[str] = set()
    for each in source["sources"].items():
        given = each.those(_PROJECTED)
        if len(given) > 1:
            yield forbidden(each, "may not specify more than 1 volume type per source")
        for part in given:
            yield from _projection(part)
            for item in part["items"].items():
                path = item["path"]
                if path.text and path.text in paths:
                    yield invalid(DUPLICATE, path, "conflicting duplicate paths")
                paths.add(path.text)


def _projection(part: Field) -> Errors:
    match part.path[-1]:
        case "downwardAPI":
            yield from _downward(part)
        case "serviceAccountToken":
            seconds, path = part["expirationSeconds"], part["path"]
            if seconds.integer is not None and seconds.integer < 600:
                yield invalid(VALUE, seconds, "may not specify a duration less than 10 minutes")
            elif seconds.integer is not None and seconds.integer > 2**32:
                detail = "may not specify a duration larger than 2^32 seconds"
                yield invalid(VALUE, seconds, detail)
            if path.empty:
                yield required(path)
            yield from invalids(VALUE, path, formats.file_path(path.text))
        case "secret" | "configMap":
            if part["name"].empty:
                yield required(part["name"])
            yield from _items(part["items"])
        case _:
            return


def _ephemeral(source: Field) -> Errors:
    template = source["volumeClaimTemplate"]
    if not template.given:
        yield required(template)
        return
    yield from metadata.of_template(template["metadata"])
    yield from claims.spec(template["spec"])


def _csi(source: Field) -> Errors:
    yield from csi_driver(source["driver"])
    secret = source["nodePublishSecretRef"]
    if secret.given and secret["name"].empty:
        yield required(secret["name"])


def csi_driver(name: Field) -> Errors:
    """A CSI driver's name."""
    if name.empty:
        yield required(name)
    elif formats.length(name.text) > 63:
        yield invalid(NAME, name, "Too long: may not be more than 63 bytes")
    else:
        yield from invalids(NAME, name, formats.dns_subdomain(name.text.lower()))


def _image(source: Field) -> Errors:
    yield from optional(source["pullPolicy"], ("Always", "IfNotPresent", "Never"))


def _flocker(source: Field) -> Errors:
    if source["datasetName"].empty and source["datasetUUID"].empty:
        yield required(source, "one of datasetName and datasetUUID is required")


def _storage_os(source: Field) -> Errors:
    yield from needs("volumeName")(source)
    yield from metadata.name(source["volumeName"], formats.dns_label)


def _fibre_channel(source: Field) -> Errors:
    names = source["targetWWNs"]
    yield from between(source["lun"], 0, 255)
    if bool(names.items()) is bool(source["wwids"].items()):
        yield required(names, "must specify either targetWWNs or wwids, but not both")
    elif names.items() and not source["lun"].given:
        yield required(source["lun"], "lun is required if targetWWNs is specified")


def _iscsi(source: Field) -> Errors:
    yield from needs("targetPortal", "iqn")(source)
    name = source["iqn"]
    if name.text and not name.text.startswith(("iqn", "eui", "naa")):
        yield invalid(VALUE, name, "must be valid format starting with iqn, eui, or naa")
    yield from between(source["lun"], 0, 255)
    checked = source["chapAuthDiscovery"].true or source["chapAuthSession"].true
    if checked and not source["secretRef"].given:
        yield required(source["secretRef"])


def _partition(first: str) -> Callable[[Field], Errors]:
    def check_source(source: Field) -> Errors:
        if source[first].empty:
            yield required(source[first])
        yield from between(source["partition"], 0, 255)

    return check_source


# In the server's order: of two sources it calls the second one too many.
SOURCES: Final[Mapping[str, Callable[[Field], Errors]]] = {
    "emptyDir": _empty_dir,
    "hostPath": host_path,
    "gitRepo": needs("repository"),
    "gcePersistentDisk": _partition("pdName"),
    "awsElasticBlockStore": _partition("volumeID"),
    "secret": _keyed("secretName"),
    "nfs": nfs,
    "iscsi": _iscsi,
    "glusterfs": needs("endpoints", "path"),
    "flocker": _flocker,
    "persistentVolumeClaim": needs("claimName"),
    "rbd": needs("monitors", "image"),
    "cinder": needs("volumeID"),
    "cephfs": needs("monitors"),
    "quobyte": needs("registry", "volume"),
    "downwardAPI": _downward,
    "fc": _fibre_channel,
    "flexVolume": needs("driver"),
    "configMap": _keyed("name"),
    "azureFile": needs("secretName", "shareName"),
    "vsphereVolume": needs("volumePath"),
    "photonPersistentDisk": needs("pdID"),
    "portworxVolume": needs("volumeID"),
    "azureDisk": needs("diskName", "diskURI"),
    "storageos": _storage_os,
    "projected": _projected,
    "scaleIO": needs("gateway", "system", "volumeName"),
    "csi": _csi,
    "ephemeral": _ephemeral,
    "image": _image,
}
