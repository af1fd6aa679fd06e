"""Judging objects: settled, on their way, or failed for good.

The objects are written by hand, as small as the API server's can be.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kdocs_plugin.execution.readiness import RESOURCES, Trouble, judge
from kdocs_plugin.execution.readiness.endings import ends_at_once

Json = dict[str, Any]


def pod(name: str = "web", **status: Any) -> Json:
    spec = {"restartPolicy": status.pop("restart", "Always")}
    metadata: Json = {"name": name, "uid": name, "labels": status.pop("labels", {})}
    if status.pop("going", False):
        metadata["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    if owner := status.pop("owner", None):
        kind = "Job" if owner.startswith("j") else "ReplicaSet"
        metadata["ownerReferences"] = [by(owner, kind)]
    return {"metadata": metadata, "spec": spec, "status": status}


def by(uid: str, kind: str) -> Json:
    """A reference to a controller."""
    return {"uid": uid, "name": uid, "kind": kind, "controller": True}


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
    ("seconds", "code", "restart", "settled"),
    [
        (1, 1, "Always", False),
        (60, 1, "Always", True),
        (1, 0, "Always", False),  # it ended well, and will again: that is a loop, too
        (1, 0, "OnFailure", True),
        (-60, 1, "Always", True),  # a clock ahead
    ],
)
def test_a_container_that_crashed_must_prove_itself(
    seconds: float, code: int, restart: str, settled: bool
) -> None:
    """Without a probe it is Ready from its start to its next crash."""
    started = datetime.now(UTC) - timedelta(seconds=seconds)
    container = {
        "name": "c",
        "restartCount": 1,
        "state": {"running": {"startedAt": started.strftime("%Y-%m-%dT%H:%M:%SZ")}},
        "lastState": {"terminated": {"exitCode": code}},
    }
    item = pod(
        phase="Running", conditions=READY, containerStatuses=[container], restart=restart
    )
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
        "metadata": {
            "name": "web",
            "uid": "d",
            "generation": generation,
            "annotations": {"deployment.kubernetes.io/revision": "1"},
        },
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
    """Held against the pods that there are: here two, or none."""
    pods = [
        pod(f"web-1-{n}", phase="Running", conditions=READY, owner="r")
        for n in range(item["spec"]["replicas"])
    ]
    found = state(Deployment=[item], ReplicaSet=[replicaset(len(pods))], Pod=pods)
    assert (judge(found) == []) is settled


def replicaset(want: int, have: int | None = None, revision: int = 1, uid: str = "r") -> Json:
    have = want if have is None else have
    return {
        "metadata": {
            "name": f"web-{revision}",
            "uid": uid,
            "generation": 1,
            "annotations": {"deployment.kubernetes.io/revision": str(revision)},
            "ownerReferences": [by("d", "Deployment")],
        },
        "spec": {"replicas": want},
        "status": {"observedGeneration": 1, "replicas": have, "availableReplicas": have},
    }


def test_a_workloads_word_counts_only_where_its_pods_agree() -> None:
    """The watch of pods may be behind: of three that the set has we see two."""
    pods = [pod(f"web-1-{n}", phase="Running", conditions=READY, owner="r") for n in (1, 2)]
    found = judge(
        state(Deployment=[deployment(want=3, have=3)], ReplicaSet=[replicaset(3)], Pod=pods)
    )
    assert Trouble("ReplicaSet", "web-1", "") in found
    assert Trouble("Deployment", "web", "") in found


def test_what_has_lost_its_owner_is_on_its_way_out() -> None:
    """`kubectl delete deployment` returns before the garbage collector has come."""
    left = pod("web-1-a", phase="Running", conditions=READY, owner="r")
    found = judge(state(ReplicaSet=[replicaset(1)], Pod=[left]))
    assert Trouble("ReplicaSet", "web-1", "") in found
    assert judge(state(Pod=[left])) == [Trouble("Pod", "web-1-a", "")]


def test_old_pods_that_fail_are_no_verdict_on_a_new_template() -> None:
    new = deployment(want=1, have=1)
    new["metadata"]["annotations"] = {"deployment.kubernetes.io/revision": "2"}
    stuck = pod(
        "web-1-a", phase="Pending", containerStatuses=waiting("ErrImagePull"), owner="r"
    )
    fresh = pod("web-2-a", phase="Running", conditions=READY, owner="r2")
    sets = [replicaset(1, 1), replicaset(1, 1, revision=2, uid="r2")]
    found = judge(state(Deployment=[new], ReplicaSet=sets, Pod=[stuck, fresh]))
    assert Trouble("Pod", "web-1-a", "") in found
    assert not [each for each in found if each.reason]
    # Where the new one fails as well, the old one's trouble is nobody's business.
    broken = pod(
        "web-2-a", phase="Pending", containerStatuses=waiting("ErrImagePull"), owner="r2"
    )
    sets[0] = replicaset(1, 0)  # nor is it waited for
    assert judge(state(Deployment=[new], ReplicaSet=sets, Pod=[stuck, broken])) == [
        Trouble("Pod", "web-2-a", "ErrImagePull")
    ]


def test_a_workload_whose_pods_cannot_start_is_not_waited_for() -> None:
    replicas = replicaset(2, 0)
    stuck = pod(
        "web-1-a", phase="Pending", containerStatuses=waiting("ErrImagePull"), owner="r"
    )
    found = judge(state(Deployment=[deployment(have=0)], ReplicaSet=[replicas], Pod=[stuck]))
    assert found == [Trouble("Pod", "web-1-a", "ErrImagePull")]


@pytest.mark.parametrize(
    ("spec", "conditions", "found"),
    [
        ({}, [], [Trouble("Job", "j", "")]),
        ({}, [{"type": "Complete", "status": "True"}], []),
        ({"suspend": True}, [{"type": "Suspended", "status": "True"}], []),
        ({}, [{"type": "Suspended", "status": "True"}], [Trouble("Job", "j", "")]),
        (
            {},
            [{"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded"}],
            [Trouble("Job", "j", "BackoffLimitExceeded")],
        ),
    ],
)
def test_a_job(spec: Json, conditions: list[Json], found: list[Trouble]) -> None:
    job = {
        "metadata": {"name": "j", "uid": "j"},
        "spec": spec,
        "status": {"conditions": conditions},
    }
    assert judge(state(Job=[job])) == found


@pytest.mark.parametrize(("failed", "reason"), [(1, ""), (2, "Error")])
def test_a_jobs_pod_that_fails_again_fails_for_good(failed: int, reason: str) -> None:
    end = {"terminated": {"exitCode": 1, "reason": "Error"}}
    last = pod(
        "j-a",
        phase="Failed",
        containerStatuses=[{"name": "c", "state": end}],
        owner="j",
        restart="Never",
    )
    job = {"metadata": {"name": "j", "uid": "j"}, "spec": {}, "status": {"failed": failed}}
    kind, name = ("Pod", "j-a") if reason else ("Job", "j")
    assert judge(state(Job=[job], Pod=[last])) == [Trouble(kind, name, reason)]


def test_a_cron_jobs_own_jobs_come_and_go() -> None:
    job: Json = {
        "metadata": {"name": "j", "uid": "j", "ownerReferences": [by("c", "CronJob")]},
        "spec": {},
        "status": {},
    }
    cron = {"metadata": {"name": "c", "uid": "c"}, "spec": {}, "status": {}}
    running = pod("j-a", phase="Pending", owner="j")
    assert judge(state(CronJob=[cron], Job=[job], Pod=[running])) == []
    # One that somebody asks for (`kubectl create job --from`) is waited for.
    job["metadata"]["annotations"] = {"cronjob.kubernetes.io/instantiate": "manual"}
    assert len(judge(state(CronJob=[cron], Job=[job], Pod=[running]))) == 2


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
    replicas = replicaset(1, 1)
    stuck = pod(
        "web-1-a", phase="Pending", containerStatuses=waiting("ErrImagePull"), owner="r"
    )
    changed = deployment(generation=2, seen=1, have=1)
    found = judge(state(Deployment=[changed], ReplicaSet=[replicas], Pod=[stuck]))
    assert Trouble("Deployment", "web", "") in found


def event(uid: str, reason: str, message: str = "") -> Json:
    return {
        "metadata": {"name": f"{uid}.{reason}", "resourceVersion": "1"},
        "involvedObject": {"uid": uid},
        "reason": reason,
        "message": message,
        "lastTimestamp": "2026-01-01T00:00:00Z",
    }


@pytest.mark.parametrize(
    ("phase", "told", "reason"),
    [
        ("Bound", None, None),
        ("Lost", None, "Lost"),
        ("Pending", None, ""),
        ("Pending", "WaitForFirstConsumer", None),
        ("Pending", "ExternalProvisioning", ""),
        ("Pending", "FailedBinding", "FailedBinding"),
        ("Pending", "ProvisioningFailed", "ProvisioningFailed"),
    ],
)
def test_a_claim(phase: str, told: str | None, reason: str | None) -> None:
    claim = {"metadata": {"name": "c", "uid": "c"}, "spec": {}, "status": {"phase": phase}}
    events = [event("c", told)] if told else []
    expected = [] if reason is None else [Trouble("PersistentVolumeClaim", "c", reason)]
    assert judge(state(PersistentVolumeClaim=[claim], Event=events)) == expected


@pytest.mark.parametrize(
    ("kind", "status", "reason"),
    [
        ("Namespace", {"phase": "Active"}, None),
        ("Namespace", {"phase": "Terminating"}, ""),
        ("PersistentVolume", {"phase": "Available"}, None),
        ("PersistentVolume", {"phase": "Failed"}, "Failed"),
        ("CustomResourceDefinition", {}, ""),
        (
            "CustomResourceDefinition",
            {"conditions": [{"type": "Established", "status": "True"}]},
            None,
        ),
        (
            "CustomResourceDefinition",
            {"conditions": [{"type": "NamesAccepted", "status": "False", "reason": "Taken"}]},
            "Taken",
        ),
        ("PodDisruptionBudget", {}, ""),
        ("PodDisruptionBudget", {"observedGeneration": 2}, None),
        ("HorizontalPodAutoscaler", {}, None),
        ("Database.example.com", {}, None),
        ("Database.example.com", {"observedGeneration": 1}, ""),
        (
            "Database.example.com",
            {"conditions": [{"type": "Ready", "status": "False"}]},
            "",
        ),
        (
            "Database.example.com",
            {"conditions": [{"type": "Stalled", "status": "True", "reason": "NoDisk"}]},
            "NoDisk",
        ),
    ],
)
def test_others(kind: str, status: Json, reason: str | None) -> None:
    item = {"metadata": {"name": "o", "uid": "o", "generation": 2}, "status": status}
    found = judge({**state(), kind: {"o": item}})
    expected = [] if reason is None else [Trouble(kind.partition(".")[0], "o", reason)]
    assert found == expected


def test_an_object_that_finalizers_keep_is_on_its_way() -> None:
    going = {"metadata": {"name": "o", "uid": "o", "deletionTimestamp": "2026-01-01T00:00:00Z"}}
    found = judge({**state(), "Database.example.com": {"o": going}})
    assert found == [Trouble("Database", "o", "")]


def test_a_volume_that_is_not_there_ends_the_wait() -> None:
    """The pod's own status says no more than ContainerCreating."""
    item = pod(phase="Pending", containerStatuses=waiting("ContainerCreating"))
    item["spec"]["nodeName"] = "n"
    said = 'MountVolume.SetUp failed for volume "v" : configmap "c" not found'
    assert judge(state(Pod=[item], Event=[event("web", "FailedMount", said)])) == [
        Trouble("Pod", "web", "FailedMount")
    ]
    passing = event("web", "FailedMount", "failed to sync configmap cache: timed out")
    assert judge(state(Pod=[item], Event=[passing])) == [Trouble("Pod", "web", "")]


