"""The local cluster as a foreign one: reached over loopback, from outside its namespaces.

A relay stands between: it listens on this machine's loopback and connects in the cluster's
network. As it is it passes bytes on, so that TLS is the API server's own. With `reads` it
has a certificate of its own and reads the requests: then it can also answer in the server's
place, where the real thing can't be made to (429, 500, cut connections). What is answered so
says that it comes from the relay. Tokens pass; client certificates do not.
"""

from __future__ import annotations

import base64
import contextlib
import os
import select
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import yaml

from kdocs_plugin.clusters.api import Api
from kdocs_plugin.clusters.local import Installation, LocalCluster
from kdocs_plugin.clusters.local.control.pki import Authority

KDOCS = str(Path(sys.executable).parent / "kdocs")
WORD = "the relay of a test says so"


@dataclass(frozen=True, slots=True)
class Fault:
    """What a client gets instead of the API server's answer."""

    status: int = 0  # of an answer; 0: none
    headers: tuple[str, ...] = ()
    delay: float = 0.0  # seconds before the request is passed on or answered
    cut: bool = False  # the connection ends without an answer


Rule = Callable[[str, str], Fault | None]


def no_fault(method: str, path: str) -> Fault | None:
    """Everything is passed on."""
    return None


class Relay:
    """Loopback to a cluster's API server. A context manager: leaving it ends it."""

    def __init__(self, cluster: LocalCluster, *, reads: bool = False) -> None:
        entry = kubeconfig_of(cluster)["clusters"][0]["cluster"]
        host, _, port = entry["server"].removeprefix("https://").partition(":")
        self._target = (host.strip("[]"), int(port))
        self._cluster = cluster
        self.reads = reads
        self._tls = ssl.create_default_context(cadata=authority(cluster).decode())
        self.rule: Rule = no_fault
        own = Authority("relay-ca")
        self.authority = own.certificate
        self._own = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with tempfile.NamedTemporaryFile("w") as file:
            pair = own.issue("relay", hosts=["127.0.0.1"])
            file.write(pair.certificate + pair.key)
            file.flush()
            self._own.load_cert_chain(file.name)
        self.seen: list[tuple[str, str]] = []  # method and path of requests that were read
        self._listener: socket.socket | None = None
        self._open: set[socket.socket] = set()
        self.port = 0
        self.listen()

    def listen(self) -> None:
        """Take connections, at the same port as before."""
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def refuse(self) -> None:
        """Refuse connections, and cut those that are open."""
        if self._listener is not None:
            with contextlib.suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._listener = None
        for each in list(self._open):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    @property
    def server(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        self._open.add(client)
        with contextlib.suppress(OSError):
            self._talk(client)
        self._open.discard(client)

    def _talk(self, client: socket.socket) -> None:
        try:
            if self.reads:
                client.settimeout(20)
                client = self._own.wrap_socket(client, server_side=True)
                client.settimeout(None)
                self._open.add(client)
            with client, contextlib.suppress(OSError):
                head = self._head(client) if self.reads else b""
                if head is None or not self._answered(client, head):
                    return
                with self._upstream() as server:
                    self._open.add(server)
                    server.sendall(head or b"")
                    pump(client, server)
                    self._open.discard(server)
        finally:
            self._open.discard(client)

    def _upstream(self) -> socket.socket:
        with self._cluster.network():
            server = socket.create_connection(self._target, timeout=10)
        server.settimeout(None)
        return (
            self._tls.wrap_socket(server, server_hostname="127.0.0.1") if self.reads else server
        )

    def _head(self, client: socket.socket) -> bytes | None:
        """A request's head and what came with it. One request a connection, but for those
        that turn into a stream (exec, attach)."""
        data = b""
        while b"\r\n\r\n" not in data:
            more = client.recv(65536)
            if not more:
                return None
            data += more
        head, rest = data.split(b"\r\n\r\n", 1)
        if b"upgrade:" not in head.lower():
            lines = [x for x in head.split(b"\r\n") if not x.lower().startswith(b"connection:")]
            head = b"\r\n".join([*lines, b"Connection: close"])
        return head + b"\r\n\r\n" + rest

    def _answered(self, client: socket.socket, head: bytes | None) -> bool:
        """Whether the request is to be passed on."""
        if not head:
            return True
        method, path, *_ = head.split(b"\r\n", 1)[0].decode().split()
        self.seen.append((method, path))
        fault = self.rule(method, path)
        if fault is None:
            return True
        threading.Event().wait(fault.delay)
        if fault.status:
            client.sendall(answer(fault))
        return not fault.status and not fault.cut

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.refuse()


def answer(fault: Fault) -> bytes:
    """A Status object as an API server's, that says where it comes from."""
    body = (
        '{"kind":"Status","apiVersion":"v1","status":"Failure",'
        f'"message":"{WORD}","code":{fault.status}}}'
    )
    lines = [
        f"HTTP/1.1 {fault.status} Fault",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        "Connection: close",
        *fault.headers,
    ]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


def pump(one: socket.socket, other: socket.socket) -> None:
    """Bytes in both directions until either side ends."""
    pairs = {one: other, other: one}
    while True:
        # TLS may hold what select does not see.
        waiting = [s for s in pairs if isinstance(s, ssl.SSLSocket) and s.pending()]
        ready = waiting or select.select(list(pairs), [], [], 60)[0]
        if not ready:
            return
        for each in ready:
            each.setblocking(False)  # what came may be TLS' own, and no data
            try:
                data = each.recv(65536)
            except (ssl.SSLWantReadError, BlockingIOError):
                continue
            finally:
                each.setblocking(True)
            if not data:
                return
            pairs[each].sendall(data)


def kubeconfig_of(cluster: LocalCluster) -> dict[str, Any]:
    """The administrator's kubeconfig."""
    value = yaml.safe_load(cluster.kubeconfig.read_text())
    assert isinstance(value, dict)
    return value


def authority(cluster: LocalCluster) -> bytes:
    """The certificate that signs the API server's, PEM."""
    ca_file = Api(cluster.kubeconfig).ca_file
    assert ca_file
    return Path(ca_file).read_bytes()


def kubeconfig(relay: Relay, cluster: LocalCluster, user: dict[str, Any] | None = None) -> str:
    """Context `shared`, over the relay, for an administrator or `user`."""
    value = kubeconfig_of(cluster)
    entry: dict[str, Any] = {"server": relay.server}
    if relay.reads:
        ca = base64.b64encode(relay.authority.encode()).decode()
        entry["certificate-authority-data"] = ca
    else:
        entry |= {k: v for k, v in value["clusters"][0]["cluster"].items() if "auth" in k}
    account = value["users"][0]["user"] if user is None else user
    return yaml.safe_dump(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "shared", "cluster": entry}],
            "users": [{"name": "me", "user": account}],
            "contexts": [{"name": "shared", "context": {"cluster": "shared", "user": "me"}}],
            "current-context": "shared",
        }
    )


