"""Add-ons on a real cluster: names resolve, use is measured, claims are bound; and nothing
stands in kube-system where no note needs it."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kdocs_plugin.clusters.api import Api
from kdocs_plugin.clusters.local import Installation, LocalCluster, addons
from kdocs_plugin.errors import ClusterError
from kdocs_plugin.execution import Silent, run_scenario
from kdocs_plugin.model import Addon, Scenario, Status
from kdocs_plugin.planning import plan
from kdocs_plugin.source import scan
from tests.live.steps import succeed
from tests.live.test_run import KDOCS, call

pytestmark = pytest.mark.live

WEB = """\
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec:
  terminationGracePeriodSeconds: 0
  containers: [{name: web, image: nginx}]
---
apiVersion: v1
kind: Service
metadata: {name: backend}
spec: {selector: {app: web}, ports: [{port: 80}]}
"""
KEEPER = """\
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 8Mi}}}
---
apiVersion: v1
kind: Pod
metadata: {name: keeper}
spec:
  terminationGracePeriodSeconds: 0
  containers:
    - name: keeper
      image: busybox
      command: [sh, -c, "echo kept > /data/file; sleep 600"]
      volumeMounts: [{name: data, mountPath: /data}]
  volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]
"""
SET = """\
apiVersion: v1
kind: Service
metadata: {name: db}
spec: {clusterIP: None, selector: {app: db}, ports: [{port: 80}]}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: db
  replicas: 2
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec:
      terminationGracePeriodSeconds: 0
      containers:
        - name: db
          image: busybox
          command: [sh, -c, "hostname > /data/who; sleep 600"]
          volumeMounts: [{name: data, mountPath: /data}]
  volumeClaimTemplates:
    - metadata: {name: data}
      spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 8Mi}}}
"""


def note(*blocks: str, manifests: str = "") -> Scenario:
    """A note that applies manifests and runs commands, each a block of its own."""
    text = f'```yaml title="a.yaml"\n{manifests}```\n' if manifests else ""
    text += "".join(f"\n```bash\n{block}\n```\n" for block in blocks)
    return plan(scan("addons.md", text))


def outputs(cluster: LocalCluster, scenario: Scenario) -> dict[str, str]:
    """Run a scenario whose steps all succeed. What each said."""
    outcome = run_scenario(scenario, cluster, Api(cluster.kubeconfig), Silent())
    assert outcome.trouble is None, outcome.trouble
    said = {result.step.command: result.output for result in outcome.results}
    bad = [result for result in outcome.results if result.status is not Status.OK]
    assert not bad, said
    return said


@pytest.fixture(scope="module")
def cluster(installation: Installation) -> Iterator[LocalCluster]:
    """A cluster of this module's own: what its notes need comes up on it and stays."""
    with LocalCluster.start(installation) as started:
        yield started


def test_nothing_stands_in_kube_system_where_no_note_needs_it(cluster: LocalCluster) -> None:
    """The first test of the cluster: later notes need something."""
    outputs(cluster, note("kubectl run web --image=nginx", "kubectl get pods"))
    left = succeed(cluster, "kubectl get all,storageclass -n kube-system -o name")
    assert left == ""
    assert "metrics" not in succeed(cluster, "kubectl get apiservices -o name")


def test_a_pod_finds_services_by_name(cluster: LocalCluster) -> None:
    begun = time.monotonic()
    cluster.provide([Addon.DNS])
    cluster.await_addons([Addon.DNS], None, numbers=False)
    assert time.monotonic() - begun < 20  # 2 s on an idle machine
    said = outputs(
        cluster,
        note(
            "kubectl apply -f a.yaml",
            "kubectl exec web -- curl -sS http://backend",
            "kubectl exec web -- getent hosts backend",
            "kubectl exec web -- getent hosts kubernetes.default",
            manifests=WEB,
        ),
    )
    assert "Welcome to nginx!" in said["kubectl exec web -- curl -sS http://backend"]
    assert re.search(r"^10\.96\.\S+ +backend\.\S+\.svc\.cluster\.local$",
                     said["kubectl exec web -- getent hosts backend"])  # fmt: skip
    address = said["kubectl exec web -- getent hosts kubernetes.default"].split()
    assert address == ["10.96.0.1", "kubernetes.default.svc.cluster.local"]


def test_a_name_outside_is_refused_at_once(cluster: LocalCluster) -> None:
    scenario = note(
        "kubectl run web --image=nginx",
        "kubectl exec web -- curl -sS https://example.com || true",
    )
    outcome = run_scenario(scenario, cluster, Api(cluster.kubeconfig), Silent())
    asked = outcome.results[-1]
    assert "Could not resolve host: example.com" in asked.output
    assert asked.duration < 3


