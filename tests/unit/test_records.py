"""Records: what makes them valid, how they stand on disk."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kdocs_plugin import pipeline
from kdocs_plugin.config import settings_for
from kdocs_plugin.errors import RecordError
from kdocs_plugin.model import (
    ClusterInfo,
    Decision,
    Evidence,
    FileBinding,
    ImageInfo,
    Position,
    Record,
    RecordedStep,
    Scenario,
    Status,
    Step,
    StepResult,
)
from kdocs_plugin.planning import Options, plan
from kdocs_plugin.records import (
    embed,
    fingerprints_of,
    is_stale,
    load,
    make_record,
    record_path,
    save,
)
from kdocs_plugin.reports.status import status_text
from kdocs_plugin.source import scan

LOCAL = ClusterInfo("v1.37.2", "local")


def scenario_of(text: str, **files: str) -> Scenario:
    return plan(scan("노트/파드.md", text), Options(read_file=files.get))


def recorded(scenario: Scenario, output: str = "출력") -> Record:
    results = [
        StepResult(step, Status.OK, step.command, exit_code=0, output=output, order=number)
        for number, step in enumerate(scenario.runnable, 1)
    ]
    return make_record(scenario, results, LOCAL, (), None)


def shown(scenario: Scenario, record: Record) -> list[str]:
    """For each step: its command, and whether it has an output, marked or not."""
    marks = {(False, False): "", (True, False): " =", (True, True): " ~"}
    return [
        e.step.command + marks[e.recorded is not None, e.changed]
        for e in embed(scenario, record)
    ]


NOTE = """\
```bash
kubectl run web --image=nginx
kubectl get pods
kubectl delete pod web
```
"""


def test_the_same_note_shows_all_of_it() -> None:
    scenario = scenario_of(NOTE)
    record = recorded(scenario)
    assert not is_stale(scenario, record)
    assert shown(scenario, record) == [
        "kubectl run web --image=nginx =", "kubectl get pods =", "kubectl delete pod web =",
    ]  # fmt: skip


def test_a_step_s_own_change_shows_nothing_and_marks_what_follows() -> None:
    record = recorded(scenario_of(NOTE))
    changed = scenario_of(NOTE.replace("get pods", "get pods -o wide"))
    assert is_stale(changed, record)
    assert shown(changed, record) == [
        "kubectl run web --image=nginx =", "kubectl get pods -o wide",
        "kubectl delete pod web ~",
    ]  # fmt: skip


def test_lines_and_prose_make_no_difference() -> None:
    record = recorded(scenario_of(NOTE))
    moved = "# 제목\n\n앞에 글이 생겼다.\n\n" + NOTE.replace(
        "kubectl get", "# 목록\nkubectl get"
    )
    assert not is_stale(scenario_of(moved), record)
    split = NOTE.replace("kubectl get", "```\n사이에 글\n```bash\nkubectl get")
    assert not is_stale(scenario_of(split), record)


def test_what_the_author_wrote_as_output_makes_none_either() -> None:
    written = NOTE.replace("pods\n", "pods\nNAME   READY\nweb    1/1\n")
    assert not is_stale(scenario_of(written), recorded(scenario_of(NOTE)))


def test_a_probe_marks_nothing_that_follows() -> None:
    record = recorded(scenario_of(NOTE))
    probed = scenario_of("먼저 `kubectl get nodes`를 본다.\n\n" + NOTE)
    assert is_stale(probed, record)  # it has not been taken
    assert shown(probed, record) == [
        "kubectl get nodes",
        *[each + " =" for each in ("kubectl run web --image=nginx", "kubectl get pods",
                                   "kubectl delete pod web")],
    ]  # fmt: skip


def test_a_probe_is_marked_where_what_it_looks_at_changed() -> None:
    note = NOTE + "\n`kubectl get nodes`도 본다.\n"
    record = recorded(scenario_of(note))
    changed = scenario_of(note.replace("image=nginx", "image=redis"))
    assert shown(changed, record)[-1] == "kubectl get nodes ~"


def test_the_same_command_twice_is_two_steps() -> None:
    note = "```bash\nkubectl get ns\nkubectl get ns\n```\n"
    scenario = scenario_of(note)
    keys = fingerprints_of(scenario).keys
    assert len(set(keys.values())) == 2
    assert not is_stale(scenario, recorded(scenario))


MANIFEST = """\
```yaml title="web.yaml"
apiVersion: v1
kind: Pod
metadata: {name: web}
```
```bash
kubectl apply -f web.yaml
```
"""


def test_a_bound_file_is_source() -> None:
    record = recorded(scenario_of(MANIFEST))
    assert is_stale(scenario_of(MANIFEST.replace("name: web", "name: api")), record)


def test_a_file_beside_the_note_is_source() -> None:
    note = "```bash\nkubectl apply -f web.yaml\n```\n"
    manifest = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\n"
    record = recorded(scenario_of(note, **{"web.yaml": manifest}))
    assert not is_stale(scenario_of(note, **{"web.yaml": manifest}), record)
    assert is_stale(scenario_of(note, **{"web.yaml": manifest + "# 바뀜\n"}), record)


def test_the_shell_that_a_step_runs_in_is_source() -> None:
    note = "```bash\n# kdocs: session=b\nkubectl get pods -A\n```\n"
    here, there = scenario_of(note), scenario_of(note.replace("session=b", "session=c"))
    assert fingerprints_of(here).whole != fingerprints_of(there).whole


def test_options_and_bindings_are_source() -> None:
    note = "kubectl run a --image=x\nkubectl run b --image=x\nkubectl logs <pod-name>"
    note = f"```bash\n{note}\n```\n"
    front = "---\nkdocs: {bind: {pod-name: %s}}\n---\n"
    record = recorded(scenario_of(front % "a" + note))
    assert shown(scenario_of(front % "b" + note), record)[-1] == "kubectl logs <pod-name>"
    timed = note.replace("```bash\n", "```bash\n# kdocs: timeout=5s\n")
    assert is_stale(scenario_of(front % "a" + timed), record)


STEP = st.builds(
    lambda command, kind, runs: (command, kind, runs),
    st.sampled_from(["a", "b", "c", "d"]),
    st.sampled_from(["step", "probe"]),
    st.booleans(),
)


def built(steps: list[tuple[str, str, bool]], shift: int = 0) -> Scenario:
    return Scenario(
        "a.md",
        "kdocs-a",
        tuple(
            Step(
                index=number,
                kind="probe" if kind == "probe" else "step",
                position=Position(number * 3 + 1 + shift, 1 + shift),
                end_line=number * 3 + 1 + shift,
                command=command,
                decision=Decision.RUN if runs else Decision.SHOW,
                block=number + shift,
            )
            for number, (command, kind, runs) in enumerate(steps)
        ),
        files=(FileBinding("f.yaml", "x\n", 0, 0, "title"),),
    )


@given(st.lists(STEP, max_size=8))
def test_a_record_covers_the_scenario_it_was_made_of(
    steps: list[tuple[str, str, bool]],
) -> None:
    record = recorded(built(steps))
    assert not is_stale(built(steps, shift=7), record)
    embedded = embed(built(steps, shift=7), record)
    assert [e.recorded is not None for e in embedded] == [runs for *_, runs in steps]
    assert not any(e.changed for e in embedded)


@given(st.lists(STEP, max_size=6), st.lists(STEP, max_size=6), st.sampled_from("abcd"))
def test_chains_look_back_only_and_never_at_probes(
    before: list[tuple[str, str, bool]], after: list[tuple[str, str, bool]], command: str
) -> None:
    plain = fingerprints_of(built([*before, *after]))
    probed = fingerprints_of(built([*before, (command, "probe", True), *after]))
    stepped = fingerprints_of(built([*before, ("new", "step", True), *after]))
    for number in range(len(before)):
        assert (
            plain.chains.get(number) == probed.chains.get(number) == stepped.chains.get(number)
        )
    for number, (*_, runs) in enumerate(after, len(before)):
        if runs:
            assert plain.chains[number] == probed.chains[number + 1]
            assert plain.chains[number] != stepped.chains[number + 1]


# --- Making ---


def test_a_new_run_that_agrees_keeps_the_old_record() -> None:
    scenario = scenario_of(NOTE)
    old = replace(recorded(scenario, "web-5d8f7c6b9-x2b4c   5m"), date="2026-01-01T00:00:00Z")
    results = [
        StepResult(
            s, Status.OK, s.command, exit_code=0, output="web-7f9f7c6b9-k9w4z   9m", order=n
        )
        for n, s in enumerate(scenario.runnable, 1)
    ]
    assert make_record(scenario, results, LOCAL, (), old) is old
    failed = [replace(results[0], status=Status.FAILED, exit_code=1), *results[1:]]
    assert make_record(scenario, failed, LOCAL, (), old) is not old
    other = ClusterInfo("v1.38.0", "local")
    assert make_record(scenario, results, other, (), old).cluster == other


def test_digests_are_volatile_images_are_not() -> None:
    scenario = scenario_of(NOTE)
    results = [
        StepResult(s, Status.OK, s.command, exit_code=0, order=1) for s in scenario.runnable
    ]
    one = (ImageInfo("nginx:latest", "sha256:1", built_locally=True),)
    old = make_record(scenario, results, LOCAL, one, None)
    again = (ImageInfo("nginx:latest", "sha256:2", built_locally=True),)
    assert make_record(scenario, results, LOCAL, again, old) is old
    official = (ImageInfo("nginx:latest", "sha256:2"),)
    assert make_record(scenario, results, LOCAL, official, old) is not old


def test_a_probe_s_record_names_the_command_before_it() -> None:
    scenario = scenario_of(NOTE + "\n`kubectl get nodes`\n")
    results = [
        StepResult(s, Status.OK, s.command, exit_code=0, order=n, after=3 if n == 4 else None)
        for n, s in enumerate(scenario.runnable, 1)
    ]
    assert make_record(scenario, results, LOCAL, (), None).steps[-1].after == (
        "kubectl delete pod web"
    )


# --- On disk ---

TEXT = st.text(st.characters(), max_size=40)  # lone surrogates among them
RECORDED = st.builds(
    RecordedStep,
    key=TEXT,
    chain=TEXT,
    command=TEXT,
    ran=TEXT,
    status=st.sampled_from(Status),
    exit_code=st.none() | st.integers(0, 255),
    output=TEXT,
    duration=st.floats(0, 1e6),
    after=TEXT,
    reason=st.sampled_from(["", "run.exit_code"]),
    reason_arguments=st.just({"code": 1}),
    ended=st.sampled_from(["", "ended.quiet"]),
    place=st.sampled_from(["", "place.helper"]),
    cause=st.sampled_from(["", "cause.crash"]),
    cause_arguments=st.just({"container": "c", "code": 3, "name": "p"}),
    evidence=st.lists(st.builds(Evidence, TEXT, TEXT), max_size=2).map(tuple),
)
RECORDS = st.builds(
    Record,
    path=st.just("가/나.md"),
    fingerprint=TEXT,
    date=TEXT,
    cluster=st.builds(ClusterInfo, TEXT, st.just("local")),
    images=st.lists(st.builds(ImageInfo, TEXT, TEXT, st.booleans()), max_size=2).map(tuple),
    steps=st.lists(RECORDED, max_size=3).map(tuple),
)


@given(RECORDS)
@settings(max_examples=60, deadline=None)
def test_any_text_comes_back(tmp_path_factory: pytest.TempPathFactory, record: Record) -> None:
    folder = tmp_path_factory.mktemp("records")
    path = save(folder, record)
    said = [
        replace(
            each,
            reason_arguments=each.reason_arguments if each.reason else {},
            cause_arguments=each.cause_arguments if each.cause else {},
        )
        for each in record.steps
    ]
    assert load(folder, record.path) == replace(record, steps=tuple(said))
    before = path.stat()
    save(folder, record)
    assert path.stat().st_mtime_ns == before.st_mtime_ns  # the same bytes are not written
    assert list(path.parent.iterdir()) == [path]


def test_where_records_stand(tmp_path: Path) -> None:
    names = ["a.md", "b/a.md", "../a.md", "../../a.md", "v1.2.md", "./c.markdown", "/d.md"]
    paths = [record_path(tmp_path, name).relative_to(tmp_path).as_posix() for name in names]
    assert paths == [
        "a.json", "b/a.json", "_up/a.json", "_up/_up/a.json", "v1.2.json", "c.markdown.json",
        "d.json",
    ]  # fmt: skip


def test_no_record_is_none(tmp_path: Path) -> None:
    assert load(tmp_path, "a.md") is None
    (tmp_path / "b").write_text("파일")
    assert load(tmp_path, "b/a.md") is None


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", "null", '{"kdocs": 2}', "<<<<<<< HEAD",
     "[" * 100_000, '{"kdocs": 1}', "\x00",
     '{"kdocs": 1, "path": 1, "steps": 3}'],
)  # fmt: skip
def test_what_is_no_record(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(RecordError, match=r"a\.json"):
        load(tmp_path, "a.md")


PROOF = Path(__file__).parents[1] / "browser" / "proof"  # records of a real run
RUN = (PROOF / "notes" / "fails.md", PROOF.parents[1] / "notes" / "web-server.md")


def places_in(value: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every value in it."""
    yield way
    if isinstance(value, dict | list):
        for key, each in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places_in(each, (*way, key))


