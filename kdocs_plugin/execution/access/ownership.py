"""Whose an object on a cluster is: a label that tells a dead run's from a living one's.

A cluster may be shared: by runs in other terminals, other folders, other machines. What a
living run made is left alone; what a dead one left is removed.
"""

from __future__ import annotations

import functools
import os
import platform
import re
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from kdocs_plugin.clusters.local import processes

OWNER_LABEL = "kdocs.dev/owner"
TOKEN_SECONDS = 3600  # how long a run can last: its token's life. The API server's floor is 600

standing: set[str] = set()  # uids of the namespaces that pages of this process run in


@functools.cache
def owner() -> str:
    """A label value that names this process, for as long as it lives."""
    if sys.platform == "linux":
        return processes.new_identity()
    return f"{_machine()}.{os.getpid()}"


def is_owned(item: Mapping[str, Any]) -> bool:
    """Whether a run of kdocs made this object."""
    return OWNER_LABEL in (item["metadata"].get("labels") or {})


def is_abandoned(item: Mapping[str, Any]) -> bool:
    """Whether the run that made this object is over.

    Of this process' own those are not that a page runs in. Where it can't be seen from here
    (another machine's), age decides: no run outlives its token.
    """
    label = str((item["metadata"].get("labels") or {}).get(OWNER_LABEL, ""))
    lives = item["metadata"].get("uid") in standing if label == owner() else _lives(label)
    return _age(item) > TOKEN_SECONDS if lives is None else not lives


def _lives(label: str) -> bool | None:
    if sys.platform == "linux":
        return processes.owner_lives(label)
    machine, _, pid = label.rpartition(".")
    if machine != _machine() or not pid.isdigit():
        return None
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _machine() -> str:
    return re.sub(r"[^a-z0-9]+", "-", platform.node().lower())[:40].strip("-") or "host"


def _age(item: Mapping[str, Any]) -> float:
    made = str(item["metadata"].get("creationTimestamp") or "")
    try:
        return (datetime.now(UTC) - datetime.fromisoformat(made)).total_seconds()
    except ValueError:
        return 0.0
