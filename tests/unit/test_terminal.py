"""What a terminal shows: the bytes are those that shells, watch and mysql write."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kdocs_plugin.outputs import Terminal, answers
from kdocs_plugin.outputs.terminal import MOST_LINES


def shown(data: bytes, columns: int = 20, rows: int = 5) -> str:
    terminal = Terminal(columns, rows)
    terminal.feed(data)
    return terminal.text()


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"one\r\ntwo\r\n", "one\ntwo"),
        (b"10%\r20%\r100%\r\n", "100%"),
        (b"abc\b\bX\r\n", "aXc"),
        (b"\x1b[?2004hweb:/# \x1b[31mls\x1b[0m\r\n\x1b[?2004l\rbin\r\n", "web:/# ls\nbin"),
        (b"a\tb\r\n", "a       b"),
        (b"lost\r\x1b[Kkept\r\n", "kept"),
        (b"abcdef\x1b[3D\x1b[P\r\n", "abcef"),
        (b"\x1b]0;title\x07text\r\n", "text"),
        (b"x" * 45 + b"\r\nnext\r\n", "x" * 45 + "\nnext"),  # only the width broke it
        ("가나다라마바사아자차카타\r\n".encode(), "가나다라마바사아자차카타"),
        (
            b"before\r\n\x1b[?1049h\x1b[H\x1b[2JOne\x1b[3;1Ha  b\x1b[H\x1b[2JTwo\x1b[3;1Hc",
            "before\nTwo\n\nc",
        ),  # of a screen that is drawn anew the last one stays
        (b"\xff\xfe ok\r\n", "\ufffd\ufffd ok"),
    ],
)
def test_shown(data: bytes, text: str) -> None:
    assert shown(data) == text


def test_bytes_may_come_one_by_one() -> None:
    data = "\x1b[?2004h가 \x1b[1;31m나\x1b[0m\x1b]0;x\x07\r\n다".encode()
    terminal = Terminal(20)
    for byte in data:
        terminal.feed(bytes([byte]))
    assert terminal.text() == "가 나\n다"
    assert (terminal.line, terminal.last_line) == (1, "다")


def test_output_without_end_is_bounded() -> None:
    terminal = Terminal()
    terminal.feed(b"".join(b"%d\r\n" % number for number in range(5 * MOST_LINES)))
    lines = terminal.text().split("\n")
    assert len(lines) <= MOST_LINES
    assert terminal.cut
    assert (lines[0], lines[-1]) == ("0", str(5 * MOST_LINES - 1))
    assert terminal.line == 5 * MOST_LINES


PIECES = [
    *(each.encode() for each in "1 ; 9999999 H J K A B C D P @ X b d G ?1049h x 파".split()),
    *(
        b"\r",
        b"\n",
        b"\b",
        b"\t",
        b"\x1b[",
        b"\x1b7",
        b"\x1b8",
        b"\x1b]",
        b"\x07",
        b"\xff",
        b"\x1b",
    ),
]


@given(st.lists(st.sampled_from(PIECES), max_size=60))
def test_any_bytes(pieces: list[bytes]) -> None:
    terminal = Terminal(10, 4)
    terminal.feed(b"".join(pieces))
    assert "\x1b" not in terminal.text()
    assert len(terminal.text()) < 200_000
    assert terminal.last_line is not None


def test_what_was_typed_is_no_answer() -> None:
    output = "web:/# cat > f\nline\nweb:/# echo one\none\nweb:/# exit\nexit"
    typed = "cat > f\nline\n^D\necho one\nexit"
    assert answers(output, typed).split("\n") == ["", "", "", "one", "", "exit"]
