"""A cause: what a failure usually means, as the key of one sentence in messages.py."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kdocs_plugin.model import no_items
from kdocs_plugin.values import dataclass, field


@dataclass(frozen=True, slots=True)
class Cause:
    """`key` begins with `cause.`; docs/manual/causes.md has a line for each."""

    key: str
    arguments: Mapping[str, Any] = field(default_factory=no_items)
