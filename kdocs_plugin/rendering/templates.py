"""The templates, and the words and icons they all use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from kdocs_plugin import messages
from kdocs_plugin.messages import Language

# One stroke each, 16 by 16, drawn for this project. A word always stands beside an icon.
_ICONS = {
    "ok": '<path d="m3 8.5 3.2 3.2L13 4.8"/>',
    "failed": '<path d="m4.2 4.2 7.6 7.6m0-7.6-7.6 7.6"/>',
    "timeout": '<circle cx="8" cy="8" r="5.8"/><path d="M8 4.8V8l2.2 1.6"/>',
    "blocked": '<circle cx="8" cy="8" r="5.8"/><path d="m4 12 8-8"/>',
    "differs": '<path d="M3 6h10M3 10h10m-3.2-7L6.2 13"/>',
    "changed": '<path d="M13 8a5 5 0 1 1-1.6-3.7M11.6 1.8v2.8H8.8"/>',
    "silent": '<path d="M4 8h8"/>',
}


def icon(name: str) -> Markup:
    """A drawing in the colour of the text around it, hidden from screen readers."""
    return Markup(  # noqa: S704
        '<svg class="kdocs-icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">'
        f"{_ICONS[name]}</svg>"
    )


def words(key: str, language: Language, arguments: Mapping[str, Any] | None = None) -> str:
    """A sentence of the catalogue, "" for a key it does not have: records outlive keys."""
    try:
        return messages.text(key, language, arguments or {})
    except (KeyError, IndexError, ValueError):
        return ""


def fill(template: str, language: Language, **values: Any) -> str:
    """A template as one piece of HTML. Everything that is not Markup is escaped."""
    say = _Words(language)
    return _ENVIRONMENT.get_template(f"{template}.html.jinja").render(say=say, **values).strip()


class _Words:
    """`say("ran")` in a template: the catalogue's `render.ran` in the page's language."""

    def __init__(self, language: Language) -> None:
        self._language = language

    def __call__(self, key: str, **arguments: Any) -> str:
        return messages.text(f"render.{key}", self._language, arguments)


_ENVIRONMENT = Environment(
    loader=PackageLoader("kdocs_plugin.rendering"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=StrictUndefined,
)
_ENVIRONMENT.globals["icon"] = icon
