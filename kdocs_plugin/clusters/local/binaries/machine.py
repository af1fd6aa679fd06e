"""Programs that are on the machine already.

In: a folder (and its bin/), or the search path. Out: the programs of ours that are there,
each with the version that it says itself. Nothing is changed there: an installation
holds copies, so that an upgrade of the machine's does not change a cluster.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

from kdocs_plugin.clusters.local.binaries.recipes import Recipe
from kdocs_plugin.errors import InstallError
from kdocs_plugin.values import dataclass

SEARCH_PATH = "PATH"  # instead of a folder
PATIENCE = 20.0  # seconds for a program to say its version
# What each program answers with its version, as its own help says. The shim answers -v.
_ASKED = {
    "coredns": ("-version",),
    "containerd-shim-runc-v2": ("-v",),
    "kubectl": ("version", "--client"),
}
_SETTINGS = {"PATH": os.defpath, "HOME": "/nonexistent", "LC_ALL": "C"}


@dataclass(frozen=True, slots=True)
class Found:
    """A program on the machine."""

    program: str  # bin/kubelet
    path: Path
    version: str  # v1.37.2


def find(where: str, recipes: Iterable[Recipe]) -> dict[str, Found]:
    """Our programs in `where`: a folder, its bin/ and its cni/, or `PATH`.

    InstallError where there is none at all, or one that does not say its version.
    """
    folders = _folders(where)
    found = {}
    for recipe in recipes:
        for program in recipe.programs:
            name = program.rpartition("/")[2]
            path = shutil.which(name, path=os.pathsep.join(map(str, folders)))
            if path is not None:
                real = Path(path).absolute()
                found[program] = Found(program, real, version(real))
    if not found:
        listed = ", ".join(map(str, folders))
        raise InstallError("local.nothing_here", folders=listed)
    return found


def version(path: Path) -> str:
    """What a program says that its version is. InstallError where it says nothing."""
    arguments = _ASKED.get(path.name, ("--version",))
    try:
        said = subprocess.run(
            [str(path), *arguments], capture_output=True, text=True, check=False,
            timeout=PATIENCE, env=_SETTINGS, stdin=subprocess.DEVNULL, cwd="/",
        )  # fmt: skip
        # A CNI plugin also lists the versions of the protocol that it speaks.
        words = re.sub(r"CNI protocol.*", "", said.stdout + said.stderr)
    except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError) as error:
        raise InstallError("local.no_version", path=path, reason=str(error)) from error
    number = re.search(r"\bv?(\d+\.\d+\.\d+[\w.+-]*)", words)
    if number is None:
        reason = words.strip().partition("\n")[0] or f"exit status {said.returncode}"
        raise InstallError("local.no_version", path=path, reason=reason)
    return f"v{number[1]}"


def _folders(where: str) -> list[Path]:
    if where == SEARCH_PATH:
        # Distributions put the CNI plugins where no search path leads.
        return [*map(Path, os.get_exec_path()), Path("/opt/cni/bin"), Path("/usr/lib/cni")]
    folder = Path(where).expanduser().absolute()
    if not folder.is_dir():
        raise InstallError("local.nothing_here", folders=folder)
    return [folder, folder / "bin", folder / "cni", folder / "cni/bin"]
