"""Namespaces of living and of dead runs."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kdocs_plugin.execution.access import ownership
from kdocs_plugin.execution.access.ownership import OWNER_LABEL, is_abandoned, is_owned, owner


def namespace(label: str, hours: float = 0) -> dict[str, Any]:
    made = datetime.now(UTC) - timedelta(hours=hours)
    return {
        "metadata": {
            "labels": {OWNER_LABEL: label},
            "creationTimestamp": made.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
    }


def other_process() -> subprocess.Popen[str]:
    """A process that says its label and lives until its input ends."""
    program = (
        "import sys; from kdocs_plugin.execution.access.ownership import owner; "
        "print(owner(), flush=True); sys.stdin.read()"
    )
    return subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("platform", ["linux", "darwin"])
def test_a_living_run_is_not_abandoned_a_dead_one_is(
    platform: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = platform != sys.platform
    monkeypatch.setattr(sys, "platform", platform)
    owner.cache_clear()
    with other_process() as process:
        assert process.stdin
        assert process.stdout
        label = process.stdout.readline().strip()
        if elsewhere:
            label = f"{ownership._machine()}.{process.pid}"  # noqa: SLF001
        assert not is_abandoned(namespace(label, hours=2))
        process.stdin.close()
    assert is_abandoned(namespace(label))
    owner.cache_clear()


def test_a_run_elsewhere_is_judged_by_its_age() -> None:
    for label in ("0a0a0a0a-1-2-3-ffff", "laptop.12", "host-99", ""):
        assert not is_abandoned(namespace(label, hours=0.9))
        assert is_abandoned(namespace(label, hours=1.1))


def test_a_label_is_one_that_kubernetes_takes() -> None:
    assert owner() == owner()
    assert len(owner()) <= 63
    assert str(os.getpid()) in owner()
    assert is_abandoned(namespace(owner()))  # our own: of a page before


def test_a_page_that_runs_beside_this_one_is_no_leftover() -> None:
    ours = namespace(owner())
    ours["metadata"]["uid"] = "beside"
    ownership.standing.add("beside")
    assert not is_abandoned(ours)
    ownership.standing.discard("beside")
    assert is_abandoned(ours)


def test_what_nobody_made_is_not_ours() -> None:
    assert not is_owned({"metadata": {}})
