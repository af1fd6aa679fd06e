"""Our HTML around what became of a fence, whatever the author's highlighter made of it.

    <div class="highlight"><span class="filename">TOKEN</span><pre>...</pre></div>

The element around the title is the fence's. Only the title and the starts of its lines are
touched: colours, line numbers and highlighted lines are the author's own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape, unescape
from html.parser import HTMLParser

from kdocs_plugin.rendering.tokens import FRAME, Fragment, Frame
from kdocs_plugin.values import dataclass

_VOID = frozenset("br hr img input wbr".split())
_IN_TABLE = frozenset("span th tr thead tbody table".split())  # a title above line numbers
_TITLE = r"<span class=\"filename\">{}</span>"
_ROW = r"<tr>\s*<th[^>]*>\s*</th>\s*</tr>"
# Pygments' own code: its spans end at the end of each line.
_CODE = re.compile(
    r"(<pre[^>]*><span></span><code[^>]*>)(.*?)((?:\n|</span>)*</code></pre>)", re.DOTALL
)
# A line begins behind what still closes the one before it (a highlighted line's span).
_LINE = re.compile(r"^(?:</span>)*", re.MULTILINE)
_ID = re.compile(r'<div [^>]*?\bid="([^"]+)"')
_LINE_ID = re.compile(r'<a class="kdocs-line" id="([^"]+)"')


@dataclass(slots=True)
class _Open:
    tag: str
    start: int
    token: str = ""


class _Finder(HTMLParser):
    """Where the elements are whose title is a frame's token: start, end, token."""

    def __init__(self, html: str, fragments: Mapping[str, Fragment]) -> None:
        super().__init__()
        self.found: list[tuple[int, int, str]] = []
        self._html = html
        self._fragments = fragments
        self._open: list[_Open] = []
        self._starts = [0]
        for line in html.split("\n")[:-1]:
            self._starts.append(self._starts[-1] + len(line) + 1)
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if tag not in _VOID:
            self._open.append(_Open(tag, self._offset()))

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1].tag == "span" and data in self._fragments:
            for each in reversed(self._open):
                if each.tag == "div":
                    each.token = data
                if each.tag not in _IN_TABLE:
                    return

    def handle_endtag(self, tag: str) -> None:
        for depth in range(len(self._open) - 1, -1, -1):
            if self._open[depth].tag == tag:
                found = self._open[depth]
                del self._open[depth:]
                if found.token:
                    end = self._html.index(">", self._offset()) + 1
                    self.found.append((found.start, end, found.token))
                return

    def _offset(self) -> int:
        line, column = self.getpos()
        return self._starts[line - 1] + column


def framed(html: str, fragments: Mapping[str, Fragment]) -> tuple[str, set[str]]:
    """The HTML with every frame around its fence, and the names of the fragments that are not
    needed any more."""
    absorbed: set[str] = set()
    if not FRAME.search(html):
        return html, absorbed
    out, at = [], 0
    for start, end, token in _Finder(html, fragments).found:
        frame = fragments[token]
        if isinstance(frame, Frame):
            out += [html[at:start], frame.before, _inside(html[start:end], token, frame)]
            out.append(frame.behind)
            absorbed.add(frame.absorbs)
            at = end
    made = "".join([*out, html[at:]])
    return FRAME.sub(lambda token: _name(token[0], fragments), made), absorbed


def ids(fragments: Mapping[str, Fragment], html: str) -> set[str]:
    """The anchors that our fragments have brought into a page."""
    ours = "".join(f.before if isinstance(f, Frame) else f for f in fragments.values())
    return {unescape(name) for name in (*_ID.findall(ours), *_LINE_ID.findall(html))}


def _inside(html: str, token: str, frame: Frame) -> str:
    html = re.sub(_TITLE.format(token), "", html, count=1)
    html = re.sub(_ROW, "", html, count=1)
    if frame.lines and len(_CODE.findall(html)) == 1:
        number = 0

        def anchor(line: re.Match[str]) -> str:
            nonlocal number
            number += 1
            name = escape(f"{frame.lines}{number}")
            # The first can be reached with the keyboard; the script goes on from there.
            apart = 'tabindex="-1" aria-hidden="true"'
            said = apart if number > 1 else f'aria-label="{escape(frame.about)}"'
            return f'{line[0]}<a class="kdocs-line" id="{name}" href="#{name}" {said}></a>'

        html = _CODE.sub(lambda code: code[1] + _LINE.sub(anchor, code[2]) + code[3], html)
    return html


def _name(token: str, fragments: Mapping[str, Fragment]) -> str:
    frame = fragments.get(token)
    return escape(frame.name) if isinstance(frame, Frame) else token
