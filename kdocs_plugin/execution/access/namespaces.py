"""A scenario's namespace on a cluster: made, given up, found again after a dead run."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Callable, Mapping
from typing import Any

from kdocs_plugin.clusters.api import Api, ApiError
from kdocs_plugin.errors import ExecutionError
from kdocs_plugin.execution.access import rights
from kdocs_plugin.execution.access.ownership import (
    OWNER_LABEL,
    is_abandoned,
    is_owned,
    owner,
    standing,
)
from kdocs_plugin.execution.observer import OTHER_RUN

DELETE_SECONDS = 60.0  # how long a namespace may take to go
# How long it may take before somebody asks what holds it. Its controller lets five seconds
# pass before it begins (namespaceDeletionGracePeriod).
HELD_SECONDS = 8.0
BUSY_SECONDS = 600.0  # how long another run of the same page may take
LOOK_SECONDS = 5.0  # between two looks whether that other run still lives
NAMESPACES = "/api/v1/namespaces"


def make(api: Api, name: str, labels: Mapping[str, str], tell: Callable[[str], None]) -> str:
    """Make the namespace and return its uid, after removing one that a dead run left.

    Where another run of this page is under way, wait for its end; `tell` hears of it.
    Raises ExecutionError where it is not ours, or does not go in time.
    """
    body = {"metadata": {"name": name, "labels": labels}}
    deadline = time.monotonic() + BUSY_SECONDS
    awaited = ""
    while True:
        try:
            uid = str(api.post(NAMESPACES, body)["metadata"]["uid"])
        except ApiError as error:
            if error.status != 409:
                raise
        else:
            standing.add(uid)
            return uid
        try:
            found = api.get(f"{NAMESPACES}/{name}")
        except ApiError as error:
            if error.status != 404:
                raise
            continue
        if not is_owned(found):
            raise ExecutionError("run.namespace_taken", namespace=name)
        uid = str(found["metadata"]["uid"])
        if found["metadata"].get("deletionTimestamp") or is_abandoned(found):
            with contextlib.suppress(ApiError, ExecutionError):  # somebody else was faster
                remove(api, name, uid)
            if not wait_until_gone(api, name, DELETE_SECONDS):
                raise stuck(api, name)
            continue
        if uid != awaited:
            awaited = uid
            tell(OTHER_RUN)
        if not wait_until_gone(api, name, LOOK_SECONDS) and time.monotonic() > deadline:
            raise ExecutionError("run.namespace_busy", namespace=name)


def remove(api: Api, name: str, uid: str) -> None:
    """Ask for the end of this very namespace, and of its pods without a grace period."""
    standing.discard(uid)
    path = f"{NAMESPACES}/{name}"
    end = {"propagationPolicy": "Background", "preconditions": {"uid": uid}}
    try:
        api.delete(path, end)
    except ApiError as error:
        if error.status != 403:
            raise
        # A run that died before it had its rights here: they come with the namespace.
        rights.claim(api, name, {OWNER_LABEL: owner()})
        api.delete(path, end)
    # Nobody looks at them any more.
    api.delete(f"{path}/pods", {"gracePeriodSeconds": 0})


def remove_abandoned(api: Api) -> None:
    """Ask for the end of every namespace that a dead run left, and do not wait for it."""
    try:
        found = api.get(NAMESPACES, labelSelector=OWNER_LABEL)
    except ApiError:  # we may not look: then only this page's own is removed
        return
    for item in found["items"]:
        if is_abandoned(item) and not item["metadata"].get("deletionTimestamp"):
            with contextlib.suppress(ApiError, ExecutionError):
                remove(api, item["metadata"]["name"], item["metadata"]["uid"])


def await_own_gone(api: Api) -> None:
    """Until namespaces of this process that are on their way out have gone, or a bound."""
    found = api.get(NAMESPACES, labelSelector=f"{OWNER_LABEL}={owner()}")
    deadline = time.monotonic() + DELETE_SECONDS
    for item in found["items"]:
        if item["metadata"].get("deletionTimestamp"):
            wait_until_gone(api, item["metadata"]["name"], deadline - time.monotonic())


def wait_until_gone(api: Api, name: str, seconds: float) -> bool:
    """Whether the namespace is gone within that time."""
    deadline = time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 0:
        found = api.get(NAMESPACES, fieldSelector=f"metadata.name={name}")
        if not found["items"]:
            return True
        watch = api.watch(NAMESPACES, found["metadata"]["resourceVersion"], left)
        try:
            for event in watch:
                name_of = event["object"].get("metadata", {}).get("name")
                if event["type"] == "DELETED" and name_of == name:
                    return True
        finally:
            watch.close()
    return False


# --- What does not go -------------------------------------------------------------------


def stuck(api: Api, name: str) -> ExecutionError:
    """That the namespace stays, and what the API server says holds it."""
    said = "; ".join(_conditions(api, name).values())
    return ExecutionError("run.namespace_stuck", namespace=name, why=said)


def release(api: Api, name: str, spoken: str) -> None:
    """Take finalizers off what holds a namespace: those that the note's own text names.

    Nobody but the note knows them, so nobody will. Others are the cluster's own, and what
    they stand for (a load balancer, a volume) is to be taken down first.
    """
    holding = _conditions(api, name).get("NamespaceContentRemaining", "")
    for resource in re.findall(r"([a-z0-9.-]+)\. has \d+ resource", holding):
        with contextlib.suppress(ApiError):
            path = f"{_path_of_group(api, resource)}/namespaces/{name}/{resource.split('.')[0]}"
            for item in api.get(path)["items"]:
                finalizers = item["metadata"].get("finalizers", [])
                left = [each for each in finalizers if "/" not in each or each not in spoken]
                if left != finalizers:
                    patch = {"metadata": {"finalizers": left}}
                    api.patch(f"{path}/{item['metadata']['name']}", patch)


def _path_of_group(api: Api, resource: str) -> str:
    """Where the objects of `configmaps` or `deployments.apps` are served."""
    group = resource.partition(".")[2]
    if not group:
        return "/api/v1"
    return f"/apis/{api.get(f'/apis/{group}')['preferredVersion']['groupVersion']}"


def _conditions(api: Api, name: str) -> dict[str, str]:
    """What of a namespace's end is not done yet: condition by type, with its message."""
    try:
        found = api.get(f"{NAMESPACES}/{name}")
    except ApiError:
        return {}
    conditions: list[dict[str, Any]] = found.get("status", {}).get("conditions", [])
    return {
        each["type"]: str(each.get("message", ""))
        for each in conditions
        if each["status"] == "True"
    }
