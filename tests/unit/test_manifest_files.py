"""`kdocs check` on YAML files: positions are the file's own, and notes stand beside them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from kdocs_plugin.project import open_project

POD = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n"
WRONG = POD + "  - name: web\n    mage: nginx\n"
RIGHT = POD + "  - name: web\n    image: nginx\n"


def check(*paths: str, folder: Path) -> tuple[int, list[dict[str, object]]]:
    start = "from kdocs_plugin.cli import main; main()"
    command = [sys.executable, "-c", start, "check", "--format", "json", *paths]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, json.loads(done.stdout)["findings"]


def test_positions_are_the_files_own(tmp_path: Path) -> None:
    (tmp_path / "pods").mkdir()
    (tmp_path / "pods" / "a.yaml").write_text("# 파드\n---\n" + WRONG)
    (tmp_path / "pods" / "b.yml").write_text(RIGHT)
    status, found = check("pods", folder=tmp_path)
    assert status == 1
    assert [(f["code"], f["path"], f["line"], f["column"]) for f in found] == [
        ("KD201", "pods/a.yaml", 10, 5)
    ]


def test_tabs_and_broken_documents_are_told(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("metadata:\n\tname: x\n\tlabels: {}\n")
    (tmp_path / "b.yaml").write_text("a: [\n---\n" + RIGHT)
    _, found = check("a.yaml", "b.yaml", folder=tmp_path)
    assert [(f["code"], f["path"], f["line"]) for f in found] == [
        ("KD102", "a.yaml", 2),
        ("KD101", "b.yaml", 2),
    ]


def test_only_a_check_looks_for_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a.md", "a.yaml", "mkdocs.yml", ".hidden.yaml", "b.txt"):
        (tmp_path / name).write_text("")
    (tmp_path / "mkdocs.yml").write_text("docs_dir: .\n")
    assert [path.name for path in open_project(()).notes] == ["a.md"]
    names = [path.name for path in open_project((), manifests=True).notes]
    assert names == ["a.md", "a.yaml"]
    (page, *_) = open_project(("a.yaml",)).pages()
    assert page.scenario.steps == ()
