"""What a page offers, done by a reader: apply a manifest from its address, then clean up."""

from __future__ import annotations

import html
import re
import shutil
from pathlib import Path

import pytest

from kdocs_plugin.clusters.local import LocalCluster
from tests.live.steps import succeed
from tests.site.builder import CONFIG, make

pytestmark = pytest.mark.live

# Tabs, and more than one object; the last block stands alone, under no name.
NOTE = """\
# 글

```yaml title="web.yaml"
apiVersion: v1
kind: Service
metadata:
	name: web
spec:
	selector: {app: web}
	ports: [{port: 80}]
---
apiVersion: v1
kind: ConfigMap
metadata:
	name: settings
data:
	color: blue
```

```bash
kubectl apply -f web.yaml
kubectl create configmap mine --from-literal=a=b
```

```yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: alone}
```
"""
ADDRESS = "http://127.0.0.1:8123/"


def lines_in(page: str, pattern: str) -> list[str]:
    """The commands that a page's elements hold."""
    return [
        html.unescape(re.sub(r"<[^>]+>", "", found))
        for found in re.findall(pattern, page, re.DOTALL)
    ]


def test_a_page_s_own_lines_work(local_cluster: LocalCluster, tmp_path: Path) -> None:
    site = make(tmp_path, CONFIG + f"site_url: {ADDRESS}\n", note=NOTE)
    assert site.build().returncode == 0
    page = site.article("note/index.html")
    applies = lines_in(page, r'<div class="kdocs-apply"[^>]*><code>(.*?)</code>')
    cleanup = lines_in(page[page.index("kdocs-cleanup") :], r"<code>(.*?)</code>")
    assert applies == [
        f"kubectl apply -f {ADDRESS}note/{name}"
        for name in ("web.yaml", "configmap-alone.yaml")
    ]
    shell = local_cluster.shell("published", local_cluster.kubeconfig.read_text())
    shutil.copytree(tmp_path / "site" / "note", shell.directory / "site" / "note")
    shutil.copy(tmp_path / "site" / "note" / "web.yaml", shell.directory)
    everything = "kubectl get service,configmap -o name | grep -v 'kube-root-ca.crt$'"
    said = succeed(
        local_cluster,
        "kubectl create namespace published > /dev/null\n"
        "kubectl config set-context --current --namespace published > /dev/null\n"
        "python3 -m http.server 8123 --bind 127.0.0.1 --directory site > /dev/null 2>&1 &\n"
        "trap 'kill %1; kubectl delete namespace published --wait=false > /dev/null' EXIT\n"
        "until curl -s http://127.0.0.1:8123/ > /dev/null; do :; done\n"
        + "\n".join(applies)
        + "\nkubectl create configmap mine --from-literal=a=b > /dev/null\n"
        + f"{everything}; echo; "
        + "; ".join(cleanup)
        + f"; echo; {everything} || true\n",
        name="published",
    )
    applied, deleted, left = said.split("\n\n")
    assert applied.split() == [
        "service/web", "created", "configmap/settings", "created", "configmap/alone", "created",
        "service/web", "configmap/alone", "configmap/mine", "configmap/settings",
    ]  # fmt: skip
    assert deleted.count("deleted") == 3
    # The note never applies it, so it is not the note's to delete.
    assert left.split() == ["configmap/alone"]
