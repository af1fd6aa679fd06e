"""A node's first process: puts the node together, starts its components, minds them.

In: what to mount, to write and to start (top.py has read it). Out: over the channel,
lines of JSON: what was started, and what died. It knows nothing of Kubernetes;
components.py does.

The first node's is process 1 of the whole cluster. A worker's is its child, in network,
mount, host name and IPC namespaces of the worker's own.

Process 1 ends with its owner: it holds a descriptor of the owner's process (a pidfd, so
that it counts when the process ends and not when one of its threads does), and its end
is the end of every process in its namespace. Where a component dies, it ends too: half a
cluster would only produce puzzling output. So it does where the registry's process ends,
which is outside and holds the other end of a pipe.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import socket
import subprocess
import time
import traceback  # noqa: F401 - an error's report would import it after the root has changed
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kdocs_plugin.clusters.local.node.mounts import failed, libc
from kdocs_plugin.clusters.local.node.roots import CGROUPS, node_root, step_root

EAGER_SECONDS = 180.0  # how long what waits for the API server is started again and again
LOOK_SECONDS = 3.0  # how often a cluster that nothing happens to looks for its state folder
WORKER_NAMESPACES = 0x20000 | 0x4000000 | 0x8000000 | 0x40000000  # mount, uts, ipc, net


class Init:
    """Starts the processes of a node and waits: for their end, for the owner's, for a word."""

    def __init__(
        self, config: dict[str, Any], node: dict[str, Any], channel: socket.socket
    ) -> None:
        self.environment = config["environment"]
        self.folder = config["log"]
        self.channel = channel
        self.running: dict[int, str] = {}
        self.waiting: list[dict[str, Any]] = list(node["processes"])
        self.eager = {each["name"]: each for each in self.waiting if each["eager"]}
        self.begun = time.monotonic()
        self.again = 0.0  # when the next eager process may be started again
        self.selector = selectors.DefaultSelector()
        self.owner: int | None = None
        wake, woken = os.pipe()
        for end in (wake, woken):
            os.set_blocking(end, False)
        self.woken = wake
        self.selector.register(wake, selectors.EVENT_READ, "child")
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(woken, warn_on_full_buffer=False)

    def watch(self, owner: int, registry: int) -> None:
        """Process 1's part: whose end, besides a child's, is the cluster's."""
        self.owner = owner
        self.selector.register(owner, selectors.EVENT_READ, "owner")
        self.selector.register(registry, selectors.EVENT_READ, "registry")
        self.selector.register(self.channel, selectors.EVENT_READ, "channel")

    def say(self, **event: object) -> None:
        """Tell the process that asked for the cluster, where it still listens."""
        with contextlib.suppress(OSError):
            self.channel.sendall(json.dumps(event).encode() + b"\n")

    def run(self) -> str:
        """Until there is a reason to end. Returns it."""
        while True:
            self.start_waiting()
            if state_is_gone():
                return "the state folder is gone"
            for key, _ in self.selector.select(0.01 if self.waiting else LOOK_SECONDS):
                if key.data == "owner":
                    return "the owner has ended"
                if key.data == "registry":
                    self.say(died="registry", status=-9)
                    return "registry has ended"
                if key.data == "channel" and (reason := self.hear()):
                    return reason
                if key.data == "child" and (reason := self.reap()):
                    return reason

    def start_waiting(self) -> None:
        """Start the processes whose condition holds."""
        for process in tuple(self.waiting):
            if process["after"] and not Path(process["after"]).exists():
                continue
            if process["name"] in self.eager and time.monotonic() < self.again:
                continue
            self.waiting.remove(process)
            log = self.log(process["log"])
            started = subprocess.Popen(
                process["argv"], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env=self.environment, cwd="/",
            )  # fmt: skip
            os.close(log)
            started.returncode = 0  # reaped below, by number
            self.running[started.pid] = process["log"]
            self.say(started=process["name"])

    def log(self, name: str) -> int:
        path = Path(self.folder, f"{name}.log")
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def reap(self) -> str:
        """Collect ended children; components' and strangers', who are handed to process 1."""
        with contextlib.suppress(BlockingIOError):
            while os.read(self.woken, 64):
                pass
        with contextlib.suppress(ChildProcessError):
            while True:
                pid, status = os.waitpid(-1, os.WNOHANG)
                if pid == 0:
                    break
                name = self.running.pop(pid, None)
                if name in self.eager and time.monotonic() - self.begun < EAGER_SECONDS:
                    self.waiting.append(self.eager[name])
                    self.again = time.monotonic() + 1
                elif name:
                    code = os.waitstatus_to_exitcode(status)
                    self.say(died=name, status=code)
                    return f"{name} has ended with status {code}"
        return ""

    def hear(self) -> str:
        """A word from who asked: `keep` lets the cluster outlive its owner."""
        received = self.channel.recv(65536)
        if b"keep" in received and self.owner is not None:
            self.selector.unregister(self.owner)
            self.owner = None
            self.say(kept=True)
        if not received:
            self.selector.unregister(self.channel)
            if self.owner is not None:
                return "the owner has let go"
        return ""


