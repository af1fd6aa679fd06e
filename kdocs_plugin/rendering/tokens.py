"""Marks that stand in the Markdown for a piece of our HTML.

A token is an empty inline element: Python-Markdown carries it through paragraphs, lists,
quotes and tables without making a block of it, so the layout around it stays what the
author's own fence would have had. Where one is never found again, readers see nothing.

A frame's token is a fence's title: the fence stays the author's, and what becomes of it gets
our HTML around it. Where the title turns up elsewhere it is the file's name.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from types import MappingProxyType

from kdocs_plugin.values import dataclass

ATTRIBUTE = "data-kdocs"
# Beside the token itself: what is left of one that was escaped, in an attribute or a title.
TOKEN = re.compile(
    r"(?:<|&lt;)i data-kdocs=(?:\"|&quot;)([bp][0-9a-f]{10}-\d+)(?:\"|&quot;)(?:>|&gt;)"
    r"(?:<|&lt;)/i(?:>|&gt;)"
)
FRAME = re.compile(r"kdocs-f[0-9a-f]{10}-\d+")
# No text that an author has can hold the tokens of this build.
_SALT = os.urandom(8)


def name_of(token: str) -> str:
    """The name of the fragment that a token stands for, "" for none."""
    found = TOKEN.search(token)
    return found[1] if found else ""


def has_tokens(html: str) -> bool:
    """Whether something of ours has still to be put into its place."""
    return ATTRIBUTE in html or FRAME.search(html) is not None


@dataclass(frozen=True, slots=True)
class Frame:
    """HTML around a converted fence."""

    name: str  # what the fence's title would be
    before: str
    behind: str
    lines: str = ""  # id of a line without its number; "" where lines have none
    about: str = ""  # what a link to a line is, for who does not see it
    absorbs: str = ""  # the fragment that says elsewhere what the frame says itself


Fragment = str | Frame


class Tokens:
    """Makes tokens that are unique in the whole site, and keeps what they stand for."""

    def __init__(self, path: str) -> None:
        self._page = hashlib.sha256(_SALT + path.encode()).hexdigest()[:10]
        self._fragments: dict[str, Fragment] = {}

    def block(self, html: str) -> str:
        """A token for HTML that stands where the token stands."""
        return self._keep("b", html)

    def probe(self, html: str) -> str:
        """A token for HTML that stands behind the sentence the token stands in."""
        return self._keep("p", html)

    def frame(self, frame: Frame) -> str:
        """A title for the fence that the frame goes around."""
        return self._named("kdocs-f", frame)

    @property
    def fragments(self) -> Mapping[str, Fragment]:
        return MappingProxyType(self._fragments)

    def _keep(self, kind: str, html: str) -> str:
        return f'<i {ATTRIBUTE}="{self._named(kind, html)}"></i>'

    def _named(self, kind: str, fragment: Fragment) -> str:
        name = f"{kind}{self._page}-{len(self._fragments)}"
        self._fragments[name] = fragment
        return name
