"""The spaces that a tabbed manifest stands for.

YAML forbids tabs in indentation and kubectl refuses them, yet notes are full of them.
Which width the author's editor showed is not written down, so it is found out: the widths
that make a tree which Kubernetes accepts. Two widths with two different trees: nobody can
know, so none is chosen.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

from kdocs_plugin.late import late
from kdocs_plugin.manifests.documents import Manifest
from kdocs_plugin.manifests.loader import load
from kdocs_plugin.values import dataclass

WIDTHS: Final = (2, 4, 8, 3)  # in the order of how often they are right

# What may stand before a line's content and decides its place: blanks, `- `, `? `.
_PREFIX: Final = late(r"(?:[ \t]|[-?](?=[ \t]))*")
_TABBED: Final = late(r"^(?:[ ]|[-?](?=[ \t]))*\t", re.MULTILINE)
_BLOCK_SCALAR: Final = late(
    r"(?:^|[:\-?]|![^\s]*|&[^\s]+)[ \t]+[|>][-+0-9]{0,2}[ \t]*(?:#.*)?$"
)


@dataclass(frozen=True, slots=True)
class TabMend:
    """What becomes of a text whose indentation has tabs."""

    width: int | None  # spaces a tab; None: no width is sure
    text: str | None  # the text with spaces, same lines
    line: int  # 0-based place of the first tab
    column: int
    ambiguous: bool  # several widths make sense, and not the same


@lru_cache(maxsize=1024)  # planning, rules and page ask for the same blocks
def mend(text: str, is_valid: Callable[[Manifest], bool]) -> TabMend | None:
    """How to mend the tabs of `text`; None where kubectl doesn't mind them.

    A tree that `is_valid` accepts wins over one that merely parses: the latter is taken
    only where every width that parses makes the same tree, so that a misspelt field in a
    tabbed manifest does not hide the mend.
    """
    if "\t" not in text:
        return None
    first = _TABBED.search(text)
    if first is None:
        return None
    untouched = load(text)
    if untouched.readable:
        return None
    trees: list[tuple[int, str, Manifest]] = []
    for width in WIDTHS:
        mended = expand(text, width)
        manifest = load(mended)
        if not manifest.problems and not _holds(manifest, [tree for *_, tree in trees]):
            trees.append((width, mended, manifest))
    if not trees and not _tabs_to_blame(text, untouched):
        return None
    valid = [tree for tree in trees if is_valid(tree[2])] or trees
    place = first.end() - 1
    line, column = text.count("\n", 0, place), place - (text.rfind("\n", 0, place) + 1)
    if len(valid) == 1:
        width, mended, _ = valid[0]
        return TabMend(width, mended, line, column, ambiguous=False)
    return TabMend(None, None, line, column, ambiguous=bool(valid))


def expand(text: str, width: int) -> str:
    """`text` with the tabs before each line's content expanded to stops of `width`.

    Inside a block scalar only its indentation is expanded: behind that, a tab is content.
    """
    lines = text.split("\n")
    outer = -1  # column of the line that opened a block scalar, -1 outside of one
    inner: int | None = None  # column of its content
    for number, line in enumerate(lines):
        if not line.strip():
            continue
        prefix = _PREFIX.match(line)
        end = prefix.end() if prefix is not None else 0
        if outer >= 0:
            blank = len(line) - len(line.lstrip(" \t"))
            column = len(line[:blank].expandtabs(width))
            if column > outer:
                inner = column if inner is None else inner
                lines[number] = _expand_up_to(line, blank, width, inner)
                continue
            outer, inner = -1, None
        content = line[:end].expandtabs(width)
        lines[number] = content + line[end:]
        if _BLOCK_SCALAR.search(line):
            outer = len(content) - len(content.lstrip(" "))
    return "\n".join(lines)


def _expand_up_to(line: str, blank: int, width: int, column: int) -> str:
    """Expand the blanks of `line` until `column` is reached; keep what follows."""
    for end in range(blank + 1):
        if len(line[:end].expandtabs(width)) >= column:
            return line[:end].expandtabs(width) + line[end:]
    return line[:blank].expandtabs(width) + line[blank:]


def origin(line: str, mended: str, column: int) -> int:
    """Where column `column` of a mended line stands in the line as written."""
    return max(column - len(mended) + len(line), 0)


def _holds(manifest: Manifest, others: list[Manifest]) -> bool:
    values = _values(manifest)
    return any(values == _values(other) for other in others)


def _values(manifest: Manifest) -> list[Any]:
    return [document.value for document in manifest.documents]


def _tabs_to_blame(text: str, manifest: Manifest) -> bool:
    """Whether libyaml stumbled over a tab, and not over something else."""
    lines = text.split("\n")
    for problem in manifest.problems:
        if "tab character" in str(problem.arguments.get("reason", "")):
            return True
        line = lines[problem.line] if problem.line < len(lines) else ""
        if line[problem.column : problem.column + 1] == "\t" or _TABBED.match(line):
            return True
    return False
