"""What events prove of an object whose status is silent."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from kdocs_plugin.execution.readiness.world import Json, State, objects

# A volume that is not there, to which the kubelet comes back again and again.
ABSENT = re.compile(r"not found|couldn't find|is not attached|references non-existent")


def about(state: State, uid: str) -> list[Json]:
    """The events of an object, oldest first."""
    found = [e for e in objects(state, "Event") if e["involvedObject"].get("uid") == uid]
    return sorted(found, key=lambda event: (time_of(event), version_of(event)))


def latest(state: State, uid: str) -> Json | None:
    """The newest event of an object."""
    return max(
        (e for e in objects(state, "Event") if e["involvedObject"].get("uid") == uid),
        key=lambda event: (time_of(event), version_of(event)),
        default=None,
    )


def time_of(event: Json) -> str:
    """When it was last seen, as the API writes it."""
    series: Mapping[str, str] = event.get("series") or {}
    times: Iterable[str | None] = (
        series.get("lastObservedTime"),
        event.get("lastTimestamp"),
        event.get("eventTime"),
        event["metadata"].get("creationTimestamp"),
    )
    return next((time[:19] for time in times if time), "")


def version_of(event: Json) -> int:
    """Orders events of the same second."""
    version = str(event["metadata"].get("resourceVersion", ""))
    return int(version) if version.isdigit() else 0


def unmountable(state: State, pod: Json) -> str:
    """What the kubelet says of a volume that can't be mounted, "" where nothing."""
    status = pod.get("status", {})
    if status.get("phase") != "Pending" or not pod.get("spec", {}).get("nodeName"):
        return ""
    event = latest(state, pod["metadata"].get("uid", ""))
    if event is None or event["reason"] not in ("FailedMount", "FailedAttachVolume"):
        return ""
    message = str(event.get("message", ""))
    return message if ABSENT.search(message) else ""


def uncreatable(state: State, uid: str) -> str:
    """Why a workload's controller can't make pods, in its words; "" where it could."""
    event = latest(state, uid)
    return str(event.get("message", "")) if event and event["reason"] == "FailedCreate" else ""


def failing_probe(state: State, uid: str) -> str:
    """What a readiness or startup probe last met with, "" where none has failed."""
    for event in reversed(about(state, uid)):
        message = str(event.get("message", ""))
        if event["reason"] == "Unhealthy" and message.startswith(("Readiness", "Startup")):
            return message
    return ""
