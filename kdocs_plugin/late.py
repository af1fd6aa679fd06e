"""`late(...)` is `re.compile(...)` that waits until the pattern is used.

There are two hundred patterns, and a note needs a few dozen of them: compiling them all is
a tenth of the time of a small note's check.
"""

from __future__ import annotations

import re
from typing import Any, cast

_METHODS = "match search fullmatch finditer findall sub subn split pattern flags".split()


class _Late:
    """Becomes the pattern in whatever is asked of it first; from then on costs nothing."""

    def __init__(self, text: str, flags: int) -> None:
        self._text = text
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        compiled = re.compile(self._text, self._flags)
        for each in (
            "match",
            "search",
            "fullmatch",
            "finditer",
            "findall",
            "sub",
            "subn",
            "split",
        ):
            setattr(self, each, getattr(compiled, each))
        return getattr(compiled, name)


def late(text: str, flags: int = 0) -> re.Pattern[str]:
    """A pattern that is compiled when it is first used."""
    return cast("re.Pattern[str]", _Late(text, flags))
