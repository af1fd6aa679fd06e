"""Objects to and from the API server, with the standard library alone.

In: the administrator's certificate in a cluster's state directory. For use on the node's
network. `kdocs cluster up` posts the add-ons with it: the kubernetes client would take
longer to import than that takes.
"""

from __future__ import annotations

import http.client
import json
import ssl
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlencode

from kdocs_plugin.clusters.local.control import topology
from kdocs_plugin.errors import ClusterError, Unreachable

Json = Mapping[str, Any]
SECONDS = 10.0  # that an answer may take

# Kind -> path of its group, its resource, whether it stands in a namespace.
RESOURCES: Mapping[str, tuple[str, str, bool]] = {
    "APIService": ("/apis/apiregistration.k8s.io/v1", "apiservices", False),
    "ClusterRole": ("/apis/rbac.authorization.k8s.io/v1", "clusterroles", False),
    "ClusterRoleBinding": ("/apis/rbac.authorization.k8s.io/v1", "clusterrolebindings", False),
    "ConfigMap": ("/api/v1", "configmaps", True),
    "Deployment": ("/apis/apps/v1", "deployments", True),
    "Role": ("/apis/rbac.authorization.k8s.io/v1", "roles", True),
    "RoleBinding": ("/apis/rbac.authorization.k8s.io/v1", "rolebindings", True),
    "Service": ("/api/v1", "services", True),
    "ServiceAccount": ("/api/v1", "serviceaccounts", True),
    "StorageClass": ("/apis/storage.k8s.io/v1", "storageclasses", False),
}


class Client:
    """One connection to the API server, for one thread. Raises Unreachable where none is."""

    def __init__(self, directory: Path) -> None:
        self._context = ssl.create_default_context(cafile=str(directory / "ca.crt"))
        self._context.load_cert_chain(directory / "admin.pem")
        self._connection = self._connect(SECONDS)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._connection.close()

    def get(self, path: str, **query: str) -> Json | None:
        """What stands at a path; None where nothing does, or nothing yet."""
        status, value = self._ask("GET", path + ("?" + urlencode(query) if query else ""))
        if status in (404, 503):  # 503: an add-on's part of the API that is not up yet
            return None
        if status != 200:
            raise refused(status, value)
        return value

    def create(self, item: Json) -> None:
        """Make an object. One that is there is as good."""
        group, resource, namespaced = RESOURCES[item["kind"]]
        inside = f"/namespaces/{item['metadata']['namespace']}" if namespaced else ""
        path = f"{group}{inside}/{resource}"
        status, value = self._ask("POST", path, item)
        if status == 422 and self.get(f"{path}/{item['metadata']['name']}") is not None:
            return  # a Service whose address is taken: by itself
        if status not in (200, 201, 202, 409):
            raise refused(status, value)

    def changes(self, path: str, deadline: float, **query: str) -> Iterator[Json]:
        """A list at `path`, and the list anew after each change, until the deadline."""
        while (left := deadline - time.monotonic()) > 0:
            found = self.get(path, **query)
            if found is None:
                return
            yield found
            version = found["metadata"]["resourceVersion"]
            watch = {**query, "watch": "1", "resourceVersion": version,
                     "timeoutSeconds": str(int(left) + 1)}  # fmt: skip
            self._await_event(f"{path}?{urlencode(watch)}", left)

    def _await_event(self, path: str, seconds: float) -> None:
        """Until something is told at `path`, or time is up."""
        connection = self._connect(seconds)
        try:
            connection.request("GET", path)
            connection.getresponse().readline()
        except TimeoutError:
            pass
        except (OSError, http.client.HTTPException) as error:
            raise unreachable(error) from error
        finally:
            connection.close()

    def _ask(self, method: str, path: str, body: Json | None = None) -> tuple[int, Json]:
        headers = {"Content-Type": "application/json"} if body is not None else {}
        try:
            content = None if body is None else json.dumps(body)
            self._connection.request(method, path, content, headers)
            response = self._connection.getresponse()
            status, data = response.status, response.read()
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            raise unreachable(error) from error
        try:
            value = json.loads(data)
        except ValueError:  # an add-on's part of the API that is coming up answers in words
            value = {"message": data[:200].decode("utf-8", "replace").strip()}
        return status, value if isinstance(value, dict) else {}

    def _connect(self, seconds: float) -> http.client.HTTPSConnection:
        return http.client.HTTPSConnection(
            topology.ADDRESS, 6443, context=self._context, timeout=seconds
        )


def refused(status: int, value: Json) -> ClusterError:
    """The API server's Status object as an error."""
    return ClusterError(
        "cluster.refused",
        status=status,
        reason=value.get("reason", ""),
        message=" ".join(str(value.get("message", "")).split()),
    )


def unreachable(error: Exception) -> Unreachable:
    """No answer."""
    return Unreachable("cluster.unreachable", server=topology.SERVER, why=str(error))
