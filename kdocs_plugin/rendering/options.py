"""What a site wants of its pages."""

from __future__ import annotations

from collections.abc import Mapping

from kdocs_plugin.messages import Language
from kdocs_plugin.model import no_items
from kdocs_plugin.values import dataclass, field


@dataclass(frozen=True, slots=True)
class RenderOptions:
    """What the site wants of its pages."""

    language: Language = "ko"
    callouts: bool = True  # off where the author's own extension renders them
    front_matter: bool = True  # a card of the author's own keys
    title: bool = True  # the first heading becomes the title where there is none
    pictures: bool = True  # of what the page's commands made
    status: str = ""  # address of the page that tells what is verified
    script: bool = True  # the site has the script that adds buttons
    manifest_cards: bool = True  # manifests as cards
    line_anchors: bool = True  # lines of manifests have addresses
    # Published manifests, by ManifestFile.path: the address as the page sees it, and the whole
    # one, "" where the site has none.
    files: Mapping[str, tuple[str, str]] = field(default_factory=no_items)
