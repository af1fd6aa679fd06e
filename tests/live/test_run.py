"""A note's whole way on a real cluster: `kdocs run`, the record, the built page."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kdocs_plugin.clusters.api import Api, ApiError
from kdocs_plugin.clusters.context import ContextCluster
from kdocs_plugin.clusters.local import Installation, LocalCluster
from kdocs_plugin.clusters.local.node import cgroups
from kdocs_plugin.execution import Silent, run_scenario
from kdocs_plugin.execution.access.identity import Identity
from kdocs_plugin.execution.access.ownership import standing
from kdocs_plugin.model import Status
from kdocs_plugin.planning import plan
from kdocs_plugin.source import scan
from tests.live.killing import descendants, none_left

pytestmark = pytest.mark.live

NOTE = Path(__file__).parent.parent / "notes" / "web-server.md"
KDOCS = str(Path(sys.executable).parent / "kdocs")
MKDOCS = str(Path(sys.executable).parent / "mkdocs")


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder with the three lines of mkdocs.yml that a user has, and the note."""
    folder = tmp_path / "site"
    (folder / "docs").mkdir(parents=True)
    shutil.copy(NOTE, folder / "docs")
    (folder / "mkdocs.yml").write_text(
        "site_name: 노트\ntheme: material\nplugins: [search, kdocs]\n"
    )
    return folder


def call(folder: Path, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "KDOCS_LANG": "en", **environment},
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )


def run_json(folder: Path, *options: str) -> Mapping[str, Any]:
    done = call(folder, KDOCS, "run", "--cluster", "local", "--format", "json", *options)
    assert done.returncode == 0, done.stdout + done.stderr
    (note,) = json.loads(done.stdout)["notes"]
    assert isinstance(note, dict)
    return note


def test_a_note_becomes_a_true_page(installation: Installation, site: Path) -> None:
    note = run_json(site)
    assert note["cluster"] == {"kubernetes": installation.kubernetes, "kind": "local"}
    steps = {step["command"]: step for step in note["steps"]}
    assert list(steps) == [
        "curl <파드의 IP>:80",
        "kubectl apply -f web.yaml",
        "kubectl get pods",
        "kubectl describe pods <pod-name>",
        "kubectl exec -it <pod-name>",
        "kubectl logs <pod-name>",
    ]
    assert steps["kubectl apply -f web.yaml"]["output"] == "pod/web-server created"
    assert steps["kubectl apply -f web.yaml"]["exit_code"] == 0
    row = steps["kubectl get pods"]["output"].splitlines()[1].split()
    assert row[:3] == ["web-server", "1/1", "Running"]
    described = steps["kubectl describe pods <pod-name>"]
    assert described["ran"] == "kubectl describe pods web-server"
    assert "Image:          nginx:latest" in described["output"]
    exec_step = steps["kubectl exec -it <pod-name>"]
    assert (
        "error: you must specify at least one command for the container" in exec_step["output"]
    )
    assert exec_step["exit_code"] == 1
    assert "start worker processes" in steps["kubectl logs <pod-name>"]["output"]
    curl = steps["curl <파드의 IP>:80"]
    assert "<title>Welcome to nginx!</title>" in curl["output"]
    assert curl["ran"].startswith("curl 10.")
    # Mentioned before the pod exists, so taken when everything stands.
    assert curl["order"] == len(steps)
    assert curl["after"] == "kubectl apply -f web.yaml"

    built = call(site, MKDOCS, "build")
    assert built.returncode == 0, built.stderr
    page = (site / "site" / "web-server" / "index.html").read_text()
    assert "pod/web-server created" in page
    assert "Welcome to nginx!" in page
    assert "<script>alert(1)" not in page
    assert installation.kubernetes in page


def test_an_unchanged_note_runs_nothing(installation: Installation, site: Path) -> None:
    assert run_json(site)["ran_now"]
    record = site / "records" / "web-server.json"
    before = record.read_bytes()
    again = call(site, KDOCS, "run", "--cluster", "local", "--format", "json", PATH="/nowhere")
    assert again.returncode == 0, again.stderr  # no program was started: none can be found
    assert not json.loads(again.stdout)["notes"][0]["ran_now"]
    forced = run_json(site, "--force")
    assert forced["ran_now"]
    assert record.read_bytes() == before  # the same outputs: bytes and date stay


