"""Real sites, built by `mkdocs build` in a folder of the test's own.

`record` writes what a run would have written, by the records layer itself, from outputs
that are test data.
"""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kdocs_plugin import pipeline, records
from kdocs_plugin.config import settings_for
from kdocs_plugin.model import ClusterInfo, Decision, ImageInfo, Status, StepResult

VARIABLES = {
    "PATH": "/usr/bin:/bin",
    "NO_MKDOCS_2_WARNING": "1",
    "LANG": "C.UTF-8",
    # The kdocs beside these tests, also where another checkout is installed.
    "PYTHONPATH": str(Path(__file__).parents[2]),
}
CONFIG = """\
site_name: 노트
theme:
  name: material
  font: false
plugins: [search, kdocs]
"""
# A short note in the manner of real ones: tabs, callouts, probes, a list after a quote.
NOTE = """\
---
챕터: 1.1
발제: 홍길동
tags: [k8s]
---
## 1.1 파드 맛보기

> 파드는 가장 작은 단위이다.
>
- `kubectl get pods`로 확인한다
    - 특정 파드: `kubectl logs <pod-name>`

```yaml
apiVersion: v1
kind: Pod
metadata:
	name: web
spec:
	containers:
		- name: web
			image: nginx:latest
```

> [!TIP] 어떻게 접근하지?
>
> 노드에서 `curl <파드의 IP>:80` 하면 된다

> [!WARNING]
> 두 번째 콜아웃

```bash
kubectl apply -f web-pod.yaml
kubectl delete pod web --now
```

## 1.2 다음

`docker ps`는 산문이다
"""
OUTPUTS = {
    "kubectl apply -f web-pod.yaml": "pod/web created\n",
    "kubectl get pods": "NAME   READY   STATUS    RESTARTS   AGE\n"
    "web    1/1     Running   0          2s\n",
    "kubectl logs <pod-name>": "</code><script>alert(1)</script>\n",
    "curl <파드의 IP>:80": "<h1>Welcome to nginx!</h1>\n",
    "kubectl delete pod web --now": "",
}


@dataclass(frozen=True)
class Site:
    """A folder with mkdocs.yml and docs, and what was built of it."""

    root: Path

    def write(self, path: str, text: str) -> None:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")

    def record(self, path: str, outputs: Mapping[str, str] = OUTPUTS) -> None:
        """Writes a record of docs/`path` as it is now."""
        settings = settings_for(self.root, self.root / "docs", {})
        text = (self.root / "docs" / path).read_text(encoding="utf-8")
        scenario = pipeline.prepare(path, text, settings).scenario
        results = [
            StepResult(
                step,
                Status.OK,
                ran=step.command.replace("<pod-name>", "web"),
                exit_code=0,
                output=outputs.get(step.command, ""),
                order=order,
            )
            for order, step in enumerate(scenario.steps, 1)
            if step.decision is Decision.RUN
        ]
        cluster = ClusterInfo("v1.37.2", "local")
        images = (ImageInfo("nginx:latest", "sha256:aa", built_locally=True),)
        record = records.make_record(scenario, results, cluster, images, None)
        records.save(settings.records, record)

    def build(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Runs `mkdocs build`, with what it prints."""
        command = [sys.executable, "-m", "mkdocs", "build", *arguments]
        return subprocess.run(
            command,
            cwd=self.root,
            env=VARIABLES | environment,
            text=True,
            check=False,
            capture_output=True,
        )

    @contextmanager
    def serve(self) -> Iterator[Callable[[str], str]]:
        """`mkdocs serve` on a free port of the loopback; gives a way to fetch a page."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            address = f"127.0.0.1:{free.getsockname()[1]}"
        command = [sys.executable, "-m", "mkdocs", "serve", "-a", address]
        with subprocess.Popen(command, cwd=self.root, env=VARIABLES) as server:
            try:
                yield lambda path: _fetch(f"http://{address}/{path}", server)
            finally:
                server.terminate()

    def article(self, path: str) -> str:
        """The part of a built page that holds the note."""
        page = self.page(path)
        found = re.search(r"<article[^>]*>(.*)</article>", page, re.DOTALL)
        return found[1] if found else page

    def page(self, path: str) -> str:
        return (self.root / "site" / path).read_text(encoding="utf-8")


def make(root: Path, config: str = CONFIG, **pages: Any) -> Site:
    """A site of one note, or of these pages (`index=` is docs/index.md)."""
    site = Site(root)
    site.write("mkdocs.yml", config)
    for name, text in (pages or {"note": NOTE}).items():
        site.write(f"docs/{name}.md", text)
    return site


def _fetch(url: str, server: subprocess.Popen[bytes]) -> str:
    """The page, as soon as the server answers."""
    deadline = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(url, timeout=30) as answer:  # noqa: S310
                return str(answer.read(), "utf-8")
        except OSError:
            if server.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.1)
