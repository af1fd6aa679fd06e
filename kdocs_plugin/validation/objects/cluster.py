"""Quotas, limits, priorities, namespaces and nodes."""

from __future__ import annotations

from typing import Final

from kdocs_plugin.late import late
from kdocs_plugin.manifests import spelling
from kdocs_plugin.validation.objects import (
    config,
    formats,
    metadata,
    quantities,
    resources,
    scheduling,
)
from kdocs_plugin.validation.objects.fields import (
    DUPLICATE,
    LABEL,
    NAME,
    PORT,
    QUANTITY,
    TOGETHER,
    VALUE,
    Error,
    Errors,
    Field,
    address,
    duplicate,
    forbidden,
    invalid,
    invalids,
    one_of,
    optional,
    required,
)

_SCOPES: Final = (
    "Terminating", "NotTerminating", "BestEffort", "NotBestEffort", "PriorityClass",
    "CrossNamespacePodAffinity", "VolumeAttributesClass",
)  # fmt: skip
_LIMIT_TYPES: Final = ("Pod", "Container", "PersistentVolumeClaim")
_HIGHEST_PRIORITY: Final = 1_000_000_000
_POD_SECURITY: Final = "pod-security.kubernetes.io/"  # labels of namespaces
_MODES: Final = ("enforce", "audit", "warn")
_LEVELS: Final = ("privileged", "baseline", "restricted")
_SECURITY_VERSION: Final = late(r"latest|v1\.(?:0|[1-9][0-9]*)")
_SYSTEM: Final = ("system-node-critical", "system-cluster-critical")


def quota(field: Field) -> Errors:
    """A ResourceQuota."""
    spec = field["spec"]
    for name, value in spec["hard"].entries():
        words = "must be a standard resource for quota"
        if not name.startswith("count/"):
            yield from resources.resource_name(value, name, resources.QUOTA, words)
        yield from resources.amount(value, name)
    scopes = spec["scopes"]
    for scope in scopes.items():
        if isinstance(scope.value, str) and scope.value not in _SCOPES:
            yield Error(
                VALUE, scope.path, "Invalid value: unsupported scope", choices=_listed()
            )
    among = {scope.text for scope in scopes.items()}
    for pair in (_SCOPES[:2], _SCOPES[2:4]):
        if among.issuperset(pair):
            yield invalid(TOGETHER, scopes, "conflicting scopes")
    for requirement in spec["scopeSelector"]["matchExpressions"].items():
        yield from _scope(requirement)


def _listed() -> str:
    return ", ".join(f"`{scope}`" for scope in _SCOPES)


def _scope(requirement: Field) -> Errors:
    name, operator, values = (requirement[each] for each in ("scopeName", "operator", "values"))
    if isinstance(name.value, str) and name.value not in _SCOPES:
        yield Error(VALUE, name.path, "Invalid value: unsupported scope", choices=_listed())
    if operator.text not in ("In", "NotIn", "Exists", "DoesNotExist"):
        yield invalid(VALUE, operator, "not a valid selector operator")
    elif operator.text in ("In", "NotIn") and values.empty:
        detail = (
            "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector"
        )
        yield required(values, detail)
    elif operator.text in ("Exists", "DoesNotExist") and values.items():
        detail = (
            "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector"
        )
        yield invalid(TOGETHER, values, detail)


def limit_range(field: Field) -> Errors:
    """A LimitRange."""
    kinds: set[str] = set()
    for limit in field["spec"]["limits"].items():
        kind = limit["type"]
        wrong = formats.qualified_name(kind.text) if kind.text else ()
        yield from invalids(VALUE, kind, wrong)
        if kind.text and "/" not in kind.text and not wrong:
            yield from one_of(kind, _LIMIT_TYPES)
        elif kind.empty:
            yield required(kind)
        if kind.text and kind.text in kinds:
            yield duplicate(kind)
        kinds.add(kind.text)
        yield from _limit(limit)


def _limit(limit: Field) -> Errors:
    kind = limit["type"].text
    for name in ("max", "min", "default", "defaultRequest", "maxLimitRequestRatio"):
        if kind == "Pod" and name.startswith("default") and not limit[name].empty:
            yield forbidden(limit[name], "may not be specified when `type` is 'Pod'")
            continue
        for key, value in limit[name].entries():
            yield from quantities.readable(value)
            if kind in ("Pod", "Container"):
                yield from resources.container_resource_name(value, key)
            else:
                yield from resources.resource_name(value, key, resources.STANDARD)
    storages = (limit["min"]["storage"], limit["max"]["storage"])
    if kind == "PersistentVolumeClaim" and not any(each.given for each in storages):
        detail = "either minimum or maximum storage value is required, but neither was provided"
        yield required(limit, detail)
    yield from _in_order(limit)


# (field, must not be below), as the server compares them.
_ORDER: Final = (
    ("max", "min"),
    ("defaultRequest", "min"),
    ("max", "defaultRequest"),
    ("default", "defaultRequest"),
    ("default", "min"),
    ("max", "default"),
)


def _in_order(limit: Field) -> Errors:
    for high, low in _ORDER:
        lower = dict(limit[low].entries())
        for key, value in limit[high].entries():
            if key not in lower:
                continue
            other = lower[key]
            more, less = quantities.worth(value), quantities.worth(other)
            if more is not None and less is not None and less > more:
                detail = f"{low} value is greater than {high} value {value.value}"
                yield invalid(QUANTITY, other, detail)
    for key, value in limit["maxLimitRequestRatio"].entries():
        ratio = quantities.parse(value.value)
        if ratio is None:
            continue
        if ratio < quantities.ONE:
            yield invalid(QUANTITY, value, f"ratio {value.value} is less than 1")
        least, most = (quantities.parse(limit[name][key].value) for name in ("min", "max"))
        # ratio > most / least, whatever the sign of least
        if least and most and ratio * least * least > most * least * quantities.ONE:
            yield invalid(QUANTITY, value, f"ratio {value.value} is greater than max/min")


