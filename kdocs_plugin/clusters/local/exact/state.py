"""What an empty cluster lacks: made, so that it refuses nothing for the wrong reason.

A refusal that hangs on what else is in the cluster says nothing about the object. Nothing
is guessed beforehand: where the server names what it misses, that is made for real, or
what collides is taken out of the question, and it is asked again.

    namespace not there              made, with the ServiceAccount `default` that its
                                     controller would make
    ServiceAccount not there         made
    PriorityClass, RuntimeClass      made
    object there already             accepted: it would have been made
    address taken, or of another     left out: which addresses there are is the cluster's
    cluster's range                  own affair

ResourceQuota and LimitRange of a note are never made for real, so they refuse nothing.
"""

from __future__ import annotations

import re
from typing import Any, Final

from kdocs_plugin.clusters.local.exact.client import Answer, Connection

_NAMESPACE: Final = re.compile(r'namespaces? "([^"]+)" not found')
_ACCOUNT: Final = re.compile(
    r'error looking up service account ([^/ ]+)/([^: ]+): serviceaccount "[^"]+" not found'
)
_PRIORITY: Final = re.compile(r"no PriorityClass with name (\S+) was found")
_RUNTIME: Final = re.compile(r'RuntimeClass "([^"]+)" not found')
_ADDRESS: Final = re.compile(
    r"failed to allocate IP .*(?:not in the valid range|already allocated)"
)
ROUNDS = 5  # an object can miss a namespace, an account and two classes


def mended(
    connection: Connection, answer: Answer, body: dict[str, Any]
) -> dict[str, Any] | None:
    """What to ask after this refusal: None where it is the object's own fault.

    The same object after the cluster has been given what it lacks, or one without what
    collides.
    """
    message = answer.message
    if answer.status == 404 and (found := _NAMESPACE.search(message)):
        return body if namespace(connection, found[1]) else None
    if answer.status == 403:
        if found := _ACCOUNT.search(message):
            return body if _account(connection, found[1], found[2]) else None
        if found := _PRIORITY.search(message):
            return body if _priority_class(connection, found[1]) else None
        if found := _RUNTIME.search(message):
            return body if _runtime_class(connection, found[1]) else None
    if answer.status == 422 and _ADDRESS.search(message):
        return _without_addresses(body)
    return None


def namespace(connection: Connection, name: str, labels: dict[str, str] | None = None) -> bool:
    """Make a namespace, as far as its controllers would. Whether it is there."""
    metadata = {"name": name, "labels": labels or {}}
    body = {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}
    return _made(connection, "/api/v1/namespaces", body) and _account(
        connection, name, "default"
    )


def remove_namespace(connection: Connection, name: str) -> None:
    """Remove it; nobody else would, because its controller does not run."""
    answer = connection.ask("DELETE", f"/api/v1/namespaces/{name}")
    if answer.ok and (body := connection.ask("GET", f"/api/v1/namespaces/{name}")).ok:
        final = {**body.body, "spec": {"finalizers": []}}
        connection.ask("PUT", f"/api/v1/namespaces/{name}/finalize", final)


def _account(connection: Connection, place: str, name: str) -> bool:
    body = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name}}
    return _made(connection, f"/api/v1/namespaces/{place}/serviceaccounts", body)


def _priority_class(connection: Connection, name: str) -> bool:
    body = {
        "apiVersion": "scheduling.k8s.io/v1",
        "kind": "PriorityClass",
        "metadata": {"name": name},
        "value": 0,
    }
    return _made(connection, "/apis/scheduling.k8s.io/v1/priorityclasses", body)


def _runtime_class(connection: Connection, name: str) -> bool:
    body = {
        "apiVersion": "node.k8s.io/v1",
        "kind": "RuntimeClass",
        "metadata": {"name": name},
        "handler": "runc",
    }
    return _made(connection, "/apis/node.k8s.io/v1/runtimeclasses", body)


def _made(connection: Connection, path: str, body: dict[str, Any]) -> bool:
    answer = connection.ask("POST", path, body)
    return answer.ok or answer.status == 409


def _without_addresses(body: dict[str, Any]) -> dict[str, Any] | None:
    spec = body.get("spec")
    if not isinstance(spec, dict) or not {"clusterIP", "clusterIPs"} & spec.keys():
        return None
    rest = {k: v for k, v in spec.items() if k not in ("clusterIP", "clusterIPs")}
    return {**body, "spec": rest}
