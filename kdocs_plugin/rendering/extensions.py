"""Markdown extensions that what we render stands on, beside those that the author has."""

from __future__ import annotations

from collections.abc import Iterable

# Extension -> others that it must not be set beside.
_NEEDED: dict[str, tuple[str, ...]] = {
    "admonition": (),
    "pymdownx.details": (),
    "pymdownx.highlight": ("codehilite", "pymdownx.extra"),
    "pymdownx.superfences": ("pymdownx.extra",),
}


def plain_names(names: Iterable[str]) -> set[str]:
    """The author's extensions by the names that they go by: `extra` is
    `markdown.extensions.extra`, too, and a class may be named behind a colon."""
    present = {name.partition(":")[0] for name in names}
    return present | {name.removeprefix("markdown.extensions.") for name in present}


def missing(present: set[str]) -> list[str]:
    """Those to add to the author's."""
    return [name for name, others in _NEEDED.items() if not present & {name, *others}]
