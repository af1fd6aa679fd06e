"""Putting members into a layer: the same content gives the same bytes."""

from __future__ import annotations

import io
import tarfile


def add_file(tar: tarfile.TarFile, name: str, content: bytes, mode: int = 0o644) -> None:
    """A file of root's, without a time."""
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(content), mode
    tar.addfile(member, io.BytesIO(content))


def add_folder(
    tar: tarfile.TarFile, name: str, mode: int = 0o755, owner: tuple[int, int] = (0, 0)
) -> None:
    """An empty folder."""
    member = tarfile.TarInfo(name)
    member.type, member.mode = tarfile.DIRTYPE, mode
    member.uid, member.gid = owner
    tar.addfile(member)


def add_link(tar: tarfile.TarFile, name: str, target: str) -> None:
    """A symbolic link."""
    member = tarfile.TarInfo(name)
    member.type, member.linkname, member.mode = tarfile.SYMTYPE, target, 0o777
    tar.addfile(member)
