"""A few kills at moments of no meaning. benchmarks/random_kills.py makes a hundred."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from kdocs_plugin.clusters.local import Installation
from tests.live.killing import ANY, COMPONENTS, OWNER, RUN, UP, Ground

pytestmark = pytest.mark.live


def test_kills_at_random_moments_leave_nothing(
    installation: Installation, tmp_path: Path
) -> None:
    ground, choice = Ground(tmp_path, installation), random.Random(4)
    trials = [
        (RUN, OWNER), (RUN, ANY), (RUN, choice.choice(COMPONENTS)), (UP, OWNER), (UP, ANY),
    ]  # fmt: skip
    made = [ground.trial(command, victim, choice) for command, victim in trials]
    assert [str(trial) for trial in made if trial.problems] == []
    assert any(trial.killed == OWNER for trial in made)
