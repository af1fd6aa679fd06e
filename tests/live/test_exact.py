"""Exact validation on a real API server: its verdicts are kubectl's, and nothing stays."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kdocs_plugin.clusters.local.binaries.installation import (
    CONTROL_PLANE,
    installations,
    installed,
)
from kdocs_plugin.clusters.local.exact import folders
from kdocs_plugin.clusters.local.exact.control_plane import ControlPlane
from kdocs_plugin.clusters.local.exact.oracle import Oracle
from kdocs_plugin.clusters.local.layout import Installation
from kdocs_plugin.errors import ClusterError
from tests.live import ordinary

pytestmark = pytest.mark.live

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: web%s}
spec:
  containers:
  - {name: web, image: nginx}
"""
POD_SPEC = "  containers: [{name: a, image: b}]\n"
DEFINITION = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {plural: widgets, singular: widget, kind: Widget}
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties: {spec: {type: object, properties: {size: {type: integer}}}}
"""


@pytest.fixture(scope="module")
def programs() -> Installation:
    """etcd, kube-apiserver and kubectl; a skip with its reason where there are none."""
    found = installed(only=CONTROL_PLANE)
    if found is None:
        pytest.skip("not installed (`kdocs cluster install --control-plane`)")
    return found


@pytest.fixture(scope="module")
def plane(programs: Installation) -> Iterator[ControlPlane]:
    with ControlPlane.start(programs) as running:
        yield running


@pytest.fixture
def oracle(plane: ControlPlane) -> Iterator[Oracle]:
    with Oracle(plane) as asked:
        yield asked


@pytest.fixture
def kubectl(
    plane: ControlPlane, programs: Installation, tmp_path: Path
) -> Callable[[str], subprocess.CompletedProcess[str]]:
    """kubectl's own verdict on a text."""

    def ask(text: str) -> subprocess.CompletedProcess[str]:
        file = tmp_path / "manifest.yaml"
        file.write_text(text)
        return subprocess.run(
            [programs.bin / "kubectl", f"--kubeconfig={plane.kubeconfig}", "create",
             "--dry-run=server", "--validate=strict", "-o=name", f"--filename={file}"],
            capture_output=True, text=True, timeout=60, check=False,
            env={"HOME": str(tmp_path)},
        )  # fmt: skip

    return ask


# --- Verdicts ---------------------------------------------------------------------------

