"""Mends that are sure, for findings that have one.

In: a note, its plan and its findings. Out: the findings, some with a `Fix`. A mend of a
manifest is proved: the block is read again with it, and it is kept only where the finding
is gone and nothing else is found that was not there before. A fragment with something left
out, a template, and what is marked `validate=off` or `invalid` is left alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from kdocs_plugin.manifests import meant, pack, verdicts, versions
from kdocs_plugin.model import BlockKind, Edit, Finding, Fix, Note, Position, Scenario
from kdocs_plugin.validation.ignores import Ignores
from kdocs_plugin.validation.reading import Reading, read
from kdocs_plugin.values import replace

UNCOVERING: Final = frozenset({"KD102", "KD108"})  # what hides everything else in a block
_MOST: Final = 200  # proofs in one go; the rest has its turn when the note is checked again

Recheck = Callable[[str], tuple[Finding, ...]]  # a note's text -> what is found in it


def with_fixes(
    note: Note, scenario: Scenario, findings: Sequence[Finding], recheck: Recheck
) -> tuple[Finding, ...]:
    """The findings, each with its fix where one is sure. A note with bytes that are not
    UTF-8 (KD002) gets none: its text is not what is on the disk."""
    if any(each.code == "KD002" for each in findings):
        return tuple(findings)
    lines = note.text.split("\n")
    ignores = Ignores(note)
    blocks = {
        block.index: block
        for block in note.blocks
        if block.kind is BlockKind.MANIFEST and ignores.wants(block)
    }
    readings: dict[int, Reading] = {}
    sure: dict[int, Fix] = {}  # by the finding's index
    to_prove: dict[int, Fix] = {}
    for index, finding in enumerate(findings):
        if finding.code in _OF_NOTES:
            fix = _OF_NOTES[finding.code](lines, finding)
            sure |= {index: fix} if fix is not None else {}
        elif finding.code in _OF_BLOCKS and finding.block in blocks:
            block = blocks[finding.block]
            if block.index not in readings:
                readings[block.index] = read(block, scenario.mended)
            reading = readings[block.index]
            if not reading.elided and reading.template is None:
                fix = _OF_BLOCKS[finding.code](lines, finding, reading)
                to_prove |= {index: fix} if fix is not None else {}
    sure |= _proved(note, findings, to_prove, recheck)
    return tuple(
        replace(finding, fix=sure[index]) if index in sure else finding
        for index, finding in enumerate(findings)
    )


def apply(text: str, fixes: Sequence[Fix]) -> tuple[str, int]:
    """The text with the fixes' edits made, and how many fixes that were.

    Positions are of `text`, whose lines end with LF. Of two fixes that overlap the first
    one is made; the other's turn comes when the text is checked again.
    """
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    spans: list[tuple[int, int, str]] = []
    made = 0
    for fix in fixes:
        new = [
            (_offset(starts, edit.start), _offset(starts, edit.end), edit.text)
            for edit in fix.edits
        ]
        if not any(_overlap(one, other) for one in new for other in spans):
            spans += new
            made += 1
    for start, end, words in sorted(spans, reverse=True):
        text = text[:start] + words + text[end:]
    return text, made


def _offset(starts: Sequence[int], place: Position) -> int:
    return min(starts[place.line - 1] + place.column - 1, starts[-1] - 1)


def _overlap(one: tuple[int, int, str], other: tuple[int, int, str]) -> bool:
    """Two that touch nothing but each other's ends get along, two at one place don't."""
    return (one[0] < other[1] and other[0] < one[1]) or one[0] == other[0]


def _proved(
    note: Note, findings: Sequence[Finding], candidates: Mapping[int, Fix], recheck: Recheck
) -> dict[int, Fix]:
    """Those after which the finding is gone and nothing new is found.

    All at once where that goes well, else one by one, a bounded number. A mend of tabs or
    of a language out of place uncovers what they hid: that is no new mistake.
    """
    if not candidates:
        return {}
    before = _counted(recheck(note.text))

    def holds(some: Mapping[int, Fix]) -> bool:
        after = _counted(recheck(apply(note.text, list(some.values()))[0]))
        wanted = Counter(_identity(findings[index]) for index in some)
        uncovers = any(findings[index].code in UNCOVERING for index in some)
        return all(after[each] <= before[each] - times for each, times in wanted.items()) and (
            uncovers or not after - before
        )

    if not any(findings[index].code in UNCOVERING for index in candidates) and holds(
        candidates
    ):
        return dict(candidates)
    few = list(candidates.items())[:_MOST]
    return {index: fix for index, fix in few if holds({index: fix})}


def _counted(findings: Sequence[Finding]) -> Counter[tuple[str, str]]:
    return Counter(map(_identity, findings))


def _identity(finding: Finding) -> tuple[str, str]:
    """What it says; its place moves where lines go. `line` is another line's number."""
    told = sorted((k, str(v)) for k, v in finding.arguments.items() if k != "line")
    return finding.code, str(told)


# --- what the scanner finds -------------------------------------------------------------


def _stray_mark(lines: Sequence[str], finding: Finding) -> Fix | None:
    """KD005: the `%` and the blanks before it."""
    number, column = finding.position.line, finding.position.column
    line = lines[number - 1]
    if line[column - 1 :].rstrip() != "%":
        return None
    kept = len(line[: column - 1].rstrip())
    return Fix((Edit(Position(number, kept + 1), Position(number, len(line) + 1), ""),))


