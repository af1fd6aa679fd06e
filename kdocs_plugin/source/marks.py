"""What Obsidian's and other notes write into running text beside Markdown: `[[links]]`,
`![[embeds]]`, `%%comments%%`; and where Markdown's own links say what they lead to.

In code and comments nothing is found. Each kind is looked for once from left to right, with
a bound on its length, so that no text makes it slow.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from kdocs_plugin.late import late
from kdocs_plugin.model import Position
from kdocs_plugin.source.inline import Running, escaped
from kdocs_plugin.values import dataclass, field

_LONGEST = 400  # code points of a target
# Behind it no parenthesis or bracket: `[[1]](https://...)` is Markdown's own link.
_WIKI = late(r"(!?)\[\[([^\[\]\n\x02]{1,500})\]\](?![(\[:])")
_SIZE = late(r"\d{1,5}(?:x\d{1,5})?")
# As Obsidian makes them: six letters and digits, both among them.
_NAME = late(r"(?<=\S) \^(?=[a-z]*\d)(?=\d*[a-z])[a-z0-9]{6}$")
_ENDS = late(r"[()>\"'\n]")
_BEHIND_TEXT = late(r"(?<!\\)\]\((?=([ \t]{0,4})(<?))")


@dataclass(frozen=True, slots=True)
class WikiLink:
    """`[[target#heading|text]]`, or with a `!` before it what stands there."""

    target: str  # "" for the page itself
    heading: str  # behind the `#`, "" where none is named; `^name` is a block's
    text: str  # "" where the note gives none
    embedded: bool
    size: str  # `300` or `300x200`, of a picture
    start: Position
    end: Position  # just behind the last bracket, on the same line


@dataclass(frozen=True, slots=True)
class Target:
    """What a link or picture of Markdown's own leads to, as it is written."""

    text: str
    start: Position
    length: int


@dataclass(frozen=True, slots=True)
class Hidden:
    """A comment in running text, `%%...%%`, or the part of it that stands on one line."""

    start: Position
    length: int


@dataclass(slots=True)
class Marks:
    """What was found in the texts of a note."""

    links: list[WikiLink] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)
    hidden: list[Hidden] = field(default_factory=list)
    names: list[Hidden] = field(default_factory=list)  # of blocks: `^a1b2c3` at a text's end


def inline_marks(texts: Iterable[Running]) -> Marks:
    """All of them, in document order within each text."""
    found = Marks()
    for running in texts:
        text = running.text
        links, ways, comments = "[[" in text, "](" in text, text.count("%%") > 1
        if match := _NAME.search(text, max(0, len(text) - 12)):
            found.names.append(Hidden(running.position(match.start()), len(match[0])))
        if not (links or ways or comments):
            continue
        masked = running.masked()
        if comments:
            masked = _comments(running, masked, found)
        if links:
            for match in _WIKI.finditer(masked):
                if not escaped(masked, match.start()):
                    found.links += _wiki_link(running, match)
        if ways:
            found.targets += _targets(running, masked)
    return found


def _wiki_link(running: Running, match: re.Match[str]) -> list[WikiLink]:
    span = match.span()
    inner = match[2]
    if inner[0].isspace() or inner[0] in "$-":  # bash's own `[[ -f x ]]`
        return []
    place, *rest = inner.replace("\\|", "|").split("|")
    target, _, heading = place.partition("#")
    size = rest.pop() if rest and match[1] and _SIZE.fullmatch(rest[-1].strip()) else ""
    start, last = running.position(span[0]), running.position(span[1] - 1)
    link = WikiLink(
        target=target.strip(),
        heading=heading.rpartition("#")[2].strip(),
        text="|".join(rest).strip(),
        embedded=bool(match[1]),
        size=size.strip(),
        start=start,
        end=Position(last.line, last.column + 1),
    )
    return [link]


def _targets(running: Running, masked: str) -> Iterator[Target]:
    """Of inline links and pictures: what stands behind `](`, without a title."""
    for match in _BEHIND_TEXT.finditer(masked):
        start = match.end(2) if match[2] else match.end(1)
        end = _end_of_target(masked, start, ">" if match[2] else ")")
        if end is not None and "\x02" not in masked[start:end]:
            yield Target(running.text[start:end], running.position(start), end - start)


def _end_of_target(text: str, start: int, close: str) -> int | None:
    """Where the target ends that begins here: before a title, a space or its bracket."""
    if text.find(close, start, start + _LONGEST) < 0:
        return None
    depth = 0
    for mark in _ENDS.finditer(text, start, start + _LONGEST):
        char, at = mark[0], mark.start()
        if char == "\n":
            return None
        if char == close and depth == 0:
            return start + len(text[start:at].rstrip())
        if close == ")":
            if char in "\"'" and at > start and text[at - 1] in " \t":  # a title
                return start + len(text[start:at].rstrip())
            depth += (char == "(") - (char == ")")
    return None


def _comments(running: Running, masked: str, found: Marks) -> str:
    """The text without its comments. A mark without its second one is text."""
    parts, done = [], 0
    at = masked.find("%%")
    while at >= 0 and (end := masked.find("%%", at + 2)) >= 0:
        end += 2
        parts += [masked[done:at], "\x02" * (end - at)]
        start = at
        for line in masked[at:end].split("\n"):
            if line:
                found.hidden.append(Hidden(running.position(start), len(line)))
            start += len(line) + 1
        done = end
        at = masked.find("%%", end)
    return "".join([*parts, masked[done:]])
