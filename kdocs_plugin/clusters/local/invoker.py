"""Who called: under sudo not root but the user who typed it.

Only root can run the local cluster; what it leaves for later, in the user's cache folder,
is the user's nevertheless. sudo says who it was in SUDO_UID and SUDO_GID.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import sys
from pathlib import Path

STATE = ("clusters", "build")  # of running clusters: root's, and gone with them


def user() -> tuple[int, int] | None:
    """User and group who called sudo; None where nobody did, or root itself."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return None
    with contextlib.suppress(KeyError, ValueError):
        uid, gid = int(os.environ["SUDO_UID"]), int(os.environ["SUDO_GID"])
        return (uid, gid) if uid > 0 else None
    return None


def home() -> Path:
    """The home folder of whoever called."""
    caller = user()
    if caller is not None:
        import pwd  # not on every system, but where sudo is

        with contextlib.suppress(KeyError):
            return Path(pwd.getpwuid(caller[0]).pw_dir)
    return Path.home()


def give_back(folder: Path) -> None:
    """Make root's files below the caller's cache folder the caller's.

    Nothing where nobody called sudo, or where the folder is not in the caller's own home.
    Symbolic links are not followed.
    """
    caller = user()
    if caller is None or home() not in folder.parents or not folder.is_dir():
        return
    places = [each for each in folder.parents if home() in each.parents]  # .cache itself
    for place in places:
        _give(place, caller)
    _give(folder, caller)
    for root, folders, files, descriptor in os.fwalk(folder):
        if root == str(folder):
            folders[:] = [name for name in folders if name not in STATE]
        for name in (*folders, *files):
            with contextlib.suppress(OSError):
                status = os.stat(name, dir_fd=descriptor, follow_symlinks=False)
                if status.st_uid == 0:
                    os.chown(name, *caller, dir_fd=descriptor, follow_symlinks=False)


def command_with_sudo() -> str:
    """This command's line as root would have it, for pasting; "" where sudo is not there
    or nobody sits at a terminal."""
    if shutil.which("sudo") is None or not sys.stderr.isatty():
        return ""
    program = shutil.which(sys.argv[0]) or sys.argv[0]
    return shlex.join(["sudo", "-E", str(Path(program).absolute()), *sys.argv[1:]])


def _give(place: Path, caller: tuple[int, int]) -> None:
    with contextlib.suppress(OSError):
        if place.lstat().st_uid == 0:
            os.chown(place, *caller, follow_symlinks=False)
