"""kubectl is the judge of its own lines: it refuses what we call an error, and takes the rest.

First against a port where nobody listens, so that only what kubectl says by itself counts;
then, for what the API server has a say in, against a real one that runs without root.
"""

from __future__ import annotations

import os
import re
import shlex
import socket
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kdocs_plugin.clusters.local.binaries.installation import CONTROL_PLANE, installed
from kdocs_plugin.clusters.local.exact.control_plane import ControlPlane
from kdocs_plugin.clusters.local.layout import Installation
from kdocs_plugin.commands import kubectl_pack
from kdocs_plugin.model import Severity
from tests.unit.test_kubectl_lines import codes, findings, judged

pytestmark = pytest.mark.live

# What kubectl says when it would have asked the server: it has taken the line.
ASKED = re.compile(r"connection refused|connection to the server .* was refused")
# And where it has taken a line and found nothing there.
TAKEN = re.compile(
    r"unable to find any kubectl plugins|unable to find one of 'kustomization"
    r"|doesn't have a resource type 'pods'"  # can-i says so without a server, then asks
)
LOGGED = re.compile(r"(?m)^E\d{4} .*memcache\.go.*\n")  # discovery's own tries
MANIFEST = """\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
  - {name: web, image: nginx}
"""
PLUGINS = {"kubectl kuberc view"}  # a first word that is unknown may be one: we are silent
CONFIG = """\
apiVersion: v1
kind: Config
clusters: [{{name: c, cluster: {{server: "http://127.0.0.1:{port}"}}}}]
contexts:
- {{name: c, context: {{cluster: c, user: u}}}}
- {{name: a, context: {{cluster: c, user: u}}}}
users: [{{name: u, user: {{}}}}]
current-context: c
"""


@pytest.fixture(scope="module")
def programs() -> Installation:
    found = installed("1.37", CONTROL_PLANE)
    if found is None:
        pytest.skip("Kubernetes 1.37 is not installed (`kdocs cluster install`)")
    return found


