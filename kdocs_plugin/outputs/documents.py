"""YAML and JSON that kubectl printed, written against real: by field, whatever the order.

What is written must be there: a document that the author shortened has less, never
something else. Fields that the cluster fills in for itself are set aside.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kdocs_plugin.late import late
from kdocs_plugin.libyaml import yaml
from kdocs_plugin.model import Difference
from kdocs_plugin.outputs.scrub import CUT, agree, comparable, is_cut

VOLATILE_FIELDS = frozenset(
    """
    uid resourceVersion creationTimestamp managedFields selfLink generation observedGeneration
    lastTransitionTime lastUpdateTime lastProbeTime lastHeartbeatTime lastScheduleTime
    lastSuccessfulTime startTime completionTime startedAt finishedAt deletionTimestamp
    firstTimestamp lastTimestamp eventTime renewTime acquireTime containerID imageID podIP
    podIPs hostIP hostIPs clusterIP clusterIPs nodeName nodePort restartCount volumeName
    claimRef holderIdentity ip addresses
    kubectl.kubernetes.io/last-applied-configuration
    """.split()
)
PASSING = frozenset("Pending ContainerCreating PodInitializing Terminating".split())
# By which of their fields the items of a list are known, the first that all of them have.
ITEM_KEYS = ("name", "type", "mountPath", "containerPort", "port", "key", "path", "kind")
EMPTY = ("", "null", "~", "Null", "NULL")
_WRITTEN = late(r"\s*(?:---\s|[{\[]|(?:- )?[\"']?[\w./-]+[\"']?:(?:\s|$))")
_DEEPEST = 60
_MOST = 20_000  # nodes that are looked at
_SHOWN = 60  # characters of a value


class TooMuch(Exception):
    """A document that goes round in circles, or on for ever."""


def compare(written: str, real: str) -> list[Difference] | None:
    """The differences; None where the two are not documents of this kind."""
    if not _is_document(real) or not _WRITTEN.match(_first(written)):
        return None
    theirs = _composed(real)
    mine = _composed(_closed(_without_cuts(written))) if theirs else None
    if not mine or not theirs:
        return None
    walk = _Walk()
    found: list[Difference] = []
    try:
        for number, node in enumerate(mine):
            whole = _counterpart(node, number, theirs)
            others = [whole] if _is_whole(node) else list(_within(whole, node))
            if not others:
                return None
            found += _fewest([[*walk.compare(node, each, ())] for each in others])
    except TooMuch:
        return None
    return found


def _fewest(wrong: Sequence[list[Difference]]) -> list[Difference]:
    return min(wrong, key=lambda each: len(each))


def _is_document(text: str) -> bool:
    if text.lstrip()[:1] in ("{", "["):
        return True
    return bool(re.search(r"(?m)^kind: ?\S", text) and re.search(r"(?m)^apiVersion: ?\S", text))


def _first(text: str) -> str:
    """The first line that holds something."""
    lines = (line for line in text.split("\n") if line.strip() and not is_cut(line))
    return next(lines, "")


def _without_cuts(text: str) -> str:
    """Lines that say that something was left out, emptied."""
    return "\n".join("" if is_cut(line) else line for line in text.split("\n"))


def _closed(text: str) -> str:
    """JSON that ends before its brackets do, closed."""
    if text.lstrip()[:1] not in ("{", "["):
        return text
    open_ones: list[str] = []
    for mark in re.findall(r'"(?:[^"\\]|\\.)*"|[{}\[\]]', text):
        if mark in ("{", "["):
            open_ones.append("}" if mark == "{" else "]")
        elif mark in ("}", "]") and open_ones:
            open_ones.pop()
    return text.replace("\t", "  ").rstrip(", \n") + "".join(reversed(open_ones))


def _composed(text: str) -> list[yaml.Node]:
    """The documents' nodes, which know their lines; none where it is not YAML."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        nodes = [node for node in yaml.compose_all(text, loader) if node is not None]
    except (yaml.YAMLError, RecursionError, ValueError):
        return []
    return [] if any(isinstance(node, yaml.ScalarNode) for node in nodes) else nodes


def _is_whole(node: yaml.Node) -> bool:
    """Whether a document begins where it begins."""
    return bool(_fields(node).keys() & {"apiVersion", "kind", "metadata"})


def _akin(part: yaml.Node, node: yaml.Node) -> bool:
    """Whether a part may be of this: all its fields are there, or both are lists."""
    if isinstance(part, yaml.MappingNode) and isinstance(node, yaml.MappingNode):
        return _fields(part).keys() <= _fields(node).keys()
    return isinstance(part, yaml.SequenceNode) and isinstance(node, yaml.SequenceNode)


def _within(whole: yaml.Node, part: yaml.Node) -> Iterator[yaml.Node]:
    """What below a document the part of one may be: authors show what they talk about."""
    queue, looked = [whole], 0
    while queue:
        node = queue.pop()
        looked += 1
        if looked > _MOST:
            raise TooMuch
        if _akin(part, node):
            yield node
        if isinstance(node, yaml.MappingNode):
            queue += [value for _, value in node.value]
        elif isinstance(node, yaml.SequenceNode):
            queue += node.value


def _counterpart(node: yaml.Node, number: int, others: Sequence[yaml.Node]) -> yaml.Node:
    """The real document of the same kind and name, else the one at the same place."""
    wanted = _identity(node)
    for other in others:
        if wanted and _identity(other) == wanted:
            return other
    return others[min(number, len(others) - 1)]


