"""What of the findings is told: rules, a baseline, what has changed since a revision."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.unit.test_cli import call, call_json

BAD = "```bash\nkubectl apply -f {}\n```\n"
CONFIG = "```yaml\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n{}```\n"


def codes(folder: Path, *options: str) -> list[str]:
    found = call_json(folder, "check", "--format", "json", *options)["findings"]
    return [each["code"] for each in found]


def lines(folder: Path, *options: str) -> list[tuple[str, int]]:
    found = call_json(folder, "check", "--format", "json", *options)["findings"]
    return [(each["path"], each["line"]) for each in found]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    text = BAD.format("a.yaml") + "\n" + CONFIG.format("daat: {}\ndata: 1\n") + "\n끝%\n"
    (tmp_path / "노트.md").write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("options", "left"),
    [
        ([], ["KD301", "KD201", "KD202", "KD005"]),
        (["--select", "KD2"], ["KD201", "KD202"]),
        (["--select", "kd201,KD0"], ["KD201", "KD005"]),
        (["--ignore", "KD2", "--ignore", "KD301"], ["KD005"]),
        (["--select", "KD201", "--ignore", "KD2"], ["KD201"]),  # the longer one says more
        (["--select", "KD2", "--ignore", "KD201"], ["KD202"]),
    ],
)
def test_rules(folder: Path, options: list[str], left: list[str]) -> None:
    assert codes(folder, *options) == left


@pytest.mark.parametrize("code", ["KD999", "X", "KD2011"])
def test_a_rule_that_is_not_there(folder: Path, code: str) -> None:
    done = call(folder, "check", "--ignore", code)
    assert (done.returncode, code in done.stderr) == (2, True)


def test_mkdocs_yml_ignores(folder: Path) -> None:
    (folder / "docs").mkdir()
    (folder / "노트.md").rename(folder / "docs" / "노트.md")
    config = "site_name: a\nplugins:\n  - kdocs:\n      ignore: [KD2, KD301]\n"
    (folder / "mkdocs.yml").write_text(config)
    assert codes(folder) == ["KD005"]


# --- baseline ---------------------------------------------------------------------------


def test_baseline(folder: Path) -> None:
    made = call(folder, "check", "--baseline", "known.json", "--update-baseline")
    assert (made.returncode, "4 findings" in made.stderr) == (0, True)
    text = (folder / "노트.md").read_text(encoding="utf-8")
    # Lines above come: nothing is told. One more of the same: it is.
    (folder / "노트.md").write_text("# 앞\n\n" + text, encoding="utf-8")
    assert codes(folder, "--baseline", "known.json") == []
    (folder / "노트.md").write_text(
        text.replace("끝%", CONFIG.format("daat: {}\n")), encoding="utf-8"
    )
    done = call(folder, "check", "--baseline", "known.json")
    assert done.returncode == 1
    assert done.stdout.count("[KD") == done.stdout.count("[KD201]") == 1
    assert "KD005" in done.stderr  # gone: the entry is stale
    assert "known from the baseline" in done.stderr


def test_a_baseline_is_of_its_folder(folder: Path) -> None:
    call(folder, "check", "--baseline", "known.json", "--update-baseline")
    sub = folder / "sub"
    sub.mkdir()
    assert codes(sub, "..", "--baseline", "../known.json") == []


def test_what_was_not_looked_at_stays_known(folder: Path) -> None:
    (folder / "b.md").write_text(BAD.format("b.yaml"))
    call(folder, "check", "--baseline", "known.json", "--update-baseline")
    call(folder, "check", "b.md", "--baseline", "known.json", "--update-baseline")
    assert codes(folder, "--baseline", "known.json") == []


def test_a_note_that_cannot_be_read_is_told(folder: Path) -> None:
    (folder / "노트.md").write_bytes("끝".encode("cp949"))
    call(folder, "check", "--baseline", "known.json", "--update-baseline")
    assert codes(folder, "--baseline", "known.json") == ["KD002"]


@pytest.mark.parametrize(
    "text", [None, "", "[]", '{"version": 2}', '{"version": 1, "findings": {"a": {"b": "c"}}}']
)
def test_no_baseline(folder: Path, text: str | None) -> None:
    if text is not None:
        (folder / "known.json").write_text(text)
    done = call(folder, "check", "--baseline", "known.json")
    assert (done.returncode, done.stdout) == (2, "")
    assert "known.json" in done.stderr


def test_a_baseline_that_cannot_be_written(folder: Path) -> None:
    done = call(folder, "check", "--baseline", "none/base.json", "--update-baseline")
    assert (done.returncode, "none/base.json" in done.stderr) == (2, True)
    assert "Traceback" not in done.stderr


def test_a_baseline_merges_line_by_line(folder: Path) -> None:
    call(folder, "check", "--baseline", "known.json", "--update-baseline")
    text = (folder / "known.json").read_text(encoding="utf-8")
    assert len(text.splitlines()) == 4 + 7
    assert list(json.loads(text)["findings"]) == ["노트.md"]


# --- changed since ----------------------------------------------------------------------


def git(folder: Path, *words: str) -> None:
    who = ("-c", "user.name=a", "-c", "user.email=a@example.com")
    subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    text = "# 하나\n\n" + BAD.format("a.yaml") + "\n글\n\n" + BAD.format("b.yaml")
    (tmp_path / "노트.md").write_text(text, encoding="utf-8")
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "one")
    return tmp_path


def test_nothing_changed(repository: Path) -> None:
    assert lines(repository, "--changed-since", "HEAD") == []


def test_a_block_that_was_touched_and_a_new_file(repository: Path) -> None:
    note = repository / "노트.md"
    text = note.read_text(encoding="utf-8")
    note.write_text("# 둘\n" + text.replace("b.yaml", "b.yaml # c"), encoding="utf-8")
    (repository / "새 것.md").write_text(BAD.format("c.yaml"), encoding="utf-8")
    assert lines(repository, "--changed-since", "HEAD") == [("노트.md", 11), ("새 것.md", 2)]


def test_a_rename_is_followed(repository: Path) -> None:
    git(repository, "mv", "노트.md", "이름.md")
    text = (repository / "이름.md").read_text(encoding="utf-8")
    text = text.replace("b.yaml", "c.yaml")
    (repository / "이름.md").write_text(text, encoding="utf-8")
    git(repository, "commit", "-q", "-a", "-m", "two")
    assert lines(repository, "--changed-since", "HEAD~1") == [("이름.md", 10)]


def test_a_line_that_was_taken_out_of_a_block(repository: Path) -> None:
    note = repository / "노트.md"
    text = note.read_text(encoding="utf-8")
    note.write_text(text.replace("```bash\n", "```bash\ndate\n", 1), encoding="utf-8")
    git(repository, "commit", "-q", "-a", "-m", "two")
    note.write_text(text, encoding="utf-8")
    assert lines(repository, "--changed-since", "HEAD") == [("노트.md", 4)]


@pytest.mark.parametrize("revision", ["none", "--output=x", "HEAD:노트.md", ""])
def test_no_such_revision(repository: Path, revision: str) -> None:
    done = call(repository, "check", f"--changed-since={revision}")
    assert (done.returncode, done.stdout) == (2, "")
    assert "--changed-since" in done.stderr
    assert not (repository / "x").exists()


def test_a_shallow_clone_says_so(
    repository: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """As CI checks out by default."""
    git(repository, "commit", "-q", "--allow-empty", "-m", "two")
    clone = tmp_path_factory.mktemp("shallow") / "clone"
    git(repository, "clone", "-q", "--depth", "1", repository.as_uri(), str(clone))
    done = call(clone, "check", "--changed-since", "HEAD~1")
    assert (done.returncode, "fetch-depth: 0" in done.stderr) == (2, True)
    assert lines(clone, "--changed-since", "HEAD") == []


def test_no_repository_and_no_git(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("a\n")
    done = call(tmp_path, "check", "--changed-since", "HEAD", GIT_CEILING_DIRECTORIES="/")
    assert (done.returncode, "repository" in done.stderr) == (2, True)
    done = call(tmp_path, "check", "--changed-since", "HEAD", PATH=str(tmp_path))
    assert (done.returncode, "git" in done.stderr) == (2, True)