def state_is_gone() -> bool:
    """Whether somebody has removed the cluster's state folder, with the log that standard
    error goes to: nobody could find the cluster any more, to use it or to end it."""
    return os.fstat(2).st_nlink == 0


class Worker:
    """A worker's first process as process 1 knows it: waiting for its network link."""

    def __init__(
        self, config: dict[str, Any], node: dict[str, Any], channel: socket.socket
    ) -> None:
        ready, tell_ready = os.pipe()
        linked, self.tell_linked = os.pipe()
        self.name = node["name"]
        self.pid = os.fork()
        if self.pid == 0:
            os.close(self.tell_linked)
            if libc.unshare(WORKER_NAMESPACES) != 0:
                raise failed("unshare")
            os.write(tell_ready, b"x")
            for group in node["cgroups"]:
                Path(CGROUPS, group, "cgroup.procs").write_text("0")
            if os.read(linked, 1):
                become(config, node, {})
                mind(Init(config, node, channel))
            os._exit(1)
        os.close(tell_ready)
        os.close(linked)
        os.read(ready, 1)
        os.close(ready)

    def go(self) -> None:
        """Its network link is there."""
        os.write(self.tell_linked, b"x")
        os.close(self.tell_linked)


def network(commands: str, workers: Mapping[str, int]) -> None:
    """Set up a node's network. `{name}` in a command is the process of worker `name`."""
    for name, pid in workers.items():
        commands = commands.replace(f"{{{name}}}", str(pid))
    subprocess.run(["ip", "-batch", "-"], input=commands, text=True, check=True)
    Path("/proc/sys/net/ipv4/ip_forward").write_text("1")


def become(config: dict[str, Any], node: dict[str, Any], workers: Mapping[str, int]) -> None:
    """Turn this process' namespaces into a node: its name, root, network, files."""
    socket.sethostname(node["name"])
    node_root(config, node)
    network(node["network"], workers)
    for name, content in node["files"].items():
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)
        path.write_text(content)
    for name in node["folders"]:
        Path(name).mkdir(parents=True, exist_ok=True, mode=0o700)


def mind(init: Init) -> None:
    """Mind the node until there is a reason to end; leave the first such in the log."""
    reason = init.run()
    with contextlib.suppress(OSError), Path(init.folder, "node.log").open("x") as log:
        log.write(f"{reason}\n")
    os._exit(1)


def main(config: dict[str, Any], channel: socket.socket, owner: int, registry: int) -> None:
    """Process 1."""
    begun = time.monotonic()
    host_pid = Path("/proc/self").readlink().name  # /proc is still the host's
    first, *others = config["nodes"]
    workers = [Worker(config, node, channel) for node in others]
    become(config, first, {worker.name: worker.pid for worker in workers})
    for worker in workers:
        worker.go()
    step_root(config, first["name"])
    init = Init(config, first, channel)
    init.watch(owner, registry)
    init.running.update({worker.pid: worker.name for worker in workers})
    init.say(pid=int(host_pid), seconds=time.monotonic() - begun)
    mind(init)
