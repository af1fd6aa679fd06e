"""The kinds of the schema pack, and what we say is off by default, against a real server."""

from __future__ import annotations

import pytest

from kdocs_plugin.clusters.local import LocalCluster
from kdocs_plugin.manifests import pack
from kdocs_plugin.manifests.lifecycle import is_off
from tests.live.steps import succeed

pytestmark = pytest.mark.live

# In the schemas, yet no resources of their own: parts of others, and what the server says.
NO_RESOURCES = {
    ("authentication.k8s.io/v1", "TokenRequest"),
    ("autoscaling/v1", "Scale"),
    ("policy/v1", "Eviction"),
    ("v1", "APIGroup"),
    ("v1", "APIVersions"),
    ("v1", "Status"),
}
ADDONS = "metrics.k8s.io/"  # of metrics-server, not of Kubernetes itself


def test_the_server_serves_the_kinds_that_the_pack_has(local_cluster: LocalCluster) -> None:
    version = ".".join(local_cluster.info.kubernetes.removeprefix("v").split(".")[:2])
    lines = succeed(local_cluster, "kubectl api-resources --no-headers").splitlines()
    served = {(line.split()[-3], line.split()[-1]) for line in lines}
    ours = {
        (api_version, kind)
        for api_version, kinds in pack.definitions(version).kinds.items()
        for kind in kinds
        if not kind.endswith("List") and not is_off(api_version, kind)
    }
    # The list has each kind once, in its preferred version.
    ours.discard(("autoscaling/v1", "HorizontalPodAutoscaler"))
    assert {each for each in served if not each[0].startswith(ADDONS)} == ours - NO_RESOURCES
