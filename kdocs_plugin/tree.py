"""Which files of a folder are notes.

In: folders and files as the user names them, patterns. Out: the Markdown files (and YAML
files) among them. Patterns are those of .gitignore, as MkDocs' own `exclude_docs` has them,
and are held against pages' paths: relative to the docs folder, or without one to the
project's. Knows the disk and nothing of what a note holds.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from kdocs_plugin.errors import ConfigError
from kdocs_plugin.source import is_manifest_file

if TYPE_CHECKING:
    from pathspec.gitignore import GitIgnoreSpec

_File = TypeVar("_File")
NOTES = (".md", ".markdown")
# Folders that hold other people's files. Hidden ones (.git, .venv) are not looked into either.
OTHERS = frozenset(["node_modules", "__pycache__", "site-packages"])
VENV = "pyvenv.cfg"  # stands in a virtual environment, whatever its name


def find_notes(
    paths: Sequence[Path],
    manifests: bool = False,
    skipped: Collection[Path] = (),
    wanted: Callable[[Path], bool] = lambda _: True,
) -> list[Path]:
    """The Markdown files that paths name: files as they are, folders searched.

    With `manifests` YAML files as well, but for MkDocs' own configuration. `skipped` are
    folders, resolved, that are not looked into; what a search finds must be `wanted`.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if not path.is_dir():
            found[path] = None
            continue
        files = sorted(walk(path, path.resolve(), frozenset(skipped)))
        found |= dict.fromkeys(
            each for each in files if is_note(each.name, manifests) and wanted(each)
        )
    return list(found)


def is_note(name: str, manifests: bool) -> bool:
    """Whether a file of this name is looked into."""
    if name.startswith("."):
        return False
    stem, dot, suffix = name.rpartition(".")
    if f".{suffix.lower()}" in NOTES:
        return True
    return manifests and bool(dot) and is_manifest_file(name) and stem != "mkdocs"


def walk(
    folder: Path, real: Path, skipped: frozenset[Path], links: tuple[Path, ...] = ()
) -> Iterator[Path]:
    """The files below a folder. `real` is where it is, `links` are those that led to it."""
    try:
        with os.scandir(folder) as entries:
            inside = list(entries)
    except OSError:  # not readable, or gone by now: MkDocs passes over it as well
        return
    for entry in inside:
        path = folder / entry.name
        if _is(entry.is_file):
            yield path
        elif not _is(entry.is_dir):
            continue
        elif not entry.name.startswith(".") and entry.name not in OTHERS:
            target = path.resolve() if entry.is_symlink() else real / entry.name
            if target in skipped or (path / VENV).exists():
                continue
            if entry.is_symlink():
                # One that leads back to where it stands, or has been followed to get here.
                if target in (real, *real.parents, *links):
                    continue
                yield from walk(path, target, skipped, (*links, target))
            else:
                yield from walk(path, target, skipped, links)


def _is(asked: Callable[[], bool]) -> bool:
    """What is asked of an entry; a link that leads to itself is nothing."""
    try:
        return asked()
    except OSError:
        return False


def wants(page: str, include: Sequence[str], exclude: Sequence[str]) -> bool:
    """Whether a page is included, if anything is said of that, and not excluded."""
    if include and not matches(tuple(include), page):
        return False
    return not (exclude and matches(tuple(exclude), page))


def matches(patterns: tuple[str, ...], page: str) -> bool:
    """Whether a page's path matches; Hangul is the same composed and taken apart.

    Raises ConfigError for patterns that are none.
    """
    while page.startswith("../"):  # a note outside of the docs folder
        page = page.removeprefix("../")
    return bool(_spec(patterns).match_file(_composed(page)))


@cache
def _spec(patterns: tuple[str, ...]) -> GitIgnoreSpec:
    from pathspec.gitignore import GitIgnoreSpec

    try:
        return GitIgnoreSpec.from_lines([_composed(each) for each in patterns])
    except ValueError as error:
        raise ConfigError("config.pattern", why=str(error)) from error


def _composed(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def shard(pages: Mapping[str, _File], part: str) -> dict[str, _File]:
    """Those pages that belong to a part: `2/4` is the second of four.

    By a page's path alone, so a page that is added moves no other one, and every machine
    has the same parts. Raises ConfigError for what names no part.
    """
    match = re.fullmatch(r"([1-9]\d{0,3})/([1-9]\d{0,3})", part)
    if match is None or int(match[1]) > int(match[2]):
        raise ConfigError("config.shard", value=part)
    number, count = int(match[1]), int(match[2])
    return {page: path for page, path in pages.items() if shard_of(page, count) == number}


def shard_of(page: str, count: int) -> int:
    """Which of `count` shards, from 1 on, a page belongs to.

    By its path alone: a page that is added moves no other one, on no machine.
    """
    from hashlib import sha256  # OpenSSL takes its time: only for a part of the notes

    digest = sha256(_composed(page).encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:8], "big") % count + 1
