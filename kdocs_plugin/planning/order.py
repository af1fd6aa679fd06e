"""The order of running: document order, but for probes that need what comes later."""

from __future__ import annotations

from collections.abc import Sequence

from kdocs_plugin.commands import find_placeholders
from kdocs_plugin.planning.draft import Draft, Obj

# Kinds that stand in every cluster, so reading them needs no step before.
ALWAYS_THERE = frozenset(
    """
    node namespace storageclass clusterrole clusterrolebinding apiservice event service
    componentstatus configmap serviceaccount priorityclass
    """.split()
)


def run_order(drafts: Sequence[Draft]) -> list[Draft]:
    """Drafts in the order in which they run. A probe that needs what only a later step
    makes stands at the end, or just before the step that removes it."""
    order = [draft for draft in drafts]
    for probe in [draft for draft in drafts if draft.is_probe]:
        at = order.index(probe)
        if satisfied(probe, order[:at]):
            continue
        places = [n for n in range(at + 1, len(order) + 1) if satisfied(probe, order[:n])]
        if not places:
            continue
        end = next(
            (n for n in range(places[0], len(order)) if removes(order[n], probe, order[:n])),
            len(order),
        )
        order.insert(end, probe)
        order.pop(at)
    return order


def alive_after(drafts: Sequence[Draft]) -> list[Obj]:
    """The objects that stand after these drafts have run."""
    alive: dict[tuple[str, str], Obj] = {}
    for draft in drafts:
        for kind, name in draft.deletes:
            for key in [k for k in alive if k[0] == kind and name in ("", k[1])]:
                del alive[key]
        for obj in draft.creates:
            alive[obj.kind, obj.name] = obj
    return list(alive.values())


def satisfied(probe: Draft, before: Sequence[Draft]) -> bool:
    """Whether what the probe looks at stands after `before`."""
    alive = alive_after(before)
    if (
        any(each.kind == "pod" for each in find_placeholders(probe.statement.text))
        and not alive
    ):
        return False
    if not probe.kubectl:
        return bool(alive)
    for line in probe.kubectl:
        if line.verb not in (
            "get",
            "describe",
            "logs",
            "log",
            "exec",
            "rollout",
            "top",
            "events",
        ):
            continue
        kind = line.resource
        if kind in ALWAYS_THERE and not line.names:
            continue
        names = [name for name in line.names if not find_placeholders(name)]
        if names:
            if not any(obj.name == name for name in names for obj in alive):
                return False
        elif kind not in ALWAYS_THERE and not alive:
            return False
    return True


def removes(draft: Draft, probe: Draft, before: Sequence[Draft]) -> bool:
    """Whether running `draft` next would take away what the probe looks at."""
    return bool(draft.deletes) and not satisfied(probe, [*before, draft])
