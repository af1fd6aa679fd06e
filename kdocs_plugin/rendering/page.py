"""One page: every edit of its Markdown, in the order that lets them stand together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kdocs_plugin import source
from kdocs_plugin.messages import Language
from kdocs_plugin.model import Block, Finding, Heading, Page
from kdocs_plugin.rendering import around, fences, header, manifests, mending, probes, scene
from kdocs_plugin.rendering.commands import Cards
from kdocs_plugin.rendering.options import RenderOptions
from kdocs_plugin.rendering.outputs import shown
from kdocs_plugin.rendering.sheet import Sheet, blank
from kdocs_plugin.rendering.tokens import Fragment, Tokens
from kdocs_plugin.values import dataclass

STRAY = "KD005"  # a shell's mark at the end of a file, copied along with the text


@dataclass(frozen=True, slots=True)
class RenderedPage:
    """Markdown to convert, and what `insert` puts into the converted page."""

    markdown: str
    fragments: Mapping[str, Fragment]
    title: str | None = None  # the note's own, None where it names none
    findings: tuple[Finding, ...] = ()  # links that lead nowhere


def render(page: Page, markdown: str, first_line: int, options: RenderOptions) -> RenderedPage:
    """`markdown` is the page as the site generator has it, without its front matter: it
    begins at the note's line `first_line`."""
    note = page.note
    sheet = Sheet(note.text, markdown, first_line)
    tokens = Tokens(note.path)
    cards = Cards(page, options)

    _drop_strays(page, sheet)  # at a line's end, so that no column moves
    mends = source.mending(note)
    rules = mends.breaks if "lists" in options.parts else ()
    title = header.promote(note, sheet, rules) if options.title else None
    _top(page, sheet, tokens, options, title)
    probes.place(page, sheet, tokens, cards)
    findings = mending.marks(note, mends, sheet, tokens, options)
    sheet.spliced()
    _blocks(page, sheet, tokens, cards, options)
    _set_apart(page, sheet)
    if options.pictures and note.options.get("pictures") is not False:
        _picture(page, sheet, tokens, options.language)
    if options.cleanup and (html := around.cleanup(page, options)):
        sheet.append(["", tokens.block(html), ""])
    mending.layout(note, mends, sheet, tokens, options)
    plain = header.plain(title) if title else None
    return RenderedPage(sheet.text(), tokens.fragments, plain, tuple(findings))


def _blocks(
    page: Page, sheet: Sheet, tokens: Tokens, cards: Cards, options: RenderOptions
) -> None:
    """Command blocks become cards where there is something to show; the rest stay fences."""
    blocks = page.note.blocks
    written = {
        block.index: cards.written_in(block) if cards.covers(block) else [] for block in blocks
    }
    lines = source.split_lines(page.note.text)
    hidden = fences.hidden_lines(page)
    files = manifests.files_of(page) if options.manifest_cards else {}
    joined = {
        index
        for index, steps in written.items()
        if steps and _follows(page, lines, blocks[index], {e.step.block for e in steps})
    }
    elsewhere = frozenset(
        e.step.index for index, steps in written.items() if index not in joined for e in steps
    )
    for block in blocks:
        if block.index in joined:
            card = []
        elif written[block.index]:
            card = [block.prefix + tokens.block(cards.result(written[block.index]))]
        elif cards.has_record(block):
            html = cards.card(block, elsewhere)
            card = [block.prefix + tokens.block(html)] if html else []
        else:
            dropped = hidden.get(block.index, frozenset())
            fences.mend(page, block, dropped, sheet, tokens, options, files.get(block.index))
            continue
        sheet.replace(block.start_line, block.end_line, card)


def _set_apart(page: Page, sheet: Sheet) -> None:
    """A fence is a block of its own, also where no blank line says so: Python-Markdown would
    have it in the paragraph above or below. In a list a blank line would say something else."""
    for block in page.note.blocks:
        if block.commented or block.prefix.isspace():
            continue
        for beside, line, before in (
            (block.start_line - 1, block.start_line, True),
            (block.end_line + 1, block.end_line, False),
        ):
            if (sheet.line(beside) or "").strip(" \t\r>"):
                sheet.add(line, [blank(block.prefix)], before=before)


def _follows(page: Page, lines: Sequence[str], block: Block, owners: set[int | None]) -> bool:
    """Nothing stands between this block and the command block whose output it is."""
    owner = owners.pop() if len(owners) == 1 else None
    if owner is None or owner != block.index - 1:
        return False
    before = page.note.blocks[owner]
    between = lines[before.end_line : block.start_line - 1]
    return not any(line.strip(" \t\r>") for line in between)


def _drop_strays(page: Page, sheet: Sheet) -> None:
    for finding in (*page.note.problems, *page.findings):
        place = finding.position
        line = sheet.line(place.line) or ""
        if finding.code == STRAY and line[place.column - 1 :].rstrip() == "%":
            sheet.splice(place.line, place.column, 1, "")


def _top(
    page: Page, sheet: Sheet, tokens: Tokens, options: RenderOptions, title: Heading | None
) -> None:
    """The front matter's card, what a reader needs and the provenance: below the title where
    the page begins with it, else at the top."""
    language = options.language
    card = header.card(page.note.front_matter, language) if options.front_matter else ""
    line = header.provenance(page, language, options.site.status)
    needs = around.prerequisites(page, options) if options.prerequisites else ""
    parts = [html for html in (card, needs, line) if html]
    if not parts:
        return
    lines = ["", tokens.block("\n".join(parts)), ""]
    begins = False
    if title is not None:
        text = source.split_lines(page.note.text)
        above = text[page.note.front_matter_lines : title.line - 1]
        begins = not any(line.strip() for line in above)
    if title is None or not begins or not sheet.add(title.end_line, lines):
        sheet.prepend(lines)


def _picture(page: Page, sheet: Sheet, tokens: Tokens, language: Language) -> None:
    """What the page's commands made: where the author says so, else where their part of the
    page ends, which is before the next heading, else at the end. Nothing where no output of
    theirs is shown."""
    lines = [e.step.end_line for e in page.embedded if shown(e.recorded)]
    if page.record is None or not lines:
        return
    html = scene.figure(page.record.scene, language, stale=page.stale)
    if not html:
        return
    last = max(lines)
    token = tokens.block(html)
    if place := sheet.line(page.note.picture):
        before = place.partition("<!--")[0]
        sheet.add(page.note.picture, [blank(place), before + token, blank(place)])
        return
    put = ["", token, ""]
    for heading in page.note.headings:
        text = sheet.line(heading.line)
        if heading.line > last and text is not None and not text.startswith((" ", "\t", ">")):
            sheet.add(heading.line, put, before=True)
            return
    sheet.append(put)
