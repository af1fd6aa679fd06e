"""How long something that never ends goes on: as long as it says something new.

What prints (`get -w`, `logs -f`, a loop) is over once it is silent; what serves
(`port-forward`, `proxy`) once it takes calls, and then goes on beside the steps that call
it. Both are watched, on their terminal; nothing sleeps.
"""

from __future__ import annotations

import re
import time
from typing import Literal

from kdocs_plugin.execution.shell.jobs import Job

QUIET = 1.0  # seconds of silence after which nothing more is to be expected
FIRST = 4.0  # seconds that the first line may take
LONGEST = 8.0  # seconds of what never falls silent
ROUNDS = 5.0  # seconds of a loop
SERVING = 15.0  # seconds for something that serves to come up
SERVES = re.compile(r"^(?:Forwarding from|Starting to serve on) ", re.MULTILINE)

End = Literal["over", "ended.quiet", "ended.bound"]


def follow(job: Job, loops: bool, bound: float) -> End:
    """Let it go on until it is silent, at most `bound` seconds; then it has been ended,
    unless it was over by itself."""
    longest = min(bound, ROUNDS if loops else LONGEST)
    end: End = "ended.bound"
    while not job.over:
        left = longest - job.age
        if left <= 0:
            break
        patience = QUIET if job.written else FIRST
        silent = patience - (job.quiet if job.written else job.age)
        if silent <= 0 and not loops:
            end = "ended.quiet"
            break
        job.wait(left if loops else min(left, silent))
    if job.over:
        return "over"
    job.end()
    return end


def serves(job: Job, bound: float) -> bool:
    """Whether it takes calls by now; waits until it says so, or is over."""
    until = time.monotonic() + min(SERVING, bound)
    while not job.over and not SERVES.search(job.terminal.text()):
        left = until - time.monotonic()
        if left <= 0:
            return False
        job.wait(left)
    return not job.over
