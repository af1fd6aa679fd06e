"""Notes side by side: as if one after the other, whatever happens to one of them."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from kdocs_plugin.clusters.api import Api
from kdocs_plugin.clusters.local import Installation, LocalCluster
from tests.live.killing import descendants, none_left

pytestmark = pytest.mark.live

KDOCS = str(Path(sys.executable).parent / "kdocs")
LOCAL = ("--cluster", "local")
POD = """```yaml title="pod.yaml"
apiVersion: v1
kind: Pod
metadata:
  name: {name}
spec:
  containers:
  - name: web
    image: nginx
    resources: {{requests: {{cpu: "{cpu}"}}}}
```

```bash
kubectl apply -f pod.yaml
kubectl get pods
```
"""
NODE_PORT = """```bash
kubectl create service nodeport web --tcp=80:80 --node-port=30080
kubectl get service web
```
"""
BROKEN = """```bash
kubectl create deployment web --image=nginx --port=abc
kubectl scale deployment web --replicas=2
echo still
```
"""
OWN = """```bash
kubectl create namespace team
kubectl get namespaces
```
"""
LONG = """```bash
kubectl run web --image=nginx
sleep 30
```
"""
# Folders with a README each, spaces, Hangul as Linux and as macOS write it.
TREE = {
    "README.md": POD.format(name="first", cpu="10m"),
    "01 파드/README.md": POD.format(name="second", cpu="10m"),
    unicodedata.normalize("NFD", "02 서비스/01 노드포트/README.md"): NODE_PORT,
    "02 서비스/02 또 하나/README.md": NODE_PORT,
    "03 실패/README.md": BROKEN,
    "04 네임스페이스.md": OWN,
    "05 파일/노트.md": "```bash\nkubectl apply -f 설정.yaml\n```\n",
}
BESIDE = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: colour\n"


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    folder = tmp_path / "notes"
    folder.mkdir()
    return folder


def write(folder: Path, notes: Mapping[str, str]) -> None:
    for name, text in notes.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"# {path.stem}\n\n{text}", encoding="utf-8")


def begin(folder: Path, *options: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [KDOCS, "run", *options],
        cwd=folder,
        env={**os.environ, "KDOCS_LANG": "en"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(folder: Path, *options: str) -> tuple[int, str, str]:
    with begin(folder, *options) as process:
        output, errors = process.communicate(timeout=280)
    return process.returncode, output, errors


def records(folder: Path) -> dict[str, dict[str, Any]]:
    return {
        path.relative_to(folder / "records").as_posix(): json.loads(path.read_text())
        for path in (folder / "records").rglob("*.json")
    }


def told(errors: str) -> list[str]:
    """What a run told of its notes' steps, without how long they took."""
    return [re.sub(r"  \d+\.\d\d s$", "", line) for line in errors.splitlines()]


def test_a_tree_of_notes_is_as_if_run_one_by_one(
    installation: Installation, notes: Path
) -> None:
    write(notes, TREE)
    (notes / "05 파일" / "설정.yaml").write_text(BESIDE, encoding="utf-8")
    write(notes, {"node_modules/x/README.md": BROKEN, ".hidden/README.md": BROKEN})
    status, output, errors = run(notes, *LOCAL, "--jobs", "1")
    assert status == 1, errors  # one note is broken
    one_by_one = records(notes)
    assert sorted(one_by_one) == sorted(re.sub(r"md$", "json", name) for name in TREE)
    assert "7 notes run, 0 unchanged, of 7" in output
    assert "7 blocks: 6 run, 1 failed, 0 blocked, 0 shown only" in output

    # The same outcomes, column by column, and told in the same order.
    status, output, beside = run(notes, *LOCAL, "--jobs", "4", "--check")
    assert status == 1, output + beside
    assert told(beside) == told(errors)
    assert records(notes) == one_by_one
    status, _, again = run(notes, *LOCAL, "--jobs", "4", "--force")
    assert status == 1, again
    # Nothing of substance differs, so bytes and dates stay.
    assert records(notes) == one_by_one