def test_a_build_runs_what_has_changed_when_told(
    installation: Installation, site: Path
) -> None:
    quiet = call(site, MKDOCS, "build")
    assert quiet.returncode == 0, quiet.stderr
    assert not (site / "records").exists()
    page = site / "site" / "web-server" / "index.html"
    assert "pod/web-server created" not in page.read_text()

    config = site / "mkdocs.yml"
    config.write_text(
        "site_name: 노트\ntheme: material\nplugins:\n"
        "  - search\n  - kdocs:\n      run: stale\n      cluster: local\n"
    )
    live = call(site, MKDOCS, "build")
    assert live.returncode == 0, live.stderr
    assert "pod/web-server created" in page.read_text()
    assert (site / "records" / "web-server.json").exists()


def test_a_failing_step_is_told_and_what_needs_it_is_not_tried(
    installation: Installation, site: Path
) -> None:
    (site / "docs" / "web-server.md").write_text(
        "# 실패\n\n```bash\nkubectl create deployment web --image=nginx --port=abc\n"
        "kubectl scale deployment web --replicas=2\necho still\n```\n"
    )
    done = call(site, KDOCS, "run", "--cluster", "local", "--format", "json")
    assert done.returncode == 1
    first, second, third = json.loads(done.stdout)["notes"][0]["steps"]
    assert first["status"] == "failed"
    assert first["exit_code"] != 0
    assert (second["status"], second["ran"]) == ("blocked", None)
    assert (third["status"], third["output"]) == ("ok", "still")


def test_a_file_beside_the_note_is_there_for_its_step(
    installation: Installation, site: Path
) -> None:
    (site / "docs" / "web-server.md").write_text(
        "# 파일\n\n```bash\nkubectl apply -f ./k8s/colour.yaml\n```\n"
    )
    (site / "docs" / "k8s").mkdir()
    (site / "docs" / "k8s" / "colour.yaml").write_text(
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: colour\n"
    )
    (step,) = run_json(site)["steps"]
    assert (step["status"], step["output"]) == ("ok", "configmap/colour created")


def test_a_wrong_image_ends_the_wait_with_its_reason(
    local_cluster: LocalCluster,
) -> None:
    text = "```bash\nkubectl run old --image=nginx:0.0.1\n```\n"
    scenario = plan(scan("wrong-image.md", text))
    api = Api(local_cluster.kubeconfig)
    begun = time.monotonic()
    outcome = run_scenario(scenario, local_cluster, api, Silent())
    (result,) = outcome.results
    assert result.status is Status.FAILED
    assert result.reason == "KD911"
    assert result.reason_arguments["image"] == "nginx:0.0.1"
    assert result.reason_arguments["state"] in ("ErrImagePull", "ImagePullBackOff")
    assert time.monotonic() - begun < 60
    with local_cluster.network(), pytest.raises(ApiError) as caught:
        api.get(f"/api/v1/namespaces/{scenario.namespace}")
    assert caught.value.status == 404  # nothing left


def test_a_run_has_no_rights_outside_its_namespace(local_cluster: LocalCluster) -> None:
    text = (
        "```bash\nkubectl get secrets\n"
        "kubectl get secrets -n kube-system\n"
        "kubectl create clusterrole all --verb=get --resource=pods\n```\n"
    )
    # `-n` would give the note a cluster of its own; here it shall stay in its namespace.
    scenario = replace(plan(scan("rights.md", text)), own_cluster=False)
    api = Api(local_cluster.kubeconfig)
    outcome = run_scenario(scenario, local_cluster, api, Silent())
    assert outcome.trouble is None
    own, foreign, cluster_wide = outcome.results
    assert own.exit_code == 0
    for refused in (foreign, cluster_wide):
        assert refused.exit_code == 1
        assert (
            "Error from server (Forbidden)" in refused.output or "forbidden" in refused.output
        )


def test_an_existing_context(local_cluster: LocalCluster, tmp_path: Path) -> None:
    """The local cluster as a foreign one: only its kubeconfig is known."""
    kubeconfig = tmp_path / "config"
    kubeconfig.write_text(local_cluster.kubeconfig.read_text())
    foreign = ContextCluster("kdocs", allowed=True, kubeconfig=kubeconfig)
    with local_cluster.network(), foreign as cluster:
        api = Api(cluster.kubeconfig, cluster.context)
        text = NOTE.read_text(encoding="utf-8")
        scenario = plan(scan("foreign.md", text))
        outcome = run_scenario(scenario, cluster, api, Silent())
        assert cluster.info.kind == "context"
    assert outcome.trouble is None
    by_command = {result.step.command: result for result in outcome.results}
    assert by_command["kubectl apply -f web.yaml"].output == "pod/web-server created"
    assert "1/1" in by_command["kubectl get pods"].output
    curl = by_command["curl <파드의 IP>:80"]
    assert "Welcome to nginx!" in curl.output
    assert curl.place == "place.helper"


