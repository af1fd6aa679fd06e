"""KD203 and KD220 to KD229: would the API server take the values of the block's objects."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Final

from kdocs_plugin.late import late
from kdocs_plugin.manifests import Document, Problem
from kdocs_plugin.validation import objects
from kdocs_plugin.validation.reading import Reading
from kdocs_plugin.validation.schema_rules import PLACEHOLDER, Kubernetes

# Where one of these stands, what lacks may be there under another name.
_FIELDS: Final = frozenset({"KD201", "KD202", "KD203"})


# Required by the schema, and the server takes objects without.
_LENIENT: Final = late(
    r"""(?:^|[.\]])(?:
    spec\.limits  # of a LimitRange
    | dataSource\.(?:kind|name)  # of a PersistentVolumeClaim: the server drops such a source
    | preferred\w+\[\d+\]\.preference  # of a node affinity: an empty one
    | spec\.podFailurePolicy\.rules  # of a Job: none
    | iscsi\.lun  # 0 where it is not written
    | httpHeaders\[\d+\]\.value  # an empty one
    )$""",
    re.VERBOSE,
)


def is_enforced(problem: Problem) -> bool:
    """Whether the server itself asks for a field that the schema calls required."""
    return problem.code != "KD203" or not _LENIENT.search(problem.arguments["path"])


def problems(
    reading: Reading, kubernetes: Kubernetes, said: Collection[Problem]
) -> Iterator[Problem]:
    """What the server refuses beyond the schemas, of which `said` is what they found.

    Nothing about fragments, templates and blanks that the reader is to fill in.
    """
    if reading.elided or (reading.manifest.problems and not reading.manifest.readable):
        return
    documents = reading.manifest.documents
    said = [each for each in said if each.code in _FIELDS]
    for index, document in enumerate(documents):
        end = documents[index + 1].line if said and index + 1 < len(documents) else None
        wrong = [
            each
            for each in said
            if document.line <= each.line and (end is None or each.line < end)
        ]
        yield from _of_document(document, kubernetes.versions, wrong)


def _of_document(
    document: Document, versions: Sequence[str], wrong: list[Problem]
) -> Iterator[Problem]:
    heard = {(each.line, each.column) for each in wrong}
    for found in objects.problems(document, versions):
        if wrong and found.absent:
            continue
        problem = found.problem
        if (problem.line, problem.column) in heard:
            continue  # one thing a place
        if not PLACEHOLDER.search(found.subject):
            yield problem
