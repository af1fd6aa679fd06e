"""`kdocs diff` and `kdocs update`: real outputs against written ones, and in their place.

Records are made here, of outputs that are fixtures or come from golden cases; the commands
are run whole. tests/live/test_diff_update.py does the same with a cluster's own outputs.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given
from hypothesis import settings as profile
from hypothesis import strategies as st

from kdocs_plugin import pipeline, records
from kdocs_plugin.cli import kdocs
from kdocs_plugin.config import settings_for
from kdocs_plugin.errors import SourceError
from kdocs_plugin.model import ClusterInfo, Page, Status, StepResult
from kdocs_plugin.outputs import compare, rewritten
from kdocs_plugin.reports.diffs import compared
from kdocs_plugin.updating import updated
from tests.golden.cases import HERE, read_case

LOCAL = ClusterInfo("v1.37.2", "local")
PODS = "NAME   READY   STATUS    RESTARTS   AGE\nweb    1/1     Running   0          2s"
CRASH = PODS.replace("1/1     Running   0", "0/1     Error     3")


def record(
    folder: Path,
    name: str,
    outputs: Mapping[str, str],
    status: Status = Status.OK,
    ran: Mapping[str, str] | None = None,
) -> Page:
    """Record a note with these outputs by command, and what ran as something else; the page
    with its record."""
    options = settings_for(folder, folder, {})
    text = (folder / name).read_bytes().decode().replace("\r\n", "\n")
    page = pipeline.prepare(name, text, options)
    results = [
        StepResult(step, status, (ran or {}).get(step.command, step.command),
                   "run.exit_code" if status else "", {"code": 1},
                   exit_code=0, output=outputs.get(step.command, ""), order=number)
        for number, step in enumerate(page.scenario.runnable, 1)
    ]  # fmt: skip
    made = records.make_record(page.scenario, results, LOCAL, (), None)
    records.save(options.records, made)
    return pipeline.prepare(name, text, options)


def call(folder: Path, *words: str) -> Result:
    """A whole command, in the folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("KDOCS_LANG", "en")
        patch.setenv("KDOCS_CACHE", str(folder / ".cache"))
        return CliRunner().invoke(kdocs, [*words], catch_exceptions=False)


def write(folder: Path, text: str, name: str = "a.md") -> Path:
    file = folder / name
    file.write_bytes(text.encode())
    return file


# --- The author's manner ---

GET = "kubectl get pods"
STYLES = {
    "prompt": "```console\n$ kubectl get pods\n{out}\n$ echo end\nend\n```\n",
    "comments": "```bash\nkubectl get pods\n{#out}\necho end\n```\n",
    "own fence": "```bash\nkubectl get pods\n```\n\n출력:\n\n```\n{out}\n```\n\n끝.\n",
    "quote": "> ```console\n> $ kubectl get pods\n{>out}\n> ```\n",
    "list": "1. 목록\n\n    ```console\n    $ kubectl get pods\n{    out}\n    ```\n",
    "quoted comments": "> ```bash\n> kubectl get pods\n{> #out}\n> ```\n",
    "host": "```bash\nroot@master:~# kubectl get pods\n{out}\n```\n",
    "no last newline": "```console\n$ kubectl get pods\n{out}\n```",
}


def styled(style: str, output: str) -> str:
    lines = output.split("\n")
    return (
        STYLES[style]
        .replace("{out}", output)
        .replace("{#out}", "\n".join(f"# {line}" for line in lines))
        .replace("{>out}", "\n".join(f"> {line}" for line in lines))
        .replace("{    out}", "\n".join(f"    {line}" for line in lines))
        .replace("{> #out}", "\n".join(f"> # {line}" for line in lines))
    )


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_update_keeps_the_manner(tmp_path: Path, style: str, end: str) -> None:
    before = ("# 제목  \n\n" + styled(style, CRASH)).replace("\n", end)
    file = write(tmp_path, before)
    mark = record(tmp_path, "a.md", {GET: PODS, "echo end": "end"}).record
    assert call(tmp_path, "diff").exit_code == 1
    done = call(tmp_path, "update", "--yes")
    assert done.exit_code == 0, done.output
    wanted = "# 제목  \n\n" + styled(style, PODS)
    assert file.read_bytes().decode() == wanted.replace("\n", end)
    assert call(tmp_path, "diff").exit_code == 0
    again = call(tmp_path, "update", "--yes")
    assert (again.exit_code, again.output) == (0, "")
    page = record_page(tmp_path)
    assert mark is not None
    assert not page.stale
    assert records.fingerprints_of(page.scenario).whole == mark.fingerprint


