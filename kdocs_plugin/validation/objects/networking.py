"""Ingress, IngressClass and NetworkPolicy: pkg/apis/networking's validation."""

from __future__ import annotations

from typing import Final

from kdocs_plugin.validation.objects import formats, metadata, selectors
from kdocs_plugin.validation.objects.containers import PROTOCOLS
from kdocs_plugin.validation.objects.fields import (
    NAME,
    PORT,
    TOGETHER,
    VALUE,
    Error,
    Errors,
    Field,
    cidr,
    forbidden,
    invalid,
    invalids,
    misnamed,
    one_of,
    optional,
    required,
    too_long,
    unsupported,
)

_PATH_TYPES: Final = ("Exact", "Prefix", "ImplementationSpecific")
_NOT_IN_PATHS: Final = ("//", "/./", "/../", "%2f", "%2F")
_NOT_AT_ENDS: Final = ("/..", "/.")
_CLASS_ANNOTATION: Final = "kubernetes.io/ingress.class"
_POLICY_TYPES: Final = ("Ingress", "Egress")


def ingress(field: Field) -> Errors:
    """An Ingress."""
    spec = field["spec"]
    backend, rules, name = spec["defaultBackend"], spec["rules"], spec["ingressClassName"]
    if rules.empty and not backend.given:
        detail = "either `defaultBackend` or `rules` must be specified"
        yield Error(TOGETHER, spec.path, f"Invalid value: {detail}", absent=True)
    if backend.given:
        yield from _backend(backend)
    for rule in rules.items():
        yield from _host(rule["host"], rule=True)
        http = rule["http"]
        if http.given and http["paths"].empty:
            yield required(http["paths"])
        for path in http["paths"].items():
            yield from _path(path)
    for tls in spec["tls"].items():
        for host in tls["hosts"].items():
            yield from _host(host)
        yield from metadata.name(tls["secretName"])
    if isinstance(name.value, str):
        yield from invalids(NAME, name, formats.dns_subdomain(name.value))
    annotation = field.at("metadata", "annotations", _CLASS_ANNOTATION)
    if annotation.given and name.given and annotation.value != name.value:
        detail = "must match `ingressClassName` when both are specified"
        yield invalid(TOGETHER, annotation, detail)


def _host(host: Field, *, rule: bool = False) -> Errors:
    if not host.text and (rule or (host.value is not None and not isinstance(host.value, str))):
        return
    if rule and not formats.ip_address(host.text):
        yield invalid(NAME, host, "must be a DNS name, not an IP address")
    elif "*" in host.text:
        yield from invalids(NAME, host, formats.wildcard_subdomain(host.text))
    else:
        near = formats.as_name(host.text.removeprefix("http://").removeprefix("https://"))
        yield from invalids(NAME, host, formats.dns_subdomain(host.text), near)


def _path(item: Field) -> Errors:
    path, kind = item["path"], item["pathType"]
    if not kind.given:
        yield required(kind, "pathType must be specified")
        return
    if kind.text in _PATH_TYPES[:2] and not path.text.startswith("/") and _is_text(path):
        words = f'Invalid value: "{path.text}": must be an absolute path'
        yield Error(VALUE, path.path, words, f"/{path.text}" if path.text else "")
    if kind.text in _PATH_TYPES[:2]:
        for part in _NOT_IN_PATHS:
            if part in path.text:
                yield invalid(VALUE, path, f"must not contain '{part}'")
        for end in _NOT_AT_ENDS:
            if path.text.endswith(end):
                yield invalid(VALUE, path, f"cannot end with '{end}'")
    elif kind.text == "ImplementationSpecific":
        if path.text and not path.text.startswith("/"):
            yield invalid(VALUE, path, "must be an absolute path", f"/{path.text}")
    elif isinstance(kind.value, str):
        yield unsupported(kind, _PATH_TYPES)
    yield from _backend(item["backend"])


def _is_text(field: Field) -> bool:
    return field.value is None or isinstance(field.value, str)


def _backend(backend: Field) -> Errors:
    if backend.given and not isinstance(backend.value, dict):
        return
    resource, service = backend["resource"], backend["service"]
    if resource.given and service.given:
        yield invalid(TOGETHER, backend, "cannot set both resource and service backends")
    elif resource.given:
        yield from metadata.name(resource["apiGroup"])
        for name in ("kind", "name"):
            if resource[name].empty:
                yield required(resource[name])
    elif not service.given:
        detail = "resource or service backend is required"
        yield Error(TOGETHER, backend.path, f"Invalid value: {detail}", absent=True)
    elif isinstance(service.value, dict):
        yield from _service(service)


