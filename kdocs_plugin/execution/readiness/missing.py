"""What an object could not start without, and whether it has come by now."""

from __future__ import annotations

import re
from collections.abc import Mapping

from kdocs_plugin.clusters.api import Api, ApiError
from kdocs_plugin.execution.readiness.named import Named
from kdocs_plugin.execution.readiness.trouble import Trouble

MADE_FROM = frozenset(["configmap", "secret"])
NOT_FOUND = re.compile(
    r'(configmap|secret|persistentvolumeclaim|serviceaccount)s?(?:\.\S+)? "(?:[^"/]+/)?([^"]+)"'
    r".*?not found"
)
# Kinds that make room for what nobody could take, bind or make.
_ROOM = frozenset("node persistentvolume persistentvolumeclaim storageclass".split())
_LEAVE = frozenset("resourcequota limitrange serviceaccount priorityclass".split())
# Troubles that an object which comes later may mend, and the kinds that do; the first two
# name the object.
MENDABLE: Mapping[str, frozenset[str]] = {
    "CreateContainerConfigError": frozenset(),
    "FailedMount": frozenset(),
    "Unschedulable": _ROOM,
    "FailedBinding": _ROOM,
    "ProvisioningFailed": _ROOM,
    "FailedCreate": _LEAVE,
}


def may_mend(touches: Named, trouble: Trouble) -> bool:
    """Whether a step that touches these objects may have ended an older trouble."""
    if trouble.reason not in MENDABLE:
        return False
    if touches.kinds & MENDABLE[trouble.reason]:
        return True
    words = set(re.findall(r"[\w.-]+", trouble.message))
    return any(name in words for kind, _, name in touches.objects if kind in MADE_FROM)


def mendable_by(touches: Named) -> set[str]:
    """Troubles of which a step that touches these kinds of objects may have ended some."""
    named = set(MENDABLE) if touches.kinds & MADE_FROM else set()
    return named | {reason for reason, kinds in MENDABLE.items() if kinds & touches.kinds}


class Missing:
    """Asks the API server once for each object that somebody misses."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._there: dict[str, bool] = {}

    def has_come(self, trouble: Trouble) -> bool:
        """Whether the object of which the cluster says that it is not found is there."""
        match = NOT_FOUND.search(trouble.message)
        if match is None:
            return False
        inside = f"namespaces/{trouble.namespace or 'default'}/{match[1]}s/{match[2]}"
        if inside not in self._there:
            try:
                self._there[inside] = bool(self._api.get(f"/api/v1/{inside}"))
            except ApiError:
                self._there[inside] = False
        return self._there[inside]
