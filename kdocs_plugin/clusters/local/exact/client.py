"""Requests to the control plane, and what kubectl makes of a text before it asks.

kubectl reads a text document by document, takes lists apart, and looks each kind up in
what the server says that it serves. What it refuses by itself, no server sees.
"""

from __future__ import annotations

import http.client
import json
import ssl
import threading
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from kdocs_plugin.errors import ClusterError, Unreachable
from kdocs_plugin.values import dataclass

if TYPE_CHECKING:
    from kdocs_plugin.clusters.local.exact.control_plane import ControlPlane

SECONDS = 30  # for one answer
_DISCOVERY = (
    "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json"
)


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP status and the JSON that came with it; {} for another text."""

    status: int
    body: Mapping[str, Any]

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def message(self) -> str:
        return str(self.body.get("message", ""))


class Connection:
    """A connection that is kept, made again where it breaks. For one thread at a time."""

    def __init__(self, plane: ControlPlane) -> None:
        self._plane = plane
        context = ssl.create_default_context(cafile=str(plane.authority))
        context.load_cert_chain(plane.certificate)
        self._http = http.client.HTTPSConnection(
            "127.0.0.1", plane.port, context=context, timeout=SECONDS
        )

    def ask(
        self, method: str, path: str, body: Any = None, accept: str = "application/json"
    ) -> Answer:
        """One request. Unreachable where none answers, ClusterError where it has ended.

        Asked once more where the connection was closed meanwhile: nothing that we ask does
        harm when it is done twice. A server that lives and breaks off both times has come to
        grief over this request alone (1.37 does over a CustomResourceDefinition that has
        selectableFields and no schema); kubectl says EOF.
        """
        data = None if body is None else json.dumps(body).encode()
        headers = {"Accept": accept, "Content-Type": "application/json"}
        for attempt in (1, 2):
            try:
                self._http.request(method, path, data, headers)
                response = self._http.getresponse()
                content = response.read()
                break
            except (OSError, http.client.HTTPException) as error:
                self._http.close()
                self._plane.check()
                if attempt == 2 and isinstance(error, http.client.RemoteDisconnected):
                    return Answer(500, {"message": "EOF", "reason": "InternalError"})
                if attempt == 2 or isinstance(error, TimeoutError):
                    raise Unreachable("exact.unreachable", reason=str(error)) from error
        try:
            answer = json.loads(content)
        except ValueError:
            answer = {}
        return Answer(response.status, answer if isinstance(answer, dict) else {})

    def close(self) -> None:
        self._http.close()


@dataclass(frozen=True, slots=True)
class Resource:
    """Where objects of a kind are sent."""

    base: str  # /api/v1 or /apis/apps/v1
    plural: str
    namespaced: bool

    def path(self, namespace: str, name: str = "") -> str:
        place = f"/namespaces/{quote(namespace, safe='')}" if self.namespaced else ""
        return f"{self.base}{place}/{self.plural}" + (
            f"/{quote(name, safe='')}" if name else ""
        )


class Discovery:
    """What the server serves, asked once and again when it may have changed."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], Resource] = {}
        self._lock = threading.Lock()

    def forget(self) -> None:
        """CustomResourceDefinitions have come or gone."""
        with self._lock:
            self._found = {}

    def resource(self, connection: Connection, api_version: str, kind: str) -> Resource | None:
        """Where the kind is sent; None where the server does not serve it."""
        with self._lock:
            if not self._found:
                for path in ("/api", "/apis"):
                    answer = connection.ask("GET", path, accept=_DISCOVERY)
                    if not answer.ok:
                        raise ClusterError("exact.unreachable", reason=answer.message)
                    self._found |= dict(_resources(path, answer.body))
            return self._found.get((api_version, kind))

    def takes_list(self, connection: Connection, api_version: str, kind: str) -> bool:
        """Whether kubectl takes a kind for one with `items`: one that is served, its List,
        or plain `List`, in every version that is served."""
        if self.resource(connection, api_version, kind.removesuffix("List")):
            return True
        with self._lock:
            return kind == "List" and any(each == api_version for each, _ in self._found)

    def serves_group(self, api_version: str) -> bool:
        """Whether it serves the group in any version."""
        with self._lock:
            return any(group(each) == group(api_version) for each, _ in self._found)


def group(api_version: str) -> str:
    """`apps` of `apps/v1`, "" of `v1`."""
    return api_version.rpartition("/")[0]


def _resources(
    path: str, discovery: Mapping[str, Any]
) -> Iterator[tuple[tuple[str, str], Resource]]:
    """(apiVersion, kind) and where it is sent, from APIGroupDiscoveryList."""
    for group in discovery["items"]:
        name = group["metadata"].get("name", "")
        for version in group["versions"]:
            api_version = f"{name}/{version['version']}" if name else version["version"]
            for found in version.get("resources", ()):
                kind = found.get("responseKind", {}).get("kind", "")
                resource = Resource(
                    f"{path}/{api_version}", found["resource"], found["scope"] == "Namespaced"
                )
                yield (api_version, kind), resource
                yield (api_version, kind.lower()), resource  # the server itself refuses it


class Refused(Exception):
    """kubectl refuses it by itself; the words are kubectl's."""

    def __init__(self, message: str, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


def namespace_problem(name: str) -> str:
    """Why kubectl makes no address with this namespace in it; "" where it does."""
    if name in (".", ".."):
        return f"may not be '{name}'"
    return next((f"may not contain '{each}'" for each in "/%" if each in name), "")


def objects(
    value: Any, inside: bool = False
) -> list[tuple[tuple[str | int, ...], dict[str, Any]]]:
    """The objects that kubectl makes of a document, and where in it they stand.

    A document with `items` is a list, whatever its kind, and is taken apart; an item
    without a kind has its list's, less `List`. Raises Refused.
    """
    if not isinstance(value, dict):
        what = {list: "array", str: "string", bool: "bool"}.get(type(value), "number")
        raise Refused(
            f"couldn't get version/kind; json parse error: json: cannot unmarshal {what} into "
            "Go value of type struct { APIVersion string; Kind string }",
            "Unreadable",
        )
    for key in ("kind", "apiVersion"):
        if not isinstance(value.get(key, ""), str):
            raise Refused(f"{key} must be a string", "Unreadable")
    if not value.get("kind"):
        raise Refused(f"Object 'Kind' is missing in '{_short(value)}'", "Unreadable")
    if not value.get("apiVersion"):
        raise Refused(f"Object 'apiVersion' is missing in '{_short(value)}'", "Unreadable")
    items = value.get("items")
    if not isinstance(items, list):
        return [((), value)]
    if inside:
        raise Refused("*unstructured.Unstructured is not a list", "Unreadable")
    if not items:
        raise Refused("no objects passed to create", "Unreadable")
    found: list[tuple[tuple[str | int, ...], dict[str, Any]]] = []
    default = {}
    if value["kind"] != "List" and value["kind"].endswith("List"):
        default = {"apiVersion": value["apiVersion"], "kind": value["kind"][:-4]}
    for index, item in enumerate(items):
        complete = {**default, **item} if isinstance(item, dict) else item
        found += [
            (("items", index, *path), each) for path, each in objects(complete, inside=True)
        ]
    return found


def _short(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))[:200]
