"""What a page is called in the navigation and the browser, where its author has not said it."""

from __future__ import annotations

from html import escape

from mkdocs.structure.pages import Page as SitePage

from kdocs_plugin.plugin.links import Links


def name(page: SitePage, heading: str | None, html: str, links: Links) -> None:
    """Give a page the title that its first heading says, and else the one of its file,
    without what Notion has put behind that."""
    if _is_titled(page):
        return
    if heading and not html.lstrip().startswith("<h1"):
        page.title = escape(heading, quote=False)
    page.title = links.without_hash(str(page.title))


def _is_titled(page: SitePage) -> bool:
    """The author has named the page, in its front matter or in `nav`."""
    return "title" in page.meta or "title" in vars(page)
