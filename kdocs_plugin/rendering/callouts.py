"""GitHub's and Obsidian's callouts as the admonitions that Material knows."""

from __future__ import annotations

import re

from kdocs_plugin.messages import Language
from kdocs_plugin.model import Callout
from kdocs_plugin.rendering.sheet import Sheet, blank
from kdocs_plugin.rendering.templates import words
from kdocs_plugin.rendering.tokens import Tokens

# Kind -> Material's type. Material draws twelve; the others are Obsidian's other names for
# them, and GitHub's important and caution.
_TYPES = {
    "note": "note",
    "abstract": "abstract",
    "summary": "abstract",
    "tldr": "abstract",
    "info": "info",
    "todo": "info",
    "important": "info",
    "tip": "tip",
    "hint": "tip",
    "success": "success",
    "check": "success",
    "done": "success",
    "question": "question",
    "help": "question",
    "faq": "question",
    "warning": "warning",
    "attention": "warning",
    "caution": "danger",
    "failure": "failure",
    "fail": "failure",
    "missing": "failure",
    "danger": "danger",
    "error": "danger",
    "bug": "bug",
    "example": "example",
    "quote": "quote",
    "cite": "quote",
}
_MARK = re.compile(r"^[ ]{0,3}>[ ]?")
_ITEM = re.compile(r"[ ]{0,3}(?:[-*+]|\d+[.)])[ ]")
_LONE_ITEM = re.compile(r"( *)(?:[-*+]|\d+\.) +$")
_OPENING = re.compile(r"^[^\[]*\[![^\]]*\][+-]?")
_CLASS = re.compile(r"[a-z][\w-]*")
_SIGNS = {"": "!!!", "-": "???", "+": "???+"}


def admonish(
    callout: Callout, prefix: str, sheet: Sheet, tokens: Tokens, language: Language
) -> None:
    """One callout. `prefix` is what stands before its lines by now: indentation may have
    changed. Nested ones are done before those around them: each takes off its own quote
    mark, and a mark and an admonition's indentation do not meet."""
    cells = sheet.cells(callout.start_line, callout.end_line)
    if cells is None:
        return
    item = _LONE_ITEM.match(prefix)
    if prefix.strip(" \t>") and item is None:  # in an item of an item: stays a quote
        return
    indent = " " * (len(item[1]) // 4 * 4 + 4) if item else _indent(prefix, callout, sheet)
    head = _head(callout, cells[0].lines[0], language)
    for cell in cells:
        cell.change(lambda line: _inside(line, prefix, indent))
    if item:  # the item has no text of its own; the token keeps it one
        cells[0].before.append(prefix + tokens.block(""))
    cells[0].before.append(blank(indent))
    cells[0].lines = [indent + head]
    cells[-1].behind.append(blank(indent))


def _head(callout: Callout, line: str, language: Language) -> str:
    kind = callout.kind.split("|")[0].strip().lower()
    known = _TYPES.get(kind, "note")
    classes = known if kind == known or not _CLASS.fullmatch(kind) else f"{known} {kind}"
    # From the line as it is now: its title may hold a probe's token.
    title = _OPENING.sub("", line).strip()
    if not title:
        title = words(f"render.callout.{kind}", language) or kind.replace("-", " ").capitalize()
    return f'{_SIGNS[callout.fold]} {classes} "{title}"'


def _indent(prefix: str, callout: Callout, sheet: Sheet) -> str:
    """The callout's own prefix where Python-Markdown takes it. Quotes may stand one to
    three spaces in, admonitions may not: in a list they need four, elsewhere none."""
    if not prefix or prefix.strip(" ") or len(prefix) > 3:
        return prefix
    for line in range(callout.start_line - 1, 0, -1):
        above = sheet.line(line)
        if above is None:
            break
        if _ITEM.match(above):
            return " " * 4
        if above.strip() and not above.startswith(" "):
            break
    return ""


def _inside(line: str, prefix: str, indent: str) -> str:
    """A line of the quote as a line of the admonition."""
    # A lazy line lacks the marks or the indentation of the first.
    rest = line[len(prefix) :] if line.startswith(prefix) else line.lstrip(" \t")
    rest = _MARK.sub("", rest, count=1)
    return f"{indent}    {rest}" if rest.strip() else indent.rstrip()
