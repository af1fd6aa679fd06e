"""The API server, spoken to by path: JSON in, JSON out. The one place that knows HTTP.

Credentials, exec plugins and TLS are the kubernetes client's; its models are not used,
because notes hold any kind of object.
"""

from __future__ import annotations

import contextlib
import http.client
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from kdocs_plugin.errors import ClusterError, Unreachable

Json = dict[str, Any]


class ApiError(ClusterError):
    """The API server refused. `status` is the HTTP code, `reason` its word for it."""

    def __init__(self, status: int, reason: str, message: str) -> None:
        super().__init__("cluster.refused", status=status, reason=reason, message=message)
        self.status = status
        self.reason = reason


class Api:
    """One API server. Safe to use from several threads.

    Sockets belong to the network of the thread that opens them: use it inside
    `Cluster.network()`.
    """

    def __init__(
        self, kubeconfig: Path, context: str | None = None, timeout: float = 20.0
    ) -> None:
        # Half a second of imports: only here, where a live run begins.
        from kubernetes import client, config

        settings = client.Configuration()
        try:
            config.load_kube_config(  # type: ignore[no-untyped-call]
                str(kubeconfig), context, settings
            )
        except (
            config.ConfigException,
            OSError,
            ValueError,
            TypeError,
            yaml.YAMLError,
        ) as error:
            raise ClusterError(
                "cluster.bad_kubeconfig", file=kubeconfig, why=one_line(error)
            ) from error
        settings.retries = False
        self._settings = settings
        self._pool = client.ApiClient(settings).rest_client.pool_manager
        self._timeout = timeout
        self.server: str = settings.host
        self.ca_file: str | None = settings.ssl_ca_cert

    def get(self, path: str, **query: str) -> Json:
        return self._json("GET", path, None, query)

    def post(self, path: str, body: Mapping[str, Any]) -> Json:
        return self._json("POST", path, body, {})

    def delete(self, path: str, body: Mapping[str, Any] | None = None, **query: str) -> Json:
        return self._json("DELETE", path, body, query)

    def watch(self, path: str, resource_version: str, seconds: float) -> Watch:
        """Open a watch from `resource_version` on, for at most `seconds`."""
        query: dict[str, str] = {
            "watch": "1",
            "resourceVersion": resource_version,
            "allowWatchBookmarks": "true",
            "timeoutSeconds": str(max(1, int(seconds) + 1)),
        }
        bound = max(0.1, seconds)
        return Watch(self._send("GET", path, None, query, read_timeout=bound, stream=True))

    def _json(
        self, method: str, path: str, body: Mapping[str, Any] | None, query: Mapping[str, str]
    ) -> Json:
        response = self._send(method, path, body, query, read_timeout=self._timeout)
        try:
            value = json.loads(response.data or b"{}")
        except ValueError:
            value = None
        if not isinstance(value, dict):  # a proxy's page, a web server's
            raise refusal(response.status, response.data)
        return value

    def _send(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None,
        query: Mapping[str, str],
        read_timeout: float,
        stream: bool = False,
    ) -> Any:
        from urllib.parse import urlencode

        import urllib3

        headers: dict[str, str] = {
            "Accept": "application/json",
            "Content-Type": "application/json",
        }
        bearer = self._settings.auth_settings().get("BearerToken")
        if bearer and bearer["value"]:
            headers["authorization"] = bearer["value"]
        try:
            response = self._pool.request(
                method,
                self.server + path + ("?" + urlencode(query) if query else ""),
                headers=headers,
                body=None if body is None else json.dumps(body).encode(),
                timeout=urllib3.Timeout(connect=self._timeout, read=read_timeout),
                preload_content=not stream,
                retries=False,
            )
        except urllib3.exceptions.HTTPError as error:
            raise Unreachable(
                "cluster.unreachable", server=self.server, why=str(error)
            ) from error
        if response.status >= 400:
            raise refusal(response.status, response.data)
        return response


class Watch:
    """An open watch: iterate for its events, close from any thread to end it.

    Ends by itself where the server ends it or time is up; the caller lists again.
    """

    def __init__(self, response: Any) -> None:
        self._response = response

    def __iter__(self) -> Iterator[Json]:
        import urllib3

        rest = b""
        try:
            for chunk in self._response.stream(65536):
                *lines, rest = (rest + chunk).split(b"\n")
                for line in lines:
                    yield json.loads(line)
        except (urllib3.exceptions.HTTPError, ValueError, OSError):
            return

    def close(self) -> None:
        """End it, also under a thread that is waiting for the next event."""
        with contextlib.suppress(Exception):  # already over is as good
            self._response.shutdown()


def refusal(status: int, data: bytes) -> ApiError:
    """The API server's Status object as an error."""
    try:
        value = json.loads(data)
    except ValueError:
        value = {}
    if not isinstance(value, dict):
        value = {}
    message = value.get("message") or data[:200].decode("utf-8", "replace")
    reason = str(value.get("reason") or http.client.responses.get(status, ""))
    return ApiError(status, reason, one_line(message))


def one_line(value: object) -> str:
    """Text of others in a line of ours."""
    return " ".join(str(value).split())
