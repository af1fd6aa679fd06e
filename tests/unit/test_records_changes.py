"""Why a record no longer covers a note, and records of notes with another name or none."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from kdocs_plugin import records
from kdocs_plugin.cli import kdocs
from kdocs_plugin.model import ClusterInfo, Record, Scenario, Status, StepResult
from kdocs_plugin.planning import Options, plan
from kdocs_plugin.source import scan
from kdocs_plugin.values import replace

LOCAL = ClusterInfo("v1.37.2", "local")
NOTE = """\
```yaml title="web.yaml"
apiVersion: v1
kind: Pod
metadata: {name: web}
```
```bash
kubectl apply -f web.yaml
kubectl get pods
kubectl get nodes
```
"""


def scenario_of(text: str, path: str = "a.md", **files: str) -> Scenario:
    return plan(scan(path, text), Options(read_file=files.get))


def recorded(scenario: Scenario) -> Record:
    results = [
        StepResult(step, Status.OK, step.command, exit_code=0, output="출력", order=number)
        for number, step in enumerate(scenario.runnable, 1)
    ]
    return records.make_record(scenario, results, LOCAL, (), None)


def told(old: str, new: str, *, with_files: bool = True, beside: str = "") -> list[str]:
    record = recorded(scenario_of(old, **({"b.yaml": "kind: A\n"} if beside else {})))
    if not with_files:
        record = replace(record, files=())
    today = scenario_of(new, **({"b.yaml": beside} if beside else {}))
    return [
        f"{each.kind} {each.what}" + (f" < {each.before}" if each.before else "")
        for each in records.changes(today, record)
    ]


@pytest.mark.parametrize(
    ("old", "new", "causes"),
    [
        ("get pods\n", "get pods -A\n", ["command kubectl get pods -A < kubectl get pods"]),
        ("name: web", "name: api", ["file web.yaml"]),
        ("kubectl get nodes\n", "kubectl get nodes\nkubectl get ns\n", ["new kubectl get ns"]),
        ("kubectl get pods\n", "", ["removed kubectl get pods"]),
        ("```bash\n", "```bash\n# kdocs: timeout=9s\n",
         ["options kubectl apply -f web.yaml", "options kubectl get pods",
          "options kubectl get nodes"]),
    ],
)  # fmt: skip
def test_causes(old: str, new: str, causes: list[str]) -> None:
    assert told(NOTE, NOTE.replace(old, new)) == causes
    assert told(NOTE, NOTE.replace(old, new), with_files=False) == causes  # an older record


def test_prose_lines_and_outputs_are_no_cause() -> None:
    moved = "# 제목\n\n" + NOTE.replace("kubectl get nodes\n", "\n# 노드\nkubectl get nodes\n")
    assert told(NOTE, moved) == []


def test_a_new_file_and_one_that_is_gone() -> None:
    titled = NOTE.replace("web.yaml", "api.yaml")
    assert told(NOTE, titled) == [
        "new_file api.yaml",
        "command kubectl apply -f api.yaml < kubectl apply -f web.yaml",
        "removed_file web.yaml",
    ]


def test_a_file_beside_the_note() -> None:
    note = "```bash\nkubectl apply -f b.yaml\nkubectl get pods\n```\n"
    assert told(note, note, beside="kind: A\n") == []
    assert told(note, note, beside="kind: B\n") == ["file b.yaml"]


def test_a_cluster_of_its_own() -> None:
    front = "---\nkdocs: {nodes: 3}\n---\n"
    assert told(NOTE, front + NOTE) == ["cluster "]


def test_the_place_in_the_note_has_no_part_in_a_fingerprint() -> None:
    here, there = scenario_of(NOTE), scenario_of(NOTE, "b/c.md")
    assert here.namespace != there.namespace
    assert records.fingerprints_of(here) == records.fingerprints_of(there)


# --- Whole commands ---


@dataclass
class Folder:
    path: Path

    def kdocs(self, *words: str) -> str:
        done = CliRunner().invoke(kdocs, [*words], catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.output

    def status(self) -> dict[str, Any]:
        found = json.loads(self.kdocs("status", "--format", "json"))
        assert isinstance(found, dict)
        return found

    def record(self, name: str) -> None:
        text = (self.path / name).read_text("utf-8")
        records.save(self.path / "records", recorded(scenario_of(text, name)))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KDOCS_LANG", "en")
    monkeypatch.setenv("KDOCS_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("KDOCS_CLUSTER", raising=False)
    (tmp_path / "a.md").write_text(NOTE, "utf-8")
    found = Folder(tmp_path)
    found.record("a.md")
    return found


def test_status_names_the_block_that_changed(folder: Folder) -> None:
    assert "all 3 commands recorded" in folder.kdocs("status")
    text = NOTE.replace("name: web", "name: api").replace("get nodes", "get nodes -o wide")
    (folder.path / "a.md").write_text("# 제목\n\n" + text, "utf-8")
    said = folder.kdocs("status").splitlines()
    assert said[1:] == [
        "       3  web.yaml: another content of the file",
        "      11  kubectl get nodes -o wide: another command (it was kubectl get nodes)",
        "    2 commands to be run again, for what stands before them changed",
    ]
    (note,) = folder.status()["notes"]
    assert note["changes"] == [
        {"kind": "file", "line": 3, "what": "web.yaml", "before": None},
        {"kind": "command", "line": 11, "what": "kubectl get nodes -o wide",
         "before": "kubectl get nodes"},
    ]  # fmt: skip


def test_a_renamed_note_keeps_its_record(folder: Folder) -> None:
    before = (folder.path / "records/a.json").read_bytes()
    (folder.path / "b").mkdir()
    (folder.path / "a.md").rename(folder.path / "b/c.md")
    said = folder.kdocs("status")
    assert "b/c.md: all 3 commands recorded" in said
    assert "recorded as a.md" in said
    assert folder.status()["orphans"] == []  # it is somebody's
    folder.kdocs("status", "--prune")
    # There is no cluster in an empty cache: a note that ran by mistake would fail.
    assert "0 notes run, 1 unchanged" in folder.kdocs("run", "--cluster", "local")
    assert not (folder.path / "records/a.json").exists()
    after = (folder.path / "records/b/c.json").read_bytes()
    assert after == before.replace(b'"a.md"', b'"b/c.md"')
    assert "recorded as" not in folder.kdocs("status")


def test_a_copy_takes_nothing_away(folder: Folder) -> None:
    (folder.path / "b.md").write_text(NOTE, "utf-8")
    assert "b.md: 3 commands, never run" in folder.kdocs("status")


def test_records_of_notes_that_are_gone_are_told_and_removed_where_asked(
    folder: Folder,
) -> None:
    (folder.path / "a.md").rename(folder.path / "gone.txt")
    (folder.path / "records/other.json").write_text("{}")
    assert "records/a.json: there is no note a.md" in folder.kdocs("status")
    assert (folder.path / "records/a.json").exists()
    assert "records/a.json: removed" in folder.kdocs("status", "--prune")
    assert [each.name for each in (folder.path / "records").iterdir()] == ["other.json"]


def test_status_tells_recorded_failures(folder: Folder) -> None:
    scenario = scenario_of(NOTE)
    results = [
        StepResult(step, Status.FAILED, step.command, exit_code=1, order=number)
        for number, step in enumerate(scenario.runnable, 1)
    ]
    record = records.make_record(scenario, results, LOCAL, (), None)
    records.save(folder.path / "records", record)
    assert "failed in the record: 3, line 7, 8, 9" in folder.kdocs("status")
    (note,) = folder.status()["notes"]
    assert [each["status"] for each in note["failed"]] == ["failed"] * 3