@dataclass(frozen=True, slots=True)
class Foreign:
    """A folder of notes, and a kubeconfig whose context `shared` they may run on."""

    folder: Path
    kubeconfig: Path
    environment: dict[str, str] = field(default_factory=dict)

    def note(self, name: str, text: str) -> Path:
        path = self.folder / "docs" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        return path

    def kdocs(
        self, *arguments: str, environment: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [KDOCS, *arguments],
            cwd=self.folder,
            env={**self.environment, **(environment or {})},
            capture_output=True,
            text=True,
            timeout=150,
            check=False,
        )

    def kubectl(self, *arguments: str, succeed: bool = True) -> str:
        done = subprocess.run(
            ["kubectl", "--kubeconfig", str(self.kubeconfig), *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0 or not succeed, done.stderr
        return done.stdout + done.stderr


def foreign(folder: Path, installation: Installation, text: str) -> Foreign:
    """A user's place: a home of its own, kubectl, a kubeconfig with this text."""
    home = folder / "home"
    home.mkdir()
    file = folder / "kubeconfig"
    file.touch(mode=0o600)
    file.write_text(text)
    environment = {
        "PATH": f"{installation.bin}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(home),
        "KUBECONFIG": str(file),
        "KDOCS_LANG": "en",
        "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
    }
    return Foreign(folder, file, environment)


def token_of(api: Api, namespace: str, account: str) -> str:
    """A token of a ServiceAccount, as `kubectl create token` gets it."""
    path = f"/api/v1/namespaces/{namespace}/serviceaccounts/{account}/token"
    body = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}}
    return str(api.post(path, body)["status"]["token"])


@contextlib.contextmanager
def until(seconds: float) -> Iterator[Callable[[], bool]]:
    """A bound for a loop that asks again and again."""
    deadline = time.monotonic() + seconds

    def more() -> bool:
        assert time.monotonic() < deadline, f"not within {seconds} s"
        return True

    yield more
