"""Beside other plugins: pages that they take out for a while, and what one page shows shown
by another one, as a blog's list of its posts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from urllib.parse import urljoin

from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.pages import Page as SitePage
from mkdocs.utils import get_relative_url

from kdocs_plugin import pipeline, rendering
from kdocs_plugin.rendering import Fragment
from kdocs_plugin.values import replace

Placed = tuple[str, Mapping[str, Fragment]]  # a page's address, and what it shows
# An address inside of the site, as our templates write it: no whole one, and not only `#...`.
LINK = re.compile(r'(?<= )(href|src)="(?![a-z]+:|[#/])([^"]+)"')


def pages_in(files: Files, serving: bool) -> list[File]:
    """The pages that the site has. The blog has taken its posts out until the navigation is
    made; they have their pages by then."""
    is_in_site: Callable[[InclusionLevel], bool] = (
        InclusionLevel.is_in_serve if serving else InclusionLevel.is_included
    )
    every = files.documentation_pages(inclusion=lambda _: True)
    return [each for each in every if is_in_site(each.inclusion) or each.page is not None]


def with_fragments(output: str, page: SitePage, rendered: Iterable[Placed]) -> str:
    """A whole page with fragments where it still has places for them: by each page's own
    address, which its links go out from."""
    if not rendering.has_tokens(output):
        return output
    found = {
        token: moved(fragment, address, page.url)
        for address, fragments in rendered
        for token, fragment in fragments.items()
    }
    return pipeline.insert(output, found)


def moved(fragment: Fragment, here: str, there: str) -> Fragment:
    """A fragment of the page `here`, its links as they are on the page `there`."""

    def turned(match: re.Match[str]) -> str:
        target = urljoin(f"/{here}", match[2]).removeprefix("/")
        return f'{match[1]}="{get_relative_url(target, there)}"'

    if isinstance(fragment, str):
        return LINK.sub(turned, fragment)
    before, behind = (LINK.sub(turned, html) for html in (fragment.before, fragment.behind))
    return replace(fragment, before=before, behind=behind)
