"""Which rules are wanted: codes and beginnings of codes, as ruff has them (`KD2`, `KD201`)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from kdocs_plugin.errors import ConfigError
from kdocs_plugin.late import late
from kdocs_plugin.messages import CATALOGUE
from kdocs_plugin.model import Finding
from kdocs_plugin.values import dataclass

_PREFIX: Final = late(r"KD\d{0,3}")


def codes(name: str, value: Any) -> tuple[str, ...]:
    """`KD201, kd3` or a list of such. Raises ConfigError for what no rule begins with."""
    words: Iterable[Any] = value if isinstance(value, list | tuple) else [value]
    found = [
        code.upper() for word in words for code in str(word).replace(",", " ").split() if code
    ]
    for code in found:
        if not _PREFIX.fullmatch(code) or not any(key.startswith(code) for key in CATALOGUE):
            raise ConfigError("config.value", name=name, value=code, choices="KD201, KD2, …")
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Selection:
    """Of two that fit, the longer one says more: `--ignore KD2 --select KD201` wants KD201."""

    select: tuple[str, ...] = ()  # empty: all of them
    ignore: tuple[str, ...] = ()

    def wants(self, finding: Finding) -> bool:
        """Whether a finding is to be told."""
        code = finding.code
        wanted = max((len(each) for each in self.select if code.startswith(each)), default=-1)
        silenced = max((len(each) for each in self.ignore if code.startswith(each)), default=-1)
        return wanted > silenced if self.select else silenced < 0
