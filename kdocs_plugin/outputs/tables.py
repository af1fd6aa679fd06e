"""Tables, as kubectl and docker print them: taken apart, and held against each other.

Columns count by their headings: those that differ from run to run are set aside, and so is
a row on its way to another state. Rows are matched by name, whatever their order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from kdocs_plugin.late import late
from kdocs_plugin.model import Difference
from kdocs_plugin.outputs.recognise import columns, is_table_head
from kdocs_plugin.outputs.scrub import CUT, agree, comparable, is_cut
from kdocs_plugin.values import dataclass

VOLATILE_COLUMNS = frozenset(
    """
    AGE IP CLUSTER-IP EXTERNAL-IP NODE NOMINATED-NODE LAST-SEEN FIRST-SEEN DURATION RESTARTS
    INTERNAL-IP OS-IMAGE KERNEL-VERSION CONTAINER-RUNTIME VERSION VOLUME ENDPOINTS
    LAST-SCHEDULE CREATED-AT CPU(CORES) CPU% CPU(%) MEMORY(BYTES) MEMORY% MEMORY(%) CREATED
    ADDRESS TARGETS SECRETS CONTAINER-ID IMAGE-ID SIZE LASTSEEN FIRSTSEEN HOLDER
    """.split()
)
PASSING = frozenset(
    "ContainerCreating Pending PodInitializing Terminating Init Unknown <pending>".split()
)
# What counts up while objects start, beside READY itself.
COUNTS = frozenset("READY UP-TO-DATE AVAILABLE CURRENT COMPLETIONS".split())
# Headings of two words: a table whose gaps somebody narrowed has them as one column still.
TWO_WORDS = late(
    r"(LAST|FIRST) SEEN|NOMINATED NODE|READINESS GATES|NODE SELECTOR|LAST SCHEDULE"
    r"|(RECLAIM|DEFAULT) POLICY|ACCESS MODES|CREATED AT|CONTAINER (?:ID|RUNTIME)"
    r"|(?:IMAGE|NETWORK|VOLUME) ID"
)
AGO = late(r"(\d+) \((\S+) ago\)")  # RESTARTS, narrowed
# Tables of what belongs to the scenario's namespace: there a row too many is a difference.
# Others list what every cluster has of its own.
OWN_HEADS = frozenset(
    "READY DESIRED COMPLETIONS CLUSTER-IP DATA SCHEDULE HOSTS REFERENCE".split()
)
CLUSTERS_OWN = late(  # objects that are there before anybody makes one
    r"(?:service/|svc/)?kubernetes|kube-[a-z-]+(?:\.crt)?|default|default-token-\S+"
    r"|(?:standard|hostpath|local-path)(?: \(default\))?|local-path-storage|ingress-nginx"
    r"|(?:configmap/)?kube-root-ca\.crt|kubernetes-dashboard|minikube|docker-desktop"
    r"|(?:pod/)?(?:etcd|coredns|kube-(?:apiserver|scheduler|controller-manager|proxy)|kindnet"
    r"|calico|flannel|metrics-server|storage-provisioner|local-path-provisioner)(?:-\S+)?"
)
# Whether an image has to be fetched, and what is not there yet, is the moment's.
PASSING_EVENTS = frozenset("Pulling Pulled FailedScheduling FailedMount".split())


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its headings, and each row's 0-based line with its cells by heading."""

    line: int
    heads: tuple[str, ...]
    rows: list[tuple[int, Mapping[str, str]]]


@dataclass(frozen=True, slots=True)
class Parts:
    """An output's tables, and the lines outside of them by their 0-based number."""

    lines: dict[int, str]
    tables: list[Table]


# --- Taking output apart ----------------------------------------------------------------


def taken_apart(text: str) -> Parts:
    """The tables of an output and the other lines that hold something."""
    parts = Parts({}, [])
    cells: Callable[[str], Mapping[str, str]] | None = None  # None outside of a table
    for number, line in enumerate(text.split("\n")):
        if is_table_head(line.strip()):
            heads, cells = reader_of(line)
            parts.tables.append(Table(number, heads, []))
        elif not line.strip():
            cells = None
        elif cells is None:
            parts.lines[number] = line
        else:
            parts.tables[-1].rows.append((number, cells(line)))
    return parts


def is_volatile(heading: str) -> bool:
    """Whether a column's values are another run's own."""
    return heading.replace(" ", "-").upper() in VOLATILE_COLUMNS


