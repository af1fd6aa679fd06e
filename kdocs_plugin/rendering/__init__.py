"""Note + Findings + Record -> what MkDocs shows: Markdown, and HTML for our own blocks.

In comes a `model.Page` and the page's Markdown as the site generator holds it; out goes
Markdown in which each block of ours is a token, and the HTML that belongs in the tokens'
places. The generator converts the Markdown with the author's own extensions in between;
`insert` then puts our HTML where HTML allows it. Nothing here knows MkDocs.

    sheet      the page's lines, addressed by the note's line numbers
    tokens     marks that survive the conversion, and the fragments they stand for
    placing    fragments into converted HTML, always valid
    commands   a command block as a card: prompt, command, real output
    probes     an inline command's output, folded, beside its sentence
    fences     manifests: mended tabs, file name; annotations taken out
    manifests  whole manifests as files to take along
    framing    our HTML around what became of a fence
    mending    Markdown as other tools write it, for the one that MkDocs knows
    callouts   GitHub's and Obsidian's callouts as admonitions
    toggles    GitHub's toggles and Notion's callouts, the Markdown in them included
    wiki       Obsidian's links and embeds, and links whose file is named in another way
    vault      the site's files by name
    embedding  one note shown in another
    markup     a Markdown extension: what is decided within a paragraph or a cell
    extensions which extensions are needed or offered beside the author's
    scene/     a picture of what the page's commands made
    header     front matter card, provenance, title
    around     what a reader needs before, and cleans up after
    status     the page that tells what is verified, its data and its badge
    script/    the page's script: copying, and a reader's output compared with ours
    styles     style sheets, and the faces that a site serves itself
    search     where Korean is split into words for the site's search
"""

from __future__ import annotations

from kdocs_plugin.rendering.around import followers_of
from kdocs_plugin.rendering.embedding import Embedding, with_addresses
from kdocs_plugin.rendering.extensions import OURS as MARKUP
from kdocs_plugin.rendering.framing import ids
from kdocs_plugin.rendering.header import plain
from kdocs_plugin.rendering.manifests import ManifestFile, files_of
from kdocs_plugin.rendering.options import Link, RenderOptions, Site
from kdocs_plugin.rendering.page import RenderedPage, render
from kdocs_plugin.rendering.placing import insert
from kdocs_plugin.rendering.script import script
from kdocs_plugin.rendering.search import SEPARATOR
from kdocs_plugin.rendering.status import badge, status_html, status_json, statuses, title_of
from kdocs_plugin.rendering.styles import fonts, stylesheet
from kdocs_plugin.rendering.tokens import Fragment, has_tokens
from kdocs_plugin.rendering.vault import Surroundings, Vault, without_hash
from kdocs_plugin.rendering.wiki import names

__all__ = [
    "MARKUP",
    "SEPARATOR",
    "Embedding",
    "Fragment",
    "Link",
    "ManifestFile",
    "RenderOptions",
    "RenderedPage",
    "Site",
    "Surroundings",
    "Vault",
    "badge",
    "files_of",
    "followers_of",
    "fonts",
    "has_tokens",
    "ids",
    "insert",
    "names",
    "plain",
    "render",
    "script",
    "status_html",
    "status_json",
    "statuses",
    "stylesheet",
    "title_of",
    "with_addresses",
    "without_hash",
]
