"""A running cluster as its state directory tells it to those who did not start it.

In and out: `running.json` in the cluster's state directory, and the file `kept`, which
names the cluster that outlives its maker.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from kdocs_plugin.clusters.local import layout, processes
from kdocs_plugin.clusters.local.node import cgroups

END_SECONDS = 20.0  # how long the kernel may take to end all processes of a cluster


@dataclass(frozen=True, slots=True)
class Running:
    """What the state directory says of a cluster, for those who did not start it."""

    identity: str
    outer: processes.Process  # unshare, whose end ends the node
    init: int  # the node's process 1, as the host numbers it
    since: str  # ISO 8601, UTC
    kubernetes: str
    images: Path
    kept: bool


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
    document["outer"] = processes.Process(**document["outer"])
    document["images"] = Path(document["images"])
    return Running(**document)


def write(running: Running) -> None:
    """Say it in the state directory, in one move."""
    document = {
        "identity": running.identity,
        "outer": {"pid": running.outer.pid, "started": running.outer.started},
        "init": running.init,
        "since": running.since,
        "kubernetes": running.kubernetes,
        "images": str(running.images),
        "kept": running.kept,
    }
    path = layout.clusters() / running.identity / "running.json"
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(document))
    partial.replace(path)


def end(process: subprocess.Popen[bytes], identity: str) -> None:
    """Wait for the node's end, which has been asked for, and remove what it leaves."""
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
