"""A manifest block as kubectl reads it, and the way back to the note.

Notes abbreviate: a line `...` or `(생략)` stands for what was cut, so the block is a
fragment. `{{ }}` makes it a template. Tabs are mended first, because everything else that
is wrong is wrong also with spaces.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from kdocs_plugin.late import late
from kdocs_plugin.manifests import Manifest, Problem, load, tabs
from kdocs_plugin.manifests.schemas import validator
from kdocs_plugin.manifests.tabs import TabMend
from kdocs_plugin.model import Block, Finding, Position
from kdocs_plugin.rules import SEVERITIES
from kdocs_plugin.validation import ellipses
from kdocs_plugin.values import dataclass

_LANGUAGES: Final = ("yaml", "yml")
_TEMPLATE: Final = late(r"\{\{|\{%")


@dataclass(frozen=True, slots=True)
class Reading:
    """A block, its documents, and what had to be done to read them."""

    block: Block
    text: str  # as read: mended, cut marks taken out; line for line the body's
    manifest: Manifest
    mend: TabMend | None  # of tabs, where there is something to mend
    elided: bool  # the author has left something out
    template: re.Match[str] | None  # the first `{{` or `{%`
    stray: int | None = None  # line that holds the language's name and nothing else

    @property
    def is_fragment(self) -> bool:
        """Not meant to be applied as it stands."""
        return self.elided or not any(
            document.api_version and document.kind for document in self.manifest.documents
        )

    def finding(self, path: str, problem: Problem) -> Finding:
        """The problem as a finding at its place in the note."""
        position = self.position(problem.line, problem.column)
        arguments, code = problem.arguments, problem.code
        return Finding(code, SEVERITIES[code], path, position, arguments, self.block.index)

    def position(self, line: int, column: int) -> Position:
        """Where line and column (0-based) of the text as read stand in the note."""
        written, read = self.block.body.split("\n"), self.text.split("\n")
        if line < min(len(written), len(read)) and read[line] not in ("", written[line]):
            column = tabs.origin(written[line], read[line], column)
        return self.block.position(line, column)


def read(block: Block, mended: Mapping[int, str]) -> Reading:
    """Read a block. `mended` has what planning will run instead of tabbed blocks."""
    body, stray = without_language(block.body)
    text, elided = without_cuts(body)
    template = _TEMPLATE.search(text)
    mend = tabs.mend(text, validator().accepts) if "\t" in text else None
    if mend is not None and mend.text is not None:
        changed = elided or stray is not None
        text = mend.text if changed else mended.get(block.index, mend.text)
    return Reading(block, text, load(text), mend, elided, template, stray)


def without_language(text: str) -> tuple[str, int | None]:
    """The text without a first line `yaml`, which belongs into the fence's header."""
    if text.lstrip().partition("\n")[0].rstrip().lower() not in _LANGUAGES:
        return text, None
    lines = text.split("\n")
    first = next((number for number, line in enumerate(lines) if line.strip()), None)
    if first is None or lines[first].strip().lower() not in _LANGUAGES:
        return text, None
    lines[first] = ""
    return "\n".join(lines), first


def without_cuts(text: str) -> tuple[str, bool]:
    """The text with marks of what was cut blanked, and whether there are any."""
    if not ellipses.may_be_cut(text):
        return text, False
    lines = text.split("\n")
    elided = False
    for number, line in enumerate(lines):
        if not ellipses.may_be_cut(line) or line.rstrip() == "---":
            continue
        if ellipses.is_cut_line(line):  # at the margin too, where YAML has `...` as an end
            elided = True
            lines[number] = "" if "#" not in line else line
        elif not elided:
            elided = ellipses.ends_in_cut(line)
    return "\n".join(lines), elided