ACCEPTED = {
    "pod": POD % "",
    "list": "apiVersion: v1\nkind: List\nitems:\n- " + (POD % "").replace("\n", "\n  "),
    "typed list": "apiVersion: v1\nkind: PodList\nitems:\n- metadata: {name: a}\n  spec:\n"
    + POD_SPEC.replace("  c", "    c"),
    "two documents": (POD % 1) + "---\n# nothing\n---\n" + (POD % 2),
    "generated name": "apiVersion: v1\nkind: ConfigMap\nmetadata: {generateName: a-}\n",
    "numbers": "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec:\n  ports:\n"
    "  - {port: 8e1, targetPort: 0x50}\n",
}
REFUSED = {  # a text, and the field that the verdict names
    "name": (POD % "_Bad", "metadata.name"),
    "unknown field": (POD % "" + "  restart: Never\n", "spec.restart"),
    "wrong type": (POD % "" + "  hostNetwork: 'yes'\n", "spec.hostNetwork"),
    "missing": ("apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n", "spec"),
    "port": (
        "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {ports: [{port: 99999}]}\n",
        "spec.ports.0.port",
    ),
    "enum": (POD % "" + "  restartPolicy: Sometimes\n", "spec.restartPolicy"),
    "label": (
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, labels: {a.b/c: 한글}}\n",
        "metadata.labels",
    ),
    "selector": (
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec:\n"
        "  selector: {matchLabels: {app: a}}\n  template:\n    metadata: {labels: {app: b}}\n"
        "    spec:\n    " + POD_SPEC,
        "spec.template.metadata.labels",
    ),
    "quantity": (
        (POD % "").replace("nginx}", "nginx, resources: {limits: {cpu: 1.5cpu}}}"),
        "spec.containers.0.resources.limits.cpu",
    ),
    "no such kind": ("apiVersion: v1\nkind: Deployment\nmetadata: {name: a}\n", ""),
    "no kind": ("apiVersion: v1\nmetadata: {name: a}\n", ""),
    "no apiVersion": ("kind: Pod\nmetadata: {name: a}\n", ""),
    "no object": ("- a\n- b\n", ""),
    "no list": ("apiVersion: v1\nkind: FooList\nitems: [{metadata: {name: a}}]\n", ""),
    "empty list": ("apiVersion: v1\nkind: List\nitems: []\n", ""),
    "list in a list": (
        "apiVersion: v1\nkind: List\nitems: [{apiVersion: v1, kind: List, items: [{}]}]\n",
        "",
    ),
    "small letters": ("apiVersion: v1\nkind: pod\nmetadata: {name: a}\n", ""),
    "namespace with a slash": (
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: a/b}\n",
        "metadata.namespace",
    ),
    "item": ("apiVersion: v1\nkind: List\nitems: [{metadata: {name: a}}]\n", ""),
    "no yaml": ("apiVersion: v1\nkind: Pod\n\tmetadata: x\n", ""),
    "namespace that can't be": (
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: A_B}\n",
        "",
    ),
    "cannot be created": ("apiVersion: v1\nkind: ComponentStatus\nmetadata: {name: a}\n", ""),
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_it_accepts_what_kubectl_accepts(
    name: str, oracle: Oracle, kubectl: Callable[[str], subprocess.CompletedProcess[str]]
) -> None:
    verdicts = oracle.judge_text(ACCEPTED[name])
    assert [message for verdict in verdicts for message in verdict.messages] == []
    assert kubectl(ACCEPTED[name]).returncode == 0


@pytest.mark.parametrize("name", REFUSED)
def test_it_refuses_what_kubectl_refuses(
    name: str, oracle: Oracle, kubectl: Callable[[str], subprocess.CompletedProcess[str]]
) -> None:
    text, field = REFUSED[name]
    verdict = oracle.judge_text(text)[-1]
    assert not verdict.accepted
    assert ".".join(map(str, verdict.refusals[0][0])) == field
    real = kubectl(text)
    assert real.returncode == 1
    if verdict.refusals[0][1].reason != "Unreadable":
        assert verdict.messages[0] in real.stderr


def test_an_unknown_field_hides_nothing(oracle: Oracle) -> None:
    (verdict,) = oracle.judge_text((POD % "_Bad") + "  restart: Never\n")
    assert [path for path, _ in verdict.refusals] == [
        ("spec", "restart"),
        ("metadata", "name"),
    ]


WRONG_REASONS = {
    "namespace": POD % ", namespace: elsewhere",
    "account": (POD % "") + "  serviceAccountName: robot\n",
    "account elsewhere": (POD % ", namespace: far") + "  serviceAccountName: robot\n",
    "classes": (POD % "") + "  priorityClassName: high\n  runtimeClassName: gvisor\n",
    "there already": "apiVersion: v1\nkind: Namespace\nmetadata: {name: kube-system}\n",
    "another cluster's address": "apiVersion: v1\nkind: Service\nmetadata: {name: a}\n"
    "spec: {clusterIP: 10.43.0.10, ports: [{port: 80}]}\n",
    "an address taken": "apiVersion: v1\nkind: Service\nmetadata: {name: a}\n"
    "spec: {clusterIP: 10.96.0.1, ports: [{port: 80}]}\n",
    "quota": "apiVersion: v1\nkind: ResourceQuota\nmetadata: {name: none}\n"
    "spec: {hard: {pods: '0'}}\n---\n" + POD % "",
}


