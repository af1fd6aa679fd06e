"""Parts of manifests: what is sure of them, and nothing else.

A block without apiVersion and kind is an excerpt, and a patch is no object. What can be
said is little: a list of things that have a name and an image, where a pod has its
containers, holds containers, so a misspelt field of theirs is misspelt anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from kdocs_plugin.late import late
from kdocs_plugin.manifests import Document, Problem, spelling
from kdocs_plugin.manifests.documents import Path
from kdocs_plugin.manifests.places import mapping, sequence
from kdocs_plugin.manifests.schemas import validator
from kdocs_plugin.model import Block

_CONTAINER: Final = "io.k8s.api.core.v1.Container"
_PLACES: Final[tuple[Path, ...]] = (
    (),
    ("spec",),
    ("template", "spec"),
    ("spec", "template", "spec"),
)
_LISTS: Final = ("containers", "initContainers")
_PATCH: Final = late(r"(?<![a-z])patch(?:es)?(?![a-z])[\w./-]*\.ya?ml", re.IGNORECASE)


def is_patch(block: Block) -> bool:
    """Whether the block's own name says that it is laid over something else (kustomize,
    `kubectl patch`): it need not be whole."""
    first = block.body.lstrip().partition("\n")[0]
    named = first if first.startswith("#") else ""
    return bool(_PATCH.search(named) or _PATCH.search(block.header))


def problems(document: Document, version: str) -> Iterator[Problem]:
    """Misspelt fields of containers in an excerpt; none of anything that may be another's."""
    value = mapping(document.value)
    if "apiVersion" in value or "kind" in value:
        return
    check = validator(version)
    for path, container in _containers(document.value):
        found = list(check.part(document, container, path, _CONTAINER))
        unknown = [problem for problem in found if problem.code == "KD201"]
        if all(map(_is_slip, unknown)):  # else it is no container
            yield from unknown


def _containers(value: Any) -> Iterator[tuple[Path, Any]]:
    lists: list[tuple[Path, Any]] = [((), value)] if isinstance(value, list) else []
    for place in _PLACES:
        holder = value
        for step in place:
            holder = mapping(holder).get(str(step))
        lists += [((*place, name), mapping(holder).get(name)) for name in _LISTS]
    for path, items in lists:
        if items and all(_is_container(each) for each in sequence(items)):
            for index, each in enumerate(sequence(items)):
                yield (*path, index), each


def _is_slip(problem: Problem) -> bool:
    field, meant = problem.arguments["field"], problem.arguments["suggestion"]
    return field.lower() == meant.lower() or spelling.is_one_slip(field, meant)


def _is_container(value: Any) -> bool:
    """Whether it can be nothing else: its name and its image are two strings."""
    found = mapping(value)
    return isinstance(found.get("name"), str) and isinstance(found.get("image"), str)
