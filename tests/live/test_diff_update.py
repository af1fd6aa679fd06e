"""A cluster's own outputs into a note: run, diff, update, and everything agrees."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from kdocs_plugin.clusters.local import Installation

pytestmark = pytest.mark.live

NOTE = """\
# 파드

```yaml title="web.yaml"
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec:
  containers:
  - name: web
    image: busybox
    command: [sleep, "600"]
```

```console
$ kubectl apply -f web.yaml
pod/web configured
$ kubectl get pods
NAME   READY   STATUS             RESTARTS   AGE
web    0/1     CrashLoopBackOff   3          5m
$ kubectl get pod nope
Error from server (NotFound): pods "nope" not found
```

> 라벨은 이렇다.
>
> ```bash
> kubectl get pods --show-labels
> # NAME   READY   STATUS    RESTARTS   AGE   LABELS
> # web    1/1     Running   0          5m    app=api
> kubectl describe pod web
> # Name:         web
> # Namespace:    default
> # Labels:       app=api
> # Status:       Running
> ```

```bash
kubectl get pod web -o yaml
```

출력:

```yaml
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
  - image: nginx:1.25
    name: web
  ...
```

1. 이름만

    ```bash
    kubectl get pods -o name
    ```

    결과:

    ```
    ```
"""
CHANGED = {
    "pod/web configured": "pod/web created",
    "> # web    1/1     Running   0          5m    app=api":
        "> # web    1/1     Running   0          {age}    app=web",
    "> # Labels:       app=api": "> # Labels:       app=web",
    "  - image: nginx:1.25": "  - image: busybox",
}  # fmt: skip


def kdocs(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = "from kdocs_plugin.__main__ import main; main()"
    return subprocess.run(
        [sys.executable, "-c", command, *words],
        cwd=folder, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_note_is_made_true(
    installation: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    monkeypatch.setenv("KDOCS_LANG", "en")
    monkeypatch.setenv("KDOCS_CLUSTER", "local")
    note = tmp_path / "note.md"
    note.write_bytes(NOTE.replace("\n", end).encode())
    ran = kdocs(tmp_path, "run")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    record = (tmp_path / "records/note.json").read_bytes()

    shown = kdocs(tmp_path, "diff")
    assert shown.returncode == 1
    assert "^^^^^^^^^^^^^^^^ STATUS: really Running" in shown.stdout
    assert "5 differ" in shown.stdout
    assert "1 same" in shown.stdout  # the author's error is ours

    assert kdocs(tmp_path, "update", "--diff").returncode == 1
    assert note.read_bytes() == NOTE.replace("\n", end).encode()
    updated = kdocs(tmp_path, "update", "--yes")
    assert updated.returncode == 0, updated.stdout + updated.stderr
    text = note.read_bytes().decode()
    assert text.count("\n") == text.count(end) == NOTE.count("\n") + 1  # the empty fence
    lines = text.replace(end, "\n").split("\n")
    gone = [line for line in NOTE.split("\n") if line not in lines]
    assert gone[0] == "pod/web configured"
    assert {line for line in CHANGED if "5m" not in line} < {*gone}
    for old, new in CHANGED.items():
        assert "{age}" in new or new in lines, old
    assert "    pod/web" in lines

    assert kdocs(tmp_path, "diff").returncode == 0
    again = kdocs(tmp_path, "update", "--yes")
    assert (again.returncode, again.stdout) == (0, "")
    unchanged = kdocs(tmp_path, "run")
    assert "0 notes run, 1 unchanged" in unchanged.stdout

    # What was recorded comes out again, and where it does not, that is said.
    checked = kdocs(tmp_path, "run", "--check")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    data = json.loads(record)
    assert data["steps"][1]["command"] == ["kubectl get pods"]
    data["steps"][1]["output"][1] = "web    0/1     Error     1          2s"
    false = json.dumps(data, ensure_ascii=False, indent=1).encode()
    (tmp_path / "records/note.json").write_bytes(false)
    checked = kdocs(tmp_path, "run", "--check")
    assert checked.returncode == 1
    assert "- web    0/1     Error     1          2s\n    + web    1/1     Running" in (
        checked.stdout
    )
    assert (tmp_path / "records/note.json").read_bytes() == false
    assert kdocs(tmp_path, "diff", "--cluster", "local").returncode == 0
