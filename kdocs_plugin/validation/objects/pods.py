"""Pods and pod templates: ValidatePodSpec of pkg/apis/core."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from kdocs_plugin.validation.objects import (
    containers,
    formats,
    metadata,
    probes,
    resources,
    scheduling,
    security,
    volumes,
)
from kdocs_plugin.validation.objects.fields import (
    LABEL,
    NAME,
    PORT,
    REFERENCE,
    TOGETHER,
    VALUE,
    Error,
    Errors,
    Field,
    address,
    between,
    forbidden,
    invalid,
    invalids,
    misnamed,
    one_of,
    optional,
    required,
)

RESTARTS: Final = ("Always", "OnFailure", "Never")
_OTHERS: Final = (
    "serviceAccountName", "nodeName", "priorityClassName", "runtimeClassName",
    "hostnameOverride",
)  # fmt: skip
_OF_HOST: Final = (
    "hostNetwork", "hostPID", "hostIPC", "hostUsers", "shareProcessNamespace", "os",
)  # fmt: skip
_SECCOMP: Final = "seccomp.security.alpha.kubernetes.io/pod"
_SECCOMP_PROFILES: Final = ("runtime/default", "docker/default", "unconfined")
_APPARMOR: Final = "container.apparmor.security.beta.kubernetes.io/"
_APPARMOR_PROFILES: Final = ("", "runtime/default", "unconfined")
_DNS: Final = ("ClusterFirstWithHostNet", "ClusterFirst", "Default", "None")


def check(pod: Field) -> Errors:
    """A Pod."""
    spec_field = pod["spec"]
    yield from _annotations(pod["metadata"]["annotations"], spec_field)
    yield from spec(spec_field, is_pod=True)
    if spec_field["ephemeralContainers"].items():
        yield forbidden(spec_field["ephemeralContainers"], "cannot be set on create")
    if spec_field["nodeName"].text and spec_field["schedulingGates"].items():
        detail = "cannot be set until all schedulingGates have been cleared"
        yield forbidden(spec_field["nodeName"], detail)


def template(field: Field, *, claimed: Collection[str] | None = None) -> Errors:
    """A pod template; `claimed` are volumes that a StatefulSet's claim templates add."""
    yield from metadata.of_template(field["metadata"])
    yield from _annotations(field["metadata"]["annotations"], field["spec"])
    yield from spec(field["spec"], is_pod=False, claimed=claimed)
    more = field.at("spec", "ephemeralContainers")
    if more.items():
        yield forbidden(more, "ephemeral containers not allowed in pod template")


def always_restarts(field: Field, kind: str) -> Errors:
    """What a template of a kind that keeps its pods running may not say."""
    policy = field.at("spec", "restartPolicy")
    if policy.text in RESTARTS[1:]:
        words = f'Unsupported value: "{policy.text}": supported values: "Always"'
        yield Error(VALUE, policy.path, words, choices="`Always`")
    deadline = field.at("spec", "activeDeadlineSeconds")
    if deadline.given:
        yield forbidden(deadline, f"activeDeadlineSeconds in {kind} is not Supported")


def spec(field: Field, *, is_pod: bool, claimed: Collection[str] | None = None) -> Errors:
    """A pod's spec. Nothing where it isn't one at all: the schema says so."""
    if field.given and not isinstance(field.value, dict):
        return
    added = dict.fromkeys(claimed or (), "persistentVolumeClaim")
    yield from volumes.check(field["volumes"], added)
    seconds = field["terminationGracePeriodSeconds"].integer
    around = containers.Around(
        volumes={**volumes.sources(field["volumes"]), **added},
        claims=frozenset(claim["name"].text for claim in field["resourceClaims"].items()),
        grace=probes.GRACE_SECONDS if seconds is None else seconds,
        host_users=field["hostUsers"].value is not False,
    )
    yield from containers.check(field, around, is_pod=is_pod)
    yield from one_of(field["restartPolicy"], RESTARTS, "Always")
    yield from one_of(field["dnsPolicy"], _DNS, "ClusterFirst")
    yield from optional(field["preemptionPolicy"], ("PreemptLowerPriority", "Never"))
    yield from security.of_pod(field)
    if field.has(_OF_HOST):
        yield from _host(field, is_pod=is_pod)
    if field.has(("dnsPolicy", "dnsConfig")):
        yield from _dns(field)
    if field.has(scheduling.FIELDS):
        yield from scheduling.check(field)
    yield from _names(field)
    if claimed is None:  # a StatefulSet's pods get theirs from it
        yield from _hostnames(field)
    for key, value in field["overhead"].entries():
        yield from resources.container_resource_name(value, key)
        yield from resources.amount(value, key)
    if field.has(("resources",)):
        yield from resources.of_pod(field["resources"])
    yield from between(field["activeDeadlineSeconds"], 1, 2**31 - 1)
    for gate in field["readinessGates"].items():
        kind = gate["conditionType"]
        yield from invalids(LABEL, kind, formats.qualified_name(kind.text))


