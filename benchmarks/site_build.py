"""`mkdocs build` of this site with the plugin, against the same build without it.

Whole processes, in turn, after one warm-up each. Prints medians and their ratio.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
ROUNDS = 7
WITHOUT = """
INHERIT: {config}
docs_dir: {docs}
plugins: [search]
"""


def build(config: Path) -> float:
    """Seconds of one build into a fresh folder."""
    with tempfile.TemporaryDirectory() as folder:
        command = [
            sys.executable,
            "-m",
            "mkdocs",
            "build",
            "-q",
            "-f",
            str(config),
            "-d",
            folder,
        ]
        started = time.perf_counter()
        subprocess.run(command, check=True, env={**os.environ, "NO_MKDOCS_2_WARNING": "1"})
        return time.perf_counter() - started


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "mkdocs.yml"
        plain.write_text(WITHOUT.format(config=ROOT / "mkdocs.yml", docs=ROOT / "docs"))
        configs = {"with kdocs": ROOT / "mkdocs.yml", "without": plain}
        times: dict[str, list[float]] = {name: [] for name in configs}
        for number in range(ROUNDS + 1):
            for name, config in configs.items():
                taken = build(config)
                if number:
                    times[name].append(taken)
    medians = {name: statistics.median(each) for name, each in times.items()}
    for name, median in medians.items():
        print(f"{name:12} {median:6.2f} s")
    print(f"{'ratio':12} {medians['with kdocs'] / medians['without']:6.2f}")


if __name__ == "__main__":
    main()
