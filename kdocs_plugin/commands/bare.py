"""Placeholders without brackets: `POD_NAME`, `파드이름`, `nginx-xxxxx`, `$POD`.

To a shell they are words and variables, so they are looked for only where a name, an address
or a port can stand: among the words of kubectl and of what asks an address, never in quotes.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise

from kdocs_plugin.commands.placeholders import (
    HANGUL,
    Placeholder,
    find_placeholders,
    understand,
)
from kdocs_plugin.commands.shell import Command, Statement
from kdocs_plugin.late import late
from kdocs_plugin.model import Attribute

CAPITALS = late(r"[A-Z][A-Z0-9]+(?:[_-][A-Z0-9]+)*")
KOREAN = late(rf"[\w-]*[{HANGUL}][\w-]*")
# What people put where a generated suffix stood: nginx-xxxxx, web-7d9cxxxx-yyyyy, web-***.
CROSSED = late(r"[a-z0-9]*(?:x{3,}|y{3,}|z{3,}|X{3,}|Y{3,}|Z{3,}|\*{2,}|#{3,})[a-z0-9]*")
HINT = late(rf"[A-Z]{{2}}|[{HANGUL}]|xxx|yyy|zzz|\*\*|###")
# What is left of a name whose end stands in brackets: nginx-<hash>, web-<rs>-<suffix>.
COMPLETED = late(
    r"(?<![\w.<-])(?P<stem>[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)"
    rf"(?:-<[A-Za-z{HANGUL}][^<>\n]*>)+(?![\w-])"
)
VARIABLE = late(r"(?<!\\)\$(?:\{(?P<braced>[A-Za-z_]\w*)\}|(?P<plain>[A-Za-z_]\w*))")
KUBECTL = frozenset("kubectl k".split())
ASKING = frozenset("curl wget ping nc telnet nslookup dig".split())
# Flags whose values are no names of objects, addresses or ports.
OTHER_VALUES = frozenset(
    """
    -o --output -l --selector -e --env --from-literal --field-selector -p --patch --sort-by
    -L --label-columns --template --overrides -H --header -X --request -d --data -A
    --user-agent --labels --annotations --schedule
    """.split()
)
# What every shell has, whatever a note sets.
OF_SHELLS = frozenset("HOME PATH PWD USER SHELL HOSTNAME LANG TERM EDITOR".split())
ASSIGNED = late(
    r"(?:^|[\s;(&|`])(?:for[ \t]+(?P<loop>\w+)[ \t]+in\b|(?P<name>[A-Za-z_]\w*)\+?="
    r"|(?:read|mapfile|getopts)\b(?P<read>[^\n;|&]*)|printf[ \t]+-v[ \t]+(?P<printed>\w+))"
)


def find_bare(statement: Statement) -> tuple[Placeholder, ...]:
    """Those of a statement that are words, in order, by their place in its text."""
    text = statement.text
    if not HINT.search(text):
        return ()
    quotes = quoted(text)
    taken = [(each.start, each.end) for each in find_placeholders(text)]
    found: dict[int, Placeholder] = {}
    for command in statement.commands:
        name = command.name.rsplit("/", 1)[-1]
        if name in KUBECTL or name in ASKING:
            for each in of_command(text, command, statement.start, name in KUBECTL):
                free = not any(a < each.end and each.start < b for a, b in taken)
                if free and quotes[each.start] == " ":
                    found[each.start] = each
    return tuple(found[start] for start in sorted(found))


def of_command(
    text: str, command: Command, offset: int, is_kubectl: bool
) -> Iterator[Placeholder]:
    """Those among the words of one simple command."""
    words = [*re.finditer(r"\S+", text[: command.end - offset])]
    words = [word for word in words if word.start() >= command.start - offset][1:]
    inside = False  # behind `--`: the words of a program in a container
    end = -1
    for before, word in pairwise([words[0], *words]) if words else ():
        if inside and before[0] == "--" and word[0].rsplit("/", 1)[-1] not in ASKING:
            return  # `-- printenv POD_IP`: the name of a variable there, not an address
        inside = inside or (is_kubectl and word[0] == "--")
        flag, equals, _ = word[0].partition("=")
        if word[0].startswith("-"):
            start = word.start() + len(flag) + 1
            if not equals or flag in OTHER_VALUES:
                continue
        elif equals or before[0] in OTHER_VALUES or word.start() < end:
            continue
        else:
            start = word.start()
        for found in pieces(text, start, word.end(), is_kubectl and not inside):
            yield found
            end = found.end


def pieces(text: str, start: int, end: int, names: bool) -> Iterator[Placeholder]:
    """The placeholders in one word: `pod/POD_NAME`, `http://NODE_IP:NODE_PORT/`.

    `names`: it may be a name of kubectl's; else an address, of which host and port count.
    """
    scheme = re.compile(r"[a-z]+://").match(text, start, end)
    start = scheme.end() if scheme else start
    if not names and (slash := text.find("/", start, end)) >= 0:
        end = slash
    for piece in re.compile(r"[^/:,@]+").finditer(text, start, end):
        word = piece[0]
        if CAPITALS.fullmatch(word):
            kind, attribute = understand(word)
            if attribute is not None:
                yield Placeholder(piece.start(), piece.end(), word, kind, attribute)
        elif KOREAN.fullmatch(word):
            whole = two_words(text, piece)
            kind, attribute = understand(whole)
            if names or attribute is not None:
                yield Placeholder(
                    piece.start(), piece.start() + len(whole), whole, kind, attribute
                )
        elif names and crossed_stem(word):
            yield Placeholder(piece.start(), piece.end(), word, "", Attribute.NAME)


def two_words(text: str, piece: re.Match[str]) -> str:
    """`파드 이름` is one placeholder in two words; any other is the word itself."""
    behind = re.compile(rf"[ ]({KOREAN.pattern})(?!\S)").match(text, piece.end())
    if behind and understand(whole := f"{piece[0]} {behind[1]}")[1] is not None:
        return whole
    return piece[0]


def crossed_stem(word: str) -> str:
    """`nginx` of `nginx-xxxxx` and of `nginx-xxxx-yyyy`, "" for any other word."""
    if match := COMPLETED.fullmatch(word):
        return crossed_stem(match["stem"]) or match["stem"]
    parts = word.split("-")
    kept = len(parts)
    while kept > 1 and CROSSED.fullmatch(parts[kept - 1]):
        kept -= 1
    stem = "-".join(parts[:kept])
    return stem if kept < len(parts) and re.fullmatch(r"[a-z0-9][a-z0-9.-]*", stem) else ""


def completed(text: str, found: Sequence[Placeholder]) -> tuple[Placeholder, ...]:
    """Placeholders of a command; those that only complete a name (`nginx-<hash>`, what is in
    the brackets not understood) with the name that they complete, as one."""
    whole = list(COMPLETED.finditer(text)) if found else []
    starts = [match.start() for match in whole]
    result: list[Placeholder] = []
    for each in found:
        at = bisect_right(starts, each.start) - 1
        match = whole[at] if at >= 0 and each.start < whole[at].end() else None
        if match is None or each.attribute is not None:
            result.append(each)
        elif not result or result[-1].start != match.start():
            result.append(Placeholder(match.start(), match.end(), match[0], "", Attribute.NAME))
    return tuple(result)


# --- Variables --------------------------------------------------------------------------


def find_variables(statement: Statement, assigned: Collection[str]) -> tuple[Placeholder, ...]:
    """`$POD_NAME`, `${NODE_IP}` that nobody has set, where their words name a thing we know.

    In single quotes and in here-documents they are for somebody else to expand.
    """
    text = statement.text
    if "$" not in text:
        return ()
    quotes = quoted(text)
    documents = [(at, at + len(each)) for each in statement.documents
                 if (at := text.find(each)) >= 0]  # fmt: skip
    found = []
    for match in VARIABLE.finditer(text):
        name = match["braced"] or match["plain"]
        if name in assigned or name in OF_SHELLS or quotes[match.start()] == "'":
            continue
        kind, attribute = understand(name)
        if attribute is None or any(a <= match.start() < b for a, b in documents):
            continue
        found.append(Placeholder(match.start(), match.end(), match[0], kind, attribute))
    return tuple(found)


def variables_of(statement: Statement) -> set[str]:
    """The variables that a statement sets, as far as its text tells."""
    names: set[str] = set()
    for match in ASSIGNED.finditer(statement.text):
        names.update(filter(None, (match["loop"], match["name"], match["printed"])))
        names.update(re.findall(r"\w+", match["read"] or ""))
    return names


def quoted(text: str) -> str:
    """For each character the quote that it stands in, a space outside of any."""
    marks: list[str] = []
    inside = " "
    escaped = False
    for character in text:
        if escaped:
            escaped = False
        elif character == "\\" and inside != "'":
            escaped = True
        elif inside == " " and character in "'\"":
            inside = character
        elif character == inside:
            inside = " "
        marks.append(inside)
    return "".join(marks)
