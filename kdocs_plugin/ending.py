"""How a command speaks and ends: in order, with a status, no traceback for our own errors.

Exit status: 0 clean, 1 errors found, 2 could not run, 130 interrupted.
"""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import sys
from collections.abc import Callable, Mapping
from types import FrameType
from typing import Any, Final, NoReturn

from kdocs_plugin import messages
from kdocs_plugin.errors import KdocsError

# Wherever we write: a full or read-only disk is nobody's mistake and no traceback's business.
DISK_TROUBLE: Final = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)


def say(words: str) -> None:
    """A result: on standard output, with a newline."""
    sys.stdout.write(words + "\n")


def remark(words: str) -> None:
    """What is about the work and not its result: on standard error."""
    sys.stdout.flush()
    sys.stderr.write(words + "\n")


def orderly(command: Callable[[], int | None]) -> NoReturn:
    """Run a command and exit with its status; our own errors become a line and status 2."""
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        status = command()
        sys.stdout.flush()
        sys.exit(status or 0)
    except KeyboardInterrupt:
        sys.exit(130)
    except KdocsError as error:
        _tell(error.key, error.arguments)
        sys.exit(2)
    except BrokenPipeError:  # nobody reads on: `kdocs check | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        if error.errno not in DISK_TROUBLE:
            raise
        _tell("disk.trouble", {"file": error.filename or "", "why": error.strerror})
        sys.exit(2)
    finally:
        give_back()


def at_once(command: Callable[[], int | None]) -> NoReturn:
    """`orderly`, for a command that leaves nothing to Python's own clean-up: taking a hundred
    modules apart takes as long as checking a small note."""
    try:
        orderly(command)
    except SystemExit as end:
        with contextlib.suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(end.code if isinstance(end.code, int) else 1)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    """SIGTERM unwinds like an interrupt, so that clusters and namespaces are removed."""
    raise KeyboardInterrupt


def _tell(key: str, arguments: Mapping[str, Any]) -> None:
    language = messages.preferred_language()
    remark("kdocs: " + messages.text(key, language, arguments))
    if hint := messages.hint(key, language, arguments):
        remark("       " + hint)


def give_back() -> None:
    """Under sudo what was put into the cache folder is the caller's, not root's."""
    if "SUDO_UID" in os.environ and sys.platform == "linux":
        from kdocs_plugin.clusters.local import invoker, layout

        invoker.give_back(layout.cache())
