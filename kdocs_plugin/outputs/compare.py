"""Written output against real output, column by column.

Volatile are ages, times, addresses, generated suffixes, identifiers and node names;
names, STATUS and READY are exact. A state on the way to another (ContainerCreating) in
the written text is information, not a difference.
"""

from __future__ import annotations

import re

from kdocs_plugin.model import Difference
from kdocs_plugin.outputs.recognise import is_table_head

VOLATILE_COLUMNS = frozenset(
    """
    AGE IP CLUSTER-IP EXTERNAL-IP NODE NOMINATED-NODE LAST-SEEN FIRST-SEEN DURATION RESTARTS
    INTERNAL-IP OS-IMAGE KERNEL-VERSION CONTAINER-RUNTIME VERSION VOLUME ENDPOINTS
    CPU(CORES) CPU% CPU(%) MEMORY(BYTES) MEMORY% MEMORY(%) CREATED
    """.split()
)
PASSING = frozenset(
    "ContainerCreating Pending PodInitializing Terminating Init Unknown <pending>".split()
)
SCRUBS = tuple(
    (re.compile(pattern), mark)
    for pattern, mark in (
        (r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?", "<time>"),
        (
            r"\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d? \w{3} \d{4} [\d:]+(?: GMT| [+-]\d{4})?",
            "<time>",
        ),
        (r"\b\d\d/\w{3}/\d{4}:[\d:]+ [+-]\d{4}", "<time>"),
        (r"\b\d{4}/\d\d/\d\d \d\d:\d\d:\d\d", "<time>"),
        (r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b", "<uid>"),
        (r"\b(?:sha256:)?[0-9a-f]{64}\b", "<digest>"),
        (r"\b\d{1,3}(?:\.\d{1,3}){3}(?=\b|:)", "<ip>"),
        (r"-[a-z0-9]{8,10}-[bcdfghjklmnpqrstvwxz2456789]{5}\b", "-<hash>"),
        (r"\b(?:\d+d)?(?:\d+h)?(?:\d+m)?\d+(?:\.\d+)?m?s\b|\b\d+[dhm](?:\d+[hms])?\b", "<age>"),
        (r"\b(?:resourceVersion|uid|pid): ?\S+", "<id>"),
        (r"\bkube-api-access-[a-z0-9]{5}\b", "kube-api-access-<hash>"),
        # How often an event was seen, and which processes nginx started.
        (r"\(x\d+ over <age>\)", ""),
        (r"\b(worker process) \d+", r"\1 <pid>"),
    )
)


# Events of a describe that tell of a start's races, not of its outcome.
PASSING_EVENTS = re.compile(r"(?m)^ *Warning +(?:FailedMount|FailedScheduling) .*\n?")


def normalise(text: str) -> str:
    """Text in which whatever changes from run to run has a constant mark."""
    text = PASSING_EVENTS.sub("", text)
    for pattern, mark in SCRUBS:
        text = pattern.sub(mark, text)
    # Columns are as wide as their widest value: width is volatile where values are.
    return "\n".join(re.sub(r"[ \t]+", " ", line).strip() for line in text.split("\n"))


def same(one: str, other: str) -> bool:
    """Whether two outputs agree once volatile values are set aside."""
    return normalise(one) == normalise(other)


def compare(written: str, real: str) -> tuple[Difference, ...]:
    """Where an author's output and the real one disagree for good."""
    written_lines, real_lines = written.split("\n"), real.split("\n")
    start = next((n for n, line in enumerate(written_lines) if line.strip()), 0)
    if start < len(written_lines) and is_table_head(written_lines[start].strip()):
        head = next(
            (n for n, line in enumerate(real_lines) if is_table_head(line.strip())), None
        )
        if head is None:
            return (
                Difference(
                    start, "", written_lines[start], real_lines[0] if real_lines else ""
                ),
            )
        return compare_tables(written_lines, start, real_lines[head:])
    differences: list[Difference] = []
    real_normal = [line for line in normalise(real).split("\n") if line]
    for number, line in enumerate(normalise(written).split("\n")):
        if line and line != "..." and line not in real_normal:
            at = len(differences)
            counterpart = real_lines[at] if at < len(real_lines) else ""
            differences.append(Difference(number, "", written_lines[number], counterpart))
    return tuple(differences)


def compare_tables(written: list[str], start: int, real: list[str]) -> tuple[Difference, ...]:
    """Rows matched by their name, cells compared where their column is not volatile."""
    written_heads, real_heads = cells(written[start]), cells(real[0])
    real_rows: dict[str, dict[str, str]] = {}
    for line in real[1:]:
        values = cells(line)
        if values:
            real_rows[scrub_name(values[0])] = dict(zip(real_heads, values, strict=False))
    differences = []
    for number, line in enumerate(written[start + 1 :], start + 1):
        values = cells(line)
        if not values or values[0] == "...":
            continue
        row = real_rows.get(scrub_name(values[0]))
        if row is None:
            differences.append(Difference(number, written_heads[0], values[0], ""))
            continue
        for heading, value in list(zip(written_heads, values, strict=False))[1:]:
            other = row.get(heading)
            if heading in VOLATILE_COLUMNS or other is None or value == "...":
                continue
            if heading == "READY" and passing(dict(zip(written_heads, values, strict=False))):
                continue
            if value != other and value.split(":")[0] not in PASSING:
                differences.append(Difference(number, heading, value, other))
    return tuple(differences)


def passing(row: dict[str, str]) -> bool:
    return row.get("STATUS", "").split(":")[0] in PASSING


def cells(line: str) -> list[str]:
    """A table row's cells. `5 (10s ago)` of RESTARTS is one cell."""
    return [each for each in re.split(r"\s{2,}|\t", line.strip()) if each]


def scrub_name(name: str) -> str:
    """A generated pod name without its generated end."""
    name = re.sub(r"-[a-z0-9]{6,10}-[bcdfghjklmnpqrstvwxz2456789]{5}$", "-<hash>", name)
    return re.sub(r"-[bcdfghjklmnpqrstvwxz2456789]{5}$", "-<hash>", name)