def reader_of(head: str) -> tuple[tuple[str, ...], Callable[[str], Mapping[str, str]]]:
    """A table head's headings, and what reads the rows below it.

    A row whose values stand exactly below their headings may have empty cells; any other
    is told apart by its gaps.
    """
    heads = columns(head)
    narrow = len(heads) == 1  # somebody narrowed the gaps to one space
    heads = _split_narrow(head) if narrow else heads
    starts, at = [], 0
    for heading in heads:
        starts.append(head.index(heading, at))
        at = starts[-1] + len(heading)
    stops = [*starts[1:], None]

    def cells(line: str) -> Mapping[str, str]:
        values = _split_row(line) if narrow else columns(line)
        if len(values) != len(heads) and not narrow:
            if is_below(line, starts):
                values = [line[a:b].strip() for a, b in zip(starts, stops, strict=True)]
            elif len(split := _split_row(line)) == len(heads):
                values = split  # only the rows were narrowed
        return dict(zip(heads, values, strict=False))

    return tuple(heads), cells


def _split_narrow(head: str) -> list[str]:
    marked = TWO_WORDS.sub(lambda found: found[0].replace(" ", "\0"), head)
    return [each.replace("\0", " ") for each in marked.split()]


def _split_row(line: str) -> list[str]:
    marked = AGO.sub("\\1\0(\\2\0ago)", line)
    return [each.replace("\0", " ") for each in marked.split()]


def is_below(line: str, starts: Sequence[int]) -> bool:
    """Whether no value of the line reaches over the place where a column begins."""
    return all(line[at - 1 : at] in ("", " ") for at in starts[1:])


def cells_at(
    heads: Sequence[str], line: str, row: Mapping[str, str | None]
) -> list[tuple[int, int]]:
    """Where in a line its cells stand: start and end, in the order of the headings. The
    value None is the heading itself."""
    found, at = [], 0
    for heading in heads:
        value = row.get(heading, "")
        value = heading if value is None else value
        start = line.find(value, at) if value else at
        at = start + len(value) if start >= 0 else at
        found.append((max(start, 0), at))
    return found


def row_key(table: Table) -> str:
    """The heading that names a table's rows."""
    named = [each for each in ("NAME", "NAMES") if each in table.heads]
    return named[0] if named else table.heads[0]


# --- Comparing --------------------------------------------------------------------------


def compare_tables(written: Sequence[Table], real: Sequence[Table]) -> Iterator[Difference]:
    """Each written table held against the real one that has most in common with it."""
    left = list(real)
    for table in written:
        if _is_clusters_own(table):
            continue
        if not left:
            yield Difference(table.line, "", "  ".join(table.heads), "")
            continue
        best = max(left, key=lambda other: _kinship(table, other))
        left.remove(best)
        yield from compare_table(table, best)


def _is_clusters_own(table: Table) -> bool:
    """Contexts of a kubeconfig: nobody else has them."""
    return "AUTHINFO" in table.heads


def _kinship(one: Table, other: Table) -> tuple[int, int]:
    """How many names and how many headings two tables share."""
    names, others = ({comparable(_name(t, row)) for _, row in t.rows} for t in (one, other))
    return len(names & others), len(set(one.heads) & set(other.heads))


def _name(table: Table, row: Mapping[str, str]) -> str:
    return row.get(row_key(table), "")


def compare_table(written: Table, real: Table) -> Iterator[Difference]:
    """Rows matched by their name, cells compared where their column is not volatile."""
    heads, key = written.heads, row_key(written)
    if "REASON" in heads and "MESSAGE" in heads:
        yield from compare_events(written, real)
        return
    by_order = "ROLES" in heads  # nodes: their names are another cluster's
    watched = _repeats(written, key) or _repeats(real, key)  # `-w`: a row comes again and again
    rows: defaultdict[str, list[Mapping[str, str]]] = defaultdict(list)
    for _, row in real.rows:
        rows["" if by_order else comparable(row.get(key, ""))].append(row)
    missing: list[tuple[int, str]] = []
    for line, row in _written_rows(written, key):
        candidates = rows["" if by_order else _fitting(rows, comparable(row[key]))]
        if not candidates:
            if not (by_order or CLUSTERS_OWN.fullmatch(row[key]) or _is_ending(row)):
                missing.append((line, row[key]))
            continue
        # Of rows that differ in what is generated only, the one that fits best.
        best = min(candidates, key=lambda each: len(list(wrong_cells(row, heads, key, each))))
        if not watched:
            candidates.remove(best)
        if not by_order and CLUSTERS_OWN.fullmatch(row[key]):
            continue
        for heading, value, other in wrong_cells(row, heads, key, best):
            yield Difference(line, heading, value, other)
    whole = len(written.rows) == len(list(_written_rows(written, key)))
    extra: list[str] = []
    if whole and written.rows and not (by_order or watched) and OWN_HEADS & set(heads):
        extra = [
            row.get(key, "")
            for left in rows.values()
            for row in left
            if not (CLUSTERS_OWN.fullmatch(row.get(key, "")) or _is_ending(row))
        ]
    for number, (line, name) in enumerate(missing):
        yield Difference(line, key, name, extra[number] if number < len(extra) else "")
    for name in extra[len(missing) :]:
        yield Difference(written.rows[-1][0], key, "", name)


