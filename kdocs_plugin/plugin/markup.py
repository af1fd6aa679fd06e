"""The site's Markdown extensions: the author's, and behind them what ours needs and offers."""

from __future__ import annotations

from mkdocs.config.defaults import MkDocsConfig
from pymdownx.superfences import fence_code_format

from kdocs_plugin import messages
from kdocs_plugin.config import Settings
from kdocs_plugin.model import Finding, Page, Position, Severity
from kdocs_plugin.rendering import extensions
from kdocs_plugin.selection import Selection

CODE = "KD013"  # a diagram that nothing draws
_BOXES = {
    '<input type="checkbox" disabled': "open",
    '<input type="checkbox" disabled checked': "done",
}
_FENCES = "pymdownx.superfences"


def undrawn(page: Page, parts: frozenset[str], settings: Settings) -> list[Finding]:
    """A note's first diagram, where nothing will draw it."""
    if extensions.UNDRAWN not in parts:
        return []
    found = [
        Finding(CODE, Severity.INFO, page.note.path, Position(b.start_line, len(b.prefix) + 1))
        for b in page.note.blocks
        if b.language == "mermaid" and not b.commented
    ]
    return [each for each in found[:1] if Selection(ignore=settings.ignore).wants(each)]


def labelled(html: str, parts: frozenset[str], settings: Settings) -> str:
    """A page's tasks, each box with a name for who does not see it."""
    if "tasks" in parts:
        for box, key in _BOXES.items():
            label = messages.text(f"render.task.{key}", settings.language, {})
            html = html.replace(f"{box}/>", f'{box} aria-label="{label}"/>')
    return html


def extend(config: MkDocsConfig, settings: Settings) -> frozenset[str]:
    """Adds extensions to the author's. Gives the parts of Markdown that are ours to mend."""
    present = extensions.plain_names(config.markdown_extensions)
    parts = extensions.left(
        frozenset(settings.markdown),
        present,
        config.plugins,
        config.mdx_configs,
        [str(script) for script in config.extra_javascript],
    )
    config.markdown_extensions += extensions.missing(present)
    if "mermaid" in parts:
        given = config.mdx_configs.get(_FENCES) or {}
        config.mdx_configs[_FENCES] = {**extensions.with_mermaid(given, fence_code_format)}
    for name, values in extensions.offered(parts, present).items():
        config.markdown_extensions.append(name)
        config.mdx_configs[name] = {**(config.mdx_configs.get(name) or {}), **values}
    return parts
