"""One note shown in another: `![[note]]`, `![[note#heading]]`.

Both are converted already, so the note looks as it does on its own page: cards, outputs,
callouts. Its ids get names of their own, its links and pictures are seen from here, and the
search leaves it out. What embeds itself, or grows without end, stays a link.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape, unescape
from html.parser import HTMLParser

from kdocs_plugin.rendering.wiki import EMBEDS

_FRAME = re.compile(rf' {EMBEDS}="([^"]*)">(<p class="kdocs-embed-title">.*?</p>)</div>')
_TAG = re.compile(r"<[a-zA-Z][^<>]*>")
_NAMES = re.compile(r' (id|name|for|aria-labelledby|aria-controls|aria-describedby)="')
_WAY = re.compile(r'(<[a-zA-Z][^<>]*? (?:href|src)=")([^"]*)"')
_HEADING = re.compile(r'<h([1-6])\b[^<>]*\bid="([^"]*)"')
_LEVEL = re.compile(r"(</?h)([1-6])(?=[\s>])")  # below the page's own title
_PERMALINK = re.compile(r'<a class="headerlink"[^<>]*>.*?</a>', re.DOTALL)
_DEEPEST = 4  # embeds within embeds
_LONGEST = 400_000  # characters that embeds may add to a page
_VOID = "area base br col embed hr img input link meta param source track wbr".split()


class Embedding:
    """The converted pages, by path, and how an address on one is seen from another."""

    def __init__(
        self, pages: dict[str, str], seen_from: Callable[[str, str, str], str]
    ) -> None:
        self._pages = pages
        self._seen_from = seen_from  # address, page it stands on, page that shows it

    def filled(self, path: str) -> str:
        """A page with what it embeds."""
        html = self._pages[path]
        self._left, self._number = _LONGEST, 0
        return self._fill(html, path, (path,)) if f" {EMBEDS}=" in html else html

    def _fill(self, html: str, here: str, around: tuple[str, ...]) -> str:
        def frame(match: re.Match[str]) -> str:
            path, _, anchor = unescape(match[1]).partition("#")
            html = _section(self._pages.get(path, ""), anchor)
            whole = f"{path}#{anchor}"
            fits = path not in around or (anchor and whole not in around)
            if not html or not fits or len(around) > _DEEPEST or len(html) > self._left:
                return f">{match[2]}</div>"
            self._left -= len(html)
            inside = self._fill(self._seen(html, path, here), here, (*around, path, whole))
            return f' data-search-exclude="">{match[2]}{inside}</div>'

        return _FRAME.sub(frame, html)

    def _seen(self, html: str, path: str, here: str) -> str:
        self._number += 1
        apart = rf' \1="embed-{self._number}-'
        html = _TAG.sub(lambda tag: _NAMES.sub(apart, tag[0]), _PERMALINK.sub("", html))
        html = _LEVEL.sub(lambda tag: f"{tag[1]}{min(int(tag[2]) + 1, 6)}", html)
        return with_addresses(html, lambda address: self._seen_from(address, path, here))


def with_addresses(html: str, seen: Callable[[str], str]) -> str:
    """HTML whose links and pictures lead to what `seen` makes of their addresses."""
    return _WAY.sub(lambda match: f'{match[1]}{escape(seen(unescape(match[2])))}"', html)


def _section(html: str, anchor: str) -> str:
    """From a heading up to the next one that is no deeper, as long as HTML allows."""
    if not anchor:
        return html
    heads = list(_HEADING.finditer(html))
    for number, head in enumerate(heads):
        if unescape(head[2]) == anchor:
            ends = (other.start() for other in heads[number + 1 :] if other[1] <= head[1])
            cut = html[head.start() : next(ends, len(html))]
            return cut[: _whole(cut)]
    return ""


def _whole(html: str) -> int:
    """How much of a text closes what it opens, and nothing that it did not open."""
    scanner = _Depth(html)
    scanner.feed(html)
    return scanner.end


class _Depth(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=False)
        self.depth, self.end, self.over = 0, len(html), False
        self.starts = [0]
        for line in html.split("\n"):
            self.starts.append(self.starts[-1] + len(line) + 1)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        del attrs
        self.depth += tag not in _VOID

    def handle_startendtag(self, tag: str, attrs: object) -> None:
        """Opens nothing."""

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID or self.over:
            return
        self.depth -= 1
        if self.depth < 0:
            line, column = self.getpos()
            self.end, self.over = self.starts[line - 1] + column, True