def record_page(folder: Path) -> Page:
    options = settings_for(folder, folder, {})
    text = (folder / "a.md").read_bytes().decode().replace("\r\n", "\n")
    return pipeline.prepare("a.md", text, options)


def test_only_what_differs_is_touched(tmp_path: Path) -> None:
    note = "```console\n$ kubectl get pods\n{}\n$ kubectl get svc\n{}\n```\n\n본문  \n\t탭\n"
    services = (
        "NAME  TYPE       CLUSTER-IP  EXTERNAL-IP  PORT(S)  AGE\n"
        "web   ClusterIP  10.43.0.9   <none>       80/TCP   11d"
    )
    file = write(tmp_path, note.format(CRASH, services))
    real = services.replace("10.43.0.9 ", "10.96.1.44").replace("11d", "3s")
    record(tmp_path, "a.md", {GET: PODS, "kubectl get svc": real})
    call(tmp_path, "update", "--yes")
    assert file.read_text("utf-8") == note.format(PODS, services)


def test_cuts_stay(tmp_path: Path) -> None:
    written = "NAME    READY   STATUS   ...\nweb-1   0/1     Error    ...\n..."
    real = "NAME    READY   STATUS    RESTARTS   AGE\nweb-1   1/1     Running   0          3s\nweb-2   1/1     Running   0          3s"  # noqa: E501
    file = write(tmp_path, f"```console\n$ kubectl get pods\n{written}\n```\n")
    record(tmp_path, "a.md", {GET: real})
    assert call(tmp_path, "update", "--yes").exit_code == 0
    assert file.read_text("utf-8").split("\n")[2:5] == [
        "NAME    READY   STATUS    ...", "web-1   1/1     Running", "...",
    ]  # fmt: skip


def test_an_empty_fence_that_is_announced_is_filled(tmp_path: Path) -> None:
    note = (
        "- 목록\n\n    ```bash\n    kubectl get pods\n    ```\n\n    출력:\n\n"
        "    ```\n{}    ```\n"
    )
    file = write(tmp_path, note.format(""))
    record(tmp_path, "a.md", {GET: PODS})
    assert call(tmp_path, "update", "--yes").exit_code == 0
    shown = "".join(f"    {line}\n" for line in PODS.split("\n"))
    assert file.read_text("utf-8") == note.format(shown)
    write(tmp_path, note.format("").replace("출력:", "그리고"))  # not announced: left alone
    assert call(tmp_path, "update", "--yes").output == ""


# --- What is left as it is ---


@pytest.mark.parametrize(
    ("real", "why"),
    [
        (PODS.replace("Running", "[redacted]"), "redacted"),
        (PODS + "\n…", "too long"),
        ("", "prints nothing"),
        ("```\nwhat would end the fence\n```", "would not be read as output"),
    ],
)
def test_what_is_no_output_for_a_note_is_not_written(
    tmp_path: Path, real: str, why: str
) -> None:
    file = write(tmp_path, styled("prompt", CRASH))
    before = file.read_bytes()
    record(tmp_path, "a.md", {GET: real, "echo end": "end"})
    done = call(tmp_path, "update", "--yes")
    assert (done.exit_code, file.read_bytes()) == (1, before)
    assert f"a.md:2: left as it is: {why}" in done.output or why in done.output


