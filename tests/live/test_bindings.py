"""Old transcripts run again unedited: what was the author's own is bound to what is here.

Notes in the manner of old ones, on a real cluster: names, addresses and ports of the author's
run in tables and later commands, placeholders of every kind, a page that goes on from another,
images of long ago.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from kdocs_plugin.clusters.local import Installation

pytestmark = pytest.mark.live

KDOCS = str(Path(sys.executable).parent / "kdocs")
MKDOCS = str(Path(sys.executable).parent / "mkdocs")
CONFIG = """\
site_name: 노트
theme: material
plugins:
- search
- kdocs:
    files: [manifests]
    images: {"nginx:1.14.2": "nginx:latest", "nginx:1.16.*": nginx}
"""
FRONTEND = """\
# 레플리카셋

```yaml title="frontend.yaml"
apiVersion: apps/v1
kind: ReplicaSet
metadata:
  name: frontend
spec:
  replicas: 3
  selector: {matchLabels: {app: frontend}}
  template:
    metadata: {labels: {app: frontend}}
    spec:
      containers:
      - name: web
        image: nginx:1.14.2
```

```console
$ kubectl apply -f frontend.yaml
replicaset.apps/frontend created
$ kubectl get pods -o wide
NAME             READY   STATUS    RESTARTS   AGE   IP            NODE
frontend-b2zdv   1/1     Running   0          6s    10.42.0.226   worker-1
frontend-qmh9s   1/1     Running   0          6s    10.42.0.228   worker-1
frontend-vcmts   1/1     Running   0          6s    10.42.0.227   worker-1
$ kubectl exec frontend-vcmts -- hostname
frontend-vcmts
$ kubectl exec frontend-b2zdv -- curl -s 10.42.0.226
$ curl -s 10.42.0.227
$ kubectl describe node worker-1 | head -1
$ kubectl delete pod frontend-b2zdv
pod "frontend-b2zdv" deleted
$ kubectl get pods
NAME             READY   STATUS    RESTARTS   AGE
frontend-6x2cw   1/1     Running   0          6s
frontend-qmh9s   1/1     Running   0          1m
frontend-vcmts   1/1     Running   0          1m
$ kubectl exec frontend-6x2cw -- hostname
$ kubectl get pod frontend-b2zdv
Error from server (NotFound): pods "frontend-b2zdv" not found
$ kubectl logs frontend-b2zdv
$ kubectl exec frontend-qmh9s -- curl -s 10.42.0.99
```

`kubectl logs frontend-vcmts`로 로그를 본다.
"""
SERVICE = """\
---
needs: frontend
---
# 서비스

```console
$ kubectl expose rs frontend --port=80 --type=NodePort
service/frontend exposed
$ kubectl get svc
NAME       TYPE       CLUSTER-IP       EXTERNAL-IP   PORT(S)        AGE
frontend   NodePort   10.107.184.107   <none>        80:31234/TCP   5s
$ curl -s 10.107.184.107
$ curl -s http://192.168.49.2:31234/
$ kubectl exec frontend-qmh9s -- hostname
$ kubectl get pods -l app=frontend -o name
$ curl -s $NODE_IP:NODE_PORT
$ kubectl logs [파드 이름] -c CONTAINER
$ kubectl get pods -l app=<라벨> -o name
$ kubectl describe pod frontend-xxxxx | head -1
$ kubectl apply -f far/
$ kubectl get configmap far -o jsonpath={.data.a}
```
"""
ROLLOUT = """\
# 디플로이먼트

```console
$ kubectl create deployment web --image=nginx:1.14.2 --replicas=2
$ kubectl get deployment web -o wide
NAME   READY   UP-TO-DATE   AVAILABLE   AGE   CONTAINERS   IMAGES         SELECTOR
web    2/2     2            2           9s    nginx        nginx:1.14.2   app=web
$ kubectl exec web-66b6c48dd5-abcde -- hostname
$ kubectl exec web-66b6c48dd5-x7k2p -- hostname
$ kubectl describe rs web-66b6c48dd5 | head -1
$ kubectl set image deployment/web nginx=nginx:1.16.1
```
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, installation: Installation) -> Path:
    """The notes, run."""
    root = tmp_path_factory.mktemp("site")
    notes = {"frontend": FRONTEND, "services/service": SERVICE, "rollout": ROLLOUT}
    for name, text in notes.items():
        (root / "docs" / name).parent.mkdir(parents=True, exist_ok=True)
        (root / "docs" / f"{name}.md").write_text(text, encoding="utf-8")
    (root / "manifests" / "far").mkdir(parents=True)
    (root / "manifests" / "far" / "far.yaml").write_text(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: far}\ndata: {a: from-afar}\n"
    )
    (root / "mkdocs.yml").write_text(CONFIG, encoding="utf-8")
    done = call(root, KDOCS, "run", "--cluster", "local", "--format", "json")
    (root / "run.json").write_text(done.stdout)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return root


