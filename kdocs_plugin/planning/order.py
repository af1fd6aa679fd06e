"""The order of running: document order, but for probes that need what comes later."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from kdocs_plugin.commands import find_bare, find_placeholders
from kdocs_plugin.planning.draft import Draft, Obj, mapping
from kdocs_plugin.planning.objects import WORKLOADS
from kdocs_plugin.planning.scope import CLUSTER_KINDS

# Verbs that look at objects; what the others say needs none.
LOOKING = frozenset("get describe logs log exec rollout top events".split())
ANY = ""
Key = tuple[str, str]  # kind and name, either of them ANY


def run_order(drafts: Sequence[Draft], standing: Iterable[Obj] = ()) -> list[Draft]:
    """Drafts in the order in which they run. A probe that needs what only a later step
    makes stands at the end, or just before the step that removes it. `standing` are the
    objects that are there before the first."""
    order = Order()
    for obj in standing:
        order.add(obj)
    for draft in drafts:
        order.meet(draft)
    return order.finish()


class Order:
    """Walks steps and probes in document order, knowing what stands.

    A probe goes from `waiting` (something it needs has not been made) to `ready` (all of
    it stands), and from there to its place when a step takes something of it away.
    """

    def __init__(self) -> None:
        self.steps: list[Draft] = []
        # Probes before a step, by its number: where the note has them, and moved there.
        self.at_home: defaultdict[int, list[Draft]] = defaultdict(list)
        self.moved: defaultdict[int, list[Draft]] = defaultdict(list)
        self.standing: Counter[Key] = Counter()
        self.alive: dict[Key, tuple[Key, ...]] = {}  # objects, with what comes with each
        self.needs: dict[Draft, tuple[Key, ...]] = {}
        self.waiting: defaultdict[Key, list[Draft]] = defaultdict(list)
        self.ready: defaultdict[Key, dict[Draft, None]] = defaultdict(dict)
        self.home: dict[Draft, int] = {}  # step before which a probe stands in the note

    def meet(self, draft: Draft) -> None:
        """The next command of the note."""
        if not draft.is_probe:
            if draft.refused is None:
                self.change(draft)
            self.steps.append(draft)
            return
        self.home[draft] = len(self.steps)
        self.needs[draft] = tuple(needs_of(draft))
        if all(self.standing[key] for key in self.needs[draft]):
            self.at_home[len(self.steps)].append(draft)
        else:
            self.wait(draft)

    def wait(self, probe: Draft) -> None:
        """Until what it needs has been made; it waits for one thing at a time."""
        lacking = next((key for key in self.needs[probe] if not self.standing[key]), None)
        if lacking is not None:
            self.waiting[lacking].append(probe)
            return
        for key in self.needs[probe]:
            self.ready[key][probe] = None

    def change(self, step: Draft) -> None:
        """A step takes effect: first what it removes, then what it makes."""
        for kind, name in step.deletes:
            for key in self.matching(kind, name):
                self.remove(key)
        for obj in step.creates:
            self.add(obj)

    def matching(self, kind: str, name: str) -> list[Key]:
        """The objects of a kind and name, either of them open."""
        if name and kind != "all":
            return [(kind, name)] if (kind, name) in self.alive else []
        return [key for key in self.alive if kind in (key[0], "all")]

    def add(self, obj: Obj) -> None:
        """An object stands."""
        if (obj.kind, obj.name) in self.alive:
            return
        self.alive[obj.kind, obj.name] = tuple(keys_of(obj))
        for need in met_by(self.alive[obj.kind, obj.name]):
            self.standing[need] += 1
            for probe in self.waiting.pop(need, []):
                self.wait(probe)

    def remove(self, key: Key) -> None:
        """An object goes: probes that need it are taken before that."""
        for need in met_by(self.alive.pop(key)):
            self.standing[need] -= 1
            if self.standing[need] == 0:
                for probe in list(self.ready.pop(need, {})):
                    self.put(probe, len(self.steps))

    def put(self, probe: Draft, place: int) -> None:
        """A probe has its place."""
        for key in self.needs[probe]:
            self.ready[key].pop(probe, None)
        self.moved[place].append(probe)

    def finish(self) -> list[Draft]:
        """The whole order. What nothing makes stands where the note has it."""
        for probes in self.waiting.values():
            for probe in probes:
                self.at_home[self.home[probe]].append(probe)
        last = {probe for probes in self.ready.values() for probe in probes}
        self.moved[len(self.steps)] += last
        order: list[Draft] = []
        for number in range(len(self.steps) + 1):
            for probes in (self.at_home[number], self.moved[number]):
                order += sorted(probes, key=lambda probe: probe.position)
            order += self.steps[number : number + 1]
        return order


def needs_of(probe: Draft) -> Iterable[Key]:
    """What must stand for a probe to say something."""
    bare = find_bare(probe.statement)
    for found in (*find_placeholders(probe.statement.text), *bare):
        if found.kind and found.attribute is not None and found.kind not in CLUSTER_KINDS:
            yield found.kind, ANY
    words = {each.text for each in bare}
    for line in probe.kubectl:
        if line.verb not in LOOKING or line.resource in CLUSTER_KINDS:
            continue
        if line.resource in ("all", "event", ANY):
            yield ANY, ANY
        elif not line.targets:
            yield line.resource, ANY
        for kind, name in line.targets:
            yield kind, ANY if find_placeholders(name) or name in words else name


def keys_of(obj: Obj) -> Iterable[Key]:
    """An object, and what a workload makes: pods, of a StatefulSet with known names."""
    yield obj.kind, obj.name
    if obj.kind == "deployment":
        yield "replicaset", f"{obj.name}-*"
    if obj.kind in WORKLOADS:
        yield "pod", f"{obj.name}-*"
    if obj.kind == "statefulset":
        replicas = mapping(obj.value.get("spec")).get("replicas", 1)
        for number in range(min(replicas, 10) if isinstance(replicas, int) else 1):
            yield "pod", f"{obj.name}-{number}"


def met_by(keys: Iterable[Key]) -> set[Key]:
    """The needs that an object meets: by kind and name, by kind, at all."""
    return {need for kind, name in keys for need in ((kind, name), (kind, ANY), (ANY, ANY))}
