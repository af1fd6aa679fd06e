"""A file as text: UTF-8 with or without a byte order mark, any line ends."""

from __future__ import annotations

import codecs
import os
from pathlib import Path

from kdocs_plugin.errors import SourceError
from kdocs_plugin.model import Finding, Position, Severity
from kdocs_plugin.source.lines import split_lines


def read(path: Path | str, name: str | None = None) -> tuple[str, tuple[Finding, ...]]:
    """The file's text with LF line ends and no byte order mark, and what is wrong with it.

    Bytes that are not UTF-8 become U+FFFD; the first of them is a finding (KD002), whose
    path is `name`, or the file's own where no name is given.

    Raises SourceError where the file can't be opened.
    """
    try:
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - half the time of Path's
            data = file.readall()
    except OSError as error:
        raise SourceError(
            "source.unreadable", path=str(path), reason=error.strerror or str(error)
        ) from error
    return decode(data, name or os.fspath(path).replace(os.sep, "/"))


def decode(data: bytes, name: str) -> tuple[str, tuple[Finding, ...]]:
    """The same for bytes."""
    data = data.removeprefix(codecs.BOM_UTF8)
    try:
        text = data.decode("utf-8")
        return ("\n".join(split_lines(text)) if "\r" in text else text), ()
    except UnicodeDecodeError as error:
        before = split_lines(data[: error.start].decode("utf-8"))
        position = Position(len(before), len(before[-1]) + 1)
        byte = f"0x{data[error.start]:02X}"
        finding = Finding("KD002", Severity.ERROR, name, position, {"byte": byte})
        return "\n".join(split_lines(data.decode("utf-8", "replace"))), (finding,)
