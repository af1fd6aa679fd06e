"""The commands of a note's command blocks, each with what the author wrote below it."""

from __future__ import annotations

import re

from kdocs_plugin.commands import Transcript, read_transcript, split
from kdocs_plugin.model import AuthorOutput, Block, BlockKind, Note
from kdocs_plugin.outputs import looks_like_output
from kdocs_plugin.planning.draft import Draft

HIDE = re.compile(r"[ \t]#[ \t]*kdocs:[ \t]*hide\b.*$")


def commands_of(note: Note) -> tuple[list[Draft], frozenset[int]]:
    """Every statement of every command block, in document order.

    With it the indexes of Windows blocks, which are shown only.
    """
    drafts: list[Draft] = []
    windows: set[int] = set()
    for block in note.blocks:
        if block.kind is not BlockKind.COMMAND:
            continue
        transcript = read_transcript(block.body)
        if transcript.windows:
            windows.add(block.index)
        found = statements_of(block, transcript)
        attach_outputs(block, transcript, found)
        attach_following(note, block, found)
        drafts += found
    return drafts, frozenset(windows)


def statements_of(block: Block, transcript: Transcript) -> list[Draft]:
    lines = block.body.split("\n")
    drafts = []
    for statement in split(transcript.script):
        column = transcript.cuts[statement.line] + statement.column
        position = block.position(statement.line, column)
        drafts.append(
            Draft(
                statement=statement,
                position=position,
                end_line=block.position(statement.end_line, 0).line,
                block=block.index,
                code=None,
                place=position.line,
                column=position.column,
                options=block.options,
                hidden=any(
                    HIDE.search(line) for line in lines[statement.line : statement.end_line + 1]
                ),
            )
        )
    return drafts


def attach_outputs(block: Block, transcript: Transcript, drafts: list[Draft]) -> None:
    """Written output belongs to the last command above it."""
    for output in transcript.outputs:
        first = block.position(output.line, 0).line
        above = [draft for draft in drafts if draft.end_line < first]
        if above and above[-1].expected is None:
            last = block.position(output.end_line, 0).line
            above[-1].expected = AuthorOutput(output.text, first, last)


def attach_following(note: Note, block: Block, drafts: list[Draft]) -> None:
    """A fence of its own, straight after the commands, that has the shape of output."""
    if not drafts or drafts[-1].expected is not None or block.index + 1 >= len(note.blocks):
        return
    following = note.blocks[block.index + 1]
    between = note.text.split("\n")[block.end_line : following.start_line - 1]
    if (
        following.kind is BlockKind.OTHER
        and looks_like_output(following.body)
        and sum(1 for line in between if line.strip()) <= 2
    ):
        drafts[-1].expected = AuthorOutput(
            following.body.strip("\n"), following.start_line + 1, following.end_line - 1
        )
