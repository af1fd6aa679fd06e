"""What MkDocs knows of files, pages and addresses, as links and embeds need it."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape, unescape
from typing import Any
from urllib.parse import unquote, urlsplit

import markdown
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure import StructureItem
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Section
from mkdocs.utils import get_relative_url

from kdocs_plugin import rendering
from kdocs_plugin.model import Note, Page

# Extensions that decide about a heading's id; others have nothing to do in a line of text.
_OF_HEADINGS = ("toc", "attr_list", "extra", "smarty", "abbr", "pymdownx.", rendering.MARKUP)
_NOT = ("pymdownx.superfences", "pymdownx.snippets", "pymdownx.blocks", "pymdownx.highlight")
_RAW = re.compile(
    r"(<(?:img|a|video|audio|source)\b(?:[^<>\"']|\"[^\"]*\"|'[^']*'){0,300}?\s(?:src|href)=\")"
    r"([^\"<>]*)\""
)
_ID = re.compile(r"<h[1-6][^>]*?\sid=\"([^\"]*)\"")


class Links:
    """The links of one build."""

    def __init__(
        self,
        files: Files,
        config: MkDocsConfig,
        pages: Mapping[str, Page],
        parts: frozenset[str],
    ) -> None:
        self._files = files
        self._config = config
        self._pages = pages
        self._parts = parts  # of Markdown that are ours to mend
        self._vault = rendering.Vault(file.src_uri for file in files)
        self._addresses = {unquote(file.url) for file in files}
        self._ids: dict[str, Sequence[str]] = {}
        self._names: dict[str, dict[str, str]] = {}

    def around(self, file: File) -> rendering.Surroundings:
        """The site as a page of it sees it."""

        def address(path: str) -> str:
            other = self._files.get_file_from_path(path)
            return get_relative_url(other.url, file.url) if other else ""

        return rendering.Surroundings(self._vault, self._anchor, address, self._anchors)

    def seen_from(self, address: str, page: str, here: str) -> str:
        """An address that stands on a page, as another page has to write it."""
        parts = urlsplit(address)
        one, other = (self._files.get_file_from_path(path) for path in (page, here))
        if parts.scheme or parts.netloc or address.startswith("/") or not (one and other):
            return address
        place = posixpath.normpath(posixpath.join("/", _folder(one.url), parts.path))[1:]
        if not parts.path:
            place = one.url
        elif parts.path.endswith("/") and place:
            place += "/"
        whole = get_relative_url(place, other.url)
        return (
            whole
            + (f"?{parts.query}" if parts.query else "")
            + (f"#{parts.fragment}" if parts.fragment else "")
        )

    def without_hash(self, title: str) -> str:
        """A title that is a file's name, without the digits of Notion's export."""
        return rendering.without_hash(title) if "links" in self._parts else title

    def name(self, items: Iterable[StructureItem]) -> None:
        """The navigation's folders, without those digits."""
        for item in items:
            if isinstance(item, Section):
                item.title = self.without_hash(item.title)
                self.name(item.children)

    def embed(self) -> None:
        """Put notes into those that embed them."""
        if "wiki" not in self._parts:
            return
        notes = {
            file.src_uri: file.page for file in self._files.documentation_pages() if file.page
        }
        pages = {path: page.content or "" for path, page in notes.items()}
        embedding = rendering.Embedding(pages, self.seen_from)
        for path, page in notes.items():
            page.content = embedding.filled(path)

    def seen_as_written(self, html: str, file: File) -> str:
        """Raw HTML's pictures and links, which MkDocs does not see: from where the note
        lies to where its page will. What already leads to a file stays."""
        if "links" not in self._parts:
            return html
        if "<img" not in html and "<a" not in html and "<video" not in html:
            return html

        def change(match: re.Match[str]) -> str:
            written = unescape(match[2])
            parts = urlsplit(written)
            if parts.scheme or parts.netloc or not parts.path or parts.path.startswith("/"):
                return match[0]
            folder = unquote(_folder(file.url))
            there = posixpath.normpath(posixpath.join("/", folder, unquote(parts.path)))[1:]
            if there in self._addresses or f"{there}/" in self._addresses:
                return match[0]
            other = self._files.get_file_from_path(
                self._vault.meant(written, file.src_uri) or ""
            )
            if other is None:
                return match[0]
            address = get_relative_url(other.url, file.url)
            if parts.fragment:
                address += f"#{parts.fragment}"
            return f'{match[1]}{escape(address)}"'

        return _RAW.sub(change, html)

    def _anchor(self, path: str, heading: str) -> str | None:
        page = self._pages.get(path)
        if path not in self._names:
            known = self._names[path] = {}
            headings = page.note.headings if page else ()
            for each, anchor in zip(headings, self._anchors(path), strict=False):
                for name in rendering.names(rendering.plain(each)):
                    known.setdefault(name, anchor)
        named = self._names[path]
        return next((named[name] for name in rendering.names(heading) if name in named), None)

    def _anchors(self, path: str) -> Sequence[str]:
        if path not in self._ids:
            page = self._pages.get(path)
            self._ids[path] = _ids(page.note, self._config) if page else ()
        return self._ids[path]


def _folder(url: str) -> str:
    return url if url.endswith("/") or not url else posixpath.dirname(url)


def _ids(note: Note, config: MkDocsConfig) -> Sequence[str]:
    """The ids of a note's headings, in their order, made by the site's own extensions from
    the headings alone: what stands between them decides about none. Empty where unknown."""
    chosen = [
        name
        for name in config.markdown_extensions
        if isinstance(name, str)
        and name.removeprefix("markdown.extensions.").startswith(_OF_HEADINGS)
        and not name.startswith(_NOT)
    ]
    text = "\n\n".join(f"{'#' * h.level} {' '.join(h.text.split())}" for h in note.headings)
    html = markdown.markdown(
        text, extensions=chosen, extension_configs=_settings(config, chosen)
    )
    ids = [unescape(found) for found in _ID.findall(html)]
    return ids if len(ids) == len(note.headings) else ()


def _settings(config: MkDocsConfig, names: Iterable[str]) -> dict[str, Any]:
    return {name: config.mdx_configs[name] for name in names if name in config.mdx_configs}
