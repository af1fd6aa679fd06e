"""A document against several versions of Kubernetes: what any of them would refuse."""

from __future__ import annotations

from collections.abc import Sequence

from kdocs_plugin.manifests import versions
from kdocs_plugin.manifests.documents import Document, Problem
from kdocs_plugin.manifests.pack import Line
from kdocs_plugin.manifests.schemas import validator


def errors(
    document: Document, targets: Sequence[str], customs: tuple[Line, ...] = ()
) -> list[Problem]:
    """Problems in the order of the text; `versions` tells those that have it, if not all.

    Versions that say the same of the document are asked once.
    """
    if len(targets) == 1:
        return validator(targets[0], customs).errors(document)
    asked: dict[object, list[Problem]] = {}
    found: dict[tuple[object, ...], tuple[Problem, list[str]]] = {}
    for version in reversed(targets):  # the newest one's words are kept
        check = validator(version, customs)
        shape = check.shape(document)
        if shape not in asked:
            asked[shape] = check.errors(document)
        for problem in asked[shape]:
            _, having = found.setdefault(_identity(problem), (problem, []))
            having.append(version)
    told = [_with_versions(problem, having, targets) for problem, having in found.values()]
    return sorted(told, key=lambda problem: (problem.line, problem.column))


def _identity(problem: Problem) -> tuple[object, ...]:
    """The same thing at the same place; what it was meant to be may differ by version."""
    arguments = problem.arguments
    return problem.code, problem.line, problem.column, arguments.get("field", "")


def _with_versions(problem: Problem, having: Sequence[str], targets: Sequence[str]) -> Problem:
    if len(having) == len(targets):
        return problem
    arguments = {**problem.arguments, "versions": versions.spans(having)}
    return Problem(problem.code, problem.line, problem.column, arguments)
