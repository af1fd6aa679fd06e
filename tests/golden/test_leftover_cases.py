"""Golden cases of planning/leftovers: a `note`, and the commands that delete what is `left`."""

from __future__ import annotations

from pathlib import Path

import pytest

from kdocs_plugin.planning import plan
from kdocs_plugin.planning.leftovers import leftovers
from kdocs_plugin.source import scan
from tests.golden.cases import cases, read_case


@pytest.mark.parametrize("path", cases("leftovers"))
def test_leftovers(path: Path) -> None:
    case = read_case(path)
    note = scan("note.md", case["note"])
    assert [*leftovers(note, plan(note))] == case["left"]
