"""A command block as one card: each command with its real output below it.

The card keeps the block's order. Comments stay; what the author wrote as a recorded
command's output gives way to the real one; what was never run shows the author's output
and says that it is the author's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from markupsafe import Markup
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import BashLexer

from kdocs_plugin.commands import parse_kubectl, split
from kdocs_plugin.messages import Language
from kdocs_plugin.model import Block, BlockKind, Embedded, Page
from kdocs_plugin.rendering.options import RenderOptions
from kdocs_plugin.rendering.outputs import Output, output, shown
from kdocs_plugin.rendering.templates import fill, words
from kdocs_plugin.values import dataclass

FROM_CONTAINER = frozenset(("attach", "debug", "exec", "logs"))
_SPACES = re.compile(r'<span class="w">(\s*)</span>')
_LEXER = BashLexer(stripnl=False, ensurenl=False)
_FORMATTER: HtmlFormatter[str] = HtmlFormatter(nowrap=True)


@dataclass(frozen=True, slots=True)
class Row:
    """A command with what came of it, or (no command) a comment between commands."""

    comment: str = ""
    command: Markup | None = None
    stdin: str = ""
    output: Output | None = None
    written: str = ""  # the author's output of a command that was not run
    elsewhere: bool = False  # the output is shown at the author's own place for it


@dataclass(frozen=True, slots=True)
class Cards:
    """Makes the cards of one page."""

    page: Page
    options: RenderOptions

    @property
    def language(self) -> Language:
        return self.options.language

    def steps(self, block: Block) -> list[Embedded]:
        """The block's own steps, in the order of the text."""
        mine = [
            e
            for e in self.page.embedded
            if e.step.kind == "step" and e.step.block == block.index
        ]
        return sorted(mine, key=lambda e: e.step.position)

    def has_record(self, block: Block) -> bool:
        """There is something to show that the author's own fence does not."""
        return any(shown(embedded.recorded) for embedded in self.steps(block))

    def written_in(self, block: Block) -> list[Embedded]:
        """Recorded steps of other blocks whose output the author wrote as this block."""
        if block.kind is BlockKind.COMMAND:
            return []
        return [
            e
            for e in self.page.embedded
            if e.step.block != block.index
            and e.step.expected is not None
            and block.start_line < e.step.expected.line < block.end_line
            and shown(e.recorded)
            and not e.step.hidden
        ]

    def covers(self, block: Block) -> bool:
        """The author wrote nothing else into this block than outputs of recorded steps."""
        outputs = [e.step.expected for e in self.written_in(block)]
        lines = {k for o in outputs if o for k in range(o.line, o.end_line + 1)}
        body = enumerate(block.body.split("\n"), block.start_line + 1)
        return bool(lines) and all(line in lines for line, text in body if text.strip())

    def card(self, block: Block, elsewhere: frozenset[int]) -> str:
        """HTML for the block, "" where everything in it is hidden. `elsewhere`: indexes
        of steps whose output stands at a block of its own."""
        rows = self._rows(block, elsewhere)
        if not rows:
            return ""
        return fill(
            "card",
            self.language,
            anchor=f"kdocs-{block.start_line}",
            script=self.options.script,
            name=block.attributes.get("title", ""),
            rows=rows,
            mark=self.mark([e for e in self.steps(block) if e.step.index not in elsewhere]),
        )

    def result(self, steps: Sequence[Embedded]) -> str:
        """HTML for outputs that the author wrote as a block of their own."""
        outputs = [result for e in steps if (result := self._output(e))]
        return fill("result", self.language, outputs=outputs, mark=self.mark(steps))

    def mark(self, steps: Sequence[Embedded]) -> str:
        """Say here that images stand in for the official ones, or for the note's? At each
        output that comes out of a container; and once at the first output that is in sight
        and at the first that is folded, whatever they are. The words, "" for none."""
        record = self.page.record
        if record is None or not any(i.built_locally or i.stands_for for i in record.images):
            return ""
        speaking = [
            e
            for e in self.page.embedded
            if not e.step.hidden and (recorded := shown(e.recorded)) and recorded.output.strip()
        ]
        speaking.sort(key=lambda e: e.step.position)
        firsts = [
            next((e for e in speaking if e.step.kind == kind), None)
            for kind in ("step", "probe")
        ]
        spoken = [e for e in steps if any(e is each for each in speaking)]
        told = any(
            from_container(e.step.command) or any(e is first for first in firsts)
            for e in spoken
        )
        swaps = [f"{old} → {i.name}" for i in record.images for old in i.stands_for]
        said = words("render.stand_in", self.language)
        return ": ".join(filter(None, (said, ", ".join(swaps)))) if told else ""

    def _output(self, embedded: Embedded) -> Output | None:
        recorded = shown(embedded.recorded)
        return output(embedded, recorded, self.options) if recorded else None

    def _rows(self, block: Block, elsewhere: frozenset[int]) -> list[Row]:
        steps = self.steps(block)
        rows: list[tuple[int, Row]] = []
        taken = {block.start_line + 1 + k for k in block.option_lines}
        for embedded in steps:
            step = embedded.step
            taken.update(range(step.position.line, step.end_line + 1))
            if step.expected is not None:
                taken.update(range(step.expected.line, step.expected.end_line + 1))
            if not step.hidden:
                rows.append((step.position.line, self._row(block, embedded, elsewhere)))
        stdin = {line.strip() for e in steps for line in (e.step.stdin or "").split("\n")}
        rows += [
            (line, Row(comment=text))
            for line, text in enumerate(block.body.split("\n"), block.start_line + 1)
            if line not in taken and text.strip() and not _is_input(text, stdin)
        ]
        rows.sort(key=lambda row: row[0])
        return _joined([row for _, row in rows])

    def _row(self, block: Block, embedded: Embedded, elsewhere: frozenset[int]) -> Row:
        step = embedded.step
        result = self._output(embedded)
        written = ""
        if result is None and step.expected is not None:
            inside = block.start_line < step.expected.line < block.end_line
            written = step.expected.text.rstrip() if inside else ""
        return Row(
            command=colour(step.command),
            # What was run shows what was typed where it was typed, with its prompts.
            stdin="" if result is not None and result.text else (step.stdin or "").rstrip(),
            output=result,
            written=written,
            elsewhere=step.index in elsewhere,
        )


