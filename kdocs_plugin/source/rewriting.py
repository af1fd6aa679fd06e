"""A file with a new text: its byte order mark, line ends, mode and owner stay as they were."""

from __future__ import annotations

import codecs
import contextlib
import os
from pathlib import Path

from kdocs_plugin.errors import SourceError
from kdocs_plugin.source.lines import split_lines
from kdocs_plugin.source.reader import decode


def rewrite(path: Path, before: str, after: str) -> None:
    """Put `after` in the place of `before`, in one step.

    Both have LF line ends. A symbolic link stays one: its target is rewritten. Raises
    SourceError where the file no longer has the text `before`, or can't be written.
    """
    target = path.resolve()
    try:
        data = target.read_bytes()
        text, problems = decode(data, str(path))
        if problems or text != before:
            raise SourceError("fix.changed", path=str(path))
        _replace(target, data, encode(data, before, after))
    except OSError as error:
        reason = error.strerror or str(error)
        raise SourceError("fix.unwritable", path=str(path), reason=reason) from error


def encode(data: bytes, before: str, after: str) -> bytes:
    """`after` as bytes, with the marks and line ends of `data`, which `before` was read from.

    A line that stays keeps its own end; a new one gets that of the line above it.
    """
    mark = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
    old = split_lines(before)
    ends = _ends(data.removeprefix(mark).decode("utf-8"))
    new = split_lines(after)
    kept = ends if len(new) == len(old) else _carried(old, new, ends)
    return mark + "".join(
        line + end for line, end in zip(new, [*kept, ""], strict=True)
    ).encode("utf-8")


def _ends(text: str) -> list[str]:
    """What ends each line but the last one: LF, CRLF or CR."""
    found = []
    at = 0
    while at < len(text):
        char = text[at]
        if char == "\r":
            end = "\r\n" if text.startswith("\r\n", at) else "\r"
            found.append(end)
            at += len(end)
            continue
        if char == "\n":
            found.append(char)
        at += 1
    return found


def _carried(old: list[str], new: list[str], ends: list[str]) -> list[str]:
    """Line ends for a text with lines more or less."""
    from difflib import SequenceMatcher

    known: dict[int, str] = {}
    for one, two, size in SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks():
        known |= {two + n: ends[one + n] for n in range(size) if one + n < len(ends)}
    kept: list[str] = []
    for number in range(len(new) - 1):
        above = kept[-1] if kept else (ends[0] if ends else "\n")
        kept.append(known.get(number, above))
    return kept


def _replace(target: Path, before: bytes, data: bytes) -> None:
    """Write beside the file and move it there, if the file is still as it was."""
    state = target.stat()
    import tempfile  # only for a mend

    handle, name = tempfile.mkstemp(prefix=f".{target.name[:40]}.", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(state.st_mode & 0o7777)
        if hasattr(os, "chown"):
            with contextlib.suppress(PermissionError):
                os.chown(name, state.st_uid, state.st_gid)
        if target.read_bytes() != before:
            raise SourceError("fix.changed", path=str(target))
        Path(name).replace(target)
    finally:
        Path(name).unlink(missing_ok=True)
