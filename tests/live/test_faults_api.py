"""An API server that is slow, broken, gone or not what it was: bounds, words, nothing left."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kdocs_plugin.clusters.api import Api
from kdocs_plugin.clusters.local import Installation, LocalCluster
from tests.live.foreign import (
    KDOCS,
    WORD,
    Fault,
    Foreign,
    Relay,
    foreign,
    kubeconfig,
    no_fault,
    token_of,
)
from tests.live.killing import descendants, name_of
from tests.live.test_secrets_live import admin_of

pytestmark = pytest.mark.live

POD = "```bash\nkubectl run web --image=nginx\nkubectl get pods\n```\n"
TWO = {"a.md": POD, "b.md": "```bash\nkubectl create configmap b --from-literal=a=b\n```\n"}


@pytest.fixture(scope="module")
def relay(local_cluster: LocalCluster) -> Iterator[Relay]:
    """One that reads requests, so that it can answer in the API server's place."""
    with Relay(local_cluster, reads=True) as relay:
        yield relay


@pytest.fixture(scope="module")
def token(local_cluster: LocalCluster) -> str:
    api = Api(local_cluster.kubeconfig)
    with local_cluster.network():
        admin_of(api)
        return token_of(api, "default", "test-admin")


@pytest.fixture
def place(
    tmp_path: Path,
    installation: Installation,
    local_cluster: LocalCluster,
    relay: Relay,
    token: str,
) -> Iterator[Foreign]:
    place = foreign(tmp_path, installation, kubeconfig(relay, local_cluster, {"token": token}))
    for name, text in TWO.items():
        place.note(name, text)
    yield place
    relay.rule = no_fault
    assert not ours(local_cluster), "namespaces left"


def ours(cluster: LocalCluster) -> list[str]:
    """Namespaces of kdocs that are there, and not on their way out."""
    with cluster.network():
        found = Api(cluster.kubeconfig).get(
            "/api/v1/namespaces", labelSelector="kdocs.dev/owner"
        )
    return [
        str(item["metadata"]["name"])
        for item in found["items"]
        if not item["metadata"].get("deletionTimestamp")
        and str(item["metadata"]["name"]).startswith(("kdocs-a-", "kdocs-b-"))
    ]


def run(place: Foreign, *notes: str, **environment: str) -> tuple[int, list[Any], str, float]:
    """Exit status, notes of the report, standard error, seconds."""
    begun = time.monotonic()
    paths = [f"docs/{name}" for name in notes]
    options = ("--cluster", "shared", "--force", "--format", "json")
    done = place.kdocs("run", *options, *paths, environment=environment)
    assert "Traceback" not in done.stderr, done.stderr
    told = json.loads(done.stdout)["notes"] if done.stdout else []
    return done.returncode, told, done.stderr, time.monotonic() - begun


def every(number: int, fault: Fault, only: str = "") -> Callable[[str, str], Fault | None]:
    """A fault at each request whose number is a multiple, of those with `only` in the path."""
    count = 0

    def rule(method: str, path: str) -> Fault | None:
        nonlocal count
        if only not in path:
            return None
        count += 1
        return fault if count % number == 0 and method == "GET" else None

    return rule


@pytest.mark.parametrize(
    "fault",
    [
        Fault(429, ("Retry-After: 1",)),
        Fault(500),
        Fault(503),
        Fault(cut=True),
    ],
    ids=["429", "500", "503", "cut"],
)
def test_a_fault_now_and_then_is_got_over(place: Foreign, relay: Relay, fault: Fault) -> None:
    """What kdocs itself reads; a step's kubectl shows what it meets."""
    relay.rule = every(3, fault, only="/namespaces?")
    status, notes, said, _ = run(place)
    assert (status, said) == (0, "")
    assert [step["status"] for note in notes for step in note["steps"]] == ["ok"] * 3


def test_a_slow_api_server_is_waited_for(place: Foreign, relay: Relay) -> None:
    slow = every(25, Fault(delay=5))
    relay.rule = slow
    status, notes, said, seconds = run(place)
    assert (status, said) == (0, "")
    assert [step["status"] for note in notes for step in note["steps"]] == ["ok"] * 3
    assert 5 < seconds < 100


