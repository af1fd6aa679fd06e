"""Files that a build adds to the site: style sheet, the notes' manifests, and what tells of
the verification."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import urljoin

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.utils import get_relative_url

from kdocs_plugin import messages, rendering
from kdocs_plugin.config import Settings
from kdocs_plugin.model import Page
from kdocs_plugin.plugin.languages import folder_of
from kdocs_plugin.plugin.look import Look, add_fonts

STYLESHEET = "assets/kdocs/kdocs.css"
SCRIPT = "assets/kdocs/kdocs.js"
STATUS_PAGE = "kdocs/status.md"
STATUS_DATA = "assets/kdocs/status.json"
BADGE = "assets/kdocs/badge.svg"
# Not in the search: it repeats every note's commands.
_STATUS_TEXT = "---\nsearch:\n  exclude: true\n---\n# {title}\n"


def add_script(config: MkDocsConfig) -> None:
    """kdocs' own script into the pages, that of this build's language."""
    scripts = config.extra_javascript
    ours = folder_of(config) + SCRIPT
    if ours not in scripts:
        # The build of another language has left its own one.
        others = [each for each in scripts if not str(each).endswith(SCRIPT)]
        scripts[:] = [*others, ours]


def add_assets(files: Files, config: MkDocsConfig, settings: Settings, look: Look) -> None:
    """kdocs' own style sheet, script and faces, where the author has none of their names."""
    contents = {STYLESHEET: rendering.stylesheet(look.sheets)}
    if settings.script:
        contents[folder_of(config) + SCRIPT] = rendering.script(settings.language)
    for path, text in contents.items():
        if files.get_file_from_path(path) is None:
            files.append(File.generated(config, path, content=text))
    if look.fonts:
        add_fonts(files, config)


def add_manifests(
    files: Files, config: MkDocsConfig, pages: Mapping[str, Page], settings: Settings
) -> Mapping[str, Mapping[str, tuple[str, str]]]:
    """The notes' whole manifests as files beside their pages. By page and the file's path
    there: its address as the page sees it, and the whole one, "" where nobody knows it."""
    found: dict[str, dict[str, tuple[str, str]]] = {}
    if not (settings.downloads and settings.manifest_cards):
        return found
    for source, page in pages.items():
        note = files.get_file_from_path(source)
        if note is None:
            continue
        for each in rendering.files_of(page).values():
            path = _beside(note.dest_uri) + each.path
            file = files.get_file_from_path(path)
            if file is None:
                file = File.generated(config, path, content=each.content)
                files.append(file)
            elif file.content_bytes != each.content.encode():
                continue  # the author's own, and another one
            address = urljoin(config.site_url, file.url) if config.site_url else ""
            link = get_relative_url(file.url, note.url)
            found.setdefault(source, {})[each.path] = (link, address)
    return found


def _beside(page: str) -> str:
    """The folder of what belongs to a page: its own, or one of its name beside it."""
    folder = page.removesuffix("index.html")
    return folder if folder != page else page.removesuffix(".html") + "/"


def add_status(
    files: Files, config: MkDocsConfig, pages: Sequence[Page], settings: Settings
) -> str:
    """The status page, its data and the badge. The HTML of the page, "" where there is
    nothing to tell or the author has a page of this name."""
    folder = folder_of(config)
    if not settings.status or files.get_file_from_path(folder + STATUS_PAGE) is not None:
        return ""
    title = messages.text("render.status.title", settings.language, {})
    page = File.generated(
        config,
        folder + STATUS_PAGE,
        content=_STATUS_TEXT.format(title=title),
        inclusion=InclusionLevel.NOT_IN_NAV,
    )

    def address(path: str) -> str:
        file = files.get_file_from_path(path)
        return get_relative_url(file.url, page.url) if file else ""

    notes = rendering.statuses(
        pages, address, settings.public_findings, settings.manifest_cards
    )
    if not notes:
        return ""
    files.append(page)
    contents = {
        STATUS_DATA: rendering.status_json(notes),
        BADGE: rendering.badge(notes, settings.language),
    }
    for path, text in contents.items():
        if files.get_file_from_path(folder + path) is None:
            files.append(File.generated(config, folder + path, content=text))
    return rendering.status_html(notes, settings.language)


def site_around(
    page: Page,
    seen_from: File,
    pages: Mapping[str, Page],
    files: Files,
    config: MkDocsConfig,
    published: Mapping[str, Mapping[str, tuple[str, str]]],
) -> rendering.Site:
    """What a page has to know of the others; `published` is what `add_manifests` gave."""
    path = page.note.path
    needed = [before.path for before in page.scenario.before]
    followers = rendering.followers_of(page, [*pages.values()])
    return rendering.Site(
        status=status_address(files, config, seen_from),
        files=published.get(path, {}),
        pages=links_to(needed, pages, files, seen_from),
        followers=tuple(links_to(followers, pages, files, seen_from).values()),
    )


def links_to(
    paths: Iterable[str], pages: Mapping[str, Page], files: Files, seen_from: File
) -> dict[str, rendering.Link]:
    """Pages of the site by their paths, as another page sees them."""
    return {
        path: rendering.Link(
            rendering.title_of(pages[path]), get_relative_url(file.url, seen_from.url)
        )
        for path in paths
        if path in pages and (file := files.get_file_from_path(path)) is not None
    }


def status_address(files: Files, config: MkDocsConfig, seen_from: File) -> str:
    """Where the status page stands for a page of the site, "" where there is none."""
    page = files.get_file_from_path(folder_of(config) + STATUS_PAGE)
    return get_relative_url(page.url, seen_from.url) if page and is_status_page(page) else ""


def is_status_page(file: File) -> bool:
    """Whether a page is the one that kdocs adds."""
    return file.generated_by == "kdocs" and file.src_uri.endswith(STATUS_PAGE)
