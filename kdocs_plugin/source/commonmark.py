"""The few rules of CommonMark that decide what its readers saw, line by line."""

from __future__ import annotations

import re

from kdocs_plugin.late import late

_BULLET = late(r" {0,3}[-*+](?: +|\t)\S")
_NUMBER = late(r" {0,3}(\d{1,9})[.)](?: +|\t)\S")
_EMPTY_ITEM = late(r" {0,3}(?:[-*+]|\d{1,9}[.)]) *$")
_RULE = late(r" {0,3}(?:-(?: *-){2,}|_(?: *_){2,}|\*(?: *\*){2,}) *$")
_HEADING = late(r" {0,3}#{1,6}(?: |$)")
_FENCE = late(r" {0,3}(?:`{3,}[^`]*$|~{3,})")
_HTML = late(
    r" {0,3}<(?:!--|\?|![A-Za-z]|/?(?:address|article|aside|blockquote|center|dd|details|"
    r"dialog|div|dl|dt|fieldset|figcaption|figure|footer|form|h[1-6]|header|hr|iframe|li|main|"
    r"nav|ol|p|pre|script|section|style|summary|table|tbody|td|textarea|tfoot|th|thead|tr|ul)"
    r"(?=[\s/>]|$))",
    re.IGNORECASE,
)


def is_rule(text: str) -> bool:
    """A thematic break: `---`, `***`, `_ _ _`."""
    return bool(_RULE.match(text))


def starts_list(text: str, *, in_paragraph: bool = True) -> bool:
    """A list item; in a paragraph only one that may interrupt it: not empty, numbered 1."""
    if is_rule(text):
        return False
    if _BULLET.match(text):
        return True
    if number := _NUMBER.match(text):
        return not in_paragraph or int(number[1]) == 1
    return not in_paragraph and bool(_EMPTY_ITEM.match(text))


def is_lazy(text: str) -> bool:
    """Whether a line without its quote marks goes on with the quote's open paragraph.

    To such a line the paragraph is not open, so any list marker ends it.
    """
    return bool(text.strip()) and not (
        starts_list(text, in_paragraph=False)
        or is_rule(text)
        or text.lstrip(" ").startswith(">")
        or _HEADING.match(text)
        or _FENCE.match(text)
        or _HTML.match(text)
    )


def is_paragraph(text: str, *, after_paragraph: bool) -> bool:
    """Whether a line leaves a paragraph open that a line behind it could continue.

    A list item's text is such a paragraph, too; indented code is none.
    """
    if not text.strip() or is_rule(text):
        return False
    if _HEADING.match(text) or _FENCE.match(text) or _HTML.match(text):
        return False
    return after_paragraph or not text.startswith("    ")
