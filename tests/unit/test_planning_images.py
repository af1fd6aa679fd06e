"""The images that a note's steps need, and a plan that names those that can't be had."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from kdocs_plugin.cli import kdocs
from kdocs_plugin.clusters.local.images import store
from kdocs_plugin.clusters.local.images.remote import SETTING
from kdocs_plugin.planning import plan
from kdocs_plugin.planning.images import images_of
from kdocs_plugin.source import scan

NOTE = """\
# 이미지

```yaml title="web.yaml"
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  template:
    spec:
      initContainers:
        - {name: wait, image: busybox:1.28}
      containers:
        - {name: web, image: "nginx:1.14.2"}
```

```bash
kubectl apply -f web.yaml
kubectl get pods
kubectl set image deployment/web web=nginx:1.16.1
kubectl run one --image=nginx:1.14.2
kubectl run two --image=<이미지>
kubectl create deployment three --image=nginx
docker run redis
```
"""


def test_images_stand_where_they_are_first_needed() -> None:
    scenario = plan(scan("note.md", NOTE))
    by_command = {scenario.steps[i].command: each for i, each in images_of(scenario).items()}
    assert {command: set(images) for command, images in by_command.items()} == {
        "kubectl apply -f web.yaml": {"busybox:1.28", "nginx:1.14.2"},
        "kubectl set image deployment/web web=nginx:1.16.1": {"nginx:1.16.1"},
        "kubectl create deployment three --image=nginx": {"nginx"},
    }


@pytest.fixture
def note(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache" / "images"
    image = store.Store(folder).image(
        "nginx", ["latest", "1.22.1"], "a test", io.BytesIO(b""), {}, registry="docker.io"
    )
    store.put(folder, [image])
    monkeypatch.setenv("KDOCS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv(SETTING, "none")
    monkeypatch.setenv("KDOCS_LANG", "en")
    path = tmp_path / "note.md"
    path.write_text(NOTE)
    return path


def run_plan(note: Path, *options: str) -> str:
    done = CliRunner().invoke(kdocs, ["run", "--plan", str(note), *options])
    assert done.exit_code == 0, done.output
    return done.output


def test_a_plan_names_what_can_not_be_had(note: Path) -> None:
    said = run_plan(note)
    assert "image nginx:1.14.2: its registry can't be reached" in said
    assert "images on this machine: nginx:latest, nginx:1.22.1" in said
    assert "image nginx:" in said
    assert "image nginx: " not in said  # that is nginx:latest, which is here
    (found,) = json.loads(run_plan(note, "--format", "json"))["notes"]
    assert set(found["images_missing"]) == {"busybox:1.28", "nginx:1.14.2", "nginx:1.16.1"}


def test_a_plan_for_a_cluster_of_others_says_nothing_of_images(note: Path) -> None:
    assert "image nginx" not in run_plan(note, "--cluster", "theirs")