@pytest.mark.parametrize("name", WRONG_REASONS)
def test_what_an_empty_cluster_lacks_is_no_refusal(name: str, oracle: Oracle) -> None:
    verdicts = oracle.judge_text(WRONG_REASONS[name])
    assert [message for verdict in verdicts for message in verdict.messages] == []


def test_an_object_at_fault_is_refused_in_spite_of_what_lacks(oracle: Oracle) -> None:
    text = (POD % "_Bad, namespace: nowhere") + "  serviceAccountName: stranger\n"
    (verdict,) = oracle.judge_text(text)
    assert [path for path, _ in verdict.refusals] == [("metadata", "name")]


def test_a_server_that_comes_to_grief_over_an_object_is_asked_on(oracle: Oracle) -> None:
    """1.37 dereferences nothing where selectableFields stand beside no schema."""
    version = {"name": "v1", "served": True, "storage": True, "schema": {}}
    spec = {
        "group": "study.example.com",
        "scope": "Namespaced",
        "names": {"plural": "shirts", "kind": "Shirt"},
        "versions": [{**version, "selectableFields": [{"jsonPath": ".spec.color"}]}],
    }
    broken = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "shirts.study.example.com"},
        "spec": spec,
    }
    fine = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}}
    assert not oracle.judge(broken).accepted
    assert oracle.judge(fine).accepted


def test_a_note_s_own_kinds_and_namespaces_hold_within_it(oracle: Oracle) -> None:
    namespace = """\
apiVersion: v1
kind: Namespace
metadata: {name: strict, labels: {pod-security.kubernetes.io/enforce: restricted}}
"""
    widget = "apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: w}\nspec: {size: %s}\n"
    from kdocs_plugin.manifests import load

    values = [each.value for each in load(f"{DEFINITION}---\n{namespace}").documents]
    pod = POD % ", namespace: strict"
    assert oracle.judge_text(widget % 1)[0].refusals[0][1].reason == "NoGroup"
    with oracle.note("page", values):
        assert oracle.judge_text(widget % 1, "page")[0].accepted
        (refusal,) = oracle.judge_text(widget % "big", "page")[0].refusals
        assert refusal[0] == ("spec", "size")
        assert 'violates PodSecurity "restricted' in oracle.judge_text(pod)[0].messages[0]
    assert oracle.judge_text(widget % 1)[0].refusals[0][1].reason == "NoGroup"
    assert oracle.judge_text(pod)[0].accepted
    with oracle.note("page", values):  # the next note may bring the same
        assert oracle.judge_text(widget % 1, "page")[0].accepted


def test_many_side_by_side_in_order(oracle: Oracle) -> None:
    from kdocs_plugin.manifests import load

    good, bad = (load(POD % tail).documents[0].value for tail in ("", "_"))
    verdicts = list(oracle.judge_all([good, bad] * 100))
    assert [verdict.accepted for verdict in verdicts] == [True, False] * 100


# --- The command ------------------------------------------------------------------------

NOTE = """\
# 노트

> ```yaml
> apiVersion: v1
> kind: Pod
> metadata:
>   name: web
> spec:
>   containers:
>   - name: web
>     image: nginx
>     ports:
>     - containerPort: 99999
> ```

```yaml
# kdocs: validate=invalid
apiVersion: v1
kind: ConfigMap
metadata: {name: fine}
```

```yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: <이름>}
```

```yaml
# kdocs: validate=off
apiVersion: v1
kind: ConfigMap
metadata: {name: Off_}
```

```yaml
apiVersion: elsewhere.example.org/v1
kind: Thing
metadata: {name: Unknown_}
```
"""


