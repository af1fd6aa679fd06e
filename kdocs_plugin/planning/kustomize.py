"""What `-k folder` brings in: the files that its kustomization.yaml names, and their objects.

Only what names and files need to be known by: prefixes and suffixes of names are applied,
patches are not.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from kdocs_plugin.manifests import load
from kdocs_plugin.planning.draft import Obj, mapping
from kdocs_plugin.planning.needs import sequence
from kdocs_plugin.planning.objects import objects_of
from kdocs_plugin.values import dataclass, field

NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")
LISTS = ("resources", "bases", "components", "patchesStrategicMerge", "configurations", "crds")
MAKERS = ("configMapGenerator", "secretGenerator")
DEEPEST = 20  # kustomizations in kustomizations


@dataclass(slots=True, eq=False)
class Kustomized:
    """The files of a kustomization by their paths, and the objects that it makes."""

    files: dict[str, str] = field(default_factory=dict)
    objects: list[Obj] = field(default_factory=list)


def kustomized(folder: str, read: Callable[[str], str | None]) -> Kustomized:
    """Follow a folder's kustomization as far as `read` knows its files."""
    found = Kustomized()
    found.objects += follow(folder, read, found.files, 0)
    return found


def follow(
    folder: str, read: Callable[[str], str | None], files: dict[str, str], depth: int
) -> list[Obj]:
    """The objects of one folder; what it reads goes into `files`."""
    for name in NAMES:
        path = joined(folder, name)
        text = read(path)
        if text is not None and depth < DEEPEST and path not in files:
            break
    else:
        return []
    files[path] = text
    value = mapping(next((each.value for each in load(text).documents), None))
    made: list[Obj] = []
    for name in named_in(value):
        content = read(joined(folder, name))
        if content is None:
            made += follow(joined(folder, name), read, files, depth + 1)
            continue
        files[joined(folder, name)] = content
        if name in sequence(value.get("resources")):
            made += objects_of(content)
    prefix, suffix = (str(value.get(key) or "") for key in ("namePrefix", "nameSuffix"))
    return [Obj(each.kind, f"{prefix}{each.name}{suffix}", each.value) for each in made]


def joined(folder: str, name: str) -> str:
    """A path as the working directory sees it."""
    return posixpath.normpath(posixpath.join(folder or ".", name))


def named_in(value: Mapping[str, Any]) -> Iterator[str]:
    """The files and folders that a kustomization names."""
    for key in LISTS:
        yield from (each for each in sequence(value.get(key)) if is_path(each))
    for each in sequence(value.get("patches")):
        path = mapping(each).get("path")
        if is_path(path):
            yield str(path)
    for key in MAKERS:
        for each in sequence(value.get(key)):
            maker = mapping(each)
            listed = [*sequence(maker.get("files")), *sequence(maker.get("envs"))]
            for item in (*listed, maker.get("env")):
                if item:
                    yield str(item).rpartition("=")[2]


def is_path(value: Any) -> bool:
    """Whether it is a path, no address and no patch written out."""
    return isinstance(value, str) and "://" not in value and "\n" not in value and bool(value)
