"""Golden cases of Markdown as GitHub, Obsidian and Notion write it: what the page then has.

A case is a YAML file of tests/golden/markdown: a `note`, `files` and `pictures` that lie
beside it, and what its HTML `has` and has `not`, spaces aside. `tells` are warnings of the
build with their places in the note. All cases are one site, built once with Material and
nothing but `plugins: [search, kdocs]`. `needs` names a package without which it is skipped.
"""

from __future__ import annotations

import base64
import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from tests.golden.cases import HERE, cases, read_case
from tests.site.builder import CONFIG, Site, make
from tests.site.nesting import wrong_nesting

FOLDER = "markdown"
NAMES = {"note", "name", "files", "pictures", "has", "not", "tells", "needs"}
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5E"
    "rkJggg=="
)
PLACE = re.compile(r"docs/([\w-]+)/(\S.*?:\d+:\d+: .*)")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Site, dict[str, list[str]]]:
    """The site of all cases, and by case what the build said about it."""
    site = make(tmp_path_factory.mktemp("markdown"), CONFIG, index="# 집\n")
    for path in sorted((HERE / FOLDER).glob("*.yaml")):
        case = read_case(path)
        folder = f"docs/{path.stem}"
        site.write(f"{folder}/{case.get('name', 'note.md')}", case["note"])
        for name, text in case.get("files", {}).items():
            site.write(f"{folder}/{name}", text)
        for name in case.get("pictures", []):
            site.write(f"{folder}/{name}", "")
            (site.root / folder / name).write_bytes(PICTURE)
    done = site.build()
    assert done.returncode == 0, done.stderr
    told: dict[str, list[str]] = {}
    for name, message in PLACE.findall(done.stderr):
        told.setdefault(name, []).append(message)
    return site, told


def test_there_are_cases() -> None:
    assert len(cases(FOLDER)) >= 80


@pytest.mark.parametrize("path", cases(FOLDER))
def test_it_looks_as_it_was_written(
    path: Path, built: tuple[Site, dict[str, list[str]]]
) -> None:
    case: dict[str, Any] = read_case(path)
    assert not set(case) - NAMES and {"has", "not"} & set(case)
    if find_spec(case.get("needs", "markdown")) is None:
        pytest.skip(f"{case['needs']} is not installed")
    site, told = built
    name = Path(case.get("name", "note.md"))
    html = site.article(f"{path.stem}/{name.with_suffix('')}/index.html")
    assert wrong_nesting(html) == []
    shown = plain(html)
    for part in case.get("has", []):
        assert plain(part) in shown
    for part in case.get("not", []):
        assert plain(part) not in shown
    said = told.get(path.stem, [])
    expected = case.get("tells", [])
    assert len(said) == len(expected), said
    for message, begin in zip(said, expected, strict=True):
        assert message.startswith(begin)


def plain(html: str) -> str:
    """HTML without the spaces that nobody sees."""
    return re.sub(r"\s*(</?[^<>]+>)\s*", r"\1", re.sub(r"\s+", " ", html)).strip()
