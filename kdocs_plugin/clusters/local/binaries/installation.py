"""Getting the local cluster's binaries and images into the user's cache folder.

In: the network, once, or programs that the machine has. Out: an `Installation` for each
version of Kubernetes, complete in itself; what does not depend on that version is had
once and hard-linked into the next. Official release files where they can be reached, else
from source. Each component is put in place whole and gets a stamp, so an interrupted
installation goes on with what is missing; a lock keeps two from meeting.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import shutil
from collections.abc import Collection, Iterator

from kdocs_plugin.clusters.local import layout
from kdocs_plugin.clusters.local.binaries import jobs, machine, placing, skew, stamps, versions
from kdocs_plugin.clusters.local.binaries.progress import Progress, Silent
from kdocs_plugin.clusters.local.binaries.recipes import KUBERNETES, Recipe, recipes
from kdocs_plugin.clusters.local.images import recipes as images
from kdocs_plugin.clusters.local.layout import Installation
from kdocs_plugin.errors import InstallError

IMAGES = "images"
CONTROL_PLANE = (KUBERNETES, "etcd")  # what exact validation needs; kubectl is in the first
IMAGE_SECONDS = 20
SERVER = f"bin/{skew.SERVER}"


def installed(kubernetes: str | None = None, only: Collection[str] = ()) -> Installation | None:
    """The complete installation of a version; None where there is none.

    `kubernetes` is `1.36` or `v1.36.3`; without it the default counts (versions.chosen).
    ConfigError for a version that is neither known nor there. With `only`, names of
    components, one that holds these is complete.
    """
    wanted = kubernetes or os.environ.get(versions.VARIABLE) or versions.minor(versions.DEFAULT)
    found = [
        installation
        for installation in installations(only)
        if wanted.removeprefix("v")
        in (versions.minor(installation.kubernetes), installation.kubernetes.removeprefix("v"))
    ]
    if not found:
        versions.resolve(wanted)
        return None
    # Programs of the machine's may be of another patch release than those we know.
    return max(found, key=lambda each: (each.kubernetes in versions.known(), each.kubernetes))


def installations(only: Collection[str] = ()) -> list[Installation]:
    """Every complete installation, oldest Kubernetes first; `only` as above."""
    found = [
        layout.installation(folder.name.removeprefix("kubernetes-"))
        for folder in layout.cache().glob("kubernetes-v*")
        if re.fullmatch(r"kubernetes-v\d+\.\d+\.\d+[\w.+-]*", folder.name)
    ]
    complete = [each for each in found if _complete(each, only)]
    return sorted(complete, key=lambda each: versions.numbers(each.kubernetes))


def install(
    progress: Progress | None = None,
    kubernetes: str | None = None,
    where: str | None = None,
    only: Collection[str] = (),
) -> Installation:
    """Get what is missing. `progress` hears how it goes.

    `where` is a folder, or `PATH`: what is there is copied, the rest is had as usual, and
    without `kubernetes` the version is that of the API server there. With `only`, names
    of components, these alone and no images.
    """
    progress = progress or Silent()
    layout.cache().mkdir(parents=True, exist_ok=True)
    version = versions.chosen(kubernetes)
    found: dict[str, machine.Found] = {}
    if where is not None:
        found = machine.find(where, recipes(version))
        version = _version_of(found, kubernetes) or version
    target = layout.installation(version)
    wanted = _chosen(_wanted(version, found), only)
    _require_fit(wanted, found)
    with _lock(progress):
        work = layout.cache() / "build"
        _share(target, [r for r in wanted if not _covers(found, r)])
        missing = [r for r in wanted if not in_place(target, r) or _touches(found, r)]
        planned, left_out = jobs.plan(missing, found)
        expected = {job.name: job.seconds for job in planned}
        if not only and images.missing(target.images):
            expected[IMAGES] = IMAGE_SECONDS
        if expected:
            progress.plan(expected)
        if left_out:
            names = ", ".join(recipe.name for recipe in left_out)
            progress.skip(names, InstallError("local.needs_go"))
        jobs.carry_out(planned, found, target, work, progress)
        if IMAGES in expected:
            progress.begin(IMAGES, "packages")
            images.build(target.images, lambda _: None)
            progress.end(IMAGES)
        shutil.rmtree(work, ignore_errors=True)
        shutil.rmtree(layout.downloads(), ignore_errors=True)
    return target


def in_place(installation: Installation, recipe: Recipe) -> bool:
    """Whether a component is there: its stamp, and what somebody may have cleaned away."""
    stamp = stamps.read(installation, recipe.name)
    return (
        stamp is not None
        and (stamp.version == recipe.version or stamp.source == stamps.MACHINE)
        and all((installation.root / program).exists() for program in recipe.programs)
    )


def provenance(installation: Installation) -> dict[str, stamps.Stamp]:
    """Where each component that is there came from."""
    found = {
        recipe.name: stamps.read(installation, recipe.name)
        for recipe in recipes(installation.kubernetes)
    }
    return {name: stamp for name, stamp in found.items() if stamp is not None}


def size(*installed: Installation) -> int:
    """Bytes on disk of binaries and images. What two of them share counts once."""
    files = {
        (status.st_dev, status.st_ino): status.st_size
        for installation in installed
        for folder in (installation.root, installation.images)
        for path in folder.rglob("*")
        if path.is_file() and not path.is_symlink()
        for status in (path.stat(),)
    }
    return sum(files.values())


def _complete(installation: Installation, only: Collection[str]) -> bool:
    needed = (r for r in recipes(installation.kubernetes) if not r.optional)
    in_it = all(
        in_place(installation, recipe) for recipe in needed if not only or recipe.name in only
    )
    if only:
        return in_it
    # No pod starts without pause. An older installation lacks images that came later, and
    # one's own images may be there before anything is installed.
    return in_it and "pause" not in images.missing(installation.images)


def _chosen(wanted: tuple[Recipe, ...], only: Collection[str]) -> tuple[Recipe, ...]:
    return tuple(recipe for recipe in wanted if not only or recipe.name in only)


def _version_of(found: dict[str, machine.Found], kubernetes: str | None) -> str | None:
    """The Kubernetes that the machine's API server is; None where it has none."""
    server = found.get(SERVER)
    if server is None:
        return None
    if kubernetes and versions.minor(versions.resolve(kubernetes)) != versions.minor(
        server.version
    ):
        raise InstallError(
            "local.other_version", path=server.path, version=server.version, wanted=kubernetes
        )
    return server.version


