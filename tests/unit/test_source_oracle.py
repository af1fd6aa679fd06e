"""The scanner against the renderers: what they make of a text is what the scanner says.

SuperFences is asked for its fences, Python-Markdown for code spans and headings. Texts are
the golden notes and generated ones: lists, quotes, fences, tabs, HTML and prose, shuffled.
"""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import markdown
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from pymdownx.superfences import highlight_validator

from kdocs_plugin.source import scan, split_lines
from tests.golden.test_source import CASES, Case

Rendered = list[tuple[str, str]]

EXTENSIONS = [
    "pymdownx.superfences",
    "tables",
    "admonition",
    "pymdownx.details",
    "pymdownx.tabbed",
]
_MARK = re.compile(r"\x1akdocs(\d+)\x1a")


def rendered_fences(text: str, *, preserve_tabs: bool) -> Rendered:
    """(language, source) of every fence that reaches the page, in order of the page."""
    seen: Rendered = []

    def collect(
        source: str, language: str | None, css: str, options: Any, md: Any, **_: Any
    ) -> str:
        seen.append(((language or "").lower(), source))
        return f"\x1akdocs{len(seen) - 1}\x1a"

    fences = {
        "preserve_tabs": preserve_tabs,
        "custom_fences": [
            {"name": "*", "class": "", "format": collect, "validator": highlight_validator}
        ],
    }
    html = markdown.markdown(
        text,
        extensions=EXTENSIONS,
        extension_configs={"pymdownx.superfences": fences},
    )
    return [seen[int(k)] for k in sorted(_MARK.findall(html), key=int)]


def body_of(text: str) -> str:
    """The text without its front matter: what MkDocs hands to Markdown."""
    note = scan("n.md", text)
    return "\n".join(split_lines(text)[note.front_matter_lines :])


def expanded(text: str) -> Rendered:
    """The scanner's blocks as SuperFences shows them once all tabs are expanded."""
    lines = split_lines(text)
    found = []
    for block in scan("n.md", text).blocks:
        width = len(block.prefix.expandtabs(4))
        shown = (
            line.expandtabs(4)[width:] if line.strip(" \t") else ""
            for line in lines[block.start_line : block.end_line - 1]
        )
        found.append((block.language, "\n".join(shown)))
    return found


def check_fences(text: str) -> None:
    body = body_of(text)
    assert expanded(text) == rendered_fences(body, preserve_tabs=False)


def check_bodies(text: str) -> None:
    blocks = [(block.language, block.body) for block in scan("n.md", text).blocks]
    assert blocks == rendered_fences(body_of(text), preserve_tabs=True)


def check_text(text: str) -> None:
    note = scan("n.md", text)
    html = markdown.markdown(body_of(text), extensions=EXTENSIONS)
    html = re.sub(
        r"<pre\b.*?</pre>|<div class=\"highlight\">.*?</div>|<!--.*?-->",
        "\x1a",
        html,
        flags=re.DOTALL,
    )
    codes = [
        unescape(code)
        for code in re.findall(r"<code>(.*?)</code>", html, re.DOTALL)
        if "\x1a" not in code
    ]
    # A fence that SuperFences turned back into text gets blank lines of its making.
    assert [code.text.split() for code in note.codes] == [code.split() for code in codes]
    levels = [int(level) for level in re.findall(r"<h([1-6])", html)]
    assert [heading.level for heading in note.headings] == levels


@pytest.mark.parametrize("case", CASES, ids=str)
def test_golden_notes(case: Case) -> None:
    check_fences(case.text)
    if case.preserve_tabs:
        check_bodies(case.text)


# --- Generated notes ---

prose = st.sampled_from(
    [
        "파드를 만든다.",
        "`kubectl get pods`로 본다",
        "두 ``a`b`` 와 `c`",
        "짝 없는 ` 하나",
        "\\`아님` `예`",
        "#태그",
        "1 > 0",
    ]
)
headers = st.sampled_from(
    [
        "",
        "yaml",
        "bash",
        " yml",
        'yaml title="a.yaml"',
        '{.yaml title="a" .x}',
        'yaml hl_lines="1 2"',
        "yaml a.yaml",
        "bash exec=1",
        "{.bash",
        'yaml {linenums="1"}',
        "sh,ignore",
        ".sql",
        "text linenums",
    ]
)
bodies = st.lists(
    st.sampled_from(
        [
            "kind: Pod",
            "\tname: x",
            "  - a",
            "",
            "$ kubectl get po",
            "~~~",
            "```",
            "> 인용",
            "a\tb",
            "    깊이",
        ]
    ),
    max_size=4,
)
indents = st.sampled_from(
    ["", "  ", "    ", "\t", "> ", "> > ", ">", "        ", "   ", "- ", "    - "]
)


@st.composite
def fence(draw: st.DrawFn) -> list[str]:
    marks = draw(st.sampled_from(["```", "~~~", "````", "~~~~"]))
    closing = draw(st.sampled_from([marks, marks, marks, marks + " ", marks[0] * 5, ""]))
    return [marks + draw(headers), *draw(bodies), *([closing] if closing else [])]


piece = st.one_of(
    fence(),
    fence(),
    prose.map(lambda text: [text]),
    st.sampled_from(
        [
            ["- 항목", "- 둘째"],
            ["1. 하나"],
            ["# 제목"],
            ["제목", "---"],
            ["* * *"],
            ["<!-- 숨김", "-->"],
            ["<div>", "`안`", "</div>"],
            ["| a | b |", "|---|---|", "| `x` | y |"],
            ["> 인용"],
            ["    - 깊은"],
        ]
    ),
)


@st.composite
def notes(draw: st.DrawFn) -> str:
    lines: list[str] = []
    for _ in range(draw(st.integers(1, 6))):
        indent = draw(indents)
        block = [indent + line for line in draw(piece)]
        if draw(st.booleans()):
            block[-1] = block[-1].lstrip(" ")
        lines += block
        lines += [""] * draw(st.integers(0, 2))
    return "\n".join(lines) + "\n"


def tabs_straddle(text: str) -> bool:
    """A tab in a body across its fence's indentation: undone by preserve_tabs alone."""
    return bool(re.search(r"^[> ]*\t", text, re.MULTILINE))


@settings(max_examples=400, deadline=None)
@given(notes())
def test_the_same_fences(text: str) -> None:
    check_fences(text)


@settings(max_examples=300, deadline=None)
@given(notes())
def test_the_same_bodies(text: str) -> None:
    assume(not tabs_straddle(text))
    check_bodies(text)


@settings(max_examples=300, deadline=None)
@given(notes())
@example("- a\n\n    `b`\n\n        `c`\n")
def test_the_same_code_spans_and_headings(text: str) -> None:
    check_text(text)
