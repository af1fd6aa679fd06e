"""From what the API server said to a trouble and its cause: recorded answers, no cluster.

A case is a file in causes/, made by tests/live/record_causes.py.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
import yaml

from kdocs_plugin.execution.forensics import of_claim
from kdocs_plugin.execution.forensics.evidence import state_lines
from kdocs_plugin.execution.forensics.states import cause_of
from kdocs_plugin.execution.readiness import RESOURCES, judge
from kdocs_plugin.messages import CATALOGUE, text

CASES = sorted((Path(__file__).parent / "causes").glob("*.yaml"))


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
def test_a_recorded_state(file: Path) -> None:
    case = yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader)
    state = {kind: {} for kind in RESOURCES} | {
        kind: {item["metadata"]["name"]: item for item in items}
        for kind, items in case["state"].items()
    }
    found = [each for each in judge(state, datetime.fromisoformat(case["at"])) if each.reason]
    assert found, "nothing is in trouble"
    assert found[0].reason == case["reason"] or case["reason"] is None
    cause = of_claim(found[0], state) or cause_of(found[0], state)
    assert cause is not None
    assert cause.key == case["cause"]
    assert text(cause.key, "ko", cause.arguments) == text(cause.key, "ko", case["arguments"])
    assert list(state_lines(found[0])) or "Event" in case["state"]


def test_there_are_cases() -> None:
    assert len(CASES) >= 28


@pytest.mark.parametrize("key", [key for key in CATALOGUE if key.startswith("cause.")])
def test_the_manual_names_every_cause(key: str) -> None:
    manual = Path(__file__).parents[2] / "docs" / "manual" / "causes.md"
    assert f"`{key}`" in manual.read_text(encoding="utf-8")
