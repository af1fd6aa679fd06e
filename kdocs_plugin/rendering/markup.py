"""An extension of Python-Markdown for what is decided within running text.

bold    `**파드(Pod)**가`: bold also where a particle follows a closing bracket or quote, which
        CommonMark and pymdownx.betterem take for a mark that opens
breaks  a backslash at a line's end breaks it
tables  `\\|` in a cell's code is a pipe, as in GitHub's tables
math    `$x^2$`, `$$...$$` as MathML, which browsers draw themselves: no script, no other host
wiki    `![text|300](picture.png)`: Obsidian's way to say how wide a picture is
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from functools import cache
from typing import Any

from markdown import Extension, Markdown
from markdown.inlinepatterns import InlineProcessor
from markdown.inlinepatterns import SubstituteTagInlineProcessor as _Break
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

from kdocs_plugin.rendering.extensions import INLINE
from kdocs_plugin.rendering.wiki import SIZE

_HANGUL = r"\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3"
_BOLD = rf"(?<![\\*])\*\*(?=[^\s*])([^*\n]{{0,1000}}[^\w\s*\\])\*\*(?=[{_HANGUL}])"
# GitHub's rule for a dollar sign that is one: `$HOME/bin:$PATH` and prices are text.
_MATH = r"(?<![\\$A-Za-z0-9_])(\$)(?![\s$])([^$\n]{1,1000})(?<![\s\\])\$(?![A-Za-z0-9_$])"
_DISPLAY = r"(?<![\\$])(\$\$)([^$]{1,4000})\$\$(?!\$)"
_BARE = re.compile(r"&(?![#\w]+;)")
_HEADINGS = tuple(f"h{level}" for level in range(1, 7))
_SIZED = re.compile(rf"^(.*?)[|{SIZE}](\d{{1,5}})(?:x(\d{{1,5}}))?$", re.DOTALL)
_KEPT = re.compile("\ue001([0-9a-f]*)\ue001")
_ESCAPED_PIPE = "\\|"


class _Bold(InlineProcessor):
    def handleMatch(  # type: ignore[override]  # noqa: N802
        self, m: re.Match[str], data: str
    ) -> tuple[ET.Element, int, int]:
        del data
        element = ET.Element("strong")
        element.text = m[1]
        return element, m.start(0), m.end(0)


class _Math(InlineProcessor):
    # A heading's text makes its anchor.
    ANCESTOR_EXCLUDES = _HEADINGS

    def handleMatch(  # type: ignore[override]  # noqa: N802
        self, m: re.Match[str], data: str
    ) -> tuple[str | None, int | None, int | None]:
        del data
        html = _mathml(m[2].strip(), "block" if m[1] == "$$" else "inline")
        if html is None:
            return None, None, None
        return self.md.htmlStash.store(html), m.start(0), m.end(0)


@cache
def _mathml(latex: str, display: str) -> str | None:
    """None for what is no LaTeX: it stays the text that it is."""
    from latex2mathml.converter import convert

    try:
        return _BARE.sub("&amp;", str(convert(latex, display=display)))
    except Exception:
        return None


class _CellCode(Treeprocessor):
    def run(self, root: ET.Element) -> None:
        for cell in root.iter():
            if cell.tag not in ("td", "th"):
                continue
            for code in cell.iter("code"):
                if code.text and _ESCAPED_PIPE in code.text:
                    code.text = AtomicString(code.text.replace(_ESCAPED_PIPE, "|"))


class _Size(Treeprocessor):
    def run(self, root: ET.Element) -> None:
        for picture in root.iter("img"):
            if match := _SIZED.match(picture.get("alt") or ""):
                picture.set("alt", match[1].strip())
                picture.set("width", match[2])
                if match[3]:
                    picture.set("height", match[3])


def kept_id(name: str) -> str:
    """What stands in a heading's text for the id that it is to have."""
    return f"\ue001{name.encode().hex()}\ue001"


class _Ids(Treeprocessor):
    def run(self, root: ET.Element) -> None:
        for heading in root.iter():
            if heading.tag not in _HEADINGS:
                continue
            for each in heading.iter():
                for name in ("text", "tail"):
                    text = getattr(each, name) or ""
                    if match := _KEPT.search(text):
                        heading.attrib.setdefault("id", bytes.fromhex(match[1]).decode())
                        setattr(each, name, _KEPT.sub("", text))


class Markup(Extension):
    """What of it is wanted stands in `parts`."""

    def __init__(self, **settings: Any) -> None:
        self.config = {"parts": [[*INLINE], "what is mended"]}
        super().__init__(**settings)

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        parts = self.getConfig("parts")
        md.treeprocessors.register(_Ids(md), "kdocs_ids", 15)
        if "bold" in parts:  # behind links and raw HTML, before any other emphasis
            md.inlinePatterns.register(_Bold(_BOLD, md), "kdocs_bold", 65)
        if "breaks" in parts:
            md.inlinePatterns.register(_Break(r"\\\n", "br"), "kdocs_break", 182)
        if "math" in parts:  # behind code, before what backslashes escape
            md.ESCAPED_CHARS = [*md.ESCAPED_CHARS, "$"]
            md.inlinePatterns.register(_Math(_DISPLAY, md), "kdocs_display", 186)
            md.inlinePatterns.register(_Math(_MATH, md), "kdocs_math", 185)
        if "tables" in parts:
            md.treeprocessors.register(_CellCode(md), "kdocs_cell_code", 15)
        if "wiki" in parts:
            md.treeprocessors.register(_Size(md), "kdocs_size", 15)


def makeExtension(**settings: Any) -> Markup:  # noqa: N802
    """What Python-Markdown calls an extension by."""
    return Markup(**settings)
