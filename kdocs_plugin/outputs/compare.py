"""Written output against real output, column by column.

Volatile are ages, times, addresses, generated suffixes, identifiers and node names;
names, STATUS and READY are exact. A state on the way to another (ContainerCreating) in
the written text is information, not a difference.
"""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from kdocs_plugin.model import Difference
from kdocs_plugin.outputs.recognise import CUT, columns, is_table_head
from kdocs_plugin.values import dataclass

VOLATILE_COLUMNS = frozenset(
    """
    AGE IP CLUSTER-IP EXTERNAL-IP NODE NOMINATED-NODE LAST-SEEN FIRST-SEEN DURATION RESTARTS
    INTERNAL-IP OS-IMAGE KERNEL-VERSION CONTAINER-RUNTIME VERSION VOLUME ENDPOINTS
    LAST-SCHEDULE CREATED-AT CPU(CORES) CPU% CPU(%) MEMORY(BYTES) MEMORY% MEMORY(%) CREATED
    """.split()
)
PASSING = frozenset(
    "ContainerCreating Pending PodInitializing Terminating Init Unknown <pending>".split()
)
SUFFIX = "[bcdfghjklmnpqrstvwxz2456789]{5}"  # what Kubernetes generates names from
MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
SCRUBS = tuple(
    (re.compile(pattern, re.MULTILINE), mark)
    for pattern, mark in (
        (r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?", "<time>"),
        (
            r"\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d? \w{3} \d{4} [\d:]+(?: GMT| [+-]\d{4})?",
            "<time>",
        ),
        (r"\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) \w{3} +\d+ [\d:]{8} \w+ \d{4}\b", "<time>"),
        (r"\b\d\d/\w{3}/\d{4}:[\d:]+ [+-]\d{4}", "<time>"),
        (r"\b\d{4}/\d\d/\d\d \d\d:\d\d:\d\d", "<time>"),
        (rf"\b(?:{MONTHS}) +\d{{1,2}} +(?:\d\d:\d\d|\d{{4}})\b", "<time>"),
        (r"\b\d\d:\d\d:\d\d\b", "<time>"),
        (r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b", "<uid>"),
        (r"\b(?:sha256:)?[0-9a-f]{64}\b", "<digest>"),
        (r"\bpod-template-hash=[a-z0-9]+", "pod-template-hash=<hash>"),
        (r"\b\d{1,3}(?:\.\d{1,3}){3}\b", "<ip>"),
        (rf"-[a-z0-9]{{6,10}}-{SUFFIX}\b", "-<hash>"),
        (rf"-{SUFFIX}\b", "-<hash>"),
        (r":3[0-2]\d{3}/", ":<nodeport>/"),
        (r"\b(?:\d+d)?(?:\d+h)?(?:\d+m)?\d+(?:\.\d+)?m?s\b|\b\d+[dhm](?:\d+[hms])?\b", "<age>"),
        (r"\b(worker process) \d+", r"\1 <pid>"),
        # The scenario's namespace is ours, and kubectl has named it only lately.
        (r"(\b(?:force )?deleted) from \S+ namespace$", r"\1"),
        (r"\b(No resources found) in \S+ namespace\.", r"\1."),
        (r"\bkdocs(?:-[a-z0-9]+)*-[0-9a-f]{6}\b", "<namespace>"),
        (r"\b(cgroup|ipc|mnt|net|pid|time|user|uts):\[\d+\]", r"\1:[<id>]"),
        (r"\b(resourceVersion|uid|pid): ?[^\s<]\S*", r"\1: <id>"),
        (r'"resourceVersion": ?"\d+"', '"resourceVersion":"<id>"'),
        (r"\b(Machine ID|System UUID|Boot ID): +[^\s<]\S*", r"\1: <id>"),
    )
)


# Events of a describe that tell of a start's races, and kubectl's own log (klog's form).
PASSING_LINES = re.compile(
    r"(?m)^(?: *Warning +(?:FailedMount|FailedScheduling) "
    r"|[IWE]\d{4} [\d:.]+ +\d+ \w+\.go:\d+\]).*\n?"
)


def normalise(text: str) -> str:
    """Text in which whatever changes from run to run has a constant mark."""
    text = PASSING_LINES.sub("", text)
    before = ""
    while text != before:  # each turn takes away from the text, so this ends
        before = text
        for pattern, mark in SCRUBS:
            text = pattern.sub(mark, text)
        # Columns are as wide as their widest value: width is volatile where values are.
        text = "\n".join(re.sub(r"[ \t]+", " ", line).strip() for line in text.split("\n"))
    return text


def same(one: str, other: str) -> bool:
    """Whether two outputs agree once volatile values are set aside."""
    return one == other or normalise(one) == normalise(other)


def compare(written: str, real: str) -> tuple[Difference, ...]:
    """Where an author's output and the real one disagree for good."""
    mine, theirs = taken_apart(written), taken_apart(real)
    found = list(compare_lines(mine.lines, theirs.lines))
    tables = deque(theirs.tables)
    for table in mine.tables:
        if not tables:
            found.append(Difference(table.line, "", "  ".join(table.heads), ""))
        else:
            found += compare_tables(table, tables.popleft())
    return tuple(sorted(found, key=lambda each: each.line))


# --- Taking output apart ----------------------------------------------------------------


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


def reader_of(head: str) -> tuple[tuple[str, ...], Callable[[str], Mapping[str, str]]]:
    """A table head's headings, and what reads the rows below it.

    A row whose values stand exactly below their headings may have empty cells; any other
    is told apart by its gaps.
    """
    heads = columns(head)
    narrow = len(heads) == 1  # somebody narrowed the gaps to one space
    heads = head.split() if narrow else heads
    starts, at = [], 0
    for heading in heads:
        starts.append(head.index(heading, at))
        at = starts[-1] + len(heading)
    stops = [*starts[1:], None]

    def cells(line: str) -> Mapping[str, str]:
        values = line.split() if narrow else columns(line)
        if len(values) != len(heads) and not narrow and is_below(line, starts):
            values = [line[a:b].strip() for a, b in zip(starts, stops, strict=True)]
        return dict(zip(heads, values, strict=False))

    return tuple(heads), cells


def is_below(line: str, starts: Sequence[int]) -> bool:
    """Whether no value of the line reaches over the place where a column begins."""
    return all(line[at - 1 : at] in ("", " ") for at in starts[1:])


# --- Comparing --------------------------------------------------------------------------


def compare_lines(written: Mapping[int, str], real: Mapping[int, str]) -> Iterator[Difference]:
    """Written lines that are nowhere in the real output, each beside a real one that is
    not written: the first is held against the first, and so on."""
    normal = {number: normalise(line) for number, line in real.items()}
    known = set(normal.values())
    mine = {number: normalise(line) for number, line in written.items()}
    said = set(mine.values())
    rest = iter([real[number] for number, line in normal.items() if line not in said])
    for number, line in mine.items():
        cut = next(
            (line.removesuffix(mark).rstrip() for mark in CUT if line.endswith(mark)), None
        )
        if line in known or (cut is not None and any(each.startswith(cut) for each in known)):
            continue
        yield Difference(number, "", written[number].strip(), next(rest, "").strip())


def compare_tables(written: Table, real: Table) -> Iterator[Difference]:
    """Rows matched by their name, cells compared where their column is not volatile."""
    heads = written.heads
    by_order = "ROLES" in heads  # nodes: their names are another cluster's
    rows: defaultdict[str, list[Mapping[str, str]]] = defaultdict(list)
    for _, row in real.rows:
        rows["" if by_order else normalise(row.get(heads[0], ""))].append(row)
    for line, row in written.rows:
        name = row.get(heads[0], "")
        if name in CUT or not name:
            continue
        candidates = rows["" if by_order else normalise(name)]
        if not candidates:
            yield Difference(line, heads[0], name, "")
            continue
        # Of rows that differ in what is generated only, the one that fits best.
        wrong = min((list(wrong_cells(row, heads, each)) for each in candidates), key=len)
        for each in candidates:
            if list(wrong_cells(row, heads, each)) == wrong:
                candidates.remove(each)
                break
        for heading, value, other in wrong:
            yield Difference(line, heading, value, other)


def wrong_cells(
    row: Mapping[str, str], heads: Iterable[str], other: Mapping[str, str]
) -> Iterator[tuple[str, str, str]]:
    """Heading, written and real value of every cell of a row that disagrees for good."""
    passing = row.get("STATUS", "").split(":")[0] in PASSING
    for heading in list(heads)[1:]:
        value, real = row.get(heading, ""), other.get(heading)
        if heading.replace(" ", "-") in VOLATILE_COLUMNS or real is None or value in ("", *CUT):
            continue
        if (heading == "READY" and passing) or value.split(":")[0] in PASSING:
            continue
        if value != real and normalise(value) != normalise(real):
            yield heading, value, real
