"""PyYAML, for a command that starts fast.

Its import compiles patterns that only its own scanner and resolver use, written in Python:
half of the time that the import takes, and a tenth of a check of a small note. We parse with
libyaml and follow kubectl. So the patterns wait for somebody who uses them (`late`); where
PyYAML is imported already, as in a build of MkDocs, nothing is done.

What a check of notes needs of PyYAML is imported from here.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from kdocs_plugin.late import late


@contextmanager
def _patterns_later(package: str) -> Iterator[None]:
    """Within it, what a package's modules compile is compiled when it is used."""
    at_once = re.compile

    def later(pattern: Any, flags: Any = 0) -> Any:
        caller = sys._getframe(1).f_globals.get("__name__", "")  # noqa: SLF001 - as warnings does
        return (late if caller.startswith(package) else at_once)(pattern, flags)

    re.compile = later
    try:
        yield
    finally:
        re.compile = at_once


with _patterns_later("yaml."):
    import yaml
    from yaml._yaml import CParser
    from yaml.error import MarkedYAMLError, YAMLError
    from yaml.events import CollectionEndEvent, CollectionStartEvent, StreamEndEvent
    from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
    from yaml.reader import ReaderError

__all__ = [
    "CParser",
    "CollectionEndEvent",
    "CollectionStartEvent",
    "MappingNode",
    "MarkedYAMLError",
    "Node",
    "ReaderError",
    "ScalarNode",
    "SequenceNode",
    "StreamEndEvent",
    "YAMLError",
    "yaml",
]