KDOCS = "import sys; from kdocs_plugin.cli import main; sys.exit(main())"


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder that an ordinary user reaches; pytest's own are root's."""
    folder = Path(tempfile.mkdtemp(prefix="kdocs-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def kdocs(
    home: Path, cache: Path, *arguments: str | Path, **variables: str
) -> subprocess.Popen[str]:
    """The command, as an ordinary user."""
    environment = {"KDOCS_CACHE": str(cache), "KDOCS_LANG": "en", **variables}
    argv = [sys.executable, "-P", "-c", KDOCS, *arguments]
    return ordinary.start(argv, home / "home", environment, cache)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become nobody")
def test_check_exact_as_an_ordinary_user(programs: Installation, home: Path) -> None:
    note = home / "note.md"
    note.write_text(NOTE)
    process = kdocs(home, programs.root.parent, "check", "--exact", "--format=json", note)
    output, errors = process.communicate(timeout=120)
    assert process.returncode == 1, errors
    found = json.loads(output)
    found = found["findings"] if isinstance(found, dict) else found
    exact = [(each["code"], each["line"], each["column"]) for each in found
             if each["code"] in ("KD210", "KD211")]  # fmt: skip
    offline = {(each["line"], each["column"]) for each in found
               if each["code"] not in ("KD210", "KD211")}  # fmt: skip
    # Where an offline rule says the same, the server does not say it again.
    assert ("KD210", 13, 24) in exact or (13, 24) in offline
    assert [each for each in exact if each[0] == "KD211"] == [("KD211", 18, 1)]
    assert len(exact) <= 2
    assert not list(Path("/dev/shm").glob(f"{folders.PREFIX}*-{process.pid}-*"))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become nobody")
def test_an_ordinary_user_can_install_and_use_it(programs: Installation, home: Path) -> None:
    """Here from programs that the machine has; release files go the same way."""
    note = home / "note.md"
    note.write_text(NOTE)
    variables = {"KDOCS_CACHE": str(home / "home/cache"), "KDOCS_LANG": "en"}

    def run(*arguments: str | Path) -> tuple[int, str]:
        argv = [sys.executable, "-P", "-c", KDOCS, *arguments]
        process = ordinary.start(argv, home / "home", variables, programs.root)
        output, errors = process.communicate(timeout=120)
        return process.returncode, output + errors

    status, said = run("check", "--exact", note)
    assert status == 2
    assert "kdocs cluster install --control-plane" in said
    status, said = run("cluster", "install", "--control-plane", "--from", programs.bin)
    assert status == 0, said
    assert str(home / "home/cache") in said
    status, said = run("check", "--exact", note)
    assert status == 1
    assert "KD211" in said


def test_not_installed_names_the_remedy(tmp_path: Path) -> None:
    note = tmp_path / "note.md"
    note.write_text(NOTE)
    done = subprocess.run(
        [sys.executable, "-c", KDOCS, "check", "--exact", note],
        env={**os.environ, "KDOCS_CACHE": str(tmp_path / "none"), "KDOCS_LANG": "en"},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "kdocs cluster install --control-plane" in done.stderr


# --- Life and death ---------------------------------------------------------------------

OWNER = """\
import sys, time
from pathlib import Path
from kdocs_plugin.clusters.local.binaries.installation import CONTROL_PLANE, installed
from kdocs_plugin.clusters.local.exact.control_plane import ControlPlane
with ControlPlane.start(installed(only=CONTROL_PLANE)) as plane:
    print("up", flush=True)
    time.sleep(60)
"""


def members(owner: int) -> list[int]:
    """Processes of the control planes that a process owns."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                command = (entry / "cmdline").read_bytes().decode(errors="replace")
            except OSError:
                continue
            if folders.PREFIX in command and f"-{owner}-" in command:
                found.append(int(entry.name))
    return found


def left_folders(owner: int) -> list[Path]:
    return [
        found for base in folders.bases() for found in base.glob(f"{folders.PREFIX}*-{owner}-*")
    ]