def priority_class(field: Field) -> Errors:
    """A PriorityClass."""
    name, value = field["metadata"]["name"], field["value"]
    if name.text.startswith("system-"):
        if name.text not in _SYSTEM:
            detail = (
                "priority class names with 'system-' prefix are reserved for system use only"
            )
            yield forbidden(name, detail, NAME)
    elif value.integer is not None and value.integer > _HIGHEST_PRIORITY:
        detail = f"maximum allowed value of a user defined priority is {_HIGHEST_PRIORITY}"
        yield Error(VALUE, value.path, f"Forbidden: {detail}")
    yield from optional(field["preemptionPolicy"], ("PreemptLowerPriority", "Never"))


def node(field: Field) -> Errors:
    """A Node."""
    seen: set[tuple[str, str]] = set()
    for taint in field["spec"]["taints"].items():
        key, value, effect = (taint[name] for name in ("key", "value", "effect"))
        yield from metadata.label_name(key)
        yield from invalids(LABEL, value, formats.label_value(value.text))
        yield from one_of(effect, scheduling.EFFECTS)
        if (key.text, effect.text) in seen:
            detail = "taints must be unique by key and effect pair"
            yield Error(DUPLICATE, taint.path, f"Duplicate value: {detail}")
        seen.add((key.text, effect.text))


def runtime_class(field: Field) -> Errors:
    """A RuntimeClass."""
    handler = field["handler"]
    if handler.empty:
        yield required(handler)
    yield from invalids(NAME, handler, formats.dns_label(handler.text) if handler.text else ())
    for key, value in field["overhead"]["podFixed"].entries():
        yield from resources.container_resource_name(value, key)
        yield from resources.amount(value, key)
    yield from metadata.labels(field["scheduling"]["nodeSelector"])
    tolerations = field["scheduling"]["tolerations"].items()
    for at, toleration in enumerate(tolerations):
        yield from scheduling.toleration(toleration)
        if any(toleration.value == other.value for other in tolerations[:at]):
            yield duplicate(toleration)


def namespace(field: Field) -> Errors:
    """A Namespace; its labels of pod security are read when it is made."""
    yield from metadata.finalizers(field["spec"]["finalizers"])
    for key, value in field["metadata"]["labels"].entries():
        mode, dash, of = key.removeprefix(_POD_SECURITY).partition("-")
        text = "" if value.value is None else value.value
        if not key.startswith(_POD_SECURITY) or mode not in _MODES or not isinstance(text, str):
            continue
        if not dash and text not in _LEVELS:
            near = spelling.nearest(text, _LEVELS, cutoff=0.6)
            yield invalid(VALUE, value, f"must be one of {', '.join(_LEVELS)}", near)
        elif of == "version" and not _SECURITY_VERSION.fullmatch(text):
            yield invalid(VALUE, value, 'must be "latest" or "v1.x"')


def api_service(field: Field) -> Errors:
    """An APIService."""
    version, group = field["spec"]["version"].text, field["spec"]["group"].text
    name = field["metadata"]["name"]
    if field["spec"]["group"].empty and version not in ("", "v1"):
        yield required(field["spec"]["group"])
    yield from config.encoded(field["spec"]["caBundle"])
    if version and group and name.text and name.text != f"{version}.{group}":
        detail = 'must be `spec.version+"."+spec.group`'
        yield invalid(NAME, name, detail, f"{version}.{group}")
    least, port = field["spec"]["groupPriorityMinimum"], field["spec"]["service"]["port"]
    if least.integer is not None and not 0 < least.integer <= 20000:
        yield invalid(VALUE, least, "must be positive and less than 20000")
    if port.integer is not None:
        yield from invalids(PORT, port, formats.port_number(port.integer))


def endpoint_slice(field: Field) -> Errors:
    """An EndpointSlice."""
    kind, names = field["addressType"], set[str]()
    yield from one_of(kind, ("FQDN", "IPv4", "IPv6"))
    for endpoint in field["endpoints"].items():
        for item in endpoint["addresses"].items():
            yield from address(item) if kind.text != "FQDN" else ()
    for port in field["ports"].items():
        name = port["name"]
        if name.text:
            yield from invalids(PORT, name, formats.dns_label(name.text))
        if name.text in names:
            yield duplicate(name)
        names.add(name.text)
        yield from one_of(port["protocol"], ("TCP", "UDP", "SCTP"), "TCP")


def endpoints(field: Field) -> Errors:
    """Endpoints."""
    for subset in field["subsets"].items():
        if subset["addresses"].empty and subset["notReadyAddresses"].empty:
            yield required(subset, "must specify `addresses` or `notReadyAddresses`")
        for part in ("addresses", "notReadyAddresses"):
            for item in subset[part].items():
                yield from address(item["ip"])
                yield from metadata.name(item["hostname"], formats.dns_label)
                yield from metadata.name(item["nodeName"])
        ports = subset["ports"].items()
        for port in ports:
            number, name = port["port"], port["name"]
            if number.integer is not None:
                yield from invalids(PORT, number, formats.port_number(number.integer))
            if name.empty and len(ports) > 1:
                yield required(name)
            elif name.text:
                yield from invalids(PORT, name, formats.dns_label(name.text))
            yield from one_of(port["protocol"], ("TCP", "UDP", "SCTP"), "TCP")
