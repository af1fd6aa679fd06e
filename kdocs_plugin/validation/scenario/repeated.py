"""KD406: the same object twice in one block."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kdocs_plugin.model import Finding
from kdocs_plugin.rules import SEVERITIES
from kdocs_plugin.validation.reading import Reading
from kdocs_plugin.validation.scenario.placed import Placed, placed_in


def repeated(path: str, readings: Sequence[Reading]) -> Iterator[Finding]:
    """KD406: kubectl applies both, one after the other, and the last one stays."""
    for reading in readings:
        documents = reading.manifest.documents
        if len(documents) == 1 and documents[0].kind != "List":
            continue
        seen: dict[tuple[str, str, str], Placed] = {}
        for placed in placed_in(reading):
            identity = (placed.kind, placed.namespace, placed.name)
            first = seen.setdefault(identity, placed)
            if first is placed or not placed.name or not placed.value.get("apiVersion"):
                continue
            where, before = placed.position(("metadata", "name")), first.position(())
            if where is None or before is None:
                continue
            arguments = {
                "kind": placed.value.get("kind"),
                "name": placed.name,
                "line": before.line,
            }
            severity, block = SEVERITIES["KD406"], reading.block.index
            yield Finding("KD406", severity, path, where, arguments, block)
