"""The few questions that starting asks the API server.

In: the administrator's certificate in the state directory. For use on the node's network.
"""

from __future__ import annotations

import http.client
import json
import ssl
from pathlib import Path
from typing import Any

from kdocs_plugin.clusters.local.control import components


class Api:
    """One connection to the API server, made again where it breaks."""

    def __init__(self, directory: Path) -> None:
        context = ssl.create_default_context(cafile=str(directory / "ca.crt"))
        context.load_cert_chain(directory / "admin.pem")
        self._connection = http.client.HTTPSConnection(
            components.ADDRESS, 6443, context=context, timeout=5
        )
        self._node = f"/api/v1/nodes/{components.NODE}"

    def ready(self) -> bool:
        return self._ask("GET", "/readyz") is not None

    def node_ready(self) -> bool:
        node = self._ask("GET", self._node)
        if node is None:
            return False
        conditions = json.loads(node)["status"].get("conditions", [])
        return any(c["type"] == "Ready" and c["status"] == "True" for c in conditions)

    def label_node(self) -> bool:
        """The labels that kubeadm gives, which a kubelet may not give to itself; and the
        ready node without its not-ready taint, before its controller comes to take it off:
        a first pod would get a FailedScheduling event for nothing."""
        labels = {
            "node-role.kubernetes.io/control-plane": "",
            "node.kubernetes.io/exclude-from-external-load-balancers": "",
        }
        body = {"metadata": {"labels": labels}, "spec": {"taints": None}}
        return self._ask("PATCH", self._node, body) is not None

    def close(self) -> None:
        self._connection.close()

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> bytes | None:
        """The answer's body; None for anything but success."""
        headers = {"Content-Type": "application/merge-patch+json"} if body else {}
        try:
            self._connection.request(method, path, json.dumps(body) if body else None, headers)
            response = self._connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException):
            self._connection.close()
            return None
        return content if response.status == 200 else None
