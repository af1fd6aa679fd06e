"""Probes and lifecycle handlers: validateProbe and validateHandler of pkg/apis/core."""

from __future__ import annotations

from typing import Final

from kdocs_plugin.validation.objects import formats
from kdocs_plugin.validation.objects.fields import (
    PORT,
    TOGETHER,
    VALUE,
    Errors,
    Field,
    forbidden,
    invalid,
    invalids,
    not_negative,
    one_of,
    required,
)

_NUMBERS: Final = (
    "initialDelaySeconds",
    "timeoutSeconds",
    "periodSeconds",
    "successThreshold",
    "failureThreshold",
)
_OF_PROBES: Final = ("exec", "httpGet", "tcpSocket", "grpc")
_OF_LIFECYCLE: Final = ("exec", "httpGet", "tcpSocket", "sleep")
GRACE_SECONDS: Final = 30  # where the pod does not say


def check(container: Field, grace: int) -> Errors:
    """All probes and handlers of a container; `grace` is the pod's period, in seconds."""
    for probe in container.those(("livenessProbe", "readinessProbe", "startupProbe")):
        yield from _probe(probe, grace)
    for probe in container.those(("livenessProbe", "startupProbe")):
        threshold = probe["successThreshold"]
        if threshold.integer is not None and threshold.integer > 1:
            yield invalid(VALUE, threshold, "must be 1")
    seconds = container["readinessProbe"]["terminationGracePeriodSeconds"]
    if seconds.given:
        yield invalid(TOGETHER, seconds, "must not be set for readinessProbes")
    for handler in container["lifecycle"].those(("postStart", "preStop")):
        yield from _handler(handler, _OF_LIFECYCLE, grace)


def _probe(probe: Field, grace: int) -> Errors:
    yield from _handler(probe, _OF_PROBES, grace)
    yield from not_negative(*probe.those(_NUMBERS))
    seconds = probe["terminationGracePeriodSeconds"]
    if seconds.integer is not None and seconds.integer <= 0:
        yield invalid(VALUE, seconds, "must be greater than 0")


def _handler(handler: Field, known: tuple[str, ...], grace: int) -> Errors:
    if not isinstance(handler.value, dict):
        return
    given = handler.those(known)
    if not given:
        yield required(handler, "must specify a handler type")
        return
    for more in given[1:]:
        yield forbidden(more, "may not specify more than 1 handler type")
    first = given[0]
    if not isinstance(first.value, dict):
        return
    match first.path[-1]:
        case "exec":
            if first["command"].empty:
                yield required(first["command"])
        case "httpGet":
            yield from _http(first)
        case "sleep":
            seconds = first["seconds"]
            if seconds.integer is not None and not 0 <= seconds.integer <= grace:
                most = f"terminationGracePeriodSeconds ({grace})"
                detail = f"must be non-negative and less than {most}"
                yield invalid(VALUE, seconds, detail)
        case _:
            yield from port(first["port"])


def _http(action: Field) -> Errors:
    yield from port(action["port"])
    yield from one_of(action["scheme"], ("HTTP", "HTTPS"), "HTTP")
    for header in action["httpHeaders"].items():
        yield from invalids(VALUE, header["name"], formats.http_header(header["name"].text))


def port(field: Field) -> Errors:
    """A port by number or by name, which must be there."""
    if not field.given:
        yield required(field)
    elif field.integer is not None:
        yield from invalids(PORT, field, formats.port_number(field.integer))
    elif isinstance(field.value, str):
        digits = field.value if field.value.isascii() and field.value.isdigit() else ""
        yield from invalids(PORT, field, formats.port_name(field.value), digits)
