"""Bringing a cluster up: from an installation to a Ready node.

In: an installation. Out: a running node, its state on disk, and what its maker holds of
it: the process at its top and the channel to its init process. Whatever goes wrong on
the way, `abandon` leaves nothing.
"""

from __future__ import annotations

import contextlib
import datetime
import json
import os
import select
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import kdocs_plugin
from kdocs_plugin.clusters.local import layout, namespaces, processes
from kdocs_plugin.clusters.local.layout import Installation
from kdocs_plugin.clusters.local.namespaces import tool
from kdocs_plugin.clusters.local.node import cgroups
from kdocs_plugin.clusters.local.running import Running, clean, end, write
from kdocs_plugin.errors import ClusterError

USER = 65532  # of a note's steps, on the node only
NAMESPACES = ("--net", "--mount", "--pid", "--uts", "--ipc")
# The init process runs without site-packages: it starts faster and needs none.
BOOT = (
    "import sys; sys.path.insert(0, {path!r}); "
    "from kdocs_plugin.clusters.local.node import init; "
    "init.main({channel}, {owner})"
)
PATH = "/opt/kdocs/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
STEP_SCRIPT = "/run/kdocs/step.sh"


class Starting:
    """A cluster on its way up: what must be undone if it does not get there."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        self.identity = processes.new_identity()
        self.directory = layout.clusters() / self.identity
        self.process: subprocess.Popen[bytes] | None = None
        self.channel: socket.socket | None = None
        self._running: Running | None = None
        self.events = b""

    def launch(self, milestone: Callable[[str], None]) -> None:
        """Start the node's init process and hand it its plan."""
        layout.clusters().mkdir(parents=True, exist_ok=True)
        self.directory.mkdir(mode=0o700)
        for name in ("root", "log", "shells"):
            (self.directory / name).mkdir()
        groups = cgroups.create(self.identity)
        self.channel, theirs = socket.socketpair()
        owner = os.pidfd_open(os.getpid())
        package = str(Path(kdocs_plugin.__file__).parent.parent)
        boot = BOOT.format(path=package, channel=theirs.fileno(), owner=owner)
        try:
            with (self.directory / "log/init.log").open("wb") as log:
                self.process = subprocess.Popen(
                    [tool("unshare"), *NAMESPACES, "--fork", "--kill-child", "--",
                     sys.executable, "-I", "-S", "-B", "-c", boot],
                    stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                    pass_fds=(theirs.fileno(), owner), start_new_session=True, cwd="/",
                )  # fmt: skip
        finally:
            theirs.close()
            os.close(owner)
        self._configure(groups)
        milestone("plan")
        started = self._event("pid", time.monotonic() + 20)
        self._running = Running(
            self.identity,
            processes.process(self.process.pid),
            started["pid"],
            datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
            self.installation.kubernetes,
            self.installation.images,
            kept=False,
        )
        write(self._running)
        milestone("namespaces")

    def _configure(self, groups: list[Path]) -> None:
        from kdocs_plugin.clusters.local.control import components  # cryptography takes a while

        plan = components.plan(cgroups.path_of(self.identity))
        files = {
            **plan.files,
            "/etc/kubernetes/admin.conf": plan.admin_kubeconfig(),
            STEP_SCRIPT: (Path(__file__).parent / "node/step.sh").read_text(),
        }
        for name, content in (
            ("kubeconfig", plan.admin_kubeconfig()),
            ("ca.crt", plan.authority),
            ("admin.pem", plan.admin.certificate + plan.admin.key),
        ):
            path = self.directory / name
            path.touch(mode=0o600)
            path.write_text(content)
        config = {
            "root": str(self.directory / "root"),
            "hostname": components.NODE,
            "machine": os.urandom(16).hex(),
            "user": f"kdocs:x:{USER}:{USER}:kdocs:/home/kdocs:/bin/bash\n",
            "group": f"kdocs:x:{USER}:\n",
            "cgroups": [str(group) for group in groups],
            "binds": [
                (str(self.installation.bin), "/opt/kdocs/bin", True),
                (str(self.installation.cni), "/opt/cni/bin", True),
                (str(self.installation.images), "/opt/kdocs/images", True),
                (str(self.directory / "log"), plan.log, False),
                (str(self.directory / "shells"), "/run/kdocs/shells", False),
            ],
            "network": "\n".join(
                (
                    "link set lo up",
                    "link add eth0 type veth peer name uplink",  # dummy links may not exist
                    "link set uplink up",
                    f"address add {components.NODE_NETWORK} dev eth0",
                    "link set eth0 up",
                    f"route add {components.SERVICE_NETWORK} dev eth0",
                    "route add unreachable default",  # refused at once, not after a timeout
                )
            ),
            "files": files,
            "folders": ["/run/kdocs/etcd", "/run/containerd", "/var/lib/etcd"],
            "log": plan.log,
            "environment": {"HOME": "/root", "PATH": PATH},
            "registry": {
                "host": components.REGISTRY[0],
                "port": components.REGISTRY[1],
                "folder": "/opt/kdocs/images",
            },
            "processes": [
                {"name": p.name, "argv": p.argv, "after": p.after} for p in plan.processes
            ],
        }
        assert self.channel is not None  # noqa: S101 - launch made it
        with contextlib.suppress(BrokenPipeError):  # told better by the event that is missing
            self.channel.sendall(json.dumps(config).encode() + b"\n")

    @property
    def running(self) -> Running:
        """The cluster, once `launch` has come so far."""
        assert self._running is not None  # noqa: S101
        return self._running

    def await_ready(self, deadline: float, milestone: Callable[[str], None]) -> None:
        """Wait until the API server says that it and the node are ready."""
        from kdocs_plugin.clusters.local.control.readiness import Api

        api = Api(self.directory)
        # The milestone, how it is seen, and whose log tells why it is not reached.
        goals: list[tuple[str, Callable[[], bool], str]] = [
            ("kube-apiserver", api.ready, "kube-apiserver"),
            ("node", api.node_ready, "kubelet"),
            ("labels", api.label_node, "kube-apiserver"),
        ]
        network = os.open(f"/proc/{self.running.init}/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        try:
            with namespaces.inside(network):
                for name, reached, log in goals:
                    while not reached():
                        self._watch(0.03)
                        if time.monotonic() > deadline:
                            raise ClusterError(
                                "local.not_ready", part=name, log=self._last_lines(log)
                            )
                    milestone(name)
                api.close()
        finally:
            os.close(network)

    def keep(self) -> None:
        """Let the cluster outlive this process. First it is written where it is found."""
        assert self.channel is not None  # noqa: S101 - launch made it
        self._running = replace(self.running, kept=True)
        write(self._running)
        partial = layout.kept().with_suffix(".partial")
        partial.write_text(self.identity)
        partial.replace(layout.kept())
        self.channel.sendall(b'{"keep": true}\n')
        self._event("kept", time.monotonic() + 10)

    def abandon(self) -> None:
        """Undo everything."""
        if self.channel:
            self.channel.close()
        if self.process:
            self.process.kill()
            end(self.process, self.identity)
        else:
            clean(self.identity)

    def _event(self, name: str, deadline: float) -> dict[str, Any]:
        """The next event of this name. ClusterError where the node ends before it."""
        while True:
            while b"\n" in self.events:
                line, _, self.events = self.events.partition(b"\n")
                event: dict[str, Any] = json.loads(line)
                if "died" in event:
                    raise ClusterError(
                        "local.component_died",
                        component=event["died"],
                        status=event["status"],
                        log=self._last_lines(event["died"]),
                    )
                if name in event:
                    return event
            if not name:
                return {}
            if time.monotonic() > deadline:
                raise ClusterError("local.not_ready", part=name, log=self._last_lines("init"))
            self._receive(0.2)

    def _watch(self, seconds: float) -> None:
        """Wait a moment. ClusterError where something has died."""
        self._receive(seconds)
        self._event("", 0)

    def _receive(self, seconds: float) -> None:
        assert self.channel is not None  # noqa: S101 - launch made it
        readable, _, _ = select.select([self.channel], [], [], seconds)
        if readable:
            received = self.channel.recv(65536)
            self.events += received
            if not received:
                raise ClusterError("local.node_ended", log=self._last_lines("init"))

    def _last_lines(self, name: str) -> str:
        try:
            text = (self.directory / "log" / f"{name}.log").read_text(errors="replace")
        except FileNotFoundError:
            return ""
        return "\n".join(text.splitlines()[-8:])
