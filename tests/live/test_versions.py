"""The other versions of Kubernetes that are installed: each starts and says what it is.

KDOCS_TEST_KUBERNETES names those that must be there (1.34 1.36).
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kdocs_plugin.clusters import local
from kdocs_plugin.clusters.local import LocalCluster
from kdocs_plugin.clusters.local.binaries import versions
from kdocs_plugin.clusters.local.binaries.installation import provenance
from tests.live.steps import succeed

pytestmark = pytest.mark.live

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec:
  containers: [{name: nginx, image: nginx}]
"""


def others() -> list[str]:
    """Minor versions beside the default one: those named, and those installed."""
    named = os.environ.get("KDOCS_TEST_KUBERNETES", "").split()
    there = [versions.minor(each.kubernetes) for each in local.installations()]
    found = {versions.minor(versions.resolve(version)) for version in named} | set(there)
    return sorted(found - {versions.minor(versions.DEFAULT)}) or ["1.34"]


@pytest.mark.parametrize("version", others())
def test_another_version_starts_and_says_what_it_is(version: str, own_cache: Path) -> None:
    installation = local.installed(version)
    if installation is None:
        pytest.skip(f"not installed: kdocs cluster install --kubernetes {version}")
    true = provenance(installation)["kubernetes"].version
    with LocalCluster.start(installation) as cluster:
        assert cluster.info.kubernetes == true
        said = succeed(cluster, "kubectl version")
        assert f"Client Version: {true}" in said
        assert f"Server Version: {true}" in said
        node = succeed(cluster, "kubectl get nodes -o wide --no-headers").split()
        assert (node[1], node[4]) == ("Ready", true)
        shell = cluster.shell("version", cluster.kubeconfig.read_text())
        (shell.directory / "pod.yaml").write_text(POD)
        page = succeed(
            cluster,
            """
            until kubectl get serviceaccount default > /dev/null 2>&1; do sleep 0.1; done
            kubectl apply -f pod.yaml
            kubectl wait --for=condition=Ready pod/web --timeout=60s
            kubectl expose pod web --port=80
            ip=$(kubectl get service web -o jsonpath='{.spec.clusterIP}')
            for attempt in $(seq 50); do curl -sf "$ip" && break; sleep 0.1; done
            """,
            name="version",
        )
        assert "<title>Welcome to nginx!</title>" in page
        for log in ("kubelet", "kube-proxy", "kube-apiserver", "kube-controller-manager"):
            words = (cluster.directory / "log" / f"{log}.log").read_text(errors="replace")
            assert "strict decoding error" not in words  # a field that this version lacks
            assert "unknown flag" not in words
