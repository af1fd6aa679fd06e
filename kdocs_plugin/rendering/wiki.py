"""Obsidian's links and embeds as Markdown's own, and Markdown's links that miss their file.

What becomes Markdown's own link is then resolved, and checked, by the site generator as any
other. An embedded note is a frame with a link to it, which `embedding` fills once the pages
have been converted.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from html import escape

from kdocs_plugin.messages import Language
from kdocs_plugin.model import Finding, Note, Severity
from kdocs_plugin.rendering.sheet import Sheet
from kdocs_plugin.rendering.tokens import Tokens
from kdocs_plugin.rendering.vault import Surroundings, is_picture, way, without_hash
from kdocs_plugin.source.marks import Marks, WikiLink

NOWHERE, NO_HEADING = "KD011", "KD012"
SIZE = "\ue000"  # between a picture's text and its size, for `markup` to take off
EMBEDS = "data-embeds"  # what a frame holds: path#id
_SPECIAL = re.compile(r"([\\`*_\[\]<>])")
_MEDIA = {".mp4": "video", ".webm": "video", ".mov": "video", ".mp3": "audio", ".wav": "audio",
          ".ogg": "audio", ".m4a": "audio"}  # fmt: skip


class Wiki:
    """One page's links."""

    def __init__(
        self, note: Note, sheet: Sheet, tokens: Tokens, site: Surroundings, language: Language
    ) -> None:
        self.here = note.path
        self._heading_lines = {h.line for h in note.headings}
        self.sheet, self.tokens, self.site, self.language = sheet, tokens, site, language
        self.findings: list[Finding] = []

    def place(self, marks: Marks) -> None:
        """Every wiki link in the place where it stands; names of blocks are nobody's text."""
        for name in marks.names:
            self.sheet.splice(name.start.line, name.start.column, name.length, "")
        for link in marks.links:
            length = link.end.column - link.start.column
            text = self._written(link)
            self.sheet.splice(link.start.line, link.start.column, length, text)

    def mend(self, marks: Marks) -> None:
        """Markdown's links to files whose names are written another way."""
        for target in marks.targets:
            if (mended := self.site.vault.mend(target.text, self.here)) is not None:
                self.sheet.splice(target.start.line, target.start.column, target.length, mended)

    def _written(self, link: WikiLink) -> str:
        path = self.site.vault.find(link.target, self.here) if link.target else self.here
        if path is None:
            self._tell(NOWHERE, link, link.target)
            return f'<span class="kdocs-nowhere">{_shown(link)}</span>'
        if link.embedded and not self._in_heading(link) and not _is_note(path):
            return self._media(link, path)
        anchor = ""
        if link.heading and not link.heading.startswith("^") and _is_note(path):
            anchor = self.site.anchor(path, link.heading) or ""
            if not anchor:
                self._tell(NO_HEADING, link, link.heading)
        part = link.heading.startswith("^")  # a block of a note: too small for a frame
        if link.embedded and not part and not self._in_heading(link):
            return self.tokens.block(self._frame(link, path, anchor))
        place = "" if path == self.here and anchor else way(path, self.here)
        return f"[{_shown(link)}]({place}{f'#{anchor}' if anchor else ''})"

    def _in_heading(self, link: WikiLink) -> bool:
        return link.start.line in self._heading_lines

    def _media(self, link: WikiLink, path: str) -> str:
        if is_picture(path):
            name = posixpath.splitext(posixpath.basename(path))[0]
            text = _escaped(link.text or without_hash(name))
            size = f"{SIZE}{link.size}" if link.size else ""
            return f"![{text}{size}]({way(path, self.here)})"
        tag = _MEDIA.get(posixpath.splitext(path)[1].lower())
        if tag:
            return f'<{tag} controls src="{escape(self.site.address(path))}"></{tag}>'
        return f"[{_shown(link)}]({way(path, self.here)})"

    def _frame(self, link: WikiLink, path: str, anchor: str) -> str:
        address = self.site.address(path) + (f"#{anchor}" if anchor else "")
        text = link.text or _name(link)
        return (
            f'<div class="kdocs-embed" {EMBEDS}="{escape(f"{path}#{anchor}")}">'
            f'<p class="kdocs-embed-title"><a href="{escape(address)}">{escape(text)}</a></p>'
            "</div>"
        )

    def _tell(self, code: str, link: WikiLink, name: str) -> None:
        arguments = {"name": name, "target": link.target or self.here}
        self.findings.append(Finding(code, Severity.WARNING, self.here, link.start, arguments))


def hide(marks: Marks, sheet: Sheet) -> None:
    """Obsidian's comments in running text. A line that is nothing else goes whole: what is
    left of it would end the paragraph."""
    for hidden in marks.hidden:
        line = sheet.line(hidden.start.line) or ""
        column = hidden.start.column
        if not (line[: column - 1] + line[column - 1 + hidden.length :]).strip(" \t>"):
            sheet.replace(hidden.start.line, hidden.start.line, [])
        else:
            sheet.splice(hidden.start.line, column, hidden.length, "")


def names(heading: str) -> Iterator[str]:
    """What a link may call a heading: as it is written, or as Obsidian does, which leaves
    out what would end the link."""
    plain = " ".join(heading.split()).casefold()
    yield plain
    yield " ".join(re.sub(r"[#^|\[\]:%\\]", " ", plain).split())


def _is_note(path: str) -> bool:
    return path.lower().endswith((".md", ".markdown"))


def _shown(link: WikiLink) -> str:
    return link.text or _escaped(_name(link))


def _name(link: WikiLink) -> str:
    target = without_hash(link.target.removesuffix(".md"))
    heading = link.heading if not link.heading.startswith("^") else ""
    return " > ".join(part for part in (target, heading) if part) or link.heading


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)
