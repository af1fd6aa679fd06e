"""Being nobody: programs of a test run as an ordinary user.

Where the interpreter, this project or the binaries lie below a folder that is root's alone
(/root, 0700), a mount namespace of the program's own shows just them at the same paths.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

USER = 65534
PROJECT = Path(__file__).parents[2]

_SHOW = """\
set -e
stash=$(mktemp -d); mount -t tmpfs none "$stash"
for path in $SHOWN; do mkdir -p "$stash$path"; mount --bind "$path" "$stash$path"; done
for closed in $CLOSED; do mount -t tmpfs -o mode=755 none "$closed"; done
for path in $SHOWN; do mkdir -p "$path"; mount --bind "$stash$path" "$path"; done
umount -R "$stash"; rmdir "$stash"
exec setpriv --reuid={user} --regid={user} --clear-groups --inh-caps=-all \
    --bounding-set=-all --no-new-privs -- "$@"
"""


def start(
    argv: Sequence[str | Path], home: Path, environment: Mapping[str, str], *needed: Path
) -> subprocess.Popen[str]:
    """Start a program as the user `nobody` with its own home and nothing of root's.

    `needed` are folders that it must be able to read, besides Python and the project. The
    process is the program itself: killing it is killing that.
    """
    home.mkdir(mode=0o700, exist_ok=True)
    os.chown(home, USER, USER)
    read = {Path(sys.base_prefix).resolve(), PROJECT, *(each.resolve() for each in needed)}
    closed = {each: _closed(each) for each in read if _closed(each)}
    variables = {
        "HOME": str(home),
        "PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
        "SHOWN": " ".join(map(str, sorted(closed))),
        "CLOSED": " ".join(sorted({str(each) for each in closed.values()})),
        **environment,
    }
    shell = ["unshare", "--mount", "--propagation=private", "bash", "-c"]
    return subprocess.Popen(
        [*shell, _SHOW.format(user=USER), "bash", *map(str, argv)],
        env=variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd="/",
    )  # fmt: skip


def _closed(path: Path) -> Path | None:
    """The uppermost folder on the way that others may not enter."""
    ways = [each for each in reversed(path.parents) if not each.stat().st_mode & 0o001]
    return ways[0] if ways else None
