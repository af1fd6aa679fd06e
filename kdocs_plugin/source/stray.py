"""The `%` that zsh prints where output ends without a newline, copied along into a note."""

from __future__ import annotations

# Behind these a percent sign is an operator or a template's.
_SYNTAX = ("%", "{", "\\", "<", "=", "/", "+", "-", "$", "&", "#", "(", "[")


def stray_mark(lines: list[str]) -> tuple[int, int] | None:
    """(line, column), 0-based, of a `%` behind the text's last character.

    `50%` and `50 %` are numbers, and `%%` or `{%` somebody's syntax; those are left alone.
    """
    index = len(lines) - 1
    while index > 0 and not lines[index].strip():
        index -= 1
    line = lines[index].rstrip()
    if not line.endswith("%"):
        return None
    before = line[:-1].rstrip()
    if not before and index == 0:
        return None
    if before[-1:].isdigit() or before.endswith(_SYNTAX):
        return None
    return index, len(line) - 1
