"""Components from source, through the Go module proxy.

In: recipes that share a Go module, which lies in sources/ (go.mod and go.sum; the code of
Kubernetes' modules, one a minor version, is the same and lies in sources/kubernetes).
Out: their programs in a folder, from one `go build`, so that what they share is compiled
once and the linker works beside the compiler. Go's module and build caches grow to 9 GB,
so they are caches of our own below the build folder; whoever installs removes them when
all is built, and keeps them until then, so that an interrupted build goes on where it was.
"""

from __future__ import annotations

import ctypes
import re
import shutil
import signal
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from kdocs_plugin.clusters.local.binaries import toolchain
from kdocs_plugin.clusters.local.binaries.recipes import Recipe
from kdocs_plugin.errors import InstallError

SOURCES = Path(__file__).with_name("sources")
SPACE = 11_000_000_000  # bytes that the caches and the result need


def scout(recipes: Sequence[Recipe], work: Path) -> int:
    """Download what a module needs. Returns how many packages are to be compiled."""
    flags = ["-trimpath", _tags(recipes)]
    return len(_go(recipes, work, ["list", "-deps", *flags, *_packages(recipes)]))


def build(
    recipes: Sequence[Recipe], work: Path, folder: Path, progress: Callable[[int, int], None]
) -> None:
    """Build the programs of recipes that share a module into `folder`.

    `progress` hears packages compiled and packages in all. InstallError where there is
    no Go, no C compiler for what needs one, or the build fails.
    """
    if any(r.cgo for r in recipes) and not any(map(shutil.which, ("cc", "gcc", "clang"))):
        raise InstallError("local.no_compiler")
    total, done = scout(recipes, work), 0
    progress(done, total)

    def compiled(line: str) -> None:
        nonlocal done
        if re.fullmatch(r"[\w.~/+-]+", line):
            done += 1
            progress(min(done, total), total)

    out = work / "linked"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    flags = [
        "-v",
        "-trimpath",
        _tags(recipes),
        "-gcflags=all=-dwarf=false",  # the linker would drop it
        *(
            f"-ldflags={package}={_linker(r)}"
            for r in recipes
            for package in r.packages.values()
        ),
    ]
    _go(recipes, work, ["build", *flags, "-o", f"{out}/", *_packages(recipes)], compiled)
    for recipe in recipes:
        for program, package in recipe.packages.items():
            (folder / program).parent.mkdir(parents=True, exist_ok=True)
            shutil.move(out / _name(package, recipe.module), folder / program)
        for link, program in recipe.links.items():
            (folder / link).symlink_to(program)


def lay_out(module: str, folder: Path) -> None:
    """A module's files in a folder of their own: Kubernetes' versions share their code."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(SOURCES / re.sub(r"-\d+\.\d+$", "", module), folder)
    if (SOURCES / module).is_dir():
        shutil.copytree(SOURCES / module, folder, dirs_exist_ok=True)


def _packages(recipes: Sequence[Recipe]) -> list[str]:
    return [package for recipe in recipes for package in recipe.packages.values()]


def _name(package: str, module: str) -> str:
    """What `go build` calls a package's program: its path's last part that is no version."""
    if package == ".":
        return re.sub(r"-\d+\.\d+$", "", module)  # as the go.mod names it
    return re.sub(r"/v\d+$", "", package).rpartition("/")[2]


def _tags(recipes: Sequence[Recipe]) -> str:
    """Build tags, after each project's own Makefile.

    gRPC's tracing pages draw in html/template, which keeps the linker from dropping code.
    runc confines system calls where libseccomp is there to be linked.
    """
    tags = ["grpcnotrace"]
    if any(recipe.cgo for recipe in recipes):
        tags = ["netgo", "osusergo", *(["seccomp"] if _has_static_seccomp() else [])]
    return f"-tags={','.join(tags)}"


def _has_static_seccomp() -> bool:
    tool = shutil.which("pkg-config")
    if tool is None:
        return False
    command = [tool, "--variable=libdir", "libseccomp"]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    return found.returncode == 0 and Path(found.stdout.strip(), "libseccomp.a").exists()


def _linker(recipe: Recipe) -> str:
    flags = ["-s", "-w"]
    flags += [f"-X {name}={value}" for name, value in recipe.variables.items()]
    if recipe.cgo:
        flags.append("-linkmode external -extldflags -static")
    return " ".join(flags)


def _go(
    recipes: Sequence[Recipe],
    work: Path,
    arguments: Sequence[str],
    on_line: Callable[[str], None] = lambda _: None,
) -> list[str]:
    """Run Go in the recipes' module. Returns what it printed; `on_line` hears its messages."""
    module = recipes[0].module
    folder = work / "modules-of-ours" / f"{module}-{arguments[0]}"
    lay_out(module, folder)
    environment = toolchain.environment(work, cgo=any(recipe.cgo for recipe in recipes))
    messages: list[str] = []
    printed = folder / ".printed"
    with printed.open("w+") as out:
        process = subprocess.Popen(
            [str(toolchain.find()), *arguments], cwd=folder, env=environment, stdout=out,
            stderr=subprocess.PIPE, text=True, preexec_fn=_die_with_parent,
        )  # fmt: skip
        assert process.stderr is not None  # noqa: S101 - asked for above
        try:
            for line in process.stderr:
                messages = [*messages[-40:], line.rstrip()]
                on_line(line.strip())
            status = process.wait()
        except BaseException:
            process.kill()
            process.wait()
            raise
    if status != 0:
        names = ", ".join(recipe.name for recipe in recipes)
        reason = "\n".join(messages[-15:])
        raise InstallError("local.build_failed", component=names, reason=reason)
    return printed.read_text().splitlines()


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
