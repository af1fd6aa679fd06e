"""The command as a user calls it: a process of its own, without a cluster."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

KDOCS = str(Path(sys.executable).parent / "kdocs")
NOTE = Path(__file__).parent.parent / "notes" / "web-server.md"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of Markdown, without an mkdocs.yml."""
    shutil.copy(NOTE, tmp_path)
    return tmp_path


def call(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [KDOCS, *arguments],
        cwd=folder,
        env={**os.environ, "KDOCS_LANG": "en", **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def call_json(folder: Path, *arguments: str) -> dict[str, Any]:
    value = json.loads(call(folder, *arguments).stdout)
    assert isinstance(value, dict)
    return value


def test_check_reports_each_root_cause_once(folder: Path) -> None:
    found = call_json(folder, "check", "--format", "json")["findings"]
    places = [(f["code"], f["severity"], f["path"], f["line"], f["column"]) for f in found]
    assert places == [
        ("KD102", "error", "web-server.md", 20, 1),
        ("KD302", "error", "web-server.md", 49, 2),
        ("KD005", "warning", "web-server.md", 51, 4),
    ]
    assert "2 spaces" in found[0]["hint"]


@pytest.mark.parametrize(
    ("text", "options", "status"),
    [
        ("# 제목\n", [], 0),
        ("```bash\nkubectl apply -f none.yaml\n```\n", [], 1),
        ("# 끝%\n", [], 0),  # a warning
        ("# 끝%\n", ["--strict"], 1),
    ],
)
def test_exit_status(tmp_path: Path, text: str, options: list[str], status: int) -> None:
    (tmp_path / "note.md").write_text(text)
    assert call(tmp_path, "check", *options).returncode == status


def test_a_missing_path_is_one_clear_line(tmp_path: Path) -> None:
    done = call(tmp_path, "check", "nowhere.md")
    assert done.returncode == 2
    assert done.stderr.strip() == "kdocs: nowhere.md is not there"
    korean = call(tmp_path, "check", "nowhere.md", KDOCS_LANG="ko")
    assert "nowhere.md이(가) 없습니다" in korean.stderr


def test_an_unknown_setting_is_named(folder: Path) -> None:
    (folder / "docs").mkdir()
    (folder / "mkdocs.yml").write_text(
        "site_name: x\nplugins:\n  - kdocs:\n      clustr: local\n"
    )
    done = call(folder, "check")
    assert done.returncode == 2
    assert "clustr" in done.stderr
    assert "cluster" in done.stderr


def test_mkdocs_yml_says_where_the_notes_are(tmp_path: Path) -> None:
    (tmp_path / "notes" / "하위").mkdir(parents=True)
    shutil.copy(NOTE, tmp_path / "notes" / "하위" / "웹.md")
    (tmp_path / "mkdocs.yml").write_text(
        "site_name: x\ndocs_dir: notes\nplugins: [kdocs]\n"
        "markdown_extensions:\n  - pymdownx.emoji:\n"
        "      emoji_index: !!python/name:material.extensions.emoji.twemoji\n"
    )
    found = call_json(tmp_path, "check", "--format", "json")["findings"]
    assert {f["path"] for f in found} == {"notes/하위/웹.md"}


def test_plan_says_what_would_run_bound_to_what(folder: Path) -> None:
    (note,) = call_json(folder, "run", "--plan", "--format", "json")["notes"]
    assert note["files"] == [{"name": "web.yaml", "line": 16, "source": "apply"}]
    assert next((s["command"], s["decision"]) for s in note["steps"]) == (
        "kubectl apply -f web.yaml",
        "run",
    )
    last = note["steps"][-1]
    assert (last["command"], last["line"]) == ("curl <파드의 IP>:80", 32)
    assert last["bindings"] == {"<파드의 IP>": "web-server"}
    text = call(folder, "run", "--plan").stdout
    assert "block at line 16 → web.yaml" in text
    assert "<pod-name> = web-server" in text


def test_plan_says_why_not(tmp_path: Path) -> None:
    (tmp_path / "note.md").write_text("```bash\nminikube start\nkubectl get nodes\n```\n")
    text = call(tmp_path, "run", "--plan").stdout
    assert "minikube acts on the machine itself" in text


def test_a_run_names_its_cluster(folder: Path) -> None:
    done = call(folder, "run", KDOCS_CLUSTER="")
    assert done.returncode == 2
    assert "--cluster local" in done.stderr


def test_a_repository_cannot_allow_a_context(folder: Path) -> None:
    (folder / "docs").mkdir()
    shutil.copy(NOTE, folder / "docs")
    (folder / "mkdocs.yml").write_text(
        "site_name: x\nplugins:\n  - kdocs:\n      cluster: production\n"
    )
    done = call(folder, "run", XDG_CONFIG_HOME=str(folder), KDOCS_ALLOW_CONTEXTS="")
    assert done.returncode == 2
    assert "production has not been allowed by you" in done.stderr


def test_status_without_a_record(folder: Path) -> None:
    (note,) = call_json(folder, "status", "--format", "json")["notes"]
    assert (note["state"], note["runnable"], note["recorded"]) == ("not_run", 6, 0)
    assert note["findings"] == {"error": 2, "warning": 1, "info": 0}


def test_a_broken_record_is_a_finding_and_not_used(folder: Path) -> None:
    (folder / "records").mkdir()
    (folder / "records" / "web-server.json").write_text("{")
    found = call_json(folder, "check", "--format", "json")["findings"]
    assert "KD901" in {f["code"] for f in found}
    assert call_json(folder, "status", "--format", "json")["notes"][0]["state"] == "not_run"


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"\xef\xbb\xbf# BOM\r\n\r\ntext\r\n", b""])
def test_odd_files_are_read(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "note.md").write_bytes(data)
    done = call(tmp_path, "check")
    assert "Traceback" not in done.stderr
    assert done.returncode in (0, 1)


def test_version(tmp_path: Path) -> None:
    assert call(tmp_path, "--version").stdout.startswith("kdocs, version 0.1.0")


@pytest.mark.parametrize(
    ("option", "said"),
    [
        (("--shard", "5/4"), "--shard 5/4: name the part and how many there are"),
        (("--jobs", "0"), "jobs"),
        (("--exclude", "!"), "an unusable pattern"),
    ],
)
def test_options_that_choose_are_judged(
    folder: Path, option: tuple[str, str], said: str
) -> None:
    done = call(folder, "run", "--plan", *option)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_plan_of_a_part_is_of_its_notes(folder: Path) -> None:
    for name in "abcd":
        shutil.copy(NOTE, folder / f"{name}.md")
    parts = [
        call_json(folder, "run", "--plan", "--format", "json", "--shard", f"{n}/2")
        for n in (1, 2)
    ]
    paths = [{note["path"] for note in part["notes"]} for part in parts]
    assert paths[0] | paths[1] == {"web-server.md", "a.md", "b.md", "c.md", "d.md"}
    assert not paths[0] & paths[1]
    for part in parts:
        assert part["summary"]["notes"] == len(part["notes"])