def test_failed_outputs_only_where_asked(tmp_path: Path) -> None:
    file = write(tmp_path, "```console\n$ kubectl get pods\n" + PODS + "\n```\n")
    error = "Error from server (Forbidden): pods is forbidden"
    record(tmp_path, "a.md", {GET: error}, Status.FAILED)
    shown = call(tmp_path, "diff")
    assert shown.exit_code == 1
    assert "failed (failed): exit status 1" in shown.output
    done = call(tmp_path, "update", "--yes")
    assert done.exit_code == 1
    assert "--failed writes its output" in done.output
    assert PODS in file.read_text("utf-8")
    assert call(tmp_path, "update", "--yes", "--failed").exit_code == 0
    assert file.read_text("utf-8") == f"```console\n$ kubectl get pods\n{error}\n```\n"


def test_an_old_record_is_not_written(tmp_path: Path) -> None:
    write(tmp_path, styled("prompt", CRASH))
    record(tmp_path, "a.md", {GET: PODS, "echo end": "end"})
    text = "```bash\nkubectl run web --image=nginx\n```\n\n" + styled("prompt", CRASH)
    file = write(tmp_path, text)
    done = call(tmp_path, "update", "--yes")
    assert (done.exit_code, file.read_text("utf-8")) == (1, text)
    assert "kdocs run comes first" in done.output
    assert "were recorded before something above them changed" in call(tmp_path, "diff").output


LITERAL = """```console
$ kubectl create deployment web --image=nginx
$ kubectl get pods
NAME                  READY   STATUS   RESTARTS   AGE
web-8f9f49d64-54lb4   0/1     Error    0          2s
$ kubectl logs web-8f9f49d64-54lb4
```
"""


def test_values_that_are_used_below_stay(tmp_path: Path) -> None:
    file = write(tmp_path, LITERAL)
    row = "web-6d4cf56db6-vpjk5   1/1     Running   0          3s"
    logs = "kubectl logs web-8f9f49d64-54lb4"
    real = f"{PODS.splitlines()[0].replace('NAME', 'NAME                 ')}\n{row}"
    record(tmp_path, "a.md", {GET: real}, ran={logs: "kubectl logs web-6d4cf56db6-vpjk5"})
    done = call(tmp_path, "update", "--yes")
    assert done.exit_code == 0, done.output
    assert "record the note again with kdocs run" in done.output
    new = LITERAL.replace("STATUS ", "STATUS  ").replace("0/1     Error ", "1/1     Running")
    assert file.read_text("utf-8") == new.replace("  2s", "  3s")
    assert "changed since" in call(tmp_path, "status").output


def test_values_that_are_used_below_and_have_no_place_are_left(tmp_path: Path) -> None:
    file = write(tmp_path, LITERAL)
    record(tmp_path, "a.md", {GET: "Error from server (Forbidden): a fixture's words"})
    done = call(tmp_path, "update", "--yes")
    assert (done.exit_code, file.read_text("utf-8")) == (1, LITERAL)
    assert "commands below use values of this output" in done.output


def test_the_namespace_is_the_readers(tmp_path: Path) -> None:
    file = write(tmp_path, "```console\n$ kubectl get pods\nNAME\nweb\n```\n")
    record(tmp_path, "a.md", {GET: "No resources found in kdocs-a-0123ab namespace."})
    assert call(tmp_path, "update", "--yes").exit_code == 0
    assert "\nNo resources found in default namespace.\n" in file.read_text("utf-8")


def test_nothing_is_written_unasked(tmp_path: Path) -> None:
    file = write(tmp_path, styled("prompt", CRASH))
    before = file.read_bytes()
    record(tmp_path, "a.md", {GET: PODS, "echo end": "end"})
    for words in (("update",), ("update", "--diff"), ("update", "--dry-run", "--yes")):
        done = call(tmp_path, *words)
        assert (done.exit_code, file.read_bytes()) == (1, before)
        assert "-web    0/1     Error     3          2s" in done.output


# --- kdocs diff ---