def test_top_has_numbers(cluster: LocalCluster) -> None:
    said = outputs(
        cluster,
        note("kubectl run web --image=nginx", "kubectl top nodes", "kubectl top pods"),
    )
    node = said["kubectl top nodes"].splitlines()[1]
    assert re.match(r"kdocs-control-plane +\d+m +\d+% +\d+Mi +\d+%", node)
    pod = said["kubectl top pods"].splitlines()[1]
    assert re.match(r"web +\d+m +\d+Mi", pod)


def test_an_autoscaler_is_shown_with_the_numbers_that_it_goes_by(cluster: LocalCluster) -> None:
    said = outputs(
        cluster,
        note(
            "kubectl create deployment web --image=nginx",
            "kubectl set resources deployment web --requests=cpu=100m",
            "kubectl autoscale deployment web --cpu=50% --min=1 --max=3",
            "kubectl get hpa",
        ),
    )
    assert re.search(r"web +Deployment/web +cpu: \d+%/50% +1 +3 +1 ", said["kubectl get hpa"])


def test_a_claim_is_bound_and_written_to(cluster: LocalCluster) -> None:
    said = outputs(
        cluster,
        note(
            "kubectl apply -f a.yaml",
            "kubectl get pvc",
            "kubectl get sc",
            "kubectl exec keeper -- cat /data/file",
            manifests=KEEPER,
        ),
    )
    claim = said["kubectl get pvc"].splitlines()[1].split()
    assert (claim[0], claim[1], claim[3], claim[5]) == ("data", "Bound", "8Mi", "standard")
    kind = said["kubectl get sc"].splitlines()[1]
    assert kind.startswith("standard (default)   rancher.io/local-path   Delete")
    assert "WaitForFirstConsumer" in kind
    assert said["kubectl exec keeper -- cat /data/file"].strip() == "kept"


def test_each_pod_of_a_set_has_a_name_and_a_volume(cluster: LocalCluster) -> None:
    said = outputs(
        cluster,
        note(
            "kubectl apply -f a.yaml",
            "kubectl get pvc",
            "kubectl exec db-0 -- cat /data/who",
            "kubectl exec db-1 -- cat /data/who",
            "kubectl exec db-1 -- ping -c 1 db-0.db",
            manifests=SET,
        ),
    )
    claims = said["kubectl get pvc"].splitlines()[1:]
    assert [each.split()[:2] for each in claims] == [
        ["data-db-0", "Bound"],
        ["data-db-1", "Bound"],
    ]
    assert said["kubectl exec db-0 -- cat /data/who"].strip() == "db-0"
    assert said["kubectl exec db-1 -- cat /data/who"].strip() == "db-1"
    assert "1 packets received" in said["kubectl exec db-1 -- ping -c 1 db-0.db"]


def test_kube_system_shows_them_with_upstream_s_images(cluster: LocalCluster) -> None:
    cluster.await_addons(list(Addon), None, numbers=False)
    rows = succeed(cluster, "kubectl get pods -n kube-system --no-headers").splitlines()
    rows = [row for row in rows if not row.startswith("helper-pod-")]  # of claims that went
    running = {re.sub(r"-[0-9a-z]+-[0-9a-z]{5} .*", "", row): row.split()[1:3] for row in rows}
    assert running == {name: ["1/1", "Running"] for name in addons.DEPLOYMENTS.values()}
    images = succeed(
        cluster,
        "kubectl get deploy -n kube-system -o jsonpath="
        "'{range .items[*]}{.spec.template.spec.containers[0].image}{\"\\n\"}{end}'",
    )
    assert images.split() == [
        "registry.k8s.io/coredns/coredns:v1.15.0",
        "docker.io/rancher/local-path-provisioner:v0.0.30",
        "registry.k8s.io/metrics-server/metrics-server:v0.9.0",
    ]
    said = succeed(cluster, "kubectl logs -n kube-system deploy/coredns")
    assert "CoreDNS-1.15.0" in said


def test_what_is_provided_twice_is_there_once(cluster: LocalCluster) -> None:
    cluster.provide(list(Addon))
    before = succeed(cluster, "kubectl get deploy -n kube-system -o jsonpath='{..uid}'")
    other = addons.Addons(cluster.directory, Path("/none"), cluster.running.images)
    with cluster.network():
        other.provide(list(Addon))
    assert succeed(cluster, "kubectl get deploy -n kube-system -o jsonpath='{..uid}'") == before


