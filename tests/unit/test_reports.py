"""Findings on a terminal (the caret stands right under Hangul) and as JSON."""

from __future__ import annotations

import unicodedata

import pytest

from kdocs_plugin.model import Finding, Note, Page, Position, Scenario, Severity
from kdocs_plugin.reports.cells import quote, width
from kdocs_plugin.reports.plain import findings_json
from kdocs_plugin.reports.screen import terminal


def page(text: str, *findings: Finding, path: str = "노트.md") -> Page:
    return Page(Note(path, text), Scenario(path, "kdocs", ()), findings)


def missing(line: int, column: int, file: str = "웹.yaml") -> Finding:
    return Finding("KD301", Severity.ERROR, "노트.md", Position(line, column), {"file": file})


def test_terminal() -> None:
    text = "# 제목\n\n파드를 `kubectl apply -f 웹.yaml`로 만든다\n"
    assert terminal([page(text, missing(3, 6))], "ko", color=False) == (
        "오류[KD301]: `-f 웹.yaml`: 이 파일을 주는 블록도, 명령도, 노트 옆의 파일도 없음\n"
        " --> 노트.md:3:6\n"
        "  |\n"
        "3 | 파드를 `kubectl apply -f 웹.yaml`로 만든다\n"
        "  |         ^\n"
        '  = 도움말: 매니페스트 블록에 title="웹.yaml"을 붙이세요.\n'
        "\n"
        "노트 1개: 오류 1개, 경고 0개, 정보 0개\n"
    )


def test_nothing_found() -> None:
    assert terminal([page("# 제목")], "en", color=True) == "notes: 1, nothing to report\n"
    assert findings_json([page("# 제목")], "en") == {"findings": []}


def test_color_adds_codes_and_nothing_else() -> None:
    pages = [page("a\n", missing(1, 1))]
    colored = terminal(pages, "en", color=True)
    plain = terminal(pages, "en", color=False)
    assert "\x1b[1;31merror[KD301]\x1b[0m" in colored
    for code in ("0", "1", "1;31", "1;34"):
        colored = colored.replace(f"\x1b[{code}m", "")
    assert colored == plain


def test_json() -> None:
    found = findings_json([page("", missing(2, 7))], "en")["findings"]
    assert found == [
        {
            "code": "KD301",
            "severity": "error",
            "path": "노트.md",
            "line": 2,
            "column": 7,
            "message": "`-f 웹.yaml`: no block, no command and no file beside the note"
            " provides it",
            "hint": 'Name the manifest\'s block: title="웹.yaml".',
        }
    ]


@pytest.mark.parametrize(
    ("line", "column", "cells", "under"),
    [
        ("파드 x", 3, 5, 1),
        ("파드 x", 1, 2, 2),
        ("\t\tname", 1, 4, 4),
        ("\t\tname", 2, 8, 1),
        (unicodedata.normalize("NFD", "파드 x"), 5, 5, 1),
        ("e\u0301 x", 3, 2, 1),
        ("짧다", 9, 4, 1),
        ("", 0, 0, 1),
    ],
)
def test_caret(line: str, column: int, cells: int, under: int) -> None:
    quoted = quote(line, column)
    assert (quoted.column, quoted.width) == (cells, under)


def test_a_long_line_is_cut_around_the_caret() -> None:
    line = "가" * 5000 + "X" + "나" * 500_000
    quoted = quote(line, 5000)
    assert width(quoted.text) <= 104
    assert quoted.text.startswith("…가")
    assert quoted.text.endswith("나…")
    before = quoted.text[: quoted.text.index("X")]
    assert width(before) == quoted.column


def test_a_note_can_not_steer_the_terminal() -> None:
    bad = "\x1b]0;x\x07\u202e\r"
    shown = terminal([page(f"a {bad} b", missing(1, 1, file=bad))], "ko", color=False)
    assert not any(char in shown for char in "\x1b\x07\u202e\r")
