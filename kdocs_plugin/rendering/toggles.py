"""GitHub's toggles and Notion's callouts, whose inside is Markdown, as blocks of Material's."""

from __future__ import annotations

import re

from kdocs_plugin.messages import Language
from kdocs_plugin.rendering.sheet import Sheet, blank
from kdocs_plugin.rendering.templates import words
from kdocs_plugin.source.toggles import Toggle

_HEADING = re.compile(r"</?(?:h[1-6]|p|div)(?:\s[^<>]*)?>", re.IGNORECASE)


def fold(toggle: Toggle, prefix: str, sheet: Sheet, language: Language) -> None:
    """One toggle. `prefix` is what stands before its lines by now. Nested ones are done
    before those around them."""
    cells = sheet.cells(toggle.start + 1, toggle.end + 1)
    if cells is None:
        return
    indent = "" if prefix in (" ", "  ", "   ") else prefix

    def inside(line: str) -> str:
        rest = line[len(prefix) :] if line.startswith(prefix) else line.lstrip(" \t")
        return f"{indent}    {rest}" if rest.strip() else indent.rstrip()

    for cell in cells[toggle.head - toggle.start + 1 : -1]:
        cell.change(inside)
    for cell in (*cells[: toggle.head - toggle.start + 1], cells[-1]):
        cell.lines = []
    cells[0].lines = [blank(indent), indent + _head(toggle, language)]
    cells[-1].lines = [blank(indent)]


def _head(toggle: Toggle, language: Language) -> str:
    if toggle.kind == "aside":
        return '!!! note kdocs-aside ""'
    title = _HEADING.sub("", toggle.summary).strip() or words("render.toggle", language)
    return f'{"???+" if toggle.open else "???"} "{title}"'
