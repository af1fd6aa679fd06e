"""Notes on a cluster of others: the local one, reached over loopback by its kubeconfig."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kdocs_plugin.clusters.local import Installation, LocalCluster
from tests.live.foreign import Foreign, Relay, foreign, kubeconfig

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def relay(local_cluster: LocalCluster) -> Iterator[Relay]:
    with Relay(local_cluster) as relay:
        yield relay


@pytest.fixture
def place(
    tmp_path: Path, installation: Installation, local_cluster: LocalCluster, relay: Relay
) -> Foreign:
    return foreign(tmp_path, installation, kubeconfig(relay, local_cluster))


def steps(place: Foreign, *options: str, status: int = 0) -> list[dict[str, Any]]:
    """What the one note's steps did."""
    done = place.kdocs("run", "--cluster", "shared", "--force", "--format", "json", *options)
    assert done.returncode == status, done.stdout + done.stderr
    (note,) = json.loads(done.stdout)["notes"]
    assert note["cluster"]["kind"] == "context"
    return list(note["steps"])


POD = """\
```yaml title="web.yaml"
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: nginx
```
"""


def test_a_note_that_asks_for_nothing_runs_within_bounds(place: Foreign) -> None:
    place.note(
        "a.md",
        POD + "```bash\nkubectl apply -f web.yaml\nkubectl get pods\n"
        "kubectl get pod web -o jsonpath='{.spec.containers[0].resources}'\n"
        "kubectl get resourcequota kdocs"
        " -o jsonpath='{.status.used.pods} of {.status.hard.pods}'\n"
        "kubectl delete resourcequota kdocs\n"
        "kubectl label namespace $(kubectl config view --minify -o jsonpath={..namespace})"
        " a=b\n"
        "kubectl run root --image=nginx --privileged\n"
        "kubectl get nodes -o name\n```\n",
    )
    apply, get, size, quota, lift, label, root, nodes = steps(place, status=1)
    assert apply["output"] == "pod/web created"
    assert get["output"].splitlines()[1].split()[:3] == ["web", "1/1", "Running"]
    assert json.loads(size["output"])["limits"] == {"cpu": "1", "memory": "1Gi"}
    assert quota["output"] == "1 of 40"
    assert "Forbidden" in lift["output"]
    assert "orbidden" in label["output"]
    assert 'violates PodSecurity "baseline' in root["output"]
    assert nodes["output"] == "node/kdocs-control-plane"
    assert "kdocs-" not in place.kubectl("get", "namespaces", "-o", "name")
    assert "kdocs-reader" not in place.kubectl("get", "clusterroles,clusterrolebindings")
