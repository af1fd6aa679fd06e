"""etcd and kube-apiserver as an ordinary user: no namespaces, no root, nothing left.

In: an installation that holds both. Out: a `ControlPlane`.

    owner -- guard (guard.py) -- etcd, kube-apiserver

Keys, sockets and data lie in a folder that is the user's alone, on memory where there is
some: etcd listens on Unix sockets in it, the API server on loopback, and takes certificates
only. Its flags are upstream's defaults but where an empty, private, throw-away server can
do without: no authorization (its only client is the administrator), no flow control.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Self

from kdocs_plugin.clusters.local.exact import folders, guard
from kdocs_plugin.clusters.local.layout import Installation
from kdocs_plugin.errors import ClusterError

START_SECONDS = 60.0  # on two busy cores; alone it takes two and a half
END_SECONDS = 10.0
SERVICES = "10.96.0.0/16"  # kubeadm's would do too; Services of notes name such addresses
ETCD, API_SERVER = "etcd", "kube-apiserver"
# Less often collected is sooner ready: two tenths of a second for 60 MB.
ENVIRONMENT = {"GOGC": "300", "PATH": "/usr/bin:/bin"}


class ControlPlane:
    """A running API server. Made by `start`; leaving it as a context ends it.

    Any number of them live side by side. Use from several threads is fine.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = 0
        self._guard: subprocess.Popen[bytes] | None = None
        self._channel: socket.socket | None = None
        self._port: socket.socket | None = None
        self._ended: tuple[str, str] | None = None  # who, and its last words
        self._lock = threading.Lock()

    @classmethod
    def start(cls, installation: Installation, seconds: float = START_SECONDS) -> Self:
        """Start one and wait until it says that it is ready.

        ClusterError where it does not come up in `seconds`, or where there is no room.
        """
        deadline = time.monotonic() + seconds
        folders.sweep()
        plane = cls(folders.create())
        try:
            plane._launch(installation)
            plane._await_ready(deadline)
        except BaseException:
            plane.close()
            raise
        return plane

    @property
    def certificate(self) -> Path:
        """The administrator's certificate and key, one PEM file."""
        return self.folder / "admin.pem"

    @property
    def authority(self) -> Path:
        """The certificate that the server's own is signed with."""
        return self.folder / "ca.crt"

    @property
    def kubeconfig(self) -> Path:
        """The administrator's kubeconfig, for kubectl."""
        return self.folder / "kubeconfig"

    def check(self) -> None:
        """ClusterError with its last words where one of the two has ended."""
        with self._lock:
            if self._ended is None and self._channel is not None:
                self._listen()
            if self._ended is not None:
                name, words = self._ended
                raise ClusterError("exact.ended", component=name, log=words)

    def close(self) -> None:
        """End it. Nothing is left."""
        if self._channel is not None:
            self._channel.close()
            self._channel = None
        if self._guard is not None:
            try:
                self._guard.wait(END_SECONDS)
            except subprocess.TimeoutExpired:
                self._guard.kill()  # the kernel ends the rest
                self._guard.wait(END_SECONDS)
            self._guard = None
        if self._port is not None:
            self._port.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    # --- Starting -----------------------------------------------------------------------

    def _launch(self, installation: Installation) -> None:
        self._channel, theirs = socket.socketpair()
        owner = os.pidfd_open(os.getpid())
        try:
            self._guard = subprocess.Popen(
                [sys.executable, "-I", "-S", "-B", guard.__file__,
                 str(theirs.fileno()), str(owner), str(self.folder)],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(), owner), start_new_session=True, cwd="/",
            )  # fmt: skip
        finally:
            theirs.close()
            os.close(owner)
        self._order(ETCD, self._etcd(installation))  # on its way while certificates are made
        self._write_certificates()
        self._order(API_SERVER, self._api_server(installation))

    def _order(self, name: str, argv: list[str]) -> None:
        assert self._channel is not None  # noqa: S101 - launch made it
        order = {"name": name, "argv": argv, "environment": ENVIRONMENT}
        with contextlib.suppress(BrokenPipeError):  # told by check()
            self._channel.sendall(json.dumps(order).encode() + b"\n")

    def _etcd(self, installation: Installation) -> list[str]:
        return [
            str(installation.bin / "etcd"),
            "--name=default",
            f"--data-dir={self.folder}/etcd",
            "--unsafe-no-fsync",
            f"--listen-client-urls=unix://{self.folder}/client.sock",
            f"--listen-peer-urls=unix://{self.folder}/peer.sock",
            # Must look like addresses. There are no peers, and nothing listens there.
            "--advertise-client-urls=http://localhost:2379",
            "--initial-advertise-peer-urls=http://localhost:2380",
            "--initial-cluster=default=http://localhost:2380",
        ]

    def _write_certificates(self) -> None:
        from kdocs_plugin.clusters.local.control import pki  # cryptography takes a while

        authority = pki.Authority("kubernetes")
        server = authority.issue("kube-apiserver", hosts=["127.0.0.1", "localhost"])
        admin = authority.issue("kubernetes-admin", organisation="system:masters")
        tokens = pki.signing_key()
        self._reserve_port()
        for path, content in (
            (self.authority, authority.certificate),
            (self.certificate, admin.certificate + admin.key),
            (self.folder / "server.crt", server.certificate),
            (self.folder / "server.key", server.key),
            (self.folder / "tokens.key", tokens.private),
            (self.folder / "tokens.pub", tokens.public),
            (self.kubeconfig, self._kubeconfig()),
        ):
            path.touch(mode=0o600)
            path.write_text(content)

    def _reserve_port(self) -> None:
        """A port of our own, held by a socket that does not listen: the API server joins
        it there (--permit-port-sharing), so nobody can take it in between."""
        self._port = socket.socket()
        self._port.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        self._port.bind(("127.0.0.1", 0))
        self.port = self._port.getsockname()[1]

    def _kubeconfig(self) -> str:
        """JSON is YAML."""
        server = {
            "server": f"https://127.0.0.1:{self.port}",
            "certificate-authority": str(self.authority),
        }
        pem = str(self.certificate)
        document = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "kdocs", "cluster": server}],
            "users": [
                {"name": "admin", "user": {"client-certificate": pem, "client-key": pem}}
            ],
            "contexts": [{"name": "kdocs", "context": {"cluster": "kdocs", "user": "admin"}}],
            "current-context": "kdocs",
        }
        return json.dumps(document)

    def _api_server(self, installation: Installation) -> list[str]:
        return [
            str(installation.bin / "kube-apiserver"),
            f"--etcd-servers=unix://{self.folder}/client.sock",
            "--bind-address=127.0.0.1",
            f"--secure-port={self.port}",
            "--permit-port-sharing",
            # A machine without a network has no address to guess; nobody is told this one.
            "--advertise-address=192.0.2.1",
            "--endpoint-reconciler-type=none",
            "--allow-privileged=true",  # as kubeadm has it
            "--anonymous-auth=false",
            "--authorization-mode=AlwaysAllow",
            "--enable-priority-and-fairness=false",
            "--watch-cache=false",
            f"--client-ca-file={self.authority}",
            "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
            f"--service-account-key-file={self.folder}/tokens.pub",
            f"--service-account-signing-key-file={self.folder}/tokens.key",
            f"--service-cluster-ip-range={SERVICES}",
            f"--tls-cert-file={self.folder}/server.crt",
            f"--tls-private-key-file={self.folder}/server.key",
        ]

    def _await_ready(self, deadline: float) -> None:
        from kdocs_plugin.clusters.local.exact.client import Connection

        connection = Connection(self)
        with contextlib.closing(connection):
            while True:
                self.check()
                with contextlib.suppress(ClusterError):
                    if connection.ask("GET", "/readyz").status == 200:
                        return
                if time.monotonic() > deadline:
                    raise ClusterError(
                        "local.not_ready", part=API_SERVER, log=self._last_lines(API_SERVER)
                    )
                time.sleep(0.02)

    def _listen(self) -> None:
        """Take note of what the guard has to say."""
        assert self._channel is not None  # noqa: S101 - the caller looked
        while select.select([self._channel], [], [], 0)[0]:
            received = self._channel.recv(65536)
            if not received:
                self._ended = ("guard", "")
                return
            for line in received.splitlines():
                name = json.loads(line)["died"]
                self._ended = self._ended or (name, self._last_lines(name))

    def _last_lines(self, name: str) -> str:
        try:
            text = (self.folder / f"{name}.log").read_text(errors="replace")
        except OSError:
            return ""
        return "\n".join(text.splitlines()[-4:])
