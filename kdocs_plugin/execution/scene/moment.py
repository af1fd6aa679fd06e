"""A look at a scenario's objects as trees: what nobody made, and all that came of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

from kdocs_plugin.execution.readiness.world import Json, State, controller_of
from kdocs_plugin.execution.scene import seen
from kdocs_plugin.execution.scene.seen import Key
from kdocs_plugin.values import dataclass

# Kinds that a picture shows for themselves; volumes are told by the Pods that use them.
WORKLOADS = (
    "Deployment",
    "StatefulSet",
    "DaemonSet",
    "CronJob",
    "ReplicationController",
    "ReplicaSet",
    "Job",
    "Pod",
)
# Made for a while, one after the other: only the last one is shown.
TURNS = frozenset(["CronJob"])


@dataclass(frozen=True, slots=True)
class Node:
    """An object, and what it made."""

    key: Key
    generated: str
    state: seen.State
    detail: str
    made: tuple[Node, ...] = ()
    node: str = ""
    images: tuple[str, ...] = ()
    volumes: tuple[Key, ...] = ()
    services: tuple[Key, ...] = ()  # that select it

    @property
    def size(self) -> int:
        """How much there is to draw of it."""
        links = len(self.volumes) + len(self.services)
        return 1 + links + sum(each.size for each in self.made)

    @property
    def well(self) -> bool:
        """Whether nothing in it is in trouble."""
        mine = self.state in ("", "ready", "done")
        return mine and all(each.well for each in self.made)


@dataclass(frozen=True)
class Moment:
    """One look at a state."""

    state: State

    def trees(self) -> Iterator[Node]:
        """Each object that nobody made, with all that came of it, in a fixed order."""
        for kind in WORKLOADS:
            for item in self._standing(kind):
                if self._owner(item) is None:
                    yield self._tree(kind, item, "")

    def services(self) -> dict[Key, str]:
        """Every Service, and what is worth a word about it."""
        return {
            seen.key_of("Service", item): seen.told("Service", item)[1]
            for item in self._services
        }

    def claims(self) -> dict[Key, tuple[seen.State, str]]:
        """Every claim of storage that was looked at, its state and its size."""
        kind = "PersistentVolumeClaim"
        return {seen.key_of(kind, item): seen.told(kind, item) for item in self._standing(kind)}

    # --- Who belongs to whom ---

    def _standing(self, kind: str) -> list[Json]:
        """Those that are not on their way out."""
        items = self.state.get(kind, {}).values()
        found = [item for item in items if not item["metadata"].get("deletionTimestamp")]
        return sorted(found, key=lambda item: seen.key_of(kind, item))

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset(
            item["metadata"].get("uid", "")
            for kind in WORKLOADS
            for item in self._standing(kind)
        )

    def _owner(self, item: Json) -> str | None:
        """The uid of what made it and still stands."""
        owner = controller_of(item)
        return owner["uid"] if owner and owner["uid"] in self._known else None

    @cached_property
    def _made(self) -> dict[str, list[tuple[str, Json]]]:
        made: dict[str, list[tuple[str, Json]]] = {}
        for kind in WORKLOADS:
            for item in self._standing(kind):
                if owner := self._owner(item):
                    made.setdefault(owner, []).append((kind, item))
        return made

    @cached_property
    def _services(self) -> list[Json]:
        """The note's own: every cluster has `kubernetes`."""
        return [
            item
            for item in self._standing("Service")
            if seen.key_of("Service", item)[1:] != ("default", "kubernetes")
        ]

    # --- An object and what it made ---

    def _tree(self, kind: str, item: Json, stem: str) -> Node:
        is_pod = kind == "Pod"
        state, detail = (seen.pod_state(item), "") if is_pod else seen.told(kind, item)
        return Node(
            key=seen.key_of(kind, item),
            generated=_generated(kind, item["metadata"]["name"], stem),
            state=state,
            detail=detail,
            made=tuple(self._children(kind, item, stem)),
            node=item.get("spec", {}).get("nodeName", "") if is_pod else "",
            images=seen.images(item) if is_pod else (),
            volumes=tuple(seen.volumes(item)) if is_pod else (),
            services=tuple(self._selecting(item)) if is_pod else (),
        )

    def _children(self, kind: str, item: Json, stem: str) -> Iterator[Node]:
        """What it made; without what is left of an earlier state of it."""
        made = self._made.get(item["metadata"].get("uid", ""), [])
        if kind in TURNS:
            made = made[-1:]
        # A StatefulSet counts its Pods: nothing in their names is made up.
        stem = "" if kind == "StatefulSet" else stem or item["metadata"]["name"]
        found = [self._tree(child, each, stem) for child, each in made]
        found = [each for each in found if each.key[0] != "ReplicaSet" or not _is_idle(each)]
        yield from _in_order(_without_retries(found) if kind == "Job" else found)

    def _selecting(self, pod: Json) -> Iterator[Key]:
        labels = (pod["metadata"].get("labels") or {}).items()
        namespace = pod["metadata"].get("namespace", "")
        for item in self._services:
            wanted = item.get("spec", {}).get("selector") or {}
            here = item["metadata"].get("namespace", "") == namespace
            if wanted and here and wanted.items() <= labels:
                yield seen.key_of("Service", item)


def _generated(kind: str, name: str, stem: str) -> str:
    """What of the name of something that was made is made up, hashes of templates among it.

    `stem` is the name of what began it; of very long ones the API server cuts the end. A Job
    that a person made from a CronJob has the person's name.
    """
    if not stem or (kind == "Job" and not name.startswith(f"{stem}-")):
        return ""
    if name.startswith(f"{stem}-"):
        return name[len(stem) + 1 :]
    return name.rpartition("-")[2]


def _is_idle(node: Node) -> bool:
    """A ReplicaSet of an earlier template: it has no Pods and wants none."""
    return not node.made and node.detail.endswith("/0")


def _without_retries(pods: Sequence[Node]) -> list[Node]:
    """How often a Job has tried by now is chance: one failed Pod stands for all."""
    failed = [each for each in pods if each.state == "failed"]
    return [each for each in pods if each.state != "failed" or each is failed[0]]


def _in_order(nodes: Sequence[Node]) -> list[Node]:
    """As a person counts, web-2 before web-10; where names are made up, by node."""
    return sorted(
        nodes,
        key=lambda n: (n.key[0], n.node if n.generated else "", len(n.key[2]), n.key[2]),
    )
