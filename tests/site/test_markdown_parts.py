"""What is mended of Markdown can be switched off, part by part, and the author's own
extensions come first."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from kdocs_plugin.model import MARKDOWN
from tests.golden.cases import HERE, read_case
from tests.site.builder import CONFIG, VARIABLES, Site, make

NOTE = """\
# 제목

**파드(Pod)**가 ==강조== ~~옛말~~ [[b]] [가](B.md) $x^2$

앞%%숨은%%뒤

줄\\
바꿈

글
- 목록
  - 속

각주[^1]

[^1]: 설명

> [!NOTE]
> 콜아웃

글

- [ ] 할 일

| 명령 |
|-----|
| `a \\| b` |

<details>
<summary>접기</summary>

글 *기운*

</details>

```mermaid
graph TD
```
"""
# Part -> what the page has where it is mended, and what where it is not.
SIGNS = {
    "bold": ("<strong>파드(Pod)</strong>가", "**파드(Pod)**가"),
    "breaks": ("줄<br />", "줄\\"),
    "callouts": ('<div class="admonition note">', "[!NOTE]"),
    "comments": ("앞뒤", "앞%%숨은%%뒤"),
    "footnotes": ('class="footnote-ref"', '<a href="설명">^1</a>'),
    "highlights": ("<mark>강조</mark>", "==강조=="),
    "links": ('<a href="../b/">가</a>', '<a href="B.md">가</a>'),
    "lists": ("<p>글</p>\n<ul>\n<li>목록<ul>\n<li>속</li>", "글\n- 목록"),
    "math": ("<math", "$x^2$"),
    "mermaid": ('<pre class="mermaid">', "<code>graph TD"),
    "strikethrough": ("<del>옛말</del>", "~~옛말~~"),
    "tables": ("<code>a | b</code>", "<code>a \\| b</code>"),
    "tasks": ('type="checkbox"', "[ ] 할 일"),
    "toggles": ("<em>기운</em>", "*기운*"),
    "wiki": ('<a href="../b/">b</a>', "[[b]]"),
}
# In another way also Python-Markdown does it; betterem is what makes the difference.
OURS_ALONE = {"bold": "markdown_extensions: [pymdownx.betterem]\n"}
# Without the script on the site nothing would draw it.
SCRIPT = "extra_javascript: [mermaid.min.js]\n"


# What the machine lacks is no part of its pages.
if find_spec("latex2mathml") is None:
    SIGNS["math"] = ("$x^2$", "$x^2$")
needs_math = pytest.mark.skipif(
    find_spec("latex2mathml") is None, reason="latex2mathml is not installed"
)


def built(root: Path, settings: object, more: str = "") -> tuple[Site, str]:
    config = CONFIG.replace("kdocs]", f"{{kdocs: {json.dumps(settings)}}}]") + SCRIPT + more
    site = make(root, config, note=NOTE, b="# b\n")
    done = site.build()
    assert done.returncode == 0, done.stderr
    return site, site.article("note/index.html")


def test_every_part_has_a_sign() -> None:
    assert set(SIGNS) == set(MARKDOWN)


@pytest.mark.parametrize(
    "part", [pytest.param(p, marks=[needs_math] if p == "math" else []) for p in MARKDOWN]
)
def test_a_part_alone_is_switched_off(tmp_path: Path, part: str) -> None:
    mended, as_it_was = SIGNS[part]
    html = built(tmp_path, {"markdown": {part: False}}, OURS_ALONE.get(part, ""))[1]
    assert as_it_was in html and mended not in html
    for other, (sign, _) in SIGNS.items():
        assert other == part or sign in html, other


def test_all_of_it_is_switched_off(tmp_path: Path) -> None:
    html = built(tmp_path, {"markdown": False}, OURS_ALONE["bold"])[1]
    for part, (mended, as_it_was) in SIGNS.items():
        assert as_it_was in html and (mended == as_it_was or mended not in html), part


def test_a_name_that_is_no_part_is_refused(tmp_path: Path) -> None:
    site = make(tmp_path, CONFIG.replace("kdocs]", "{kdocs: {markdown: {wikis: false}}}]"))
    done = site.build()
    assert done.returncode != 0 and "wikis" in done.stderr and "wiki" in done.stderr


def test_the_authors_extensions_come_first(tmp_path: Path) -> None:
    more = (
        "markdown_extensions:\n"
        "  - wikilinks: {base_url: /wiki/}\n"
        "  - pymdownx.mark: {smart_mark: true}\n"
        "  - pymdownx.tasklist: {custom_checkbox: false, clickable_checkbox: true}\n"
        "  - footnotes: {BACKLINK_TEXT: 위로}\n"
    )
    html = built(tmp_path, {}, more)[1]
    assert 'href="/wiki/b/"' in html
    assert "task-list-control" not in html and 'type="checkbox"' in html
    assert "위로" in html


def test_betterem_and_its_like_know_particles(tmp_path: Path) -> None:
    html = built(tmp_path, {}, "markdown_extensions: [pymdownx.extra, pymdownx.caret]\n")[1]
    assert "<strong>파드(Pod)</strong>가" in html
    for part, (mended, _) in SIGNS.items():
        assert mended in html or part == "mermaid", part  # SuperFences is theirs


def test_links_to_headings_have_the_ids_of_the_authors_slugs(tmp_path: Path) -> None:
    more = (
        "markdown_extensions:\n  - attr_list\n  - toc:\n      permalink: true\n"
        "      slugify: !!python/object/apply:pymdownx.slugs.slugify {kwds: {case: lower}}\n"
    )
    note = "[[b#서비스(Service)란?]] [[b#이름]] [[b#두 번|둘]]\n"
    other = "# b\n\n## 서비스(Service)란?\n\n## 이름 { #mine }\n\n## 두 번\n\n## 두 번\n"
    site = make(tmp_path, CONFIG + more, note=note, b=other)
    done = site.build("--strict")
    assert done.returncode == 0, done.stderr
    html = site.article("note/index.html")
    page = site.article("b/index.html")
    for anchor in ("서비스service란", "mine", "두-번"):
        assert f'href="../b/#{anchor}"' in html and f'id="{anchor}"' in page


def test_a_link_that_leads_nowhere_fails_a_strict_build_unless_it_is_ignored(
    tmp_path: Path,
) -> None:
    site = make(tmp_path, note="글\n\n[[없다]]\n")
    done = site.build("--strict")
    assert done.returncode == 1
    assert "docs/note.md:3:1: KD011" in done.stderr
    site.write("mkdocs.yml", CONFIG.replace("kdocs]", "{kdocs: {ignore: [KD011]}}]"))
    done = site.build("--strict")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("directories", ["true", "false"])
def test_embeds_and_raw_pictures_find_their_files(tmp_path: Path, directories: str) -> None:
    note = '![[속 노트]]\n\n<img src="img/a.png" alt="a">\n\n[[안/속 노트|글]]\n'
    inner = "# 속\n\n![a](../img/a.png)\n\n- `kubectl get pods`\n"
    config = CONFIG + f"use_directory_urls: {directories}\n"
    site = make(tmp_path, config, note=note, **{"안/속 노트": inner})
    site.write("docs/img/a.png", "")
    done = site.build("--strict")
    assert done.returncode == 0, done.stderr
    name = "note/index.html" if directories == "true" else "note.html"
    up = "../" if directories == "true" else ""
    html = site.article(name)
    assert html.count(f'src="{up}img/a.png"') == 2
    assert "<code>kubectl get pods</code>" in html
    index = json.loads((tmp_path / "site/search/search_index.json").read_text("utf-8"))
    assert sum("kubectl get pods" in entry["text"] for entry in index["docs"]) == 1


def test_no_anchor_changes(tmp_path: Path) -> None:
    """Every heading of the golden and of the wild notes has the id that it has without."""
    ids = []
    for on in (True, False):
        site = make(
            tmp_path / str(on),
            CONFIG.replace("kdocs]", f"{{kdocs: {{markdown: {str(on).lower()}}}}}]"),
        )
        for path in (HERE / "markdown").glob("*.yaml"):
            if path.stem == "list_then_rule":  # its rule is an underline without `lists`
                continue
            site.write(f"docs/{path.stem}/note.md", read_case(path)["note"])
        for path in (HERE.parent / "wild").glob("*.md"):
            site.write(f"docs/{path.name}", path.read_text(encoding="utf-8"))
        assert site.build().returncode == 0
        pages = sorted((site.root / "site").rglob("index.html"))
        ids.append(
            {
                str(page.relative_to(site.root)): re.findall(
                    r'<h[1-6][^>]* id="([^"]*)"', page.read_text(encoding="utf-8")
                )
                for page in pages
            }
        )
    assert sum(map(len, ids[0].values())) > 100
    assert ids[0] == ids[1]


@pytest.mark.parametrize("generator", ["mkdocs", "properdocs"])
def test_broken_links_are_told_with_their_places(tmp_path: Path, generator: str) -> None:
    pytest.importorskip(generator)
    note = "# 글\n\n- [글](없는%20노트.md)\n- ![[없다.png]] [[b#없다]]\n"
    site = make(tmp_path, note=note, b="# b\n")
    done = subprocess.run(
        [sys.executable, "-m", generator, "build", "-f", "mkdocs.yml"],
        cwd=site.root,
        env=VARIABLES,
        text=True,
        check=False,
        capture_output=True,
    )
    assert done.returncode == 0, done.stderr
    for place in ("3:7: Doc file 'note.md'", "4:3: KD011", "4:15: KD012"):
        assert done.stderr.count(f"docs/note.md:{place}") == 1, done.stderr
