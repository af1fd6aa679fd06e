"""An author's output beside ours: which value of ours stands where the author's stood.

Rows of a table are matched by what is not made up (or by what is known already), then
column by column; lines of a description by their field; other lines by their shape. The
n-th of several that look alike is the n-th.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from kdocs_plugin.late import late
from kdocs_plugin.model import Attribute
from kdocs_plugin.outputs.generated import (
    HEX,
    IPV4,
    NODE_PORTS,
    UID,
    WORD,
    is_address,
    is_generated,
    stem,
)
from kdocs_plugin.outputs.scrub import normalise
from kdocs_plugin.outputs.tables import Table, taken_apart
from kdocs_plugin.values import dataclass

FIELD = late(r"""\s*(?:- )?["']?(?P<key>[A-Za-z][\w ()-]*?)["']?:(?:\s+|$)(?P<value>.*)""")
NAMING = frozenset("name node nodename hostname".split())  # fields whose whole value is a name
OF_NODES = frozenset("node nodename hostname".split())
OF_HOST = late(r"host ?ip", re.IGNORECASE)
PORTS = late(r":(3[0-2]\d{3})/|(?<![\w.])(3[0-2]\d{3})/(?:TCP|UDP)")
QUOTES = "\"',"
# Columns whose whole cell is a value of the author's run, and what it is.
COLUMNS: Mapping[str, tuple[str, Attribute | None]] = {
    "IP": ("", Attribute.IP),
    "CLUSTER-IP": ("service", Attribute.IP),
    "INTERNAL-IP": ("node", Attribute.IP),
    "EXTERNAL-IP": ("", None),
    "NODE": ("node", Attribute.NAME),
    "ADDRESS": ("", None),
    "VOLUME": ("persistentvolume", Attribute.NAME),
}


@dataclass(frozen=True, slots=True)
class Place:
    """A value of the author's own run in an output."""

    text: str
    kind: str  # of the object that it belongs to; "" unknown
    attribute: Attribute | None  # None: an identifier that only the output tells
    of: str = ""  # the object's name, as the author's output has it
    line: int = 0  # 0-based


# --- What a run of ours would have otherwise --------------------------------------------


def places(written: str, kind: str = "") -> Iterator[Place]:
    """The values in an author's output that can't be the same here. `kind` is that of the
    objects which the command asks for."""
    parts = taken_apart(written)
    for table in parts.tables:
        heads = [each.replace(" ", "-") for each in table.heads]
        for line, row in table.rows:
            yield from places_in_row(row, heads, kind, line)
    owner = ""
    for line, text in parts.lines.items():
        field = FIELD.fullmatch(text)
        key = field["key"].lower() if field else ""
        value = field["value"].strip(QUOTES) if field else text
        if key == "name" and not text[:1].isspace():
            owner = value
        if key in OF_NODES:
            name, _, address = value.partition("/")
            if re.fullmatch(r"[a-z0-9][a-z0-9.-]*", name) and not is_address(name):
                yield Place(name, "node", Attribute.NAME, line=line)
            if is_address(address):
                yield Place(address, "node", Attribute.IP, name, line)
            continue
        for _, found in tokens(value):
            yield place_of(found, kind, key, owner, line)


def place_of(found: str, kind: str, key: str, owner: str, line: int) -> Place:
    """What a value in a line of no table is, by its shape and its field."""
    if is_address(found):
        if OF_HOST.fullmatch(key):
            return Place(found, "node", Attribute.IP, line=line)
        known = kind in ("pod", "service") and key in ("ip", "podip", "clusterip")
        return Place(found, kind if known else "", Attribute.IP, owner if known else "", line)
    if found.isdigit():
        return Place(found, "service", Attribute.NODE_PORT, owner, line)
    if UID.fullmatch(found) or HEX.fullmatch(found):
        return Place(found, "", None, line=line)
    return Place(found, "pod", Attribute.NAME, line=line)


def places_in_row(
    row: Mapping[str, str], heads: Sequence[str], kind: str, line: int
) -> Iterator[Place]:
    """Those of a table's row."""
    cells = dict(zip(heads, row.values(), strict=False))
    kind, name = named(cells, kind)
    if "ROLES" in heads:
        kind = "node"
    if kind == "node" or is_generated(name):
        yield Place(name, kind or "pod", Attribute.NAME, line=line)
    for heading, value in cells.items():
        if heading in COLUMNS and value and not value.startswith("<"):
            of_kind, attribute = COLUMNS[heading]
            whole = not is_address(value)
            if attribute is Attribute.NAME or not whole:
                owner = "" if attribute is Attribute.NAME else name
                of_kind = of_kind or ("" if attribute is None else kind or "pod")
                yield Place(value, of_kind, attribute, owner, line)
        elif heading == "PORT(S)":
            for match in PORTS.finditer(value):
                yield Place(match[1] or match[2], "service", Attribute.NODE_PORT, name, line)
        elif heading not in ("NAME", "NAMESPACE"):
            for _, found in tokens(value):
                yield place_of(found, "", "", "", line)


def named(cells: Mapping[str, str], kind: str) -> tuple[str, str]:
    """The kind and the name of a row's object: `pod/web` says both."""
    first = cells.get("NAME") or next(iter(cells.values()), "")
    prefix, slash, name = first.rpartition("/")
    return (prefix.split(".", 1)[0] if slash else kind), name


def tokens(text: str) -> Iterator[tuple[str, str]]:
    """The values of a text that a cluster has made up, each with its sort, in order."""
    found: dict[int, tuple[int, str, str]] = {}
    for sort, pattern in (("ip", IPV4), ("uid", UID), ("hex", HEX), ("name", WORD)):
        for match in pattern.finditer(text):
            if sort == "name" and (not is_generated(match[0]) or is_address(match[0])):
                continue
            if not any(a <= match.start() < b for a, (b, _, _) in found.items()):
                found[match.start()] = match.end(), sort, match[0]
    for match in PORTS.finditer(text):
        port = match[1] or match[2]
        if int(port) in NODE_PORTS:
            found[match.start()] = match.end(), "port", port
    for start in sorted(found):
        yield found[start][1:]


# --- Side by side -----------------------------------------------------------------------


def line_up(written: str, real: str, known: Mapping[str, str] | None = None) -> dict[str, str]:
    """For values of the author's output those of ours at the same place.

    `known` are values of ours that stood for the author's before: a row that still has one
    is that row.
    """
    mine, ours = taken_apart(written), taken_apart(real)
    found: dict[str, str] = {}
    tables = list(ours.tables)
    for table in mine.tables:
        other = next((each for each in tables if is_like(table, each)), None)
        if other is not None:
            tables.remove(other)
            for pair in pairs_of_tables(table, other, known or {}):
                found.setdefault(*pair)
    for pair in pairs_of_lines(mine.lines, ours.lines):
        found.setdefault(*pair)
    return found


def is_like(one: Table, other: Table) -> bool:
    """Whether two tables show the same sort of thing."""
    kinds = [named(row, "")[0] for table in (one, other) for _, row in table.rows[:1]]
    return one.heads[:2] == other.heads[:2] and len(set(kinds)) < 2


def pairs_of_tables(
    mine: Table, ours: Table, known: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """Values in the cells of rows that belong together."""
    for row, other in matched(
        [row for _, row in mine.rows], [row for _, row in ours.rows], known
    ):
        yield named(row, "")[1], named(other, "")[1]
        for heading, value in row.items():
            there = other.get(heading, "")
            if heading.replace(" ", "-") in COLUMNS:
                if not value.startswith("<") and there and not there.startswith("<"):
                    yield value, there
            elif heading not in ("NAME", "NAMESPACE"):
                yield from pairs(value, there)


def matched(
    mine: Sequence[Mapping[str, str]],
    ours: Sequence[Mapping[str, str]],
    known: Mapping[str, str],
) -> Iterator[tuple[Mapping[str, str], Mapping[str, str]]]:
    """Rows that belong together: known ones, those of one name, then, of those whose names
    are made up alike, the n-th and the n-th, one in the same state first."""
    left = list(ours)
    rest: list[Mapping[str, str]] = []
    for row in mine:
        name = named(row, "")[1]
        wanted = known.get(name, name)
        if (found := next((o for o in left if named(o, "")[1] == wanted), None)) is not None:
            left.remove(found)
            yield row, found
        else:
            rest.append(row)
    for row in rest:
        alike = [each for each in left if is_alike(row, each)]
        same = [each for each in alike if each.get("STATUS") == row.get("STATUS")]
        if alike:
            found = (same or alike)[0]
            left.remove(found)
            yield row, found


def is_alike(row: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Whether two rows may show the same thing: names made up alike, or nodes of one role."""
    if "ROLES" in row and "ROLES" in other:
        control = [re.search(r"master|control", each["ROLES"]) for each in (row, other)]
        return bool(control[0]) == bool(control[1])
    name, there = named(row, "")[1], named(other, "")[1]
    return is_generated(name) and is_generated(there) and stem(name) == stem(there)


def pairs_of_lines(
    mine: Mapping[int, str], ours: Mapping[int, str]
) -> Iterator[tuple[str, str]]:
    """Values in lines that belong together, the n-th of a shape with the n-th."""
    shapes: defaultdict[str, list[str]] = defaultdict(list)
    for line in ours.values():
        shapes[shape(line)].append(line)
    for line in mine.values():
        if others := shapes[shape(line)]:
            yield from pairs_of_line(line, others.pop(0))


def shape(line: str) -> str:
    """What two lines have in common that say the same: their field, else their words."""
    field = FIELD.fullmatch(line)
    if field:
        return f"{field['key'].lower()}:"
    words = list(tokens(line))
    for sort, value in words:
        line = line.replace(value, f"{stem(value)}-*" if sort == "name" else f"<{sort}>", 1)
    return normalise(line)


def pairs_of_line(mine: str, ours: str) -> Iterator[tuple[str, str]]:
    """Values of two lines that belong together."""
    field, other = FIELD.fullmatch(mine), FIELD.fullmatch(ours)
    if field and other and field["key"].lower() in NAMING:
        values = [each["value"].strip(QUOTES).split("/") for each in (field, other)]
        yield from zip(*values, strict=False)
    else:
        yield from pairs(mine, ours)


def pairs(mine: str, ours: str) -> Iterator[tuple[str, str]]:
    """The made-up values of two texts, where both have the same sorts in the same order."""
    one, other = list(tokens(mine)), list(tokens(ours))
    if [sort for sort, _ in one] == [sort for sort, _ in other]:
        yield from ((a, b) for (_, a), (_, b) in zip(one, other, strict=True))
