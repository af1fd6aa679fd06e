"""Did you mean: the known word that is nearest to a misspelt one."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(word: str, known: Iterable[str], cutoff: float = 0.75) -> str:
    """The nearest known word, "" where none is near. Case alone never stands between."""
    if len(word) > 64:  # difflib is quadratic, and no field is that long
        return ""
    by_lower = {name.lower(): name for name in known}
    lower = word.lower()
    if lower in by_lower:
        return by_lower[lower]
    from difflib import get_close_matches

    close = get_close_matches(lower, by_lower, n=1, cutoff=cutoff)
    return by_lower[close[0]] if close else ""
