"""How much a scenario may take of a cluster that others work on."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from kdocs_plugin.clusters.api import Api
from kdocs_plugin.clusters.user import LIMITS, REQUESTS, Bounds

NAME = "kdocs"
COUNTED_SECONDS = 10.0  # how long the controller may take to count for the first time


def namespace_labels(bounds: Bounds | None) -> dict[str, str]:
    """Which pods the namespace takes. A privileged pod would be root on a node of others."""
    if bounds is None:
        return {}
    return {"pod-security.kubernetes.io/enforce": bounds.pod_security}


def hold(api: Api, namespace: str, bounds: Bounds, labels: Mapping[str, str]) -> None:
    """Give the namespace its quota, and containers that ask for nothing a size."""
    if not bounds.quota:
        return
    inside = f"/api/v1/namespaces/{namespace}"
    metadata = {"name": NAME, "labels": labels}
    size = {"type": "Container", "default": dict(LIMITS), "defaultRequest": dict(REQUESTS)}
    api.post(f"{inside}/limitranges", {"metadata": metadata, "spec": {"limits": [size]}})
    hard = {"hard": dict(bounds.quota)}
    made = api.post(f"{inside}/resourcequotas", {"metadata": metadata, "spec": hard})
    _await_count(api, inside, made)


def _await_count(api: Api, inside: str, quota: Mapping[str, Any]) -> None:
    """A quota that nobody has counted yet refuses everything ("status unknown")."""
    deadline = time.monotonic() + COUNTED_SECONDS
    version = str(quota["metadata"]["resourceVersion"])
    while (left := deadline - time.monotonic()) > 0:
        watch = api.watch(f"{inside}/resourcequotas", version, left)
        try:
            for event in watch:
                if (event["object"].get("status") or {}).get("used"):
                    return
        finally:
            watch.close()
        found = api.get(f"{inside}/resourcequotas/{NAME}")
        if (found.get("status") or {}).get("used"):
            return
        version = str(found["metadata"]["resourceVersion"])