def _written_rows(table: Table, key: str) -> Iterator[tuple[int, Mapping[str, str]]]:
    """The rows that name something: not what marks a cut, not the author's own cluster's."""
    for line, row in table.rows:
        theirs = row.get("NAMESPACE", "default")
        if not row.get(key) or row[key] in CUT or is_cut(next(iter(row.values()))):
            continue
        if theirs == "default" or not CLUSTERS_OWN.fullmatch(theirs):
            yield line, row


def _repeats(table: Table, key: str) -> bool:
    names = [row.get(key, "") for _, row in table.rows]
    return len(set(names)) < len(names)


def _fitting(names: Iterable[str], name: str) -> str:
    """The real name that a written one is, which may be cut."""
    if not any(mark in name for mark in CUT):
        return name
    return next((each for each in names if agree(name, each)), name)


def _is_ending(row: Mapping[str, str]) -> bool:
    return row.get("STATUS") == "Terminating"


def _is_passing(row: Mapping[str, str]) -> bool:
    """Whether the row is on its way to another state."""
    return row.get("STATUS", "").split(":")[0] in PASSING


def _is_starting(row: Mapping[str, str], real: Mapping[str, str]) -> bool:
    """Whether the row shows less that is ready than was wanted, and the real one all of it."""
    if row.get("STATUS", "Running") != "Running":
        return False
    for heading in ("READY", "COMPLETIONS"):
        ready, _, wanted = row.get(heading, "").partition("/")
        if wanted.isdigit() and ready.isdigit() and int(ready) < int(wanted):
            return real.get(heading) == f"{wanted}/{wanted}"
    wanted = row.get("DESIRED", "")
    ready = row.get("READY", "")
    return (
        wanted.isdigit()
        and ready.isdigit()
        and int(ready) < int(wanted)
        and real.get("DESIRED") == real.get("READY") == wanted
    )


def wrong_cells(
    row: Mapping[str, str], heads: Iterable[str], key: str, other: Mapping[str, str]
) -> Iterator[tuple[str, str, str]]:
    """Heading, written and real value of every cell of a row that disagrees for good."""
    passing = _is_passing(row) or _is_starting(row, other)
    for heading in heads:
        value, real = row.get(heading, ""), other.get(heading)
        if heading == key or is_volatile(heading):
            continue
        if real is None or value in ("", *CUT) or value.split(":")[0] in PASSING:
            continue
        if passing and heading in COUNTS:
            continue
        if heading == "REPLICAS" and "<unknown>" in row.get("TARGETS", ""):
            continue  # an autoscaler that has not measured anything yet
        # A Job says only lately that it is running; a table's `...` cuts a value, too.
        if passing and heading == "STATUS" and "COMPLETIONS" in row:
            continue
        if not agree(comparable(value), comparable(real)):
            yield heading, value, real


def compare_events(written: Table, real: Table) -> Iterator[Difference]:
    """Events by reason and object, in any order, each as often as it likes."""
    known: defaultdict[tuple[str, str], list[Mapping[str, str]]] = defaultdict(list)
    for _, row in real.rows:
        known[_event(row)].append(row)
    for line, row in written.rows:
        if is_cut(next(iter(row.values()))) or row.get("REASON", "") in PASSING_EVENTS:
            continue
        candidates = known[_event(row)]
        if not candidates:
            what = "  ".join(each for each in (row.get("REASON"), _object(row)) if each)
            yield Difference(line, "REASON", what, "")
            continue
        wrong = [list(_wrong_event(row, each)) for each in candidates]
        for heading, value, other in min(wrong, key=len):
            yield Difference(line, heading, value, other)


def _object(row: Mapping[str, str]) -> str:
    return row.get("OBJECT", row.get("NAME", ""))


def _event(row: Mapping[str, str]) -> tuple[str, str]:
    return row.get("REASON", ""), comparable(_object(row))


def _wrong_event(
    row: Mapping[str, str], other: Mapping[str, str]
) -> Iterator[tuple[str, str, str]]:
    for heading in ("TYPE", "MESSAGE"):
        value, real = row.get(heading, ""), other.get(heading)
        if value and real is not None and not agree(comparable(value), comparable(real)):
            yield heading, value, real
