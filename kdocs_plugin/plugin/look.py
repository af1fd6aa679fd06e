"""How a site of Material's looks in Korean where its author has said nothing else: faces,
type, accent, language. What stands in mkdocs.yml is never overridden, and each part has a
setting that switches it off."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

from kdocs_plugin import messages, rendering
from kdocs_plugin.config import Settings
from kdocs_plugin.mkdocs_yml import load_config
from kdocs_plugin.values import dataclass

FONTS = "assets/kdocs/fonts.css"
# Material's own page for an address that leads nowhere; another one is the author's.
_NOT_FOUND = "<h1>404 - Not found</h1>"


@dataclass(frozen=True, slots=True)
class Look:
    """What of a site's look is ours."""

    fonts: bool = False  # its faces
    sheets: tuple[str, ...] = ()  # parts of the style sheet beyond our own blocks, by name


def dress(config: MkDocsConfig, settings: Settings) -> Look:
    """Language, faces and search, before other plugins read their settings."""
    if settings.search:
        for name, plugin in config.plugins.items():
            # Material's: of MkDocs' own nobody can tell what the author has set.
            if name.endswith("search") and plugin.config.get("separator", "") is None:
                plugin.config["separator"] = rendering.SEPARATOR
    if config.theme.name != "material":
        return Look()
    said = _said(config)
    if settings.site_language and "language" not in said:
        config.theme["language"] = settings.language
    fonts = settings.fonts and "font" not in said
    if fonts:
        # Else Material's faces come from another host, and have no Hangul.
        config.theme["font"] = False
        if FONTS not in config.extra_css:
            config.extra_css.insert(0, FONTS)
    wanted = {"typography": settings.typography}
    wanted["accent"] = settings.accent and not _names_colour(said.get("palette"))
    return Look(fonts, tuple(name for name, is_wanted in wanted.items() if is_wanted))


def add_fonts(files: Files, config: MkDocsConfig) -> None:
    """The faces and their licence."""
    for path, content in rendering.fonts().items():
        target = f"assets/kdocs/{path}"
        if files.get_file_from_path(target) is None:
            files.append(File.generated(config, target, content=content))


def not_found(output: str, config: MkDocsConfig, settings: Settings) -> str:
    """The page for an address that leads nowhere, in the site's language."""
    language = config.theme.get("language")
    if not settings.site_language or language != "ko" or _NOT_FOUND not in output:
        return output
    home = escape(urlsplit(config.site_url or "").path or "/")
    title, text, link = (
        messages.text(f"render.not_found.{part}", "ko", {})
        for part in ("title", "text", "home")
    )
    ours = f'<h1>{title}</h1>\n<p>{text}</p>\n<p><a href="{home}">{link}</a></p>'
    return output.replace(_NOT_FOUND, ours)


def _names_colour(palette: Any) -> bool:
    """Whether a palette of the author's, or one of them, is more than a scheme."""
    palettes = palette if isinstance(palette, list) else [palette]
    return any(
        isinstance(each, Mapping) and not {"primary", "accent"}.isdisjoint(each)
        for each in palettes
    )


def _said(config: MkDocsConfig) -> Mapping[str, Any]:
    """What the author has set of the theme: in MkDocs' own value its defaults are, too."""
    if not config.config_file_path:
        return {}
    theme = load_config(Path(config.config_file_path)).get("theme")
    return theme if isinstance(theme, Mapping) else {}