def test_one_that_only_says_500_is_given_up(place: Foreign, relay: Relay) -> None:
    """From the second note's namespace on; the first note is done by then."""

    def rule(method: str, path: str) -> Fault | None:
        return Fault(500) if method == "GET" and "kdocs-b-" in path else None

    relay.rule = rule
    status, notes, said, seconds = run(place)
    assert status == 2
    assert WORD in said
    assert seconds < 90
    assert [step["status"] for step in notes[0]["steps"]] == ["ok", "ok"]
    assert not (place.folder / "docs" / "records" / "b.json").exists()


def test_a_token_that_expires_in_the_middle(place: Foreign, relay: Relay, token: str) -> None:
    """The relay says 401 to it from the first step's object on."""
    over = threading.Event()

    def rule(method: str, path: str) -> Fault | None:
        if method == "POST" and path.split("?")[0].endswith("/pods"):
            over.set()
        return Fault(401) if over.is_set() and method == "GET" else None

    relay.rule = rule
    status, _, said, _ = run(place, "a.md")
    assert status == 2
    assert "does not accept these credentials (401" in said
    assert "log in again" in said
    assert token not in said
    assert not (place.folder / "docs" / "records").exists()


def test_an_expired_token_from_the_start(place: Foreign, local_cluster: LocalCluster) -> None:
    text = place.kubeconfig.read_text()
    place.kubeconfig.write_text(text.replace("token: ", "token: expired-canary-"))
    status, _, said, seconds = run(place)
    assert status == 2
    assert "does not accept these credentials" in said
    assert "canary" not in said
    assert seconds < 15


def test_connection_refused(place: Foreign, relay: Relay) -> None:
    relay.refuse()
    try:
        status, _, said, seconds = run(place)
    finally:
        relay.listen()
    assert status == 2
    assert f"no answer from the API server at {relay.server}: Connection refused" in said
    assert "urllib3" not in said
    assert seconds < 15
    korean = place.kdocs("status", environment={"KDOCS_LANG": "ko"})
    assert korean.returncode == 0


def test_one_that_is_away_for_a_moment(place: Foreign, relay: Relay) -> None:
    """Connections are cut and refused for two seconds while kdocs waits for a pod."""
    away = threading.Event()

    def rule(method: str, path: str) -> Fault | None:
        if "watch=1" in path and not away.is_set():
            away.set()
            relay.refuse()
            threading.Timer(2, relay.listen).start()
            return Fault(cut=True)
        return None

    relay.rule = rule
    status, notes, said, _ = run(place, "a.md")
    assert away.is_set()
    assert (status, said) == (0, "")
    assert [step["status"] for step in notes[0]["steps"]] == ["ok", "ok"]


@pytest.mark.parametrize("what", ["stopped", "killed"])
def test_the_real_one_stops_and_comes_back(
    own_cache: Path, installation: Installation, tmp_path: Path, what: str
) -> None:
    """Stopped for five seconds, or killed: the node starts it anew, or the cluster ends."""
    with LocalCluster.start(installation) as cluster, Relay(cluster) as relay:
        place = foreign(tmp_path, installation, kubeconfig(relay, cluster))
        place.note(
            "a.md", "```bash\nkubectl run web --image=nginx\n" + "sleep 2\n" * 2 + "```\n"
        )
        process = subprocess.Popen(
            [KDOCS, "run", "--cluster", "shared", "docs/a.md"],
            cwd=tmp_path, env=place.environment, text=True, stderr=subprocess.PIPE,
        )  # fmt: skip
        with process:
            deadline = time.monotonic() + 30
            while not ours(cluster):
                assert time.monotonic() < deadline
            (server,) = [
                p.pid
                for p in descendants(cluster.running.outer.pid)
                if name_of(p.pid) == "kube-apiserver"
            ]
            if what == "stopped":
                os.kill(server, signal.SIGSTOP)
                threading.Timer(5, os.kill, (server, signal.SIGCONT)).start()
            else:
                os.kill(server, signal.SIGKILL)
            _, said = process.communicate(timeout=140)
        assert "Traceback" not in said
        if what == "stopped":
            assert process.returncode == 0, said
            assert ours(cluster) == []
        else:
            assert process.returncode in (1, 2), said