def _wanted(version: str, found: dict[str, machine.Found]) -> tuple[Recipe, ...]:
    """The recipes. What the machine lacks of Kubernetes comes from the release we know."""
    own = next(recipe for recipe in recipes(version) if recipe.name == KUBERNETES)
    if version in versions.known() or _covers(found, own):
        return recipes(version)
    return recipes(versions.resolve(versions.minor(version)))


def _require_fit(wanted: tuple[Recipe, ...], found: dict[str, machine.Found]) -> None:
    said = {
        program.rpartition("/")[2]: found[program].version if program in found else r.version
        for r in wanted
        for program in r.programs
    }
    skew.require_fit(said)


def _covers(found: dict[str, machine.Found], recipe: Recipe) -> bool:
    """Whether the machine has all of a component."""
    return all(program in found for program in recipe.programs)


def _touches(found: dict[str, machine.Found], recipe: Recipe) -> bool:
    """Whether the machine has some of it."""
    return any(program in found for program in recipe.programs)


def _share(target: Installation, wanted: list[Recipe]) -> None:
    """Hard-link components of the same version that another installation holds."""
    others = [each for each in installations() if each.root != target.root]
    for recipe in wanted:
        if recipe.name == KUBERNETES or in_place(target, recipe):
            continue
        for other in others:
            stamp = stamps.read(other, recipe.name)
            if stamp and stamp.source != stamps.MACHINE and in_place(other, recipe):
                placing.share(other, target, recipe.programs)
                stamps.write(target, recipe.name, stamp)
                break


@contextlib.contextmanager
def _lock(progress: Progress) -> Iterator[None]:
    with (layout.cache() / "install.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress.wait()
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
