"""A text as lines: what the author wrote, and where its columns are once tabs are expanded.

Python-Markdown expands every tab before it looks at anything, so structure is decided in
expanded columns; people and editors count code points, so findings need raw ones.
"""

from __future__ import annotations

TAB = 4  # Python-Markdown's tab_length, which MkDocs leaves as it is


def split_lines(text: str) -> list[str]:
    """The text's lines as Markdown has them: ended by LF, CRLF or CR and nothing else.

    (`str.splitlines` also splits at form feeds and Unicode separators; Markdown does not.)
    """
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


class Lines:
    """The lines of a text, raw and expanded. Indexes and columns here are 0-based."""

    def __init__(self, text: str) -> None:
        self.raw = split_lines(text)
        self.expanded = [_expand(line) for line in self.raw]

    def __len__(self) -> int:
        return len(self.raw)

    def raw_column(self, index: int, column: int) -> int:
        """The raw column of an expanded one; inside a tab: the tab's own."""
        line = self.raw[index]
        if "\t" not in line:
            return min(column, len(line))
        at = 0
        for position, char in enumerate(line):
            width = TAB - at % TAB if char == "\t" else 1
            if at + width > column:
                return position
            at += width
        return len(line)


def _expand(line: str) -> str:
    """Tabs to spaces; a line of nothing but space becomes empty, as in Python-Markdown."""
    if not line.strip(" \t"):
        return ""
    return line.expandtabs(TAB) if "\t" in line else line
