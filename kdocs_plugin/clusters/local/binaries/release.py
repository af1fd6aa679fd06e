"""Official release files: fetched, checked, put into a folder.

In: a recipe, and whether the network reaches its files. Out: its programs in a folder. A
file whose SHA-256 is not the published one ends the installation: it is never
a reason to try something else.
"""

from __future__ import annotations

import hashlib
import http.client
import os
import re
import tarfile
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import IO

from kdocs_plugin.clusters.local.binaries.recipes import Recipe, ReleaseFile
from kdocs_plugin.errors import InstallError

BASE = "KDOCS_RELEASES"  # variable: an address below which `host/path` is found
PATIENCE = 2.5  # seconds for the first answer: a closed network must not cost more
STALL = 60.0  # seconds without a byte
UNREACHABLE = (urllib.error.URLError, TimeoutError, ConnectionError)


def reachable(recipe: Recipe) -> bool:
    """Whether anything answers where the files are, soon. A name's look-up has no timeout."""
    url = _url(recipe.release[0].checksums)
    answered, done = threading.Event(), threading.Event()

    def ask() -> None:
        try:
            with _open(url, PATIENCE):
                answered.set()
        except urllib.error.HTTPError:
            answered.set()
        except UNREACHABLE:
            pass
        finally:
            done.set()

    threading.Thread(target=ask, daemon=True).start()
    done.wait(PATIENCE)
    return answered.is_set()


def fetch(recipe: Recipe, folder: Path, progress: Callable[[int, int], None]) -> None:
    """Put a component's programs into `folder`. InstallError where that fails.

    `progress` hears bytes had and bytes in all, of the file in hand.
    """
    try:
        for file in recipe.release:
            _fetch_file(file, folder, progress)
    except urllib.error.HTTPError as error:
        raise InstallError(
            "local.bad_release", address=error.url, reason=f"HTTP {error.code}"
        ) from error
    except UNREACHABLE as error:
        raise InstallError(
            "local.bad_release", address=recipe.release[0].address, reason=str(error)
        ) from error


def _fetch_file(file: ReleaseFile, folder: Path, progress: Callable[[int, int], None]) -> None:
    with _open(_url(file.checksums)) as response:
        wanted = _checksum(response.read(1 << 20).decode(), file)
    download = folder / "download"
    with _open(_url(file.address)) as response, download.open("wb") as target:
        size = int(response.headers.get("Content-Length") or 0)
        found = _copy(response, target, lambda done: progress(done, size))
    if found != wanted:
        raise InstallError(
            "local.wrong_checksum", address=_url(file.address), wanted=wanted, found=found
        )
    for program, member in file.programs.items():
        path = folder / program
        path.parent.mkdir(parents=True, exist_ok=True)
        if member:
            _extract(download, member, path)
        else:
            download.replace(path)
        path.chmod(0o755)
    download.unlink(missing_ok=True)


def _url(address: str) -> str:
    base = os.environ.get(BASE)
    return f"{base.rstrip('/')}/{address}" if base else f"https://{address}"


def _open(url: str, timeout: float = STALL) -> http.client.HTTPResponse:
    response: http.client.HTTPResponse = urllib.request.urlopen(url, timeout=timeout)  # noqa: S310
    return response


def _checksum(text: str, file: ReleaseFile) -> str:
    """The file's SHA-256 in a file of checksums: `<hex>  <name>` lines, or the hex alone."""
    name = file.address.rpartition("/")[2]
    for line in text.splitlines():
        found = re.fullmatch(r"([0-9a-f]{64})(?:\s+\*?(?:\./)?(\S+))?\s*", line)
        if found and found[2] in (None, name):
            return found[1]
    raise InstallError("local.bad_release", address=_url(file.checksums), reason="no SHA-256")


def _copy(source: IO[bytes], target: IO[bytes], progress: Callable[[int], None]) -> str:
    digest, done = hashlib.sha256(), 0
    while chunk := source.read(1 << 20):
        digest.update(chunk)
        target.write(chunk)
        done += len(chunk)
        progress(done)
    return digest.hexdigest()


def _extract(archive: Path, member: str, target: Path) -> None:
    try:
        with tarfile.open(archive) as tar:
            source = tar.extractfile(member)
            if source is None:
                raise KeyError(member)
            with target.open("wb") as file:
                _copy(source, file, lambda _: None)
    except (tarfile.TarError, KeyError) as error:
        raise InstallError(
            "local.bad_release", address=archive.name, reason=f"no {member}"
        ) from error
