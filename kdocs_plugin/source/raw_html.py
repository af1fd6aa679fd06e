"""Raw HTML and comments: text that Python-Markdown hands through without reading it.

Both are looked for after the fences are taken out, as Python-Markdown does; so `<!--` in a
fence opens nothing, and a fence between `<!--` and `-->` is inside a comment. Of a toggle
only the tags are raw HTML.

What counts as a comment here is what an author means by one: `<!--` where a line's text
begins (also behind list and quote marks), up to the next `-->`. Python-Markdown takes only
those at the very left for comments; the difference can only keep something from being run.
A comment inside a line is left to the inline rules, where code spans come first.
Obsidian's `%%` at a line's start, closed on a later line, is such a comment, too.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence

from kdocs_plugin.late import late
from kdocs_plugin.source.toggles import Toggle, find_toggles
from kdocs_plugin.values import dataclass, field

_COMMENT = late(r" {0,3}<!--")
_NESTED_COMMENT = late(r"(?=[> ]|[-*+] |\d+\. )(?:[> ]|[-*+] |\d+\. )*<!--")
_PERCENT = late(r" {0,3}%%(?!.*%%)")
_BLOCK = (
    "address|article|aside|blockquote|canvas|center|colgroup|dd|details|dialog|dir|div|dl|dt|"
    "fieldset|figcaption|figure|footer|form|frameset|h[1-6]|header|hgroup|hr|html|iframe|"
    "legend|li|main|map|math|menu|nav|noframes|noscript|object|ol|output|p|picture|pre|"
    "progress|script|search|section|style|summary|svg|table|tbody|td|template|textarea|tfoot|"
    "th|thead|tr|ul|video|audio|body|head|link|meta|title"
)
_OPENING = late(rf" {{0,3}}<({_BLOCK})(?=[\s/>])", re.IGNORECASE)
_TAG = late(
    r"""<!--|<(?P<close>/?)(?P<name>[a-zA-Z][^\s/>`]*)"""
    r"""(?P<attributes>(?:[^"'<>`]|"[^"]*"|'[^']*')*)>"""
)
_MARKDOWN = late(r"""\smarkdown(?:\s*=|\s|$)""", re.IGNORECASE)
_INLINE_COMMENT = late(r"<!--(?:(?!<!--|-->).)*-->", re.DOTALL)
_VOID = ("hr",)
_AT_LEFT = ("", " ", "  ", "   ")


@dataclass(slots=True)
class RawHtml:
    """Regions of lines, 0-based and inclusive; `tail` is where text goes on in the last."""

    comments: list[Region] = field(default_factory=list)
    blocks: list[Region] = field(default_factory=list)  # comments at the left among them
    toggles: list[Toggle] = field(default_factory=list)  # their inside is no raw HTML
    percents: list[Region] = field(default_factory=list)  # those of the comments that are `%%`


@dataclass(frozen=True, slots=True)
class Region:
    """Lines from `start` to `end`; the last one belongs to it up to column `tail`."""

    start: int
    end: int
    tail: int


def find_raw_html(lines: Sequence[str], first: int, fenced: Collection[int]) -> RawHtml:
    """Comments and raw HTML blocks in expanded lines from `first`, fenced lines left out."""
    found = RawHtml()
    last_close = max((i for i, line in enumerate(lines) if "-->" in line), default=-1)
    last_percent = max((i for i, line in enumerate(lines) if "%%" in line), default=-1)
    toggles = _toggles(lines, first, fenced)
    # Those at the left are tags to Python-Markdown, those further in a paragraph's text.
    tags = {t.start: t.head for t in toggles if t.prefix in _AT_LEFT}
    tags |= {t.end: t.end for t in toggles if t.start in tags}
    seen: set[int] = set()
    index = first
    while index < len(lines):
        region = None
        seen.add(index)
        if index in tags:
            region = Region(index, tags[index], len(lines[tags[index]]))
            found.blocks.append(region)
        elif index not in fenced:
            region = _region(lines, index, fenced, found, last_close, last_percent)
        index = region.end + 1 if region else index + 1
    found.toggles = [t for t in toggles if t.start in seen and t.end in seen]
    return found


def _toggles(lines: Sequence[str], first: int, fenced: Collection[int]) -> list[Toggle]:
    if not any("</details" in line or "</aside" in line for line in lines):
        return []
    return find_toggles(lines, first, fenced)


def _region(
    lines: Sequence[str],
    index: int,
    fenced: Collection[int],
    found: RawHtml,
    last_close: int,
    last_percent: int,
) -> Region | None:
    line = lines[index]
    if index < last_percent and _PERCENT.match(line):
        if (region := _comment(lines, index, fenced, "%%", "%%")) is None:
            return None
        for regions in (found.comments, found.blocks, found.percents):
            regions.append(region)
        return region
    if "<" not in line:
        return None
    at_left = _COMMENT.match(line)
    if at_left or (_NESTED_COMMENT.match(line)):
        if index > last_close or not (region := _comment(lines, index, fenced, "<!--", "-->")):
            return None
        found.comments.append(region)
        if at_left:
            found.blocks.append(region)
        return region
    if (match := _OPENING.match(line)) and (region := _block(lines, index, match, fenced)):
        found.blocks.append(region)
        return region
    return None


def _comment(
    lines: Sequence[str], index: int, fenced: Collection[int], opening: str, closing: str
) -> Region | None:
    start = lines[index].index(opening) + len(opening)
    for end in range(index, len(lines)):
        if end in fenced:
            continue
        close = lines[end].find(closing, start if end == index else 0)
        if close >= 0:
            return Region(index, end, close + len(closing))
    return None


def _block(
    lines: Sequence[str], index: int, opening: re.Match[str], fenced: Collection[int]
) -> Region | None:
    """The raw block that opens here, up to its closing tag or, without one, to the end.

    None for a tag with a `markdown` attribute: md_in_html reads what is inside.
    """
    if opening[1].lower() in _VOID:
        return Region(index, index, len(lines[index]))
    stack: list[str] = []
    opened: Counter[str] = Counter()
    for end in range(index, len(lines)):
        if end in fenced:
            continue
        for tag in _TAG.finditer(lines[end]):
            name = (tag["name"] or "").lower()
            if not name:
                continue
            if not stack and _MARKDOWN.search(tag["attributes"]):
                return None
            if not tag["close"]:
                if not tag["attributes"].endswith("/"):
                    stack.append(name)
                    opened[name] += 1
            elif opened[name]:
                while (closed := stack.pop()) != name:
                    opened[closed] -= 1
                opened[name] -= 1
            if not stack:
                return Region(index, end, tag.end())
        if not stack:
            return None  # no whole tag on the first line
    return Region(index, len(lines) - 1, len(lines[-1]))


def inline_comments(text: str) -> list[tuple[int, int]]:
    """Where comments stand in a paragraph's text."""
    if "-->" not in text:
        return []
    return [match.span() for match in _INLINE_COMMENT.finditer(text)]
