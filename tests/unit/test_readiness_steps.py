"""Which step answers for what: the ledger, what a step names, what an author expects.

The objects are written by hand, as small as the API server's can be.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from kdocs_plugin.execution.forensics.texts import cause_in, target_of, unreached
from kdocs_plugin.execution.readiness import RESOURCES, Judgement
from kdocs_plugin.execution.readiness.condition import awaited
from kdocs_plugin.execution.readiness.expected import Expectation
from kdocs_plugin.execution.readiness.ledger import Ledger
from kdocs_plugin.execution.readiness.missing import may_mend
from kdocs_plugin.execution.readiness.named import Named, kinds_of, named
from kdocs_plugin.execution.readiness.trouble import Trouble
from kdocs_plugin.planning import plan
from kdocs_plugin.source import scan

Json = dict[str, Any]
NOTHING = Named(frozenset())


def pod(name: str, image: str = "nginx", early: bool = False) -> Json:
    status: Json = {"phase": "Pending"}
    if early:
        end = {"exitCode": 1, "startedAt": "2026-01-01T00:00:00Z"}
        end["finishedAt"] = "2026-01-01T00:00:01Z"
        waiting = {"waiting": {"reason": "CrashLoopBackOff"}}
        status["containerStatuses"] = [
            {"name": "c", "state": waiting, "lastState": {"terminated": end}}
        ]
    return {
        "metadata": {"name": name, "uid": name},
        "spec": {"containers": [{"name": "c", "image": image}]},
        "status": status,
    }


def view(*pods: Json) -> Judgement:
    state: dict[str, dict[str, Json]] = {kind: {} for kind in RESOURCES}
    state["Pod"] = {each["metadata"]["name"]: each for each in pods}
    return Judgement(state, datetime.now(UTC))


def test_a_step_has_touched_what_is_new_changed_or_named() -> None:
    ledger = Ledger()
    assert ledger.touch(0, view(pod("a"), pod("b")), NOTHING) == {"a", "b"}
    assert ledger.touch(1, view(pod("a"), pod("b")), NOTHING) == frozenset()
    assert ledger.touch(2, view(pod("a", "busybox"), pod("b")), NOTHING) == {"a"}
    assert ledger.touch(3, view(pod("a", "busybox"), pod("b")), named("", "pod/b labeled")) == {
        "b"
    }
    gone = named("", 'pod "a" deleted from default namespace')
    assert ledger.touch(4, view(pod("b")), gone) == {"a"}


def test_a_trouble_is_known_until_its_object_is_touched_again() -> None:
    ledger = Ledger()
    ledger.touch(0, view(pod("a", early=True)), NOTHING)
    (trouble,) = view(pod("a", early=True)).troubles()
    assert not ledger.is_known(trouble)
    ledger.charge([trouble])
    assert ledger.is_known(trouble)
    ledger.touch(1, view(pod("a", early=True)), NOTHING)
    assert ledger.is_known(trouble)
    ledger.touch(2, view(pod("a", "busybox", early=True)), NOTHING)
    assert not ledger.is_known(trouble)
    assert ledger.late(trouble) == 2


def test_a_late_trouble_belongs_to_its_step_unless_that_wants_no_word() -> None:
    (trouble,) = view(pod("a", early=True)).troubles()
    ledger = Ledger()
    ledger.touch(3, view(pod("a")), NOTHING)
    assert ledger.late(trouble) == 3
    assert ledger.handed_over().late(trouble) is None  # another page's
    silent = Ledger()
    silent.touch(3, view(pod("a")), NOTHING, judged_by_it=False)
    assert silent.late(trouble) is None


@pytest.mark.parametrize(
    ("command", "printed", "objects"),
    [
        ("", "pod/web created", {("pod", "", "web")}),
        ("", "deployment.apps/web scaled", {("deployment", "apps", "web")}),
        ("", "colour.example.com/red created", {("colour", "example.com", "red")}),
        ("", 'service "web" deleted from default namespace', {("service", "", "web")}),
        ("", "NAME   READY\nweb    1/1", set()),
        ("kubectl delete pod web", "", {("pod", "", "web")}),
        ("kubectl expose pod web --port=80", "service/web exposed", {("service", "", "web")}),
        ("kubectl get pod web", "", set()),
    ],
)
def test_what_a_step_names(command: str, printed: str, objects: set[Any]) -> None:
    assert named(command, printed).objects == objects


def kinds(text: str) -> set[str]:
    return {each.kind for each in kinds_of(plan(scan("note.md", text)))}


def test_only_kinds_that_a_note_can_touch_are_listed() -> None:
    always = {"Node", "Pod", "Event", "Service", "EndpointSlice"}
    assert kinds("```bash\nkubectl run web --image=nginx\n```\n") == always
    assert kinds("```bash\nkubectl create deploy web --image=nginx\n```\n") == always | {
        "Deployment",
        "ReplicaSet",
    }
    folder = "```bash\n# kdocs: execute=on\nkubectl apply -k overlays/dev\n```\n"
    assert kinds(folder) == set(RESOURCES)


def test_only_what_is_missed_mends() -> None:
    said = 'configmap "settings" not found'
    trouble = Trouble("Pod", "web", "CreateContainerConfigError", message=said)
    assert may_mend(named("", "configmap/settings created"), trouble)
    assert not may_mend(named("", "configmap/other created"), trouble)
    nowhere = Trouble("Pod", "web", "Unschedulable")
    assert may_mend(named("", "node/one labeled"), nowhere)
    assert not may_mend(named("", "configmap/settings created"), nowhere)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("none", []),
        ("settled", []),
        ("deploy/web", [("deployment", "web", "", False)]),
        ("deploy/web, pod/a", [("deployment", "web", "", False), ("pod", "a", "", False)]),
        ("condition=Ready pod/web", [("pod", "web", "Ready", False)]),
        ("delete pod/web", [("pod", "web", "", True)]),
    ],
)
def test_what_an_annotation_waits_for(value: str, found: list[Any]) -> None:
    assert [(e.kind, e.name, e.condition, e.gone) for e in awaited(value)] == found


TABLE = "NAME   READY   STATUS             RESTARTS   AGE\n"  # as an author may write it


def expectation(written: str, options: str = "") -> Expectation:
    commands = f"{options}$ kubectl run web --image=nginx\n$ kubectl get pods"
    note = f"```console\n{commands}\n{written}\n```\n"
    scenario = plan(scan("note.md", note))
    return Expectation(scenario, scenario.steps[0])


@pytest.mark.parametrize(
    ("row", "reason", "excused"),
    [
        ("web    0/1     ImagePullBackOff   0          9s", "ErrImagePull", True),
        ("web    0/1     ImagePullBackOff   0          9s", "CrashLoopBackOff", False),
        ("web    0/1     Error              1          9s", "CrashLoopBackOff", True),
        ("web    0/1     Pending            0          9s", "Unschedulable", True),
        ("web    1/1     Running            0          9s", "Unschedulable", False),
        ("web    0/1     Running            0          9s", "", True),
        ("web    1/1     Running            0          9s", "", False),
    ],
)
def test_the_authors_table_says_what_is_meant(row: str, reason: str, excused: bool) -> None:
    trouble = Trouble("Pod", "web", reason)
    assert expectation(TABLE + row).excuses(trouble) is excused


def test_the_state_that_the_author_shows_is_hoped_for() -> None:
    expected = expectation(TABLE + "web    0/1     ImagePullBackOff   0          9s")
    assert expected.hopes(Trouble("Pod", "web", "ErrImagePull"))
    assert not expected.hopes(Trouble("Pod", "web", "ImagePullBackOff"))
    named_state = expectation("", "# kdocs: expect=CrashLoopBackOff\n")
    assert named_state.excuses(Trouble("Pod", "web", "Error"))


@pytest.mark.parametrize(
    ("printed", "key"),
    [
        # kubectl's and curl's own sentences, from real runs
        ('Error from server (NotFound): pods "x" not found', "cause.not_found"),
        (
            'error: error from server (NotFound): pods "x" not found in namespace "n"',
            "cause.not_found",
        ),
        (
            'error: failed to create deployment: deployments.apps "two" already exists',
            "cause.exists",
        ),
        ('error: the server doesn\'t have a resource type "nothings"', "cause.no_kind"),
        ("wget: bad address 'nobody'", "cause.dns"),
        ('error: unable to upgrade connection: container not found ("c")', "cause.not_running"),
        ("NAME   READY\nweb    1/1", None),
    ],
)
def test_causes_of_what_a_command_printed(printed: str, key: str | None) -> None:
    found = cause_in(printed)
    assert (found.key if found else None) == key


@pytest.mark.parametrize(
    ("command", "printed", "code", "found"),
    [
        ("curl -s http://web:99", "", 7, ("refused", "web", "99")),
        ("curl web", "", 6, ("dns", "web", "80")),
        ("curl -s --max-time 3 10.0.0.7", "", 28, ("slow", "10.0.0.7", "80")),
        (
            "curl -sS $(ip):81",
            "curl: (7) Failed to connect to 10.244.0.3 port 81 after 0 ms: Couldn't connect",
            7,
            ("refused", "10.244.0.3", "81"),
        ),
        (
            "kubectl exec box -- wget -qO- http://none:8080/x",
            "wget: can't connect to remote host (10.96.80.175): Connection refused",
            1,
            ("refused", "10.96.80.175", "8080"),
        ),
        ("kubectl get pods", "Connection refused", 7, None),
        ("curl web", "<html>", 22, None),
    ],
)
def test_where_nobody_answers(command: str, printed: str, code: int, found: Any) -> None:
    assert unreached(command, printed, code) == found


def test_the_target_of_a_curl_line() -> None:
    assert target_of(" -H 'Host: a' https://web.default/x") == ("web.default", "443")
