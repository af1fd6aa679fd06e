"""Fences that stay Markdown: manifests as files, without tabs, and every fence without
kdocs' own annotations."""

from __future__ import annotations

import re
from collections.abc import Mapping

from kdocs_plugin.model import Block, BlockKind, Page
from kdocs_plugin.rendering.manifests import ManifestFile
from kdocs_plugin.rendering.options import RenderOptions
from kdocs_plugin.rendering.sheet import Sheet, blank
from kdocs_plugin.rendering.templates import fill, words
from kdocs_plugin.rendering.tokens import Frame, Tokens, name_of

_TITLE = re.compile(r"""\btitle=(["']).*?\1""")
_BRACES = re.compile(r"^(?P<open>.*\{.*?)\s*\}\s*$")


def hidden_lines(page: Page) -> Mapping[int, frozenset[int]]:
    """By block: its lines (0-based) whose steps are hidden."""
    found: dict[int, set[int]] = {}
    for each in page.embedded:
        step = each.step
        if step.hidden and step.block is not None and step.kind == "step":
            first = page.note.blocks[step.block].start_line + 1
            lines = range(step.position.line - first, step.end_line - first + 1)
            found.setdefault(step.block, set()).update(lines)
    return {block: frozenset(lines) for block, lines in found.items()}


def mend(
    page: Page,
    block: Block,
    hidden: frozenset[int],
    sheet: Sheet,
    tokens: Tokens,
    options: RenderOptions,
    file: ManifestFile | None = None,
) -> None:
    """Rewrites what has to be rewritten of one fence, and nothing else. `file`: what it is
    as a card."""
    lines = _body(page, block, hidden)
    name = _name(page, block)
    mended = page.scenario.mended.get(block.index)
    said = remark = ""
    if mended is not None and mended != block.body:
        width = _width(block.body, mended)
        said = words(
            "render.mended" if width else "render.mended_mixed",
            options.language,
            {"width": width},
        )
        remark = tokens.block(fill("mended", options.language, said=said))
    if file is not None:
        name = tokens.frame(_frame(block, file, options, said, remark))
    if lines is None and not name:
        return
    cells = sheet.cells(block.start_line, block.end_line)
    if cells is None:
        return
    opening, *written, closing = [line for cell in cells for line in cell.lines]
    body = written if lines is None else [(block.prefix + k).rstrip() for k in lines]
    if lines is not None and not any(lines):
        sheet.replace(block.start_line, block.end_line, [])
        return
    if name:
        opening = f"{block.prefix}{block.fence}{_titled(block, name)}"
    fence = [opening, *body, closing]
    if remark:
        token = block.prefix + remark
        # Apart from the fence, else both are one paragraph to Markdown; but a blank line
        # would pull the items of a tight list apart.
        above = sheet.line(block.start_line - 1) or ""
        tight = block.prefix.isspace() and above.strip()
        fence += [token] if tight else [blank(block.prefix), token]
    sheet.replace(block.start_line, block.end_line, fence)


def _frame(
    block: Block, file: ManifestFile, options: RenderOptions, said: str, remark: str
) -> Frame:
    """The card around a manifest. It says itself what the token `remark` stands for."""
    language = options.language
    link, address = options.site.files.get(file.path, ("", ""))
    about = words("render.lines", language, {"name": file.label or file.path})
    card = fill(
        "manifest",
        language,
        anchor=f"kdocs-{block.start_line}",
        file=file,
        link=link,
        address=address or file.path,
        script=options.script,
        mended=said,
    )
    before, _, behind = card.partition("<!-- fence -->")
    lines = f"{file.path}-L" if options.line_anchors else ""
    return Frame(file.label, before, behind, lines, about, name_of(remark))


def _body(page: Page, block: Block, hidden: frozenset[int]) -> list[str] | None:
    """The fence's lines, None where they stay as they stand in the note."""
    mended = page.scenario.mended.get(block.index)
    dropped = hidden | set(block.option_lines)
    if mended is None and not dropped:
        return None
    lines = (block.body if mended is None else mended).split("\n")
    return [line for k, line in enumerate(lines) if k not in dropped]


def _name(page: Page, block: Block) -> str:
    """The file this block is in the scenario, "" where the author has titled it."""
    if block.kind is not BlockKind.MANIFEST or "title" in block.attributes:
        return ""
    return next((file.name for file in page.scenario.files if file.block == block.index), "")


def _titled(block: Block, name: str) -> str:
    """The fence's header with a title. One that SuperFences can't read in any case
    (`yaml,ignore`) is reduced to its language, else the fence would fall apart."""
    title = 'title="{}"'.format(name.replace('"', "'"))
    header = block.header.strip()
    if "title" in block.attributes and (given := _TITLE.search(header)):
        return header[: given.start()] + title + header[given.end() :]
    if not header:
        return f"yaml {title}"
    braces = _BRACES.match(header)
    if braces:
        return f"{braces['open']} {title} }}"
    if re.fullmatch(r"[\w#.+-]+(?:[ \t]+[a-zA-Z]\w*(?:=(\"|').*?\1)?)*", header):
        return f"{header} {title}"
    return f"{block.language or 'yaml'} {title}"


def _width(body: str, mended: str) -> int | None:
    """How many spaces a tab became, None where that is not one number."""
    widths = set()
    for before, after in zip(body.split("\n"), mended.split("\n"), strict=False):
        tabs = len(before) - len(before.lstrip("\t"))
        spaces = len(after) - len(after.lstrip(" "))
        if tabs and not before[tabs:].startswith(" "):
            widths.add(spaces / tabs)
    return int(widths.pop()) if len(widths) == 1 and min(widths) % 1 == 0 else None
