"""KD201 to KD205: would the API server take the block's objects."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from kdocs_plugin.manifests import Problem
from kdocs_plugin.manifests.schemas import validator
from kdocs_plugin.validation.reading import Reading

# Values that the reader is to fill in: <이미지 이름>, ${REPLICAS}, $(PORT), {노드 이름}, 000.
PLACEHOLDER: Final = re.compile(r'"?(?:<[^<>]+>|\$\{\w+\}|\$\(\w+\)|\$\w+|\{"[^"]+": null\})"?')
_WORD: Final = re.compile(r"[\w./-]+")


def problems(reading: Reading) -> Iterator[Problem]:
    """What the API server would refuse. Nothing about fragments."""
    if reading.elided or any(each.code == "KD107" for each in reading.manifest.problems):
        return  # incomplete, or with holes where kubectl found no value
    check = validator()
    for document in reading.manifest.documents:
        for problem in check.errors(document):
            if not _is_for_the_reader(problem):
                yield problem


def _is_for_the_reader(problem: Problem) -> bool:
    """Whether the place is a blank to be filled in, not a mistake."""
    arguments = problem.arguments
    if problem.code == "KD202":
        return PLACEHOLDER.fullmatch(arguments["value"]) is not None
    if problem.code in ("KD204", "KD205"):
        return not all(_WORD.fullmatch(arguments[name]) for name in ("apiVersion", "kind"))
    return False