def test_parts_of_a_matrix_merge(installation: Installation, notes: Path) -> None:
    write(notes, {f"{name}.md": "```bash\nkubectl get pods\n```\n" for name in "abcdef"})
    found: list[set[str]] = []
    for part in ("1/2", "2/2"):
        before = set(records(notes))
        assert run(notes, *LOCAL, "--shard", part)[0] == 0
        found.append(set(records(notes)) - before)
    assert found[0] | found[1] == {f"{name}.json" for name in "abcdef"}
    assert all(found)
    status, output, _ = run(notes, *LOCAL)
    assert (status, "0 notes run, 6 unchanged" in output) == (0, True)


def test_who_had_no_room_beside_others_runs_again_alone(
    installation: Installation, notes: Path
) -> None:
    most = f"{600 * (os.cpu_count() or 1)}m"  # of the node's processors: two don't fit
    write(notes, {f"{name}.md": POD.format(name=name, cpu=most) for name in ("a", "b")})
    status, _, errors = run(notes, *LOCAL, "--jobs", "2")
    assert status == 0, errors
    for name, record in zip("ab", records(notes).values(), strict=True):
        assert re.search(rf"{name} +1/1 +Running", "\n".join(record["steps"][1]["output"]))


def namespaces_of_kdocs(cluster: LocalCluster) -> list[str]:
    with cluster.network():
        found = Api(cluster.kubeconfig).get("/api/v1/namespaces")
    names = [str(item["metadata"]["name"]) for item in found["items"]]
    return [name for name in names if name.startswith("kdocs-")]


def await_namespaces(cluster: LocalCluster, count: int) -> None:
    until = time.monotonic() + 90
    while len(namespaces_of_kdocs(cluster)) != count:
        assert time.monotonic() < until, namespaces_of_kdocs(cluster)
        time.sleep(0.1)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_ends_all_of_them_on_a_cluster_that_stays(
    own_cache: Path, installation: Installation, notes: Path, number: signal.Signals
) -> None:
    write(notes, {f"{name}.md": LONG for name in "abc"})
    with LocalCluster.start(installation, keep=True) as cluster:
        try:
            with begin(notes, *LOCAL, "--jobs", "3") as process:
                await_namespaces(cluster, 3)
                started = descendants(process.pid)
                process.send_signal(number)
                begun = time.monotonic()
                _, errors = process.communicate(timeout=60)
            assert process.returncode == 130
            assert time.monotonic() - begun < 20
            assert "Traceback" not in errors
            assert none_left(started)
            await_namespaces(cluster, 0)  # and no command was needed for that
        finally:
            cluster.stop()
    assert records(notes) == {}


def test_an_interrupt_ends_clusters_too(
    own_cache: Path, installation: Installation, notes: Path
) -> None:
    write(notes, {"a.md": LONG, "b.md": OWN + LONG, "c.md": LONG})
    with begin(notes, *LOCAL, "--jobs", "3") as process:
        until = time.monotonic() + 90
        # One of them has come to its shell, another's cluster may be starting still.
        while not list((own_cache / "clusters").glob("*/shells/*/*")):
            assert time.monotonic() < until
            time.sleep(0.1)
        started = descendants(process.pid)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in errors
    assert none_left(started)
    assert list((own_cache / "clusters").glob("*")) == []


def test_a_cluster_that_ends_in_the_middle_takes_only_those_that_run(
    own_cache: Path, installation: Installation, notes: Path
) -> None:
    write(notes, {"a.md": LONG, "b.md": LONG, "c.md": "```bash\nkubectl get pods\n```\n"})
    with (
        LocalCluster.start(installation, keep=True) as cluster,
        begin(notes, *LOCAL, "--jobs", "2") as process,
    ):
        try:
            await_namespaces(cluster, 2)
        finally:
            cluster.stop()
            stopped = time.monotonic()
        output, errors = process.communicate(timeout=200)
    assert process.returncode == 2, output + errors
    assert time.monotonic() - stopped < 25  # and nobody goes on asking one that has gone
    assert "Traceback" not in errors
    assert set(records(notes)) == {"c.json"}  # it got another one
