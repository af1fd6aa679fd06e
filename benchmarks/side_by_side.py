"""Sixteen notes with `kdocs run --jobs auto`, against plain scripts under `xargs -P`.

Both do the same on one local cluster that is up already, in turn, in one run: make a
namespace, apply a pod, wait until it is ready, list it, remove the namespace and wait for
that. A script does it with kubectl alone, as the administrator: `kubectl create namespace`,
`apply`, `wait`, `get`, `delete`. kdocs does more for each note: an identity with its token,
an isolated shell, a record. The start of both processes is counted.

Prints medians, and the ratio of kdocs to the best of the numbers behind -P; behind it the
processor time that all of it took, of the cluster and of the processes outside, which says
the same on a machine that has other work.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from kdocs_plugin.clusters.api import Api
from kdocs_plugin.clusters.local import LocalCluster, installed
from kdocs_plugin.clusters.local.layout import Installation

NOTES = 16
ROUNDS = 5
PROCESSES = (1, 2, 4, 8)
POD = """apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
  - name: web
    image: nginx
"""
NOTE = f"""# 노트 {{number}}

```yaml title="pod.yaml"
{POD}```

```bash
kubectl apply -f pod.yaml
kubectl get pods
```
"""
# The ServiceAccount is made by a controller; without it the API server refuses the pod.
SCRIPT = f"""set -e
cat > pod-$1.yaml <<'END'
{POD}END
kubectl create namespace plain-$1
kubectl wait --namespace plain-$1 --for=create serviceaccount/default --timeout=60s
kubectl apply --namespace plain-$1 -f pod-$1.yaml
kubectl wait --namespace plain-$1 --for=condition=Ready pod/web --timeout=60s
kubectl get pods --namespace plain-$1
kubectl delete namespace plain-$1
"""


def own_cache(folder: Path, installation: Installation) -> Path:
    """A cache folder with the same installation and a kept cluster of its own."""
    cache = folder / "cache"
    cache.mkdir()
    (cache / installation.root.name).symlink_to(installation.root)
    (cache / "images").symlink_to(installation.images)
    return cache


def site(folder: Path) -> Path:
    notes = folder / "notes"
    notes.mkdir()
    for number in range(1, NOTES + 1):
        (notes / f"{number:02}.md").write_text(NOTE.format(number=number), encoding="utf-8")
    return notes


def processor(cluster: LocalCluster) -> float:
    """Seconds that the cluster, its shells and this process' children have used so far."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    inside = 0.0
    for folder in (Path("/sys/fs/cgroup"), Path("/sys/fs/cgroup/unified")):
        file = folder / "kdocs" / cluster.running.identity / "cpu.stat"
        if file.is_file():
            inside = int(file.read_text().split()[1]) / 1e6
    # Shells are our children's; on cgroup v1 they are in no group of this hierarchy.
    return inside + usage.ru_utime + usage.ru_stime


def take_kdocs(notes: Path, jobs: str) -> float:
    shutil.rmtree(notes / "records", ignore_errors=True)
    command = [sys.executable, "-m", "kdocs_plugin", "run", "--cluster", "local"]
    started = time.perf_counter()
    done = subprocess.run(
        [*command, "--jobs", jobs], cwd=notes, capture_output=True, text=True, check=False
    )
    taken = time.perf_counter() - started
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(list((notes / "records").glob("*.json"))) == NOTES
    return taken


def take_scripts(cluster: LocalCluster, processes: int) -> float:
    shell = cluster.shell("plain", cluster.kubeconfig.read_text())
    (shell.directory / "kubeconfig").write_text(cluster.kubeconfig.read_text())
    (shell.directory / "kubeconfig").chmod(0o666)
    (shell.directory / "note.sh").write_text(SCRIPT)
    started = time.perf_counter()
    done = subprocess.run(
        [*shell.argv, "-c", f"seq {NOTES} | xargs -P {processes} -n 1 bash note.sh"],
        env={**shell.environment, "KUBECONFIG": "/home/kdocs/kubeconfig"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    taken = time.perf_counter() - started
    assert done.stdout.count("1/1     Running") == NOTES, done.stdout + done.stderr
    return taken


def nothing_left(cluster: LocalCluster) -> bool:
    with cluster.network():
        found = Api(cluster.kubeconfig).get("/api/v1/namespaces")
    names = [item["metadata"]["name"] for item in found["items"]]
    return not [name for name in names if name.startswith(("kdocs-", "plain-"))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--jobs", nargs="*", default=["auto"])
    parser.add_argument("--processes", nargs="*", type=int, default=list(PROCESSES))
    options = parser.parse_args()
    installation = installed()
    assert installation is not None, "kdocs cluster install"
    times: dict[str, list[float]] = {f"kdocs --jobs {jobs}": [] for jobs in options.jobs}
    times |= {f"xargs -P {processes}": [] for processes in options.processes}
    work: dict[str, list[float]] = {name: [] for name in times}  # of processors
    last = times[list(times)[-1]]
    with tempfile.TemporaryDirectory() as folder:
        os.environ["KDOCS_CACHE"] = str(own_cache(Path(folder), installation))
        notes = site(Path(folder))
        with LocalCluster.start(installation, keep=True) as cluster:
            try:
                for number in range(options.rounds + 1):
                    for name, taken in times.items():
                        word = name.rpartition(" ")[2]
                        plain = name.startswith("xargs")
                        if plain and not number and taken is not last:
                            continue  # one of them is enough to warm up
                        used = processor(cluster)
                        seconds = (
                            take_scripts(cluster, int(word))
                            if plain
                            else take_kdocs(notes, word)
                        )
                        assert nothing_left(cluster), name
                        if number:
                            taken.append(seconds)
                            work[name].append(processor(cluster) - used)
                            print(f"{name:20} {seconds:6.2f} s", file=sys.stderr)
            finally:
                cluster.stop()
    medians = {name: statistics.median(each) for name, each in times.items()}
    for name, median in medians.items():
        spread = ", ".join(f"{each:.2f}" for each in sorted(times[name]))
        used = statistics.median(work[name])
        print(f"{name:20} {median:6.2f} s   ({spread})   processor {used:.1f} s")
    best = min(median for name, median in medians.items() if name.startswith("xargs"))
    for name, median in medians.items():
        if name.startswith("kdocs"):
            print(f"{name} / best of xargs -P: {median / best:.2f}")


if __name__ == "__main__":
    main()