def test_what_a_dead_run_left_is_removed(local_cluster: LocalCluster) -> None:
    api = Api(local_cluster.kubeconfig)
    with local_cluster.network():
        first = Identity(api, "kdocs-dead-run-000000")
        first.create()
        standing.clear()  # its page broke off
        second = Identity(api, "kdocs-dead-run-000000")
        second.create()  # the page runs again; its last run never came to an end
        assert second.token != first.token
        second.remove(wait=True)
        with pytest.raises(ApiError):
            api.get("/api/v1/namespaces/kdocs-dead-run-000000")


def namespaces_of_kdocs(cluster: LocalCluster) -> list[str]:
    with cluster.network():
        found = Api(cluster.kubeconfig).get("/api/v1/namespaces")
    names = [str(item["metadata"]["name"]) for item in found["items"]]
    return [name for name in names if name.startswith("kdocs-")]


def test_two_runs_of_a_page_on_one_cluster(
    own_cache: Path, installation: Installation, site: Path
) -> None:
    """The second waits for the first; neither takes the other's namespace away."""
    other = site.parent / "other"
    shutil.copytree(site, other)
    command = [KDOCS, "run", "--cluster", "local", "--force"]
    with LocalCluster.start(installation, keep=True) as cluster:
        try:
            pair = [subprocess.Popen(command, cwd=each) for each in (site, other)]
            assert [process.wait(120) for process in pair] == [0, 0]
            for folder in (site, other):
                record = (folder / "records" / "web-server.json").read_text()
                assert "Welcome to nginx!" in record
                assert "NotFound" not in record
            assert namespaces_of_kdocs(cluster) == []

            # One that is killed leaves a namespace, and the next command takes it away.
            killed = subprocess.Popen(command, cwd=site)
            until = time.monotonic() + 20
            while not namespaces_of_kdocs(cluster):
                assert time.monotonic() < until
                time.sleep(0.05)
            killed.kill()
            killed.wait()
            assert call(site, KDOCS, "status").returncode == 0
            until = time.monotonic() + 30
            while namespaces_of_kdocs(cluster):
                assert time.monotonic() < until
                time.sleep(0.2)
        finally:
            cluster.stop()


def test_a_cluster_that_goes_away_under_a_run_is_told(
    own_cache: Path, installation: Installation, site: Path
) -> None:
    note = site / "docs" / "web-server.md"
    note.write_text("# 길다\n\n```bash\nkubectl get nodes\nsleep 20\n```\n")
    command = [KDOCS, "run", "--cluster", "local", "--format", "json"]
    with LocalCluster.start(installation, keep=True) as cluster:
        process = subprocess.Popen(
            command, cwd=site, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        until = time.monotonic() + 20
        while not namespaces_of_kdocs(cluster):
            assert time.monotonic() < until
            time.sleep(0.05)
        cluster.stop()
    output, errors = process.communicate(timeout=30)
    assert process.returncode == 2
    assert json.loads(output)["notes"][0]["steps"]
    assert len(errors.splitlines()) == 1
    assert "Traceback" not in errors
    assert not (site / "records").exists()


def test_a_working_folder_that_goes_away_is_told(
    own_cache: Path, installation: Installation, local_cluster: LocalCluster
) -> None:
    """A cache folder that somebody cleans: what the steps print then is not the note's."""
    scenario = plan(scan("folder.md", "```bash\nkubectl get nodes\nls\n```\n"))

    class Cleaner(Silent):
        def step_finished(self, scenario: Any, result: Any) -> None:
            for folder in (local_cluster.directory / "shells").iterdir():
                shutil.rmtree(folder)

    api = Api(local_cluster.kubeconfig)
    outcome = run_scenario(scenario, local_cluster, api, Cleaner())
    assert outcome.trouble is not None
    assert outcome.trouble.key == "run.folder_lost"


@pytest.mark.parametrize("delay", [0.3, 1.0, 2.5, 4.5, 6.0])
def test_a_killed_run_leaves_nothing(
    own_cache: Path, installation: Installation, site: Path, delay: float
) -> None:
    process = subprocess.Popen(
        [KDOCS, "run", "--cluster", "local", "--force"],
        cwd=site,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    time.sleep(delay)  # a moment of no meaning: any may be hit
    started = descendants(process.pid)
    process.kill()
    process.wait()
    assert none_left(started)
    status = call(site, KDOCS, "status")  # the next command
    assert status.returncode == 0, status.stderr
    assert list((own_cache / "clusters").glob("*")) == []
    # Other sessions of this machine may have clusters; an identity names its owner.
    assert not [each for each in cgroups.identities() if f"-{process.pid}-" in each]
    assert str(own_cache) not in Path("/proc/self/mountinfo").read_text()
    for record in (site / "records").glob("**/*"):
        assert record.suffix == ".json"
        json.loads(record.read_text())
