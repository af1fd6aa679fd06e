"""Versions of Kubernetes that a note is held against: `1.37`, `v1.36.3`, `1.30-1.37`.

Fields and kinds come and go with minor versions only, so a patch number is read over.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from kdocs_plugin.late import late

OLDEST: Final = 25  # minor versions of the schema pack; a test holds them to it
NEWEST: Final = 37
ALL: Final = tuple(f"1.{minor}" for minor in range(OLDEST, NEWEST + 1))
SPAN: Final = f"1.{OLDEST}–1.{NEWEST}"  # as messages name it

_VERSION: Final = r"v?1\.(\d{1,3})(?:\.\d{1,3})?"
_RANGE: Final = late(rf"\s*{_VERSION}\s*(?:[-–~]\s*{_VERSION}\s*)?")


def targets(value: Any) -> tuple[str, ...]:
    """The versions that a setting names, oldest first; the newest one where it is empty.

    YAML reads a bare `1.30` as the number 1.3, which is told from `1.3` by nobody: since
    there is no schema of Kubernetes 1.3, it is taken for 1.30. Raises ValueError for what
    names no version, or one that the pack does not hold.
    """
    if value in ("", None):
        return (ALL[-1],)
    text = "1.30" if isinstance(value, float) and value == 1.3 else str(value)
    match = _RANGE.fullmatch(text)
    if match is None:
        raise ValueError(text)
    first = int(match[1])
    last = int(match[2] or first)
    if not OLDEST <= first <= last <= NEWEST:
        raise ValueError(text)
    return tuple(f"1.{minor}" for minor in range(first, last + 1))


def minor(version: str) -> int:
    """`1.37` -> 37."""
    return int(version.partition(".")[2])


def spans(versions: Iterable[str]) -> str:
    """Versions as people write them: `1.25–1.28, 1.30`."""
    minors = sorted({minor(version) for version in versions})
    parts: list[list[int]] = []
    for number in minors:
        if parts and parts[-1][-1] == number - 1:
            parts[-1].append(number)
        else:
            parts.append([number])
    return ", ".join(
        f"1.{part[0]}" if len(part) == 1 else f"1.{part[0]}–1.{part[-1]}" for part in parts
    )
