"""Two outputs side by side, as lines: what changes from run to run makes no difference."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator
from typing import Final, Literal

from kdocs_plugin.outputs import normalise
from kdocs_plugin.reports.entries import printable

Mark = Literal[" ", "-", "+", "…"]

_CONTEXT: Final = 2  # lines shown around a difference


def lines_of_diff(before: str, after: str) -> Iterator[tuple[Mark, str]]:
    """Lines of the old text and the new, each with its mark; only what is near a difference.

    Of lines that agree the new one is shown. `…` stands where lines are left out.
    """
    old, new = before.split("\n"), after.split("\n")
    matcher = difflib.SequenceMatcher(
        None, [normalise(x) for x in old], [normalise(x) for x in new], autojunk=False
    )
    for number, group in enumerate(matcher.get_grouped_opcodes(_CONTEXT)):
        if number:
            yield "…", ""
        for what, start, stop, first, last in group:
            if what == "equal":
                yield from ((" ", printable(line)) for line in new[first:last])
            else:
                yield from (("-", printable(line)) for line in old[start:stop])
                yield from (("+", printable(line)) for line in new[first:last])


def unified(path: str, before: str, after: str, *, color: bool) -> str:
    """A unified diff of a file, tabs shown."""
    found = difflib.unified_diff(
        before.splitlines(), after.splitlines(), path, path, lineterm="", n=2
    )
    shades = (
        {"+": "32", "-": "31", "@": "36"} if color and not os.environ.get("NO_COLOR") else {}
    )
    lines = [line.replace("\t", "→\t") for line in found]
    return "\n".join(
        f"\x1b[{shades[line[0]]}m{line}\x1b[0m" if line[:1] in shades else line
        for line in lines
    )
