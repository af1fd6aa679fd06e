"""When each API version came, was deprecated and went, and what follows it.

The table, lifecycle.tsv, is made by scripts/build_lifecycle.py out of upstream's own.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path
from typing import Final

from kdocs_plugin.values import dataclass

FILE: Final = "lifecycle.tsv"
# From here on upstream serves no new beta API by default (KEP-3136); alphas never were.
_BETAS_OFF: Final = 24
_STAYED_ON: Final = "flowcontrol.apiserver.k8s.io/"  # new betas of what was on already


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """Of one kind in one API version. Numbers are minor versions of Kubernetes, 0 for none."""

    introduced: int
    deprecated: int
    removed: int
    api_version: str  # of the successor, "" where there is none
    kind: str  # of the successor


def lifecycle(api_version: str, kind: str) -> Lifecycle | None:
    """What is known of a kind's course; None where nothing was ever deprecated."""
    return _table().get((api_version, kind))


def successor(
    api_version: str, kind: str, kinds: Mapping[str, Collection[str]]
) -> tuple[str, str]:
    """The first successor among `kinds` (apiVersion -> kinds); empty where there is none."""
    found = lifecycle(api_version, kind)
    while found is not None and found.api_version:
        if found.kind in kinds.get(found.api_version, ()):
            return found.api_version, found.kind
        found = lifecycle(found.api_version, found.kind)
    return "", ""


def is_off(api_version: str, kind: str) -> bool:
    """Whether an API server serves this only where it is told to (`--runtime-config`)."""
    version = api_version.rpartition("/")[2]
    if "alpha" in version:
        return True
    if "beta" not in version or api_version.startswith(_STAYED_ON):
        return False
    found = lifecycle(api_version, kind)
    return found is not None and found.introduced >= _BETAS_OFF


@cache
def _table() -> dict[tuple[str, str], Lifecycle]:
    table = {}
    for line in Path(__file__).with_name(FILE).read_text("utf-8").splitlines():
        if line.startswith("#"):
            continue
        api_version, kind, introduced, deprecated, removed, follows = line.split("\t")
        next_version, _, next_kind = follows.removeprefix("-").partition(":")
        table[api_version, kind] = Lifecycle(
            int(introduced), int(deprecated), int(removed), next_version, next_kind or kind
        )
    return table
