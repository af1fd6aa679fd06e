"""A site in several languages, as the plugin mkdocs-static-i18n builds it: one build after
the other, each into a folder of its language but for the default one's."""

from __future__ import annotations

from mkdocs.config.defaults import MkDocsConfig

from kdocs_plugin.config import Settings
from kdocs_plugin.values import replace


def folder_of(config: MkDocsConfig) -> str:
    """Where this build's pages stand in the site: `en/`, or "" for the site's own place."""
    plugin = config.plugins.get("i18n")
    language = getattr(plugin, "current_language", None)
    is_default = language in (None, getattr(plugin, "default_language", None))
    return "" if is_default else f"{language}/"


def in_its_language(config: MkDocsConfig, settings: Settings) -> Settings:
    """The settings with the language of this build; as they are where there is only one."""
    language = getattr(config.plugins.get("i18n"), "current_language", None)
    if language is None:
        return settings
    return replace(settings, language="ko" if str(language).startswith("ko") else "en")
