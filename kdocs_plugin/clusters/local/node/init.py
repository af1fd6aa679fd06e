"""The node's init process: process 1 in namespaces of its own.

In: over a socket, one line of JSON that says what to mount, to write and to start.
Out: over the same socket, lines of JSON: what was started, and what died. It knows
nothing of Kubernetes; components.py does.

It leaves the host's root for one of its own (roots.py). Nothing can be imported after
that: this file, roots.py and registry.py import the standard library only, at the top.

It ends with its owner: it holds a descriptor of the owner's process (a pidfd, so that
it counts when the process ends and not when one of its threads does), and process 1's
end is the end of every process in its namespace. Where a component dies, it ends too:
half a cluster would only produce puzzling output.
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
import traceback  # noqa: F401 - socketserver would import it after the root has changed
from pathlib import Path
from typing import Any

from kdocs_plugin.clusters.local.images.registry import Registry
from kdocs_plugin.clusters.local.node.roots import change_root, node_root, step_root


def network(commands: str) -> None:
    """Set up the node's network. A look at nothing outside: there is no way out."""
    subprocess.run(["ip", "-batch", "-"], input=commands, text=True, check=True)
    Path("/proc/sys/net/ipv4/ip_forward").write_text("1")


class Init:
    """Starts the processes and waits: for their end, for the owner's, for a word."""

    def __init__(self, config: dict[str, Any], channel: socket.socket, owner: int) -> None:
        self.config = config
        self.channel = channel
        self.running: dict[int, str] = {}
        self.waiting: list[dict[str, Any]] = list(config["processes"])
        self.selector = selectors.DefaultSelector()
        self.owner: int | None = owner
        self.selector.register(owner, selectors.EVENT_READ, "owner")
        self.selector.register(channel, selectors.EVENT_READ, "channel")
        wake, woken = os.pipe()
        for end in (wake, woken):
            os.set_blocking(end, False)
        self.woken = wake
        self.selector.register(wake, selectors.EVENT_READ, "child")
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(woken, warn_on_full_buffer=False)

    def say(self, **event: object) -> None:
        """Tell the process that asked for the cluster, where it still listens."""
        with contextlib.suppress(OSError):
            self.channel.sendall(json.dumps(event).encode() + b"\n")

    def run(self) -> str:
        """Until there is a reason to end. Returns it."""
        self.start_registry()
        while True:
            self.start_waiting()
            for key, _ in self.selector.select(0.01 if self.waiting else None):
                if key.data == "owner":
                    return "the owner has ended"
                if key.data == "channel" and (reason := self.hear()):
                    return reason
                if key.data == "child" and (reason := self.reap()):
                    return reason

    def start_registry(self) -> None:
        address = (self.config["registry"]["host"], self.config["registry"]["port"])
        server = Registry(Path(self.config["registry"]["folder"]), address)
        child = os.fork()
        if child:
            server.server_close()
            self.running[child] = "registry"
            return
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        self.channel.close()
        os.dup2(self.log("registry"), 2)
        server.serve_forever()

    def start_waiting(self) -> None:
        """Start the processes whose condition holds."""
        for process in tuple(self.waiting):
            if process["after"] and not Path(process["after"]).exists():
                continue
            self.waiting.remove(process)
            log = self.log(process["name"])
            started = subprocess.Popen(
                process["argv"], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env=self.config["environment"], cwd="/",
            )  # fmt: skip
            os.close(log)
            started.returncode = 0  # reaped below, by number
            self.running[started.pid] = process["name"]
            self.say(started=process["name"])

    def log(self, name: str) -> int:
        path = Path(self.config["log"], f"{name}.log")
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
                if name:
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


def main(channel_fd: int, owner: int) -> None:
    """Process 1."""
    channel = socket.socket(fileno=channel_fd)
    os.set_inheritable(channel_fd, False)
    os.set_inheritable(owner, False)
    with channel.makefile("rb") as lines:
        config: dict[str, Any] = json.loads(lines.readline())
    os.umask(0o022)  # a step reads what is written here, whatever the user's umask
    begun = time.monotonic()
    for group in config["cgroups"]:
        Path(group, "cgroup.procs").write_text("0")
    socket.sethostname(config["hostname"])
    host_pid = Path("/proc/self").readlink().name  # /proc is still the host's
    root = Path(config["root"])
    node_root(root, config)
    change_root(root)
    network(config["network"])
    step_root(config)
    for name, content in config["files"].items():
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)
        path.write_text(content)
    for name in config["folders"]:
        Path(name).mkdir(parents=True, exist_ok=True, mode=0o700)
    init = Init(config, channel, owner)
    init.say(pid=int(host_pid), seconds=time.monotonic() - begun)
    reason = init.run()
    with contextlib.suppress(OSError):
        Path(config["log"], "node.log").write_text(f"{reason}\n")
    os._exit(1)
