"""One file from an HTTP server, whole and with the right checksum.

In: an address and the SHA-256 that its publisher states. Out: the file. What has come so
far is kept in a `.part` file beside a note of what it is a part of (RFC 9110: the ETag,
or the Last-Modified date, for If-Range), so that a cut connection and an ended command
cost nothing: the next try asks for the rest alone. A server that knows no ranges sends
all of it again. Every wait has a bound.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import http.client
import json
import shutil
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import IO

from kdocs_plugin.errors import InstallError

STALL = 60.0  # seconds without a byte
SLOWEST = 1024  # bytes a second, over as long: what comes slower will never end
TRIES = 5  # in a row without a single new byte
MOST_TRIES = 50  # in all, of one file
PAUSE = 1.0  # seconds before the second try, then twice as long each time
RESERVE = 50_000_000  # bytes that stay free beside a file
UNREACHABLE = (urllib.error.URLError, http.client.HTTPException, TimeoutError, ConnectionError)
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
Progress = Callable[[int, int], None]


class Cut(ConnectionError):
    """The connection ended, or gave too little, before the file did."""


def download(url: str, sha256: str, folder: Path, progress: Progress) -> Path:
    """The file at `url`, in `folder`, named by its checksum.

    `progress` hears bytes had and bytes in all. InstallError where it can't be had: the
    server does not give it, its checksum is another, the disk is full.
    """
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f"{sha256}.part"
    failures = tries = 0
    while True:
        tries += 1
        resumed = before = _size(part)
        try:
            resumed = _get(url, part, progress)
            break
        except urllib.error.HTTPError as error:
            if error.code < 500 and error.code != 429:  # it will say the same again
                raise InstallError(
                    "local.bad_release", address=url, reason=f"HTTP {error.code}"
                ) from error
            reason = f"HTTP {error.code}"
        except UNREACHABLE as error:
            reason = str(error)
        failures = 1 if _size(part) > before else failures + 1
        if failures >= TRIES or tries >= MOST_TRIES:
            raise InstallError("local.bad_release", address=url, reason=reason)
        time.sleep(PAUSE * 2 ** (failures - 1))
    found = _digest(part)
    if found != sha256:
        forget(part)
        if resumed:  # its parts may be of two different files: once more, in one piece
            return download(url, sha256, folder, progress)
        raise InstallError("local.wrong_checksum", address=url, wanted=sha256, found=found)
    _note(part).unlink(missing_ok=True)
    return part.rename(folder / sha256)


def size(url: str) -> int:
    """Bytes of the file, or 0 where the server does not say."""
    try:
        with _open(urllib.request.Request(url, method="HEAD")) as response:  # noqa: S310
            return int(response.headers.get("Content-Length") or 0)
    except (ValueError, *UNREACHABLE):
        return 0


def read(url: str, limit: int = 1 << 20) -> str:
    """A small text file, tried as often as a large one."""
    for attempt in range(TRIES):
        try:
            with _open(urllib.request.Request(url)) as response:  # noqa: S310
                return response.read(limit).decode(errors="replace")
        except urllib.error.HTTPError as error:
            reason = f"HTTP {error.code}"
            if error.code < 500 and error.code != 429:
                break
        except UNREACHABLE as error:
            reason = str(error)
        if attempt < TRIES - 1:
            time.sleep(PAUSE * 2**attempt)
    raise InstallError("local.bad_release", address=url, reason=reason)


def forget(part: Path) -> None:
    """Remove what has come of a file."""
    part.unlink(missing_ok=True)
    _note(part).unlink(missing_ok=True)


def _get(url: str, part: Path, progress: Progress) -> int:
    """Ask once for what is missing. Returns how many bytes were there before."""
    request = urllib.request.Request(url)  # noqa: S310
    have, validator = _size(part), _validator(part, url)
    if have and validator:
        request.add_header("Range", f"bytes={have}-")
        request.add_header("If-Range", validator)
    try:
        response = _open(request)
    except urllib.error.HTTPError as error:
        if error.code != 416:  # the file has become shorter
            raise
        forget(part)
        raise Cut(f"HTTP {error.code}") from error
    with response:
        if response.status != 206:
            have = 0
        length = response.headers.get("Content-Length")
        whole = have + int(length) if length else 0
        _require_space(part.parent, whole - have)
        validator = response.headers.get("ETag") or response.headers.get("Last-Modified") or ""
        try:
            _note(part).write_text(json.dumps({"url": url, "validator": validator}))
            with part.open("ab" if have else "wb") as target:
                done = _copy(response, target, have, lambda had: progress(had, whole))
        except OSError as error:
            if error.errno not in FULL:
                raise
            forget(part)
            raise full(part.parent, whole) from error
        if done < whole:
            raise Cut(f"{done} / {whole} bytes")
    return have


def _copy(
    source: http.client.HTTPResponse, target: IO[bytes], done: int, on: Callable[[int], None]
) -> int:
    since, then = time.monotonic(), done
    while chunk := source.read1(1 << 20):
        target.write(chunk)
        done += len(chunk)
        on(done)
        if time.monotonic() - since > STALL:
            if done - then < SLOWEST * STALL:
                raise Cut(f"{done - then} bytes in {STALL:.0f} s")
            since, then = time.monotonic(), done
    return done


def _validator(part: Path, url: str) -> str:
    """What the part's server called the file; empty where it is another's part."""
    with contextlib.suppress(FileNotFoundError, ValueError):
        note: dict[str, str] = json.loads(_note(part).read_text())
        validator = note.get("validator", "")
        # A weak validator says "much the same", not "the same bytes".
        return "" if note.get("url") != url or validator.startswith("W/") else validator
    return ""


def _require_space(folder: Path, needed: int) -> None:
    if shutil.disk_usage(folder).free < needed + RESERVE:
        raise full(folder, needed + RESERVE)


def full(folder: Path, needed: int) -> InstallError:
    """The disk is full: what to say."""
    free = shutil.disk_usage(folder).free
    return InstallError(
        "local.disk_full", folder=folder, needed=_megabytes(needed), free=_megabytes(free)
    )


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000_000:.1f} GB" if size >= 10**9 else f"{size / 1_000_000:.0f} MB"


def _open(request: urllib.request.Request) -> http.client.HTTPResponse:
    response: http.client.HTTPResponse = urllib.request.urlopen(request, timeout=STALL)  # noqa: S310
    return response


def _note(part: Path) -> Path:
    return part.with_suffix(".json")


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
