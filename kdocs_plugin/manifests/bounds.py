"""What a text may cost: its length, its depth, and what its aliases unfold to.

A note can come from anywhere, and libyaml's composer recurses in C: a text of a hundred
thousand brackets would end the process, not raise.
"""

from __future__ import annotations

import re
from typing import Any, Final

from kdocs_plugin.late import late
from kdocs_plugin.libyaml import (
    CollectionEndEvent,
    CollectionStartEvent,
    CParser,
    MappingNode,
    Node,
    ScalarNode,
    StreamEndEvent,
)

LONGEST: Final = 3 * 1024 * 1024  # characters; the API server takes no larger request
DEEPEST: Final = 100  # levels; a CRD's schema, the deepest there is, stays far below
MOST_UNFOLDED: Final = 100_000  # nodes of a document, an alias counted as what it stands for

_LEADING: Final = late(r"^[ \t?:-]*", re.MULTILINE)


class Exceeded(Exception):
    """A bound is exceeded, or an anchor holds itself."""

    def __init__(self, code: str, offset: int, **arguments: Any) -> None:
        super().__init__(code)
        self.code = code
        self.offset = offset
        self.arguments = arguments


def check_depth(text: str) -> None:
    """Raise where a node stands too deep. Costs next to nothing for an honest text."""
    # Bounds from above: no level without a bracket, or a column of some line.
    left = DEEPEST - text.count("[") - text.count("{")
    if max(map(len, text.split("\n"))) <= left:
        return
    if max(map(len, _LEADING.findall(text)), default=0) <= left:
        return
    parser = CParser(text)
    depth = 0
    while True:
        event = parser.get_event()
        if isinstance(event, CollectionStartEvent):
            depth += 1
            if depth > DEEPEST:
                offset = event.start_mark.index if event.start_mark else 0
                raise Exceeded("KD106", offset, limit=f"{DEEPEST} levels")
        elif isinstance(event, CollectionEndEvent):
            depth -= 1
        elif isinstance(event, StreamEndEvent):
            return


def check_aliases(root: Node) -> None:
    """Raise unless the document stays small and ends when its aliases are unfolded."""
    known: dict[int, tuple[int, int]] = {}
    above: set[int] = set()

    def measure(node: Node) -> tuple[int, int]:
        """How many nodes, how many levels."""
        if isinstance(node, ScalarNode):
            return 1, 0
        identity = id(node)
        if identity in known:
            return known[identity]
        if identity in above:
            reason = "anchor value contains itself"
            raise Exceeded("KD105", node.start_mark.index, reason=reason)
        above.add(identity)
        size, height = 1, 0
        pairs = node.value if isinstance(node, MappingNode) else [node.value]
        for pair in pairs:
            for child in pair:
                child_size, child_height = measure(child)
                size += child_size
                height = max(height, child_height)
        above.discard(identity)
        known[identity] = size, height + 1
        return known[identity]

    size, height = measure(root)
    if size > MOST_UNFOLDED:
        reason = "document contains excessive aliasing"
        raise Exceeded("KD105", root.start_mark.index, reason=reason)
    if height > DEEPEST:
        raise Exceeded("KD106", root.start_mark.index, limit=f"{DEEPEST} levels")