def _identity(node: yaml.Node) -> tuple[str, str] | None:
    fields = _fields(node)
    kind, metadata = fields.get("kind"), fields.get("metadata")
    name = _fields(metadata[1]).get("name") if metadata else None
    if not kind or not name:
        return None
    return str(kind[1].value), comparable(str(name[1].value))


def _fields(node: yaml.Node) -> dict[str, tuple[yaml.Node, yaml.Node]]:
    """A mapping's key and value nodes by key; {} for anything else."""
    if not isinstance(node, yaml.MappingNode):
        return {}
    return {str(key.value): (key, value) for key, value in node.value}


class _Walk:
    """Goes down two documents side by side, as far as is reasonable."""

    def __init__(self) -> None:
        self.seen = 0

    def compare(
        self, mine: yaml.Node, theirs: yaml.Node, path: tuple[str, ...]
    ) -> Iterator[Difference]:
        """What of `mine` is not in `theirs`."""
        self.seen += 1
        if self.seen > _MOST or len(path) > _DEEPEST:
            raise TooMuch
        if isinstance(mine, yaml.MappingNode) and isinstance(theirs, yaml.MappingNode):
            yield from self.mappings(mine, theirs, path)
        elif isinstance(mine, yaml.SequenceNode) and isinstance(theirs, yaml.SequenceNode):
            yield from self.sequences(mine, theirs, path)
        elif not _same_value(mine, theirs):
            yield _difference(mine, path, mine, theirs)

    def mappings(
        self, mine: yaml.MappingNode, theirs: yaml.MappingNode, path: tuple[str, ...]
    ) -> Iterator[Difference]:
        """Each written field against the real one of its name."""
        written, real = _fields(mine), _fields(theirs)
        if _value(written, "kind") in ("Node", "Config"):  # the author's own machine
            return
        starting = not path and _value(_fields_at(written, "status"), "phase") in PASSING
        for name, (key, value) in written.items():
            if name in VOLATILE_FIELDS or name in CUT or (starting and name == "status"):
                continue
            if name == "waiting" and _value(_fields(value), "reason") in PASSING:
                continue
            if name not in real:
                if not _is_empty(value):
                    yield _difference(key, (*path, name), value, None)
                continue
            yield from self.compare(value, real[name][1], (*path, name))

    def sequences(
        self, mine: yaml.SequenceNode, theirs: yaml.SequenceNode, path: tuple[str, ...]
    ) -> Iterator[Difference]:
        """Each written item against the real one that it is known as, or that fits best."""
        key = _item_key(mine.value)
        left = list(theirs.value)
        missing: list[tuple[yaml.Node, tuple[str, ...]]] = []
        for number, item in enumerate(mine.value):
            place = (*path, _known_as(item, key) or str(number))
            if "<token volume>" in place[-1]:
                continue  # each version of Kubernetes mounts its token in its own way
            fits = [n for n in left if _known_as(n, key) == _known_as(item, key)]
            if not fits:
                missing.append((item, place))
                continue
            wrong = [(list(self.compare(item, each, place)), each) for each in fits]
            best = min(wrong, key=lambda entry: len(entry[0]))
            left.remove(best[1])
            yield from best[0]
        if len(missing) == len(left) == 1:  # the same item, with another name
            yield from self.compare(missing[0][0], left[0], missing[0][1])
            return
        for item, place in missing:
            yield _difference(item, place, item, None)


def _item_key(items: Sequence[yaml.Node]) -> str:
    """The field that the items are known by, "" where there is none."""
    for key in ITEM_KEYS:
        values = [_value(_fields(item), key) for item in items]
        if items and all(values) and len(set(values)) == len(values):
            return key
    return ""


def _known_as(item: yaml.Node, key: str) -> str:
    return comparable(_value(_fields(item), key)) if key else ""


def _fields_at(
    fields: dict[str, tuple[yaml.Node, yaml.Node]], name: str
) -> dict[str, tuple[yaml.Node, yaml.Node]]:
    return _fields(fields[name][1]) if name in fields else {}


def _value(fields: dict[str, tuple[yaml.Node, yaml.Node]], name: str) -> str:
    """A scalar field's text, "" where it has none."""
    node = fields[name][1] if name in fields else None
    return str(node.value) if isinstance(node, yaml.ScalarNode) else ""


def _is_empty(node: yaml.Node) -> bool:
    return node.value in EMPTY if isinstance(node, yaml.ScalarNode) else not node.value


def _same_value(mine: yaml.Node, theirs: yaml.Node) -> bool:
    if _is_empty(mine) and _is_empty(theirs):
        return True
    if not isinstance(mine, yaml.ScalarNode) or not isinstance(theirs, yaml.ScalarNode):
        return isinstance(mine, yaml.ScalarNode) and mine.value in CUT
    if mine.value in CUT:
        return True
    return agree(comparable(str(mine.value)), comparable(str(theirs.value)))


def _difference(
    at: yaml.Node, path: tuple[str, ...], mine: yaml.Node, theirs: yaml.Node | None
) -> Difference:
    real = _shown(theirs) if theirs is not None else ""
    return Difference(at.start_mark.line, ".".join(path), _shown(mine), real)


def _shown(node: yaml.Node) -> str:
    """A value on one line."""
    if isinstance(node, yaml.ScalarNode):
        text = str(node.value)
    elif isinstance(node, yaml.SequenceNode):
        text = "[]" if not node.value else f"[{_shown(node.value[0])}, …]"
    else:
        names = list(_fields(node))
        text = "{}" if not names else f"{{{names[0]}: …}}"
    text = " ".join(text.split())
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
