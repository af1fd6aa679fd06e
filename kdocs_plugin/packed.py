"""A data file of lines, compressed with zlib, whose first line says its format.

The packs of schemas and of kubectl's commands are such files: text that stays text until
something needs a line of it. xz would make them smaller by a third, and slower to open by
two milliseconds: that is what a check of a small note is made of.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any


@cache
def lines(path: Path) -> list[str]:
    """All lines of a pack, read once."""
    return zlib.decompress(path.read_bytes()).decode().split("\n")


@cache
def header(path: Path, wanted: int) -> Any:
    """A pack's first line. RuntimeError where its format is not the wanted one."""
    found = json.loads(lines(path)[0])
    if found["format"] != wanted:  # pragma: no cover - a broken installation
        raise RuntimeError(f"{path.name} has format {found['format']}, not {wanted}")
    return found


def pack(text: Iterable[str]) -> bytes:
    """A pack's bytes: the same for the same lines."""
    return zlib.compress("\n".join(text).encode(), 9)
