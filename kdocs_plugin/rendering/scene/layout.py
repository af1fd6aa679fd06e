"""Where everything stands in the picture of what a run made.

Three columns, so that a phone has not far to scroll. At the left what a person asked for,
below it and indented what that made, and below that the Services that select its Pods; then
the Pods; at the right their volumes. A band behind the Pods is the node that they stand on.
Every line turns in the gap between two columns, or in the indent, where no box is: none
crosses a box. Lengths are CSS pixels.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from kdocs_plugin.model import Drawn
from kdocs_plugin.values import dataclass, field

WIDTH = 170.0  # of a box
INDENT = 16.0
POD_WIDTH = 212.0
VOLUME_WIDTH = 152.0
GAP = 48.0  # between columns
BETWEEN = 10.0  # between boxes of a column
APART = 26.0  # between trees
EDGE = 4.0  # around the picture
LINE, PADDING = 15.0, 8.0  # of the text in a box
LABEL = 22.0  # height of a node's name
RUNGS = 4  # lines of Services keep apart, as far as there is room

Role = str  # workload, pod, service, volume, more


@dataclass(frozen=True, slots=True)
class Box:
    """An object at its place."""

    at: int  # of the object in the scene
    role: Role
    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def middle(self) -> float:
        return self.y + self.height / 2


@dataclass(frozen=True, slots=True)
class Line:
    """From one box to another: right, up or down, right again."""

    role: str  # owns, selects, uses
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Band:
    """A node, behind its Pods."""

    name: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Picture:
    """All of it."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    bands: tuple[Band, ...]


def lay_out(scene: Sequence[Drawn]) -> Picture:
    """The picture of a scene."""
    return _Layout(scene).picture()


def role_of(each: Drawn) -> Role:
    """What part an object plays in the picture."""
    if not each.name:
        return "more"
    if each.kind == "Service":
        return "service"
    if each.kind == "Pod":
        return "pod"
    return "workload" if each.kind in _WORKLOADS else "volume"


_WORKLOADS = frozenset(
    "Deployment StatefulSet DaemonSet CronJob ReplicationController ReplicaSet Job".split()
)


def text_lines(each: Drawn) -> int:
    """How many lines of text a box has."""
    if not each.name:
        return 1
    return 3 if each.images or (each.kind == "Service" and not each.links) else 2


