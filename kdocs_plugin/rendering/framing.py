"""Our HTML around what became of a fence, whatever the author's highlighter made of it.

    <div class="highlight"><span class="filename">TOKEN</span><pre>...</pre></div>

The element around the title is the fence's. Only the title and the starts of its lines are
touched: colours, line numbers and highlighted lines are the author's own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape, unescape

from kdocs_plugin.rendering.tokens import FRAME, Fragment, Frame

# The fence's element up to its title, which stands in a table's row above line numbers.
_FENCE = re.compile(
    r"<div\b[^>]*>\s*(?:(?:<table\b[^>]*>\s*(?:<t(?:head|body)>\s*)?)?"
    r"(?:<tr>\s*<th\b[^>]*>\s*)?)<span class=\"filename\">"
    rf"(?P<token>{FRAME.pattern})</span>"
)
_TITLE = r"<span class=\"filename\">{}</span>"
_ROW = r"<tr>\s*<th[^>]*>\s*</th>\s*</tr>"
_DIV = re.compile(r"<(/?)div\b[^>]*>")
# Pygments' own code: its spans end at the end of each line.
_CODE = re.compile(
    r"(<pre[^>]*><span></span><code[^>]*>)(.*?)((?:\n|</span>)*</code></pre>)", re.DOTALL
)
# A line begins behind what still closes the one before it (a highlighted line's span).
_LINE = re.compile(r"^(?:</span>)*", re.MULTILINE)
_ID = re.compile(r'<div [^>]*?\bid="([^"]+)"')
_LINE_ID = re.compile(r'<a class="kdocs-line" id="([^"]+)"')


def framed(html: str, fragments: Mapping[str, Fragment]) -> tuple[str, set[str]]:
    """The HTML with every frame around its fence, and the names of the fragments that are not
    needed any more."""
    absorbed: set[str] = set()
    if not FRAME.search(html):
        return html, absorbed
    out, at = [], 0
    for fence in _FENCE.finditer(html):
        frame = fragments.get(fence["token"])
        end = _end(html, fence.start())
        if isinstance(frame, Frame) and end > at:
            inside = _inside(html[fence.start() : end], fence["token"], frame)
            out += [html[at : fence.start()], frame.before, inside, frame.behind]
            absorbed.add(frame.absorbs)
            at = end
    made = "".join([*out, html[at:]])
    return FRAME.sub(lambda token: _name(token[0], fragments), made), absorbed


def _end(html: str, start: int) -> int:
    """Where the div ends that begins here; 0 where it does not. Code holds no tags."""
    depth = 0
    for tag in _DIV.finditer(html, start):
        depth += -1 if tag[1] else 1
        if not depth:
            return tag.end()
    return 0


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
