"""A cluster of more nodes: what kubeadm makes of them, and that they are one network."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kdocs_plugin.clusters import local
from kdocs_plugin.clusters.local import Installation, LocalCluster
from kdocs_plugin.clusters.local.control.topology import nodes
from kdocs_plugin.clusters.local.node import cgroups
from kdocs_plugin.model import MOST_NODES
from tests.live.steps import apply, succeed

pytestmark = pytest.mark.live

WEB = """\
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      terminationGracePeriodSeconds: 0
      containers: [{name: nginx, image: nginx}]
"""


@pytest.fixture(scope="module")
def three(installation: Installation) -> Iterator[LocalCluster]:
    with LocalCluster.start(installation, nodes=3) as cluster:
        yield cluster


def get(cluster: LocalCluster, what: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = json.loads(succeed(cluster, f"kubectl get {what} -o json"))[
        "items"
    ]
    return items


def test_nodes_are_as_kubeadm_makes_them(three: LocalCluster) -> None:
    assert three.running.nodes == 3
    lines = succeed(three, "kubectl get nodes --no-headers").splitlines()
    assert [line.split()[:3] for line in lines] == [
        ["kdocs-control-plane", "Ready", "control-plane"],
        ["kdocs-worker", "Ready", "<none>"],
        ["kdocs-worker2", "Ready", "<none>"],
    ]
    taints = {
        node["metadata"]["name"]: [t["key"] for t in node["spec"].get("taints", [])]
        for node in get(three, "nodes")
    }
    assert taints == {
        "kdocs-control-plane": ["node-role.kubernetes.io/control-plane"],
        "kdocs-worker": [],
        "kdocs-worker2": [],
    }


def test_one_node_has_no_taint(local_cluster: LocalCluster) -> None:
    """Or no pod of a note could run."""
    (node,) = get(local_cluster, "nodes")
    assert "taints" not in node["spec"]


def test_pods_reach_each_other_and_a_service_answers_everywhere(three: LocalCluster) -> None:
    apply(three, WEB)
    succeed(
        three,
        "kubectl rollout status daemonset web --timeout=90s\n"
        "kubectl create service nodeport web --tcp=80 --node-port=30080",
    )
    pods = get(three, "pods --selector app=web")
    networks = {
        node["metadata"]["name"]: node["spec"]["podCIDR"] for node in get(three, "nodes")
    }
    by_node = {pod["spec"]["nodeName"]: pod for pod in pods}
    assert set(by_node) == {"kdocs-worker", "kdocs-worker2"}  # not on the tainted one
    for name, pod in by_node.items():
        assert pod["status"]["podIP"].startswith(networks[name].removesuffix("0/24"))
    service = succeed(three, "kubectl get service web -o jsonpath={.spec.clusterIP}")
    targets = [
        *(pod["status"]["podIP"] for pod in pods),
        service,
        *(f"{node.address}:30080" for node in nodes(3)),
    ]
    succeed(three, f"for attempt in $(seq 50); do curl -sf -m 1 {service} && break; done")
    first = by_node["kdocs-worker"]["metadata"]["name"]
    for target in targets:
        for where in ("", f"kubectl exec {first} -- "):
            page = succeed(three, f"{where}curl -sS -m 5 {target}")
            assert "Welcome to nginx!" in page, (where, target)
    assert '"GET / HTTP/1.1" 200' in succeed(three, f"kubectl logs {first}")


def test_each_nodes_pods_are_in_its_own_groups(three: LocalCluster) -> None:
    """So that a node counts what is its own."""
    apply(three, WEB)
    succeed(three, "kubectl rollout status daemonset web --timeout=90s")
    for node in nodes(3)[1:]:
        groups = [
            group
            for root, _ in cgroups.hierarchies()
            for group in root.glob(
                f"kdocs/{three.running.identity}/{node.name}/kubepods/*/pod*"
            )
        ]
        assert groups


def test_a_killed_worker_ends_the_whole(own_cache: Path) -> None:
    installation = local.installed()
    assert installation is not None
    with LocalCluster.start(installation, nodes=2) as cluster:
        kubelet = next(
            int(entry.name)
            for entry in Path("/proc").iterdir()
            if entry.name.isdigit()
            and f"{cluster.running.identity}/kdocs-worker/system" in _groups(entry)
            and (entry / "comm").read_text().strip() == "kubelet"
        )
        os.kill(kubelet, signal.SIGKILL)
        deadline = time.monotonic() + 5
        while cluster.ended() is None and time.monotonic() < deadline:
            time.sleep(0.02)
        assert cluster.ended() == "kdocs-worker.kubelet has ended with status -9"


def _groups(process: Path) -> str:
    try:
        return (process / "cgroup").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""


@pytest.mark.parametrize("count", [0, -1, MOST_NODES + 1])
def test_a_number_of_nodes_that_cannot_be(installation: Installation, count: int) -> None:
    with pytest.raises(ValueError, match="nodes"):
        LocalCluster.start(installation, nodes=count)
