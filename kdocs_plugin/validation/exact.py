"""KD210 and KD211: what a real API server says to the note's manifests.

In: a note, its plan, what the other rules found, and somebody to ask. Out: what they have
not said yet. Every whole manifest is asked about; a fragment, a template, what can't be
read and what is marked as output or as not to be validated is not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, Final, Protocol

from kdocs_plugin.manifests import Document, Problem
from kdocs_plugin.manifests.documents import Path
from kdocs_plugin.manifests.verdicts import Refusal, Verdict
from kdocs_plugin.model import Block, BlockKind, Finding, Note, Scenario, Severity
from kdocs_plugin.validation.check import printed
from kdocs_plugin.validation.ignores import Ignores
from kdocs_plugin.validation.reading import Reading, read
from kdocs_plugin.validation.schema_rules import PLACEHOLDER

_UNKNOWN: Final = "unknown field"


class Judge(Protocol):
    """Whom we ask: clusters.local.exact.oracle.Oracle."""

    def judge(self, value: Any, namespace: str) -> Verdict:
        """What is said to a document whose objects go into `namespace`."""
        ...

    def note(self, namespace: str, values: Iterable[Any]) -> AbstractContextManager[None]:
        """Within it, what `values` make known (namespaces, new kinds) is known."""
        ...


def check(
    note: Note, scenario: Scenario, found: Sequence[Finding], judge: Judge
) -> tuple[Finding, ...]:
    """`found` and what the server says beyond it, by position."""
    ignores = Ignores(note)
    outputs = printed(note, scenario)
    readings = [
        reading
        for block in note.blocks
        if block.kind is BlockKind.MANIFEST and _option(note, block) != "off"
        if block.index not in outputs
        if _is_whole(reading := read(block, scenario.mended))
    ]
    values = [document.value for each in readings for document in each.manifest.documents]
    more: list[Finding] = []
    if readings:
        with judge.note(scenario.namespace, values):
            for reading in readings:
                asked = _Asked(note, scenario, reading, found, judge)
                if _option(note, reading.block) == "invalid":
                    more += asked.wrongly_called_invalid()
                else:
                    more += asked.refused()
    heard = [each for each in more if not ignores.silences(each)]
    return tuple(sorted((*found, *heard), key=lambda each: (each.position, each.code)))


class _Asked:
    """One block before the server."""

    def __init__(
        self,
        note: Note,
        scenario: Scenario,
        reading: Reading,
        found: Sequence[Finding],
        judge: Judge,
    ) -> None:
        self.path = note.path
        self.reading = reading
        self.documents = reading.manifest.documents
        self.known = [
            each.position
            for each in found
            if each.severity is Severity.ERROR and each.block == reading.block.index
        ]
        self.verdicts = [judge.judge(each.value, scenario.namespace) for each in self.documents]

    def refused(self) -> Iterator[Finding]:
        for index, (document, verdict) in enumerate(
            zip(self.documents, self.verdicts, strict=True)
        ):
            for path, refusal in verdict.refusals:
                if self._is_new(index, document, path, refusal):
                    line, column = document.position(path, key=_UNKNOWN in refusal.message)
                    yield self._finding("KD210", line, column, message=_words(refusal))

    def wrongly_called_invalid(self) -> Iterator[Finding]:
        """Marked as wrong on purpose, and nothing is wrong with it."""
        if not self.known and all(verdict.accepted for verdict in self.verdicts):
            yield self._finding("KD211", self.documents[0].line, 0)

    def _is_new(self, index: int, document: Document, path: Path, refusal: Refusal) -> bool:
        """Whether it is about the object, and no rule has said it."""
        if PLACEHOLDER.search(document.written(path)):
            return False  # the reader is to fill it in
        if refusal.reason == "NoGroup":
            return False  # somebody else's kind: KD204 says so
        if not path:
            first = self.reading.position(document.line, 0).line
            following = self.documents[index + 1 : index + 2]
            end = (
                self.reading.position(following[0].line, 0).line
                if following
                else self.reading.block.end_line
            )
            return not any(first <= known.line < end for known in self.known)
        places = {self.reading.position(*document.position(path, key)) for key in (True, False)}
        return places.isdisjoint(self.known)

    def _finding(self, code: str, line: int, column: int, **arguments: Any) -> Finding:
        return self.reading.finding(self.path, Problem(code, line, column, arguments))


def _is_whole(reading: Reading) -> bool:
    """Whether a run would send it as it stands, and every document names its kind."""
    return (
        not reading.elided
        and reading.template is None
        and reading.stray is None
        and reading.manifest.readable
        and bool(reading.manifest.documents)
        and all(each.api_version and each.kind for each in reading.manifest.documents)
    )


def _option(note: Note, block: Block) -> str:
    """What the author says of validating this block: off, invalid, or anything else."""
    option = block.options.get("validate", note.options.get("validate", ""))
    return "off" if option is False or str(option).lower() == "false" else str(option).lower()


def _words(refusal: Refusal) -> str:
    """The server's, with the field where it names that apart."""
    named = not refusal.field or _UNKNOWN in refusal.message
    return refusal.message if named else f"{refusal.field}: {refusal.message}"
