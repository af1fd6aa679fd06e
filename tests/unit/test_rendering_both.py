"""The author's output and the real one, both where they differ and only there."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from kdocs_plugin.outputs import compare
from tests.unit.test_rendering import PODS, convert, page, words

MINE = PODS.replace("1/1", "0/1").replace("Running", "Error  ").rstrip("\n")


def html_of(mine: str, real: str, fence: str = "```\n\n```\n", **options: Any) -> str:
    """A page whose note has `mine` as the output of a command that printed `real`."""
    text = f"```bash\n$ kubectl get pods\n{fence}{mine}\n```\n"
    ours = page(text, {"kubectl get pods": real})
    differences = compare(mine, real)
    steps = tuple(replace(each, differences=differences) for each in ours.embedded)
    return convert(replace(ours, embedded=steps), **options)


def test_both_stand_side_by_side_with_the_differences_marked() -> None:
    html = html_of(MINE, PODS)
    mine, real = re.findall(r"<samp>(.*?)</samp>", html, re.DOTALL)
    assert re.findall("<mark>(.*?)</mark>", mine) == ["0/1", "Error"]
    assert re.findall("<mark>(.*?)</mark>", real) == ["1/1", "Running"]
    assert "노트와 다름 READY 0/1 → 1/1, STATUS Error → Running" in words(html)
    assert html.index("노트에 적힌 출력") < html.index("실제 출력")
    assert "kdocs-both--wide" not in html and "<table" not in html


def test_in_the_same_fence_too() -> None:
    assert html_of(MINE, PODS, fence="").count("<samp>") == 2


def test_where_they_agree_there_is_one() -> None:
    html = html_of(PODS.replace("3s", "9m").rstrip("\n"), PODS)
    assert html.count("<samp>") == 1 and "<mark>" not in html


def test_wide_ones_stand_one_above_the_other() -> None:
    assert "kdocs-both--wide" in html_of(MINE + " " * 10 + "x" * 40, PODS)


def test_it_can_be_switched_off() -> None:
    html = html_of(MINE, PODS, side_by_side=False)
    assert html.count("<samp>") == 1 and "<table" in html


def test_what_is_marked_is_still_text() -> None:
    html = html_of("a <b> c", "a <i>\n", fence="")
    assert "<mark>a &lt;b&gt; c</mark>" in html and "<b>" not in html.split("<samp>")[1]
