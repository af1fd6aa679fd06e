"""What in an output another run would print otherwise."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kdocs_plugin.outputs import volatile_spans

# From runs on a local cluster.
PODS = """\
NAME                  READY   STATUS    RESTARTS   AGE   IP           NODE
web-8f9f49d64-54lb4   1/1     Running   0          7s    10.244.0.3   kdocs-control-plane"""


def values(text: str) -> list[str]:
    lines, found = text.split("\n"), volatile_spans(text)
    return [lines[n][start:end] for n in sorted(found) for start, end in found[n]]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (PODS, ["8f9f49d64-54lb4", "0", "7s", "10.244.0.3", "kdocs-control-plane"]),
        ("pod/web created", []),
        (
            "Start Time:       Wed, 25 Nov 2026 09:25:28 +0000",
            ["Wed, 25 Nov 2026 09:25:28 +0000"],
        ),
        ("IP:               10.244.0.2", ["10.244.0.2"]),
        ('pod "web-8f9f49d64-54lb4" deleted', ["8f9f49d64-54lb4"]),
        ("NAME   READY   STATUS\nweb    1/1     Running\n\nAGE 7s", ["7s"]),
    ],
)
def test_spans(text: str, found: list[str]) -> None:
    assert values(text) == found


@given(st.text("NAME AGE IP\n  -0123456789abcdefs.:/", max_size=200))
def test_spans_are_in_order_and_inside(text: str) -> None:
    lines = text.split("\n")
    for number, spans in volatile_spans(text).items():
        at = 0
        for start, end in spans:
            assert at <= start <= end <= len(lines[number])
            at = end
