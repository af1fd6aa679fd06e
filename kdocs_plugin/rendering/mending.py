"""Markdown as GitHub, Obsidian and Notion write it, for the one that MkDocs knows.

What is to be mended `source.mending` tells, with places in the note; here it is done to the
page's lines: first within lines, then between and around them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from kdocs_plugin import source
from kdocs_plugin.model import Callout, Finding, Note
from kdocs_plugin.rendering import callouts, toggles, wiki
from kdocs_plugin.rendering.extensions import INDENTS
from kdocs_plugin.rendering.markup import kept_id
from kdocs_plugin.rendering.options import RenderOptions
from kdocs_plugin.rendering.sheet import Sheet, blank
from kdocs_plugin.rendering.tokens import Tokens
from kdocs_plugin.rendering.vault import Surroundings
from kdocs_plugin.source.listing import Indent
from kdocs_plugin.source.toggles import Toggle


def marks(
    note: Note, mends: source.Mending, sheet: Sheet, tokens: Tokens, options: RenderOptions
) -> list[Finding]:
    """What stands in running text: links, comments. Gives the links that lead nowhere."""
    if INDENTS in options.parts:
        for line, column in mends.lists.numbers.items():
            sheet.splice(line, column, 1, ".")
    if "comments" in options.parts:
        wiki.hide(mends.marks, sheet)
    if options.site.ways is None:
        return []
    links = wiki.Wiki(note, sheet, tokens, options.site.ways, options.language)
    if options.parts & {"comments", "footnotes", "wiki"}:
        _keep_anchors(note, sheet, options.site.ways)
    if "wiki" in options.parts:
        links.place(mends.marks)
    if "links" in options.parts:
        links.mend(mends.marks)
    return links.findings


def _keep_anchors(note: Note, sheet: Sheet, ways: Surroundings) -> None:
    """Headings whose text will be another: their ids stay those of the text as it stands."""
    for number, heading in enumerate(note.headings):
        text = heading.text
        if not any(mark in text for mark in ("[[", "%%", "[^")) or text.endswith("}"):
            continue
        ids, line = ways.ids(note.path), sheet.line(heading.line) or ""
        if number < len(ids) and (at := line.rfind(text)) >= 0:
            sheet.splice(heading.line, at + len(text) + 1, 0, kept_id(ids[number]))


def layout(
    note: Note, mends: source.Mending, sheet: Sheet, tokens: Tokens, options: RenderOptions
) -> None:
    """Blank lines and indentation, then what is around lines: the innermost first."""
    parts = options.parts
    indents = mends.lists.indents if INDENTS in parts else {}
    breaks = {line: blank(sheet.line(line) or "") for line in mends.breaks if "lists" in parts}
    if INDENTS in parts:
        breaks |= mends.lists.breaks
    for line, text in breaks.items():
        sheet.add(line, [text], before=True)
    for line in indents:
        for cell in sheet.cells(line, line) or []:
            cell.change(partial(_indented, indents[line]))
    for line, text in mends.lists.apart.items() if INDENTS in parts else ():
        sheet.add(line, [text + tokens.block(""), text.rstrip()], before=True)

    def now(line: int, prefix: str) -> str:
        return _indented(indents.get(line, ()), prefix + "x")[:-1]

    around: list[tuple[int, int, Callout | Toggle]] = []
    if "callouts" in parts:
        around += [(c.start_line, len(c.prefix), c) for c in note.callouts]
    if "toggles" in parts:
        around += [(t.start + 1, len(t.prefix), t) for t in mends.toggles]
    for line, _, each in sorted(around, key=lambda item: item[:2], reverse=True):
        prefix = now(line, each.prefix)
        if isinstance(each, Callout):
            callouts.admonish(each, prefix, sheet, tokens, options.language)
        else:
            toggles.fold(each, prefix, sheet, options.language)
    if "comments" in parts:
        for region in mends.comments:
            last = sheet.line(region.end + 1) or ""
            for cell in sheet.cells(region.start + 1, region.end + 1) or []:
                cell.before, cell.lines = [], []
            sheet.add(region.end + 1, ["", last[region.tail :], ""])


def _indented(indents: Sequence[Indent], text: str) -> str:
    for indent in reversed(indents if text.strip() else ()):
        text = indent.applied(text)
    return text