def call(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "KDOCS_LANG": "en"}
    return subprocess.run(
        command,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )


def steps_of(site: Path, page: str) -> dict[str, Mapping[str, Any]]:
    record = json.loads((site / "records" / f"{page}.json").read_text(encoding="utf-8"))
    return {"\n".join(step["command"]): step for step in record["steps"]}


def ran(step: Mapping[str, Any]) -> str:
    return "\n".join(step.get("ran", step["command"]))


def rows(step: Mapping[str, Any]) -> list[list[str]]:
    return [line.split() for line in step["output"][1:]]


def test_the_author_s_pods_and_addresses_are_ours_at_their_places(site: Path) -> None:
    steps = steps_of(site, "frontend")
    first, second, third = rows(steps["kubectl get pods -o wide"])
    names = {row[0] for row in (first, second, third)}
    assert len(names) == 3
    assert all(re.fullmatch(r"frontend-\w{5}", name) for name in names)
    hostname = steps["kubectl exec frontend-vcmts -- hostname"]
    assert ran(hostname) == f"kubectl exec {third[0]} -- hostname"
    assert hostname["output"] == [third[0]]
    inside = steps["kubectl exec frontend-b2zdv -- curl -s 10.42.0.226"]
    assert ran(inside) == f"kubectl exec {first[0]} -- curl -s {first[5]}"
    assert any("Welcome to nginx!" in line for line in inside["output"])
    outside = steps["curl -s 10.42.0.227"]
    assert ran(outside) == f"curl -s {third[5]}"
    assert any("Welcome to nginx!" in line for line in outside["output"])
    node = steps["kubectl describe node worker-1 | head -1"]
    assert node["output"][0].split()[1] == first[6]


def test_a_name_stands_for_the_pod_that_is_there_now(site: Path) -> None:
    steps = steps_of(site, "frontend")
    before = {row[0] for row in rows(steps["kubectl get pods -o wide"])}
    gone = ran(steps["kubectl delete pod frontend-b2zdv"]).rsplit(" ", 1)[-1]
    now = {row[0] for row in rows(steps["kubectl get pods"])}
    (new,) = now - before
    assert steps["kubectl exec frontend-6x2cw -- hostname"]["output"] == [new]
    # The author shows that it is gone: so it is, and that is no failure.
    absent = steps["kubectl get pod frontend-b2zdv"]
    assert absent["status"] == "ok"
    assert f'pods "{gone}" not found' in absent["output"][0]
    # Who goes on as if it were there is told, and nothing else is taken for it.
    blocked = steps["kubectl logs frontend-b2zdv"]
    assert (blocked["status"], blocked["reason"]) == ("blocked", "run.gone")
    assert blocked["reason_arguments"] == {"placeholder": "frontend-b2zdv", "value": gone}
    assert ran(steps["kubectl logs frontend-vcmts"]).endswith(
        ran(steps["kubectl exec frontend-vcmts -- hostname"]).split()[2]
    )


def test_an_address_that_lines_up_with_nothing_is_not_asked(site: Path) -> None:
    command = "kubectl exec frontend-qmh9s -- curl -s 10.42.0.99"
    assert command not in steps_of(site, "frontend")
    plan = call(site, KDOCS, "run", "--plan", "docs/frontend.md").stdout
    below = plan.split(command)[1]
    assert "10.42.0.99 is a value of the author's own run" in below


def test_a_page_goes_on_from_another(site: Path) -> None:
    steps = steps_of(site, "services/service")
    # Its own record has its own steps, not those that made the pods.
    assert "kubectl apply -f frontend.yaml" not in steps
    pods = steps["kubectl get pods -l app=frontend -o name"]["output"]
    assert len(pods) == 3
    # A literal of the page before, lined up with what that page printed in this run.
    hostname = steps["kubectl exec frontend-qmh9s -- hostname"]
    assert f"pod/{hostname['output'][0]}" in pods
    data = steps["kubectl get configmap far -o jsonpath={.data.a}"]
    assert data["output"] == ["from-afar"]