@pytest.mark.parametrize(
    "note",
    [PROOF / "notes/fails.md", PROOF.parents[1] / "notes/web-server.md"],
    ids=["fails", "web-server"],
)
def test_a_value_that_somebody_has_changed_is_told_or_shown(tmp_path: Path, note: Path) -> None:
    """Whatever stands where: no record, or one that a page can be made of."""
    name, markdown = note.stem, note.read_text("utf-8")
    text = (PROOF / "records" / f"{name}.json").read_text("utf-8")
    options = settings_for(tmp_path, tmp_path, {})
    file = record_path(options.records, f"{name}.md")
    file.parent.mkdir()
    told = shown = 0
    for way in list(places_in(json.loads(text)))[1:]:
        for value in (None, 5, "x", [1]):
            data = json.loads(text)
            inner = data
            for key in way[:-1]:
                inner = inner[key]
            inner[way[-1]] = value
            file.write_text(json.dumps(data), "utf-8")
            try:
                load(options.records, f"{name}.md")
                shown += 1
                named = ""
            except RecordError:
                told += 1
                named = f"{name}.json"
            page = pipeline.prepare(f"{name}.md", markdown, options)
            assert named in status_text([page], "ko", str)
            pipeline.render(page, markdown, 1, options)
    assert told > 100
    assert shown > 10


