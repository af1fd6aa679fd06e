"""Becomes a command, in control groups and with a session keyring of its own.

    python -I -S -B join.py GROUP... -- COMMAND [ARGUMENT...]

Run as a program before a step's shell enters the node's namespaces, which no keyring
belongs to: a step could read the keys of the user who started it. Standard library only.
"""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

KEYCTL = {"x86_64": 250, "aarch64": 219}  # the system call's number
JOIN_SESSION_KEYRING = 1


def leave_keyring() -> None:
    """A session keyring of its own: the one inherited may hold keys of the user's."""
    number = KEYCTL.get(os.uname().machine)
    if number is not None:
        libc = ctypes.CDLL(None)
        libc.syscall(number, JOIN_SESSION_KEYRING, ctypes.c_char_p(None))


def main(arguments: list[str]) -> None:
    """Join, leave, become. OSError where a group can't be joined: then nothing is run."""
    end = arguments.index("--")
    for group in arguments[:end]:
        Path(group, "cgroup.procs").write_text("0")
    leave_keyring()
    command = arguments[end + 1 :]
    os.execv(command[0], command)  # noqa: S606 - no shell is wanted


if __name__ == "__main__":
    main(sys.argv[1:])
