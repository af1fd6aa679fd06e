"""Who may run beside whom, decided from the notes' words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kdocs_plugin.model import Scenario, Status, StepResult
from kdocs_plugin.planning import claims_of, plan, sees_others
from kdocs_plugin.running.hosting import NO_WISHES, Wishes
from kdocs_plugin.running.neighbours import Neighbours, jobs_for
from kdocs_plugin.source import scan


def scenario(*commands: str, path: str = "a.md") -> Scenario:
    return plan(scan(path, "```bash\n" + "\n".join(commands) + "\n```\n"))


def service(port: int) -> Scenario:
    return scenario(f"kubectl create service nodeport web --tcp=80:80 --node-port={port}")


PLAIN = scenario("kubectl get pods")
LOOKS = scenario("kubectl top node")
OWN = scenario("kubectl create namespace team")
FIXED = """cat <<'END' | kubectl apply -f -
spec:
  ports:
  - nodePort: 30007
  clusterIP: "10.96.0.50"
END"""
ON_NODE = """cat <<'END' | kubectl apply -f -
spec:
  hostNetwork: true
  volumes:
  - hostPath:
      path: /data/db
END"""


def neighbours(*scenarios: Scenario, jobs: int = 4) -> Neighbours:
    return Neighbours(scenarios, lambda each: each.own_cluster, jobs)


@pytest.mark.parametrize(
    ("command", "claims"),
    [
        ("kubectl get pods", set()),
        ("kubectl create service nodeport w --tcp=80 --node-port 30080", {"port 30080"}),
        (FIXED, {"port 30007", "address 10.96.0.50"}),
        (ON_NODE, {"network hostNetwork", "folder /data/db"}),
        ("kubectl expose pod web --type=NodePort --port=80", set()),
    ],
)
def test_what_is_claimed(command: str, claims: set[str]) -> None:
    assert claims_of(scenario(command)) == claims


def test_what_a_manifest_of_the_note_claims() -> None:
    text = (
        '```yaml title="web.yaml"\napiVersion: v1\nkind: Service\nmetadata: {name: web}\n'
        "spec:\n  type: NodePort\n  ports: [{port: 80, nodePort: 30080}]\n```\n"
        "```bash\nkubectl apply -f web.yaml\n```\n"
    )
    assert claims_of(plan(scan("a.md", text))) == {"port 30080"}


@pytest.mark.parametrize(
    ("command", "sees"),
    [
        ("kubectl get nodes", False),
        ("kubectl describe pod web", False),
        ("kubectl describe nodes", True),
        ("kubectl describe node/kdocs-control-plane", True),
        ("kubectl get pvc,pv", True),
        ("kubectl get pvc", False),
        ("kubectl top nodes", True),
        ("kubectl top pods", False),
    ],
)
def test_who_sees_others(command: str, sees: bool) -> None:
    assert sees_others(scenario(command)) is sees


def test_plain_pages_run_beside_each_other() -> None:
    them = neighbours(PLAIN, PLAIN, PLAIN)
    assert [them.take(page) for page in range(3)] == [True, True, True]


def test_two_that_claim_the_same_do_not() -> None:
    them = neighbours(service(30080), service(30080), service(30081))
    assert [them.take(page) for page in (0, 1, 2)] == [True, False, True]
    them.give_back(0)
    assert them.take(1)
    # What the first one had must be gone when the second one comes.
    assert them.wishes(0) == them.wishes(1) == Wishes(tidied=True)
    assert them.wishes(2) == NO_WISHES


def test_who_sees_others_has_the_shared_cluster_alone() -> None:
    them = neighbours(PLAIN, LOOKS, PLAIN, OWN)
    assert them.take(0)
    assert not them.take(1)
    assert them.take(3)  # is on a cluster of its own
    them.give_back(0)
    assert them.take(1)
    assert not them.take(2)
    assert them.wishes(1) == Wishes(undisturbed=True)


def test_clusters_of_their_own_are_bounded() -> None:
    them = neighbours(OWN, OWN, OWN, PLAIN, jobs=4)
    assert [them.take(page) for page in range(4)] == [True, True, False, True]
    assert [neighbours(OWN, OWN, jobs=1).take(0)] == [True]


def failed(reason: str, **arguments: object) -> StepResult:
    step = PLAIN.steps[0]
    return StepResult(step, Status.FAILED, reason=reason, reason_arguments=arguments)


def test_a_page_that_had_no_room_runs_again_alone_and_once() -> None:
    crowded = [failed("run.settled_badly", state="Unschedulable")]
    them = neighbours(PLAIN, PLAIN, PLAIN)
    assert them.take(0)
    assert not them.again_alone(0, crowded)  # nobody was there
    assert them.take(1)
    assert not them.again_alone(1, [failed("run.exit_code", code=1)])
    assert them.again_alone(1, crowded)
    them.give_back(1)
    assert not them.take(1)  # the other one is there still
    them.give_back(0)
    assert them.take(1)
    assert not them.take(2)
    assert not them.again_alone(1, crowded)


def test_a_timeout_may_be_the_neighbours_fault() -> None:
    late = [replace(failed("run.timeout"), status=Status.TIMEOUT)]
    them = neighbours(PLAIN, PLAIN)
    assert them.take(0)
    assert them.take(1)
    assert them.again_alone(0, late)


def test_how_many_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    assert [jobs_for(0, pages) for pages in (0, 1, 3, 100)] == [1, 1, 3, 4]
    assert [jobs_for(wanted, 100) for wanted in (1, 7)] == [1, 7]
    monkeypatch.setattr("os.cpu_count", lambda: 64)
    assert jobs_for(0, 100) == 16
