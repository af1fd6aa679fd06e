"""The findings that are known already: kept in a file, and not told again.

    {"version": 1, "findings": {"docs/a.md": {"KD201 3f0c9d…": 2}}}

A finding is known by its rule, its note, its words and the text of its line, not by the
line's number: lines above may come and go. As many are known as the file counts; one more
of the same is told. What keeps a note from being read is always told.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from kdocs_plugin.errors import ConfigError
from kdocs_plugin.model import Finding, Page
from kdocs_plugin.reports.entries import fingerprint, line_at, lines_of
from kdocs_plugin.values import dataclass, replace

# Not UTF-8, no front matter, a fence without end: what is behind them was not checked.
UNREADABLE: Final = frozenset({"KD001", "KD002", "KD003"})

Known = Counter[tuple[str, str]]  # path, "rule fingerprint" -> how many


@dataclass(frozen=True, slots=True)
class Kept:
    """The pages without what the baseline knows, and what became of the baseline."""

    pages: tuple[Page, ...]
    known: int  # findings that are not told
    stale: tuple[tuple[str, str, int], ...]  # path, rule, how many more it knows than there are


def of(pages: Sequence[Page], names: Sequence[str]) -> Known:
    """A baseline of all that is found now. `names` are the pages' in the file."""
    return Counter(
        key
        for page, name in zip(pages, names, strict=True)
        for finding, key in _keys(page, name)
        if finding.code not in UNREADABLE
    )


def subtract(pages: Sequence[Page], names: Sequence[str], known: Known) -> Kept:
    """The pages without what is known. Entries of notes that were not checked stay quiet."""
    left = known.copy()
    kept = []
    for page, name in zip(pages, names, strict=True):
        told = []
        for finding, key in _keys(page, name):
            if left[key] > 0 and finding.code not in UNREADABLE:
                left[key] -= 1
            else:
                told.append(finding)
        kept.append(replace(page, findings=tuple(told)))
    stale: Counter[tuple[str, str]] = Counter()
    for (path, words), times in left.items():
        if times > 0 and path in names:
            stale[path, words.partition(" ")[0]] += times
    return Kept(
        tuple(kept),
        known.total() - left.total(),
        tuple((path, code, times) for (path, code), times in sorted(stale.items())),
    )


def dump(known: Known) -> str:
    """The file's text: sorted, one finding a line, so that it merges well."""
    found: dict[str, dict[str, int]] = {}
    for (path, key), times in sorted(known.items()):
        found.setdefault(path, {})[key] = times
    return json.dumps({"version": 1, "findings": found}, ensure_ascii=False, indent=1) + "\n"


def load(file: Path) -> Known:
    """A baseline as `dump` wrote it. Raises ConfigError for a file that is none."""
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
        if not isinstance(data, dict) or data.get("version") != 1:
            raise ValueError("version 1")
        return _known(data["findings"])
    except OSError as error:
        raise ConfigError("baseline.unreadable", file=file, why=error.strerror) from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ConfigError("baseline.unreadable", file=file, why=str(error)) from error


def _known(found: Any) -> Known:
    known: Known = Counter()
    for path, keys in found.items():
        for key, times in keys.items():
            if not isinstance(times, int) or times < 1:
                raise ValueError(f"{key}: {times!r}")
            known[path, key] = times
    return known


def _keys(page: Page, name: str) -> list[tuple[Finding, tuple[str, str]]]:
    lines = lines_of(page)
    return [
        (
            finding,
            (
                name,
                f"{finding.code} {fingerprint(finding, line_at(lines, finding.position.line))}",
            ),
        )
        for finding in page.findings
    ]
