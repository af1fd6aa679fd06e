"""Where in a note an output stands, and the note with another one in its place.

The author's manner is kept: what stands before the first line of the output (quote marks,
indentation, `# `) stands before every new one.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from kdocs_plugin.model import AuthorOutput, Block, Note, Page, Step
from kdocs_plugin.planning.blocks import BETWEEN, PLAIN, SAYS_OUTPUT


def block_at(note: Note, line: int) -> Block | None:
    """The fence that a line of the note stands in."""
    inside = (each for each in note.blocks if each.start_line < line < each.end_line)
    return next(inside, None)


def with_output(note: Note, text: str, written: AuthorOutput, new: str) -> str | None:
    """The note's text with `new` where `written` stands; None where that is not one place.

    `text` may differ from the note's own below the output.
    """
    block = block_at(note, written.line)
    if block is None:
        return None
    lines = text.split("\n")
    old = written.text.split("\n")
    first = written.line - 1
    if written.end_line - written.line + 1 != len(old):
        return None
    prefixes = [
        _before(lines[first + number], words, block, first + number)
        for number, words in enumerate(old)
    ]
    prefix = next((p for p, words in zip(prefixes, old, strict=True) if words.strip()), None)
    if prefix is None or None in prefixes:
        return None
    fresh: list[str] = []
    words = new.split("\n")
    matcher = difflib.SequenceMatcher(None, old, words, autojunk=False)
    for what, start, stop, begin, end in matcher.get_opcodes():
        if what == "equal":
            fresh += lines[first + start : first + stop]
        else:
            fresh += [(prefix + each).rstrip() for each in words[begin:end]]
    lines[first : first + len(old)] = fresh
    return "\n".join(lines)


def _before(line: str, words: str, block: Block, index: int) -> str | None:
    """What stands before an output's line in the note: the fence's own margin, and a
    comment's mark."""
    line, words = line.rstrip(), words.rstrip()
    if not line.endswith(words):
        return None
    before = line[: len(line) - len(words)] if words else line
    number = index - block.start_line
    cut = block.offsets[number] if number < len(block.offsets) else len(block.prefix)
    return before if before[cut:].strip() in ("", "#") else None


def empty_place(page: Page, step: Step) -> Block | None:
    """The empty fence that the author left for a step's output: below the step's block,
    after words that announce an output."""
    if step.block is None or step.expected is not None:
        return None
    later = [
        each
        for each in page.scenario.steps
        if each.block == step.block and each.position > step.position
    ]
    if later or step.block + 1 >= len(page.note.blocks):
        return None
    block = page.note.blocks[step.block]
    following = page.note.blocks[step.block + 1]
    if following.body.strip() or following.commented or following.language not in PLAIN:
        return None
    lines = page.note.text.split("\n")
    between = [x for x in lines[block.end_line : following.start_line - 1] if x.strip()]
    said = any(SAYS_OUTPUT.search(line) for line in between)
    return following if said and len(between) <= BETWEEN else None


def filled(text: str, block: Block, output: str) -> str:
    """The note's text with an output in an empty fence."""
    lines = text.split("\n")
    new: Sequence[str] = [(block.prefix + each).rstrip() for each in output.split("\n")]
    lines[block.start_line : block.end_line - 1] = new
    return "\n".join(lines)
