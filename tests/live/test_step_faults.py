"""Steps that misbehave: each has a bound and a word, and the rest of the note is done."""

from __future__ import annotations

import time

import pytest

from kdocs_plugin.clusters.api import Api
from kdocs_plugin.clusters.local import LocalCluster
from kdocs_plugin.execution import Silent, run_scenario
from kdocs_plugin.execution.shell.session import GRACE_SECONDS
from kdocs_plugin.model import Status
from kdocs_plugin.outputs import LIMIT
from kdocs_plugin.planning import Options, plan
from kdocs_plugin.source import scan
from tests.live.steps import on_node

pytestmark = pytest.mark.live

NOTE = """
```bash
# kdocs: timeout=3s
head -c 100000000 /dev/zero | tr '\\0' 'x'
head -c 3000 /dev/urandom
printf 'before \\xff\\xfe after\\n'
bash -c 'trap "" TERM INT; while :; do sleep 0.1; done'
(setsid sleep 4711 &) ; echo forked
exec >&- 2>&-
(exit 4)
exec >/dev/tty
read -r LINE </dev/tty
read -r LINE
while :; do :; done & echo started
```
```bash
echo the rest
kubectl get pods
```
"""


def test_each_is_bounded_and_the_rest_is_done(local_cluster: LocalCluster) -> None:
    scenario = plan(scan("faults.md", NOTE), Options(execute="on"))
    assert all(not step.reason for step in scenario.steps), scenario.steps
    begun = time.monotonic()
    outcome = run_scenario(scenario, local_cluster, Api(local_cluster.kubeconfig), Silent())
    assert outcome.trouble is None
    assert time.monotonic() - begun < 60
    found = {result.step.command: result for result in outcome.results}

    flood = found["head -c 100000000 /dev/zero | tr '\\0' 'x'"]
    assert flood.status in (Status.OK, Status.TIMEOUT)  # on a slow machine it takes longer
    assert len(flood.output.encode()) <= LIMIT + len("\n…".encode())
    if flood.status is Status.OK:
        assert (flood.reason, flood.reason_arguments["size"]) == ("run.cut", "100 MB")
    noise = found["head -c 3000 /dev/urandom"]
    assert (noise.status, noise.reason, noise.output) == (Status.OK, "run.binary", "")
    invalid = found["printf 'before \\xff\\xfe after\\n'"]
    assert (invalid.status, invalid.output) == (Status.OK, "before \ufffd\ufffd after")
    stubborn = next(each for text, each in found.items() if "trap" in text)
    assert (stubborn.status, stubborn.reason) == (Status.TIMEOUT, "run.timeout")
    assert stubborn.duration < 3 + 2 * GRACE_SECONDS + 2
    assert found["echo forked"].output == "forked"
    assert found["exec >&- 2>&-"].status is Status.OK
    assert found["(exit 4)"].exit_code == 4
    assert found["read -r LINE </dev/tty"].status is Status.FAILED  # there is none
    assert found["read -r LINE"].status is Status.FAILED  # nothing is typed
    assert found["kubectl get pods"].status is Status.OK
    assert "4711" not in on_node(local_cluster, "ps -eo args").stdout  # nothing is left