def test_one_that_does_not_come_up_is_told(
    cluster: LocalCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its Deployment is gone, and so is its reason to be waited for."""
    monkeypatch.setattr(addons, "RUNNING_SECONDS", 2.0)
    succeed(cluster, "kubectl scale deploy coredns -n kube-system --replicas=0")
    succeed(cluster, "kubectl set image deploy coredns -n kube-system coredns=nowhere:1")
    succeed(cluster, "kubectl scale deploy coredns -n kube-system --replicas=1")
    other = addons.Addons(cluster.directory, Path("/none"), cluster.running.images)
    begun = time.monotonic()
    try:
        with pytest.raises(ClusterError) as caught, cluster.network():
            other.await_running([Addon.DNS])
    finally:
        succeed(cluster, "kubectl delete deploy coredns -n kube-system")
    assert time.monotonic() - begun < 15
    assert caught.value.key == "local.addon_not_ready"
    assert caught.value.arguments["addon"] == "coredns"
    assert re.search("ImagePull|image|containers with unready", caught.value.arguments["why"])


# --- By the commands ----------------------------------------------------------------------

WHOLE = f"""\
# 서비스 이름

```yaml title="web.yaml"
{WEB}```

```bash
kubectl apply -f web.yaml
kubectl run ask --image=busybox --restart=Never --command -- sleep 600
kubectl exec ask -- nslookup backend.<네임스페이스>.svc.cluster.local
kubectl exec ask -- wget -qO- http://backend
kubectl create ingress web --rule=a.b/=backend:80
```
"""


def test_a_whole_note_that_asks_for_names(own_cache: Path, tmp_path: Path) -> None:
    """`kdocs run`: a cluster of its own with what the note needs, and nothing else."""
    (tmp_path / "dns.md").write_text(WHOLE.replace("<네임스페이스>", "default"))
    done = call(tmp_path, KDOCS, "run", "dns.md", "--cluster", "local", "--format", "json")
    assert done.returncode == 0, done.stdout + done.stderr
    (ran,) = json.loads(done.stdout)["notes"]
    said = {step["command"]: step["output"] for step in ran["steps"]}
    looked_up = said["kubectl exec ask -- nslookup backend.default.svc.cluster.local"]
    assert re.search(
        r"Name:\s+backend\.default\.svc\.cluster\.local\nAddress: 10\.96\.", looked_up
    )
    assert "Welcome to nginx!" in said["kubectl exec ask -- wget -qO- http://backend"]
    again = call(tmp_path, KDOCS, "run", "dns.md", "--cluster", "local", "--force")
    assert "this note needs an Ingress controller" in again.stderr
    planned = call(tmp_path, KDOCS, "run", "dns.md", "--plan", "--format", "json")
    (found,) = json.loads(planned.stdout)["notes"]
    assert found["needs"] == ["dns"]
    assert [lack["what"] for lack in found["lacks"]] == ["ingress"]


@pytest.fixture
def kept(own_cache: Path) -> Iterator[Path]:
    yield own_cache
    call(own_cache, KDOCS, "cluster", "down")


def test_up_has_all_of_them_and_waits_for_none(kept: Path) -> None:
    done = call(kept, KDOCS, "cluster", "up", "--timings")
    assert done.returncode == 0, done.stderr
    match = re.search(r"\+ *([\d.]+) s  add-ons posted", done.stdout)
    assert match
    assert float(match[1]) < 1  # 0.1 s on an idle machine
    assert deployments() == set(addons.DEPLOYMENTS.values())


def test_up_can_do_without(kept: Path) -> None:
    assert call(kept, KDOCS, "cluster", "up", "--addons", "none").returncode == 0
    assert deployments() == set()
    wrong = call(kept, KDOCS, "cluster", "up", "--addons", "dns,cheese")
    assert wrong.returncode == 2
    assert "'cheese' is not one of none, dns, metrics, storage" in wrong.stderr
    other = call(kept, KDOCS, "cluster", "up", "--nodes", "2")
    assert other.returncode == 2  # one is up already, with one node
    assert "kdocs cluster down" in other.stderr


def deployments() -> set[str]:
    """Those of the kept cluster's kube-system."""
    cluster = LocalCluster.attach()
    assert cluster is not None
    try:
        found = succeed(cluster, "kubectl get deploy -n kube-system --no-headers")
    finally:
        cluster.close()
    return {row.split()[0] for row in found.splitlines()}
