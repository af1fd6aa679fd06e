"""Beside other plugins, themes and settings: pages are whole, links lead somewhere."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.site.builder import NOTE, VARIABLES, Site, make

# The builder's note without what kdocs has to say of it: `--strict` must pass.
CLEAN = NOTE.replace("\t", "  ")
GET = "# 노트\n\n앞은 [여기](note.md)\n\n```bash\nkubectl get pods\n```\n"
BASE = "site_name: 노트\nsite_url: https://example.org/sub/path/\n"
MATERIAL = "theme: {name: material, font: false}\n"
I18N = (
    "  - i18n: {docs_structure: suffix, languages: [{locale: ko, default: true, name: 한국어},"
    " {locale: en, name: English}]}\n"
)
EXTENSIONS = """markdown_extensions:
  - abbr
  - attr_list
  - def_list
  - footnotes
  - meta
  - nl2br
  - sane_lists
  - toc: {permalink: true}
  - pymdownx.arithmatex: {generic: true}
  - pymdownx.betterem
  - pymdownx.critic
  - pymdownx.highlight: {anchor_linenums: true, linenums: true}
  - pymdownx.keys
  - pymdownx.magiclink
  - pymdownx.smartsymbols
  - pymdownx.snippets
  - pymdownx.tabbed: {alternate_style: true}
  - pymdownx.tasklist
"""
SITES = {
    "alone": MATERIAL + "plugins: [kdocs]\n",
    "without directories": MATERIAL + "use_directory_urls: false\nplugins: [search, kdocs]\n",
    "offline": MATERIAL + "use_directory_urls: false\nplugins: [search, offline, kdocs]\n",
    "tags": MATERIAL + "plugins: [search, tags, kdocs]\n",
    "blog": MATERIAL + "plugins: [search, kdocs, blog]\n",
    "blog before": MATERIAL + "plugins: [search, blog, kdocs]\n",
    "minify": MATERIAL + "plugins:\n  - search\n  - kdocs\n  - minify: {minify_html: true, "
    "minify_js: true, minify_css: true, js_files: [assets/kdocs/kdocs.js], "
    "css_files: [assets/kdocs/kdocs.css]}\n",
    "minify before": MATERIAL + "plugins:\n  - minify: {minify_html: true}\n  - kdocs\n",
    "i18n": MATERIAL + f"plugins:\n  - search\n{I18N}  - kdocs\n",
    "i18n behind": MATERIAL + f"plugins:\n  - search\n  - kdocs\n{I18N}",
    "navigation": MATERIAL + "plugins: [search, kdocs, awesome-nav]\n",
    "instant": MATERIAL.replace(
        "}", ", features: [navigation.instant, navigation.tabs, content.code.copy, toc.follow]}"
    )
    + "plugins: [search, kdocs]\n",
    "extensions": MATERIAL + "plugins: [search, kdocs]\n" + EXTENSIONS,
    "mkdocs": "theme: mkdocs\nplugins: [search, kdocs]\n",
    "readthedocs": "theme: readthedocs\nplugins: [search, kdocs]\n",
}  # fmt: skip
SECONDS = 120


class Links(HTMLParser):
    """Addresses, ids and what a strict Content-Security-Policy forbids, of one page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: set[str] = set()
        self.inline: Counter[str] = Counter()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("href", "src") and value:
                self.links.append(value)
            elif name == "id" and value:
                self.ids.add(value)
            elif name == "style" or name.startswith("on"):
                self.inline[f"{name}={value}"] += 1
        if tag == "style" or (tag == "script" and "src" not in dict(attrs)):
            kind = dict(attrs).get("type") or ""
            if tag == "style" or "json" not in kind:
                self.inline[tag] += 1


def read(page: Path) -> Links:
    return Links(page.read_text("utf-8"))


