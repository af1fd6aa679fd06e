"""Files for a scenario's working directory.

The directory belongs to the step's user, who can put symbolic links anywhere in it, while
we may be root: so every part of a name is opened without following links.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path, PurePosixPath

from kdocs_plugin.errors import ExecutionError

DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
FILE = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW


def write_file(directory: Path, name: str, text: str) -> None:
    """Write `name` below `directory`, with its folders, as the directory's owner's.

    `..` and a leading `/` mean nothing here. Raises ExecutionError where a link or
    something else that is no folder or file stands in the way.
    """
    *folders, last = [
        part for part in PurePosixPath(name).parts if part not in ("/", "..", ".")
    ]
    owner = directory.stat()
    with contextlib.ExitStack() as stack:
        try:
            at = os.open(directory, DIRECTORY)
            stack.callback(os.close, at)
            for folder in folders:
                with contextlib.suppress(FileExistsError):
                    os.mkdir(folder, 0o755, dir_fd=at)
                at = os.open(folder, DIRECTORY, dir_fd=at)
                stack.callback(os.close, at)
                give(at, owner)
            file = os.open(last, FILE, 0o644, dir_fd=at)
            give(file, owner)
            with os.fdopen(file, "w", encoding="utf-8") as stream:
                stream.write(text)
        except OSError as error:
            raise ExecutionError("run.no_file", file=name, why=error.strerror) from error


def give(descriptor: int, owner: os.stat_result) -> None:
    """To the working directory's owner: the step's user is not ours."""
    if owner.st_uid != os.geteuid():
        os.fchown(descriptor, owner.st_uid, owner.st_gid)