# --- what is wrong with manifests -------------------------------------------------------


def _tabs(lines: Sequence[str], _finding: Finding, reading: Reading) -> Fix | None:
    """KD102: the indentation of every line that a tab is in, nothing behind it."""
    edits = []
    written = reading.block.body.split("\n")
    for number, (old, new) in enumerate(zip(written, reading.text.split("\n"), strict=True)):
        if old == new or "\t" not in old or reading.stray == number:
            continue
        same = _common_end(old, new)
        start = reading.block.position(number, 0)
        line = lines[start.line - 1]
        if line[start.column - 1 :] != old:
            return None  # a tab that belongs to the fence's own indentation too
        end = Position(start.line, start.column + len(old) - same)
        edits.append(Edit(start, end, new[: len(new) - same]))
    return Fix(tuple(edits)) if edits else None


def _common_end(old: str, new: str) -> int:
    size = 0
    while size < min(len(old), len(new)) and old[-1 - size] == new[-1 - size]:
        size += 1
    return size


def _language(lines: Sequence[str], finding: Finding, reading: Reading) -> Fix | None:
    """KD108: into the fence's header, where that is empty or says the same."""
    block = reading.block
    if reading.stray is None or block.start_line < 1:
        return None
    word = str(finding.arguments["word"])
    header = block.header.strip()
    number = finding.position.line
    removed = Edit(Position(number, 1), Position(number + 1, 1), "")
    if header.lower() in ("yaml", "yml"):
        return Fix((removed,))
    opening = lines[block.start_line - 1].rstrip()
    if header or not opening.endswith(block.fence):
        return None
    end = Position(block.start_line, len(opening) + 1)
    return Fix((Edit(end, end, word.lower()), removed))


def _field(lines: Sequence[str], finding: Finding, reading: Reading) -> Fix | None:
    """KD201: a misspelt field that is one slip away from exactly one field."""
    field = str(finding.arguments["field"])
    suggestion = str(finding.arguments.get("suggestion") or "")
    if not suggestion or not _is_slip(field, suggestion):
        return None
    if field.lower() != suggestion.lower():
        known = _fields_at(reading, str(finding.arguments["path"]))
        if [each for each in known if _is_slip(field, each)] != [suggestion]:
            return None
    return _word(lines, finding.position, field, suggestion)


def _fields_at(reading: Reading, path: str) -> list[str]:
    """The fields that the newest Kubernetes has where `path` has an unknown one; none for
    kinds of somebody else's and for items of a List."""
    definitions = pack.definitions(versions.ALL[-1])
    found: list[list[str]] = []
    for document in reading.manifest.documents:
        steps = verdicts.steps(document.value, path)
        name = definitions.kinds.get(document.api_version, {}).get(document.kind)
        if (
            name is None
            or not steps
            or not isinstance(parent := document.at(*steps[:-1]), dict)
        ):
            continue
        if steps[-1] in parent:
            schema: Mapping[str, Any] = definitions.schema(name)
            for step in steps[:-1]:
                schema = meant.child(definitions, schema, step)
            found.append(list(schema.get("properties", {})))
    # Several documents may have the same path: then all of them must say the same.
    return found[0] if found and all(set(each) == set(found[0]) for each in found) else []


def _is_slip(word: str, other: str) -> bool:
    """Whether it is the same but for case, one letter, or two that changed places."""
    if word.lower() == other.lower():
        return True
    if min(len(word), len(other)) < 4 or word[0].lower() != other[0].lower():
        return False  # of short words, several may be meant
    if len(word) == len(other):
        wrong = [n for n, (a, b) in enumerate(zip(word, other, strict=True)) if a != b]
        if len(wrong) == 1:
            return True
        first = wrong[0]
        swapped = word[:first] + word[first + 1] + word[first] + word[first + 2 :]
        return len(wrong) == 2 and swapped == other
    long, short = (word, other) if len(word) > len(other) else (other, word)
    return len(long) == len(short) + 1 and any(
        long[:n] + long[n + 1 :] == short for n in range(len(long))
    )


def _api_version(lines: Sequence[str], finding: Finding, _reading: Reading) -> Fix | None:
    """KD207: the successor takes the object as it is (`mend` says so)."""
    successor = str(finding.arguments.get("mend") or "")
    if not successor:
        return None
    return _word(lines, finding.position, str(finding.arguments["apiVersion"]), successor)


def _word(lines: Sequence[str], place: Position, old: str, new: str) -> Fix | None:
    """The one word at a place, quoted or not, by another."""
    line = lines[place.line - 1]
    at = place.column - 1
    if line[at : at + 1] in ("'", '"'):
        at += 1
    if not line.startswith(old, at):
        return None
    start = Position(place.line, at + 1)
    return Fix((Edit(start, Position(place.line, at + 1 + len(old)), new),))


_OF_NOTES: Final[Mapping[str, Callable[[Sequence[str], Finding], Fix | None]]] = {
    "KD005": _stray_mark,
}
_OF_BLOCKS: Final[Mapping[str, Callable[[Sequence[str], Finding, Reading], Fix | None]]] = {
    "KD102": _tabs,
    "KD108": _language,
    "KD201": _field,
    "KD207": _api_version,
}
