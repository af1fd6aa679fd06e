"""A rule's page: what it finds and why, wrong and right, out of texts/.

`texts/KD104.md` is a title and a text of Markdown in which `틀림:` and `맞음:` stand before
examples. `texts/KD1.md` opens a chapter, the rules whose code begins so; `texts/index.md`
opens the manual's page.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from kdocs_plugin.model import Severity
from kdocs_plugin.rules import SEVERITIES

_TEXTS: Final = Path(__file__).with_name("texts")
_WORDS: Final = {Severity.ERROR: "오류", Severity.WARNING: "경고", Severity.INFO: "정보"}
_WRONG: Final = "틀림"
_EXAMPLE: Final = re.compile(
    r"^(틀림|맞음):[^\n]*\n\n(?P<fence>`{3,})(\w*)\n(.*?)^(?P=fence)$", re.MULTILINE | re.DOTALL
)
_FENCED: Final = re.compile(
    r"^(?P<fence>`{3,})\w*\n(.*?)^(?P=fence)$", re.MULTILINE | re.DOTALL
)
_LINK: Final = re.compile(r"\[([^\]]+)\]\([^)]+\)")


class Example(NamedTuple):
    """One example of a rule."""

    wrong: bool
    language: str  # of its fence
    text: str


class Rule(NamedTuple):
    """What is written about a rule."""

    code: str
    title: str
    text: str  # Markdown, in Korean

    @property
    def severity(self) -> Severity:
        return SEVERITIES[self.code]

    @property
    def examples(self) -> tuple[Example, ...]:
        found = _EXAMPLE.finditer(self.text)
        return tuple(Example(each[1] == _WRONG, each[3], each[4]) for each in found)

    @property
    def section(self) -> str:
        """It in the manual, under the anchor that reports point at."""
        anchor = f"{{ #{self.code.lower()} }}"
        grave = f"**{_WORDS[self.severity]}.**"
        return f"### {self.code} {self.title} {anchor}\n\n{grave} {self.text}"

    @property
    def plain(self) -> str:
        """The text for a terminal: code is set in, links are their words."""
        prose: list[str] = []
        end = 0
        for fence in _FENCED.finditer(self.text):
            prose += [_LINK.sub(r"\1", self.text[end : fence.start()]), _set_in(fence[2])]
            end = fence.end()
        return "".join([*prose, _LINK.sub(r"\1", self.text[end:])]).strip()


@cache
def rule(code: str) -> Rule:
    """What is written about a rule. KeyError for a code that there is not."""
    if code not in SEVERITIES:
        raise KeyError(code)
    return Rule(code, *_parts(code))


def page() -> str:
    """The manual's page of all rules, in the order of their codes."""
    chapters = sorted(
        each.stem for each in _TEXTS.glob("KD*.md") if each.stem not in SEVERITIES
    )
    found = [_read("index")]
    for chapter in chapters:
        title, text = _parts(chapter)
        found.append(f"## {title}\n\n{text}".rstrip())
        found += [rule(code).section for code in SEVERITIES if code.startswith(chapter)]
    return "\n\n".join(found) + "\n"


def _parts(name: str) -> tuple[str, str]:
    head, _, text = _read(name).partition("\n")
    return head.removeprefix("# "), text.strip()


def _read(name: str) -> str:
    return (_TEXTS / f"{name}.md").read_text(encoding="utf-8").rstrip()


def _set_in(code: str) -> str:
    return "\n".join(f"    {line}" if line.strip() else "" for line in code.splitlines())
