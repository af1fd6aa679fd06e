"""A document -> what the API server refuses of its objects beyond their schema.

In: documents as manifests.load reads them. Out: problems KD203 and KD220 to KD229, in the
order of the text. The rules are those of Kubernetes 1.37 (pkg/apis/*/validation in its
source), after its defaults; a family of kinds is a module:

    fields, formats, quantities    a value in its place; names and other texts; amounts
    metadata, selectors            what all objects have; what chooses among them
    pods, containers, volumes ...  a pod's parts
    workloads, jobs, services ...  the kinds; `kinds` knows which is whose

Nothing here asks what a cluster holds. That is scenario's and the server's own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from kdocs_plugin.manifests import Document, Problem, pack, versions
from kdocs_plugin.manifests.places import objects
from kdocs_plugin.manifests.values import spell
from kdocs_plugin.validation.objects.fields import MISSING, Error, Field
from kdocs_plugin.validation.objects.kinds import errors


class Found(NamedTuple):
    """A problem, and what decides whether it is worth telling."""

    problem: Problem
    subject: str  # the text that is refused, as it is written
    absent: bool  # something lacks: a misspelt field may be all that is wrong


def problems(document: Document, targets: Sequence[str]) -> Iterator[Found]:
    """What servers of any of these versions refuse of a document's objects, beyond their
    schema. The last version decides which kinds are Kubernetes' own.
    """
    known = pack.definitions(targets[-1]).kinds
    minors = [versions.minor(target) for target in targets]
    for path, value in objects(document.value):
        api_version, kind = value.get("apiVersion"), value.get("kind")
        if not isinstance(api_version, str) or not isinstance(kind, str):
            continue
        if kind in known.get(api_version, {}):
            group = api_version.rpartition("/")[0]
            for error in errors(Field(value, path), group, kind):
                if not error.holds(minors):
                    continue
                yield Found(_problem(document, error), _subject(document, error), error.absent)


def _problem(document: Document, error: Error) -> Problem:
    path = error.path
    parent = document.at(*path[:-1])
    written = bool(path) and _holds(parent, path[-1])
    if error.code == MISSING:
        place = document.position(path if written else path[:-1], key=True)
        return Problem(MISSING, *place, {"field": str(path[-1]), "path": spell(path)})
    place = document.position(path, key=error.key or not written)
    arguments = {
        "path": spell(path),
        "words": error.words,
        "suggestion": error.suggestion,
        "choices": error.choices,
    }
    return Problem(error.code, *place, arguments)


def _subject(document: Document, error: Error) -> str:
    return str(error.path[-1]) if error.key and error.path else document.written(error.path)


def _holds(parent: object, step: str | int) -> bool:
    if isinstance(parent, list):
        return isinstance(step, int) and step < len(parent)
    return isinstance(parent, dict) and step in parent
