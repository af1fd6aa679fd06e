"""Kill runs and clusters at random moments, and look for what they leave.

    .venv/bin/python benchmarks/random_kills.py [COUNT] [SEED]

Needs root on Linux and `kdocs cluster install`. COUNT trials (100), about five seconds
each: see tests/live/killing.py. Prints each as it ends; exit status 1 where anything was
left behind. The same SEED makes the same choices, not the same moments.
"""

from __future__ import annotations

import itertools
import random
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from kdocs_plugin.clusters import local
from tests.live.killing import RUN, UP, VICTIMS, Ground


def main(count: int, seed: int) -> int:
    """Make the trials. Returns the exit status."""
    installation = local.installed()
    if installation is None:
        sys.exit("first: kdocs cluster install")
    choice = random.Random(seed)
    wanted = itertools.cycle(
        (command, victim) for victim in VICTIMS for command in (RUN, RUN, UP)
    )
    begun, bad = time.monotonic(), 0
    with tempfile.TemporaryDirectory(prefix="kdocs-kills-") as folder:
        ground = Ground(Path(folder), installation)
        for number, (command, victim) in enumerate(itertools.islice(wanted, count), 1):
            trial = ground.trial(command, victim, choice)
            bad += bool(trial.problems)
            print(f"{number:4d}  {trial}", flush=True)
    print(
        f"{count} kills (seed {seed}), {bad} left something, {time.monotonic() - begun:.0f} s"
    )
    return 1 if bad else 0


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:]]
    sys.exit(main(*(numbers + [100, random.randrange(10_000)][len(numbers) :])))
