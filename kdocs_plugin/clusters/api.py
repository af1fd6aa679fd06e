"""The API server, spoken to by path: JSON in, JSON out. The one place that knows HTTP.

Credentials, exec plugins and TLS are the kubernetes client's; its models are not used,
because notes hold any kind of object.
"""

from __future__ import annotations

import base64
import contextlib
import copy
import http.client
import json
import logging
import re
import time
import weakref
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from kdocs_plugin.errors import ClusterError, Unreachable

Json = dict[str, Any]
CONNECTIONS = 64  # kept open for the next request; scenarios run side by side


RETRIED = (429, 500, 502, 503, 504)  # answers that time may mend
PATIENCE_SECONDS = 15.0  # how long a call is tried again, from its first failure on
LONGEST_PAUSE = 2.0  # seconds between two tries, unless the server asks for more


class _Call(NamedTuple):
    """One request, as often as it is tried."""

    method: str
    path: str
    body: Mapping[str, Any] | None = None
    query: Mapping[str, str] = {}
    stream_seconds: float = 0.0  # how long its answer is waited for piece by piece; 0: at once


class ApiError(ClusterError):
    """The API server refused. `status` is the HTTP code, `reason` its word for it."""

    def __init__(self, status: int, reason: str, message: str) -> None:
        key = "cluster.unauthorized" if status == 401 else "cluster.refused"
        super().__init__(key, status=status, reason=reason, message=message)
        self.status = status
        self.reason = reason


class Api:
    """One API server. Safe to use from several threads.

    Sockets belong to the network of the thread that opens them: use it inside
    `Cluster.network()`.

    A call that reads is tried again, for a bounded time, where the server is overloaded,
    broken or starting anew; one that writes only where it was surely not carried out.
    A server that has never answered is not waited for, nor one of a cluster that has ended.
    """

    def __init__(
        self,
        kubeconfig: Path,
        context: str | None = None,
        timeout: float = 20.0,
        has_ended: Callable[[], bool] = lambda: False,
    ) -> None:
        """`timeout`: seconds for one call. `has_ended`: whether its cluster is over."""
        # Half a second of imports: only here, where a live run begins.
        from kubernetes import client, config

        settings = client.Configuration()
        with _plugin_words() as said:
            try:
                config.load_kube_config(  # type: ignore[no-untyped-call]
                    str(kubeconfig), context, settings
                )
            except (
                config.ConfigException,
                OSError,
                ValueError,
                TypeError,
                AttributeError,
                KeyError,
                yaml.YAMLError,
            ) as error:
                why = plain_yaml(error) if isinstance(error, yaml.YAMLError) else error
                raise ClusterError(
                    "cluster.bad_kubeconfig", file=kubeconfig, why=one_line(why)
                ) from error
        if said:
            raise ClusterError("cluster.bad_kubeconfig", file=kubeconfig, why=one_line(said[0]))
        self._begin(settings, timeout, has_ended)

    def _begin(self, settings: Any, timeout: float, has_ended: Callable[[], bool]) -> None:
        from kubernetes import client

        settings.retries = False
        settings.connection_pool_maxsize = CONNECTIONS
        self._settings = settings
        self._pool = client.ApiClient(settings).rest_client.pool_manager
        self._timeout = timeout
        self._has_ended = has_ended
        self._met = False  # whether the server has ever answered
        self._watches: weakref.WeakSet[Watch] = weakref.WeakSet()
        self.server: str = settings.host
        self.ca_file: str | None = settings.ssl_ca_cert

    def with_token(self, token: str) -> Api:
        """The same server, as somebody else: only the token counts."""
        settings = copy.copy(self._settings)
        settings.cert_file = settings.key_file = None
        settings.username = settings.password = ""
        settings.refresh_api_key_hook = None
        settings.api_key = {"BearerToken": f"Bearer {token}"}
        settings.api_key_prefix = {}
        other = object.__new__(Api)
        other._begin(settings, self._timeout, self._has_ended)
        other._met = self._met
        return other

    @property
    def cluster(self) -> Json:
        """How a kubeconfig names this server: what its user's client has to know of it."""
        entry: Json = {"server": self.server}
        if self.ca_file:
            entry["certificate-authority-data"] = base64.b64encode(
                Path(self.ca_file).read_bytes()
            ).decode()
        if not self._settings.verify_ssl:
            entry["insecure-skip-tls-verify"] = True
            entry.pop("certificate-authority-data", None)
        if self._settings.tls_server_name:
            entry["tls-server-name"] = self._settings.tls_server_name
        if self._settings.proxy:
            entry["proxy-url"] = self._settings.proxy
        return entry

    def get(self, path: str, **query: str) -> Json:
        return self._json(_Call("GET", path, query=query))

    def post(self, path: str, body: Mapping[str, Any]) -> Json:
        return self._json(_Call("POST", path, body))

    def patch(self, path: str, body: Mapping[str, Any]) -> Json:
        """A JSON merge patch."""
        return self._json(_Call("PATCH", path, body))

    def delete(self, path: str, body: Mapping[str, Any] | None = None, **query: str) -> Json:
        return self._json(_Call("DELETE", path, body, query))

    def raw(self, path: str, **query: str) -> bytes:
        """What is no JSON: a container's log."""
        response = self._send(_Call("GET", path, query=query))
        return bytes(response.data)

    def watch(self, path: str, resource_version: str, seconds: float) -> Watch:
        """Open a watch from `resource_version` on, for at most `seconds`."""
        query: dict[str, str] = {
            "watch": "1",
            "resourceVersion": resource_version,
            "allowWatchBookmarks": "true",
            "timeoutSeconds": str(max(1, int(seconds) + 1)),
        }
        bound = max(0.1, seconds)
        watch = Watch(self._send(_Call("GET", path, query=query, stream_seconds=bound)))
        self._watches.add(watch)
        return watch

    def end_watches(self) -> None:
        """Wake everybody who waits for a watch's next event."""
        for watch in list(self._watches):
            watch.close()

    def _json(self, call: _Call) -> Json:
        response = self._send(call)
        try:
            value = json.loads(response.data or b"{}")
        except ValueError:
            value = None
        if not isinstance(value, dict):  # a proxy's page, a web server's
            raise refusal(response.status, response.data)
        return value

    def _send(self, call: _Call) -> Any:
        """One call, tried again where that may help. Raises ApiError or Unreachable."""
        deadline: float | None = None
        pause = 0.1
        while True:
            trouble: ClusterError
            wanted = 0.0
            try:
                response = self._try(call)
            except Unreachable as error:
                trouble = error
                again = self._met and may_send_again(call.method, error.__cause__)
            else:
                self._met = True
                if response.status < 400:
                    return response
                trouble = refusal(response.status, response.data)
                again = response.status == 429 or (
                    call.method == "GET" and response.status in RETRIED
                )
                wanted = retry_after(response.headers.get("Retry-After"))
            now = time.monotonic()
            deadline = deadline or now + PATIENCE_SECONDS
            pause = max(wanted, min(LONGEST_PAUSE, pause * 2))
            if not again or now + pause > deadline or self._has_ended():
                raise trouble
            time.sleep(pause)  # what the server asked for, or a little: no event will tell

    def _try(self, call: _Call) -> Any:
        from urllib.parse import urlencode

        import urllib3

        kind = "merge-patch+json" if call.method == "PATCH" else "json"
        headers: dict[str, str] = {
            "Accept": "application/json",
            "Content-Type": f"application/{kind}",
        }
        bearer = self._settings.auth_settings().get("BearerToken")
        if bearer and bearer["value"]:
            headers["authorization"] = bearer["value"]
        try:
            return self._pool.request(
                call.method,
                self.server + call.path + ("?" + urlencode(call.query) if call.query else ""),
                headers=headers,
                body=None if call.body is None else json.dumps(call.body).encode(),
                timeout=urllib3.Timeout(
                    connect=self._timeout, read=call.stream_seconds or self._timeout
                ),
                preload_content=not call.stream_seconds,
                retries=False,
            )
        except urllib3.exceptions.HTTPError as error:
            raise Unreachable(
                "cluster.unreachable", server=self.server, why=plain(error)
            ) from error


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


