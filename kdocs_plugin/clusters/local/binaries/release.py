"""Official release files: fetched, checked, put into a folder.

In: a recipe, and whether the network reaches its files. Out: its programs in a folder. A
file whose SHA-256 is not the published one ends the installation: it is never
a reason to try something else.
"""

from __future__ import annotations

import os
import re
import shutil
import tarfile
import threading
import urllib.error
import urllib.request
from pathlib import Path

from kdocs_plugin.clusters.local.binaries import download
from kdocs_plugin.clusters.local.binaries.recipes import Recipe, ReleaseFile
from kdocs_plugin.errors import InstallError

BASE = "KDOCS_RELEASES"  # variable: an address below which `host/path` is found, or `none`
NONE = "none"
PATIENCE = 2.5  # seconds for the first answer: a closed network must not cost more


def reachable(recipe: Recipe) -> bool:
    """Whether anything answers where the files are, soon. A name's look-up has no timeout."""
    if os.environ.get(BASE, "").lower() == NONE or not recipe.release:
        return False
    url = address(recipe.release[0].checksums)
    answered, done = threading.Event(), threading.Event()

    def ask() -> None:
        try:
            with urllib.request.urlopen(url, timeout=PATIENCE):  # noqa: S310
                answered.set()
        except urllib.error.HTTPError:
            answered.set()
        except download.UNREACHABLE:
            pass
        finally:
            done.set()

    threading.Thread(target=ask, daemon=True).start()
    done.wait(PATIENCE)
    return answered.is_set()


def fetch(
    recipe: Recipe, downloads: Path, folder: Path, progress: download.Progress
) -> dict[str, str]:
    """Put a component's programs into `folder`. Returns where each came from.

    What has come of a file that is not complete stays in `downloads`. `progress` hears
    bytes had and bytes in all, of all files together. InstallError where that fails.
    """
    sizes = [download.size(address(file.address)) for file in recipe.release]
    before, origins = 0, {}
    for file, size in zip(recipe.release, sizes, strict=True):

        def advance(had: int, _: int, before: int = before) -> None:
            progress(before + had, sum(sizes))

        url = address(file.address)
        wanted = _checksum(download.read(address(file.checksums)), file)
        whole = download.download(url, wanted, downloads, advance)
        before += size
        for program, member in file.programs.items():
            path = folder / program
            path.parent.mkdir(parents=True, exist_ok=True)
            if member:
                _extract(whole, member, path, url)
            else:
                shutil.move(whole, path)
            origins[program] = url
        whole.unlink(missing_ok=True)
    return origins


def address(of: str) -> str:
    """The URL of a `host/path`: on its host, or below the address that was set."""
    base = os.environ.get(BASE)
    return f"{base.rstrip('/')}/{of}" if base else f"https://{of}"


def _checksum(text: str, file: ReleaseFile) -> str:
    """The file's SHA-256 in a file of checksums: `<hex>  <name>` lines, or the hex alone."""
    name = file.address.rpartition("/")[2]
    for line in text.splitlines():
        found = re.fullmatch(r"([0-9a-f]{64})(?:\s+\*?(?:\./)?(\S+))?\s*", line)
        if found and found[2] in (None, name):
            return found[1]
    raise InstallError(
        "local.bad_release", address=address(file.checksums), reason=f"no SHA-256 of {name}"
    )


def _extract(archive: Path, member: str, target: Path, url: str) -> None:
    try:
        with tarfile.open(archive) as tar:
            source = tar.extractfile(member)
            if source is None:
                raise KeyError(member)
            with target.open("wb") as file:
                shutil.copyfileobj(source, file, 1 << 20)
    except (tarfile.TarError, EOFError, KeyError) as error:
        raise InstallError("local.bad_release", address=url, reason=f"no {member}") from error
    except OSError as error:
        if error.errno not in download.FULL:
            raise
        raise download.full(target.parent, archive.stat().st_size * 3) from error
