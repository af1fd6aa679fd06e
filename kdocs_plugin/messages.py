"""Every sentence that kdocs says to a person, in Korean and in English.

A key is a rule's code (KD101) or a dotted name (`cluster.not_installed`). A text may
have a hint: what to do about it. Places are `{name}` and filled by `str.format`.
Each layer registers its own sentences in the tables below; nothing else holds prose.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

Language = Literal["ko", "en"]


class Message(NamedTuple):
    """One sentence and its hint, in both languages."""

    ko: str
    en: str
    hint_ko: str = ""
    hint_en: str = ""


def text(key: str, language: Language, arguments: Mapping[str, Any]) -> str:
    """The sentence for `key`. An unknown key is a programming error: KeyError."""
    message = CATALOGUE[key]
    return (message.ko if language == "ko" else message.en).format(**arguments)


def hint(key: str, language: Language, arguments: Mapping[str, Any]) -> str:
    """The hint for `key`, "" where it has none."""
    message = CATALOGUE[key]
    return (message.hint_ko if language == "ko" else message.hint_en).format(**arguments)


def preferred_language(explicit: str | None = None) -> Language:
    """What was asked for, else KDOCS_LANG, else the locale: Korean or English."""
    for value in (explicit, os.environ.get("KDOCS_LANG")):
        if value:
            return "ko" if value.lower().startswith("ko") else "en"
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name)
        if value:
            return "ko" if value.lower().startswith("ko") else "en"
    return "en"


CATALOGUE: dict[str, Message] = {}