@pytest.mark.parametrize(
    ("container", "ends"),
    [
        ({"image": "busybox"}, True),
        ({"image": "docker.io/library/ubuntu:22.04"}, True),
        ({"image": "busybox", "stdin": True}, False),
        ({"image": "nginx"}, False),
        ({"image": "busybox", "command": ["sleep", "3600"]}, False),
        ({"image": "busybox", "command": ["sleep", "2"]}, True),
        ({"image": "busybox", "command": ["sh", "-c", "echo hi; exit 1"]}, True),
        ({"image": "busybox", "command": ["sh", "-c"], "args": ["echo hi && false"]}, True),
        ({"image": "busybox", "command": ["sh", "-c", "echo hi; sleep 3600"]}, False),
        (
            {"image": "busybox", "command": ["sh", "-c", "while true; do date; sleep 1; done"]},
            False,
        ),
        ({"image": "busybox", "command": ["sh", "-c", "exec nginx -g 'daemon off;'"]}, False),
        ({"image": "app", "command": ["/app/server"]}, False),
        ({"image": "app", "args": ["exit"]}, False),  # of an entrypoint that nobody knows
    ],
)
def test_containers_whose_own_words_say_that_they_end(container: Json, ends: bool) -> None:
    assert ends_at_once(container) is ends