def _annotations(annotations: Field, spec_field: Field) -> Errors:
    """Profiles as annotations, as old notes have them."""
    names = {
        container["name"].text
        for part in ("containers", "initContainers")
        for container in spec_field[part].items()
    }
    for key, value in annotations.entries():
        profile = value.text
        if key == _SECCOMP:
            if profile not in _SECCOMP_PROFILES and not profile.startswith("localhost/"):
                yield invalid(VALUE, value, "must be a valid seccomp profile")
        elif key.startswith(_APPARMOR):
            if key.removeprefix(_APPARMOR) not in names:
                yield invalid(REFERENCE, value, "container not found")
            if profile not in _APPARMOR_PROFILES and not profile.startswith("localhost/"):
                yield invalid(VALUE, value, f'invalid AppArmor profile name: "{profile}"')


def _names(field: Field) -> Errors:
    for other in field.those(_OTHERS):
        yield from metadata.name(other)
    if field["serviceAccountName"].empty:
        yield from metadata.name(field["serviceAccount"])
    for alias in field["hostAliases"].items():
        yield from address(alias["ip"])
        for host in alias["hostnames"].items():
            yield from invalids(NAME, host, formats.dns_subdomain(host.text))
    claims: set[str] = set()
    for claim in field["resourceClaims"].items():
        name = claim["name"]
        if name.empty:
            yield required(name)
        yield from metadata.name(name, formats.dns_label)
        if name.text and name.text in claims:
            yield Error("KD229", name.path, f'Duplicate value: "{name.text}"')
        claims.add(name.text)
        sources = ("resourceClaimName", "resourceClaimTemplateName")
        if sum(claim[source].given for source in sources) != 1:
            detail = "must specify one of: `resourceClaimName`, `resourceClaimTemplateName`"
            yield invalid(TOGETHER, claim, detail)


def _hostnames(field: Field) -> Errors:
    for name in field.those(("hostname", "subdomain")):
        if name.text:
            yield from misnamed(name)


def _host(field: Field, *, is_pod: bool) -> Errors:
    if field["hostNetwork"].true:
        for container in field["containers"].items():
            for port in container["ports"].items():
                outer, inner = port["hostPort"], port["containerPort"]
                given = outer.integer or (
                    inner.integer if is_pod else 0
                )  # a pod's is defaulted
                if outer.integer and given != inner.integer and inner.integer is not None:
                    detail = "must match `containerPort` when `hostNetwork` is true"
                    yield invalid(PORT, outer, detail)
    if field["hostPID"].true and field["shareProcessNamespace"].true:
        detail = "ShareProcessNamespace and HostPID cannot both be enabled"
        yield invalid(TOGETHER, field["shareProcessNamespace"], detail)
    if field["hostUsers"].value is False:
        for name in ("hostPID", "hostIPC"):
            if field[name].true:
                yield forbidden(field[name], "when `hostUsers` is false")
    system = field.at("os", "name")
    if field["os"].given:
        yield from one_of(system, ("linux", "windows"))


def _dns(field: Field) -> Errors:
    config = field["dnsConfig"]
    servers = config["nameservers"]
    if field["dnsPolicy"].text == "None":
        if not config.given:
            yield required(config, "must provide `dnsConfig` when `dnsPolicy` is None")
        elif servers.empty:
            detail = "must provide at least one DNS nameserver when `dnsPolicy` is None"
            yield required(servers, detail)
    if len(servers.items()) > 3:
        yield invalid(VALUE, servers, "must not have more than 3 nameservers")
    for server in servers.items():
        yield from address(server)
    searches = config["searches"]
    if len(searches.items()) > 32:
        yield invalid(VALUE, searches, "must not have more than 32 search paths")
    for search in searches.items():
        if search.text != ".":
            wrong = formats.dns_subdomain_underscored(search.text.removesuffix("."))
            yield from invalids(NAME, search, wrong)
    for option in config["options"].items():
        if option["name"].empty:
            yield required(option["name"], "must not be empty")
