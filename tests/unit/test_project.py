"""Which notes a command is about, with an mkdocs.yml and without."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from kdocs_plugin.errors import ConfigError, SourceError
from kdocs_plugin.mkdocs_yml import load_config, plugin_options
from kdocs_plugin.project import open_project

NOTE = "```bash\nkubectl apply -f web.yaml\n```\n"
MANIFEST = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\n"


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("KDOCS_RUN", raising=False)
    monkeypatch.delenv("KDOCS_CLUSTER", raising=False)
    for name in ("docs/a.md", "docs/sub/b.md", "docs/.hidden/c.md", "README.md", "docs/x.txt"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(NOTE)
    (tmp_path / "mkdocs.yml").write_text(
        "site_name: 노트\nplugins:\n- kdocs:\n    timeout: 7\n"
    )
    monkeypatch.chdir(tmp_path)
    return tmp_path


def names(paths: tuple[str, ...] = ()) -> list[str]:
    project = open_project(paths)
    return [project.page_path(note) for note in project.notes]


def test_a_site_s_notes(site: Path) -> None:
    project = open_project(())
    assert [project.page_path(note) for note in project.notes] == ["a.md", "sub/b.md"]
    assert project.settings.timeout == 7.0
    assert project.settings.records == site / "records"
    assert project.shown_path("sub/b.md") == "docs/sub/b.md"


def test_from_a_folder_below(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(site / "docs" / "sub")
    assert names(("b.md",)) == ["sub/b.md"]
    assert open_project(("b.md",)).shown_path("a.md") == "../a.md"


def test_a_note_outside_of_docs(site: Path) -> None:
    project = open_project(("README.md",))
    assert [project.page_path(note) for note in project.notes] == ["../README.md"]
    assert project.shown_path("../README.md") == "README.md"
    (site / "web.yaml").write_text(MANIFEST)  # beside the note, not in docs
    assert project.pages()[0].findings == ()


def test_a_file_beside_the_note(site: Path) -> None:
    (page,) = open_project(("docs/sub/b.md",)).pages()
    assert [finding.code for finding in page.findings] == ["KD301"]
    (site / "docs/sub/web.yaml").write_text(MANIFEST)
    (page,) = open_project(("docs/sub/b.md",)).pages()
    assert page.findings == ()
    assert page.scenario.beside == {"web.yaml": MANIFEST}


def test_a_folder_without_mkdocs_yml(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "README.md").write_text(NOTE)
    monkeypatch.chdir(tmp_path)
    assert names() == ["sub/README.md"]
    assert names(("sub",)) == ["sub/README.md"]  # one note, one record
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert names((str(tmp_path / "sub"),)) == ["README.md"]
    monkeypatch.chdir(tmp_path)
    assert open_project(()).settings.records == tmp_path / "records"


def test_a_path_that_is_not_there(site: Path) -> None:
    with pytest.raises(SourceError, match=r"nope\.md"):
        open_project(("nope.md",))


def test_options_of_the_command_line(site: Path) -> None:
    assert open_project((), timeout=3.0, cluster=None).settings.timeout == 3.0


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("plugins: [search, kdocs]", {}),
        ("plugins: [search, {kdocs: {run: stale}}]", {"run": "stale"}),
        ("plugins: {search: {}, kdocs: {run: stale}}", {"run": "stale"}),
        ("plugins: {kdocs: }", {}),
        ("plugins: kdocs", {}),
        ("plugins:", {}),
        ("- 목록", {}),
        ("", {}),
        (
            """
markdown_extensions:
- x: {f: !!python/name:a.b.c }
- y: !!python/object/apply:os.x
docs_dir: !relative $docs_dir
plugins: [{kdocs: {cluster: !ENV [NO_SUCH, local]}}]
""",
            {"cluster": "local"},
        ),
        ("plugins: [{kdocs: {cluster: !ENV NO_SUCH}}]", {"cluster": None}),
    ],
)
def test_options_in_mkdocs_yml(tmp_path: Path, text: str, options: dict[str, str]) -> None:
    file = tmp_path / "mkdocs.yml"
    file.write_text("\ufeff" + text)
    assert plugin_options(load_config(file).get("plugins")) == options


def test_inherited(tmp_path: Path) -> None:
    (tmp_path / "base.yml").write_text("docs_dir: 글\nsite_name: 밑\n")
    (tmp_path / "mkdocs.yml").write_text("INHERIT: base.yml\nsite_name: 위\n")
    found = load_config(tmp_path / "mkdocs.yml")
    assert (found["docs_dir"], found["site_name"]) == ("글", "위")


@pytest.mark.parametrize(
    "text", ["INHERIT: mkdocs.yml", "INHERIT: none.yml", "a: [", "\x00", "? [}"]
)
def test_what_can_t_be_read(tmp_path: Path, text: str) -> None:
    file = tmp_path / "mkdocs.yml"
    file.write_text(text)
    with pytest.raises(ConfigError, match=r"\.yml"):
        load_config(file)


@pytest.mark.skipif(sys.platform == "win32", reason="no such files there")
@pytest.mark.parametrize("path", ["/dev/zero", "a.md/b.md", "x" * 300 + ".md"])
def test_what_cannot_be_a_note_is_said(path: str, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("")
    with pytest.raises(SourceError):
        open_project([path if path.startswith("/") else str(tmp_path / path)])
