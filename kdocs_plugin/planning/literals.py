"""Values of the author's own run in commands: `frontend-b2zdv`, `10.42.0.226`, `minikube`.

Each is bound to the value of ours that a run finds at the same place of our output, or, where
that output is not captured, to what the workload that the name tells has now.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from kdocs_plugin.commands import Kubectl, kind_of
from kdocs_plugin.late import late
from kdocs_plugin.model import Attribute, Reference
from kdocs_plugin.outputs.align import Place, places
from kdocs_plugin.outputs.generated import (
    HEX,
    IPV4,
    NODE_PORTS,
    SUFFIX_LENGTH,
    UID,
    is_address,
    is_generated,
    is_private,
    stem,
)
from kdocs_plugin.planning.draft import Draft, mapping
from kdocs_plugin.planning.needs import sequence
from kdocs_plugin.planning.objects import MAKING, WORKLOADS, Objects
from kdocs_plugin.values import dataclass, replace

TOKEN = late(r"(?<![\w.$-])[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?(?![\w-])")
ASKING = frozenset("curl wget ping nc telnet nslookup dig traceroute".split())
INTO_PODS = frozenset("exec run debug".split())
# Selectors whose value is a node's name.
OF_NODE = late(r"(?:spec\.nodeName|kubernetes\.io/hostname)==?$")
OWN_MACHINE = late(r"(?<![\w.-])(localhost|127\.0\.0\.1):(3[0-2]\d{3})(?!\d)")
NEAR = 64  # characters around a value that tell what it is
FAILS = late(r"Error|error:|No resources found")
PROVISIONED = late(rf"pvc-{UID.pattern}")  # a volume made for a claim
GENERATED = ("pod", "replicaset", "job")


@dataclass(frozen=True, slots=True)
class Seen:
    """A value that an author's output shows."""

    place: Place
    page: str  # the note's path
    line: int  # of the note
    captured: bool  # the command runs, so that ours is there to be lined up


class Shown:
    """What the authors' outputs have shown up to one point of a scenario."""

    def __init__(self) -> None:
        self._seen: dict[str, Seen] = {}

    def copy(self) -> Shown:
        """The same, to be changed apart."""
        copied = Shown()
        copied._seen = dict(self._seen)
        return copied

    def see(self, draft: Draft, page: str) -> None:
        """A command of a page with what the author wrote as its output."""
        if draft.expected is None:
            return
        kind = draft.kubectl[0].resource if draft.kubectl else ""
        for place in places(draft.expected.text, kind):
            captured = draft.refused is None
            known = self._seen.get(place.text)
            if known is None or captured or not known.captured:
                line = draft.expected.line + place.line
                self._seen[place.text] = Seen(place, page, line, captured)

    def get(self, text: str) -> Seen | None:
        """Where a value was shown, last."""
        return self._seen.get(text)


def bind_literals(
    draft: Draft, alive: Objects, shown: Shown, page: str, binds: Mapping[str, Any]
) -> None:
    """Add the author's literals to the references of a page's draft. `binds` is what the
    front matter says of them."""
    taken = [(each.start, each.start + len(each.text)) for each in draft.references]
    taken += [span for each in draft.statement.documents
              if (span := span_of(each, draft.statement.text))]  # fmt: skip
    found = [
        each
        for each in literals_of(draft, alive, shown)
        if not any(a < each.start + len(each.text) and each.start < b for a, b in taken)
    ]
    found = [replace(each, page="") if each.page == page else each for each in found]
    found = [told(each, binds[each.text]) if each.text in binds else each for each in found]
    draft.references = tuple(sorted((*draft.references, *found), key=lambda each: each.start))


def told(reference: Reference, value: Any) -> Reference:
    """A literal that the front matter binds: to an object whose attribute it is, to a
    workload's pod, or to a value as it is."""
    word, slash, name = str(value).rpartition("/")
    kind = kind_of(word) if slash else ""
    if kind and reference.attribute is not Attribute.NAME:
        return Reference(
            reference.text, kind, Attribute.IP, object_name=name, start=reference.start
        )
    if kind in WORKLOADS:
        return replace(reference, object_name=f"{kind}/{name}", line=0, of="")
    return replace(reference, bound=name)


def span_of(part: str, text: str) -> tuple[int, int] | None:
    """Where a here-document stands: what is in it stays as it is."""
    at = text.find(part)
    return (at, at + len(part)) if at >= 0 else None


def literals_of(draft: Draft, alive: Objects, shown: Shown) -> Iterator[Reference]:
    """Every value of the author's own run in a command."""
    text = draft.statement.text
    nodes = set(nodes_named(draft))
    pods = {name for line in draft.kubectl for kind, name in line.targets if kind == "pod"}
    new = {name for line in draft.kubectl if line.verb in MAKING for name in line.names}
    fails = draft.expected is not None and FAILS.match(draft.expected.text)
    yield from own_machine(draft, alive, shown)
    for match in TOKEN.finditer(text):
        token, start = match[0], match.start()
        before = text[max(0, start - NEAR) : start]
        behind = text[match.end() : match.end() + NEAR]
        seen = shown.get(token)
        if is_address(token):
            yield from address(draft, token, start, behind, seen, alive)
        elif token.isdigit() and int(token) in NODE_PORTS and before.endswith(":"):
            if seen and not is_set(token, alive):
                yield literal(token, start, seen, "service", seen.place.of)
        elif token in nodes or OF_NODE.search(before):
            yield literal(token, start, seen, "node", "")
        elif PROVISIONED.fullmatch(token) and seen and seen.captured:
            yield literal(token, start, seen, "persistentvolume", "")
        elif (UID.fullmatch(token) or HEX.fullmatch(token)) and seen and seen.captured:
            yield literal(token, start, seen, "", "")
        elif is_generated(token) and token not in new and not alive.has(token):
            if (owner := owner_of(token, alive)) is not None:
                yield literal(token, start, seen, *owner)
            elif seen and seen.captured and seen.place.attribute is Attribute.NAME:
                yield literal(token, start, seen, "pod", "")
            elif (
                token in pods and not fails and any(map(str.isdigit, token[len(stem(token)) :]))
            ):
                yield Reference(token, "pod", Attribute.NAME, start=start, literal=True,
                                candidates=workloads(alive))  # fmt: skip


