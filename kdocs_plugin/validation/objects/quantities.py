"""Quantities: `500m`, `64Mi`, `1.5`, 1e3 (resource.Quantity of k8s.io/apimachinery)."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from kdocs_plugin.late import late
from kdocs_plugin.validation.objects.fields import QUANTITY, Errors, Field, invalid

_QUANTITY: Final = late(
    r"\s*([+-]?)(\d+\.?\d*|\.\d+)(?:[eE]([+-]?\d+)|([numkMGTPE]|[KMGTPE]i)?)\s*", re.ASCII
)
_POWERS: Final[dict[str | None, tuple[int, int]]] = {  # what a suffix stands for
    "n": (10, -9),
    "u": (10, -6),
    "m": (10, -3),
    **{name: (10, 3 * power) for power, name in enumerate("kMGTPE", 1)},
    **{f"{name}i": (1024, power) for power, name in enumerate("KMGTPE", 1)},
    None: (10, 0),
}
_LONGEST: Final = 100  # beyond it all are the highest
# Amounts are whole numbers of this part of one: no quantity has more decimals than it has
# characters, nor a lower power than 10**-30. Fractions would take 4 ms to import.
ONE: Final[int] = 10 ** (_LONGEST + 30)
_HIGHEST: Final[int] = (2**63 - 1) * ONE
_WORDS: Final = (
    "quantities must match the regular expression "
    "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
)
_MISTAKES: Final = {
    "mb": "M", "gb": "G", "kb": "k", "tb": "T", "mib": "Mi", "gib": "Gi", "kib": "Ki",
    "tib": "Ti",
    "mi": "Mi", "gi": "Gi", "ki": "Ki", "ti": "Ti", "g": "G", "t": "T", "cpu": "", "core": "",
    "cores": "", "k": "k", "ms": "m",
}  # fmt: skip
_WRITTEN: Final = late(r"([+-]?\d+(?:\.\d+)?)\s*([A-Za-z]+)", re.ASCII)


def parse(value: object) -> int | None:
    """What a quantity is worth, as so many parts of `ONE`; None where it is none."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    text = value if isinstance(value, str) else repr(value)
    if len(text) > _LONGEST:
        return _HIGHEST if re.fullmatch(r"[+-]?\d+", text) else None
    return _parsed(text)


@lru_cache(maxsize=1000)  # 100m and 64Mi stand everywhere
def _parsed(text: str) -> int | None:
    match = _QUANTITY.fullmatch(text)
    if match is None:
        return None
    sign, digits, exponent, suffix = match.groups()
    if exponent is not None:
        base, power = 10, max(-30, min(30, int(exponent)))
    else:
        base, power = _POWERS[suffix]
    whole, _, decimals = digits.partition(".")
    parts: int = int(whole + decimals) * (ONE // 10 ** len(decimals))
    shift: int = base ** abs(power)
    number = min(parts * shift if power >= 0 else parts // shift, _HIGHEST)
    return -number if sign == "-" else number


def worth(field: Field) -> int | None:
    """What is under a key; null is nothing, as the server reads it."""
    return 0 if field.value is None else parse(field.value)


def suggestion(value: object) -> str:
    """`64MB` -> `64M`: the suffix that was meant."""
    match = _WRITTEN.fullmatch(value) if isinstance(value, str) else None
    meant = _MISTAKES.get(match[2].lower()) if match else None
    return f"{match[1]}{meant}" if match and meant is not None else ""


def readable(field: Field) -> Errors:
    """That a field can be read as a quantity."""
    if (
        field.given
        and isinstance(field.value, str | int | float)
        and parse(field.value) is None
    ):
        yield invalid(QUANTITY, field, _WORDS, suggestion(field.value))


def not_negative(field: Field) -> Errors:
    """A quantity of zero or more."""
    yield from readable(field)
    number = parse(field.value)
    if number is not None and number < 0:
        yield invalid(QUANTITY, field, "must be greater than or equal to 0")


def positive(field: Field) -> Errors:
    """A quantity of more than zero."""
    yield from readable(field)
    number = parse(field.value)
    if number is not None and number <= 0:
        yield invalid(QUANTITY, field, "must be greater than zero")
