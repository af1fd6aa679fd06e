"""Which step a trouble belongs to: the one that last touched what is in trouble, once.

A step has touched an object if kubectl says so, or if the object's own wishes (its spec,
its labels) are others than they were. What controllers make belongs to what made it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from kdocs_plugin.execution.readiness.judge import Judgement
from kdocs_plugin.execution.readiness.named import Named
from kdocs_plugin.execution.readiness.trouble import Trouble, family
from kdocs_plugin.execution.readiness.world import Json, State, controller_of
from kdocs_plugin.values import dataclass, field

UNJUDGED = frozenset(["Event", "EndpointSlice", "Node"])


@dataclass()
class Ledger:
    """Who has touched what, and what has been charged."""

    step_of: dict[str, int] = field(default_factory=dict)  # root -> index of its step
    marks: dict[str, str] = field(default_factory=dict)  # uid -> the object's own wishes
    known: dict[str, set[tuple[str, str]]] = field(default_factory=dict)  # root -> uid, reason
    names: dict[tuple[str, str], set[str]] = field(default_factory=dict)  # what was where
    unjudged: set[str] = field(
        default_factory=set
    )  # roots of which `wait="none"` wants no word

    def touch(
        self, step: int, view: Judgement, named: Named, judged_by_it: bool = True
    ) -> frozenset[str]:
        """The roots that this step has touched, noted as its own."""
        touched = set()
        for (kind, name), roots in self.names.items():
            if named.holds(kind, name):
                touched |= roots
        marks = dict(self.marks)
        self.names = {}
        for kind, item in judged(view.state):
            uid, root = item["metadata"].get("uid", ""), view.root(item)
            marks[uid] = mark(item)
            name = item["metadata"]["name"]
            self.names.setdefault((kind, name), set()).add(root)
            changed = self.marks.get(uid) != marks[uid] and controller_of(item) is None
            if changed or named.holds(kind, name) or root not in self.step_of:
                touched.add(root)
        self.marks = marks
        for root in touched:
            self.step_of[root] = step
            self.known.pop(root, None)
        self.unjudged -= touched
        if not judged_by_it:
            self.unjudged |= touched
        return frozenset(touched)

    def is_known(self, trouble: Trouble) -> bool:
        """Whether it has been charged, or given up, before."""
        known = self.known.get(trouble.root, set())
        if trouble.reason:
            alike = family(trouble.reason)
            return any(
                reason in alike or (uid == trouble.uid and not reason) for uid, reason in known
            )
        return any(uid == trouble.uid for uid, _ in known) or (
            bool(known) and trouble.kind not in ("Pod", "EndpointSlice")
        )

    def handed_over(self) -> Ledger:
        """All that is known, for another page's steps, which have touched nothing yet."""
        return Ledger(dict.fromkeys(self.step_of, -1), self.marks, self.known, self.names)

    def reasons(self, trouble: Trouble) -> set[str]:
        """Why the object was in trouble when it was told."""
        known = self.known.get(trouble.root, set())
        return {reason for uid, reason in known if uid == trouble.uid}

    def charge(self, troubles: Iterable[Trouble]) -> None:
        """These are told, or given up, from now on."""
        for each in troubles:
            self.known.setdefault(each.root, set()).add((each.uid, each.reason))

    def late(self, trouble: Trouble) -> int | None:
        """The earlier step that has to answer for a trouble that shows only now: a failed
        start, which its wait has not seen. What fails long after it started is no step's."""
        if not trouble.early or trouble.root in self.unjudged:
            return None
        step = self.step_of.get(trouble.root, -1)
        return step if step >= 0 else None


def judged(state: State) -> Iterable[tuple[str, Json]]:
    """Every object with its kind that a step may answer for."""
    for kind, items in state.items():
        if kind not in UNJUDGED:
            for item in items.values():
                yield kind, item


def mark(item: Json) -> str:
    """What somebody wants of an object, apart from what its controllers report."""
    metadata = item["metadata"]
    spec: Mapping[str, object] = item.get("spec") or {}
    wishes = metadata.get("generation") or {k: v for k, v in spec.items() if k != "nodeName"}
    if "containers" in spec:
        wishes = [c.get("image") for c in spec["containers"]]  # type: ignore[attr-defined]
    parts = [wishes, metadata.get("labels") or {}, bool(metadata.get("deletionTimestamp"))]
    return json.dumps(parts, sort_keys=True, default=str)
