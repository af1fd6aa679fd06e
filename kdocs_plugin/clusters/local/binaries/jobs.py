"""What an installation has to do, and doing it.

In: the recipes that are missing, and what the machine has of them. Out: components in
place, each with its stamp. A job is one component from its release files or from the
machine, or all components of one Go module from source, which are built together.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from kdocs_plugin.clusters.local import layout
from kdocs_plugin.clusters.local.binaries import (
    build,
    download,
    machine,
    placing,
    release,
    stamps,
    toolchain,
)
from kdocs_plugin.clusters.local.binaries.progress import Progress
from kdocs_plugin.clusters.local.binaries.recipes import Recipe
from kdocs_plugin.clusters.local.binaries.stamps import MACHINE, RELEASE, SOURCE
from kdocs_plugin.clusters.local.layout import Installation
from kdocs_plugin.errors import InstallError
from kdocs_plugin.values import dataclass

Found = Mapping[str, machine.Found]
RELEASE_SECONDS = 8.0  # of a component's download, until the first has told better


@dataclass(frozen=True, slots=True)
class Job:
    """Components that are had together."""

    recipes: tuple[Recipe, ...]
    source: str  # release, source or machine

    @property
    def name(self) -> str:
        """As the progress display calls it."""
        return ", ".join(recipe.name for recipe in self.recipes)

    @property
    def seconds(self) -> float:
        """That it is expected to take on this machine."""
        if self.source == SOURCE:
            return sum(r.seconds for r in self.recipes) * 2 / (os.cpu_count() or 2)
        return RELEASE_SECONDS if self.source == RELEASE else 1.0


def plan(missing: Sequence[Recipe], found: Found) -> tuple[list[Job], list[Recipe]]:
    """The jobs for these recipes, and the recipes that are left out.

    InstallError where neither release files nor a Go toolchain can be had for what a
    cluster can't do without; what it can do without is then left out.
    """
    complete = [r for r in missing if all(program in found for program in r.programs)]
    rest = [r for r in missing if r not in complete]
    first = next((r for r in rest if r.release), None)
    from_release = first is not None and release.reachable(first)
    jobs = [Job((r,), MACHINE) for r in complete]
    jobs += [Job((r,), RELEASE) for r in rest if r.release and from_release]
    built = [r for r in rest if not (r.release and from_release)]
    left_out: list[Recipe] = []
    if built and not toolchain.here():
        if not all(r.optional for r in built):
            toolchain.find()  # says what is missing
        built, left_out = [], built
    modules = dict.fromkeys(r.module for r in built)
    jobs += [Job(tuple(r for r in built if r.module == module), SOURCE) for module in modules]
    return jobs, left_out


def carry_out(
    jobs: Sequence[Job], found: Found, target: Installation, work: Path, progress: Progress
) -> None:
    """Do the jobs, in order. While one is being built, the next one's sources come."""
    for job, following in itertools.zip_longest(jobs, jobs[1:]):
        ahead = _Ahead(following, work)
        try:
            _do(job, found, target, work, progress, ahead)
        except InstallError as error:
            if not all(recipe.optional for recipe in job.recipes):
                raise
            progress.skip(job.name, error)
        finally:
            ahead.join()


class _Ahead:
    """Downloads what the next job compiles. Its failure is that job's to report."""

    def __init__(self, job: Job | None, work: Path) -> None:
        self._job, self._work = job, work
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        if self._job is not None and self._job.source == SOURCE:
            self._thread = threading.Thread(target=self._download, daemon=True)
            self._thread.start()

    def join(self) -> None:
        if self._thread is not None:
            self._thread.join()

    def _download(self) -> None:
        assert self._job is not None  # noqa: S101 - start asked
        with contextlib.suppress(InstallError):
            build.scout(self._job.recipes, self._work)


def _do(
    job: Job,
    found: Found,
    target: Installation,
    work: Path,
    progress: Progress,
    ahead: _Ahead,
) -> None:
    begun = time.monotonic()
    out = work / "out"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)

    def advance(done: int, total: int) -> None:
        progress.advance(job.name, done, total)

    progress.begin(job.name, job.source)
    origins: dict[str, str] = {}
    if job.source == RELEASE:
        origins = release.fetch(job.recipes[0], layout.downloads(), out, advance)
    elif job.source == SOURCE:
        require_space(work)
        ahead.start()
        build.build(job.recipes, work, out, advance)
        go = ".".join(map(str, toolchain.version(toolchain.find())))
        for recipe in job.recipes:
            origin = f"{recipe.upstream}@{recipe.version} go{go}"
            origins |= dict.fromkeys(recipe.programs, origin)
    had = {p: found[p] for r in job.recipes for p in r.programs if p in found}
    placing.copy({program: each.path for program, each in had.items()}, out)
    origins |= {program: str(each.path) for program, each in had.items()}
    seconds = round(time.monotonic() - begun)
    written = [_stamp(recipe, job.source, seconds, out, had, origins) for recipe in job.recipes]
    placing.place(out, target)
    for recipe, stamp in zip(job.recipes, written, strict=True):
        stamps.write(target, recipe.name, stamp)
    progress.end(job.name)


def _stamp(
    recipe: Recipe, source: str, seconds: int, out: Path, had: Found, origins: dict[str, str]
) -> stamps.Stamp:
    """The stamp of a component whose programs lie in `out`."""
    of_machine = [had[program] for program in recipe.programs if program in had]
    # The version of the machine's first program speaks for the component: for Kubernetes
    # that is the API server, which gives the installation its name.
    version = of_machine[0].version if of_machine else recipe.version
    programs = stamps.programs(out, recipe.programs, origins)
    return stamps.Stamp(version, MACHINE if of_machine else source, seconds, programs)


def require_space(work: Path) -> None:
    """Go's caches are large; better a word now than a full disk in ten minutes."""
    work.mkdir(parents=True, exist_ok=True)
    used = sum(path.lstat().st_size for path in work.rglob("*") if not path.is_dir())
    if shutil.disk_usage(work).free + used < build.SPACE:
        raise download.full(work, build.SPACE)