def test_a_namespace_that_its_own_finalizer_holds(
    place: Foreign, local_cluster: LocalCluster
) -> None:
    place.note(
        "a.md",
        "```bash\nkubectl create configmap held --from-literal=a=b\n"
        'kubectl patch configmap held -p \'{"metadata":{"finalizers":["example.com/hold"]}}\'\n'
        "```\n",
    )
    status, notes, said, seconds = run(place, "a.md")
    assert (status, said) == (0, "")
    assert [step["status"] for step in notes[0]["steps"]] == ["ok", "ok"]
    assert seconds < 40
    with local_cluster.network():
        left = Api(local_cluster.kubeconfig).get("/api/v1/namespaces")["items"]
    assert not [item for item in left if item["metadata"]["name"].startswith("kdocs-a-")]


def test_a_namespace_that_somebody_else_holds(
    place: Foreign, local_cluster: LocalCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its finalizer is nobody's business of ours: said, with what holds it."""
    from kdocs_plugin.execution.access import identity, namespaces

    monkeypatch.setattr(namespaces, "DELETE_SECONDS", 14.0)  # the condition takes its time
    with local_cluster.network():
        api = Api(local_cluster.kubeconfig)
        made = identity.Identity(api, "kdocs-held-000000")
        made.create()
        held = {"metadata": {"name": "held", "finalizers": ["others.example.com/hold"]}}
        maps = "/api/v1/namespaces/kdocs-held-000000/configmaps"
        api.post(maps, held)
        with pytest.raises(Exception, match=r"does not go away: .*others\.example\.com/hold"):
            made.remove(wait=True)
        api.patch(f"{maps}/held", {"metadata": {"finalizers": []}})
        assert namespaces.wait_until_gone(api, "kdocs-held-000000", 30)


# --- kubectl and the kubeconfig -----------------------------------------------------------


def test_no_kubectl(place: Foreign, tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("bash", "setpriv", "sed", "grep", "head"):
        (tools / name).symlink_to(str(shutil.which(name)))
    status, _, said, seconds = run(place, PATH=str(tools))
    assert status == 2
    assert "kubectl is not installed" in said
    assert seconds < 15


def test_an_old_kubectl_is_told(place: Foreign, tmp_path: Path) -> None:
    """A stand-in that says it is 1.30 and else is the real one: an old one is not here."""
    real = shutil.which("kubectl", path=place.environment["PATH"])
    tools = tmp_path / "tools"
    tools.mkdir()
    script = tools / "kubectl"
    version = '{"clientVersion": {"gitVersion": "v1.30.1"}}'
    script.write_text(
        f'#!/bin/bash\n[ "$1" = version ] && echo \'{version}\' && exit\nexec {real} "$@"\n'
    )
    script.chmod(0o755)
    status, notes, said, _ = run(place, "b.md", PATH=f"{tools}:{place.environment['PATH']}")
    assert status == 0
    assert [step["status"] for step in notes[0]["steps"]] == ["ok"]
    assert "kubectl v1.30.1 is older than this cluster (v1.37.2)" in said


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("not: [a", "is unusable: line 1"),
        ("a text", "is unusable"),
        ("apiVersion: v1\nkind: Config\n", "is unusable"),
        ("users:\n- name: a\n  user: {token: canary-token\nclusters: x\n", "line"),
    ],
)
def test_a_kubeconfig_that_is_none(place: Foreign, text: str, words: str) -> None:
    place.kubeconfig.write_text(text)
    status, _, said, _ = run(place)
    assert status == 2
    assert words in said
    assert "canary" not in said


def test_a_context_that_is_not_there(place: Foreign) -> None:
    done = place.kdocs("run", "--cluster", "nowhere", "docs/a.md")
    assert done.returncode == 2
    assert "nowhere" in done.stderr
    assert "Traceback" not in done.stderr
