"""What can be wrong with an object, and which states are of one kind."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from kdocs_plugin.model import no_items
from kdocs_plugin.values import dataclass, field


@dataclass(frozen=True, slots=True)
class Trouble:
    """An object that has settled badly, or (reason "") is still on its way."""

    kind: str
    name: str
    reason: str  # ImagePullBackOff, Unschedulable, ...
    namespace: str = field(default="", compare=False)
    uid: str = field(default="", compare=False)
    root: str = field(default="", compare=False)  # uid of what, in the end, made it
    image: str = field(default="", compare=False)  # of the container that waits
    message: str = field(default="", compare=False)  # what the cluster says of it
    container: str = field(default="", compare=False)
    exit_code: int | None = field(default=None, compare=False)  # of its last run
    early: bool = field(default=False, compare=False)  # it ended right after its start
    recheck: float = field(default=math.inf, compare=False)  # s until time alone may tell more
    item: Mapping[str, Any] = field(default_factory=no_items, compare=False)


# States that follow each other in turn: which of them is met is chance.
IMAGE = frozenset(["ErrImagePull", "ImagePullBackOff"])
CRASH = frozenset(
    """
    CrashLoopBackOff Error Completed OOMKilled StartError RunContainerError ContainerCannotRun
    ContainerStatusUnknown
    """.split()
)
FAMILIES = (
    IMAGE,
    CRASH,
    frozenset(["Unschedulable", "Pending"]),
    frozenset(["FailedMount", "ContainerCreating"]),
    frozenset(["BackoffLimitExceeded", "Failed"]),
)


def family(reason: str) -> frozenset[str]:
    """The states that stand for the same trouble."""
    return next((each for each in FAMILIES if reason in each), frozenset([reason]))
