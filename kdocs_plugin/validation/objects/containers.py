"""Containers: validateContainers and validateInitContainers of pkg/apis/core."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kdocs_plugin.manifests import spelling
from kdocs_plugin.validation.objects import (
    environment,
    formats,
    probes,
    resources,
    security,
)
from kdocs_plugin.validation.objects.fields import (
    DUPLICATE,
    PORT,
    REFERENCE,
    TOGETHER,
    VALUE,
    Error,
    Errors,
    Field,
    duplicate,
    forbidden,
    invalid,
    invalids,
    misnamed,
    not_found,
    one_of,
    optional,
    required,
)
from kdocs_plugin.values import dataclass

PROTOCOLS: Final = ("TCP", "UDP", "SCTP")
_RESTARTS: Final = ("Always", "Never", "OnFailure")
_LIFE: Final = ("lifecycle", "livenessProbe", "readinessProbe", "startupProbe")


@dataclass(frozen=True, slots=True)
class Around:
    """What containers may refer to in their pod."""

    volumes: Mapping[str, str]  # name -> source; what claims templates add among them
    claims: frozenset[str]  # names of resourceClaims
    grace: int  # terminationGracePeriodSeconds
    host_users: bool


def check(spec: Field, around: Around, *, is_pod: bool) -> Errors:
    """All containers of a pod's spec."""
    containers, starters = spec["containers"], spec["initContainers"]
    if containers.value in (None, []):
        yield required(containers)
    names: set[str] = set()
    ports: set[tuple[str, str, int]] = set()
    for container in containers.items():
        yield from _common(container, around, is_pod=is_pod)
        yield from probes.check(container, around.grace)
        yield from _unique_name(container, names)
        yield from _host_ports(container, ports)
        yield from _restarting(container)
    for container in starters.items():
        yield from _common(container, around, is_pod=is_pod)
        yield from _unique_name(container, names)
        yield from _host_ports(container, set())
        yield from _restarting(container)
        if container["restartPolicy"].text == "Always":
            yield from probes.check(container, around.grace)
            continue
        for each in container.those(_LIFE):
            detail = "may not be set for init containers without restartPolicy=Always"
            yield forbidden(each, detail)


def _common(container: Field, around: Around, *, is_pod: bool) -> Errors:
    name, image = container["name"], container["image"]
    if name.empty:
        yield required(name)
    elif name.text:
        yield from misnamed(name)
    if image.empty:
        yield required(image)
    elif is_pod and image.text.strip() != image.text:
        yield invalid(
            VALUE, image, "must not have leading or trailing whitespace", image.text.strip()
        )
    yield from one_of(
        container["imagePullPolicy"], ("Always", "IfNotPresent", "Never"), "IfNotPresent"
    )
    messages = container["terminationMessagePolicy"]
    yield from one_of(messages, ("File", "FallbackToLogsOnError"), "File")
    yield from _ports(container["ports"])
    if container.has(("env", "envFrom")):
        yield from environment.check(container)
    if container.has(("volumeMounts", "volumeDevices")):
        yield from _mounts(container, around)
        yield from _devices(container, around)
    if container.has(("resources", "resizePolicy")):
        yield from resources.check(container["resources"], around.claims)
        yield from _resizing(container["resizePolicy"])
    yield from security.of_container(container["securityContext"], around.host_users)


def _unique_name(container: Field, names: set[str]) -> Errors:
    name = container["name"]
    if name.text and name.text in names:
        yield duplicate(name)
    names.add(name.text)


def _ports(ports: Field) -> Errors:
    names: set[str] = set()
    for port in ports.items():
        name, number = port["name"], port["containerPort"]
        if name.text:
            wrong = formats.port_name(name.text)
            yield from invalids(PORT, name, wrong)
            if not wrong and name.text in names:
                yield duplicate(name)
            names.add(name.text)
        if number.value in (None, 0):
            yield required(number)
        for field in (number, port["hostPort"]):
            if field.integer:
                yield from invalids(PORT, field, formats.port_number(field.integer))
        yield from one_of(port["protocol"], PROTOCOLS, "TCP")


