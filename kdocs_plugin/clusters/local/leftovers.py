"""Removing what dead clusters left behind.

Namespaces, mounts and processes end with their cluster; its control groups and its
state directory do not. Both bear the cluster's identity, which names its owner. Cheap
where there is nothing: two folders are listed.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import time

from kdocs_plugin.clusters.local import layout, processes
from kdocs_plugin.clusters.local.node import cgroups


def sweep() -> list[str]:
    """Remove what clusters without an owner left. Returns their identities."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return []
    with_state: set[str] = set()
    with contextlib.suppress(FileNotFoundError):
        with_state = {entry.name for entry in layout.clusters().iterdir()}
    dead = []
    for identity in sorted(with_state | cgroups.identities()):
        if processes.owner_may_live(identity) or _lives_on(identity):
            continue
        # Without state here it is of another cache folder, and may be a kept one.
        patience = 2.0 if identity in with_state else 0.0
        if cgroups.remove(identity, patience):
            shutil.rmtree(layout.clusters() / identity, ignore_errors=True)
            dead.append(identity)
    return dead


def has_dead_visitors() -> bool:
    """Whether a process that used the kept cluster ended without taking its things along."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return False
    try:
        identity = layout.kept().read_text().strip()
        visits = list((layout.clusters() / identity / "shells").iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return False
    return any(not processes.owner_may_live(visit.name) for visit in visits)


def _lives_on(identity: str) -> bool:
    """Whether a cluster whose maker is gone lives on by right; else its node is ended."""
    try:
        running = json.loads((layout.clusters() / identity / "running.json").read_text())
    except FileNotFoundError:
        return False
    outer = processes.Process(**running["outer"])
    if running["kept"]:
        return outer.alive
    deadline = time.monotonic() + 5
    while outer.alive and time.monotonic() < deadline:  # it ends by itself, at once
        with contextlib.suppress(ProcessLookupError):
            os.kill(outer.pid, signal.SIGKILL)
        time.sleep(0.01)
    return False
