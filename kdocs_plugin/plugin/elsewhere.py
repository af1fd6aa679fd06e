"""Beside other plugins: pages that they take out for a while, and what one page shows shown
by another one, as a blog's list of its posts."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.pages import Page as SitePage

from kdocs_plugin import pipeline, rendering
from kdocs_plugin.plugin.links import Links
from kdocs_plugin.rendering import Fragment, RenderedPage
from kdocs_plugin.values import replace


def pages_in(files: Files, serving: bool) -> list[File]:
    """The pages that the site has. The blog has taken its posts out until the navigation is
    made; they have their pages by then."""
    is_in_site: Callable[[InclusionLevel], bool] = (
        InclusionLevel.is_in_serve if serving else InclusionLevel.is_included
    )
    every = files.documentation_pages(inclusion=lambda _: True)
    return [each for each in every if is_in_site(each.inclusion) or each.page is not None]


def with_fragments(
    output: str, page: SitePage, rendered: Mapping[str, RenderedPage], links: Links
) -> str:
    """A whole page with fragments of others, by their paths, where it still has places for
    them: their links lead to where they do on their own pages."""
    if not rendering.has_tokens(output):
        return output
    found = {
        token: _moved(fragment, path, page.file.src_uri, links)
        for path, other in rendered.items()
        for token, fragment in other.fragments.items()
    }
    return pipeline.insert(output, found)


def _moved(fragment: Fragment, path: str, here: str, links: Links) -> Fragment:
    def seen(address: str) -> str:  # its ids came along
        return address if address.startswith("#") else links.seen_from(address, path, here)

    if isinstance(fragment, str):
        return rendering.with_addresses(fragment, seen)
    return replace(
        fragment,
        before=rendering.with_addresses(fragment.before, seen),
        behind=rendering.with_addresses(fragment.behind, seen),
    )
