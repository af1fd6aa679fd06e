"""A site of Material's in Korean where its author has said nothing else; where the author has,
that stands."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.site.builder import Site, make

PLAIN = "site_name: 노트\ntheme: material\nplugins: [search, kdocs]\n"
SAID = """\
site_name: 노트
theme:
  name: material
  language: en
  font: {{text: Noto Sans KR}}
  palette: {{primary: teal}}
plugins:
  - search
  - kdocs{options}
"""


def built(root: Path, config: str) -> Site:
    site = make(root, config, index="# 처음\n", note="# 파드\n\n파드는 가장 작다.\n")
    done = site.build("--strict")
    assert done.returncode == 0, done.stderr
    return site


def css(site: Site) -> str:
    return site.page("assets/kdocs/kdocs.css")


def test_a_plain_site_is_korean_and_loads_nothing_from_elsewhere(tmp_path: Path) -> None:
    site = built(tmp_path, PLAIN)
    page = site.page("note/index.html")
    assert '<html lang="ko"' in page
    assert "assets/kdocs/fonts.css" in page and "googleapis" not in page
    assert (site.root / "site/assets/kdocs/fonts/LICENSE.txt").is_file()
    assert "keep-all" in css(site) and "--md-primary-fg-color:" in css(site)
    # Material's search reads the theme's language: Korean has no stemmer there.
    assert json.loads(site.page("search/search_index.json"))["config"]["pipeline"] == [" "]


def test_an_address_that_leads_nowhere_is_told_in_korean(tmp_path: Path) -> None:
    site = built(tmp_path, PLAIN + "site_url: https://example.org/notes/\n")
    page = site.page("404.html")
    assert "<h1>페이지를 찾을 수 없습니다</h1>" in page and "Not found" not in page
    assert '<a href="/notes/">처음으로</a>' in page


def test_what_the_author_has_set_stands(tmp_path: Path) -> None:
    site = built(tmp_path, SAID.format(options=""))
    page = site.page("note/index.html")
    assert '<html lang="en"' in page and "404 - Not found" in site.page("404.html")
    assert "Noto+Sans+KR" in page and "assets/kdocs/fonts.css" not in page
    assert not (site.root / "site/assets/kdocs/fonts").exists()
    assert "--md-primary-fg-color:" not in css(site) and "keep-all" in css(site)


def test_the_author_s_own_page_for_lost_addresses_stands(tmp_path: Path) -> None:
    site = make(
        tmp_path, PLAIN.replace("theme: material", "theme: {name: material, custom_dir: own}")
    )
    site.write(
        "own/404.html", '{% extends "main.html" %}{% block content %}내 것{% endblock %}'
    )
    assert site.build().returncode == 0
    assert "내 것" in site.page("404.html") and "찾을 수 없습니다" not in site.page("404.html")


@pytest.mark.parametrize(
    ("palette", "is_ours"),
    [
        ("{scheme: slate}", True),
        ("[{scheme: default}, {scheme: slate}]", True),
        ("{accent: teal}", False),
        ("[{scheme: default}, {scheme: slate, primary: indigo}]", False),
    ],
)
def test_a_colour_that_the_author_has_named_stands(
    tmp_path: Path, palette: str, is_ours: bool
) -> None:
    theme = f"theme: {{name: material, palette: {palette}}}"
    site = built(tmp_path, PLAIN.replace("theme: material", theme))
    assert ("--md-primary-fg-color:" in css(site)) == is_ours


@pytest.mark.parametrize("part", ["fonts", "typography", "accent", "site_language"])
def test_each_part_can_be_switched_off(tmp_path: Path, part: str) -> None:
    off = PLAIN.replace("kdocs]", f"kdocs: {{{part}: false}}]")
    site = built(tmp_path, off)
    page = site.page("note/index.html")
    found = {
        "fonts": "assets/kdocs/fonts.css" in page,
        "typography": "keep-all" in css(site),
        "accent": "--md-primary-fg-color:" in css(site),
        "site_language": '<html lang="ko"' in page and "Not found" not in site.page("404.html"),
    }
    assert [name for name, is_on in found.items() if not is_on] == [part]


def test_the_site_s_language_is_the_setting_s(tmp_path: Path) -> None:
    site = built(tmp_path, PLAIN.replace("kdocs]", "kdocs: {language: en}]"))
    assert '<html lang="en"' in site.page("note/index.html")


def test_another_theme_is_left_alone(tmp_path: Path) -> None:
    site = built(tmp_path, PLAIN.replace("material", "mkdocs"))
    assert "fonts.css" not in site.page("note/index.html") and "keep-all" not in css(site)
