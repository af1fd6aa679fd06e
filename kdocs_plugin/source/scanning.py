"""From a note's text to a Note: the one place that knows the order of looking.

Fences come first, since SuperFences takes them out before anything else is read; then raw
HTML and comments, then Python-Markdown's blocks, and last what stands in their text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from kdocs_plugin.model import (
    Block,
    BlockKind,
    Finding,
    Heading,
    Note,
    Position,
    Severity,
)
from kdocs_plugin.source.annotations import IN_COMMENT, IN_FENCE, Mistake, settings
from kdocs_plugin.source.callouts import callouts
from kdocs_plugin.source.classify import classify
from kdocs_plugin.source.fences import Failed, Fence, Why, find_fences
from kdocs_plugin.source.front_matter import FrontMatter, front_matter
from kdocs_plugin.source.headers import suggest_header
from kdocs_plugin.source.inline import inline_codes
from kdocs_plugin.source.lines import Lines
from kdocs_plugin.source.outline import Outline, outline
from kdocs_plugin.source.raw_html import RawHtml, find_raw_html
from kdocs_plugin.source.stray import stray_mark
from kdocs_plugin.values import dataclass, replace


@dataclass(frozen=True, slots=True)
class Layout:
    """A text's structure, from which the Note's values are made."""

    lines: Lines
    front: FrontMatter
    fences: list[Fence]  # those that are rendered as blocks
    failed: list[Failed]
    html: RawHtml
    outline: Outline


def layout_of(path: str, text: str) -> Layout:
    """What stands where in a text."""
    lines = Lines(text)
    front = front_matter(path, lines.raw)
    fences, failed = find_fences(lines.expanded, front.lines)
    inside = {i for fence in fences for i in range(fence.start, fence.end + 1)}
    html = find_raw_html(lines.expanded, front.lines, inside)
    found = outline(lines.expanded, front.lines, fences, html.blocks)
    rendered = [fence for fence in fences if fence.start not in found.reverted]
    return Layout(lines, front, rendered, failed, html, found)


def scan(path: str, text: str) -> Note:
    """The note that `text` is. Never raises: what is wrong with it is in `problems`.

    `path` is what findings and reports call the file; nothing is read from it.
    """
    layout = layout_of(path, text)
    lines = layout.lines
    opaque = set(layout.outline.code)
    opaque.update(i for fence in layout.fences for i in range(fence.start, fence.end + 1))
    opaque.update(i for r in layout.html.blocks for i in range(r.start, r.end + 1))
    opaque.update(i for r in layout.html.comments for i in range(r.start, r.end + 1))

    above, picture, problems = _comments(path, layout)
    blocks, mistakes = _blocks(path, layout, above)
    problems += mistakes
    codes = inline_codes(lines, layout.outline.runs, {fence.start for fence in layout.fences})
    commented = {i for r in layout.html.comments for i in range(r.start, r.end + 1)}
    tails = {r.end: r.tail for r in layout.html.comments}
    codes = tuple(
        code
        for code in codes
        if code.position.line - 1 not in commented
        or code.position.column > tails.get(code.position.line - 1, len(text) + 1)
    )
    if layout.front.problem:
        problems.append(layout.front.problem)
    problems += _failures(path, layout)
    if mark := stray_mark(lines.raw):
        index, column = mark
        if index >= layout.front.lines and index not in opaque:
            position = Position(index + 1, column + 1)
            problems.append(Finding("KD005", Severity.WARNING, path, position))
    return Note(
        path=path,
        text=text,
        front_matter=layout.front.values,
        front_matter_lines=layout.front.lines,
        blocks=tuple(blocks),
        codes=codes,
        headings=tuple(
            Heading(h.level, h.text, h.index + 1, h.end_index + 1)
            for h in sorted(layout.outline.headings, key=lambda h: h.index)
        ),
        callouts=callouts(lines.expanded, layout.front.lines, opaque),
        problems=tuple(sorted(problems, key=lambda p: p.position)),
        picture=picture,
    )


# --- Blocks ---


def _blocks(
    path: str, layout: Layout, above: Mapping[int, dict[str, str]]
) -> tuple[list[Block], list[Finding]]:
    """The blocks, with the annotations `above` them, and what is wrong with their own."""
    problems: list[Finding] = []
    commented = {i for r in layout.html.comments for i in range(r.start, r.end + 1)}
    blocks: list[Block] = []
    for index, fence in enumerate(layout.fences):
        block = _block(layout.lines, index, fence)
        if fence.start in commented:
            block = replace(block, kind=BlockKind.OTHER, commented=True)
        else:
            values, lines, mistakes = _annotated(path, block)
            block = replace(
                block, options={**above.get(fence.start, {}), **values}, option_lines=lines
            )
            problems += mistakes
        blocks.append(block)
    return blocks, problems


def _block(lines: Lines, index: int, fence: Fence) -> Block:
    body: list[str] = []
    offsets: list[int] = []
    for i in range(fence.start + 1, fence.end):
        raw = lines.raw[i]
        cut = lines.raw_column(i, len(fence.prefix)) if "\t" in raw else len(fence.prefix)
        offsets.append(min(cut, len(raw)))
        body.append(raw[cut:])
    language = fence.parsed.language.lower()
    text = "\n".join(body)
    raw = lines.raw[fence.start]
    marks = raw.index(fence.marks)
    return Block(
        index=index,
        kind=classify(language, text),
        language=language,
        header=raw[marks + len(fence.marks) :].strip(),
        attributes=fence.parsed.attributes,
        options={},
        body=text,
        start_line=fence.start + 1,
        end_line=fence.end + 1,
        prefix=raw[:marks],
        fence=fence.marks,
        offsets=tuple(offsets),
    )


def _annotated(
    path: str, block: Block
) -> tuple[dict[str, str], tuple[int, ...], list[Finding]]:
    """Annotations in the fence: its first lines, as long as they are some.

    In a fence that is neither a manifest nor commands they are its text: an example.
    """
    values: dict[str, str] = {}
    taken: list[int] = []
    problems: list[Finding] = []
    if block.kind is BlockKind.OTHER:
        return values, (), problems
    for k, line in enumerate(block.body.split("\n")):
        if not (match := IN_FENCE.match(line)):
            break
        taken.append(k)
        more, mistakes = settings(line, *match.span("settings"))
        values.update(more)
        problems += [
            _mistake(path, m, block.position(k, m.column), block.index) for m in mistakes
        ]
    return values, tuple(taken), problems


def _comments(
    path: str, layout: Layout
) -> tuple[dict[int, dict[str, str]], int, list[Finding]]:
    """Annotations in comments, by the line of the fence they stand before; the 1-based line
    that is the picture's; and what is wrong with them."""
    raw = layout.lines.raw
    starts = {fence.start for fence in layout.fences}
    inside = {i for f in layout.fences for i in range(f.start, f.end + 1)} | layout.outline.code
    found: dict[int, dict[str, str]] = {}
    problems: list[Finding] = []
    waiting: dict[str, str] = {}
    unused: list[int] = []
    picture = 0
    for index in range(layout.front.lines, len(raw)):
        if index in starts:
            found[index] = waiting
            waiting, unused = {}, []
        elif index in inside:
            continue
        elif match := IN_COMMENT.match(raw[index]):
            values, mistakes = settings(raw[index], *match.span("settings"))
            if values.pop("picture", ""):
                picture = picture or index + 1
            waiting = {**waiting, **values}
            problems += [
                _mistake(path, m, Position(index + 1, m.column + 1), None) for m in mistakes
            ]
            if set(values) - {"ignore"}:
                unused.append(index)
        elif raw[index].strip(" \t>"):
            problems += _unused(path, raw, unused)
            waiting, unused = {}, []
    return found, picture, problems + _unused(path, raw, unused)


