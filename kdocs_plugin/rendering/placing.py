"""Fragments into converted HTML, at the nearest place where HTML allows them.

Our fragments are flow content (`div`, `details`), their tokens stand in running text. A
`div` inside `p` is not valid: browsers end the paragraph there and the rest of the
sentence loses its own. So the HTML around a token decides:

    block, alone in a paragraph     takes the paragraph's place
    block, in a paragraph's text    splits the paragraph
    block, in a list item or cell   stands where the token stands
    probe, in a paragraph           follows the paragraph
    probe, in a list item or cell   follows the item's text, before a nested list
    anything in a summary           follows the summary

The HTML is scanned, not parsed into a tree: what is not ours stays byte for byte.
"""

from __future__ import annotations

from collections.abc import Mapping
from html.parser import HTMLParser

from kdocs_plugin.rendering.framing import framed
from kdocs_plugin.rendering.tokens import ATTRIBUTE, TOKEN, Fragment
from kdocs_plugin.values import dataclass, field

_VOID_TAGS = "area base br col embed hr img input link meta param source track wbr"
_FLOW_TAGS = """
    address article aside blockquote body center dd details dialog div dt fieldset figcaption
    figure footer form header html li main nav section td th
"""
_TEXT_TAGS = "caption dl h1 h2 h3 h4 h5 h6 hgroup hr menu ol p pre summary table ul"

_VOID = frozenset(_VOID_TAGS.split())
_FLOW = frozenset(_FLOW_TAGS.split())  # may hold a div
_BLOCK = _FLOW | frozenset(_TEXT_TAGS.split())  # end the running text before them


@dataclass(slots=True)
class _Open:
    """An element whose end has not been reached."""

    tag: str
    start: int
    content: int  # where its content begins
    behind: list[str] = field(default_factory=list)  # fragments that follow the element
    inside: list[str] = field(default_factory=list)  # fragments that follow its text so far
    cuts: list[tuple[int, int, str]] = field(default_factory=list)  # tokens that split it


class _Placer(HTMLParser):
    def __init__(self, html: str, fragments: Mapping[str, str]) -> None:
        super().__init__(convert_charrefs=False)
        self.html = html
        self.fragments = fragments
        self.edits: list[tuple[int, int, str]] = []  # start, end, what stands there instead
        self._open = [_Open("body", 0, 0)]
        self._starts = [0]
        for line in html.split("\n")[:-1]:
            self._starts.append(self._starts[-1] + len(line) + 1)

    def run(self) -> str:
        self.feed(self.html)
        self.close()
        self._pop_to(0, len(self.html), len(self.html))
        out: list[str] = []
        at = 0
        for start, end, text in sorted(self.edits, key=lambda edit: edit[:2]):
            out += [self.html[at:start], text]
            at = max(at, end)
        return "".join([*out, self.html[at:]])

    # --- the scanner's events ---

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        start = self._offset()
        content = start + len(self.get_starttag_text() or "")
        name = dict(attrs).get(ATTRIBUTE) if tag == "i" else None
        if name is not None and name in self.fragments:
            self._token(start, content + len("</i>"), name)
        self._before(tag, start)
        if tag not in _VOID:
            self._open.append(_Open(tag, start, content))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self._before(tag, self._offset())

    def handle_endtag(self, tag: str) -> None:
        start = self._offset()
        end = self.html.find(">", start) + 1 or len(self.html)
        for depth in range(len(self._open) - 1, 0, -1):
            if self._open[depth].tag == tag:
                self._pop_to(depth, start, end)
                return

    # --- what they mean ---

    def _offset(self) -> int:
        line, column = self.getpos()
        return self._starts[line - 1] + column

    def _before(self, tag: str, offset: int) -> None:
        """A start tag: a block ends the paragraph and the running text before it."""
        if tag not in _BLOCK:
            return
        for depth in range(len(self._open) - 1, 0, -1):
            if self._open[depth].tag in _FLOW:
                break
            if self._open[depth].tag == "p":
                self._pop_to(depth, offset, offset)
                break
        self._flush(self._open[-1], offset)

    def _flush(self, element: _Open, offset: int) -> None:
        if element.inside:
            self.edits.append((offset, offset, "".join(element.inside)))
            element.inside = []

    def _pop_to(self, depth: int, start: int, end: int) -> None:
        """The element at this depth ends with the tag at start..end, those in it before."""
        while len(self._open) > depth:
            element = self._open.pop()
            last = len(self._open) == depth
            self._flush(element, start)
            self._split(element, start, end if last else start)
            if element.behind:
                at = end if last else start
                self.edits.append((at, at, "".join(element.behind)))

    def _token(self, start: int, end: int, name: str) -> None:
        html = self.fragments[name]
        flow = max(depth for depth, element in enumerate(self._open) if element.tag in _FLOW)
        around = self._open[flow + 1 :]
        if name.startswith("b") and not around:
            self.edits.append((start, end, html))
        elif name.startswith("b") and [element.tag for element in around] == ["p"]:
            around[0].cuts.append((start, end, html))
        else:
            self.edits.append((start, end, ""))
            outermost = around[0] if around else None
            if outermost is not None and outermost.tag in _BLOCK:
                outermost.behind.append(html)
            else:
                self._open[flow].inside.append(html)

    def _split(self, paragraph: _Open, start: int, end: int) -> None:
        """A paragraph with blocks in it becomes the paragraphs between them."""
        if not paragraph.cuts:
            return
        tag = self.html[paragraph.start : paragraph.content]
        at = paragraph.content
        self.edits.append((paragraph.start, paragraph.content, ""))
        for cut_start, cut_end, html in [*paragraph.cuts, (start, end, "")]:
            if self.html[at:cut_start].strip():
                self.edits.append((at, at, tag))
                self.edits.append((cut_start, cut_start, "</p>\n"))
            self.edits.append((cut_start, cut_end, html))
            at, tag = cut_end, "<p>"


def insert(html: str, fragments: Mapping[str, Fragment]) -> str:
    """Converted HTML with our fragments in place of their tokens."""
    html, absorbed = framed(html, fragments)
    if ATTRIBUTE not in html:
        return html
    pieces = {
        name: "" if name in absorbed else each
        for name, each in fragments.items()
        if isinstance(each, str)
    }
    placed = _Placer(html, pieces).run()
    # What is left stands in an attribute (the text of a picture): nothing can be put there.
    return TOKEN.sub(lambda token: "" if token[1] in fragments else token[0], placed)