def _service(service: Field) -> Errors:
    name, port = service["name"], service["port"]
    if name.empty:
        yield required(name)
    elif name.text:
        yield from misnamed(name)
    if port.given and not isinstance(port.value, dict):
        return
    word, number = port["name"], port["number"]
    if word.text and number.integer:
        yield invalid(TOGETHER, port, "cannot set both port name & port number")
    elif word.text:
        yield from invalids(PORT, word, formats.port_name(word.text))
    elif number.integer:
        yield from invalids(PORT, number, formats.port_number(number.integer))
    elif word.empty and number.empty:
        yield required(port, "port name or number is required")


def ingress_class(field: Field) -> Errors:
    """An IngressClass."""
    spec = field["spec"]
    controller, parameters = spec["controller"], spec["parameters"]
    if controller.empty:
        yield required(controller)
    else:
        yield from invalids(NAME, controller, formats.domain_prefixed_path(controller.text))
        if formats.length(controller.text) > 250:
            yield too_long(NAME, controller, 250)
    if parameters.given:
        for name in ("kind", "name"):
            if parameters[name].empty:
                yield required(parameters[name])
        group = parameters["apiGroup"]
        if group.text:
            yield from invalids(NAME, group, formats.dns_subdomain(group.text))
        scope, namespace = parameters["scope"], parameters["namespace"]
        yield from optional(scope, ("Cluster", "Namespace"))
        yield from metadata.name(namespace, formats.dns_label)
        if scope.text == "Namespace" and not namespace.given:
            yield required(namespace, "`parameters.scope` is set to 'Namespace'")
        elif scope.text in ("", "Cluster") and namespace.given:
            yield forbidden(namespace, "`parameters.scope` is set to 'Cluster'")


def network_policy(field: Field) -> Errors:
    """A NetworkPolicy."""
    spec = field["spec"]
    yield from selectors.check(spec["podSelector"])
    for direction, peers in (("ingress", "from"), ("egress", "to")):
        for rule in spec[direction].items():
            for port in rule["ports"].items():
                yield from _policy_port(port)
            for peer in rule[peers].items():
                yield from _peer(peer)
    kinds = spec["policyTypes"]
    if len(kinds.items()) > len(_POLICY_TYPES):
        yield invalid(VALUE, kinds, "may not specify more than two policyTypes")
    for kind in kinds.items():
        yield from one_of(kind, _POLICY_TYPES)


def _policy_port(item: Field) -> Errors:
    port, last = item["port"], item["endPort"]
    yield from one_of(item["protocol"], PROTOCOLS, "TCP")
    if port.integer is not None:
        yield from invalids(PORT, port, formats.port_number(port.integer))
        if last.integer is not None:
            yield from invalids(PORT, last, formats.port_number(last.integer))
            if last.integer < port.integer:
                yield invalid(PORT, last, "must be greater than or equal to `port`")
    elif isinstance(port.value, str):
        yield from invalids(PORT, port, formats.port_name(port.value))
        if last.given:
            yield invalid(TOGETHER, last, "may not be specified when `port` is non-numeric")
    elif not port.given and last.given:
        yield invalid(TOGETHER, last, "may not be specified when `port` is not specified")


def _peer(peer: Field) -> Errors:
    if peer.given and not isinstance(peer.value, dict):
        return
    pods, namespaces, block = (
        peer[name] for name in ("podSelector", "namespaceSelector", "ipBlock")
    )
    yield from selectors.check(pods)
    yield from selectors.check(namespaces)
    if not (pods.given or namespaces.given or block.given):
        yield required(peer, "must specify a peer")
    elif block.given and (pods.given or namespaces.given):
        yield forbidden(peer, "may not specify both ipBlock and another peer")
    if block.given:
        yield from _block(block)


def _block(block: Field) -> Errors:
    range_ = block["cidr"]
    if range_.empty:
        yield required(range_)
        return
    yield from cidr(range_)
    whole = formats.network(range_.text)
    for part in block["except"].items():
        yield from cidr(part)
        inner = formats.network(part.text)
        if whole is None or inner is None:
            continue
        inside = inner.version == whole.version and inner.network_address in whole
        if not inside or inner.prefixlen <= whole.prefixlen:
            yield invalid(VALUE, part, "must be a strict subset of `cidr`")
