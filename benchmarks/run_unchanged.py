"""`kdocs run` of 100 notes that have not changed against the bare import of its command line.

The notes are the repository's two, with other names in them, and their records are made
here, without a cluster. Whole processes, in turn; prints the medians of wall time, their
ratio, and the target. The first run, which has to look for itself, is told apart. The
package's bytecode is written first, as pip does on installing.
"""

from __future__ import annotations

import compileall
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import kdocs_plugin
from kdocs_plugin import pipeline, records
from kdocs_plugin.config import settings_for
from kdocs_plugin.model import ClusterInfo, Status, StepResult

NOTES = 100
ROUNDS = 11
TARGET = 1.5
# What an installed `kdocs` holds.
SCRIPT = "import sys; from kdocs_plugin.__main__ import main; sys.exit(main())"
SOURCES = sorted((Path(__file__).parents[1] / "docs").glob("06-*.md"))


def fill(folder: Path) -> None:
    """Write the notes and a record for each."""
    docs = folder / "docs"
    docs.mkdir()
    (folder / "mkdocs.yml").write_text("site_name: 노트\nplugins:\n  - kdocs\n", "utf-8")
    settings = settings_for(folder, docs, {})
    for number in range(NOTES):
        text = SOURCES[number % len(SOURCES)].read_text("utf-8")
        text = text.replace("nginx-pod", f"nginx-{number}")
        (docs / f"{number:03}.md").write_text(text, "utf-8")
        page = pipeline.prepare(f"{number:03}.md", text, settings)
        results = [
            StepResult(step, Status.OK, step.command, exit_code=0, output="x\n" * 40, order=n)
            for n, step in enumerate(page.scenario.runnable, 1)
        ]
        info = ClusterInfo("v1.37.2", "local")
        records.save(
            settings.records, records.make_record(page.scenario, results, info, (), None)
        )


def timed(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> float:
    begin = time.perf_counter()
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=True
    )
    seconds = time.perf_counter() - begin
    assert SCRIPT not in command or f"{NOTES} unchanged" in done.stdout, done.stdout
    return seconds


def main() -> int:
    compileall.compile_dir(Path(kdocs_plugin.__file__).parent, quiet=1)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "notes"
        folder.mkdir()
        fill(folder)
        cache = {"KDOCS_CACHE": str(Path(name) / "cache"), "KDOCS_LANG": "en"}
        environment = {**os.environ, **cache}
        time.sleep(0.1)  # what was written a moment ago is not trusted to stay
        bare = [sys.executable, "-c", "import kdocs_plugin.cli"]
        ours = [sys.executable, "-c", SCRIPT, "run", "--cluster", "local"]
        first = timed(ours, folder, environment)
        times = [
            (timed(bare, folder, environment), timed(ours, folder, environment))
            for _ in range(ROUNDS + 1)
        ][1:]
    base, run = (statistics.median(each) for each in zip(*times, strict=True))
    print(f"import {base:.3f} s, kdocs run of {NOTES} unchanged notes {run:.3f} s", end="")
    print(f": {run / base:.2f} times; the first one {first:.2f} s")
    print(f"target {TARGET}")
    return int(run / base > TARGET)


if __name__ == "__main__":
    sys.exit(main())
