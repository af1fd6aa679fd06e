"""The quick reading of a command line says what click says, or leaves it to click."""

from __future__ import annotations

from typing import Any

import click
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kdocs_plugin import checking
from kdocs_plugin.cli import tables
from kdocs_plugin.options import parse

WORDS = [*(option.flag for option in checking.OPTIONS), "--", "-", "--help", "-h", "--fi", ""]
WORDS += [
    "json",
    "sarif",
    "ko",
    "KD2",
    "a.md",
    "docs",
    "--format=json",
    "--strict=1",
    "--lang=",
]
WORDS += ["--baseline=/", "/", "--select=KD1", "--format=xml"]


def by_click(arguments: list[str]) -> dict[str, Any] | None:
    """The parameters as click reads them; None where it shows help or a mistake."""
    seen: dict[str, Any] = {}

    def take(**values: Any) -> int:
        seen.update(values)
        return 0

    take.__doc__ = "Checks nothing."
    command = tables.command(take, checking.OPTIONS)
    try:
        command.main(list(arguments), standalone_mode=False)
    except click.ClickException:
        return None
    return seen or None


@settings(max_examples=2000, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=6))
def test_agrees_with_click(arguments: list[str]) -> None:
    ours = parse(checking.OPTIONS, arguments)
    if ours is not None:
        assert ours == by_click(arguments)


@pytest.mark.parametrize(
    "line",
    ["", "a.md", "a.md b.yaml --format json", "--format=sarif docs --strict --lang ko",
     "--select KD2 --select KD3,KD4 --ignore=KD201 x", "--kubernetes 1.30-1.37 .",
     "--baseline known.json --update-baseline", "--fix --diff --exact --changed-since HEAD~1"],
)  # fmt: skip
def test_reads_usual_lines(line: str) -> None:
    ours = parse(checking.OPTIONS, line.split())
    assert ours is not None
    assert ours == by_click(line.split())


@pytest.mark.parametrize(
    "line", ["--help", "-h", "--fixx", "--format", "--format xml", "-- a.md", "--strict=yes"]
)
def test_leaves_the_rest_to_click(line: str) -> None:
    assert parse(checking.OPTIONS, line.split()) is None
