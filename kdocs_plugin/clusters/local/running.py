"""A running cluster as its state directory tells it to those who did not start it.

In and out: `running.json` in the cluster's state directory, and the file `kept`, which
names the cluster that outlives its maker.
"""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path

from kdocs_plugin.clusters.local import layout, processes
from kdocs_plugin.clusters.local.node import cgroups

END_SECONDS = 20.0  # how long the kernel may take to end all processes of a cluster


@dataclass(frozen=True, slots=True)
class Running:
    """What the state directory says of a cluster, for those who did not start it."""

    identity: str
    outer: processes.Process  # the process at the top, whose end ends the cluster
    registry: processes.Process
    init: int  # the node's process 1, as the host numbers it
    since: str  # ISO 8601, UTC
    kubernetes: str
    images: Path
    nodes: int
    kept: bool


@dataclass(frozen=True, slots=True)
class Started:
    """What its maker holds of a cluster: its own children, and the channel to process 1."""

    top: subprocess.Popen[bytes]
    registry: subprocess.Popen[bytes] | None
    channel: socket.socket


def kept() -> Running | None:
    """The cluster that outlives its maker, where it still runs."""
    try:
        identity = layout.kept().read_text().strip()
        running = read(identity)
    except (FileNotFoundError, NotADirectoryError):
        return None
    return running if running.kept and running.outer.alive else None


def read(identity: str) -> Running:
    """What the state directory says. FileNotFoundError where it says nothing yet."""
    document = json.loads((layout.clusters() / identity / "running.json").read_text())
    for name in ("outer", "registry"):
        document[name] = processes.Process(**document[name])
    document["images"] = Path(document["images"])
    return Running(**document)


def write(running: Running) -> None:
    """Say it in the state directory, in one move."""
    document = {**asdict(running), "images": str(running.images)}
    path = layout.clusters() / running.identity / "running.json"
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(document))
    partial.replace(path)


def end(started: Started, identity: str) -> None:
    """End a cluster by its maker's hold on it, and remove what it leaves."""
    started.channel.close()  # process 1 ends where its owner lets go
    for process in (started.top, started.registry):
        if process is None:
            continue
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)
    clean(identity)


def clean(identity: str) -> None:
    """Remove what a cluster leaves once its processes are gone.

    They all are when its control groups can be removed; a busy machine takes its time.
    """
    cgroups.remove(identity, patience=END_SECONDS)
    shutil.rmtree(layout.clusters() / identity, ignore_errors=True)
