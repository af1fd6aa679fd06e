"""What `kdocs check` keeps of YAML files, and what it does with many of them."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from kdocs_plugin import checking
from kdocs_plugin.checking import pages
from kdocs_plugin.checking.fork import Fork, Turns
from kdocs_plugin.checking.known import Known, dried, revived
from kdocs_plugin.model import Finding, Position, Severity
from kdocs_plugin.options import parse
from kdocs_plugin.project import Project, open_project

POD = """apiVersion: v1
kind: Pod
metadata: {name: web}
spec: {containers: [{name: web, imgae: nginx}]}
"""


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KDOCS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("KDOCS_LANG", "en")
    return tmp_path / "cache" / "checked"


def files(folder: Path, count: int = 2, text: str = POD) -> list[str]:
    folder.mkdir(exist_ok=True)
    found = []
    for number in range(count):
        found.append(folder / f"{number}.yaml")
        found[-1].write_text(text.replace("web", f"web{number // 2}"), encoding="utf-8")
    return [str(each) for each in found]


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    values = parse(checking.OPTIONS, ["--format", "json", *arguments])
    assert values is not None
    checking.check(**values)
    return capsys.readouterr().out


def looked(project: Project, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that a check really looks at."""
    seen: list[str] = []
    really = pages._of  # noqa: SLF001

    def of(file: pages.File, project: Project) -> pages.Findings:
        seen.append(file.path)
        return really(file, project)

    monkeypatch.setattr(pages, "_of", of)
    pages.checked(project, fresh=False)
    return seen


def test_says_the_same_from_what_it_knows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], cache: Path
) -> None:
    paths = files(tmp_path / "a", 4)
    first, second = told(capsys, *paths), told(capsys, *paths)
    assert len(list(cache.iterdir())) == 1
    assert first == second == told(capsys, "--no-cache", *paths)
    assert [Path(each["path"]).name for each in json.loads(first)["findings"]] == [
        f"{number}.yaml" for number in range(4)
    ]


def test_looks_again_only_where_a_text_is_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = files(tmp_path / "a", 4)
    assert looked(open_project(paths, manifests=True), monkeypatch) == ["0.yaml", "2.yaml"]
    assert looked(open_project(paths, manifests=True), monkeypatch) == []
    Path(paths[3]).write_text(POD + "# new\n", encoding="utf-8")
    assert looked(open_project(paths, manifests=True), monkeypatch) == ["3.yaml"]
    other = open_project(paths, manifests=True, kubernetes="1.30")
    assert looked(other, monkeypatch) == ["0.yaml", "2.yaml", "3.yaml"]


def test_definitions_in_the_configured_folders_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mkdocs.yml").write_text("plugins: [{kdocs: {files: [crds]}}]\n")
    (tmp_path / "docs").mkdir()
    paths = files(tmp_path / "docs", 1)
    assert looked(open_project(paths, manifests=True), monkeypatch) == ["0.yaml"]
    assert looked(open_project(paths, manifests=True), monkeypatch) == []
    files(tmp_path / "crds", 1)
    assert looked(open_project(paths, manifests=True), monkeypatch) == ["0.yaml"]


def test_bytes_that_are_no_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths = []
    for byte in (b"\xb6", b"\xb8"):  # the same text once read
        paths.append(tmp_path / f"{byte.hex()}.yaml")
        paths[-1].write_bytes(b"a: " + byte)
    first = told(capsys, *map(str, paths))
    assert first == told(capsys, *map(str, paths))
    assert "0xB6" in first
    assert "0xB8" in first


@pytest.mark.parametrize("content", ["", "{", "[]", '{"a": 1}'])
def test_a_broken_cache_is_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], cache: Path, content: str
) -> None:
    paths = files(tmp_path / "a")
    first = told(capsys, *paths)
    (only,) = cache.iterdir()
    only.write_text(content)
    assert told(capsys, *paths) == first


def test_a_cache_that_cannot_be_written_is_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    assert "KD201" in told(capsys, *files(tmp_path / "a"))


def test_old_files_go(tmp_path: Path, cache: Path) -> None:
    cache.mkdir(parents=True)
    for number in range(12):
        (cache / f"{number}.json").write_text("{}")
        os.utime(cache / f"{number}.json", (number, number))
    pages.checked(open_project(files(tmp_path / "a"), manifests=True), fresh=False)
    left = {each.name for each in cache.iterdir()}
    assert len(left) == 8
    assert "11.json" in left
    assert "4.json" not in left


def test_what_would_not_come_back_the_same_is_not_kept() -> None:
    def finding(value: object) -> Finding:
        return Finding("KD201", Severity.ERROR, "a", Position(1, 2), {"a": value})

    for value in ("text", 1, 1.5, True, None, [1, "x"]):
        plain = dried([finding(value)])
        assert plain is not None
        assert revived(json.loads(json.dumps(plain)), "a") == (finding(value),)
    for other in ((1, 2), {1: 2}, object(), float("nan")):
        assert dried([finding(other)]) is None


def test_half_of_many_in_another_process(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = files(tmp_path / "a", 9)
    (tmp_path / "a" / "note.md").write_text("```yaml\nkind: pod\napiversion: v1\n```\n")
    paths.append(str(tmp_path / "a" / "note.md"))
    alone = told(capsys, "--no-cache", *paths)
    monkeypatch.setattr(pages, "_MANY", 1)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    assert told(capsys, "--no-cache", *paths) == alone


def test_the_other_process_may_fail(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = files(tmp_path / "a", 9, POD + "# {web}\n")
    alone = told(capsys, "--no-cache", *paths)
    really, ours = pages._of, os.getpid()  # noqa: SLF001

    def of(file: pages.File, project: Project) -> pages.Findings:
        if os.getpid() != ours:
            os._exit(3)
        return really(file, project)

    monkeypatch.setattr(pages, "_MANY", 1)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setattr(pages, "_of", of)
    assert told(capsys, "--no-cache", *paths) == alone


def test_turns_are_taken_once() -> None:
    turns = Turns(200)
    fork = Fork(lambda: list(turns))
    ours = list(turns)
    turns.close()
    assert sorted([*ours, *fork.wait()]) == list(range(200))


def test_no_cache_keeps_nothing(tmp_path: Path, cache: Path) -> None:
    pages.checked(open_project(files(tmp_path / "a"), manifests=True), fresh=True)
    assert not cache.exists()


def test_a_process_that_fails_leaves_the_work_to_us() -> None:
    assert Fork(lambda: {"a": [1, "가"]}).wait() == {"a": [1, "가"]}
    assert Fork(lambda: 1 // 0).wait() is None
    assert Fork(object).wait() is None


def test_notes_alone_need_no_cache(tmp_path: Path, cache: Path) -> None:
    (tmp_path / "note.md").write_text("# 제목\n")
    pages.checked(open_project([str(tmp_path / "note.md")]), fresh=False)
    assert not cache.exists()
    assert not Known(open_project([str(tmp_path / "note.md")]).settings).has("")
