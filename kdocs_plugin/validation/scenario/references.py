"""What an object names of others: ConfigMaps, Secrets, claims, accounts, Services, roles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kdocs_plugin.manifests.documents import Path
from kdocs_plugin.manifests.places import containers, mapping, pod_of, sequence
from kdocs_plugin.validation.scenario.placed import Placed
from kdocs_plugin.values import dataclass


@dataclass(frozen=True, slots=True)
class Reference:
    """One name, and where it stands in its object."""

    kind: str  # of what is named, lower case
    name: str
    path: Path
    keys: tuple[tuple[str, Path], ...] = ()  # of a ConfigMap or Secret


def references_of(placed: Placed) -> Iterator[Reference]:
    """All that must be there for the object to work; what is optional is left out."""
    value = placed.value
    pod = pod_of(value)
    if pod is not None:
        place, template = pod
        yield from _of_pod(mapping(template.get("spec")), (*place, "spec"))
    spec = mapping(value.get("spec"))
    if placed.kind == "statefulset":
        yield from _named("service", spec, ("spec",), "serviceName")
    elif placed.kind == "horizontalpodautoscaler":
        target = mapping(spec.get("scaleTargetRef"))
        if str(target.get("apiVersion", "apps/v1")) in ("apps/v1", "v1"):
            kind = str(target.get("kind")).lower()
            yield from _named(kind, target, ("spec", "scaleTargetRef"), "name")
    elif placed.kind == "persistentvolumeclaim":
        yield from _named("storageclass", spec, ("spec",), "storageClassName")
        yield from _named("persistentvolume", spec, ("spec",), "volumeName")
    elif placed.kind == "ingress":
        for path, service in backends(spec):
            yield from _named("service", service, path, "name")
    elif placed.kind in ("rolebinding", "clusterrolebinding"):
        yield from _of_binding(value)


def backends(spec: Mapping[str, Any]) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """The `service` of every backend of an Ingress."""
    default = mapping(spec.get("defaultBackend"))
    yield ("spec", "defaultBackend", "service"), mapping(default.get("service"))
    for n, rule in enumerate(sequence(spec.get("rules"))):
        paths = sequence(mapping(mapping(rule).get("http")).get("paths"))
        for m, each in enumerate(paths):
            backend = mapping(mapping(each).get("backend"))
            place = ("spec", "rules", n, "http", "paths", m, "backend", "service")
            yield place, mapping(backend.get("service"))


def _of_pod(spec: Mapping[str, Any], place: Path) -> Iterator[Reference]:
    for inside, container in containers(spec):
        for n, each in enumerate(sequence(container.get("envFrom"))):
            for field, kind in (("configMapRef", "configmap"), ("secretRef", "secret")):
                source = mapping(mapping(each).get(field))
                where = (*place, *inside, "envFrom", n, field)
                yield from _optional(kind, source, where, "name")
        for n, each in enumerate(sequence(container.get("env"))):
            value = mapping(mapping(each).get("valueFrom"))
            for field, kind in (("configMapKeyRef", "configmap"), ("secretKeyRef", "secret")):
                source = mapping(value.get(field))
                where = (*place, *inside, "env", n, "valueFrom", field)
                key = source.get("key")
                keys = ((key, (*where, "key")),) if isinstance(key, str) else ()
                yield from _optional(kind, source, where, "name", keys)
    for n, each in enumerate(sequence(spec.get("volumes"))):
        yield from _of_volume(mapping(each), (*place, "volumes", n))
    if spec.get("serviceAccountName") != "default":
        yield from _named("serviceaccount", spec, place, "serviceAccountName")
    if not str(spec.get("priorityClassName")).startswith("system-"):
        yield from _named("priorityclass", spec, place, "priorityClassName")


def _of_volume(volume: Mapping[str, Any], place: Path) -> Iterator[Reference]:
    sources: list[tuple[Mapping[str, Any], Path]] = [(volume, place)]
    for n, each in enumerate(sequence(mapping(volume.get("projected")).get("sources"))):
        sources.append((mapping(each), (*place, "projected", "sources", n)))
    for holder, where in sources:
        for field, kind in (("configMap", "configmap"), ("secret", "secret")):
            source = mapping(holder.get(field))
            name = "secretName" if "secretName" in source else "name"
            keys = tuple(
                (item["key"], (*where, field, "items", m, "key"))
                for m, item in enumerate(map(mapping, sequence(source.get("items"))))
                if isinstance(item.get("key"), str)
            )
            yield from _optional(kind, source, (*where, field), name, keys)
    claim = mapping(volume.get("persistentVolumeClaim"))
    where = (*place, "persistentVolumeClaim")
    yield from _named("persistentvolumeclaim", claim, where, "claimName")


def _of_binding(value: Mapping[str, Any]) -> Iterator[Reference]:
    role = mapping(value.get("roleRef"))
    yield from _named(str(role.get("kind")).lower(), role, ("roleRef",), "name")
    own = mapping(value.get("metadata")).get("namespace")
    for n, subject in enumerate(map(mapping, sequence(value.get("subjects")))):
        here = subject.get("namespace") in (None, "default", own)
        if (
            subject.get("kind") == "ServiceAccount"
            and here
            and subject.get("name") != "default"
        ):
            yield from _named("serviceaccount", subject, ("subjects", n), "name")


def _optional(
    kind: str,
    source: Mapping[str, Any],
    place: Path,
    field: str,
    keys: tuple[tuple[str, Path], ...] = (),
) -> Iterator[Reference]:
    if source.get("optional") is not True:
        yield from _named(kind, source, place, field, keys)


def _named(
    kind: str,
    holder: Mapping[str, Any],
    place: Path,
    field: str,
    keys: tuple[tuple[str, Path], ...] = (),
) -> Iterator[Reference]:
    name = holder.get(field)
    if isinstance(name, str) and name:
        yield Reference(kind, name, (*place, field), keys)
