"""What `kubectl describe` printed, written against real: by field, sections and events too.

A description is taken apart by its indentation: `Key:   value` is a field, what stands
below it and further in belongs to it, and anything else there is a row. What is written
must be there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from kdocs_plugin.late import late
from kdocs_plugin.model import Difference
from kdocs_plugin.outputs.scrub import agree, comparable, is_cut
from kdocs_plugin.outputs.tables import PASSING_EVENTS
from kdocs_plugin.values import dataclass, field

VOLATILE_FIELDS = frozenset(
    [
        "Node", "Start Time", "IP", "IPs", "Container ID", "Image ID", "Started", "Finished",
        "Restart Count", "Host Port", "CreationTimestamp", "Endpoints", "NodePort", "UID",
        "Last Schedule Time", "Completed At", "Start At", "Duration", "Volume", "Address",
        "Addresses", "System Info", "Allocated resources", "Non-terminated Pods", "Capacity",
        "Allocatable", "Lease", "PodCIDR", "PodCIDRs", "Mountable secrets", "Tokens", "token",
        "ExternalID", "ProviderID", "LoadBalancer Ingress", "Resource Version",
        "Self Link", "Controller Uid", "Successful Job History Limit", "<token volume>",
    ]
)  # fmt: skip
_FIELD = late(r"([ ]*)([A-Za-z][^:=\n]{0,60}?):(?:([ \t]+)(\S.*)|[ \t]*)")
_HEAD = late(r"(?m)^[ ]*[A-Z][A-Za-z /]{0,40}:(?:\s|$)")
_REAL = late(r"Name:[ ]{2,}\S")
_STARTING = late(
    r"(?m)^Status: +(?:Pending|Terminating)|Reason: +(?:ContainerCreating|PodInitializing)"
    r"| [1-9]\d* unavailable|Pods Status: .*[1-9]\d* Waiting"
)
_OF_STARTING = frozenset(
    ["Status", "State", "Reason", "Ready", "Replicas", "Pods Status", "Conditions"]
)
_GAP = late(r"[ ]{2,}|\t")

Path = tuple[str, ...]


@dataclass(slots=True)
class Description:
    """One object's fields and rows, each with its 0-based line."""

    fields: list[tuple[Path, int, str]] = field(default_factory=list)
    rows: list[tuple[Path, int, str]] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The object's name, volatile parts marked."""
        return next((comparable(v) for path, _, v in self.fields if path == ("Name",)), "")


def compare(written: str, real: str) -> list[Difference] | None:
    """The differences; None where the two are not descriptions."""
    if not _REAL.match(real) or not _HEAD.search(written):
        return None
    mine, theirs = taken_apart(written), taken_apart(real)
    starting = bool(_STARTING.search(written)) and not _STARTING.search(real)
    return [
        each
        for number, described in enumerate(mine)
        for each in _differences(described, _counterpart(described, number, theirs), starting)
    ]


def taken_apart(text: str) -> list[Description]:
    """The objects of a description."""
    found = [Description()]
    above: list[tuple[int, str]] = []  # indentation and key of what the line belongs to
    value_column = 0  # of the field above, 0 where it has no value
    for number, line in enumerate(text.split("\n")):
        indent = len(line) - len(line.lstrip(" "))
        if not line.strip() or is_cut(line):
            continue
        if value_column and indent >= value_column:
            found[-1].fields.append((_path(above), number, line.strip()))
            continue
        above = [each for each in above if each[0] < indent]
        match = _FIELD.fullmatch(line.rstrip())
        if match is None or (above and above[0][1] == "Events"):
            found[-1].rows.append((_path(above), number, line.strip()))
            value_column = 0
            continue
        key, gap, value = match[2], match[3] or "", match[4] or ""
        if key == "Name" and indent == 0 and found[-1].fields:
            found.append(Description())
        above.append((indent, _known_as(key)))
        found[-1].fields.append((_path(above), number, value))
        value_column = indent + len(key) + 1 + len(gap) if value else 0
    return found


def _known_as(key: str) -> str:
    """A key as the other output has it: containers and volumes can have generated names."""
    return comparable(key)


def _path(above: Sequence[tuple[int, str]]) -> Path:
    return tuple(key for _, key in above)


def _counterpart(mine: Description, number: int, others: Sequence[Description]) -> Description:
    for other in others:
        if mine.name and mine.name == other.name:
            return other
    return others[min(number, len(others) - 1)]


def _differences(
    mine: Description, theirs: Description, starting: bool
) -> Iterator[Difference]:
    values: defaultdict[Path, list[str]] = defaultdict(list)
    ends: defaultdict[str, list[Path]] = defaultdict(list)  # real paths by their last key
    for path, _, value in theirs.fields:
        values[path].append(value)
        ends[path[-1]].append(path)
    for path, line, value in mine.fields:
        if _is_set_aside(path, starting):
            continue
        if path not in values:  # a part of a description begins where it likes
            path = next((each for each in ends[path[-1]] if each[-len(path) :] == path), path)
        shown = " / ".join(path)
        if path not in values:
            if value not in ("", "<none>", "<unset>"):
                yield Difference(line, shown, value, "")
            continue
        known = [comparable(each) for each in values[path]]
        if value and not any(agree(comparable(value), each) for each in known):
            yield Difference(line, shown, value, _unlike(values[path], mine, path))
    yield from _rows(mine, theirs, starting)


def _unlike(values: Sequence[str], mine: Description, path: Path) -> str:
    """The first of the real values that is not written."""
    written = {comparable(value) for each, _, value in mine.fields if each[-1] == path[-1]}
    return next((each for each in values if comparable(each) not in written), values[0])


def _is_set_aside(path: Path, starting: bool) -> bool:
    return any(key in VOLATILE_FIELDS or (starting and key in _OF_STARTING) for key in path)


def _rows(mine: Description, theirs: Description, starting: bool) -> Iterator[Difference]:
    """Lines that are no fields: mounts, conditions, tolerations; events by their reason."""
    told = any(path == ("Events",) for path, _, _ in theirs.fields)
    known = [comparable(row) for _, _, row in theirs.rows]
    events = [event for path, _, row in theirs.rows if (event := _event(path, row))]
    for path, line, row in mine.rows:
        if _is_set_aside(path, starting) or (path[:1] == ("Events",) and not told):
            continue
        if event := _event(path, row):
            yield from _compare_event(line, event, events)
        elif not any(agree(comparable(row), each) for each in known):
            yield Difference(line, " / ".join(path), row, _row_like(row, path, theirs))


def _row_like(row: str, path: Path, theirs: Description) -> str:
    """The real row that begins with the same word at the same place, "" where none does."""
    head = row.split()[0]
    return next((r for p, _, r in theirs.rows if p == path and r.split()[0] == head), "")


def _event(path: Path, row: str) -> tuple[str, str, str] | None:
    """Type, reason and message of an event's row."""
    cells = _GAP.split(row)
    if path[:1] != ("Events",) or len(cells) < 5 or cells[0] not in ("Normal", "Warning"):
        return None
    return cells[0], cells[1], " ".join(cells[4:])


def _compare_event(
    line: int, event: tuple[str, str, str], others: Sequence[tuple[str, str, str]]
) -> Iterator[Difference]:
    kind, reason, message = event
    if reason in PASSING_EVENTS:
        return
    alike = [each for each in others if each[:2] == (kind, reason)]
    if not alike:
        yield Difference(line, f"Events / {reason}", message, "")
    elif not any(agree(comparable(message), comparable(each[2])) for each in alike):
        yield Difference(line, f"Events / {reason}", message, alike[0][2])
