"""What Python-Markdown has to be told so that it reads a note as its author's tools did.

A page needs it, a check does not. All of it comes from one look at the text's layout.
"""

from __future__ import annotations

from kdocs_plugin.model import Note
from kdocs_plugin.source.breaking import missing_breaks
from kdocs_plugin.source.inline import running_text
from kdocs_plugin.source.listing import Listing, listing
from kdocs_plugin.source.marks import Marks, inline_marks
from kdocs_plugin.source.raw_html import Region
from kdocs_plugin.source.scanning import layout_of
from kdocs_plugin.source.toggles import Toggle
from kdocs_plugin.values import dataclass


@dataclass(frozen=True, slots=True)
class Mending:
    """What is to be mended of a note.

    In a quote a blank line has to be the quote's: it is made of the quote marks that the line
    below it begins with. Everywhere else it is empty. `breaks` and `lists` count lines from 1,
    toggles and comments from 0.
    """

    breaks: tuple[int, ...]  # lines before which a blank one is missing
    lists: Listing  # the same for what CommonMark alone sees, and indentation
    toggles: tuple[Toggle, ...]
    comments: tuple[Region, ...]  # whole lines of `%%` comments
    marks: Marks  # in running text


def mending(note: Note) -> Mending:
    """What is to be mended of a note."""
    layout = layout_of(note.path, note.text)
    lines, found, html = layout.lines, layout.outline, layout.html
    fenced = [(fence.start, fence.end) for fence in layout.fences]
    starts = {fence.start for fence in layout.fences}
    marked = any(mark in note.text for mark in ("[[", "](", "%%", " ^"))
    texts = [running_text(lines, run, starts) for run in found.runs] if marked else []
    return Mending(
        breaks=tuple(index + 1 for index in missing_breaks(lines, found, fenced)),
        lists=listing(lines, layout.front.lines, layout.fences, html.blocks, html.toggles),
        toggles=tuple(html.toggles),
        comments=tuple(html.percents),
        marks=inline_marks(texts),
    )