def literal(token: str, start: int, seen: Seen | None, kind: str, owner: str) -> Reference:
    """A bound one."""
    return Reference(
        token,
        kind,
        seen.place.attribute if seen and seen.place.kind == kind else Attribute.NAME,
        object_name=owner,
        start=start,
        literal=True,
        line=seen.line if seen else 0,
        page=seen.page if seen else "",
        of=seen.place.of if seen else "",
    )


def nodes_named(draft: Draft) -> Iterator[str]:
    """Names of nodes in a command: a note makes none, so they are the author's."""
    for line in draft.kubectl:
        for kind, name in line.targets:
            if kind == "node" and re.fullmatch(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?", name):
                yield name


def owner_of(name: str, alive: Objects) -> tuple[str, str] | None:
    """For a made-up name its object's kind, and the workload that made it."""
    base = stem(name)
    levels = name.count("-") - base.count("-")
    for kind in sorted(WORKLOADS):
        if base in alive.names(kind) and (made := made_by(kind, levels, name)):
            return made, f"{kind}/{base}"
    return None


def made_by(kind: str, levels: int, name: str) -> str:
    """The kind of the object that a workload gives a name of this form, "" if none."""
    last = name.rpartition("-")[2]
    if kind == "statefulset":
        return ""  # it counts
    if kind in ("deployment", "cronjob"):
        if levels > 1:
            return "pod"
        made = "replicaset" if kind == "deployment" else "job"
        return made if len(last) > SUFFIX_LENGTH else ""
    return "pod" if levels == 1 and len(last) == SUFFIX_LENGTH else ""


def workloads(alive: Objects) -> tuple[str, ...]:
    """The workloads that stand, in words."""
    return tuple(f"{each.kind}/{each.name}" for kind in sorted(WORKLOADS)
                 for each in alive.of_kind(kind))  # fmt: skip


# --- Addresses --------------------------------------------------------------------------


def address(
    draft: Draft, token: str, start: int, behind: str, seen: Seen | None, alive: Objects
) -> Iterator[Reference]:
    """An IPv4 address, where it is one that something is asked at, or was shown."""
    if seen and (seen.captured or seen.place.of or seen.place.kind == "node"):
        place = seen.place
        owner = owner_of(place.of, alive) if is_generated(place.of) else None
        yield Reference(
            token,
            place.kind,
            place.attribute,
            object_name=owner[1] if owner else place.of,
            start=start,
            literal=True,
            line=seen.line,
            page=seen.page,
            of=place.of,
        )
        return
    if not is_asked(draft, token) or not is_private(token):
        return
    port = re.match(r":(\d+)", behind)
    if port and int(port[1]) in NODE_PORTS:  # only nodes answer there
        yield Reference(token, "node", Attribute.IP, object_name="", start=start, literal=True)
        return
    yield Reference(token, "", Attribute.IP, start=start, literal=True)


def own_machine(draft: Draft, alive: Objects, shown: Shown) -> Iterator[Reference]:
    """`localhost` with a node port: where the author's cluster answers there (Docker Desktop,
    kube-proxy with iptables), others answer at a node's address only."""
    words = [word for command in draft.statement.commands for word in command.words[1:]
             if command.name.rsplit("/", 1)[-1] in ASKING]  # fmt: skip
    for match in OWN_MACHINE.finditer(draft.statement.text):
        seen = shown.get(match[2])
        is_node_port = is_set(match[2], alive) or (
            seen is not None and seen.place.attribute is Attribute.NODE_PORT
        )
        if is_node_port and any(match[0] in word for word in words):
            yield Reference(match[1], "node", Attribute.IP, object_name="",
                            start=match.start(1), literal=True)  # fmt: skip


def is_asked(draft: Draft, token: str) -> bool:
    """Whether a command asks something at an address."""
    for command in draft.statement.commands:
        if command.name.rsplit("/", 1)[-1] in ASKING:
            return any(token in word for word in command.words)
    return any(goes_there(line, token) for line in draft.kubectl)


def goes_there(line: Kubectl, token: str) -> bool:
    """Whether something in a pod asks at an address."""
    words = [*line.command, *(line.arguments[1:] if line.verb in INTO_PODS else ())]
    return line.verb in INTO_PODS and any(token in IPV4.findall(word) for word in words)


def is_set(port: str, alive: Objects) -> bool:
    """Whether a Service of the note asks for this very node port: then it is the same."""
    for service in alive.of_kind("service"):
        for each in sequence(mapping(service.value.get("spec")).get("ports")):
            if str(mapping(each).get("nodePort")) == port:
                return True
    return False
