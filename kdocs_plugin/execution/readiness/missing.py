"""Whether what an object could not start without has come by now."""

from __future__ import annotations

import re

from kdocs_plugin.clusters.api import Api, ApiError
from kdocs_plugin.execution.readiness.trouble import Trouble

NOT_FOUND = re.compile(
    r'(configmap|secret|persistentvolumeclaim|serviceaccount)s?(?:\.\S+)? "(?:[^"/]+/)?([^"]+)"'
    r".*?not found"
)


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
