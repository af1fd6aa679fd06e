"""The few questions that starting asks the API server.

In: the administrator's certificate in the state directory. For use on the node's network.
"""

from __future__ import annotations

import http.client
import json
import ssl
from pathlib import Path
from typing import Any

from kdocs_plugin.clusters.local.control.topology import ADDRESS, Node

CONTROL_PLANE = "node-role.kubernetes.io/control-plane"


class Api:
    """One connection to the API server, made again where it breaks."""

    def __init__(self, directory: Path) -> None:
        context = ssl.create_default_context(cafile=str(directory / "ca.crt"))
        context.load_cert_chain(directory / "admin.pem")
        self._connection = http.client.HTTPSConnection(
            ADDRESS, 6443, context=context, timeout=5
        )

    def ready(self) -> bool:
        return self._ask("GET", "/readyz") is not None

    def node_ready(self, node: Node) -> bool:
        found = self._ask("GET", _path(node))
        if found is None:
            return False
        conditions = json.loads(found)["status"].get("conditions", [])
        return any(c["type"] == "Ready" and c["status"] == "True" for c in conditions)

    def settle_node(self, node: Node, *, alone: bool) -> bool:
        """What kubeadm and its controllers give a node: labels that a kubelet may not give
        to itself, its pods' network, and the control plane's taint where it has workers.
        The ready node loses its not-ready taint before a controller comes to take it off:
        a first pod would get a FailedScheduling event for nothing."""
        labels, taints = {}, None
        if node.number == 0:
            labels = {
                CONTROL_PLANE: "",
                "node.kubernetes.io/exclude-from-external-load-balancers": "",
            }
            if not alone:
                taints = [{"key": CONTROL_PLANE, "effect": "NoSchedule"}]
        body = {
            "metadata": {"labels": labels},
            "spec": {"podCIDR": node.pods, "podCIDRs": [node.pods], "taints": taints},
        }
        return self._ask("PATCH", _path(node), body) is not None

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


def _path(node: Node) -> str:
    return f"/api/v1/nodes/{node.name}"
