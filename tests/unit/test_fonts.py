"""The faces that a site serves itself, and when it does."""

from __future__ import annotations

import re

import pytest

from kdocs_plugin.rendering import fonts, stylesheet

RULE = re.compile(
    r'@font-face\{font-family:"(KDocs \w+)";font-weight:(\d+);(?:size-adjust:\d+%;)?'
    r'font-display:swap;src:url\((fonts/[\w-]+\.woff2)\) format\("woff2"\);'
    r"unicode-range:([^}]*)\}"
)
MOST_BYTES = 900_000  # in a wheel, and in a site


def letters(ranges: str) -> set[str]:
    """What a unicode-range names."""
    found: set[str] = set()
    for part in ranges.split(","):
        first, _, last = part.removeprefix("U+").partition("-")
        found |= {chr(code) for code in range(int(first, 16), int(last or first, 16) + 1)}
    return found


def test_every_file_is_named_once_and_is_there() -> None:
    files = fonts()
    rules = RULE.findall(files["fonts.css"].decode())
    slices = sorted(path for path in files if path.endswith(".woff2"))
    assert sorted(path for _, _, path, _ in rules) == slices
    assert all(files[path].startswith(b"wOF2") for path in slices)
    assert sum(map(len, files.values())) < MOST_BYTES
    assert b"://" not in re.sub(rb"/\*.*?\*/", b"", files["fonts.css"], flags=re.DOTALL)


@pytest.mark.parametrize(("family", "weight"), [("Text", 400), ("Text", 700), ("Code", 400)])
def test_a_face_has_what_korean_notes_are_written_in(family: str, weight: int) -> None:
    rules = RULE.findall(fonts()["fonts.css"].decode())
    slices = [
        letters(ranges)
        for name, heavy, _, ranges in rules
        if (name, heavy) == (f"KDocs {family}", str(weight))
    ]
    whole = set[str]().union(*slices)
    assert sum(map(len, slices)) == len(whole)  # no letter is loaded twice
    standard = {  # KS X 1001, in its EUC encoding
        bytes([row, cell]).decode("euc_kr")
        for row in range(0xB0, 0xC9)
        for cell in range(0xA1, 0xFF)
    }
    assert len(standard) == 2350
    assert standard <= whole
    assert {chr(code) for code in range(0x20, 0x7F)} <= whole
    if family == "Code":
        assert set("─│└├┌┐") <= whole  # trees and frames of terminals


def test_the_licence_goes_along_and_no_reserved_name_is_used() -> None:
    licence = fonts()["fonts/LICENSE.txt"].decode()
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence
    assert (
        "Reserved Font Name Pretendard" in licence and "Reserved Font Name D2Coding" in licence
    )
    names = re.findall(r'font-family:"([^"]*)"', fonts()["fonts.css"].decode())
    assert set(names) == {"KDocs Text", "KDocs Code", "KDocs Fallback"}


def test_a_style_sheet_has_the_parts_that_are_wanted() -> None:
    plain = stylesheet()
    assert "keep-all" not in plain and "--md-primary-fg-color:" not in plain
    assert "keep-all" in stylesheet(["typography"])
    assert "--md-primary-fg-color:" in stylesheet(["accent"])
    assert stylesheet(["typography", "accent"]).endswith(plain)
