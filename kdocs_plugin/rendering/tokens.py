"""Marks that stand in the Markdown for a piece of our HTML.

A token is an empty inline element: Python-Markdown carries it through paragraphs, lists,
quotes and tables without making a block of it, so the layout around it stays what the
author's own fence would have had. Where one is never found again, readers see nothing.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from types import MappingProxyType

ATTRIBUTE = "data-kdocs"
# Beside the token itself: what is left of one that was escaped, in an attribute or a title.
TOKEN = re.compile(
    r"(?:<|&lt;)i data-kdocs=(?:\"|&quot;)([bp][0-9a-f]{10}-\d+)(?:\"|&quot;)(?:>|&gt;)"
    r"(?:<|&lt;)/i(?:>|&gt;)"
)
# No text that an author has can hold the tokens of this build.
_SALT = os.urandom(8)


class Tokens:
    """Makes tokens that are unique in the whole site, and keeps what they stand for."""

    def __init__(self, path: str) -> None:
        self._page = hashlib.sha256(_SALT + path.encode()).hexdigest()[:10]
        self._fragments: dict[str, str] = {}

    def block(self, html: str) -> str:
        """A token for HTML that stands where the token stands."""
        return self._keep("b", html)

    def probe(self, html: str) -> str:
        """A token for HTML that stands behind the sentence the token stands in."""
        return self._keep("p", html)

    @property
    def fragments(self) -> Mapping[str, str]:
        return MappingProxyType(self._fragments)

    def _keep(self, kind: str, html: str) -> str:
        name = f"{kind}{self._page}-{len(self._fragments)}"
        self._fragments[name] = html
        return f'<i {ATTRIBUTE}="{name}"></i>'
