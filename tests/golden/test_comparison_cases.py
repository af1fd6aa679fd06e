"""Golden cases of outputs/compare: what an author wrote against what really came out.

comparison/*.yaml, in a form that any implementation can read:
    about: what the case shows
    written, real: two texts. The real ones are from runs on a local cluster; the written
        ones are fixtures in the manner of notes
    differences: what disagrees for good, in the order of lines; `line` counts from 1 in
        the written text, `column` is a heading, a path or a field, "" for a whole line
"""

from __future__ import annotations

from pathlib import Path

import pytest

from kdocs_plugin.outputs import compare
from tests.golden.cases import cases, read_case


@pytest.mark.parametrize("path", cases("comparison"))
def test_comparison(path: Path) -> None:
    case = read_case(path)
    found = [
        {"line": d.line + 1, "column": d.column, "written": d.written, "real": d.real}
        for d in compare(case["written"].rstrip("\n"), case["real"].rstrip("\n"))
    ]
    assert found == case["differences"]


@pytest.mark.parametrize("path", cases("comparison"))
def test_a_text_does_not_differ_from_itself(path: Path) -> None:
    case = read_case(path)
    for side in ("written", "real"):
        assert compare(case[side], case[side]) == ()
