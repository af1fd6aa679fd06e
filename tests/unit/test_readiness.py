"""Judging objects: settled, on their way, or failed for good.

The objects are written by hand, as small as the API server's can be.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kdocs_plugin.execution.readiness import RESOURCES, Trouble, judge

Json = dict[str, Any]


def pod(name: str = "web", **status: Any) -> Json:
    spec = {"restartPolicy": status.pop("restart", "Always")}
    metadata: Json = {"name": name, "uid": name, "labels": status.pop("labels", {})}
    if status.pop("going", False):
        metadata["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    if owner := status.pop("owner", None):
        metadata["ownerReferences"] = [{"uid": owner, "name": owner}]
    return {"metadata": metadata, "spec": spec, "status": status}


READY = [{"type": "Ready", "status": "True"}]
UP: Json = {"metadata": {"name": "n"}, "spec": {}, "status": {"conditions": READY}}


def state(**kinds: list[Json]) -> Mapping[str, Mapping[str, Json]]:
    found = {
        kind: {item["metadata"]["name"]: item for item in kinds.get(kind, [])}
        for kind in RESOURCES
    }
    if "Node" not in kinds:
        found["Node"] = {"n": UP}
    return found


def waiting(reason: str) -> list[Json]:
    return [{"name": "c", "state": {"waiting": {"reason": reason}}}]


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        (pod(phase="Running", conditions=READY), None),
        (pod(phase="Succeeded"), None),
        (pod(phase="Pending"), ""),
        (pod(phase="Running", conditions=[]), ""),
        (pod(phase="Running", conditions=READY, going=True), ""),
        (pod(phase="Failed"), "Failed"),
        (pod(phase="Failed", reason="Evicted"), "Evicted"),
        (pod(phase="Pending", containerStatuses=waiting("ContainerCreating")), ""),
        (
            pod(phase="Pending", containerStatuses=waiting("ImagePullBackOff")),
            "ImagePullBackOff",
        ),
        (
            pod(phase="Running", containerStatuses=waiting("CrashLoopBackOff")),
            "CrashLoopBackOff",
        ),
        (pod(phase="Pending", initContainerStatuses=waiting("ErrImagePull")), "ErrImagePull"),
    ],
)
def test_a_pod(item: Json, reason: str | None) -> None:
    expected = [] if reason is None else [Trouble("Pod", "web", reason)]
    assert judge(state(Pod=[item])) == expected


@pytest.mark.parametrize(
    ("seconds", "code", "settled"),
    [(1, 1, False), (60, 1, True), (1, 0, True), (-60, 1, True)],  # the last: a clock ahead
)
def test_a_container_that_crashed_must_prove_itself(
    seconds: float, code: int, settled: bool
) -> None:
    """Without a probe it is Ready from its start to its next crash."""
    started = datetime.now(UTC) - timedelta(seconds=seconds)
    container = {
        "name": "c",
        "restartCount": 1,
        "state": {"running": {"startedAt": started.strftime("%Y-%m-%dT%H:%M:%SZ")}},
        "lastState": {"terminated": {"exitCode": code}},
    }
    item = pod(phase="Running", conditions=READY, containerStatuses=[container])
    assert (judge(state(Pod=[item])) == []) is settled


def test_no_node_fits_is_final_only_where_every_node_is_up() -> None:
    refused = [{"type": "PodScheduled", "status": "False", "reason": "Unschedulable"}]
    item = pod(phase="Pending", conditions=refused)
    assert judge(state(Pod=[item])) == [Trouble("Pod", "web", "Unschedulable")]
    taints = {"taints": [{"key": "node.kubernetes.io/not-ready", "effect": "NoSchedule"}]}
    coming: Json = {**UP, "spec": taints}
    assert judge(state(Pod=[item], Node=[coming])) == [Trouble("Pod", "web", "")]


def deployment(generation: int = 1, seen: int = 1, want: int = 2, have: int = 2) -> Json:
    return {
        "metadata": {"name": "web", "uid": "d", "generation": generation},
        "spec": {"replicas": want},
        "status": {
            "observedGeneration": seen,
            "replicas": have,
            "updatedReplicas": have,
            "availableReplicas": have,
        },
    }


@pytest.mark.parametrize(
    ("item", "settled"),
    [
        (deployment(), True),
        (deployment(have=1), False),
        (deployment(have=3), False),  # an old pod is still there
        (deployment(generation=2), False),  # its controller has not seen the change
        (deployment(want=0, have=0), True),
    ],
)
def test_a_deployment(item: Json, settled: bool) -> None:
    assert (judge(state(Deployment=[item])) == []) is settled


def test_a_workload_whose_pods_cannot_start_is_not_waited_for() -> None:
    replicas: Json = {
        "metadata": {
            "name": "web-1",
            "uid": "r",
            "generation": 1,
            "ownerReferences": [{"uid": "d", "name": "web"}],
        },
        "spec": {"replicas": 2},
        "status": {"observedGeneration": 1, "replicas": 2},
    }
    stuck = pod(
        "web-1-a", phase="Pending", containerStatuses=waiting("ErrImagePull"), owner="r"
    )
    found = judge(state(Deployment=[deployment(have=0)], ReplicaSet=[replicas], Pod=[stuck]))
    assert found == [Trouble("Pod", "web-1-a", "ErrImagePull")]


@pytest.mark.parametrize(
    ("conditions", "settled"), [([], False), ([{"type": "Complete", "status": "True"}], True)]
)
def test_a_job(conditions: list[Json], settled: bool) -> None:
    job = {
        "metadata": {"name": "j", "uid": "j"},
        "spec": {},
        "status": {"conditions": conditions},
    }
    assert (judge(state(Job=[job])) == []) is settled


def test_a_service_is_settled_when_its_slices_hold_its_ready_pods() -> None:
    ready = pod(phase="Running", conditions=READY, podIP="10.0.0.7", labels={"app": "web"})
    service = {"metadata": {"name": "web"}, "spec": {"selector": {"app": "web"}}}
    assert judge(state(Pod=[ready], Service=[service])) == [Trouble("EndpointSlice", "web", "")]
    routed = {
        "metadata": {"name": "web-x", "labels": {"kubernetes.io/service-name": "web"}},
        "endpoints": [{"addresses": ["10.0.0.7"], "conditions": {"ready": True}}],
    }
    assert judge(state(Pod=[ready], Service=[service], EndpointSlice=[routed])) == []
    nothing_selected = {"metadata": {"name": "web"}, "spec": {"selector": {"app": "other"}}}
    assert judge(state(Pod=[ready], Service=[nothing_selected])) == []


def test_pods_of_a_set_that_is_scaled_away_are_on_their_way_out() -> None:
    old: Json = {"metadata": {"name": "web-1", "uid": "r"}, "spec": {"replicas": 0}}
    old["status"] = {"observedGeneration": 1, "replicas": 1}
    stuck = pod(
        "web-1-a", phase="Pending", containerStatuses=waiting("ErrImagePull"), owner="r"
    )
    found = judge(state(ReplicaSet=[old], Pod=[stuck]))
    assert Trouble("Pod", "web-1-a", "") in found
    assert not [each for each in found if each.reason]


def test_a_change_that_its_controller_has_not_seen_is_waited_for() -> None:
    """`rollout undo` after a wrong image: the old pods' trouble is no verdict on the new."""
    owned = {"ownerReferences": [{"uid": "d", "name": "web"}]}
    replicas: Json = {
        "metadata": {"name": "web-1", "uid": "r", **owned},
        "spec": {"replicas": 1},
        "status": {"observedGeneration": 1, "replicas": 1},
    }
    stuck = pod(
        "web-1-a", phase="Pending", containerStatuses=waiting("ErrImagePull"), owner="r"
    )
    changed = deployment(generation=2, seen=1, have=1)
    found = judge(state(Deployment=[changed], ReplicaSet=[replicas], Pod=[stuck]))
    assert Trouble("Deployment", "web", "") in found