@pytest.mark.parametrize(("seconds", "settled"), [(0.5, False), (3, True)])
def test_one_that_ends_at_once_is_looked_at_for_a_moment(seconds: float, settled: bool) -> None:
    started = (datetime.now(UTC) - timedelta(seconds=seconds)).isoformat()
    running = {"name": "c", "state": {"running": {"startedAt": started}}}
    item = pod(phase="Running", conditions=READY, containerStatuses=[running])
    item["spec"]["containers"] = [
        {"name": "c", "image": "busybox", "command": ["sh", "-c", "exit 1"]}
    ]
    found = judge(state(Pod=[item]))
    assert (found == []) is settled
    assert settled or 0 < found[0].recheck <= 2.5
    item["spec"]["containers"][0]["command"] = ["sh", "-c", "sleep 3600"]
    assert judge(state(Pod=[item])) == []


def test_a_namespace_takes_pods_once_its_account_is_there() -> None:
    def named(*names: str) -> dict[str, Json]:
        return {
            f"{space}/{name}": {"metadata": {"name": name, "namespace": space, "uid": each}}
            for each in names
            for space, _, name in [each.rpartition("/")]
        }

    spaces = named("/dev", "/default", "/kube-system")
    accounts = named("default/default")
    found = judge({**state(), "Namespace": spaces, "ServiceAccount": accounts})
    assert found == [Trouble("Namespace", "dev", "")]
    accounts |= named("dev/default")
    assert judge({**state(), "Namespace": spaces, "ServiceAccount": accounts}) == []
    # Who may not see accounts, or only those of one namespace, does not wait for them.
    for seen in ({}, named("kdocs-a-0123ab/default")):
        assert judge({**state(), "Namespace": spaces, "ServiceAccount": seen}) == []
