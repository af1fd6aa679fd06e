"""Where a blank line is missing so that Python-Markdown reads what CommonMark readers saw.

Python-Markdown lets a paragraph and a quote go on until a blank line. In CommonMark (GitHub,
Obsidian, Notion's export) a list marker ends a paragraph, and any line that is no lazy
continuation ends a quote.
"""

from __future__ import annotations

from collections.abc import Sequence

from kdocs_plugin.source.callouts import quote_level
from kdocs_plugin.source.commonmark import (
    is_lazy,
    is_paragraph,
    is_rule,
    starts_list,
)
from kdocs_plugin.source.lines import Lines
from kdocs_plugin.source.outline import Outline, Span


def missing_breaks(
    lines: Lines, found: Outline, fenced: Sequence[tuple[int, int]]
) -> list[int]:
    """0-based lines before which a blank line has to be inserted, in order."""
    ends = dict(fenced)
    breaks: set[int] = set()
    for spans in found.paragraphs:
        breaks.update(_list_in_paragraph(lines, spans))
    for spans in found.quotes:
        breaks.update(_behind_quote(lines, spans, ends))
    for text, underline in found.underlined:
        if _is_rule_for_commonmark(lines, text, underline):
            breaks.add(underline.line)
    return sorted(breaks)


def _text(lines: Lines, span: Span) -> str:
    return lines.expanded[span.line][span.start :]


def _list_in_paragraph(lines: Lines, spans: Sequence[Span]) -> list[int]:
    """The first list marker in a paragraph. Behind a blank line the rest is a list as well."""
    for span in spans[1:]:
        if span.line >= 0 and starts_list(_text(lines, span)):
            return [span.line]
    return []


def _behind_quote(lines: Lines, spans: Sequence[Span], ends: dict[int, int]) -> list[int]:
    """The first line of a quote's block that is not the quote's in CommonMark.

    Only the outermost quote is looked at; what Python-Markdown finds behind the break is
    another block, which the rules for paragraphs and lists hold for.
    """
    lazy = False
    for span in spans:
        text = _text(lines, span)
        level, inner = quote_level(text)
        fence = span.line in ends
        if not level and not (lazy and not fence and is_lazy(text)):
            return [span.line] if span.line >= 0 else []
        lazy = not fence and is_paragraph(inner, after_paragraph=lazy)
    return []


def _is_rule_for_commonmark(lines: Lines, text: Span, underline: Span) -> bool:
    """`---` below a quote or a list item: a rule, where Python-Markdown sees a heading."""
    above = _text(lines, text)
    quoted = bool(quote_level(above)[0])
    return (quoted or starts_list(above, in_paragraph=False)) and is_rule(
        _text(lines, underline)
    )