def broken(site: Path) -> list[str]:
    """Links inside of the site that lead to no file of it."""
    found = []
    for page in site.rglob("*.html"):
        for link in read(page).links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc or not parts.path:
                continue
            path = unquote(parts.path)
            if path.startswith("/"):  # of the page for what is not there
                target = site / path.removeprefix("/sub/path").lstrip("/")
            else:
                target = page.parent / path
            if not (target / "index.html" if target.is_dir() else target).is_file():
                found.append(f"{page.relative_to(site)}: {link}")
    return found


def a_site(folder: Path, config: str) -> Site:
    site = make(folder, BASE + config, note=CLEAN, other=GET, index="# 처음\n")
    if "blog" in config:
        site.write("docs/blog/index.md", "# 블로그\n")
        site.write("docs/blog/posts/a.md", "---\ndate: 2026-01-01\n---\n" + GET)
        text = (site.root / "docs/blog/posts/a.md").read_text("utf-8")
        site.write("docs/blog/posts/a.md", text.replace("(note.md)", "(../../note.md)"))
    if "awesome-nav" in config:
        site.write("docs/.nav.yml", "nav:\n  - index.md\n  - 노트: note.md\n  - '*'\n")
    site.record("note.md")
    site.record("other.md")
    if "blog" in config:
        site.record("blog/posts/a.md")
    return site


def pages(site: Site, name: str) -> list[Path]:
    found = [*(site.root / "site").rglob(f"{name}/index.html")]
    return found or [*(site.root / "site").rglob(f"{name}.html")]


@pytest.mark.parametrize("name", SITES)
def test_beside(tmp_path: Path, name: str) -> None:
    site = a_site(tmp_path, SITES[name])
    built = site.build("--strict")
    assert built.returncode == 0, built.stderr[-3000:]
    found = pages(site, "note")
    assert len(found) == (2 if "i18n" in name else 1)
    for page in found:
        html = page.read_text("utf-8")
        assert "pod/web created" in html
        assert "<i data-kdocs=" not in html
        assert html.count("kdocs-provenance") >= 1
    if "blog" in name:
        assert "web    1/1     Running" in site.page("blog/index.html")
        assert "<i data-kdocs=" not in site.page("blog/index.html")
    assert broken(tmp_path / "site") == []


@pytest.mark.parametrize("name", ["i18n", "i18n behind"])
def test_each_language_has_its_words(tmp_path: Path, name: str) -> None:
    site = a_site(tmp_path, SITES[name])
    assert site.build().returncode == 0
    assert " 확인</time>" in site.article("note/index.html")
    assert "Verified 20" in site.article("en/note/index.html")
    assert "What is verified" in site.page("en/kdocs/status/index.html")
    assert "검증 현황" in site.page("kdocs/status/index.html")
    assert "복사" in (tmp_path / "site/assets/kdocs/kdocs.js").read_text("utf-8")
    assert "Copied" in (tmp_path / "site/en/assets/kdocs/kdocs.js").read_text("utf-8")


def test_built_with_properdocs(tmp_path: Path) -> None:
    site = a_site(
        tmp_path, SITES["without directories"].replace("use_directory_urls: false", "")
    )
    command = [sys.executable, "-m", "properdocs", "build", "--strict"]
    built = subprocess.run(
        command, cwd=tmp_path, env=VARIABLES, text=True, check=False, capture_output=True,
        timeout=SECONDS,
    )  # fmt: skip
    assert built.returncode == 0, built.stderr[-3000:]
    assert "pod/web created" in site.article("note/index.html")
    assert broken(tmp_path / "site") == []


def test_no_anchor_changes_and_nothing_inline_is_added(tmp_path: Path) -> None:
    """Against the same site without kdocs: what a strict policy forbids is Material's."""
    with_it, without = tmp_path / "with", tmp_path / "without"
    for folder, plugins in ((with_it, "[search, kdocs]"), (without, "[search]")):
        site = a_site(folder, f"{MATERIAL}plugins: {plugins}\n")
        assert site.build().returncode == 0
    for page in (without / "site").rglob("*.html"):
        before = read(page)
        after = read(with_it / page.relative_to(without))
        assert before.ids <= after.ids
        assert not after.inline - before.inline, page