def said(programs: Installation, line: str, folder: Path, config: str) -> tuple[int, str]:
    """Exit status and words of a line; 0 where it had to be stopped, as a proxy has."""
    folder.mkdir()
    (folder / "pod.yaml").write_text(MANIFEST)
    (folder / ".kubeconfig").write_text(config)
    environment = {
        "PATH": os.defpath,
        "HOME": str(folder),
        "KUBECONFIG": str(folder / ".kubeconfig"),
        "EDITOR": "true",
    }
    try:
        done = subprocess.run(
            [programs.bin / "kubectl", *shlex.split(line)[1:]],
            cwd=folder, env=environment, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=20, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return 0, ""
    return done.returncode, LOGGED.sub("", done.stderr)


# Those that are installed here; without any the newest says why it can't run.
INSTALLED = [v for v in kubectl_pack.versions() if installed(v, CONTROL_PLANE) is not None]


@pytest.mark.parametrize("version", INSTALLED or kubectl_pack.versions()[-1:])
def test_each_kubectl_judges_as_we_do(version: str, tmp_path: Path) -> None:
    kubectl = installed(version, CONTROL_PLANE)
    if kubectl is None:
        pytest.skip(f"Kubernetes {version} is not installed")
    rows = list(judged())
    with socket.socket() as closed:  # bound and never listening: nobody else gets the port
        closed.bind(("127.0.0.1", 0))
        config = CONFIG.format(port=closed.getsockname()[1])
        with ThreadPoolExecutor(2) as pool:
            answers = list(
                pool.map(
                    lambda pair: said(kubectl, pair[1][1], tmp_path / str(pair[0]), config),
                    enumerate(rows),
                )
            )
    taken = {
        line: status == 0 or bool(ASKED.search(words) or TAKEN.search(words))
        for (_, line), (status, words) in zip(rows, answers, strict=True)
    }
    if version == kubectl_pack.versions()[-1]:
        assert [line for verdict, line in rows if (verdict == "ok") != taken[line]] == []
    ours = {
        line: any(f.severity is Severity.ERROR for f in findings(line, version))
        for line in taken
    }
    assert [line for line in taken if taken[line] and ours[line]] == []  # no false alarm
    known = {line for verdict, line in rows if verdict == "no?"} | PLUGINS
    assert [line for line in taken if not (taken[line] or ours[line] or line in known)] == []
    assert sum(ours.values()) > 200


# --- With an API server -----------------------------------------------------------------

THERE = """\
kubectl create serviceaccount default
kubectl run web --image=nginx --port=80
kubectl create deployment web --image=nginx
kubectl create job web --image=nginx
kubectl create configmap web --from-literal=a=b
kubectl create service clusterip web --tcp=80
kubectl create service clusterip other --tcp=80
"""
APPS = """\
apiVersion: apps/v1
kind: {kind}
metadata: {{name: web}}
spec:
  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata: {{labels: {{app: web}}}}
    spec: {{containers: [{{name: web, image: nginx}}]}}
"""
VERBS = (
    "scale {} web --replicas=2 --dry-run=server",
    "autoscale {} web --max=3 --dry-run=server",
    "expose {} web --port=80 --name=x --dry-run=server",
    "rollout history {} web",
    "rollout restart {} web",
    "rollout pause {} web",
    "rollout resume {} web",
    "rollout undo {} web --dry-run=server",
)
KINDS = "pod deployment rs sts ds job cm svc".split()
# Refused for what there is, not for what is asked: nothing to undo, already paused, ...
BY_STATE = re.compile(
    r"no rollout history|already (?:paused|restarted)|is not paused|could ?n.t find (?:port|"
    r"sel)|cannot retrieve|paused deployment|no last revision|not find the requested revision"
    r"|couldn't find a"
)
RESOURCES = ("pdos", "deploymnets", "servcie", "daemonset", "configmpas", "nodes", "sc", "psp")


@pytest.fixture(scope="module")
def plane(programs: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The kubeconfig of an API server that has one object of each kind, all called web."""
    with ControlPlane.start(programs) as started:
        config = started.kubeconfig.read_text()
        folder = tmp_path_factory.mktemp("there")
        for number, line in enumerate(THERE.splitlines()):
            status, words = said(programs, line, folder / str(number), config)
            assert status == 0, words
        for kind in ("ReplicaSet", "StatefulSet", "DaemonSet"):
            file = folder / f"{kind}.yaml"
            file.write_text(APPS.format(kind=kind))
            status, words = said(programs, f"kubectl create -f {file}", folder / kind, config)
            assert status == 0, words
        yield config


@pytest.mark.parametrize("verb", VERBS)
def test_verbs_and_kinds(verb: str, plane: str, programs: Installation, tmp_path: Path) -> None:
    for kind in KINDS:
        line = "kubectl " + verb.format(kind)
        status, words = said(programs, line, tmp_path / kind, plane)
        refused = status != 0 and not BY_STATE.search(words)
        assert ("KD313" in codes(line)) == refused, (line, words)


def test_resources(plane: str, programs: Installation, tmp_path: Path) -> None:
    for word in RESOURCES:
        line = f"kubectl get {word}"
        status, words = said(programs, line, tmp_path / word, plane)
        assert bool({"KD312", "KD309"} & set(codes(line))) == (status != 0), (line, words)


@pytest.mark.parametrize("form", ["yml", "jason", "wide", "yaml", "jsonpath={.kind}", "name"])
def test_formats(form: str, plane: str, programs: Installation, tmp_path: Path) -> None:
    line = f"kubectl get pod web -o {form}"
    status, words = said(programs, line, tmp_path / "x", plane)
    assert ("KD308" in codes(line)) == (status != 0), words


def test_warnings(plane: str, programs: Installation, tmp_path: Path) -> None:
    for number, line in enumerate(("kubectl get ep", "kubectl get cs", "kubectl get svc")):
        _, words = said(programs, line, tmp_path / str(number), plane)
        assert ("KD311" in codes(line)) == ("Warning: v1 " in words), (line, words)
