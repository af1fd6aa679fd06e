"""A `kdocs run` in which nothing has changed: the answer is known without reading a note.

A run that found nothing to do remembers all that it looked at and what it said. The next
run with the same words looks whether all of that is as it was, and says the same again: no
note is read, nothing is planned, no process started. Whatever is not plainly the same is
left to a real run. What was looked at, the interpreter tells (`sys.addaudithook`): files
that were opened, folders that were listed, and by the event "kdocs.looked" names that were
asked for and may not be there.

Imports next to nothing: this must cost less than importing what it saves.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

# Of the environment: what settings, their language and their places come from.
_LANGUAGE: Final = ("LANG", "LC_ALL", "LC_MESSAGES", "LANGUAGE")
_MOST: Final = 32  # answers that are kept, the newest
_SLACK: Final = 50_000_000  # nanoseconds: how coarse a file system's clock may be
_FORMAT: Final = 1
_LARGEST: Final = 64 * 1024 * 1024  # bytes of a file that is looked at

_watches: list[Watch] = []


class Answer(NamedTuple):
    """What a run in which nothing was to be done said."""

    out: str
    err: str
    status: int


class Watch:
    """Notices from now on what the interpreter opens and lists."""

    def __init__(self) -> None:
        self.began = time.time_ns()
        self.files: set[str] = set()
        self.folders: set[str] = set()
        if not _watches:
            sys.addaudithook(_hear)
        _watches[:] = [self]

    def end(self) -> None:
        """Notice nothing more."""
        _watches[:] = [each for each in _watches if each is not self] or [_DEAF]

    def hear(self, event: str, path: object) -> None:
        """An event of the interpreter."""
        if not isinstance(path, str | os.PathLike):
            return
        name = os.path.abspath(os.fsdecode(path))
        (self.folders if event == "os.scandir" else self.files).add(name)


class _Deaf(Watch):
    def __init__(self) -> None:
        return

    def hear(self, event: str, path: object) -> None:
        """Nothing is noticed."""


_DEAF: Final = _Deaf()


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    """An audit hook can't be taken off: it hears for who watches now."""
    if event in ("open", "os.scandir", "kdocs.looked") and arguments:
        _watches[0].hear(event, arguments[0])


# --- Asking -----------------------------------------------------------------------------


def answer(arguments: Sequence[str]) -> Answer | None:
    """What `kdocs run` with these arguments says, None where it has to look for itself."""
    file = _file(arguments)
    if file is None:
        return None
    try:
        import json

        with open(file, encoding="utf-8") as opened:
            known = json.load(opened)
        if known["format"] != _FORMAT or not _holds(known):
            return None
        return Answer(str(known["out"]), str(known["err"]), int(known["status"]))
    except (OSError, ValueError, LookupError, TypeError):
        return None


def _holds(known: dict[str, Any]) -> bool:
    """Whether everything is as it was."""
    return (
        known["code"] == _code()
        and (known["environment"] is None or known["environment"] == _all_variables())
        and all(_listed(folder) == state for folder, state in known["folders"].items())
        and all(_content(file) == state for file, state in known["files"].items())
    )


# --- Remembering ------------------------------------------------------------------------


def remember(arguments: Sequence[str], watch: Watch, said: Answer) -> None:
    """Keep an answer, with all that it rests on. Never raises: it is only for speed.

    Not where something changed while the run looked at it, or just before.
    """
    watch.end()
    file = _file(arguments)
    if file is None:
        return
    try:
        if (known := _known(watch, said)) is not None:
            _keep(file, known)
    except (OSError, ValueError):
        return


def _known(watch: Watch, said: Answer) -> dict[str, Any] | None:
    """All that an answer rests on, None where it may have changed meanwhile."""
    own = (sys.prefix, sys.base_prefix, os.path.dirname(__file__), _folder(), "/proc", "/dev")
    files = {each for each in watch.files if not _within(each, own)}
    folders = {each for each in watch.folders if not _within(each, own)}
    folders |= {os.path.dirname(each) for each in files if os.path.exists(each)}
    newest = max((_changed(each) for each in (*files, *folders)), default=0)
    if newest > watch.began - _SLACK or any(map(_is_too_large, files)):
        return None
    contents = {each: _content(each) for each in sorted(files)}
    return {
        "format": _FORMAT,
        "code": _code(),
        "environment": _all_variables() if any(map(_asks_environment, files)) else None,
        "folders": {each: _listed(each) for each in sorted(folders)},
        "files": contents,
        "out": said.out,
        "err": said.err,
        "status": said.status,
    }


