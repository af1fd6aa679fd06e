"""Did you mean: the known word that is nearest to a misspelt one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

_LONGEST: Final = 64  # difflib is quadratic, and no field is that long
_SHORTEST: Final = 3  # of a word of two letters, one slip leaves nothing to go by


def nearest(word: str, known: Iterable[str], cutoff: float = 0.75) -> str:
    """The nearest known word, "" where none is near. Case alone never stands between.

    One slip of the fingers (a letter too many, too few, another one, two swapped) is near
    whatever `cutoff`, the least likeness of anything else, says.
    """
    if len(word) > _LONGEST:
        return ""
    by_lower = {name.lower(): name for name in known}
    lower = word.lower()
    if lower in by_lower:
        return by_lower[lower]
    slips = [name for name in by_lower if is_one_slip(lower, name)]
    if not slips:
        from difflib import get_close_matches

        slips = get_close_matches(lower, by_lower, n=1, cutoff=cutoff)
    # Of several, the one that begins alike: people get the first letter right.
    best = max(slips, key=lambda name: _alike(lower, name), default="")
    return by_lower[best] if best else ""


def is_one_slip(word: str, name: str) -> bool:
    """Whether one letter more, less or other, or two swapped, make the one the other."""
    if abs(len(word) - len(name)) > 1 or min(len(word), len(name)) < _SHORTEST:
        return False
    at = _alike(word, name)
    rest, other = word[at:], name[at:]
    if len(rest) == len(other):
        swapped = rest[1:2] + rest[:1] + rest[2:] == other
        return swapped or rest[1:] == other[1:]
    longer, shorter = (rest, other) if len(rest) > len(other) else (other, rest)
    return longer[1:] == shorter


def _alike(word: str, name: str) -> int:
    """How many letters they begin with in common."""
    return next(
        (n for n, (one, other) in enumerate(zip(word, name, strict=False)) if one != other),
        min(len(word), len(name)),
    )
