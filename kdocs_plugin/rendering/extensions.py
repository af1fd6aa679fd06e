"""Markdown as written: what is mended of it, by which Markdown extensions, and where the
author's own extensions and plugins do it already.

A part is what mkdocs.yml can switch off by its name (`markdown:`). The author's always comes
first: where one of theirs does a part's work, ours does nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib.util import find_spec
from typing import Any

# A part of `lists`: indentation. An extension of the author's may have its own idea of it.
INDENTS = "indents"
# In place of `mermaid` where its script is missing: the author is told.
UNDRAWN = "undrawn"
# Extension -> others that it must not be set beside: what blocks of ours stand on.
_NEEDED: dict[str, tuple[str, ...]] = {
    "admonition": (),
    "pymdownx.details": (),
    "pymdownx.highlight": ("codehilite", "pymdownx.extra"),
    "pymdownx.superfences": ("pymdownx.extra",),
}
# Part -> the extension that does it, its settings, and what the author may have instead.
_OFFERED: dict[str, tuple[str, dict[str, Any], tuple[str, ...]]] = {
    "footnotes": ("footnotes", {}, ("extra", "pymdownx.extra", "pymdownx.blocks.caption")),
    "tasks": (
        "pymdownx.tasklist",
        {"custom_checkbox": True},
        ("markdown_checklist.extension", "mdx_gfm", "gfm"),
    ),
    "strikethrough": (
        "pymdownx.tilde",
        {"subscript": False, "smart_delete": False},
        ("mdx_gfm", "gfm", "pymdownx.extrarawhtml"),
    ),
    "highlights": ("pymdownx.mark", {"smart_mark": False}, ()),
    INDENTS: ("sane_lists", {}, ()),
}
# Part -> plugins (or extensions, by their names) that do the same in their own way.
_RIVALS: dict[str, tuple[str, ...]] = {
    "callouts": ("callouts", "github-callouts", "markdown_callouts", "gfm_admonition"),
    "wiki": (
        "roamlinks", "ezlinks", "ezlinked", "wikilinks", "mdx_wikilink_plus", "obsidian-links",
        "obsidian-bridge", "obsidian-interactive-graph", "wikilink",
    ),
    "comments": ("obsidian-support",),
    "breaks": ("pymdownx.escapeall",),
    "math": (
        "pymdownx.arithmatex", "mdx_math", "markdown_katex", "katex", "katex-ssr", "mathjax",
        "latex2mathml",
    ),
    "mermaid": (
        "mermaid2", "mermaid", "markdown_mermaid", "mermaid-to-svg", "mermaid-images",
        "mermaid-inline", "kroki", "plantuml_markdown",
    ),
    INDENTS: ("mdx_truly_sane_lists", "mdx_better_lists", "mdx_breakless_lists"),
}  # fmt: skip
# Parts that our own extension, rendering/markup.py, does in running text.
INLINE = ("bold", "breaks", "math", "tables", "wiki")
OURS = "kdocs_plugin.rendering.markup"


def plain_names(names: Iterable[object]) -> set[str]:
    """The author's extensions by the names that they go by: `extra` is
    `markdown.extensions.extra`, too, a class may be named behind a colon, and other plugins
    add extensions as objects."""
    present = {
        name.partition(":")[0] if isinstance(name, str) else type(name).__module__
        for name in names
    }
    return present | {name.removeprefix("markdown.extensions.") for name in present}


def missing(present: set[str]) -> list[str]:
    """Those to add to the author's, for what we render."""
    return [name for name, others in _NEEDED.items() if not present & {name, *others}]


def left(
    parts: frozenset[str],
    present: set[str],
    plugins: Iterable[str],
    settings: Mapping[str, Any],
    scripts: Iterable[str],
) -> frozenset[str]:
    """The parts that are ours to do beside the author's extensions and plugins; `settings`
    are those of the extensions, `scripts` what the author's pages load."""
    there = {name.rpartition("/")[2] for name in plugins} | present
    taken = {part for part, rivals in _RIVALS.items() if there & {*rivals}}
    if "pymdownx.quotes" in present and (settings.get("pymdownx.quotes") or {}).get("callouts"):
        taken.add("callouts")
    fences = settings.get("pymdownx.superfences") or {}
    if fences.get("custom_fences") or "pymdownx.extra" in present:  # it brings its own
        taken.add("mermaid")
    names = " ".join(scripts).lower()
    if "mathjax" in names or "katex" in names or find_spec("latex2mathml") is None:
        taken.add("math")
    # Material's own loader asks another host: only where the site has the script itself.
    undrawn = "mermaid" in parts - taken and "mermaid" not in names and "privacy" not in there
    wanted = parts | {INDENTS} if "lists" in parts else parts
    return wanted - taken - {"mermaid"} | {UNDRAWN} if undrawn else wanted - taken


def with_mermaid(settings: Mapping[str, Any], fence: Any) -> Mapping[str, Any]:
    """SuperFences' settings with a fence that Material draws; `fence` makes its HTML."""
    custom = {"name": "mermaid", "class": "mermaid", "format": fence}
    return {**settings, "custom_fences": [custom]}


def offered(parts: frozenset[str], present: set[str]) -> Mapping[str, Mapping[str, Any]]:
    """Extensions for these parts, with their settings, where the author has none."""
    found: dict[str, Mapping[str, Any]] = {
        name: settings
        for part, (name, settings, others) in _OFFERED.items()
        if part in parts and not present & {name, *others}
    }
    if parts:
        found[OURS] = {"parts": [part for part in INLINE if part in parts]}
    return found
