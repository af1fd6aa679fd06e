"""Notes on a cluster of others: the local one, reached over loopback by its kubeconfig."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kdocs_plugin.clusters.api import Api
from kdocs_plugin.clusters.local import Installation, LocalCluster, layout, processes
from kdocs_plugin.execution.access import namespaces
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


INSIDE = "run in a helper pod inside the cluster"
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


def test_pod_addresses_are_asked_from_inside(place: Foreign) -> None:
    place.note(
        "a.md",
        POD + "```bash\nkubectl apply -f web.yaml\n"
        "curl -s http://<파드 IP>/ | grep -o '<h1>.*<.h1>'\n"
        "for i in 1 2; do timeout 9 curl -so /dev/null -w '%{http_code} ' <파드 IP>; done\n"
        "curl -sS http://<파드 IP>:81\n"
        "kubectl get pods -o name\n"
        "kubectl get events -o name | grep helper\n"
        "curl localhost:30080\n"
        "curl http://example.com\n"
        "kubectl port-forward pod/web 18080:80 &\n"
        "curl -s localhost:18080 | grep -c Welcome\n```\n",
    )
    _, page, loop, wrong, pods, events, itself, elsewhere, _, forwarded = steps(place, status=1)
    assert (page["output"], page["place"]) == ("<h1>Welcome to nginx!</h1>", INSIDE)
    assert loop["output"].split() == ["200", "200"]
    assert (wrong["exit_code"], len(wrong["output"].splitlines())) == (7, 1)
    assert wrong["output"].startswith("curl: (7) Failed to connect")
    assert (pods["output"], pods["place"]) == ("pod/web", "")
    assert "helper" not in events["output"]
    assert itself["status"] == "shown"
    assert "machine's own address" in itself["reason"]
    assert elsewhere["status"] == "shown"
    assert forwarded["place"] == ""


def test_pings_and_names_go_through_a_pod_with_those_programs(place: Foreign) -> None:
    config = place.folder / "home" / ".config" / "kdocs" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text('helper_image = "busybox"\n')
    place.note(
        "a.md",
        POD + "```bash\nkubectl apply -f web.yaml\nping -c 1 <파드 IP>\n"
        "wget -qO- <파드 IP> | head -n 1\n```\n",
    )
    _, ping, wget = steps(place)
    assert "1 packets transmitted, 1 packets received" in ping["output"]
    assert wget["output"] == "<!DOCTYPE html>"


def test_a_helper_that_can_not_be_had_is_told(place: Foreign) -> None:
    config = place.folder / "home" / ".config" / "kdocs" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text('helper_image = "no.such/image:1"\n')
    place.note("a.md", POD + "```bash\nkubectl apply -f web.yaml\ncurl <파드 IP>\n```\n")
    _, curl = steps(place, status=1)
    assert curl["status"] == "blocked"
    assert "image no.such/image:1" in curl["reason"]
    assert "helper_image" in curl["hint"]


def test_only_what_dead_runs_left_is_removed(
    place: Foreign, local_cluster: LocalCluster
) -> None:
    """By label and age: a like name is none, nor is a young or a living owner's."""
    api = Api(local_cluster.kubeconfig)
    with subprocess.Popen(["sleep", "60"]) as living, subprocess.Popen(["true"]) as dead:
        elsewhere = "0a0a0a0a-1-2-3-ffff"  # another machine's, and young
        label = processes.new_identity().split("-")
        names = {
            "kdocs-like-a-run-000000": None,
            "kdocs-elsewhere-000000": elsewhere,
            "kdocs-living-000000": identity_of(label, living.pid),
            "kdocs-dead-000000": identity_of(label, dead.pid),
        }
        dead.wait()
        with local_cluster.network():
            for name, owner in names.items():
                labels = {} if owner is None else {"kdocs.dev/owner": owner}
                body = {"metadata": {"name": name, "labels": labels}}
                api.post("/api/v1/namespaces", body)
        place.note("a.md", "```bash\nkubectl create configmap a\n```\n")
        steps(place)  # over the relay: from outside of that network
        with local_cluster.network():
            assert namespaces.wait_until_gone(api, "kdocs-dead-000000", 20)
            for name in names:
                if "dead" not in name:
                    found = api.get(f"/api/v1/namespaces/{name}")
                    assert "deletionTimestamp" not in found["metadata"], name
                    api.delete(f"/api/v1/namespaces/{name}")
        living.kill()


def identity_of(label: list[str], pid: int) -> str:
    """An owner label of this machine's, for another process."""
    boot, namespace, _, _, nonce = label
    return f"{boot}-{namespace}-{pid}-{processes.process(pid).started}-{nonce}"


def test_pings_and_names_on_the_local_cluster(
    tmp_path: Path, installation: Installation
) -> None:
    """There the shell reaches pods itself, and can send no pings."""
    place = foreign(tmp_path, installation, "")
    place.note(
        "a.md",
        POD + "```bash\nkubectl apply -f web.yaml\n"
        "kubectl expose pod web --port=80 --selector=a=b\nping -c 1 <파드 IP>\n"
        "nslookup web.default.svc.cluster.local\ncurl -s <파드 IP> | wc -l\n"
        "kubectl get pods -o name\n```\n",
    )
    cache = {"KDOCS_CACHE": str(layout.cache())}
    done = place.kdocs("run", "--cluster", "local", "--format", "json", environment=cache)
    assert done.returncode == 0, done.stdout + done.stderr
    _, _, ping, name, curl, pods = json.loads(done.stdout)["notes"][0]["steps"]
    assert "1 packets transmitted, 1 packets received" in ping["output"]
    assert "Name:\tweb.default.svc.cluster.local" in name["output"]
    assert (ping["place"], name["place"], curl["place"]) == (INSIDE, INSIDE, "")
    assert pods["output"] == "pod/web"
