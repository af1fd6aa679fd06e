"""What of a site is verified: a page for readers, the same for machines, and a badge.

An example is a manifest, a block of commands or an inline command that a run can try. What
only is shown (`docker ps`) is nobody's promise, so it counts nowhere.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import StrEnum
from html import escape
from typing import Any, Final

from kdocs_plugin import messages
from kdocs_plugin.messages import Language
from kdocs_plugin.model import (
    Block,
    BlockKind,
    Decision,
    Embedded,
    Finding,
    Page,
    Status,
)
from kdocs_plugin.rendering.header import date_of, plain
from kdocs_plugin.rendering.manifests import files_of, refused_blocks
from kdocs_plugin.rendering.templates import fill
from kdocs_plugin.values import dataclass

FORMAT: Final = 1
_TEXT = 80  # code points of an example's first line that are shown
_BAD = (Status.FAILED, Status.TIMEOUT, Status.BLOCKED)


class State(StrEnum):
    """What is known of an example, the worst first."""

    FAILED = "failed"  # did not work when it was tried, or can't
    DIFFERS = "differs"  # worked, and the note says otherwise
    CHANGED = "changed"  # worked before its source changed
    UNTRIED = "untried"  # never run
    VERIFIED = "verified"


_WORST = list(State)


@dataclass(frozen=True, slots=True)
class Example:
    """One example of a note."""

    line: int  # of the note
    kind: str  # manifest, commands, inline
    text: str  # its first line
    state: State
    seconds: float  # that it took when it was run
    anchor: str = ""  # of its card on the page


@dataclass(frozen=True, slots=True)
class NoteStatus:
    """All examples of a note, in document order."""

    page: Page
    title: str
    url: str  # from the status page
    examples: tuple[Example, ...]
    findings: tuple[Finding, ...]  # that the author wants to be seen

    @property
    def verified(self) -> int:
        return sum(example.state is State.VERIFIED for example in self.examples)


def statuses(
    pages: Sequence[Page],
    url_of: Callable[[str], str],
    public_findings: bool,
    cards: bool = True,
) -> list[NoteStatus]:
    """The notes that have examples. `url_of` a page's path is its address as the status
    page sees it. With `cards` a manifest has one, to link to."""
    found = []
    for page in pages:
        if examples := tuple(sorted(_examples(page, cards), key=lambda each: each.line)):
            findings = page.findings if public_findings else ()
            url = url_of(page.note.path)
            found.append(NoteStatus(page, title_of(page), url, examples, findings))
    return found


def status_html(notes: Sequence[NoteStatus], language: Language) -> str:
    """The page's body."""
    counts = _counts(notes)
    return fill(
        "status",
        language,
        notes=notes,
        total=sum(counts.values()),
        verified=counts[State.VERIFIED],
        states=[(str(state), counts[state]) for state in reversed(_WORST) if counts[state]],
        date_of=lambda page: date_of(page.record.date, language) if page.record else "",
        tell=lambda finding: messages.text(finding.code, language, finding.arguments),
    )


def status_json(notes: Sequence[NoteStatus]) -> str:
    """The same for machines."""
    counts = _counts(notes)
    value = {
        "kdocs": FORMAT,
        "examples": sum(counts.values()),
        "states": {str(state): counts[state] for state in State},
        "notes": [_note_json(note) for note in notes],
    }
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def badge(notes: Sequence[NoteStatus], language: Language) -> str:
    """An SVG for a README: how many of the examples are verified."""
    counts = _counts(notes)
    label = messages.text("render.status.badge", language, {})
    value = f"{counts[State.VERIFIED]}/{sum(counts.values())}"
    left, right = 12 + 11 * len(label), 12 + 7 * len(value)
    if language == "en":
        left = 12 + 7 * len(label)
    colour = "#b3261e" if counts[State.FAILED] else "#2b5fd0"
    return _BADGE.format(
        label=escape(label), value=value, left=left, right=right, colour=colour,
        width=left + right, middle=left / 2, other=left + right / 2,
    )  # fmt: skip