def test_lines_are_a_list(tmp_path: Path) -> None:
    path = save(tmp_path, replace(recorded(scenario_of(NOTE)), path="a.md"))
    data = json.loads(path.read_text("utf-8"))
    data["steps"][0]["output"] = "글자 하나하나"
    path.write_text(json.dumps(data))
    with pytest.raises(RecordError):
        load(tmp_path, "a.md")


def test_what_can_t_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "b").write_text("파일")
    with pytest.raises(RecordError, match="b"):
        save(tmp_path, replace(recorded(scenario_of(NOTE)), path="b/a.md"))


def test_leftovers_of_killed_runs_go(tmp_path: Path) -> None:
    old, new = tmp_path / ".kdocs-1.tmp", tmp_path / ".kdocs-2.tmp"
    for each in (old, new):
        each.write_text("반쪽")
    os.utime(old, (0, 0))
    save(tmp_path, replace(recorded(scenario_of(NOTE)), path="a.md"))
    assert not old.exists()
    assert new.exists()  # somebody may be at it


WRITER = """
import sys
from dataclasses import replace
from pathlib import Path
from kdocs_plugin.model import ClusterInfo, Record, RecordedStep, Status
from kdocs_plugin.records import save
number = 0
print("시작", flush=True)
while True:
    number += 1
    step = RecordedStep("k", "c", "ls", "ls", Status.OK, 0, f"{number}\\n" * 20_000, 0.1)
    cluster = ClusterInfo("v1", "local")
    save(Path(sys.argv[1]), Record("a.md", str(number), "d", cluster, (), (step,)))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is POSIX")
def test_a_killed_writer_leaves_no_half_a_record(tmp_path: Path) -> None:
    whole = 0
    for _ in range(6):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE
        ) as writer:
            assert writer.stdout is not None
            writer.stdout.readline()
            time.sleep(random.uniform(0.0, 0.15))
            writer.send_signal(signal.SIGKILL)
        record = load(tmp_path, "a.md")  # raises where it is half
        if record is not None:
            whole += 1
            assert record.steps[0].output == f"{record.fingerprint}\n" * 20_000
    assert whole


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_roots_records_belong_to_the_folders_owner(tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    os.chown(project, 1234, 1234)
    record = Record("a/b.md", "f", "2026-01-01T00:00:00Z", ClusterInfo("v1.37.2", "local"))
    made = save(project / "records", record)
    for each in (made, made.parent, project / "records"):
        assert (each.stat().st_uid, each.stat().st_gid) == (1234, 1234)
