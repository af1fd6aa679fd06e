"""MkDocs events, and nothing else: each hands values to the pipeline and takes values back.

A note is read in on_files, where its text is whole and its line numbers are true. What it
shows is put in place of tokens in on_page_content, so that every other plugin (search
among them) sees the finished page.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from jinja2 import Environment
from mkdocs.config import config_options as c
from mkdocs.config.base import LegacyConfig
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.livereload import LiveReloadServer
from mkdocs.plugins import BasePlugin, CombinedEvent, event_priority
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page as SitePage

from kdocs_plugin import pipeline, rendering
from kdocs_plugin.config import OPTIONS, Settings, settings_for
from kdocs_plugin.errors import ConfigError
from kdocs_plugin.model import Page
from kdocs_plugin.plugin import look, markup, places, titles
from kdocs_plugin.plugin.elsewhere import pages_in, with_fragments
from kdocs_plugin.plugin.generated import (
    STYLESHEET,
    add_assets,
    add_manifests,
    add_script,
    add_status,
    is_status_page,
    site_around,
)
from kdocs_plugin.plugin.languages import in_its_language
from kdocs_plugin.plugin.links import Links
from kdocs_plugin.plugin.live import after_a_run
from kdocs_plugin.plugin.state import state_of
from kdocs_plugin.plugin.telling import tell_finding, words
from kdocs_plugin.tree import wants
from kdocs_plugin.values import replace


class KdocsPlugin(BasePlugin[LegacyConfig]):  # type: ignore[no-untyped-call]
    """Checks Kubernetes notes and shows the recorded output of their commands."""

    # Values are judged in one place for mkdocs.yml, command line and environment.
    config_scheme = tuple(
        (name, c.Type((str, int, float, list, dict), default=default))
        for name, default in OPTIONS.items()
    )

    def __init__(self) -> None:
        self._serving = False
        self._settings: Settings
        self._look: look.Look
        self._parts: frozenset[str] = frozenset()  # of Markdown that are ours to mend
        self._links: Links
        self._pages: dict[str, Page] = {}
        self._prepared: dict[str, tuple[object, Page]] = {}  # what a page was made from
        self._rendered: dict[str, rendering.RenderedPage] = {}
        self._files: Mapping[str, Mapping[str, tuple[str, str]]] = {}  # published manifests
        self._status = ""  # HTML of the page that tells what is verified

    def on_startup(self, *, command: str, **_: object) -> None:
        """Its presence keeps this object, and so the prepared pages, through a serve."""
        self._serving = command == "serve"

    @event_priority(100)  # before the search plugin reads its own settings
    def _on_config_first(self, config: MkDocsConfig) -> MkDocsConfig:
        root = Path(config.config_file_path).parent if config.config_file_path else Path.cwd()
        try:
            self._settings = settings_for(root, Path(config.docs_dir), dict(self.config))
        except ConfigError as error:
            raise PluginError(words(error)) from error
        self._look = look.dress(config, self._settings)
        return config

    def _on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        self._parts = markup.extend(config, self._settings)
        if STYLESHEET not in config.extra_css:
            # First, so that the author's own style sheets have the last word.
            config.extra_css.insert(0, STYLESHEET)
        if self._settings.script:
            add_script(config)
        return config

    on_config = CombinedEvent(_on_config_first, _on_config)

    # After the plugins that add pages, and i18n, which sorts them by their languages.
    @event_priority(-150)
    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        self._settings = in_its_language(config, self._settings)
        add_assets(files, config, self._settings, self._look)
        state = state_of(files, self._settings)
        notes = pages_in(files, self._serving)
        pages = {file.src_uri: page for file in notes if (page := self._prepare(file, state))}
        runs = not self._serving  # a serve never waits
        self._pages = after_a_run(pages, self._settings) if runs else pages
        self._rendered = {}
        for page in self._pages.values():
            for finding in (*page.findings, *markup.undrawn(page, self._parts, self._settings)):
                tell_finding(finding, self._settings)
        every = [*self._pages.values()]
        self._files = add_manifests(files, config, self._pages, self._settings)
        self._status = add_status(files, config, every, self._settings)
        self._links = Links(files, config, self._pages, self._parts)
        places.watch(Path(config.docs_dir), self._pages)
        return files

    def on_nav(self, nav: Navigation, **_: object) -> Navigation:
        self._links.name(nav.items)
        return nav

    @event_priority(100)  # first: the lines are still the note's own
    def on_page_markdown(
        self, markdown: str, *, page: SitePage, config: MkDocsConfig, files: Files
    ) -> str:
        ours = self._pages.get(page.file.src_uri)
        if ours is None:
            return markdown
        # Front matter was taken off the top, and nothing else yet.
        first_line = ours.note.text.count("\n") - markdown.count("\n") + 1
        rendered = pipeline.render(
            ours,
            markdown,
            max(1, first_line),
            self._settings,
            parts=self._parts,
            site=replace(
                site_around(ours, page.file, self._pages, files, config, self._files),
                ways=self._links.around(page.file),
            ),
        )
        self._rendered[page.file.src_uri] = rendered
        for finding in rendered.findings:
            tell_finding(finding, self._settings)
        return rendered.markdown

    @event_priority(100)  # first: other plugins work on the whole page
    def on_page_content(self, html: str, *, page: SitePage, **_: object) -> str:
        rendered = self._rendered.get(page.file.src_uri)
        if rendered is None:
            return html + self._status if is_status_page(page.file) else html
        titles.name(page, rendered.title, html, self._links)
        html = markup.labelled(html, self._parts, self._settings)
        html = pipeline.insert(html, rendered.fragments)
        # Links to our anchors are links that MkDocs may check.
        known = page.present_anchor_ids or set()
        page.present_anchor_ids = known | rendering.ids(rendered.fragments, html)
        return self._links.seen_as_written(html, page.file)

    @event_priority(100)  # first: other plugins work on the whole page
    def on_env(self, env: Environment, **_: object) -> Environment:
        """Every page is converted now: notes can be shown in others."""
        self._links.embed()
        return env

    def on_post_page(self, output: str, *, page: SitePage, **_: object) -> str:
        """Parts of a page that another plugin has shown elsewhere, as a blog's excerpts."""
        return with_fragments(output, page, self._rendered, self._links)

    def on_post_template(self, output: str, *, template_name: str, config: MkDocsConfig) -> str:
        is_ours = template_name == "404.html"
        return look.not_found(output, config, self._settings) if is_ours else output

    def on_post_build(self, **_: object) -> None:
        """The build is over: nobody says anything about its links any more."""
        places.unwatch()

    def on_serve(self, server: LiveReloadServer, **_: object) -> None:
        """`kdocs run` in another terminal shows up in the pages at once."""
        if self._settings.records.is_dir():
            server.watch(str(self._settings.records))

    def _prepare(self, file: File, state: object) -> Page | None:
        if not wants(file.src_uri, self._settings.include, self._settings.exclude):
            return None
        try:
            text = file.content_string
        except (OSError, UnicodeDecodeError):  # MkDocs has its own words for it
            return None
        made_from = (text, self._settings, state)
        known = self._prepared.get(file.src_uri)
        # A page that goes on from others is read again: they may have changed, or come.
        if known is None or known[0] != made_from or pipeline.goes_on(known[1]):
            known = made_from, pipeline.prepare(file.src_uri, text, self._settings)
            self._prepared[file.src_uri] = known
        return known[1]