def may_send_again(method: str, error: BaseException | None) -> bool:
    """Whether a call that got no answer may be made once more.

    One that never reached the server always; one that was cut off where it only reads.
    Time that has run out has been waited for once: that is enough.
    """
    import urllib3

    if isinstance(error, urllib3.exceptions.NameResolutionError):
        return False
    if isinstance(error, urllib3.exceptions.NewConnectionError):
        return True
    return method == "GET" and isinstance(error, urllib3.exceptions.ProtocolError)


def retry_after(value: str | None) -> float:
    """Seconds that a server asks to wait; a date, which API servers do not send, is none."""
    return float(value) if value and value.isdigit() else 0.0


def plain(error: BaseException) -> str:
    """What is wrong with a connection, without the client's own names for it."""
    reason = getattr(error, "reason", None)
    text = str(reason if isinstance(reason, BaseException) else error)
    for pattern in (
        r"certificate verify failed: ([^(\n]+)",
        r"\[Errno -?\d+\] ([^'\")\]]+)",
        r"((?:Read|Connect) timed out|timed out)",
        r"RemoteDisconnected\('([^']+)",
    ):
        if match := re.search(pattern, text):
            return one_line(match[1])
    return one_line(re.sub(r"^.*?object at 0x[0-9a-f]+>: ", "", text))


def plain_yaml(error: yaml.YAMLError) -> str:
    """Where a kubeconfig stops being YAML, and never what stands there."""
    mark = getattr(error, "problem_mark", None)
    place = f"line {mark.line + 1}: " if mark else ""
    return f"{place}{getattr(error, 'problem', None) or 'not YAML'}"


@contextlib.contextmanager
def _plugin_words() -> Iterator[list[str]]:
    """What the client says of a credential plugin that failed: it logs that and goes on."""
    said: list[str] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said.append(record.getMessage())

    root, listener = logging.getLogger(), Listener(logging.ERROR)
    root.addHandler(listener)
    try:
        yield said
    finally:
        root.removeHandler(listener)
