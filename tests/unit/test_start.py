"""What a check must not import: each of these takes longer than the check itself."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

POD = """apiVersion: v1
kind: Pod
metadata: {name: web}
spec: {containers: [{name: web, image: nginx}]}
"""
NEVER = ["click", "dataclasses", "inspect", "jinja2", "jsonschema_rs", "kubernetes", "mkdocs"]
NEVER += [
    "kdocs_plugin.clusters.local.cluster",
    "kdocs_plugin.execution",
    "difflib",
    "hashlib",
]
PROGRAM = """
import os, sys
from kdocs_plugin.__main__ import main
os._exit = sys.exit
try:
    main()
except SystemExit as end:
    print(end.code, *(name for name in {never!r} if name in sys.modules), file=sys.stderr)
"""


def imported(folder: Path, *arguments: str, never: list[str]) -> list[str]:
    """The exit status, and what was imported of what should not be."""
    program = PROGRAM.format(never=never)
    done = subprocess.run(
        [sys.executable, "-c", program, "check", *arguments],
        cwd=folder,
        env={**os.environ, "KDOCS_CACHE": str(folder / "cache")},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.stderr.split()


@pytest.mark.parametrize("name", ["note.md", "pod.yaml"])
def test_a_clean_file(tmp_path: Path, name: str) -> None:
    text = (
        POD if name.endswith("yaml") else f"# 파드\n\n```yaml\n{POD}```\n\n`kubectl get po`\n"
    )
    (tmp_path / name).write_text(text, encoding="utf-8")
    status, *found = imported(tmp_path, name, never=NEVER)
    assert (status, found) == ("0", [])


def test_a_known_file(tmp_path: Path) -> None:
    """Of a YAML file that was looked at before nothing is read that it is checked with."""
    (tmp_path / "pod.yaml").write_text(POD, encoding="utf-8")
    never = [*NEVER, "yaml", "kdocs_plugin.validation", "kdocs_plugin.source.scanning"]
    assert "yaml" in imported(tmp_path, "pod.yaml", never=never)
    assert imported(tmp_path, "pod.yaml", never=never) == ["0"]


def test_click_is_there_for_who_needs_it(tmp_path: Path) -> None:
    assert "click" in imported(tmp_path, "--help", never=NEVER)
