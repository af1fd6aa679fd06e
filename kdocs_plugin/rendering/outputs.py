"""What a step gave back, as the templates of cards and probes show it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup, escape

from kdocs_plugin import messages
from kdocs_plugin.messages import CATALOGUE, Language
from kdocs_plugin.model import EMPTY, Difference, Embedded, Evidence, RecordedStep, Status
from kdocs_plugin.outputs import difference_spans, volatile_spans
from kdocs_plugin.rendering.options import RenderOptions
from kdocs_plugin.rendering.templates import words
from kdocs_plugin.values import dataclass

# A narrow phone shows about this many characters; a wider output scrolls in its box and
# so has to be reachable with the keyboard.
_NARROW = 40
_DIFFERENCES = 5  # as many are listed, the rest is counted
_VOLATILE, _DIFFERS = Markup("<i>{}</i>"), Markup("<mark>{}</mark>")
_HALF = 62  # characters a line of outputs that stand side by side; longer, one above the other
_LONG = 24  # lines of an output; what is longer is folded to so many that this saves some


TOLD = frozenset("ended.quiet ended.bound ended.used ended.note".split())

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Mark:
    """An icon with its word, and what there is to say about it."""

    icon: str
    word: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Output:
    """One step's outcome."""

    text: str
    html: Markup  # the text, what may differ for the reader marked
    lines: int  # how many it has where it is folded, else 0
    scrolls: bool
    ran: str  # what was really run where it is not what the note says, else ""
    marks: tuple[Mark, ...]
    differences: tuple[Difference, ...]
    more: int  # differences that are not listed
    said: bool  # "no output" is worth saying
    cause: str = ""  # what the failure usually means, and what to look at
    evidence: tuple[Evidence, ...] = ()
    ended: str = ""  # what ended it, where it would have gone on; what is not shown
    place: str = ""  # where it ran, if not in the scenario's own shell
    written: Markup = Markup()  # what the author has, where it differs and stands beside ours
    wide: bool = False  # the two stand one above the other


def shown(recorded: RecordedStep | None) -> RecordedStep | None:
    """The record of a step that was tried. The page is silent about one that was not."""
    if recorded is None or recorded.status is Status.SHOWN:
        return None
    return recorded


def output(embedded: Embedded, recorded: RecordedStep, options: RenderOptions) -> Output:
    """How this step's outcome is shown."""
    language = options.language
    text = recorded.output.strip("\n").rstrip()
    # Of a step that failed that is all there is to say.
    differences = embedded.differences if recorded.status is Status.OK else ()
    expected = embedded.step.expected
    both = options.side_by_side and differences and expected is not None and text
    mine = expected.text.strip("\n").rstrip() if both and expected else ""
    ours, theirs = difference_spans(mine, text, differences) if mine else ({}, {})
    ran = "" if _same(recorded.ran, embedded.step.command) else recorded.ran.strip()
    return Output(
        text=text,
        html=marked(text, theirs),
        lines=lines if (lines := text.count("\n") + 1) > _LONG else 0,
        scrolls=max(map(len, text.split("\n"))) > _NARROW or text.count("\n") >= _LONG,
        ran=ran,
        marks=tuple(_marks(embedded, recorded, language, bool(mine))),
        differences=() if mine else differences[:_DIFFERENCES],
        more=0 if mine else max(0, len(differences) - _DIFFERENCES),
        said=recorded.status is Status.OK and recorded.reason != "run.binary",
        cause=cause(recorded, language),
        evidence=recorded.evidence,
        ended=remark(recorded, language),
        place=words(recorded.place, language) if recorded.place else "",
        written=marked(mine, ours, volatile=False),
        wide=max(map(len, f"{mine}\n{text}".split("\n"))) > _HALF,
    )


def marked(
    text: str, differing: Mapping[int, Sequence[Span]] = EMPTY, *, volatile: bool = True
) -> Markup:
    """An output whose values that another run would print otherwise are set apart, and so are
    those that differ from what the author wrote."""
    spans = volatile_spans(text) if volatile else {}
    lines = [
        _marked(line, spans.get(n, ()), differing.get(n, ()))
        for n, line in enumerate(text.split("\n"))
    ]
    return Markup("\n").join(lines)


def _marked(line: str, volatile: Sequence[Span], differing: Sequence[Span]) -> Markup:
    places = [(span, _DIFFERS) for span in differing]
    places += [
        (span, _VOLATILE)
        for span in volatile
        if not any(span[0] < end and start < span[1] for start, end in differing)
    ]
    pieces, at = [], 0
    for (start, end), mark in sorted(places, key=lambda place: place[0]):
        pieces += [escape(line[at:start]), mark.format(line[start:end])]
        at = end
    return Markup().join([*pieces, escape(line[at:])])


def cause(recorded: RecordedStep, language: Language) -> str:
    """The sentence of a failure's cause, with what to look at."""
    if not recorded.cause or recorded.cause not in CATALOGUE:
        return ""  # a record of a later kdocs may know more causes
    said = messages.text(recorded.cause, language, recorded.cause_arguments)
    return f"{said} {messages.hint(recorded.cause, language, recorded.cause_arguments)}".strip()


def _marks(
    embedded: Embedded, recorded: RecordedStep, language: Language, both: bool
) -> list[Mark]:
    marks = []
    reason = words(recorded.reason, language, recorded.reason_arguments)
    if recorded.status is Status.FAILED:
        if not reason and recorded.exit_code is not None:
            reason = words("render.exit", language, {"code": recorded.exit_code})
        marks.append(Mark("failed", words("render.failed", language), reason))
    elif recorded.status is Status.TIMEOUT:
        seconds = f"{embedded.step.timeout:g}"
        reason = reason or words("render.bound", language, {"seconds": seconds})
        marks.append(Mark("timeout", words("render.timeout", language), reason))
    elif recorded.status is Status.BLOCKED:
        marks.append(Mark("blocked", words("render.blocked", language), reason))
    if embedded.differences and recorded.status is Status.OK:
        said = _said(embedded.differences, language) if both else ""
        marks.append(Mark("differs", words("render.differs", language), said))
    if embedded.changed:
        marks.append(Mark("changed", words("render.changed", language)))
    return marks


def _said(differences: Sequence[Difference], language: Language) -> str:
    """The differences in words: who does not see the marks reads them here."""
    said = [
        f"{each.column} {each.written} → {each.real}"
        if each.column
        else words("render.line", language, {"line": each.line + 1})
        for each in differences
    ]
    rest = len(said := list(dict.fromkeys(said))) - _DIFFERENCES
    more = [words("render.more", language, {"count": rest})] if rest > 0 else []
    return ", ".join([*said[:_DIFFERENCES], *more])


def _same(ran: str, command: str) -> bool:
    return not ran or ran.split() == command.split()


def remark(recorded: RecordedStep, language: Language) -> str:
    """What ended the step, and what of its output is not shown."""
    ended = words(recorded.ended, language) if recorded.ended in TOLD else ""
    told = recorded.reason in ("run.cut", "run.binary", "run.not_failed")
    reason = words(recorded.reason, language, recorded.reason_arguments) if told else ""
    return " · ".join(filter(None, (ended, reason)))