def test_diff_marks_the_place(tmp_path: Path) -> None:
    write(tmp_path, "# 제목\n\n" + styled("quoted comments", CRASH))
    record(tmp_path, "a.md", {GET: PODS})
    said = call(tmp_path, "diff").output.split("\n")
    assert said[:6] == [
        "a.md:4: kubectl get pods  (" + said[0].partition("  (")[2],
        "  5 |   NAME   READY   STATUS    RESTARTS   AGE",
        "  6 | - web    0/1     Error     3          2s",
        "    |          ^^^ READY: really 1/1",
        "    |                  ^^^^^ STATUS: really Running",
        "",
    ]
    assert said[6] == "outputs of 1 notes: 0 same, 1 differ, 0 failed, 0 without a record"
    annotations = call(tmp_path, "diff", "--format", "github").output.split("\n")
    assert annotations[1] == (
        "::warning file=a.md,line=6,col=20,title=kdocs diff::STATUS: really Running"
    )


def test_diff_for_machines(tmp_path: Path) -> None:
    write(tmp_path, styled("prompt", CRASH))
    record(tmp_path, "a.md", {GET: PODS, "echo end": "end"})
    found: dict[str, Any] = json.loads(call(tmp_path, "diff", "--format", "json").output)
    assert found["counts"] == {"same": 1, "differs": 1, "failed": 0, "unrecorded": 0}
    first, second = found["outputs"]
    assert (first["line"], first["outcome"], second["outcome"]) == (2, "differs", "same")
    assert first["differences"][1] == {
        "line": 4, "column": 16, "end_column": 21, "field": "STATUS", "written": "Error",
        "real": "Running",
    }  # fmt: skip


def test_what_has_no_record_is_told_and_fails_where_asked(tmp_path: Path) -> None:
    write(tmp_path, styled("prompt", CRASH))
    done = call(tmp_path, "diff")
    assert done.exit_code == 0
    assert "a.md: 2 outputs have no record yet (line 2, 5)" in done.output
    assert call(tmp_path, "diff", "--strict").exit_code == 1
    with pytest.raises(SourceError):  # exit status 2
        call(tmp_path, "diff", "no.md")


# --- Whatever is written ---

TEXTS = [
    read_case(path)[side].rstrip("\n")
    for path in sorted((HERE / "comparison").glob("*.yaml"))
    for side in ("written", "real")
]


@st.composite
def outputs(draw: st.DrawFn) -> tuple[str, str]:
    """A real output, and one that somebody wrote: another, or the same with mistakes."""
    real = draw(st.sampled_from(TEXTS))
    written = draw(st.sampled_from([real, draw(st.sampled_from(TEXTS))]))
    lines = written.split("\n")
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(lines) - 1))
        word = draw(st.sampled_from(["", "Error", "...", "7", "app=api"]))
        pieces = lines[at].split(" ")
        pieces[draw(st.integers(0, len(pieces) - 1))] = word
        lines[at] = " ".join(pieces)
    return "\n".join(lines), real


@given(outputs())
@profile(max_examples=150, deadline=None)
def test_what_is_rewritten_differs_no_more(texts: tuple[str, str]) -> None:
    written, real = texts
    for text in rewritten(written, real):
        assert compare(text, real) == ()


@given(outputs(), st.sampled_from([*STYLES]))
@profile(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_after_an_update_nothing_differs(
    tmp_path: Path, texts: tuple[str, str], style: str
) -> None:
    written, real = texts
    write(tmp_path, styled(style, written))
    page = record(tmp_path, "a.md", {GET: real, "echo end": "end"})
    options = settings_for(tmp_path, tmp_path, {})
    fresh = updated(page, options)
    write(tmp_path, fresh.text)
    after = record_page(tmp_path)
    left = {each.step.position for each in fresh.left}
    for each in compared([after]):
        wrong = each.embedded.differences and each.embedded.step.position not in left
        assert not wrong, (written, real, each.embedded.differences)
    assert after.stale == page.stale
    assert updated(after, options).text == fresh.text
