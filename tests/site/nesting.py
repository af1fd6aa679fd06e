"""A small judge of HTML: every element closed where it should be, and in a place that may
hold it. Knows the elements that Markdown and kdocs make."""

from __future__ import annotations

from html.parser import HTMLParser

VOID_TAGS = "area base br col embed hr img input link meta source wbr"
PHRASING_TAGS = """
    a abbr b br button code del em i img input kbd label mark q s samp small span strong sub sup
    math svg path circle time u video audio wbr
"""
TEXT_TAGS = "p h1 h2 h3 h4 h5 h6 pre code samp span strong em b i kbd a time small"

VOID = set(VOID_TAGS.split())
PHRASING = set(PHRASING_TAGS.split())
# What an element may hold, where it is not anything.
HOLDS = {
    "ul": {"li"},
    "ol": {"li"},
    "dl": {"dt", "dd", "div"},
    "table": {"thead", "tbody", "tr", "caption"},
    "thead": {"tr"},
    "tbody": {"tr"},
    "tr": {"td", "th"},
    "summary": PHRASING | {"h1", "h2", "h3", "h4", "h5", "h6"},
    **dict.fromkeys(TEXT_TAGS.split(), PHRASING),
}


class _Judge(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        parent = self.open[-1] if self.open else "article"
        if parent in HOLDS and tag not in HOLDS[parent]:
            self.wrong.append(f"<{tag}> in <{parent}> at {self.getpos()}")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID | {"path", "circle", "mspace"}:
            self.wrong.append(f"<{tag}/> at {self.getpos()}")

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1] != tag:
            self.wrong.append(f"</{tag}> closes {self.open[-1:]} at {self.getpos()}")
        if tag in self.open:
            while self.open.pop() != tag:
                pass


def wrong_nesting(html: str) -> list[str]:
    """What is wrong with this HTML, nothing where it is valid."""
    judge = _Judge()
    judge.feed(html)
    judge.close()
    return judge.wrong + [f"<{tag}> is not closed" for tag in judge.open]
