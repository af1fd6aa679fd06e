"""Whether bash would ask for another line: a backslash, a quote, a here-document, a pipe."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from kdocs_plugin.late import late

DOCUMENT = r"<<-?[ \t]*(?:'(?P<single>[^']+)'|\"(?P<double>[^\"]+)\"|\\?(?P<bare>[\w.-]+))"
TOKEN = late(rf"\\.|\\$|['\"`]|<<<|{DOCUMENT}|(?<![^\s;|&(])#.*")
BLOCKS = late(r"(?<![\w-])(?:(?P<opens>do|if|case|\{)|(?P<closes>done|fi|esac|\}))(?![\w-])")
JOINS = ("|", "&&", "\\")


class Unfinished:
    """Reads a command line by line and knows what of it is still open."""

    def __init__(self) -> None:
        self.quote = ""
        self.documents: deque[str] = deque()  # end marks of here-documents to come
        self.joined = False  # the last line ends with `\`, `|` or `&&`
        self.depth = 0  # of do, if, case and braces

    def feed(self, line: str) -> bool:
        """Take another line; whether the command goes on after it."""
        if self.documents and not self.quote and not self.joined:
            if line.strip() == self.documents[0]:
                self.documents.popleft()
            return bool(self.documents)
        bare = self._read(line).rstrip()
        for match in BLOCKS.finditer(bare):
            self.depth += 1 if match["opens"] else -1
        self.joined = not self.quote and bare.endswith(JOINS)
        return self.joined or bool(self.quote) or bool(self.documents)

    def _read(self, line: str) -> str:
        """The line without what stands in quotes and behind a comment mark."""
        bare, at = [], 0
        while at < len(line):
            if self.quote:
                end = self._end_of_quote(line, at)
                if end < 0:
                    break
                self.quote, at = "", end + 1
                continue
            match = TOKEN.search(line, at)
            if match is None:
                bare.append(line[at:])
                break
            bare.append(line[at : match.start()])
            at = match.end()
            mark = match[0]
            if mark in ("'", '"', "`"):
                self.quote = mark
            elif closing := match["single"] or match["double"] or match["bare"]:
                self.documents.append(closing)
            elif mark == "\\":
                bare.append(mark)
        return "".join(bare)

    def _end_of_quote(self, line: str, at: int) -> int:
        end = line.find(self.quote, at)
        while self.quote != "'" and end > 0 and is_escaped(line, end):
            end = line.find(self.quote, end + 1)
        return end


def is_escaped(line: str, at: int) -> bool:
    """Whether an odd number of backslashes stands before this place."""
    before = line[:at]
    return (len(before) - len(before.rstrip("\\"))) % 2 == 1


def extent(lines: Sequence[str], start: int, stop: int) -> int:
    """Where the command that begins at `start` ends: the first line behind it.

    A quote that is never closed was an apostrophe: then the command is one line.
    """
    command = Unfinished()
    for number in range(start, stop):
        if not command.feed(lines[number]):
            return number + 1
    return start + 1 if command.quote else stop