_BADGE = """\
<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="20" role="img" \
aria-label="{label} {value}">
<title>{label} {value}</title>
<clipPath id="r"><rect width="{width}" height="20" rx="3"/></clipPath>
<g clip-path="url(#r)"><path fill="#454d57" d="M0 0h{left}v20H0z"/>\
<path fill="{colour}" d="M{left} 0h{right}v20H{left}z"/></g>
<g fill="#fff" text-anchor="middle" font-size="11" \
font-family="Pretendard,Apple SD Gothic Neo,Noto Sans KR,Malgun Gothic,Verdana,sans-serif">\
<text x="{middle}" y="14">{label}</text><text x="{other}" y="14">{value}</text></g>
</svg>
"""


def _counts(notes: Sequence[NoteStatus]) -> Counter[State]:
    return Counter(example.state for note in notes for example in note.examples)


def _note_json(note: NoteStatus) -> Mapping[str, Any]:
    record = note.page.record
    return {
        "path": note.page.note.path,
        "url": note.url,
        "title": note.title,
        "date": record.date if record else None,
        "kubernetes": record.cluster.kubernetes if record else None,
        "examples": [
            {
                "line": each.line,
                "kind": each.kind,
                "text": each.text,
                "state": str(each.state),
                "seconds": each.seconds,
            }
            for each in note.examples
        ],
        "findings": [
            {"code": each.code, "line": each.position.line, "severity": str(each.severity)}
            for each in note.findings
        ],
    }


def title_of(page: Page) -> str:
    """A page's title, as its author gives it."""
    told = page.note.front_matter.get("title")
    if isinstance(told, str) and told.strip():
        return told.strip()
    headings = page.note.headings
    first = next((each for each in headings if each.level == 1), next(iter(headings), None))
    return (plain(first) if first else "") or page.note.path


# --- Examples ---------------------------------------------------------------------------


def _examples(page: Page, cards: bool) -> Iterator[Example]:
    files = files_of(page) if cards else {}
    refused = refused_blocks(page)
    names = {file.block: file.name for file in page.scenario.files}
    for block in page.note.blocks:
        if block.commented:
            continue
        if block.kind is BlockKind.MANIFEST and block.options.get("validate") is None:
            state = State.FAILED if block.index in refused else State.VERIFIED
            anchor = f"kdocs-{block.start_line}" if block.index in files else ""
            text = _named(block, names)
            yield Example(block.start_line, "manifest", text, state, 0.0, anchor)
    by_block: dict[int, list[Embedded]] = {}
    for embedded in page.embedded:
        step = embedded.step
        if step.decision is not Decision.RUN:
            continue
        if step.block is not None:
            by_block.setdefault(step.block, []).append(embedded)
        else:
            yield _tried("inline", step.position.line, step.command, [embedded])
    for index, steps in by_block.items():
        first = min(steps, key=lambda each: each.step.position)
        line = page.note.blocks[index].start_line
        yield _tried("commands", line, first.step.command, steps, f"kdocs-{line}")


def _tried(
    kind: str, line: int, text: str, steps: Sequence[Embedded], anchor: str = ""
) -> Example:
    state = min((_state(each) for each in steps), key=_WORST.index)
    seconds = sum(each.recorded.duration for each in steps if each.recorded)
    return Example(line, kind, _cut(text), state, round(seconds, 2), anchor)


def _state(embedded: Embedded) -> State:
    if embedded.recorded is None:
        return State.UNTRIED
    if embedded.changed:
        return State.CHANGED
    if embedded.recorded.status in _BAD:
        return State.FAILED
    return State.DIFFERS if embedded.differences else State.VERIFIED


def _named(block: Block, names: Mapping[int, str]) -> str:
    """A manifest by its file's name, else by its kind."""
    if block.index in names:
        return names[block.index]
    lines = [line.partition(" #")[0].strip() for line in block.body.split("\n")]
    kinds = [line for line in lines if line.startswith("kind:")]
    return _cut(next(iter(kinds), next(filter(None, lines), "")))


def _cut(text: str) -> str:
    line = text.strip().split("\n")[0]
    return line if len(line) <= _TEXT else f"{line[:_TEXT]}…"
