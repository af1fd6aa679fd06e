"""Bash split into its top-level statements, with their places and their words.

The grammar is tree-sitter-bash. Placeholders are blanked first, one private-use
character for each of theirs, so that every place stays true; they come back in the
words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from kdocs_plugin.commands.placeholders import Placeholder, find_placeholders

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

PRIVATE = 0xE000  # first code point of the private use area
BLANKS = re.compile("[\ue000-\uf8ff]+")
NESTED = ("command_substitution", "process_substitution", "subshell")


@dataclass(frozen=True, slots=True)
class Command:
    """One simple command: its words with quotes taken off, expansions as written."""

    words: tuple[str, ...]
    start: int  # code points from the start of the text
    end: int

    @property
    def name(self) -> str:
        return self.words[0] if self.words else ""


@dataclass(frozen=True, slots=True)
class Statement:
    """A top-level statement: what bash would read and run as one."""

    text: str
    line: int  # 0-based, of its first character
    column: int  # 0-based, in code points
    end_line: int  # 0-based, last line, here-documents included
    commands: tuple[Command, ...]  # every simple command in it, nested ones too
    writes: tuple[str, ...] = ()  # files that redirections make
    reads: tuple[str, ...] = ()  # files that redirections read
    background: bool = False  # ends with &
    broken: bool = False  # the grammar could not read it


def split(text: str) -> tuple[Statement, ...]:
    """The top-level statements of a script, comments left out."""
    placeholders = find_placeholders(text)
    blanked = blank(text, placeholders)
    source = blanked.encode()
    tree = parser().parse(source)
    line_starts = [0]
    for each_line in blanked.split("\n"):
        line_starts.append(line_starts[-1] + len(each_line) + 1)

    def offset(byte: int) -> int:
        return len(source[:byte].decode(errors="ignore"))

    statements: list[Statement] = []
    children = tree.root_node.children
    for number, node in enumerate(children):
        if not node.is_named or node.type == "comment":
            continue
        following = children[number + 1] if number + 1 < len(children) else None
        background = following is not None and following.type == "&"
        end_node = following if background and following is not None else node
        start, end = offset(node.start_byte), offset(end_node.end_byte)
        # A here-document's node takes the newline behind its end mark with it.
        end = start + len(blanked[start:end].rstrip())
        line = blanked.count("\n", 0, start)
        writes, reads = redirections(node, placeholders)
        statements.append(
            Statement(
                text=text[start:end],
                line=line,
                column=start - line_starts[line],
                end_line=line + blanked.count("\n", start, end),
                commands=tuple(
                    Command(
                        tuple(words_of(each, placeholders)),
                        offset(each.start_byte),
                        offset(each.end_byte),
                    )
                    for each in simple_commands(node)
                ),
                writes=writes,
                reads=reads,
                background=background,
                broken=node.has_error,
            )
        )
    return tuple(statements)


@cache
def parser() -> Parser:
    """One parser a process: loading the grammar costs 40 ms, so only where shell is read."""
    import tree_sitter
    import tree_sitter_bash

    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_bash.language()))


def blank(text: str, placeholders: tuple[Placeholder, ...]) -> str:
    """`text` with each placeholder as a run of one private-use character of its own."""
    result, at = [], 0
    for number, placeholder in enumerate(placeholders):
        mark = chr(PRIVATE + number % 0x1000)
        result += [text[at : placeholder.start], mark * (placeholder.end - placeholder.start)]
        at = placeholder.end
    return "".join([*result, text[at:]])


def restore(text: str, placeholders: tuple[Placeholder, ...]) -> str:
    """The placeholders back in their places."""

    def original(match: re.Match[str]) -> str:
        parts, run = [], match[0]
        while run:
            placeholder = placeholders[ord(run[0]) - PRIVATE]
            parts.append(placeholder.text)
            run = run[len(placeholder.text) :]
        return "".join(parts)

    return BLANKS.sub(original, text) if placeholders else text


def simple_commands(node: Node) -> Iterator[Node]:
    """Every simple command under `node`, in the order of the text."""
    if node.type in ("command", "declaration_command", "test_command", "unset_command"):
        yield node
    for child in node.children:
        yield from simple_commands(child)


def words_of(command: Node, placeholders: tuple[Placeholder, ...]) -> Iterator[str]:
    """The words of a simple command, quotes taken off."""
    for child in command.children:
        if child.type in ("variable_assignment", "file_redirect", "herestring_redirect"):
            continue
        word = node_text(child)
        if child.type == "command_name":
            child = child.children[0] if child.children else child
        yield restore(unquote(child, word), placeholders)


def unquote(node: Node, word: str) -> str:
    """What bash would make of a word's quotes; expansions stay as written."""
    if node.type == "raw_string":
        return word[1:-1]
    if node.type == "string":
        return re.sub(r'\\(["\\$`])', r"\1", word[1:-1])
    if node.type == "concatenation":
        return "".join(unquote(child, node_text(child)) for child in node.children)
    if node.type == "word":
        return re.sub(r"\\(.)", r"\1", word)
    return word


def redirections(
    node: Node, placeholders: tuple[Placeholder, ...]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Files that the statement's redirections write and read."""
    writes: list[str] = []
    reads: list[str] = []
    pending = [node]
    while pending:
        each = pending.pop()
        pending += each.children
        if each.type != "file_redirect" or not each.children:
            continue
        operator = next(
            (c.type for c in each.children if c.type in (">", ">>", "<", "&>", ">|")), ""
        )
        target = each.children[-1]
        name = restore(unquote(target, node_text(target)), placeholders)
        if operator == "<":
            reads.append(name)
        elif operator and name != "/dev/null":
            writes.append(name)
    return tuple(writes), tuple(reads)


def node_text(node: Node) -> str:
    return node.text.decode() if node.text else ""
