"""Which custom kinds a note's manifests may use: those whose definitions are at hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from kdocs_plugin.manifests import Document, custom, load, pack
from kdocs_plugin.model import Scenario
from kdocs_plugin.validation.reading import Reading


def customs_of(
    readings: Sequence[Reading],
    scenario: Scenario,
    targets: Sequence[str],
    elsewhere: Callable[[], tuple[Document, ...]],
) -> tuple[pack.Line, ...]:
    """Definitions from the note itself, from files beside it, and from `elsewhere`; the
    note's own win. Empty where the note uses no kind that Kubernetes doesn't have."""
    documents = [document for reading in readings for document in reading.manifest.documents]
    if not any(_is_foreign(document, targets[-1]) for document in documents):
        return ()
    beside = [
        document
        for text in scenario.beside.values()
        if "CustomResourceDefinition" in text
        for document in load(text).documents
    ]
    return custom.kinds_of([*elsewhere(), *beside, *documents])


def _is_foreign(document: Document, version: str) -> bool:
    group = document.api_version.rpartition("/")[0]
    return "." in group and document.api_version not in pack.definitions(version).kinds
