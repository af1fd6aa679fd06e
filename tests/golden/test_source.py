"""Golden cases of source/: each YAML file is a note and what the scanner says of it.

A case lists only what it is about. `blocks`, `codes`, `headings`, `callouts`, `problems`
and `breaks` are compared whole; within an entry only the named fields are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from kdocs_plugin.model import Position
from kdocs_plugin.source import mending, scan


@dataclass(frozen=True)
class Case:
    name: str
    text: str
    expected: Mapping[str, Any]
    preserve_tabs: bool  # whether SuperFences sees the same fences with preserve_tabs

    def __str__(self) -> str:
        return self.name


def _load(path: Path) -> Case:
    case = yaml.safe_load(path.read_text(encoding="utf-8"))
    text = case.pop("text")
    return Case(path.stem, text, case, case.pop("preserve_tabs", True))


CASES = [_load(path) for path in sorted(Path(__file__).with_name("source").glob("*.yaml"))]


def test_there_are_cases() -> None:
    assert len(CASES) >= 25


@pytest.mark.parametrize("case", CASES, ids=str)
def test_scan(case: Case) -> None:
    note = scan("note.md", case.text)
    assert case.expected, "a case expects something"
    for name, expected in case.expected.items():
        if name == "breaks":
            assert list(mending(note).breaks) == expected
        elif isinstance(expected, list):
            assert_entries(getattr(note, name), expected)
        else:
            assert getattr(note, name) == expected


def assert_entries(values: Sequence[Any], expected: Sequence[Mapping[str, Any]]) -> None:
    shown = [
        {field: plain(getattr(value, field)) for field in entry}
        for value, entry in zip(values, expected, strict=False)
    ]
    shown += [plain(value) for value in values[len(expected) :]]
    assert shown == list(expected)


def plain(value: Any) -> Any:
    if isinstance(value, Position):
        return f"{value.line}:{value.column}"
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, tuple):
        return list(value)
    return value
