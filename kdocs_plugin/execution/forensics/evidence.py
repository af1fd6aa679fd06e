"""What an object in trouble says for itself, cut to the cause.

Through the API, not through kubectl: three answers in the time that one process starts.
Each piece is titled with the command that shows all of it. Ages and counts are left out:
they are others at each run.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator, Mapping

from kdocs_plugin.clusters.api import Api, ApiError
from kdocs_plugin.execution.readiness.events import about, time_of, version_of
from kdocs_plugin.execution.readiness.pods import containers, last_end
from kdocs_plugin.execution.readiness.trouble import Trouble
from kdocs_plugin.execution.readiness.world import Json
from kdocs_plugin.model import Evidence
from kdocs_plugin.outputs import clean

# What the containers' own states have said already, and what names this run's pod and uid.
CONTAINERS_SAY = re.compile(r"containers with unready status|back-off .* restarting failed")
OF_THIS_RUN = re.compile(r"(?: in pod|=?) ?[\w.-]+_[\w.-]+\([0-9a-f-]{36}\)")
COMBINED = "(combined from similar events): "
NAMES = re.compile(r'"[^"]*"')
LINES = 20  # of one piece
EVENTS = 6  # the newest count
WIDTH = 300  # characters of a line
LOG_BYTES = 16 * 1024


def evidence_of(trouble: Trouble, api: Api, hide: Callable[[str], str]) -> tuple[Evidence, ...]:
    """State, events and last words of an object in trouble. Never raises for what the API
    server refuses: what it does not tell is left out."""
    found = []
    kind, name, where = trouble.kind.lower(), trouble.name, flag_of(trouble)
    if lines := list(state_lines(trouble)):
        found.append(Evidence(f"kubectl describe {kind} {name}{where}", cut(lines, hide)))
    if lines := event_lines(trouble, api):
        found.append(Evidence(f"kubectl events --for {kind}/{name}{where}", cut(lines, hide)))
    if trouble.kind == "Pod":
        found += log_of(trouble, api, hide)
    return tuple(each for each in found if each.text)


def flag_of(trouble: Trouble) -> str:
    """Nothing for the scenario's own namespace: a reader has another."""
    namespace = trouble.namespace
    return (
        ""
        if namespace in ("", "default") or namespace.startswith("kdocs-")
        else f" -n {namespace}"
    )


def cut(lines: list[str], hide: Callable[[str], str]) -> str:
    """The last lines, none too wide, without secrets."""
    text = hide(OF_THIS_RUN.sub("", "\n".join(lines)))
    return "\n".join(line[:WIDTH].rstrip() for line in text.split("\n")[-LINES:]).strip("\n")


# --- State, in describe's words ---


def state_lines(trouble: Trouble) -> Iterator[str]:
    """Of a pod its containers that are not well, and why it stands nowhere; of others their
    conditions that tell of trouble."""
    item = trouble.item
    status = item.get("status", {})
    for each in containers(status):
        if each.get("ready") and not last_end(each):
            continue
        yield f"{each['name']}:"
        yield f"  Image:  {each.get('image', '')}"
        for title, at in (("State", "state"), ("Last State", "lastState")):
            for name, value in (each.get(at) or {}).items():
                yield f"  {title}:  {name.capitalize()}"
                yield from reason_lines(value)
    for each in status.get("conditions") or ():
        said = each.get("message", "")
        usual = each["type"] == "PodReadyToStartContainers" or CONTAINERS_SAY.match(said)
        if said and not usual and each["status"] != wanted_status(each["type"]):
            yield f"{each['type']}:  {each['status']}  {each.get('reason', '')}"
            yield f"  {one_line(each['message'])}"


def wanted_status(condition: str) -> str:
    """Which status of a condition is no news."""
    bad = ("ReplicaFailure", "Failed", "Stalled", "FailureTarget", "DisruptionTarget")
    return "False" if condition in bad else "True"


def reason_lines(value: Mapping[str, object]) -> Iterator[str]:
    """Why a container waits, or how it ended."""
    for key, title in (("reason", "Reason"), ("exitCode", "Exit Code"), ("message", "Message")):
        said = one_line(value.get(key, ""))
        if said and not CONTAINERS_SAY.match(said):
            yield f"    {title}:  {said}"


def one_line(value: object) -> str:
    """What may hold line breaks, in one line."""
    return " ".join(str(value).split())


# --- Events ---


def event_lines(trouble: Trouble, api: Api) -> list[str]:
    """An object's warnings, the newest."""
    path = f"/api/v1/namespaces/{trouble.namespace or 'default'}/events"
    found: list[Json] = []
    with contextlib.suppress(ApiError):
        selector = f"involvedObject.name={trouble.name},involvedObject.kind={trouble.kind}"
        items = api.get(path, fieldSelector=selector)["items"]
        state = {"Event": {str(number): each for number, each in enumerate(items)}}
        found = about(state, trouble.uid) or sorted(
            items, key=lambda e: (time_of(e), version_of(e))
        )
    lines: dict[str, str] = {}
    for each in found:
        if each.get("type") == "Warning":
            said = one_line(each.get("message", "")).removeprefix(COMBINED)
            # Of those that differ by the name of a pod that was not made, the last one.
            lines[NAMES.sub("", said)] = f"Warning  {each.get('reason', '')}  {said}"
    return list(lines.values())[-EVENTS:]


# --- Last words ---


def log_of(trouble: Trouble, api: Api, hide: Callable[[str], str]) -> Iterator[Evidence]:
    """The end of what the failed container printed: of its last run, where it has had one."""
    status = next(
        (
            each
            for each in containers(trouble.item.get("status", {}))
            if last_end(each) and trouble.container in ("", each["name"])
        ),
        None,
    )
    if status is None:
        return
    command = f"kubectl logs {trouble.name}{flag_of(trouble)}"
    if len(trouble.item.get("spec", {}).get("containers", [])) > 1:
        command += f" -c {status['name']}"
    waits = "terminated" not in (status.get("state") or {})
    for previous in (True, False) if waits else (False,):
        if said := last_words(trouble, status["name"], api, previous=previous):
            # In a loop it is the one before as soon as anybody has typed the command.
            loops = previous or trouble.reason == "CrashLoopBackOff"
            title = f"{command} --previous" if loops else command
            yield Evidence(title, cut(said.split("\n"), hide))
            return


def last_words(trouble: Trouble, container: str, api: Api, *, previous: bool) -> str:
    """The end of a container's log, "" where there is none to be had."""
    path = f"/api/v1/namespaces/{trouble.namespace or 'default'}/pods/{trouble.name}/log"
    query = {"container": container, "limitBytes": str(LOG_BYTES)}
    query |= {"previous": "true"} if previous else {}
    raw = b""
    try:
        for lines in (LINES, 5, 1):  # a limit cuts the end off: then of fewer lines
            raw = api.raw(path, **query, tailLines=str(lines))
            if len(raw) < LOG_BYTES:
                break
    except ApiError:
        return ""
    text, _ = clean(raw)
    return "" if text.startswith("unable to retrieve container logs") else text.strip("\n")
