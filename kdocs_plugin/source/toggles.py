"""`<details>` and `<aside>` whose inside is Markdown: GitHub's toggles, Notion's callouts.

CommonMark reads Markdown again behind a blank line in HTML; Python-Markdown hands all of it
through. So what its readers saw as Markdown is told here, by lines: where the toggle opens,
where its summary ends, and where it closes. What is more than a plain toggle (attributes of
its own, `markdown`, text beside its tags) is left to the author.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from kdocs_plugin.late import late
from kdocs_plugin.values import dataclass

_TAG = late(
    r"([ >]*)<(/?)(details|aside)((?: open(?:=\"[^\"<>]*\")?)?)\s*>(.*)$", re.IGNORECASE
)
_SUMMARY = late(r"\s*<summary>(.*?)</summary>\s*$", re.IGNORECASE | re.DOTALL)
_NOTHING = late(r"\s*(?:<br\s*/?>\s*)*$", re.IGNORECASE)
_LONGEST = 6  # lines of a summary


@dataclass(frozen=True, slots=True)
class Toggle:
    """Lines are 0-based: `start` opens it, its summary ends on `head`, `end` closes it."""

    kind: str  # details or aside
    start: int
    head: int
    end: int
    prefix: str  # what stands before its tag: indentation, quote marks
    summary: str  # HTML or Markdown, "" where there is none
    open: bool  # unfolded at first


def find_toggles(lines: Sequence[str], first: int, opaque: Collection[int]) -> list[Toggle]:
    """In document order, outer ones first. `opaque` lines are fences and comments."""
    found: list[Toggle] = []
    waiting: list[tuple[int, re.Match[str]]] = []
    for index in range(first, len(lines)):
        if "<" not in lines[index] or index in opaque:
            continue
        if (match := _TAG.match(lines[index])) is None:
            continue
        if not match[2]:
            waiting.append((index, match))
            continue
        kind = match[3].lower()
        while waiting:
            start, opening = waiting.pop()
            if opening[3].lower() == kind:
                toggle = _toggle(lines, start, opening, index, match, opaque)
                found += [toggle] if toggle else []
                break
    return sorted(found, key=lambda toggle: toggle.start)


def _toggle(
    lines: Sequence[str],
    start: int,
    opening: re.Match[str],
    end: int,
    closing: re.Match[str],
    opaque: Collection[int],
) -> Toggle | None:
    prefix, kind = opening[1], opening[3].lower()
    if closing[1].rstrip() != prefix.rstrip() or not _NOTHING.match(closing[5]):
        return None
    head, summary = _summary(lines, start, opening, end)
    if head is None:
        return None
    inside = range(head + 1, end)
    if kind == "details" and not any(
        index in opaque or not lines[index].strip(" >") for index in inside
    ):
        return None
    return Toggle(kind, start, head, end, prefix, summary, bool(opening[4]))


def _summary(
    lines: Sequence[str], start: int, opening: re.Match[str], end: int
) -> tuple[int | None, str]:
    """The summary's last line and its text; (None, "") for what is no plain toggle."""
    rest = opening[5]
    if opening[3].lower() == "aside":
        return (start, "") if not rest.strip() else (None, "")
    for index in range(start, min(end, start + _LONGEST)):
        if index > start:
            rest += " " + lines[index].lstrip(" >")
        if match := _SUMMARY.match(rest):
            return index, " ".join(match[1].split())
        if index > start and not rest.strip():  # a blank line, and no summary so far
            return start, ""
        if rest.strip() and not rest.lstrip().lower().startswith("<summary"):
            return (None, "") if opening[5].strip() else (start, "")
    return None, ""
