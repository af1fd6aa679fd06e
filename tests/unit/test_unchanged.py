"""`kdocs run` where nothing has changed: nothing is started, and the next one need not look."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from kdocs_plugin import pipeline, records, unchanged
from kdocs_plugin.clusters.local import layout
from kdocs_plugin.config import settings_for
from kdocs_plugin.model import ClusterInfo, Status, StepResult
from kdocs_plugin.values import replace

NOTE = "# 파드\n\n```bash\nkubectl apply -f web.yaml\nkubectl get pods\n```\n"
POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\n"
WORDS = ("run", "--cluster", "local")
# The command, and after it what the interpreter was asked to do, on standard error.
LISTENING = """
import sys
heard = set()
sys.addaudithook(lambda event, arguments: heard.add(event))
from kdocs_plugin.__main__ import main
try:
    main()
finally:
    import json
    print(json.dumps([sorted(heard), sorted(sys.modules)]), file=sys.stderr)
"""
STARTS = ("subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "os.system",
          "os.startfile", "pty.", "socket.", "_winapi.CreateProcess")  # fmt: skip


@dataclass
class Heard:
    out: str
    status: int
    events: list[str]
    modules: list[str]

    @property
    def started(self) -> list[str]:
        return [each for each in self.events if each.startswith(STARTS)]

    @property
    def looked(self) -> bool:
        """Whether a note was planned."""
        return "kdocs_plugin.planning" in self.modules


@dataclass
class Folder:
    path: Path

    def run(self, *words: str) -> Heard:
        done = subprocess.run(
            [sys.executable, "-c", LISTENING, *(words or WORDS)],
            cwd=self.path, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        events, modules = json.loads(done.stderr.splitlines()[-1])
        return Heard(done.stdout, done.returncode, events, modules)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    """A note, recorded. Nothing is installed: a note that ran by mistake would say so."""
    home = tmp_path / "notes"
    (home / "docs").mkdir(parents=True)
    (home / "mkdocs.yml").write_text("site_name: x\nplugins: [kdocs]\n")
    (home / "docs/pod.md").write_text(NOTE, "utf-8")
    (home / "docs/web.yaml").write_text(POD)
    (home / "docs/index.md").write_text("# 첫 쪽\n", "utf-8")
    monkeypatch.chdir(home)
    monkeypatch.setenv("KDOCS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("KDOCS_LANG", "en")
    for name in ("KDOCS_CLUSTER", "KDOCS_RUN", "SUDO_UID"):
        monkeypatch.delenv(name, raising=False)
    record(home, Status.OK)
    # What was written a moment ago is not trusted to stay as it is.
    for path in (home, *home.rglob("*")):
        os.utime(path, (time.time() - 100, time.time() - 100))
    time.sleep(0.06)  # the change time can't be set back; this is no waiting for anything
    return Folder(home)


def record(home: Path, status: Status) -> None:
    settings = settings_for(home, home / "docs", {})
    page = pipeline.prepare("pod.md", NOTE, settings)
    results = [
        StepResult(step, status, step.command, exit_code=0, output="출력", order=number)
        for number, step in enumerate(page.scenario.runnable, 1)
    ]
    info = ClusterInfo("v1.37.2", "local")
    made = records.make_record(page.scenario, results, info, (), None)
    records.save(settings.records, replace(made, date="2026-01-01T00:00:00Z"))


def test_nothing_is_started_and_the_second_run_does_not_even_look(folder: Folder) -> None:
    first = folder.run()
    assert (first.status, first.started, first.looked) == (0, [], True)
    assert "0 notes run, 1 unchanged" in first.out
    second = folder.run()
    assert (second.status, second.started, second.looked) == (0, [], False)
    assert second.out == first.out
    assert "click" not in second.modules
    assert not [each for each in second.events if each.startswith("tempfile.")]


@pytest.mark.parametrize("words", [("--force",), ("--check",), ("--plan",), ("docs/index.md",)])
def test_other_words_have_an_answer_of_their_own(
    folder: Folder, words: tuple[str, ...]
) -> None:
    folder.run()
    assert folder.run(*WORDS, *words).looked


def test_an_answer_holds_as_long_as_all_is_as_it_was(folder: Folder) -> None:
    folder.run()
    assert unchanged.answer(WORDS[1:]) is not None
    note, home = folder.path / "docs/pod.md", folder.path

    def writes(path: Path, text: str) -> Callable[[], object]:
        return lambda: path.write_bytes(text.encode())

    changes: dict[str, Callable[[], object]] = {
        "a note": writes(note, NOTE + "끝.\n"),
        "a note, as long as before": writes(note, NOTE.replace("get pods", "get pod ")),
        "a file that -f finds": writes(home / "docs/web.yaml", POD + "# 바뀜\n"),
        "a record": writes(home / "records/pod.json", "{}"),
        "a record is gone": (home / "records/pod.json").unlink,
        "a new note": writes(home / "docs/new.md", NOTE),
        "a new folder": (home / "docs/new").mkdir,
        "mkdocs.yml": writes(home / "mkdocs.yml", "site_name: y\n"),
        "a nearer mkdocs.yml": writes(home / "mkdocs.yaml", "site_name: y\n"),
    }
    for what, change in changes.items():
        before = {
            path: (path.read_bytes() if path.is_file() else None, path.stat().st_mtime_ns)
            for path in (home, *home.rglob("*"))
        }
        change()
        assert unchanged.answer(WORDS[1:]) is None, what
        for path in sorted(home.rglob("*"), reverse=True):
            if path not in before:
                path.rmdir() if path.is_dir() else path.unlink()
        for path, (data, _) in before.items():
            if data is not None:
                path.write_bytes(data)
        for path, (_, moment) in before.items():
            os.utime(path, ns=(moment, moment))
        assert unchanged.answer(WORDS[1:]) is not None, what


def test_the_environment_counts_where_it_is_asked(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.run()
    with monkeypatch.context() as patch:
        patch.setenv("KDOCS_RUN", "always")
        assert unchanged.answer(WORDS[1:]) is None
    monkeypatch.setenv("SOMETHING", "else")
    assert unchanged.answer(WORDS[1:]) is not None
    config = folder.path / "mkdocs.yml"
    config.write_text("site_name: !ENV [SOMETHING, x]\nplugins: [kdocs]\n")
    os.utime(config, (0, 0))
    time.sleep(0.06)
    assert [folder.run().looked, folder.run().looked] == [True, False]
    monkeypatch.setenv("SOMETHING", "new")
    assert folder.run().looked


def test_another_kdocs_looks_again(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.run()
    monkeypatch.setattr(unchanged, "_code", lambda: "another")
    assert unchanged.answer(WORDS[1:]) is None


def test_what_changes_meanwhile_is_not_remembered(folder: Folder) -> None:
    note = folder.path / "docs/pod.md"
    note.write_text(NOTE, "utf-8")
    watch = unchanged.Watch()
    note.read_text("utf-8")
    unchanged.remember(WORDS[1:], watch, unchanged.Answer("", "", 0))
    assert unchanged.answer(WORDS[1:]) is None


def test_a_recorded_failure_is_said_again(folder: Folder) -> None:
    record(folder.path, Status.FAILED)
    time.sleep(0.06)
    first, second = folder.run(), folder.run()
    assert (first.status, second.status) == (1, 1)
    assert first.looked
    assert not second.looked


def test_broken_answers_are_none(folder: Folder) -> None:
    folder.run()
    (file,) = (layout.cache() / "unchanged").iterdir()
    for text in ("", "[]", "{}", '{"format": 1}', "null"):
        file.write_text(text)
        assert unchanged.answer(WORDS[1:]) is None
    assert folder.run().status == 0  # and a run mends it
    assert unchanged.answer(WORDS[1:]) is not None
