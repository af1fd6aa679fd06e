"""What the author has silenced: a code for a block, a code for a page, a block's checks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kdocs_plugin.model import Block, Finding, Note


class Ignores:
    """The `ignore` and `validate` options of a note and its blocks."""

    def __init__(self, note: Note) -> None:
        self._note = note
        self._page = codes(note.options.get("ignore"))

    def wants(self, block: Block) -> bool:
        """Whether the block is to be validated: `off` says no, `invalid` that it is wrong
        on purpose."""
        option = block.options.get("validate", self._note.options.get("validate", ""))
        return option is not False and str(option).lower() not in ("off", "false", "invalid")

    def silences(self, finding: Finding) -> bool:
        """Whether the author doesn't want to hear of it."""
        if finding.code in self._page:
            return True
        block = self._block(finding)
        return block is not None and finding.code in codes(block.options.get("ignore"))

    def _block(self, finding: Finding) -> Block | None:
        if finding.block is not None and finding.block < len(self._note.blocks):
            return self._note.blocks[finding.block]
        line = finding.position.line
        for block in self._note.blocks:
            if block.start_line <= line <= block.end_line:
                return block
        return None


def codes(option: Any) -> frozenset[str]:
    """`KD201, kd203` or a list of them."""
    words: Iterable[Any] = option.replace(",", " ").split() if isinstance(option, str) else ()
    if isinstance(option, list | tuple):
        words = option
    return frozenset(str(word).strip().upper() for word in words)
