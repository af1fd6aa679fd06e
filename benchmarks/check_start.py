"""`kdocs check` of one small note against the bare import of the libraries it stands on.

Whole processes, in turn; prints the medians of wall time, their ratio, and the target. The
package's bytecode is written first, as pip does on installing.
"""

from __future__ import annotations

import compileall
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import kdocs_plugin

ROUNDS = 15
TARGET = 2.0
NOTE = """# 파드

```yaml
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
  - name: web
    image: nginx
```

```bash
$ kubectl apply -f pod.yaml
pod/web created
```

`kubectl logs web`로 본다.
"""


def timed(command: Sequence[str]) -> float:
    begin = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - begin


def main() -> int:
    compileall.compile_dir(Path(kdocs_plugin.__file__).parent, quiet=1)
    with tempfile.TemporaryDirectory() as folder:
        note = Path(folder) / "note.md"
        note.write_text(NOTE, encoding="utf-8")
        bare = [sys.executable, "-c", "import yaml, jsonschema_rs, tree_sitter_bash"]
        ours = [str(Path(sys.executable).with_name("kdocs")), "check", str(note)]
        times = [(timed(bare), timed(ours)) for _ in range(ROUNDS + 1)][1:]
    base, check = (statistics.median(each) for each in zip(*times, strict=True))
    print(f"imports {base:.3f} s, kdocs check {check:.3f} s: {check / base:.2f} times")
    print(f"target {TARGET}")
    return int(check / base > TARGET)


if __name__ == "__main__":
    sys.exit(main())
