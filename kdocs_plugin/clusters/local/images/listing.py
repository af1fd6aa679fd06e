"""Which images are here, wherever they came from, and taking one away."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path

from kdocs_plugin.clusters.local.images import names, store
from kdocs_plugin.clusters.local.images.names import Name
from kdocs_plugin.errors import ClusterError
from kdocs_plugin.values import dataclass, replace


@dataclass(frozen=True, slots=True)
class Row:
    """An image, as a person is told of it."""

    name: str
    tags: tuple[str, ...]
    digest: str
    made_from: str  # packages, an archive's name, or the time when the registry gave it
    size: int  # bytes
    origin: str  # a store.Origin, or `cached`


def rows(folder: Path) -> list[Row]:
    """All images, the ones that registries gave last."""
    own = [
        Row(
            image.name,
            image.tags,
            image.digest,
            image.made_from,
            image.size or _size(folder, image.digest),
            image.origin,
        )
        for image in store.index(folder)
    ]
    return own + list(_cached(folder))


def _cached(folder: Path) -> Iterator[Row]:
    root = folder / store.CACHED
    for path in sorted(root.rglob("_tags/*")):
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            said = json.loads(path.read_text())
            if not store.complete(folder, said["digest"]):
                continue
            registry, *repository = path.parent.parent.relative_to(root).parts
            yield Row(
                names.short(registry, "/".join(repository)),
                (path.name,),
                said["digest"],
                said["asked"],
                _size(folder, said["digest"]),
                "cached",
            )


def _size(folder: Path, digest: str) -> int:
    """Bytes of what is here of an image."""
    total, waiting, seen = 0, [digest], set()
    while waiting:
        each = waiting.pop()
        path = store.blob(folder, each)
        if each in seen or path is None:
            continue
        seen.add(each)
        total += path.stat().st_size
        manifest = store.document(folder, each)
        if manifest is not None and ("manifests" in manifest or "layers" in manifest):
            waiting += [str(part["digest"]) for part in store.children(manifest)]
    return total


def here(folder: Path, image: str) -> bool:
    """Whether an image is to be had without a registry, by any name of it."""
    try:
        name = names.parse(image)
    except ValueError:
        return False
    asked = (name.registry, name.repository, name.reference)
    if any(each.answers(*asked) for each in store.index(folder)):
        return True
    return any(_is(row, name) for row in _cached(folder))


def near(folder: Path, image: str) -> tuple[str, ...]:
    """Names that are here for the same repository, or else for one whose last part is the
    same; the newest first."""
    try:
        name = names.parse(image)
    except ValueError:
        return ()
    listed = rows(folder)
    wanted = names.short(name.registry, name.repository)
    found = [row for row in listed if row.name == wanted]
    if not found:
        last = wanted.rpartition("/")[2]
        found = [row for row in listed if row.name.rpartition("/")[2] == last]
    tags = (f"{row.name}:{tag}" for row in found for tag in row.tags)
    return tuple(dict.fromkeys(tag for tag in tags if ":sha256:" not in tag))


def notable(folder: Path) -> tuple[str, ...]:
    """Names of what notes may use, without the cluster's own parts."""
    listed = (row.name for row in rows(folder) if row.origin != "component")
    return tuple(dict.fromkeys(listed))


def remove(folder: Path, text: str) -> str:
    """Take an image away: one tag, or without a tag all of the name. Returns what went.

    Only the user's own and what registries gave; ClusterError for anything else.
    """
    try:
        name = names.parse(text)
    except ValueError as error:
        raise ClusterError("image.bad_name", name=text) from error
    whole = ":" not in text.rpartition("/")[2] and "@" not in text
    with store.alone(folder):
        kept, gone = [], False
        for image in store.index(folder):
            mine = (image.registry or name.registry, image.repository)
            if mine != (name.registry, name.repository) or not image.added:
                kept.append(image)
                continue
            left = () if whole else tuple(t for t in image.tags if t != name.reference)
            gone = gone or left != image.tags
            if left:
                kept.append(replace(image, tags=left))
        tags = folder / store.CACHED / name.registry / name.repository / "_tags"
        for path in tags.glob("*") if tags.is_dir() else ():
            if whole or path.name == name.reference:
                path.unlink()
                gone = True
        if not gone:
            ours = any(
                image.repository == name.repository
                and not image.added
                and (whole or name.reference in image.tags)
                for image in store.index(folder)
            )
            raise ClusterError("image.not_yours" if ours else "image.unknown", name=text)
        store.write_index(folder, kept)
        store.forget_others(folder)
    return text


def _is(row: Row, name: Name) -> bool:
    return row.name == names.short(name.registry, name.repository) and name.reference in (
        *row.tags,
        row.digest,
    )
