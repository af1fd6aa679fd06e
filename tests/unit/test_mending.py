"""Lists against a reader of CommonMark, hostile notes in bounded time, true places."""

from __future__ import annotations

import random
import re
import time
from html import unescape

import markdown
import pytest
from markdown_it import MarkdownIt

from kdocs_plugin import planning
from kdocs_plugin.model import Page
from kdocs_plugin.rendering import RenderOptions, Surroundings, Vault, insert, render
from kdocs_plugin.rendering.options import Site
from kdocs_plugin.source import mending, scan, split_lines

EXTENSIONS = ["tables", "sane_lists", "admonition", "pymdownx.details", "pymdownx.superfences"]
COMMONMARK = MarkdownIt("commonmark").enable("table")
WAYS = Surroundings(
    Vault([f"{name}.md" for name in "abcdefgh"]), lambda _, __: None, str, lambda _: ()
)


def ours(text: str) -> str:
    note = scan("n.md", text)
    rendered = render(
        Page(note, planning.plan(note)),
        text,
        1,
        RenderOptions(title=False, prerequisites=False),
    )
    return insert(
        markdown.markdown(rendered.markdown, extensions=EXTENSIONS), rendered.fragments
    )


def structure(html: str) -> str:
    """Lists, quotes, code and text; not whether an item's text is a paragraph."""
    html = re.sub(r"<div class=\"highlight\"><pre>.*?<code>(.*?)</code></pre></div>",
                  r"<pre>\1</pre>", html, flags=re.DOTALL)  # fmt: skip
    html = re.sub(
        r"<pre><code[^>]*>(.*?)</code></pre>", r"<pre>\1</pre>", html, flags=re.DOTALL
    )
    html = re.sub(r"</?(?:span|p|i)\b[^>]*>| start=\"\d+\"", "", html)
    return unescape(re.sub(r"\s*(<[^>]+>)\s*", r"\1", re.sub(r"\s+", " ", html)).strip())


def lists(dice: random.Random) -> str:
    """Items in items by two, three or four columns, with text, code and quotes in them."""
    lines: list[str] = []
    depth: list[int] = []
    for _ in range(dice.randint(2, 8)):
        while depth and dice.random() < 0.35:
            depth.pop()
        indent, kind = " " * sum(depth), dice.random()
        if kind < 0.6:
            mark = dice.choice(["- ", "- ", "1. "])
            lines.append(indent + mark + dice.choice("가나다라마"))
            depth.append(len(mark) if dice.random() < 0.8 else 4)
            continue
        if dice.random() < 0.5:
            lines.append("")
        if kind < 0.75:
            lines.append(f"{indent}글 {dice.choice('abc')}")
        elif kind < 0.9:
            lines += [indent + line for line in ("```text", "x", "```")]
        else:
            quote = [indent + line for line in ("> 인용", "> - 속", ">   - 더 속")]
            lines += [*quote[: dice.randint(1, 3)], ""]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("seed", range(8))
def test_lists_are_what_commonmark_sees(seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(50):
        text = lists(dice)
        assert structure(ours(text)) == structure(COMMONMARK.render(text)), text


HOSTILE = {
    "links": "[a](", "parentheses": "[a](((((", "wiki": "[[a#b|c]] ", "wiki open": "[[a",
    "percents": "%%", "comments": "%%a%% ", "comment lines": "%% x\n", "blocks": "%%\n\n",
    "toggles": "<details>\n", "toggle ends": "</details>\n",
    "whole toggles": "<details>\n<summary>a</summary>\n\nx\n\n</details>\n",
    "lists": "- a\n  - b\n", "quotes": "> a\n\n", "numbers": "1) a\n", "deep items": "- - - ",
    "callouts": "> [!note] a\n", "tables": "| a | b |\n|---|---|\n", "quote marks": "> > ",
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_twice_the_text_takes_about_twice_the_time(name: str) -> None:
    def seconds(size: int) -> float:
        text = HOSTILE[name] * (size // len(HOSTILE[name]))
        note = scan("n.md", text)
        page = Page(note, planning.plan(note))
        begun = time.process_time()
        mending(note)
        render(page, text, 1, RenderOptions(site=Site(ways=WAYS)))
        return time.process_time() - begun

    seconds(4_000)
    assert seconds(120_000) < 8 * seconds(30_000) + 0.2


def test_marks_stand_where_they_are_said_to() -> None:
    text = "글 [[a|b]]\n\n> - 항목 %%숨은\n>   글%% ![[c.png|3]] [x](<d e.md>)\n\n"
    text += "- 하나\n\t- [y](f.md 'z')\n"
    marks = mending(scan("n.md", text)).marks
    lines = split_lines(text)

    def at(line: int, column: int, length: int) -> str:
        return lines[line - 1][column - 1 : column - 1 + length]

    links = [(w.start.line, w.start.column, w.end.column - w.start.column) for w in marks.links]
    assert [at(*place) for place in links] == ["[[a|b]]", "![[c.png|3]]"]
    targets = [(t.start.line, t.start.column, t.length) for t in marks.targets]
    assert [at(*place) for place in targets] == ["d e.md", "f.md"]
    hidden = [(h.start.line, h.start.column, h.length) for h in marks.hidden]
    assert [at(*place).strip() for place in hidden] == ["%%숨은", "글%%"]