def _keep(file: str, known: dict[str, Any]) -> None:
    """Write an answer in one step, and let go of the oldest ones."""
    import json
    import tempfile

    folder = os.path.dirname(file)
    os.makedirs(folder, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=folder, suffix=".tmp")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as opened:
            json.dump(known, opened, ensure_ascii=True)
        os.replace(name, file)
    except BaseException:
        os.unlink(name)
        raise
    others = sorted((entry.stat().st_mtime_ns, entry.path) for entry in os.scandir(folder))
    for _, path in others[:-_MOST]:
        os.unlink(path)


# --- What things are like ---------------------------------------------------------------


def _file(arguments: Sequence[str]) -> str | None:
    """Where an answer is kept. Under sudo, whose cache it is takes longer to find out."""
    if "SUDO_UID" in os.environ:
        return None
    variables = [
        f"{name}={value}"
        for name, value in sorted(os.environ.items())
        if name.startswith("KDOCS_") or name in _LANGUAGE
    ]
    try:
        words = [os.getcwd(), *arguments, "", *variables]
    except OSError:
        return None
    return os.path.join(_folder(), f"{_digest(chr(0).join(words).encode(*_UTF8))}.json")


_UTF8: Final = ("utf-8", "surrogatepass")


def _folder() -> str:
    """Part of `layout.cache()`, found without importing it."""
    explicit = os.environ.get("KDOCS_CACHE")
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return os.path.join(os.path.abspath(explicit or os.path.join(base, "kdocs")), "unchanged")


def _digest(data: bytes) -> str:
    from _blake2 import blake2b  # hashlib loads OpenSSL, which takes a while

    return blake2b(data, digest_size=16).hexdigest()


def _content(file: str) -> str | None:
    """A file's content, None where there is none to be read."""
    try:
        handle = os.open(file, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    except OSError:
        return None
    try:
        data = os.read(handle, _LARGEST)
        return _digest(data)
    except OSError:
        return None
    finally:
        os.close(handle)


def _listed(folder: str) -> int | None:
    """When something last came to a folder or went from it."""
    try:
        return os.stat(folder).st_mtime_ns
    except OSError:
        return None


def _changed(path: str) -> int:
    """When something was last written, or was put in its place."""
    try:
        state = os.stat(path)
    except OSError:
        return 0
    return max(state.st_mtime_ns, 0 if os.path.isdir(path) else state.st_ctime_ns)


def _is_too_large(file: str) -> bool:
    return os.path.exists(file) and os.path.getsize(file) >= _LARGEST


def _asks_environment(file: str) -> bool:
    """Whether it is a configuration that takes values from the environment: any variable."""
    if not file.endswith((".yml", ".yaml")) or not os.path.isfile(file):
        return False
    with open(file, "rb") as opened:
        return b"!ENV" in opened.read()


def _all_variables() -> str:
    words = [f"{name}={value}" for name, value in sorted(os.environ.items()) if name != "_"]
    return _digest("\0".join(words).encode(*_UTF8))


def _within(path: str, folders: Sequence[str]) -> bool:
    return any(path == each or path.startswith(each + os.sep) for each in folders)


def _code() -> str:
    """kdocs itself: what stands on the disk of it, and the interpreter."""
    parts = [sys.version]
    folders = [os.path.dirname(os.path.abspath(__file__))]
    while folders:
        with os.scandir(folders.pop()) as entries:
            for entry in sorted(entries, key=lambda each: each.name):
                if entry.name == "__pycache__":
                    continue
                if entry.is_dir():
                    folders.append(entry.path)
                else:
                    state = entry.stat()
                    parts.append(f"{entry.name} {state.st_mtime_ns} {state.st_size}")
    return _digest("\0".join(parts).encode(*_UTF8))
