"""Fence headers, as pymdownx.superfences accepts them (its default `relaxed_headers: false`).

    ```yaml title="pod.yaml" hl_lines="2 4-6"      options: only the four names below
    ```{.yaml #id title="pod.yaml" data-x="y"}     attributes: any name
    ``` yaml { title="pod.yaml" }                  language, then attributes

A header of any other form is none: the fence collapses into inline code. Values that hold
their own quote mark (`title="a"b"`) are not followed further than SuperFences' option names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from kdocs_plugin.late import late
from kdocs_plugin.values import dataclass, field

_LANGUAGE = late(r"[ \t]*\.?([\w#.+-]+)(?=[ \t]|$)")
_OPTIONS = late(r"""(?:[ \t]*[a-zA-Z][a-zA-Z0-9_]*(?:="[^"]*"|='[^']*')?(?=[ \t]|$))+[ \t]*$""")
_OPTION = late(r"""([a-zA-Z][a-zA-Z0-9_]*)(?:=("|')(.*?)\2)?""")
_FOREIGN_SPACE = late(r"[^\S \t]")
_HL_LINES = late(r"\d+(?:-\d+)?(?:[ \t]+\d+(?:-\d+)?)*$")
_LINENUMS = late(r"\d+")
_NAMES = ("hl_lines", "linenums", "title", "title_mode")
_LONGEST = 4000  # no header that means something is longer; keeps hostile ones cheap


@dataclass(frozen=True, slots=True)
class Header:
    """A header that SuperFences accepts."""

    language: str  # as written
    attributes: Mapping[str, str] = field(default_factory=dict)


def parse_header(text: str) -> Header | None:
    """The header's parts; None where SuperFences would not take the line for a fence."""
    if len(text) > _LONGEST or _FOREIGN_SPACE.search(text):
        return None
    language, rest = "", text.strip(" \t")
    if match := _LANGUAGE.match(text):
        language, rest = match[1], text[match.end() :].strip(" \t")
    if not rest or rest == "{}":
        return Header(language)
    if rest.startswith("{") and rest.endswith("}"):
        return _attribute_list(language, rest[1:-1])
    if _OPTIONS.match(rest):
        return _options(language, rest)
    return None


def _options(language: str, text: str) -> Header | None:
    values = {m[1]: m[1] if m[2] is None else m[3] for m in _OPTION.finditer(text)}
    if any(name not in _NAMES for name in values) or not _usable(values):
        return None
    return Header(language, values)


def _attribute_list(language: str, text: str) -> Header | None:
    # SuperFences itself reads these with attr_list; importing it costs, so only here.
    from markdown.extensions.attr_list import get_attrs_and_remainder

    values: dict[str, str | None] = {}
    classes: list[str] = []
    for key, value in get_attrs_and_remainder(text)[0]:
        if key == ".":
            classes.append(value or "")
        else:
            values[key] = value
    if not language and classes:
        language = classes.pop(0)
    if any(name in values and values[name] is None for name in ("hl_lines", "linenums")):
        return None  # SuperFences fails on these, and drops the fence
    attributes = {key: key if value is None else value for key, value in values.items()}
    if classes:
        attributes["class"] = " ".join(classes)
    return Header(language, attributes)


def _usable(values: Mapping[str, str]) -> bool:
    if "hl_lines" in values and not _HL_LINES.match(values["hl_lines"]):
        return False
    return "linenums" not in values or bool(_LINENUMS.match(values["linenums"]))


def suggest_header(text: str) -> str:
    """What to write instead of a header that is not accepted: language and title."""
    language = re.match(r"[ \t]*\{?[ \t]*\.?([A-Za-z][\w+-]*)", text[:_LONGEST])
    title = re.search(
        r"""title=(?:"([^"]+)"|'([^']+)'|([^\s"'{}]+))|([\w./-]*[\w-]\.[A-Za-z]\w*)""",
        text[language.end() if language else 0 : _LONGEST],
    )
    words = [language[1] if language else ""]
    if title:
        words.append(f'title="{next(group for group in title.groups() if group)}"')
    return " ".join(word for word in words if word)
