"""Entering the node's namespaces: a thread's way in, and the programs for a process'."""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
from collections.abc import Iterator

CLONE_NEWNET = 0x40000000


@contextlib.contextmanager
def inside(network: int) -> Iterator[None]:
    """Within it, the calling thread's new sockets are in the namespace of a descriptor.

    So are the processes that the thread starts meanwhile. Other threads stay outside.
    """
    own = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
    try:
        _enter(network)
        try:
            yield
        finally:
            _enter(own)
    finally:
        os.close(own)


def _enter(namespace: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(namespace, CLONE_NEWNET) != 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error), "setns")


def tool(name: str) -> str:
    """Where a program of the host is, for a command line that is run with another PATH."""
    return shutil.which(name) or name
