"""Whether an image can be had, asked before a run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from kdocs_plugin.clusters.local.images import listing, names
from kdocs_plugin.clusters.local.images.remote import Remote

Absent = Callable[[str], tuple[str, ...] | None]


def absent(folder: Path) -> Absent:
    """A function that says of an image's name what could stand in its place here: names
    with tags, nearest first. None where the image itself can be had, or may be.

    A registry is looked for only for an image that is not in `folder`, and once; that
    takes two seconds at most.
    """
    remote = Remote.configured()

    def check(image: str) -> tuple[str, ...] | None:
        try:
            registry = names.parse(image).registry
        except ValueError:
            return None  # the API server's to refuse
        if listing.here(folder, image) or remote.reachable(registry):
            return None
        return listing.near(folder, image) or listing.notable(folder)

    return check
