"""Which files of a folder are notes: folders that are passed over, patterns, parts."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Mapping
from pathlib import Path

import pytest

from kdocs_plugin.errors import ConfigError
from kdocs_plugin.project import open_project
from kdocs_plugin.records.store import record_path
from kdocs_plugin.tree import find_notes, matches, shard, wants

NOTE = "```bash\nkubectl get pods\n```\n"
TAKEN_APART = unicodedata.normalize("NFD", "한글 노트.md")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("KDOCS_RUN", "KDOCS_CLUSTER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(*names: str) -> None:
    for name in names:
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(NOTE, encoding="utf-8")


def found(*paths: str, manifests: bool = False) -> list[str]:
    given = [Path(each) for each in paths or (".",)]
    return [path.as_posix() for path in find_notes(given, manifests)]


def pages(*paths: str, **options: object) -> list[str]:
    project = open_project(paths, **options)  # type: ignore[arg-type]
    return [project.page_path(path) for path in project.notes]


def test_what_is_never_looked_into(folder: Path) -> None:
    write("a.md", ".hidden.md", ".git/a.md", ".venv/a.md", "node_modules/x/README.md")
    write("deep/node_modules/a.md", "env/a.md", "env/pyvenv.cfg", "b/C.MD", "b/d.markdown")
    write("b/web.yaml", "mkdocs.yml", "b/x.txt")
    assert found() == ["a.md", "b/C.MD", "b/d.markdown"]
    assert found(manifests=True) == ["a.md", "b/C.MD", "b/d.markdown", "b/web.yaml"]
    # What is named is meant.
    assert found("node_modules") == ["node_modules/x/README.md"]
    assert found(".hidden.md", "b/x.txt") == [".hidden.md", "b/x.txt"]


def test_the_order_is_that_of_paths(folder: Path) -> None:
    write("b.md", "a/z.md", "a b/x.md", "a/a/a.md", "a.md")
    assert found() == ["a/a/a.md", "a/z.md", "a b/x.md", "a.md", "b.md"]


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")
def test_links_are_folders_and_lead_nowhere_twice(folder: Path) -> None:
    write("docs/a.md", "shared/s.md", "mkdocs.yml")
    Path("mkdocs.yml").write_text("site_name: x\n")
    Path("docs/linked").symlink_to(folder / "shared")
    Path("docs/round").symlink_to(folder / "docs")
    Path("shared/back").symlink_to(folder / "docs")
    # As MkDocs names them; the link back comes to docs once more, and no further.
    assert pages()[:2] == ["a.md", "linked/back/a.md"]
    assert "linked/s.md" in pages()
    assert not [page for page in pages() if page.count("linked") > 1 or "round" in page]


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")
def test_links_to_nothing_are_passed_over(folder: Path) -> None:
    write("a.md")
    Path("self.md").symlink_to("self.md")
    Path("gone.md").symlink_to("nowhere.md")
    assert found() == ["a.md"]


def test_patterns_are_those_of_gitignore() -> None:
    for pattern, page, does in (
        ("drafts/", "drafts/a.md", True),
        ("drafts/", "sub/drafts/a.md", True),
        ("/drafts/", "sub/drafts/a.md", False),
        ("*.old.md", "sub/a.old.md", True),
        ("한글 노트.md", f"sub/{TAKEN_APART}", True),
        ("README.md", "../README.md", True),
        ("a/**/z.md", "a/b/c/z.md", True),
    ):
        assert matches((pattern,), page) is does, (pattern, page)
    assert not matches(("*.md", "!keep.md"), "keep.md")


def test_included_and_not_excluded() -> None:
    assert wants("a/b.md", (), ())
    assert wants("a/b.md", ("a/",), ())
    assert not wants("c/b.md", ("a/",), ())
    assert not wants("a/b.md", ("a/",), ("b.md",))


def test_patterns_of_mkdocs_yml_and_of_the_command_line(folder: Path) -> None:
    write("docs/a.md", "docs/old/b.md", "docs/old/c.md", "docs/templates/t.md")
    Path("mkdocs.yml").write_text(
        "site_name: x\nexclude_docs: |\n  c.md\nplugins:\n- kdocs:\n    exclude: [a.md]\n"
    )
    assert pages() == ["old/b.md"]
    # What is named is meant, whatever the site says of folders ...
    assert pages("docs/a.md", "docs/old/c.md") == ["a.md", "old/c.md"]
    # ... but not whatever the same command says.
    assert pages("docs/a.md", "docs/old/c.md", exclude=("old/",)) == ["a.md"]
    assert pages(include=("a.md",)) == []


def test_what_mkdocs_leaves_out_is_left_out(folder: Path) -> None:
    write("docs/a.md", "docs/templates/t.md", "docs/sub/templates/t.md")
    Path("mkdocs.yml").write_text("site_name: x\n")
    assert pages() == ["a.md", "sub/templates/t.md"]
    Path("mkdocs.yml").write_text("site_name: x\nexclude_docs: '!/templates/'\n")
    assert pages() == ["a.md", "sub/templates/t.md", "templates/t.md"]


def test_the_built_site_is_not_the_site(folder: Path) -> None:
    write("docs/a.md", "site/web.yaml", "README.md")
    Path("mkdocs.yml").write_text("site_name: x\n")
    assert pages(".", manifests=True) == ["../README.md", "a.md"]
    Path("mkdocs.yml").write_text("site_name: x\nsite_dir: out\n")
    assert pages(".", manifests=True) == ["../README.md", "a.md", "../site/web.yaml"]


def test_a_pattern_that_is_none(folder: Path) -> None:
    write("a.md")
    with pytest.raises(ConfigError, match="pattern"):
        pages(exclude=("!",))


def test_a_note_has_one_path_from_wherever_it_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("1/README.md", "1/2/README.md")
    Path(".git").mkdir()
    assert pages() == ["1/2/README.md", "1/README.md"]
    assert pages("1/2/README.md", "1/../1/2", str(folder / "1/2/README.md")) == [
        "1/2/README.md"
    ]
    monkeypatch.chdir(folder / "1" / "2")
    assert pages() == ["1/2/README.md"]
    assert open_project(()).settings.records == folder / "records"
    assert open_project(()).shown_path("1/README.md") == "../README.md"


def test_no_two_pages_share_a_record(folder: Path) -> None:
    names = ["a/README.md", "b/README.md", "README.md", "README.markdown", "README.txt"]
    names += ["../README.md", "1.2 판.md", "1.2.md"]
    assert len({record_path(folder, name) for name in names}) == len(names)


# --- Parts ---


def everything(count: int) -> Mapping[str, Path]:
    return {f"{n}/노트.md": Path() for n in range(count)}


def test_parts_are_disjoint_and_together_all() -> None:
    parts = [shard(everything(200), f"{n}/3") for n in (1, 2, 3)]
    assert sum(map(len, parts)) == 200
    assert set().union(*parts) == set(everything(200))
    assert all(len(part) > 40 for part in parts)


def test_a_page_that_is_added_moves_no_other() -> None:
    before, after = shard(everything(50), "2/4"), shard(everything(60), "2/4")
    assert set(before) <= set(after)


def test_the_part_does_not_depend_on_how_hangul_is_stored() -> None:
    apart = {unicodedata.normalize("NFD", page): path for page, path in everything(50).items()}
    assert len(shard(apart, "1/2")) == len(shard(everything(50), "1/2"))


def test_one_part_is_all() -> None:
    assert shard(everything(9), "1/1") == everything(9)


@pytest.mark.parametrize(
    "part", ["0/4", "5/4", "1", "1/0", "a/b", "1/2/3", "-1/2", "", "1 / 2"]
)
def test_what_is_no_part(part: str) -> None:
    with pytest.raises(ConfigError, match="shard"):
        shard(everything(3), part)
