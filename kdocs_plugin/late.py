"""What waits until it is used: `late(...)` is `re.compile(...)`, `names(...)` an import.

There are two hundred patterns and three hundred modules, and a note needs a few of them:
compiling and importing them all takes longer than checking it.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any, cast

_METHODS = "match search fullmatch finditer findall sub subn split".split()


class _Late:
    """Becomes the pattern in whatever is asked of it first; from then on costs nothing."""

    def __init__(self, text: str, flags: int) -> None:
        self._text = text
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        compiled = re.compile(self._text, self._flags)
        for each in _METHODS:
            setattr(self, each, getattr(compiled, each))
        return getattr(compiled, name)


def late(text: str, flags: int = 0) -> re.Pattern[str]:
    """A pattern that is compiled when it is first used."""
    return cast("re.Pattern[str]", _Late(text, flags))


def names(package: str, **modules: str) -> Callable[[str], Any]:
    """A package's `__getattr__`: for each of its modules the names that it gives the package.

    A module must not have the name of something that the package gives.
    """
    homes = {name: module for module, line in modules.items() for name in line.split()}

    def get(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(import_module(f"{package}.{homes[name]}"), name)
        setattr(sys.modules[package], name, value)
        return value

    return get
