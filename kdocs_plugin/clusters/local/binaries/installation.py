"""Getting the local cluster's binaries and images into the user's cache folder.

In: the network, once. Out: an `Installation`. Official release files where they can be
reached, else from source. Each component is put in place whole and gets a stamp, so an
interrupted installation goes on with what is missing; a lock keeps two from meeting.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from kdocs_plugin.clusters.local import layout
from kdocs_plugin.clusters.local.binaries import build, release, versions
from kdocs_plugin.clusters.local.binaries.progress import Progress, Silent
from kdocs_plugin.clusters.local.binaries.recipes import RECIPES, Recipe
from kdocs_plugin.clusters.local.images import recipes as images
from kdocs_plugin.clusters.local.images import store
from kdocs_plugin.clusters.local.layout import Installation
from kdocs_plugin.errors import InstallError

IMAGES = "images"
IMAGE_SECONDS = 40
GIGABYTE = 1_000_000_000


def installed() -> Installation | None:
    """The installation, where it is complete."""
    found = _location()
    complete = all(_stamped(found, recipe) for recipe in RECIPES)
    return found if complete and store.index(found.images) else None


def install(progress: Progress | None = None) -> Installation:
    """Get what is missing. `progress` hears how it goes."""
    progress = progress or Silent()
    target = _location()
    layout.cache().mkdir(parents=True, exist_ok=True)
    with _lock(progress):
        work = layout.cache() / "build"
        missing = [recipe for recipe in RECIPES if not _stamped(target, recipe)]
        pace = 2 / (os.cpu_count() or 2)
        expected: dict[str, float] = {recipe.name: recipe.seconds * pace for recipe in missing}
        if not store.index(target.images):
            expected[IMAGES] = IMAGE_SECONDS
        if expected:
            progress.plan(expected)
        from_release = True
        for recipe in missing:
            from_release = _install(recipe, target, work, progress, from_release)
        if IMAGES in expected:
            progress.begin(IMAGES, "packages")
            images.build(target.images, lambda _: None)
            progress.end(IMAGES)
        shutil.rmtree(work, ignore_errors=True)
    return target


def sources(installation: Installation) -> dict[str, str]:
    """Where each component came from: `release` or `source`."""
    return {
        recipe.name: str(_stamp(installation, recipe).get("source", "")) for recipe in RECIPES
    }


def _install(
    recipe: Recipe, target: Installation, work: Path, progress: Progress, try_release: bool
) -> bool:
    """Install one component. Returns whether it came from release files."""
    begun = time.monotonic()
    out = work / "out"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)

    def advance(done: int, total: int) -> None:
        progress.advance(recipe.name, done, total)

    from_release = try_release and release.reachable(recipe)
    source = "release" if from_release else "source"
    progress.begin(recipe.name, source)
    if from_release:
        release.fetch(recipe, out, advance)
    else:
        _require_space(work)
        build.build(recipe, work, out, advance)
        for link, program in recipe.links.items():
            (out / link).symlink_to(program)
    for folder in (target.bin, target.cni, target.stamps):
        folder.mkdir(parents=True, exist_ok=True)
    for path in sorted(out.rglob("*")):
        if path.is_file():
            path.chmod(0o755)  # steps run kubectl as nobody, whatever the user's umask
        if path.is_symlink() or path.is_file():
            path.replace(target.root / path.relative_to(out))
    stamp = {
        "version": recipe.version,
        "source": source,
        "seconds": round(time.monotonic() - begun),
    }
    partial = target.stamps / f".{recipe.name}"
    partial.write_text(json.dumps(stamp))
    partial.replace(target.stamps / recipe.name)
    progress.end(recipe.name)
    return from_release


def _location() -> Installation:
    cache = layout.cache()
    return Installation(cache / f"kubernetes-{versions.KUBERNETES}", cache / "images")


def _stamp(installation: Installation, recipe: Recipe) -> dict[str, object]:
    try:
        stamp: dict[str, object] = json.loads((installation.stamps / recipe.name).read_text())
    except (FileNotFoundError, ValueError):
        return {}
    return stamp


def _stamped(installation: Installation, recipe: Recipe) -> bool:
    """Whether a component is in place: its stamp, and what somebody may have cleaned away."""
    programs = (name for file in recipe.release for name in file.programs)
    return _stamp(installation, recipe).get("version") == recipe.version and all(
        (installation.root / name).exists() for name in programs
    )


def _require_space(work: Path) -> None:
    """Go's caches are large; better a word now than a full disk in ten minutes."""
    used = sum(path.lstat().st_size for path in work.rglob("*") if not path.is_dir())
    free = (shutil.disk_usage(work).free + used) / GIGABYTE
    if free < build.SPACE:
        raise InstallError(
            "local.disk_full", folder=work, needed=build.SPACE, free=f"{free:.1f}"
        )


@contextlib.contextmanager
def _lock(progress: Progress) -> Iterator[None]:
    with (layout.cache() / "install.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress.wait()
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def size(installation: Installation) -> int:
    """Bytes on disk of binaries and images."""
    return sum(
        path.lstat().st_size
        for folder in (installation.root, installation.images)
        for path in folder.rglob("*")
        if path.is_file() and not path.is_symlink()
    )
