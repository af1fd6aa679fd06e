"""Files are written into the working directory and nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest

from kdocs_plugin.errors import ExecutionError
from kdocs_plugin.execution.shell.workdir import write_file


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("a.yaml", "a.yaml"),
        ("k8s/base/a.yaml", "k8s/base/a.yaml"),
        ("./a.yaml", "a.yaml"),
        ("../../a.yaml", "a.yaml"),
        ("/etc/a.yaml", "etc/a.yaml"),
    ],
)
def test_inside_whatever_the_name(tmp_path: Path, name: str, place: str) -> None:
    work = tmp_path / "deep" / "work"
    work.mkdir(parents=True)
    write_file(work, name, "하나\n")
    write_file(work, name, "둘\n")
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == [work / place]
    assert (work / place).read_text() == "둘\n"


@pytest.mark.parametrize("name", ["link", "folder/a.yaml"])
def test_links_are_not_followed(tmp_path: Path, name: str) -> None:
    work, outside = tmp_path / "work", tmp_path / "outside"
    work.mkdir()
    outside.mkdir()
    (outside / "kept").write_text("kept")
    (work / "link").symlink_to(outside / "kept")
    (work / "folder").symlink_to(outside)
    with pytest.raises(ExecutionError):
        write_file(work, name, "changed")
    assert [p.name for p in outside.iterdir()] == ["kept"]
    assert (outside / "kept").read_text() == "kept"
