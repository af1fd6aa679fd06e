"""Bringing a cluster up: from an installation to Ready nodes.

In: an installation, and how many nodes. Out: a running cluster, its state on disk, and
what its maker holds of it. Whatever goes wrong on the way, `abandon` leaves nothing.
"""

from __future__ import annotations

import contextlib
import datetime
import functools
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
from kdocs_plugin.clusters.local import layout, namespaces, processes, serving
from kdocs_plugin.clusters.local.configuration import FIRST_ID, configuration
from kdocs_plugin.clusters.local.control import topology
from kdocs_plugin.clusters.local.layout import Installation
from kdocs_plugin.clusters.local.node import cgroups
from kdocs_plugin.clusters.local.running import Running, Started, clean, end, write
from kdocs_plugin.errors import ClusterError

# Process 1 of the node runs without site-packages: it starts faster and needs none.
BOOT = (
    "import sys; sys.path.insert(0, {path!r}); "
    "from kdocs_plugin.clusters.local.node import top; "
    "top.main({channel}, {owner}, {registry})"
)


class Starting:
    """A cluster on its way up: what must be undone if it does not get there."""

    def __init__(self, installation: Installation, nodes: int = 1) -> None:
        self.installation = installation
        self.nodes = topology.nodes(nodes)
        self.identity = processes.new_identity()
        self.directory = layout.clusters() / self.identity
        self.started: Started | None = None
        self._running: Running | None = None
        self.events = b""

    def launch(self, milestone: Callable[[str], None]) -> None:
        """Start the process at the top, hand it its plan, and start the registry's."""
        layout.clusters().mkdir(parents=True, exist_ok=True)
        self.directory.mkdir(mode=0o700)
        for name in ("root", "log", "shells"):
            (self.directory / name).mkdir()
        os.chown(self.directory / "log", FIRST_ID, FIRST_ID)
        names = [node.name for node in self.nodes]
        groups = cgroups.create(self.identity, names, FIRST_ID)
        channel, theirs = socket.socketpair()
        owner = os.pidfd_open(os.getpid())
        registry, held = os.pipe()  # the registry's process holds it; process 1 sees it close
        package = str(Path(kdocs_plugin.__file__).parent.parent)
        boot = BOOT.format(
            path=package, channel=theirs.fileno(), owner=owner, registry=registry
        )
        try:
            try:
                with (self.directory / "log/init.log").open("wb") as log:
                    top = subprocess.Popen(
                        [sys.executable, "-I", "-S", "-B", "-c", boot],
                        stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                        pass_fds=(theirs.fileno(), owner, registry),
                        start_new_session=True, cwd="/",
                    )  # fmt: skip
                self.started = Started(top, None, channel)
            finally:
                theirs.close()
                os.close(owner)
                os.close(registry)
            self._configure(groups)
            milestone("plan")
            init: int = self._event("pid", time.monotonic() + 20)["pid"]
            self._serve(init, held, groups[cgroups.REGISTRY])
        finally:
            os.close(held)
        assert self.started.registry is not None  # noqa: S101 - made just now
        self._running = Running(
            self.identity,
            processes.process(top.pid),
            processes.process(self.started.registry.pid),
            init,
            datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
            self.installation.kubernetes,
            self.installation.images,
            len(self.nodes),
            kept=False,
        )
        write(self._running)
        milestone("namespaces")

    def _serve(self, init: int, held: int, groups: list[Path]) -> None:
        """Start the registry's process, which listens in the node's network."""
        assert self.started is not None  # noqa: S101 - launch made it
        try:
            network = os.open(f"/proc/{init}/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:  # it has ended just now; its last words say why
            self._event("never", time.monotonic() + 5)
            raise
        top = os.pidfd_open(self.started.top.pid)
        try:
            with namespaces.inside(network):
                listener = socket.create_server(topology.REGISTRY, backlog=64)
            with listener:
                registry = serving.start(
                    listener, top, held, self.installation.images, groups,
                    self.directory / "log/registry.log",
                )  # fmt: skip
            self.started = replace(self.started, registry=registry)
        finally:
            os.close(top)
            os.close(network)

    def _configure(self, groups: dict[str, list[Path]]) -> None:
        config = configuration(
            self.installation, self.nodes, self.directory, self.identity, groups
        )
        assert self.started is not None  # noqa: S101 - launch made it
        with contextlib.suppress(BrokenPipeError):  # told better by the event that is missing
            self.started.channel.sendall(json.dumps(config).encode() + b"\n")

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
        ]
        alone = len(self.nodes) == 1
        for node in self.nodes:
            ready = functools.partial(api.node_ready, node)
            settle = functools.partial(api.settle_node, node, alone=alone)
            kubelet = "kubelet" if node.number == 0 else f"{node.name}.kubelet"
            goals += [
                ("node" if alone else node.name, ready, kubelet),
                ("labels", settle, "kube-apiserver"),
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
        assert self.started is not None  # noqa: S101 - launch made it
        self._running = replace(self.running, kept=True)
        write(self._running)
        partial = layout.kept().with_suffix(".partial")
        partial.write_text(self.identity)
        partial.replace(layout.kept())
        self.started.channel.sendall(b'{"keep": true}\n')
        self._event("kept", time.monotonic() + 10)

    def abandon(self) -> None:
        """Undo everything."""
        if self.started is None:
            clean(self.identity)
            return
        self.started.top.kill()
        end(self.started, self.identity)

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
        assert self.started is not None  # noqa: S101 - launch made it
        readable, _, _ = select.select([self.started.channel], [], [], seconds)
        if readable:
            received = self.started.channel.recv(65536)
            self.events += received
            if not received:
                raise ClusterError("local.node_ended", log=self._last_lines("init"))

    def _last_lines(self, name: str) -> str:
        try:
            text = (self.directory / "log" / f"{name}.log").read_text(errors="replace")
        except FileNotFoundError:
            return ""
        return "\n".join(text.splitlines()[-8:])
