"""What a note makes on a real cluster becomes the picture of its record, each time the same."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from kdocs_plugin.clusters.local import Installation
from tests.live.test_run import KDOCS, MKDOCS, call

pytestmark = pytest.mark.live

NOTE = """\
# 웹

```yaml title="web.yaml"
apiVersion: v1
kind: Secret
metadata: {name: key}
stringData: {word: geheim-7731}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
        - name: nginx
          image: nginx:latest
          envFrom: [{secretRef: {name: key}}]
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  ports: [{port: 80}]
```

```bash
kubectl apply -f web.yaml
kubectl scale deployment web --replicas=6
kubectl set image deployment/web nginx=nginx:latest
kubectl delete -f web.yaml
```
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "web.md").write_text(NOTE)
    (tmp_path / "mkdocs.yml").write_text(
        "site_name: 노트\ntheme: {name: material, font: false}\nplugins: [search, kdocs]\n"
    )
    return tmp_path


def run(site: Path) -> bytes:
    done = call(site, KDOCS, "run", "--cluster", "local", "--force")
    assert done.returncode == 0, done.stdout + done.stderr
    return (site / "records" / "web.json").read_bytes()


def test_a_run_s_objects_become_a_picture(installation: Installation, site: Path) -> None:
    first = run(site)
    scene: list[dict[str, Any]] = json.loads(first)["scene"]
    kinds = [each["kind"] for each in scene]
    assert kinds == ["Deployment", "ReplicaSet", *["Pod"] * 5, "Service", "Secret"]
    assert scene[0]["detail"] == "6/6"  # at its fullest, though it was taken away again
    assert scene[6] == {"kind": "Pod", "more": 2, "owner": 1}
    for pod in scene[2:6]:
        assert re.fullmatch(r"web-[a-z0-9]+-[a-z0-9]{5}", pod["name"])
        assert pod["name"] == f"web-{pod['generated']}"
        assert (pod["owner"], pod["links"], pod["state"]) == (1, [8], "ready")
        assert pod["node"] and pod["images"] == ["nginx:latest"]
    assert scene[7]["links"] == [2, 3, 4, 5]
    assert scene[8] == {"kind": "Secret", "name": "key"}
    assert b"geheim" not in first
    assert run(site) == first  # other names, other moments: bytes and date stay

    built = call(site, MKDOCS, "build", "--strict")
    assert built.returncode == 0, built.stderr
    html = (site / "site" / "web" / "index.html").read_text()
    assert html.count('class="kdocs-scene"') == 1
    assert f"Service web: ClusterIP 80, Pod {scene[2]['name']}" in html
