"""Every kubectl line of a plan, and where each of its words stands in the note."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final

from kdocs_plugin.commands import Command, split
from kdocs_plugin.late import late
from kdocs_plugin.model import Edit, Finding, Fix, Note, Position, Scenario, Step
from kdocs_plugin.planning.policy import unwrapped
from kdocs_plugin.rules import SEVERITIES
from kdocs_plugin.values import dataclass

# What kubectl says where the author shows that it refuses.
_REFUSED: Final = late(
    r"(?mi)^\s*(?:#\s*)?(?:error\b|unknown (?:flag|command|shorthand)|Flag --\S+ has been|"
    r"See 'kubectl|The connection to the server|.*\bis DEPRECATED\b)"
)
# `<file|url>`, `<kind>_<name>.yaml`: what is no word of a command was cut apart.
_ANGLES: Final = late(r"<[^<>&\s(][^<>\n]*>")
_MOST: Final = 50  # placeholders of one statement; nobody writes more
_LONGEST: Final = 300  # characters that are quoted of what kubectl would say
# A word that goes on in the next line: the grammar makes two of it.
_JOINED: Final = late(r"[^\s\\]\\\n\S")
_MAYBE: Final = late(r"\bk(?:ubectl)?\b")
_NAMES: Final = ("kubectl", "k", "kubectl.exe")


@dataclass(frozen=True, slots=True)
class Line:
    """`words` are those behind kubectl's own name."""

    note: Note
    step: Step
    command: Command
    words: tuple[str, ...]
    skipped: int  # words of the command before them: sudo, watch, kubectl itself
    more: bool  # gets words that nobody sees (xargs)

    @property
    def text(self) -> str:
        """The simple command as it is written."""
        return self.step.command[self.command.start : self.command.end]

    def finding(
        self, code: str, index: int | None, fix: Fix | None = None, **arguments: Any
    ) -> Finding:
        """A finding at one of `words`, or at the line's beginning."""
        if len(arguments.get("said", "")) > _LONGEST:
            arguments["said"] = arguments["said"][:_LONGEST] + "…"
        place = self.position(index) if index is not None else None
        start = place or self._at(self.command.start) or self.step.position
        severity, block = SEVERITIES[code], self.step.block
        return Finding(code, severity, self.note.path, start, arguments, block, fix)

    def position(self, index: int) -> Position | None:
        """Where one of `words` begins; None where that is not sure."""
        span = self._span(index)
        return self._at(span[0]) if span else None

    def insertion(self, index: int, text: str) -> Fix | None:
        """A mend that puts text before a word, and before the quote that it may begin with."""
        span = self._span(index)
        if span is None:
            return None
        start = span[0]
        while start > self.command.start and self.step.command[start - 1] in "\"'\\":
            start -= 1
        place = self._at(start)
        return Fix((Edit(place, place, text),)) if place else None

    def replacement(self, index: int, old: str, new: str) -> Fix | None:
        """A mend that puts `new` in the place of `old`, which is in the word as written."""
        span = self._span(index)
        if span is None or self.step.command[slice(*span)].count(old) != 1:
            return None
        at = self.step.command.index(old, *span)
        start, end = self._at(at), self._at(at + len(old))
        return Fix((Edit(start, end, new),)) if start and end else None

    def _span(self, index: int) -> tuple[int, int] | None:
        """Where a word stands in the step's text. Words come in their order, but with
        their quotes taken off: one that is not found has no sure place."""
        at, text = self.command.start, self.step.command
        for number, word in enumerate(self.command.words):
            found = _written(word).search(text, at, self.command.end)
            if number == self.skipped + index:
                return found.span() if found and word else None
            at = found.end() if found else at
        return None

    def _at(self, offset: int) -> Position | None:
        before = self.step.command[:offset]
        number = before.count("\n")
        column = len(before) - (before.rfind("\n") + 1)
        if number == 0:
            return Position(self.step.position.line, self.step.position.column + column)
        lines = self.note.text.split("\n")
        line = self.step.position.line + number
        written = self.step.command.split("\n")[number]
        start = lines[line - 1].find(written) if line <= len(lines) and written else -1
        return Position(line, start + column + 1) if start >= 0 else None


@lru_cache(maxsize=1024)
def _written(word: str) -> re.Pattern[str]:
    """The word as a note may have it: with quotes and backslashes anywhere in it."""
    return re.compile(r"[\"'\\]*".join(map(re.escape, word[:200])))


def lines(note: Note, scenario: Scenario) -> Iterator[Line]:
    """The kubectl lines of steps and probes, without those that are shown to fail."""
    for step in scenario.steps:
        if not _MAYBE.search(step.command) or is_refused(step):
            continue  # reading shell costs more than looking
        for statement in split(step.command):
            if statement.broken or _JOINED.search(statement.text):
                continue
            open_text = set(_ANGLES.findall(statement.text))
            if len(open_text) > _MOST:
                continue
            for command in statement.commands:
                words = _kubectl_of(command.words)
                whole = " ".join(words)
                if any(each not in whole for each in open_text):
                    continue  # a placeholder that bash takes for redirections
                if words and words[0].rsplit("/", 1)[-1] in _NAMES:
                    skipped = len(command.words) - len(words) + 1
                    more = "xargs" in command.words[:skipped]
                    yield Line(note, step, command, words[1:], skipped, more)


def _kubectl_of(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words without what runs them: sudo, watch, time, xargs."""
    while words and words[0] in ("sudo", "watch"):
        words = words[1:]
        while words and words[0].startswith("-"):
            words = words[2:] if words[0] in ("-n", "-u") else words[1:]
    return unwrapped(words)


def is_refused(step: Step) -> bool:
    """Whether the author says that the command fails."""
    return bool(step.returncode) or (
        step.expected is not None and _REFUSED.search(step.expected.text) is not None
    )
