"""KD201 to KD214: would the API server take the block's objects, and for how long."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kdocs_plugin.late import late
from kdocs_plugin.manifests import Problem, outdated, ranges
from kdocs_plugin.manifests.pack import Line
from kdocs_plugin.validation import fragments
from kdocs_plugin.validation.reading import Reading
from kdocs_plugin.values import dataclass

# Values that the reader is to fill in: <이미지 이름>, ${REPLICAS}, $(PORT), {노드 이름}, 000.
PLACEHOLDER: Final = late(r'"?(?:<[^<>]+>|\$\{\w+\}|\$\(\w+\)|\$\w+|\{"[^"]+": null\})"?')
_WORD: Final = late(r"[\w./-]+")


@dataclass(frozen=True, slots=True)
class Kubernetes:
    """What a note is held against."""

    versions: tuple[str, ...]  # oldest first
    customs: tuple[Line, ...] = ()  # kinds whose CustomResourceDefinitions are at hand


def problems(reading: Reading, kubernetes: Kubernetes) -> Iterator[Problem]:
    """What the API server would refuse or warn of. Of fragments only what is sure."""
    if reading.elided or any(each.code == "KD107" for each in reading.manifest.problems):
        return  # incomplete, or with holes where kubectl found no value
    patch = fragments.is_patch(reading.block)
    for document in reading.manifest.documents:
        found = ranges.errors(document, kubernetes.versions, kubernetes.customs)
        found += outdated.problems(document)
        found += fragments.problems(document, kubernetes.versions[-1])
        for problem in found:
            if not _is_for_the_reader(problem) and not (patch and problem.code == "KD203"):
                yield problem


def _is_for_the_reader(problem: Problem) -> bool:
    """Whether the place is a blank to be filled in, not a mistake."""
    arguments = problem.arguments
    if problem.code == "KD202":
        return PLACEHOLDER.fullmatch(arguments["value"]) is not None
    if problem.code in ("KD204", "KD205"):
        return not all(_WORD.fullmatch(arguments[name]) for name in ("apiVersion", "kind"))
    return False
