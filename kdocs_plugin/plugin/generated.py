"""Files that a build adds to the site: style sheet, and what tells of the verification."""

from __future__ import annotations

from collections.abc import Sequence

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.utils import get_relative_url

from kdocs_plugin import messages, rendering
from kdocs_plugin.config import Settings
from kdocs_plugin.model import Page

STYLESHEET = "assets/kdocs/kdocs.css"
SCRIPT = "assets/kdocs/kdocs.js"
STATUS_PAGE = "kdocs/status.md"
STATUS_DATA = "assets/kdocs/status.json"
BADGE = "assets/kdocs/badge.svg"
# Not in the search: it repeats every note's commands.
_STATUS_TEXT = "---\nsearch:\n  exclude: true\n---\n# {title}\n"


def add_assets(files: Files, config: MkDocsConfig, settings: Settings) -> None:
    """kdocs' own style sheet and script, where the author has none of their names."""
    contents = {STYLESHEET: rendering.stylesheet()}
    if settings.script:
        contents[SCRIPT] = rendering.script(settings.language)
    for path, text in contents.items():
        if files.get_file_from_path(path) is None:
            files.append(File.generated(config, path, content=text))


def add_status(
    files: Files, config: MkDocsConfig, pages: Sequence[Page], settings: Settings
) -> str:
    """The status page, its data and the badge. The HTML of the page, "" where there is
    nothing to tell or the author has a page of this name."""
    if not settings.status or files.get_file_from_path(STATUS_PAGE) is not None:
        return ""
    title = messages.text("render.status.title", settings.language, {})
    page = File.generated(
        config,
        STATUS_PAGE,
        content=_STATUS_TEXT.format(title=title),
        inclusion=InclusionLevel.NOT_IN_NAV,
    )

    def address(path: str) -> str:
        file = files.get_file_from_path(path)
        return get_relative_url(file.url, page.url) if file else ""

    notes = rendering.statuses(pages, address, settings.public_findings)
    if not notes:
        return ""
    files.append(page)
    contents = {
        STATUS_DATA: rendering.status_json(notes),
        BADGE: rendering.badge(notes, settings.language),
    }
    for path, text in contents.items():
        if files.get_file_from_path(path) is None:
            files.append(File.generated(config, path, content=text))
    return rendering.status_html(notes, settings.language)


def status_address(files: Files, seen_from: File) -> str:
    """Where the status page stands for a page of the site, "" where there is none."""
    page = files.get_file_from_path(STATUS_PAGE)
    ours = page is not None and page.generated_by == "kdocs"
    return get_relative_url(page.url, seen_from.url) if page and ours else ""