def from_container(command: str) -> bool:
    """Whether what a command prints comes out of a container, as far as its words tell."""
    for statement in split(command):
        for each in statement.commands:
            line = parse_kubectl(each.words)
            if each.name in ("curl", "wget") or (
                line is not None
                and (line.verb in FROM_CONTAINER or (line.verb == "run" and line.interactive))
            ):
                return True
    return False


def colour(command: str) -> Markup:
    """A command with Pygments' classes, escaped by it. Spaces stay bare, so that the text
    can be found in the page's source."""
    coloured = highlight(command.strip("\n"), _LEXER, _FORMATTER).rstrip("\n")
    return Markup(_SPACES.sub(r"\1", coloured))  # noqa: S704


def _is_input(text: str, stdin: set[str]) -> bool:
    """A line that the author typed into the command above: `/ # ls`, `mysql> exit`."""
    line = text.strip()
    return line in stdin or any(line.endswith(f" {typed}") for typed in stdin if typed)


def _joined(rows: list[Row]) -> list[Row]:
    """Comment lines that follow each other are one row. A block without commands to show
    has nothing to comment on."""
    if all(row.command is None for row in rows):
        return []
    joined: list[Row] = []
    for row in rows:
        if row.command is None and joined and joined[-1].command is None:
            joined[-1] = Row(comment=f"{joined[-1].comment}\n{row.comment}")
        else:
            joined.append(row)
    return joined
