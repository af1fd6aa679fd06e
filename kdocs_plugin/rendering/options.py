"""What a site wants of its pages."""

from __future__ import annotations

from collections.abc import Mapping

from kdocs_plugin.messages import Language
from kdocs_plugin.model import MARKDOWN, no_items
from kdocs_plugin.rendering.extensions import INDENTS
from kdocs_plugin.rendering.vault import Surroundings
from kdocs_plugin.values import dataclass, field


@dataclass(frozen=True, slots=True)
class Link:
    """A page of the site."""

    title: str
    href: str  # as the page that links to it sees it; "" where the site has no such page


@dataclass(frozen=True, slots=True)
class Site:
    """What a page has to know of the site around it. Addresses are as the page sees them."""

    status: str = ""  # of the page that tells what is verified
    # Published manifests, by ManifestFile.path: the address, and the whole one, "" where the
    # site has none.
    files: Mapping[str, tuple[str, str]] = field(default_factory=no_items)
    pages: Mapping[str, Link] = field(default_factory=no_items)  # that it needs, by path
    followers: tuple[Link, ...] = ()  # pages that go on from this one
    ways: Surroundings | None = None  # what its links lead to; None: they stay as they are


NOWHERE = Site()


@dataclass(frozen=True, slots=True)
class RenderOptions:
    """What the site wants of its pages."""

    language: Language = "ko"
    parts: frozenset[str] = frozenset({*MARKDOWN, INDENTS})  # of Markdown that are mended
    front_matter: bool = True  # a card of the author's own keys
    title: bool = True  # the first heading becomes the title where there is none
    pictures: bool = True  # of what the page's commands made
    script: bool = True  # the site has the script that adds buttons
    manifest_cards: bool = True  # manifests as cards
    line_anchors: bool = True  # lines of manifests have addresses
    side_by_side: bool = True  # an author's output that differs stands beside the real one
    prerequisites: bool = True  # a line of what a reader needs
    cleanup: bool = True  # at the end, the commands that delete what the page made
    site: Site = NOWHERE
