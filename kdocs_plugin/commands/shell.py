"""Bash split into its top-level statements, with their places and their words.

The grammar is tree-sitter-bash. Placeholders are blanked first, letter for letter, so
that every place stays true; words are cut out of the text as it is written.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from kdocs_plugin.commands.placeholders import find_placeholders
from kdocs_plugin.late import late
from kdocs_plugin.values import dataclass

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

COMMANDS = frozenset("command declaration_command test_command unset_command".split())
REDIRECTIONS = frozenset(
    "variable_assignment file_redirect heredoc_redirect herestring_redirect".split()
)
WRITING = frozenset("> >> &> &>> >| <>".split())
ALWAYS_TRUE = frozenset([("true",), (":",), ("[", "1", "]"), ("[[", "1", "]]")])
# The grammar takes more than linear time for what is nested and for long chains of pipes:
# text that goes deeper or on longer than this is not parsed at all.
DEEPEST = 100
LONGEST = 500
MARKS = late(
    r"[|&\\]?\n|\(\)|[(){}\[\]]|(?<![\w-])(?:if|fi|do|done|case|esac)(?![\w-])|[|&;`]|<<"
)
OPENING = frozenset("( { [ if do case".split())
CLOSING = frozenset(") } ] fi done esac".split())


@dataclass(frozen=True, slots=True)
class Command:
    """One simple command: its words with quotes taken off, expansions as written."""

    words: tuple[str, ...]
    start: int  # code points from the start of the text
    end: int

    @property
    def name(self) -> str:
        """The program, as it is called."""
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
    documents: tuple[str, ...] = ()  # bodies of its here-documents
    defines: tuple[str, ...] = ()  # functions that it makes
    background: bool = False  # ends with &
    loops: bool = False  # `while true` without a way out
    broken: bool = False  # the grammar could not read it
    start: int = 0  # of its text, in code points from the start of the whole


def split(text: str) -> tuple[Statement, ...]:
    """The top-level statements of a script, comments left out."""
    source = blanked(text)
    data = source.encode("utf-8", "replace")
    read = Reading(text, places_of(source, data))
    if is_monstrous(source):
        return (read.unread(),)
    groups = together(parser().parse(data).root_node.children)
    return tuple(map(read.statement, groups))


@cache
def parser() -> Parser:
    """One parser a process: loading the grammar costs 40 ms, so only where shell is read."""
    import tree_sitter
    import tree_sitter_bash

    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_bash.language()))


def together(nodes: Sequence[Node]) -> list[list[Node]]:
    """Top-level nodes that are one statement: with its `&`, or with what could not be read.

    The grammar cuts `echo 'it` into a command and an error behind it; run by itself, that
    command would not be what the author wrote.
    """
    groups: list[list[Node]] = []
    last: Node | None = None  # of the group that the next node may belong to
    for node in nodes:
        if node.type == "comment" or node.is_missing:
            continue
        near = last is not None and last.end_point[0] == node.start_point[0]
        if near and (node.type in ("&", "ERROR") or (last and last.type == "ERROR")):
            groups[-1].append(node)
        elif node.is_named:
            groups.append([node])
        last = node if node.is_named else None
    return groups


def blanked(text: str) -> str:
    """`text` with each placeholder as a word of the same length."""
    result, at = [], 0
    for each in find_placeholders(text):
        result += [text[at : each.start], "_" * (each.end - each.start)]
        at = each.end
    return "".join([*result, text[at:]])


def places_of(text: str, data: bytes) -> Callable[[int], int]:
    """From a place in UTF-8 bytes to one in code points."""
    if len(data) == len(text):
        return lambda byte: byte
    places = array("l")
    for number, character in enumerate(text):
        places.extend([number] * len(character.encode("utf-8", "replace")))
    places.append(len(text))
    return places.__getitem__


def is_monstrous(text: str) -> bool:
    """Whether no person wrote this: brackets and blocks nested, or chained, without end.

    Judged by marks alone; quotes are not looked at.
    """
    depth = chain = documents = 0
    for mark in MARKS.findall(text):
        if mark == "\n":
            chain = 0
        elif mark == "<<":
            documents += 1
        elif mark in OPENING:
            depth += 1
        elif mark in CLOSING:
            depth = max(0, depth - 1)
        else:
            chain += 1
        if depth > DEEPEST or max(chain, documents) > LONGEST:
            return True
    return False


@dataclass(frozen=True, slots=True)
class Reading:
    """Makes values of the grammar's nodes. `text` is as written, placeholders and all."""

    text: str
    place: Callable[[int], int]

    def unread(self) -> Statement:
        """All of the text as one statement that nobody could read."""
        body = self.text.strip("\n")
        line = self.text[: self.text.index(body)].count("\n")
        return Statement(body, line, 0, line + body.count("\n"), (), broken=True)

    def statement(self, nodes: Sequence[Node]) -> Statement:
        """The top-level nodes that make one statement."""
        start = self.place(nodes[0].start_byte)
        # A here-document's node takes the newline behind its end mark with it.
        text = self.text[start : self.place(nodes[-1].end_byte)].rstrip()
        line = nodes[0].start_point[0]
        inside = [each for node in nodes for each in walk(node)]
        behind = dict(pair for each in inside for pair in documents_behind(each))
        writes, reads = self.redirections(inside)
        return Statement(
            text=text,
            line=line,
            column=start - (self.text.rfind("\n", 0, start) + 1),
            end_line=line + text.count("\n"),
            commands=tuple(
                self.command(each, behind.get(each.id))
                for each in inside
                if each.type in COMMANDS
            ),
            writes=writes,
            reads=reads,
            documents=tuple(self.cut(n) for n in inside if n.type == "heredoc_body"),
            defines=tuple(
                self.cut(
                    each.children[0] if each.children[0].type == "word" else each.children[1]
                )
                for each in inside
                if each.type == "function_definition" and len(each.children) > 1
            ),
            background=nodes[-1].type == "&",
            loops=any(self.loops(each) for each in inside),
            broken=any(node.has_error for node in nodes),
            start=start,
        )

    def command(self, node: Node, document: Node | None) -> Command:
        """A simple command, with the here-document behind it."""
        words = tuple(self.words(node))
        if document is not None:
            words += tuple(self.words_around(node, document))
        return Command(words, self.place(node.start_byte), self.place(node.end_byte))

    def words(self, node: Node) -> Iterator[str]:
        """The words of a simple command, quotes taken off."""
        for child in node.children:
            if child.type in REDIRECTIONS and node.type != "declaration_command":
                continue
            if child.type == "command_name" and child.children:
                child = child.children[0]
            yield self.unquote(child)

    def words_around(self, node: Node, document: Node) -> Iterator[str]:
        """Words that the grammar does not give to the command: a `-` right before a
        here-document's mark, and words right behind the mark."""
        gap = self.text[self.place(node.end_byte) : self.place(document.start_byte)]
        yield from gap.split()
        for child in document.children:
            if child.type in ("word", "string", "raw_string", "concatenation"):
                yield self.unquote(child)

    def unquote(self, node: Node) -> str:
        """What bash would make of a word's quotes; expansions stay as written."""
        word = self.cut(node)
        if node.type == "raw_string":
            return word[1:-1]
        if node.type == "string":
            return re.sub(r'\\(["\\$`])', r"\1", word[1:-1])
        if node.type == "concatenation":
            return "".join(self.unquote(child) for child in node.children)
        if node.type == "word":
            return re.sub(r"\\(.)", r"\1", word)
        return word

    def redirections(self, inside: Sequence[Node]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Files that redirections write and read."""
        writes: list[str] = []
        reads: list[str] = []
        for node in inside:
            if node.type != "file_redirect" or not node.children:
                continue
            operator = next((c.type for c in node.children if c.type in (*WRITING, "<")), "")
            name = self.unquote(node.children[-1])
            if operator and name != "/dev/null":
                (reads if operator == "<" else writes).append(name)
        return tuple(writes), tuple(reads)

    def loops(self, node: Node) -> bool:
        """`while true` and the like, with nothing in it that leaves the loop."""
        if node.type != "while_statement" or len(node.children) < 2:
            return False
        condition = node.children[1]
        first = tuple(self.cut(condition).rstrip(";").split())
        leaves = {"break", "exit", "return"}
        return first in ALWAYS_TRUE and not any(
            self.cut(each) in leaves for each in walk(node) if each.type == "command_name"
        )

    def cut(self, node: Node) -> str:
        """The node's text as it is written."""
        return self.text[self.place(node.start_byte) : self.place(node.end_byte)]


def documents_behind(node: Node) -> Iterator[tuple[int, Node]]:
    """The here-document behind each command right below `node`, by the command's id."""
    if node.type == "redirected_statement":
        children = node.children
        for child, following in pairwise(children):
            if following.type == "heredoc_redirect":
                yield child.id, following


def walk(node: Node) -> Iterator[Node]:
    """`node` and all below it in the order of the text. No recursion: notes are hostile."""
    pending = [node]
    while pending:
        each = pending.pop()
        yield each
        pending.extend(reversed(each.children))