def _host_ports(container: Field, seen: set[tuple[str, str, int]]) -> Errors:
    for port in container["ports"].items():
        number = port["hostPort"]
        if not number.integer:
            continue
        key = (port["protocol"].text or "TCP", port["hostIP"].text, number.integer)
        if key in seen:
            yield duplicate(number)
        seen.add(key)


def _mounts(container: Field, around: Around) -> Errors:
    paths: set[str] = set()
    for mount in container["volumeMounts"].items():
        name, path = mount["name"], mount["mountPath"]
        yield from _known_volume(name, around)
        if path.empty:
            yield required(path)
        elif path.text in paths:
            yield Error(DUPLICATE, path.path, f'Invalid value: "{path.text}": must be unique')
        paths.add(path.text)
        inner, expanded = mount["subPath"], mount["subPathExpr"]
        for field in (inner, expanded):
            yield from invalids(VALUE, field, formats.local_path(field.text))
        if inner.text and expanded.text:
            detail = "subPathExpr and subPath are mutually exclusive"
            yield invalid(TOGETHER, expanded, detail)
        yield from _mount_options(mount, container)


def _mount_options(mount: Field, container: Field) -> Errors:
    spreading = mount["mountPropagation"]
    yield from optional(spreading, ("None", "HostToContainer", "Bidirectional"))
    if (
        spreading.text == "Bidirectional"
        and not container.at("securityContext", "privileged").true
    ):
        detail = "Bidirectional mount propagation is available only to privileged containers"
        yield forbidden(spreading, detail)
    read_only = mount["recursiveReadOnly"]
    yield from optional(read_only, ("Disabled", "IfPossible", "Enabled"))
    if read_only.text in ("IfPossible", "Enabled"):
        if not mount["readOnly"].true:
            yield forbidden(read_only, "may only be specified when readOnly is true")
        if spreading.text not in ("", "None"):
            detail = "may only be specified when mountPropagation is None or not specified"
            yield forbidden(read_only, detail)


def _devices(container: Field, around: Around) -> Errors:
    mounted = {mount["name"].text for mount in container["volumeMounts"].items()}
    names: set[str] = set()
    for device in container["volumeDevices"].items():
        name, path = device["name"], device["devicePath"]
        if name.text and name.text in names:
            yield duplicate(name)
        names.add(name.text)
        yield from _known_volume(name, around)
        source = around.volumes.get(name.text, "persistentVolumeClaim")
        if source not in ("persistentVolumeClaim", "ephemeral"):
            detail = (
                "can only use volume source type of PersistentVolumeClaim or Ephemeral for "
                "block mode"
            )
            yield invalid(TOGETHER, name, detail)
        if name.text and name.text in mounted:
            yield invalid(TOGETHER, name, "must not already exist in volumeMounts")
        if path.empty:
            yield required(path)
        yield from invalids(VALUE, path, formats.no_backsteps(path.text))


def _known_volume(name: Field, around: Around) -> Errors:
    if name.empty:
        yield required(name)
    elif name.text and name.text not in around.volumes:
        yield not_found(name, spelling.nearest(name.text, around.volumes, cutoff=0.6))


def _resizing(policies: Field) -> Errors:
    seen: set[str] = set()
    for policy in policies.items():
        name = policy["resourceName"]
        yield from one_of(name, ("cpu", "memory"))
        yield from one_of(policy["restartPolicy"], ("NotRequired", "RestartContainer"))
        if name.text in seen:
            yield duplicate(name)
        seen.add(name.text)


def _restarting(container: Field) -> Errors:
    policy, rules = container["restartPolicy"], container["restartPolicyRules"]
    yield from optional(policy, _RESTARTS)
    if rules.items() and not policy.given:
        yield required(policy, "must specify restartPolicy when restart rules are used")
    for rule in rules.items():
        yield from one_of(rule["action"], ("Restart", "RestartAllContainers"))
        codes = rule["exitCodes"]
        if not codes.given:
            yield required(codes, "must be specified")
        else:
            yield from one_of(codes["operator"], ("In", "NotIn"))


__all__ = ["PROTOCOLS", "REFERENCE", "Around", "check"]
