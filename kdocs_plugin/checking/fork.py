"""A part of the work in a process of its own, which has all that this one has."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from typing import Any, NoReturn


class Fork:
    """Begins `work` at once; `wait` has its result, a plain value, or None where it failed.

    Only for work that starts no thread and leaves nothing behind.
    """

    def __init__(self, work: Callable[[], Any]) -> None:
        self._reading, writing = os.pipe()
        self._process = os.fork()
        if self._process == 0:
            os.close(self._reading)
            _work(work, writing)
        os.close(writing)

    def wait(self) -> Any:
        with os.fdopen(self._reading, "rb") as pipe:
            data = pipe.read()
        _, status = os.waitpid(self._process, 0)
        return json.loads(data) if status == 0 else None


class Turns:
    """The numbers below `count` (at most 256), each of them once: whoever is free, in this
    process or in one forked from it, takes the next. So nobody waits long for a slower one."""

    def __init__(self, count: int) -> None:
        self._reading, writing = os.pipe()
        os.write(writing, bytes(range(count)))
        os.close(writing)

    def __iter__(self) -> Iterator[int]:
        while taken := os.read(self._reading, 1):
            yield taken[0]

    def close(self) -> None:
        os.close(self._reading)


def _work(work: Callable[[], Any], writing: int) -> NoReturn:
    """Never comes back: what the other process has open is none of this one's business."""
    status = 1
    try:
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(json.dumps(work()).encode())
        status = 0
    finally:
        os._exit(status)
