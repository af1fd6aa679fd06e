"""What a step gave back, as the templates of cards and probes show it."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup, escape

from kdocs_plugin import messages
from kdocs_plugin.messages import CATALOGUE, Language
from kdocs_plugin.model import Difference, Embedded, Evidence, RecordedStep, Status
from kdocs_plugin.outputs import volatile_spans
from kdocs_plugin.rendering.templates import words
from kdocs_plugin.values import dataclass

# A narrow phone shows about this many characters; a wider output scrolls in its box and
# so has to be reachable with the keyboard.
_NARROW = 40
_DIFFERENCES = 5  # as many are listed, the rest is counted
_VOLATILE = Markup("<i>{}</i>")
_LONG = 24  # lines of an output; what is longer is folded to so many that this saves some


TOLD = frozenset("ended.quiet ended.bound ended.used ended.note".split())


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


def shown(recorded: RecordedStep | None) -> RecordedStep | None:
    """The record of a step that was tried. The page is silent about one that was not."""
    if recorded is None or recorded.status is Status.SHOWN:
        return None
    return recorded


def output(embedded: Embedded, recorded: RecordedStep, language: Language) -> Output:
    """How this step's outcome is shown."""
    text = recorded.output.strip("\n").rstrip()
    # Of a step that failed that is all there is to say.
    differences = embedded.differences if recorded.status is Status.OK else ()
    ran = "" if _same(recorded.ran, embedded.step.command) else recorded.ran.strip()
    return Output(
        text=text,
        html=marked(text),
        lines=lines if (lines := text.count("\n") + 1) > _LONG else 0,
        scrolls=max(map(len, text.split("\n"))) > _NARROW,
        ran=ran,
        marks=tuple(_marks(embedded, recorded, language)),
        differences=differences[:_DIFFERENCES],
        more=max(0, len(differences) - _DIFFERENCES),
        said=recorded.status is Status.OK and recorded.reason != "run.binary",
        cause=cause(recorded, language),
        evidence=recorded.evidence,
        ended=remark(recorded, language),
        place=words(recorded.place, language) if recorded.place else "",
    )


def marked(text: str) -> Markup:
    """An output whose values that another run would print otherwise are set apart."""
    spans = volatile_spans(text)
    lines = [_marked(line, spans.get(n, [])) for n, line in enumerate(text.split("\n"))]
    return Markup("\n").join(lines)


def _marked(line: str, spans: Sequence[tuple[int, int]]) -> Markup:
    pieces, at = [], 0
    for start, end in spans:
        pieces += [
            escape(line[at:start]),
            Markup("<i>"),
            escape(line[start:end]),
            Markup("</i>"),
        ]
        at = end
    return Markup().join([*pieces, escape(line[at:])])


def cause(recorded: RecordedStep, language: Language) -> str:
    """The sentence of a failure's cause, with what to look at."""
    if not recorded.cause or recorded.cause not in CATALOGUE:
        return ""  # a record of a later kdocs may know more causes
    said = messages.text(recorded.cause, language, recorded.cause_arguments)
    return f"{said} {messages.hint(recorded.cause, language, recorded.cause_arguments)}".strip()


def _marks(embedded: Embedded, recorded: RecordedStep, language: Language) -> list[Mark]:
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
        marks.append(Mark("differs", words("render.differs", language)))
    if embedded.changed:
        marks.append(Mark("changed", words("render.changed", language)))
    return marks


def _same(ran: str, command: str) -> bool:
    return not ran or ran.split() == command.split()


def remark(recorded: RecordedStep, language: Language) -> str:
    """What ended the step, and what of its output is not shown."""
    ended = words(recorded.ended, language) if recorded.ended in TOLD else ""
    told = recorded.reason in ("run.cut", "run.binary", "run.not_failed")
    reason = words(recorded.reason, language, recorded.reason_arguments) if told else ""
    return " · ".join(filter(None, (ended, reason)))