@dataclass()
class _Layout:
    scene: Sequence[Drawn]
    boxes: dict[int, Box] = field(default_factory=dict)
    bands: list[Band] = field(default_factory=list)
    node: str = ""  # that the last Pod stands on

    def __post_init__(self) -> None:
        self.roles = [role_of(each) for each in self.scene]
        self.made: dict[int, list[int]] = {}
        for at, each in enumerate(self.scene):
            if each.owner is not None:
                self.made.setdefault(each.owner, []).append(at)
        roots = [at for at, each in enumerate(self.scene) if each.owner is None]
        self.trees = [at for at in roots if self.roles[at] in ("workload", "pod")]
        self.columns = self._columns()

    def _columns(self) -> Mapping[str, float]:
        """The left edge of each column; one that nothing stands in takes no room."""
        first = any(role in ("workload", "service") for role in self.roles)
        second = any(self._level(at) == 1 for at in range(len(self.scene)))
        x = {
            "first": EDGE,
            "second": EDGE + INDENT,
            "pod": EDGE + (BETWEEN if not first else 0),
        }
        if first:
            x["pod"] = EDGE + WIDTH + (INDENT if second else 0) + GAP
        x["volume"] = x["pod"] + POD_WIDTH + GAP
        return x

    def _level(self, at: int) -> int:
        """0 for what a person asked for, 1 for what that made and is no Pod, 2 for Pods."""
        if self.scene[at].kind == "Pod":
            return 2
        return 0 if self.scene[at].owner is None else 1

    # --- Boxes ---

    def picture(self) -> Picture:
        y = EDGE
        for tree in self.trees:
            y = self._tree(tree, y) + APART
        self._rest(y)
        self._stand_on_nodes()
        ends = [(each.x + each.width, each.y + each.height) for each in self.boxes.values()]
        ends += [(each.x + each.width, each.y + each.height) for each in self.bands]
        right, bottom = (max(each) for each in zip(*ends, strict=True))
        boxes = tuple(self.boxes[at] for at in sorted(self.boxes))
        lines, bands = tuple(self._lines()), tuple(self.bands)
        return Picture(right + EDGE, bottom + EDGE, boxes, lines, bands)

    def _tree(self, root: int, y: float) -> float:
        """One tree from `y` on. Where it ends."""
        groups = [(root, [root])] if self.roles[root] == "pod" else self._groups(root)
        # What has a name of a node above it stands beside its Pods.
        first = next((pod for _, pods in groups for pod in pods), None)
        top = y if first is None else self._room(first, y)
        y = top
        left = top
        if root != first:
            left = self._put(root, "first", top).bottom + BETWEEN
        for owner, pods in groups:
            begin = y
            for pod in pods:
                at = self._room(pod, y)
                begin = at if pod == pods[0] else begin
                y = self._put(pod, "pod", at).bottom + BETWEEN
            if owner != root:
                left = self._put(owner, "second", max(left, begin)).bottom + BETWEEN
        ends = self._services(root, left), self._volumes(root, top)
        return max(y - BETWEEN, left - BETWEEN, *ends)

    def _groups(self, root: int) -> list[tuple[int, list[int]]]:
        """What a workload made, each with its Pods; its own Pods stand last."""
        made = self.made.get(root, [])
        groups = [(at, self.made.get(at, [])) for at in made if self._level(at) == 1]
        own = [at for at in made if self._level(at) == 2]
        return [*groups, (root, own)] if own else groups

    def _room(self, pod: int, y: float) -> float:
        """Where a Pod stands at the earliest: a node's name needs room above its first."""
        each = self.scene[pod]
        if not each.name or each.node == self.node:
            return y
        y += (BETWEEN / 2 if self.node else 0) + (LABEL if each.node else 0)
        self.node = each.node
        return y

    def _put(self, at: int, column: str, y: float) -> Box:
        width = {"pod": POD_WIDTH, "volume": VOLUME_WIDTH}.get(column, WIDTH)
        height = text_lines(self.scene[at]) * LINE + 2 * PADDING
        if not self.scene[at].name:
            height = LINE + PADDING
        self.boxes[at] = Box(at, self.roles[at], self.columns[column], y, width, height)
        return self.boxes[at]

    def _family(self, root: int) -> set[int]:
        found, pending = set(), [root]
        while pending:
            at = pending.pop()
            found.add(at)
            pending += self.made.get(at, ())
        return found

    def _services(self, root: int, y: float) -> float:
        """The Services that select a Pod of this tree first. Where they end."""
        family = self._family(root)
        for at, each in enumerate(self.scene):
            due = self.roles[at] == "service" and at not in self.boxes
            if due and family.intersection(each.links):
                y = self._put(at, "first", y).bottom + BETWEEN
        return y - BETWEEN

    def _volumes(self, root: int, y: float) -> float:
        """The volumes that a Pod of this tree uses first. Where they end."""
        for user in sorted(self._family(root)):
            for at in self.scene[user].links:
                if self.roles[at] == "volume" and at not in self.boxes:
                    y = self._put(at, "volume", y).bottom + BETWEEN
        return y - BETWEEN

    def _rest(self, y: float) -> None:
        """Services that select nothing, and what stands for trees that are left out."""
        for at, role in enumerate(self.roles):
            if at not in self.boxes and role in ("service", "more"):
                column = "first" if role == "service" else "pod"
                y = self._put(at, column, y).bottom + BETWEEN

    def _stand_on_nodes(self) -> None:
        """A band behind each run of Pods on one node."""
        pods = [b for b in self.boxes.values() if b.x == self.columns["pod"]]
        pods = sorted((b for b in pods if self.scene[b.at].kind == "Pod"), key=lambda b: b.y)
        runs: list[list[Box]] = []
        for pod in pods:
            name = self.scene[pod.at].node
            if runs and (name == self.scene[runs[-1][0].at].node or pod.role == "more"):
                runs[-1].append(pod)
            elif name:
                runs.append([pod])
        for run in runs:
            x, top = run[0].x - BETWEEN, run[0].y - LABEL
            height = run[-1].bottom + BETWEEN - top
            name = self.scene[run[0].at].node
            self.bands.append(Band(name, x, top, POD_WIDTH + 2 * BETWEEN, height))

    # --- Lines ---

    def _lines(self) -> list[Line]:
        lines = []
        turn = self.columns["pod"] - BETWEEN
        services = 0
        for at, box in sorted(self.boxes.items()):
            each = self.scene[at]
            if each.owner is not None:
                owner = self.boxes[each.owner]
                if box.x == self.columns["second"]:  # down from the owner, and to the right
                    x = owner.x + INDENT / 2
                    points = ((x, owner.bottom), (x, box.middle), (box.x, box.middle))
                    lines.append(Line("owns", points))
                else:
                    into = box.middle - (5 if box.role == "pod" else 0)
                    lines.append(_line("owns", owner, box.x - GAP + 12, box, into))
            if box.role == "service":
                bend = turn - 6 - 5 * (services % RUNGS)
                services += bool(each.links)
                for link in each.links:
                    pod = self.boxes[link]
                    lines.append(_line("selects", box, bend, pod, pod.middle + 7))
            if box.role == "pod":
                for number, link in enumerate(each.links):
                    volume = self.boxes[link]
                    bend = box.right + BETWEEN + 8 + 6 * (volume.at % RUNGS)
                    leaves = box.middle + 6 * number - 3 * (len(each.links) - 1)
                    lines.append(_line("uses", box, bend, volume, volume.middle, leaves))
        return lines


def _line(
    role: str, box: Box, bend: float, to: Box, into: float, leaves: float | None = None
) -> Line:
    start = box.middle if leaves is None else leaves
    points = [(box.right, start), (bend, start), (bend, into), (to.x, into)]
    kept = [points[0], *(b for a, b in pairwise(points) if a != b)]
    return Line(role, tuple(kept))