def test_service_addresses_and_node_ports(site: Path) -> None:
    steps = steps_of(site, "services/service")
    row = rows(steps["kubectl get svc"])[0]
    port = row[4].removeprefix("80:").removesuffix("/TCP")
    assert ran(steps["curl -s 10.107.184.107"]) == f"curl -s {row[2]}"
    by_node = steps["curl -s http://192.168.49.2:31234/"]
    assert re.fullmatch(rf"curl -s http://172\.30\.0\.2:{port}/", ran(by_node))
    assert ran(steps["curl -s $NODE_IP:NODE_PORT"]) == f"curl -s 172.30.0.2:{port}"
    for command in ("curl -s 10.107.184.107", "curl -s http://192.168.49.2:31234/",
                    "curl -s $NODE_IP:NODE_PORT"):  # fmt: skip
        assert any("Welcome to nginx!" in line for line in steps[command]["output"])


def test_placeholders_of_every_form(site: Path) -> None:
    steps = steps_of(site, "services/service")
    pods = steps["kubectl get pods -l app=frontend -o name"]["output"]
    names = [pod.removeprefix("pod/") for pod in pods]
    logs = ran(steps["kubectl logs [파드 이름] -c CONTAINER"]).split()
    assert logs[2] in names
    assert logs[3:] == ["-c", "web"]
    assert steps["kubectl get pods -l app=<라벨> -o name"]["output"] == pods
    described = steps["kubectl describe pod frontend-xxxxx | head -1"]
    assert described["output"][0].split()[1] in names


def test_names_without_any_output_of_the_author_s(site: Path) -> None:
    steps = steps_of(site, "rollout")
    one = steps["kubectl exec web-66b6c48dd5-abcde -- hostname"]["output"]
    other = steps["kubectl exec web-66b6c48dd5-x7k2p -- hostname"]["output"]
    assert one != other
    owner = steps["kubectl describe rs web-66b6c48dd5 | head -1"]["output"][0].split()[1]
    assert all(name[0].startswith(f"{owner}-") for name in (one, other))


def test_images_of_long_ago(site: Path) -> None:
    steps = steps_of(site, "rollout")
    made = steps["kubectl create deployment web --image=nginx:1.14.2 --replicas=2"]
    assert ran(made) == "kubectl create deployment web --image=nginx:latest --replicas=2"
    assert rows(steps["kubectl get deployment web -o wide"])[0][6] == "nginx:latest"
    changed = steps["kubectl set image deployment/web nginx=nginx:1.16.1"]
    assert ran(changed) == "kubectl set image deployment/web nginx=nginx"
    for page, originals in (("frontend", ["nginx:1.14.2"]), ("rollout", ["nginx:1.14.2"])):
        record = json.loads((site / "records" / f"{page}.json").read_text(encoding="utf-8"))
        latest = next(each for each in record["images"] if each["name"] == "nginx:latest")
        assert latest["stands_for"] == originals
    assert "nginx:1.14.2" in (site / "docs" / "frontend.md").read_text(encoding="utf-8")


def test_the_site_shows_both_and_nothing_is_stale(site: Path) -> None:
    built = call(site, MKDOCS, "build", "--strict")
    assert built.returncode == 0, built.stderr
    page = (site / "site" / "frontend" / "index.html").read_text(encoding="utf-8")
    steps = steps_of(site, "frontend")
    own = ran(steps["kubectl exec frontend-vcmts -- hostname"])
    assert f'data-copy="{own}"' in page
    assert "kubectl exec frontend-vcmts -- hostname" in re.sub(r"<[^>]+>", "", page)
    assert "nginx:1.14.2 → nginx:latest" in page
    again = call(site, KDOCS, "run", "--cluster", "local", "--format", "json")
    assert not any(note["ran_now"] for note in json.loads(again.stdout)["notes"])
    # What the page before says has changed: so has this one.
    note = site / "docs" / "frontend.md"
    note.write_text(FRONTEND.replace("replicas: 3", "replicas: 4"), encoding="utf-8")
    status = call(site, KDOCS, "status").stdout
    note.write_text(FRONTEND, encoding="utf-8")
    assert re.search(r"services/service\.md: (?!all )", status), status
