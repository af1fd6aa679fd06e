"""Services: validateService of pkg/apis/core."""

from __future__ import annotations

from typing import Final

from kdocs_plugin.validation.objects import formats, metadata, probes
from kdocs_plugin.validation.objects.containers import PROTOCOLS
from kdocs_plugin.validation.objects.fields import (
    DUPLICATE,
    LABEL,
    NAME,
    PORT,
    TOGETHER,
    Error,
    Errors,
    Field,
    address,
    between,
    cidr,
    duplicate,
    forbidden,
    invalid,
    invalids,
    misnamed,
    one_of,
    optional,
    required,
)

_TYPES: Final = ("ClusterIP", "NodePort", "LoadBalancer", "ExternalName")
_LONGEST_AFFINITY: Final = 86400  # seconds
NODE_PORTS: Final = (30000, 32767)  # the server's default --service-node-port-range
_FAMILIES: Final = ("IPv4", "IPv6")


def check(service: Field) -> Errors:
    """A Service."""
    spec = service["spec"]
    if spec.given and not isinstance(spec.value, dict):
        return
    kind = spec["type"]
    yield from one_of(kind, _TYPES, "ClusterIP")
    ports = spec["ports"]
    if ports.empty and not _is_headless(spec) and kind.text != "ExternalName":
        yield required(ports)
    yield from _of_type(spec)
    yield from _ports(ports)
    yield from _node_ports(spec)
    yield from metadata.labels(spec["selector"])
    yield from _affinity(spec)
    yield from _addresses(spec)
    yield from _traffic(spec)


def _is_headless(spec: Field) -> bool:
    return spec["clusterIP"].text == "None" or spec["clusterIPs"].value == ["None"]


def _of_type(spec: Field) -> Errors:
    kind = spec["type"].text
    if kind in ("LoadBalancer", "NodePort") and _is_headless(spec):
        place = spec["clusterIP"] if spec["clusterIP"].given else spec["clusterIPs"]
        yield invalid(TOGETHER, place, f"may not be set to 'None' for {kind} services")
    if kind == "ExternalName":
        for name in ("clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"):
            if not spec[name].empty:
                yield forbidden(spec[name], "may not be set for ExternalName services")
        host = spec["externalName"]
        if host.text:
            bare = host.text.removesuffix(".")
            yield from invalids(NAME, host, formats.dns_subdomain(bare))
        elif host.empty:
            yield required(host)
    if kind != "LoadBalancer":
        for name in ("loadBalancerSourceRanges", "allocateLoadBalancerNodePorts"):
            if not spec[name].empty or spec[name].value is False:
                yield forbidden(spec[name], "may only be used when `type` is 'LoadBalancer'")
        if spec["loadBalancerClass"].given:
            yield forbidden(
                spec["loadBalancerClass"], "may only be used when `type` is 'LoadBalancer'"
            )
    elif isinstance(spec["loadBalancerClass"].value, str):
        yield from metadata.label_name(spec["loadBalancerClass"])
    for part in spec["loadBalancerSourceRanges"].items():
        yield from cidr(part)


def _ports(ports: Field) -> Errors:
    names: set[str] = set()
    seen: set[tuple[str, int]] = set()
    items = ports.items()
    for port in items:
        name, number, target = port["name"], port["port"], port["targetPort"]
        if name.empty and len(items) > 1:
            yield required(name)
        elif name.text:
            yield from misnamed(name, code=PORT)
            if name.text in names:
                yield duplicate(name)
            names.add(name.text)
        if not number.given:
            yield required(number)
        elif number.integer is not None:
            yield from invalids(PORT, number, formats.port_number(number.integer))
        yield from one_of(port["protocol"], PROTOCOLS, "TCP")
        if not target.empty:
            yield from probes.port(target)
        protocol = port["appProtocol"]
        if isinstance(protocol.value, str):
            yield from invalids(LABEL, protocol, formats.qualified_name(protocol.text))
        key = (port["protocol"].text or "TCP", number.integer or 0)
        if number.integer and key in seen:
            yield Error(DUPLICATE, port.path, f"Duplicate value: {key[0]} {key[1]}")
        seen.add(key)


def _node_ports(spec: Field) -> Errors:
    low, high = NODE_PORTS
    seen: set[tuple[str, int]] = set()
    for port in spec["ports"].items():
        number = port["nodePort"]
        if not number.integer:
            continue
        if spec["type"].text in ("", "ClusterIP"):
            yield forbidden(number, "may not be used when `type` is 'ClusterIP'")
        elif spec["type"].text != "ExternalName" and not low <= number.integer <= high:
            detail = (
                "provided port is not in the valid range. The range of valid ports is "
                f"{low}-{high}"
            )
            yield invalid(PORT, number, detail)
        key = (port["protocol"].text or "TCP", number.integer)
        if key in seen:
            yield duplicate(number)
        seen.add(key)


def _affinity(spec: Field) -> Errors:
    affinity, config = spec["sessionAffinity"], spec["sessionAffinityConfig"]
    yield from one_of(affinity, ("ClientIP", "None"), "None")
    if affinity.text == "ClientIP":  # else the server drops it
        yield from between(config["clientIP"]["timeoutSeconds"], 1, _LONGEST_AFFINITY)


def _addresses(spec: Field) -> Errors:
    for field in spec["externalIPs"].items():
        yield from address(field)
    if spec["type"].text == "ExternalName":
        return
    first, addresses = spec["clusterIP"], spec["clusterIPs"]
    if addresses.items():
        if first.empty:
            detail = "must be empty when `clusterIP` is not specified"
            yield invalid(TOGETHER, addresses, detail)
        elif addresses.value[0] != first.value:
            yield invalid(TOGETHER, addresses, "first value must match `clusterIP`")
    if "None" in [each.text for each in addresses.items()[1:]]:
        yield invalid(TOGETHER, addresses, "'None' must be the first and only value")
    for field in (first, *addresses.items()):
        if field.text and field.text != "None":
            yield from address(field)
    families: set[str] = set()
    for family in spec["ipFamilies"].items():
        yield from one_of(family, _FAMILIES)
        if family.text in families:
            yield duplicate(family)
        families.add(family.text)
    policies = ("SingleStack", "PreferDualStack", "RequireDualStack")
    yield from optional(spec["ipFamilyPolicy"], policies)


def _traffic(spec: Field) -> Errors:
    outer, inner = spec["externalTrafficPolicy"], spec["internalTrafficPolicy"]
    accessible = spec["type"].text in ("NodePort", "LoadBalancer") or (
        spec["type"].text in ("", "ClusterIP") and bool(spec["externalIPs"].items())
    )
    if outer.text and not accessible:
        yield invalid(TOGETHER, outer, "may only be set for externally-accessible services")
    elif outer.text:
        yield from optional(outer, ("Cluster", "Local"))
    yield from optional(inner, ("Cluster", "Local"))
    spread = ("PreferClose", "PreferSameZone", "PreferSameNode")
    yield from optional(spec["trafficDistribution"], spread)
    health = spec["healthCheckNodePort"]
    if health.integer and not (spec["type"].text == "LoadBalancer" and outer.text == "Local"):
        detail = (
            "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is "
            "'Local'"
        )
        yield invalid(TOGETHER, health, detail)