def _unused(path: str, raw: Sequence[str], indexes: Sequence[int]) -> list[Finding]:
    return [
        Finding("KD009", Severity.WARNING, path, Position(i + 1, raw[i].index("<!--") + 1))
        for i in indexes
    ]


def _mistake(path: str, mistake: Mistake, position: Position, block: int | None) -> Finding:
    return Finding(mistake.code, Severity.WARNING, path, position, mistake.arguments, block)


# --- What only looks like a fence ---


def _failures(path: str, layout: Layout) -> Iterator[Finding]:
    """Findings for fences that are none. Behind a header that isn't understood, or a fence
    cut off, every mark means its opposite: what is unclosed there is not reported as well."""
    misread = False
    for failed in layout.failed:
        if failed.start in layout.outline.code:
            continue
        column = layout.lines.raw_column(failed.start, failed.column)
        position = Position(failed.start + 1, column + 1)
        if failed.why is Why.HEADER:
            if "`" in failed.header and failed.marks.startswith("`"):
                continue  # an inline span of three backticks at the line's start
            misread = True
            header = failed.header.strip()
            advice = failed.marks + suggest_header(header)
            yield Finding(
                "KD004",
                Severity.WARNING,
                path,
                Position(position.line, position.column + len(failed.marks)),
                {"header": header, "suggestion": advice},
            )
        elif failed.why is Why.UNCLOSED and not misread:
            yield Finding("KD003", Severity.WARNING, path, position, {"fence": failed.marks})
        elif failed.why is Why.CUT and not misread:
            misread = True
            yield Finding(
                "KD008",
                Severity.WARNING,
                path,
                position,
                {"fence": failed.marks, "line": failed.at + 1},
            )