def await_end(owner: int, seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while members(owner) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert members(owner) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become nobody")
def test_an_owner_that_is_killed_leaves_nothing(programs: Installation, home: Path) -> None:
    random_moment = random.Random(4)
    cache = programs.root.parent
    for _ in range(6):
        argv = [sys.executable, "-P", "-c", OWNER]
        owner = ordinary.start(argv, home / "home", {"KDOCS_CACHE": str(cache)}, cache)
        time.sleep(random_moment.uniform(0.2, 3))
        owner.send_signal(signal.SIGKILL)
        owner.communicate(timeout=10)
        await_end(owner.pid)
        deadline = time.monotonic() + 5
        while left_folders(owner.pid) and time.monotonic() < deadline:
            time.sleep(0.02)
        assert left_folders(owner.pid) == []


def test_owner_and_guard_killed_together_are_swept(programs: Installation) -> None:
    owner = subprocess.Popen([sys.executable, "-c", OWNER], stdout=subprocess.PIPE, text=True)
    assert owner.stdout is not None
    assert owner.stdout.readline() == "up\n"
    (guard,) = (
        pid
        for pid in members(owner.pid)
        if b"guard.py" in Path(f"/proc/{pid}/cmdline").read_bytes()
    )
    os.kill(guard, signal.SIGSTOP)  # it can't do anything any more
    owner.kill()
    os.kill(guard, signal.SIGKILL)
    owner.communicate(timeout=10)
    await_end(owner.pid)  # the kernel has ended the rest
    assert left_folders(owner.pid) != []
    folders.sweep()
    assert left_folders(owner.pid) == []


def test_a_component_that_dies_is_a_clear_error(programs: Installation) -> None:
    with ControlPlane.start(programs) as plane, Oracle(plane) as oracle:
        etcd = next(pid for pid in members(os.getpid())
                    if plane.folder.name.encode() in (line := Path(f"/proc/{pid}/cmdline")
                    .read_bytes()) and b"/etcd\0" in line)  # fmt: skip
        os.kill(etcd, signal.SIGKILL)
        began = time.monotonic()
        with pytest.raises(ClusterError, match="etcd"):
            oracle.judge_text(POD % "")
        assert time.monotonic() - began < 40
        folder = plane.folder
    assert not folder.exists()


def test_several_at_once_on_ports_of_their_own(
    programs: Installation, plane: ControlPlane
) -> None:
    with ControlPlane.start(programs) as other, Oracle(other) as oracle:
        assert other.port != plane.port
        assert oracle.judge_text(POD % "")[0].accepted
        with socket.socket() as third:  # nobody can take the port from under it
            assert third.connect_ex(("127.0.0.1", other.port)) == 0
        with socket.socket() as thief, pytest.raises(OSError, match="in use"):
            thief.bind(("127.0.0.1", other.port))


def test_every_installed_version_can() -> None:
    found = installations(CONTROL_PLANE)
    if not found:
        pytest.skip("not installed (`kdocs cluster install --control-plane`)")
    for installation in found:
        with ControlPlane.start(installation) as plane, Oracle(plane) as oracle:
            assert oracle.judge_text(POD % "")[0].accepted, installation.kubernetes
            assert not oracle.judge_text(POD % "_Bad")[0].accepted, installation.kubernetes


def test_its_keys_are_the_user_s_alone(plane: ControlPlane) -> None:
    assert plane.folder.stat().st_mode & 0o077 == 0
    for file in plane.folder.iterdir():
        if file.suffix in (".key", ".pem") or file == plane.kubeconfig:
            assert file.stat().st_mode & 0o077 == 0, file


def test_nobody_without_a_certificate_is_answered(plane: ControlPlane) -> None:
    done = subprocess.run(
        ["curl", "--silent", "--insecure", "--max-time", "10", "--output", "/dev/null",
         "--write-out", "%{http_code}", f"https://127.0.0.1:{plane.port}/api"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout == "401"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount")
def test_a_small_memory_disk_is_passed_by(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "none", tmp_path], check=True)
    try:
        folder = folders.create()
    finally:
        subprocess.run(["umount", tmp_path], check=True)
    folder.rmdir()
    assert tmp_path not in folder.parents


def test_no_room_anywhere_is_a_clear_error(
    programs: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folders, "SPACE", 1 << 60)
    with pytest.raises(ClusterError, match="free space"):
        ControlPlane.start(programs)
