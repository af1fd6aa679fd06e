"""The commands of a note's command blocks, each with what the author wrote below it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence

from kdocs_plugin.commands import (
    INTERRUPT,
    LEAVES,
    OUTSIDE,
    Line,
    Statement,
    Transcript,
    Typed,
    opens_shell,
    read_transcript,
    split,
)
from kdocs_plugin.late import late
from kdocs_plugin.model import AuthorOutput, Block, BlockKind, Note
from kdocs_plugin.outputs import begins_with_table, looks_like_output
from kdocs_plugin.planning.draft import Draft
from kdocs_plugin.values import replace

HIDE = late(r"[ \t]#[ \t]*kdocs:[ \t]*hide\b.*$")
# A line between two fences that says that the second is the first's output.
SAYS_OUTPUT = late(r"출력|결과|\boutput\b|\bresults?\b", re.IGNORECASE)
PLAIN = frozenset(["", "text", "txt", "plain", "plaintext", "bash", "sh", "shell", "console",
                   "output", "sql", "yaml", "yml", "json", "html", "log"])  # fmt: skip
# What makes words that its shell knows: alias kgp='...', kgp() {
DEFINES = late(
    r"(?:\balias[ ]+(?=[\w.-]+=)|^[ \t]*(?:function[ ]+)?(?=[\w-]+[ ]?\(\)))([\w.-]+)",
    re.MULTILINE,
)
BETWEEN = 2  # lines of text that may stand between commands and their output


def commands_of(note: Note) -> list[Draft]:
    """Every statement of every command block, in document order."""
    drafts: list[Draft] = []
    lines = note.text.split("\n")
    defined = frozenset(DEFINES.findall(note.text))
    aliases: dict[str, tuple[str, ...]] = {}
    written: set[str] = set()  # files that commands have made so far
    for block in note.blocks:
        if block.kind is not BlockKind.COMMAND:
            continue
        transcript = read_transcript(block.body, defined)
        if transcript.windows:
            drafts += windows_commands(block)
            continue
        if transcript.inside:
            found = typed_lines(block, transcript)
        else:
            found = statements_of(block, transcript, aliases)
        attach_outputs(block, transcript, found)
        attach_following(note, lines, block, found, written)
        drafts += found
        written.update(name for draft in found for name in draft.effect.writes)
    mark_typed(drafts)
    return drafts


def mark_typed(drafts: Sequence[Draft]) -> None:
    """Commands from one that opens a shell up to an `exit` belong to that shell, also
    where they stand in fences of their own."""
    opener: Draft | None = None
    inside: list[Draft] = []
    for draft in drafts:
        name = next(iter(draft.statement.text.split()), "")
        if opener is not None and name in LEAVES:
            opener.opens = True
            for each in (*inside, draft):
                each.typed_into(opener)
            opener = None
        elif opener is not None and draft.inside:
            opener.opens = True
            for each in (*inside, draft):
                each.typed_into(opener)
            inside = []
        elif name in OUTSIDE or opens_shell(draft.statement.text):
            opener = draft if opens_shell(draft.statement.text) and not draft.stdin else None
            inside = []
        elif opener is not None:
            inside.append(draft)


def statements_of(
    block: Block, transcript: Transcript, aliases: dict[str, tuple[str, ...]]
) -> list[Draft]:
    """The statements of a block's script, at their places in the note. `aliases` are those
    that the note has made so far; what a statement makes is added."""
    lines = block.body.split("\n")
    hidden = {number for number, line in enumerate(lines) if HIDE.search(line)}
    drafts = []
    for statement in split(transcript.script):
        column = transcript.cuts[statement.line] + statement.column
        drafts.append(
            Draft(
                statement=unaliased(statement, aliases),
                position=block.position(statement.line, column),
                end_line=block.position(statement.end_line, 0).line,
                block=block.index,
                code=None,
                options=block.options,
                hidden=any(
                    number in hidden for number in range(statement.line, statement.end_line + 1)
                ),
            )
        )
    return drafts


def unaliased(statement: Statement, aliases: dict[str, tuple[str, ...]]) -> Statement:
    """The statement with the words that its aliases stand for, as bash will have them."""
    for command in statement.commands:
        for word in command.words[1:] if command.name == "alias" else ():
            name, equals, value = word.partition("=")
            if equals and len(meant := split(value)) == 1 and len(meant[0].commands) == 1:
                aliases[name] = meant[0].commands[0].words
    if not any(command.name in aliases for command in statement.commands):
        return statement
    commands = tuple(
        replace(command, words=aliases[command.name] + command.words[1:])
        if command.name in aliases
        else command
        for command in statement.commands
    )
    return replace(statement, commands=commands)


def typed_lines(block: Block, transcript: Transcript) -> list[Draft]:
    """What stands behind a container's prompts, a line each: it need be no shell's."""
    drafts = []
    for number, text in enumerate(transcript.script.split("\n")):
        if text.strip():
            cut = transcript.cuts[number]
            statement = Statement(text.rstrip(), number, cut, number, ())
            position = block.position(number, cut)
            draft = Draft(statement, position, position.line, block.index, None, block.options)
            draft.inside = True
            drafts.append(draft)
    return drafts


def windows_commands(block: Block) -> list[Draft]:
    """The lines of a PowerShell block that have its prompt. They are only shown."""
    drafts = []
    for number, line in enumerate(block.body.split("\n")):
        prompt, mark, command = line.partition(">")
        if mark and re.match(r"[ \t]*(?:PS\b|[A-Z]:\\)", prompt) and command.strip():
            column = len(line) - len(command.lstrip())
            for statement in split(command.strip())[:1]:
                position = block.position(number, column)
                drafts.append(
                    Draft(statement, position, position.line, block.index, None, windows=True)
                )
    return drafts


def attach_outputs(block: Block, transcript: Transcript, drafts: Sequence[Draft]) -> None:
    """Written output and what was typed belong to the last command above them."""
    entries: list[Line | Typed] = [*transcript.outputs, *transcript.typed]
    number = -1
    for lines in sorted(entries, key=lambda entry: entry.line):
        first = block.position(lines.line, 0).line
        last = block.position(lines.end_line, 0).line
        while number + 1 < len(drafts) and drafts[number + 1].end_line < first:
            number += 1
        if number < 0:
            continue
        draft = drafts[number]
        if not isinstance(lines, Line):
            draft.stdin = lines.text
            if lines.answers.strip():
                draft.expected = AuthorOutput(lines.answers, first, last)
        elif draft.expected is None:
            interrupted = [INTERRUPT.search(each) for each in lines.text.split("\n")]
            text = "\n".join(INTERRUPT.sub("", each) for each in lines.text.split("\n"))
            if any(interrupted):
                draft.interrupt()
            text = text.rstrip("\n")
            if text.strip():
                last = block.position(lines.line + text.count("\n"), 0).line
                draft.expected = AuthorOutput(text, first, last)


def attach_following(
    note: Note,
    lines: Sequence[str],
    block: Block,
    drafts: Sequence[Draft],
    written: Collection[str],
) -> None:
    """A fence of its own, straight after the commands, that is the last one's output.

    `written` are files that commands above have made: a `cat` of one shows what they made.
    """
    if not drafts or drafts[-1].expected is not None or block.index + 1 >= len(note.blocks):
        return
    following = note.blocks[block.index + 1]
    text = [line for line in lines[block.end_line : following.start_line - 1] if line.strip()]
    if len(text) > BETWEEN or any(line.lstrip().startswith("#") for line in text):
        return
    written = {*written, *(name for draft in drafts for name in draft.effect.writes)}
    if following.commented or not (
        is_output_of(following, text, drafts[-1])
        or (following.kind is BlockKind.MANIFEST and shows_any(drafts[-1], written))
    ):
        return
    body = following.body.split("\n")
    filled = [number for number, line in enumerate(body) if line.strip()]
    if filled:
        first, last = filled[0], filled[-1]
        drafts[-1].expected = AuthorOutput(
            "\n".join(body[first : last + 1]),
            following.position(first, 0).line,
            following.position(last, 0).line,
        )


def is_output_of(following: Block, between: Sequence[str], draft: Draft) -> bool:
    """Whether a fence is the command's output: by its shape, by what is said before it,
    or because the command prints YAML."""
    if following.kind is BlockKind.OTHER:
        if prints_no_table(draft) and begins_with_table(following.body):
            return False  # another terminal's, or of a command that the note leaves out
        said = any(SAYS_OUTPUT.search(unicodedata.normalize("NFC", line)) for line in between)
        return looks_like_output(following.body) or (said and following.language in PLAIN)
    return following.kind is BlockKind.MANIFEST and prints_yaml(draft)


def prints_no_table(draft: Draft) -> bool:
    """Whether a command only says what it has done, as kubectl does where it changes things."""
    lines = draft.kubectl
    return 0 < len(lines) == len(draft.statement.commands) and all(
        line.mutates and not line.has("-o", "--output") and not line.has("-i", "--stdin")
        for line in lines
    )


def shows_any(draft: Draft, files: Collection[str]) -> bool:
    """Whether a command is a `cat` of one of the files."""
    words = draft.statement.commands[-1].words if draft.statement.commands else ()
    return len(words) == 2 and words[0] == "cat" and words[1] in files


def prints_yaml(draft: Draft) -> bool:
    """Whether a command shows manifests: `-o yaml` that goes into no file."""
    return not draft.effect.writes and any(
        set(line.values("-o", "--output")) & {"yaml", "json"} for line in draft.kubectl
    )
