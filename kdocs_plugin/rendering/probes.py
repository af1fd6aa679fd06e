"""An inline command's output, folded, beside the sentence that mentions it."""

from __future__ import annotations

import re
from collections import Counter

from kdocs_plugin.model import Embedded, Note, Page, RecordedStep, Status
from kdocs_plugin.rendering.commands import Cards
from kdocs_plugin.rendering.outputs import output, shown
from kdocs_plugin.rendering.sheet import Sheet
from kdocs_plugin.rendering.templates import fill
from kdocs_plugin.rendering.tokens import Tokens
from kdocs_plugin.source import split_lines

_ITEM = re.compile(r"[ \t>]*(?:[-*+]|\d+[.)])[ \t]+")


def place(page: Page, sheet: Sheet, tokens: Tokens, cards: Cards) -> None:
    """Puts a token behind each code span that was run."""
    probes = [(e, recorded) for e in page.embedded if (recorded := _probe(e))]
    text = split_lines(page.note.text)
    sentences = [_sentence(text, e.step.position.line) for e, _ in probes]
    crowd = Counter(sentences)
    # From the end, so that no token moves the column of another.
    ordered = sorted(
        zip(probes, sentences, strict=True), key=lambda item: _end(page.note, item[0][0])
    )
    fragments = [
        _fragment(embedded, recorded, cards, named=crowd[sentence] > 1)
        for (embedded, recorded), sentence in ordered
    ]
    headings = {
        line: heading.end_line
        for heading in page.note.headings
        for line in range(heading.line, heading.end_line + 1)
    }
    for ((embedded, _), _), html in reversed(list(zip(ordered, fragments, strict=True))):
        line, column = _end(page.note, embedded)
        if line in headings:  # its text makes the anchor and the table of contents
            sheet.add(headings[line], ["", tokens.block(html), ""])
        else:
            sheet.splice(line, column, 0, tokens.probe(html))


def _probe(embedded: Embedded) -> RecordedStep | None:
    recorded = shown(embedded.recorded)
    if embedded.step.kind != "probe" or embedded.step.code is None or embedded.step.hidden:
        return None
    # Why a probe could not be tried is said once, at the step that failed.
    return None if recorded is None or recorded.status is Status.BLOCKED else recorded


def _end(note: Note, embedded: Embedded) -> tuple[int, int]:
    code = note.codes[embedded.step.code or 0]
    return code.end.line, code.end.column


def _fragment(embedded: Embedded, recorded: RecordedStep, cards: Cards, *, named: bool) -> str:
    result = output(embedded, recorded, cards.options)
    return fill(
        "probe",
        cards.language,
        command=embedded.step.command,
        named=named,
        output=result,
        after=recorded.after,
        mark=cards.mark([embedded]),
    )


def _sentence(text: list[str], line: int) -> int:
    """The line where the paragraph or item begins that this line belongs to."""
    while line > 1 and not _ITEM.match(text[line - 1]) and text[line - 2].strip(" \t>\r"):
        line -= 1
    return line
