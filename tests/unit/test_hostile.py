"""Hostile notes: a page and its findings, in bounded time and memory, never a traceback."""

# ruff: noqa: E501 - pieces are read most easily in rows
from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kdocs_plugin import commands, pipeline, source
from kdocs_plugin.config import settings_for
from kdocs_plugin.manifests import load, tabs
from kdocs_plugin.model import Page
from kdocs_plugin.reports.plan import nothing_absent, plan_text
from kdocs_plugin.reports.screen import terminal
from tests import hostile

SECONDS = 10.0  # of processor time for any note below: they take a tenth of it at most
MEMORY = 1 << 30  # bytes of address space that a whole check of any of them gets by with
# Texts from which hypothesis makes notes: what has a meaning to some part of kdocs.
PIECES = (
    "```yaml", "```bash", "```", "~~~", "> ", "> [!NOTE]", "- ", "    ", "\t", "\n", "\n\n",
    "---", "...", "apiVersion: v1", "kind: Pod", "kind: List", "metadata:", "  name: ", "spec:",
    "items:", "- &a ", "*a", "<<: ", "{", "}", "[", "]", ":", "'", '"', "|", "!!binary ", "{{ x }}",
    "$ ", "# ", "kubectl get pods", "kubectl apply -f a.yaml", "kubectl exec -it a -- sh",
    "cat <<EOF > a.yaml", "EOF", "`", "``", "<pod-name>", "{노드 이름}", "# kdocs: hide", "$(", ")",
    "<!-- kdocs: execute=off -->", "<!--", "-->", "<div>", "\\", "|| ", "&& ", "; ", "NAME   READY",
    "web    1/1", "pod/web created", "가", "파드", "\ufeff", "\0", "\r", "\u2028", "1e9", "0x", "~",
    "kdocs:", "ignore: ", "kubernetes: ", "selector:", "ports:", "- port: ", "containers:",
)  # fmt: skip
texts = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=4)), max_size=40).map(
    "".join
)
SMALL = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def whole(text: str, folder: Path, name: str = "n.md") -> Page:
    """Everything that a build, a check and a plan do with a note."""
    project = settings_for(folder, folder, {})
    page = pipeline.prepare(name, text, project)
    for language in ("ko", "en"):
        assert terminal([page], language, color=True)
        assert isinstance(plan_text([page], language, str, nothing_absent), str)
    lines = text.count("\n") + 1
    for finding in page.findings:
        assert 1 <= finding.position.line <= lines
        assert finding.position.column >= 1
    first = page.note.front_matter_lines
    markdown = "\n".join(page.note.text.split("\n")[first:])
    pipeline.render(page, markdown, first + 1, project)
    return page


@pytest.mark.parametrize("name", hostile.notes(10))
def test_it_is_survived(name: str, tmp_path: Path) -> None:
    text, _ = source.decode(hostile.notes(300)[name], "n.md")
    begin = time.process_time()
    whole(text, tmp_path)
    assert time.process_time() - begin < SECONDS


@pytest.mark.parametrize("name", [*hostile.of_yaml(10), *hostile.encoded()])
def test_as_a_yaml_file_too(name: str, tmp_path: Path) -> None:
    text, _ = source.decode(hostile.notes(300)[name], "n.yaml")
    whole(text.replace("```", "# "), tmp_path, "n.yaml")


# What once took minutes, gigabytes or the whole process, each with what is told of it.
FOUND = {
    "front_deep": "KD001",  # libyaml's composer ran out of stack
    "front_bomb_in_kdocs": "KD001",  # str() of what aliases unfold to: 35 s and 2.7 GB
    "yaml_unknown_fields": "KD201",  # the place of each of thousands was looked for
    "yaml_containers_wrong": "KD201",
    "markdown_annotations_many": "KD007",  # the nearest key of each of 100,000
}


@pytest.mark.skipif(sys.platform == "win32", reason="no limits on memory there")
@pytest.mark.parametrize("name", FOUND)
def test_a_whole_check_stays_small(name: str, tmp_path: Path) -> None:
    (tmp_path / "n.md").write_bytes(hostile.notes(50_000)[name])
    start = (
        "import resource as r\n"
        f"r.setrlimit(r.RLIMIT_AS, ({MEMORY}, {MEMORY}))\n"
        f"r.setrlimit(r.RLIMIT_CPU, ({int(SECONDS)}, {int(SECONDS)}))\n"
        "from kdocs_plugin.cli import main\nmain()"
    )
    done = subprocess.run(
        [sys.executable, "-c", start, "check", "n.md"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr
    assert done.returncode in (0, 1), done.stderr
    assert FOUND[name] in done.stdout


def test_file_names_in_decomposed_hangul(tmp_path: Path) -> None:
    """macOS writes them so; they are another name than the composed one, and a name still."""
    import unicodedata

    name = unicodedata.normalize("NFD", "파드 노트.md")
    (tmp_path / name).write_text("```yaml\na: [\n```\n")
    page = whole((tmp_path / name).read_text(), tmp_path, name)
    assert [finding.path for finding in page.findings] == [name]


@SMALL
@given(texts)
def test_any_note(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    whole(source.decode(text.encode(), "n.md")[0], tmp_path_factory.getbasetemp())


@SMALL
@given(st.binary(max_size=200))
def test_any_bytes(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    whole(source.decode(data, "n.md")[0], tmp_path_factory.getbasetemp())


@SMALL
@given(texts)
def test_any_manifest(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    tabs.mend(text, lambda manifest: manifest.readable)
    for document in load(text).documents:
        assert document.line >= 0
    whole(source.decode(text.encode(), "n.yaml")[0], tmp_path_factory.getbasetemp(), "n.yaml")


@SMALL
@given(texts)
def test_any_shell(text: str) -> None:
    for statement in commands.split(text):
        commands.effect_of(statement)
    commands.find_placeholders(text)
    commands.read_transcript(text)
