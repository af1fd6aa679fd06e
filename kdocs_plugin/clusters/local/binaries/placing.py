"""Moving programs into an installation, whole: each by one rename."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from kdocs_plugin.clusters.local.layout import Installation


def place(folder: Path, target: Installation) -> None:
    """Move everything in `folder` to the same paths of the installation."""
    for path in sorted(folder.rglob("*")):
        if path.is_dir() and not path.is_symlink():
            continue
        if not path.is_symlink():
            path.chmod(0o755)  # steps run kubectl as nobody, whatever the user's umask
        final = target.root / path.relative_to(folder)
        final.parent.mkdir(parents=True, exist_ok=True)
        path.replace(final)


def copy(programs: Mapping[str, Path], folder: Path) -> None:
    """Copy programs of the machine into `folder`; several names of one file stay one."""
    copied: dict[Path, Path] = {}
    for program, path in programs.items():
        target = folder / program
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        real = path.resolve()
        if real in copied:
            os.link(copied[real], target)
        else:
            shutil.copyfile(real, target)
            copied[real] = target


def share(source: Installation, target: Installation, programs: Iterable[str]) -> None:
    """Hard-link programs of one installation into another; copy where links can't be."""
    for program in programs:
        final = target.root / program
        final.parent.mkdir(parents=True, exist_ok=True)
        partial = final.with_name(f".{final.name}")
        partial.unlink(missing_ok=True)
        try:
            os.link(source.root / program, partial)
        except OSError:
            shutil.copy2(source.root / program, partial)
        partial.replace(final)
