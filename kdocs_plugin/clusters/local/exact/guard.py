"""The process between the control plane and its owner: all of it ends with the owner.

It starts what it is told to and watches: its owner's end, or the channel's, ends every
component and removes the folder; a component's end is told. Where the guard itself is
killed, the kernel ends the components (PR_SET_PDEATHSIG), because it has one thread only,
and the owner or the next start removes the folder. Standard library alone: it is started
without site-packages, in 30 ms.

Channel, lines of JSON. In: {"name": ..., "argv": [...], "environment": {...}}.
Out: {"died": name, "status": -9}.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable

PR_SET_PDEATHSIG = 1


def main(channel_number: int, owner: int, folder: str) -> None:
    """`owner` is a pidfd. Returns when everything has ended."""
    children: dict[str, subprocess.Popen[bytes]] = {}
    channel = socket.socket(fileno=channel_number)
    watched = [channel.fileno(), owner]
    pending = b""
    try:
        while True:
            readable = select.select(watched, [], [], 0.1)[0]
            if owner in readable:
                return
            if channel.fileno() in readable:
                received = channel.recv(65536)
                if not received:
                    return
                *lines, pending = (pending + received).split(b"\n")
                for line in lines:
                    order = json.loads(line)
                    children[order["name"]] = start(order, folder)
            for name, child in list(children.items()):
                if child.poll() is not None:
                    del children[name]
                    tell(channel, {"died": name, "status": child.returncode})
    finally:
        for child in children.values():
            child.kill()
        for child in children.values():
            child.wait()
        shutil.rmtree(folder, ignore_errors=True)


def start(order: dict[str, object], folder: str) -> subprocess.Popen[bytes]:
    """One component, in the folder, its words in a log there."""
    name, argv, environment = str(order["name"]), order["argv"], order["environment"]
    assert isinstance(argv, list)  # noqa: S101 - our own words
    assert isinstance(environment, dict)  # noqa: S101
    with open(os.path.join(folder, f"{name}.log"), "ab") as log:  # noqa: PTH118, PTH123
        return subprocess.Popen(
            argv, env=environment, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            preexec_fn=die_with_parent(os.getpid()),
        )  # fmt: skip


def die_with_parent(parent: int) -> Callable[[], None]:
    """What a child does first: it asks to be killed when its parent ends."""
    prctl = ctypes.CDLL(None).prctl

    def ask() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:  # it has ended meanwhile
            os._exit(1)

    return ask


def tell(channel: socket.socket, event: dict[str, object]) -> None:
    """An event to the owner."""
    with contextlib.suppress(OSError):  # an owner who is gone is seen in the next round
        channel.sendall(json.dumps(event).encode() + b"\n")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
