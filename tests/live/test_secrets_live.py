"""Canaries: what no record, page, report or terminal may show, on both kinds of cluster."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from kdocs_plugin.clusters.api import Api, ApiError
from kdocs_plugin.clusters.local import Installation, LocalCluster
from tests.live.foreign import KDOCS, Relay, foreign, kubeconfig, token_of

pytestmark = pytest.mark.live

MKDOCS = str(Path(sys.executable).parent / "mkdocs")
# Made by the note, which does not spell it.
CANARY = hashlib.sha256(b"canary\n").hexdigest()[:24]
ENVIRONMENT = {
    "AWS_SECRET_ACCESS_KEY": "canary-of-the-environment-1",
    "GITHUB_TOKEN": "canary-of-the-environment-2",
    "MY_PASSWORD": "canary-of-the-environment-3",
}
ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount/token"
NOTE = f"""\
# 비밀

```yaml title="pod.yaml"
apiVersion: v1
kind: Pod
metadata: {{name: app}}
spec:
  restartPolicy: Never
  containers:
    - name: app
      image: busybox
      command: [sh, -c, "env | grep PASSWORD; cat {ACCOUNT}; sleep 900"]
      env:
        - name: PASSWORD
          valueFrom: {{secretKeyRef: {{name: s, key: p}}}}
```

```bash
p=$(echo canary | sha256sum | cut -c 1-24)
kubectl create secret generic s --from-literal=p=$p
kubectl create secret generic never --from-literal=p=$p-never --dry-run=client -o yaml
kubectl create secret generic never --from-literal=p=$p-never --dry-run=client -o json
kubectl apply -f pod.yaml
kubectl get secret s -o yaml
kubectl get secret s -o json
kubectl get secret s -o jsonpath='{{.data.p}}'
kubectl get secret s -o jsonpath='{{.data.p}}' | base64 -d
kubectl get secret s -o go-template='{{{{.data.p | base64decode}}}}'
kubectl get secret s -o jsonpath='{{.data.p}}' | base64 -d | fold -w 5
kubectl get secret s -o jsonpath='{{.data.p}}' | fold -w 7
kubectl describe secret s
kubectl exec app -- env
kubectl exec app -- sh -c 'echo $PASSWORD'
kubectl exec app -- cat {ACCOUNT}
kubectl exec app -- sh -c 'fold -w 60 {ACCOUNT}'
kubectl exec app -- sh -c 'base64 {ACCOUNT}'
kubectl logs app
kubectl create token default
kubectl config view --raw
kubectl config view --raw -o json
kubectl config view --raw -o jsonpath='{{.users}}'
echo "$p" | base64
echo "{{\\"password\\": \\"$p\\"}}"
export -p
set
kubectl get events -o yaml
kubectl get pod app -o yaml
```
"""


def hold_nothing(texts: dict[str, str], secret: list[str]) -> None:
    """Neither a canary, nor ten characters of it in a row, nor its base64."""
    for where, text in texts.items():
        dense = "".join(text.split())
        for word in secret:
            for form in (word, base64.b64encode(word.encode()).decode().rstrip("=")):
                for i in range(len(form) - 11):
                    piece = form[i : i + 12]
                    assert piece not in dense, (where, word, text)


def outputs(folder: Path, environment: dict[str, str], cluster: str) -> dict[str, str]:
    """Run and build; everything that comes out."""
    (folder / "mkdocs.yml").write_text("site_name: x\nplugins: [search, kdocs]\n")

    def call(*command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True,
            timeout=280, check=False,
        )  # fmt: skip

    ran = call(KDOCS, "run", "--cluster", cluster, "--force")
    told = call(KDOCS, "run", "--cluster", cluster, "--force", "--format", "json")
    built = call(MKDOCS, "build")
    assert built.returncode == 0, built.stderr
    assert ran.returncode in (0, 1), ran.stderr
    found = {"terminal": ran.stdout + ran.stderr, "json": told.stdout, "stderr": told.stderr}
    for path in [*(folder / "records").rglob("*.json"), *(folder / "site").rglob("*.html")]:
        found[path.name] = path.read_text()
    found |= {str(p): p.read_text() for p in (folder / "site" / "search").glob("*.json")}
    assert {"terminal", "json", "a.json", "index.html"} <= found.keys()
    return found


def test_on_the_local_cluster(installation: Installation, tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.md").write_text(NOTE)
    environment = {**os.environ, **ENVIRONMENT, "KDOCS_LANG": "en"}
    found = outputs(tmp_path, environment, "local")
    assert "[redacted]" in found["a.json"]
    hold_nothing(found, [CANARY, f"{CANARY}-never", *ENVIRONMENT.values()])
    assert "eyJ" not in "".join(found[name] for name in ("terminal", "json", "a.json"))


def test_on_a_cluster_of_others(
    installation: Installation, local_cluster: LocalCluster, tmp_path: Path
) -> None:
    """Its kubeconfig holds a token, which is a canary, too."""
    with Relay(local_cluster) as relay:
        api = Api(local_cluster.kubeconfig)
        with local_cluster.network():
            admin_of(api)
            token = token_of(api, "default", "test-admin")
        place = foreign(
            tmp_path, installation, kubeconfig(relay, local_cluster, {"token": token})
        )
        place.note("a.md", NOTE)
        found = outputs(tmp_path, place.environment | ENVIRONMENT, "shared")
    assert "[redacted]" in found["a.json"]
    hold_nothing(found, [CANARY, f"{CANARY}-never", *ENVIRONMENT.values(), token])
    assert "eyJ" not in "".join(found[name] for name in ("terminal", "json", "a.json"))


def admin_of(api: Api) -> None:
    """A ServiceAccount with every right."""
    name = {"metadata": {"name": "test-admin"}}
    subject = {"kind": "ServiceAccount", "name": "test-admin", "namespace": "default"}
    group = "rbac.authorization.k8s.io"
    role = {"apiGroup": group, "kind": "ClusterRole", "name": "cluster-admin"}
    binding = {**name, "roleRef": role, "subjects": [subject]}
    with contextlib.suppress(ApiError):  # an earlier test of this session has made them
        api.post("/api/v1/namespaces/default/serviceaccounts", name)
        api.post(f"/apis/{group}/v1/clusterrolebindings", binding)
