"""What stands around a note on disk: files that its commands name, pages that it needs.

In: a note and the settings. Out: a reader of files, and the pages that run before the note in
their order, each with its own reader, and findings about names that lead nowhere. Nothing
outside of the docs folder and the configured folders is read.
"""

from __future__ import annotations

import contextlib
import posixpath
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from kdocs_plugin import source
from kdocs_plugin.config import Settings
from kdocs_plugin.errors import SourceError
from kdocs_plugin.manifests.spelling import nearest
from kdocs_plugin.model import Finding, Note, Position, Severity
from kdocs_plugin.planning import Earlier
from kdocs_plugin.tree import NOTES, find_notes
from kdocs_plugin.values import dataclass, field

MOST_FILES = 200  # of one folder
LARGEST = 256 * 1024  # bytes of one of them
MOST = 50  # pages that one may need, all in all


def file_reader(path: str, settings: Settings) -> Callable[[str], str | None]:
    """Reads files beside a note and in the configured folders, never outside of them."""
    folders = [(settings.docs / path).parent, *settings.files]

    @cache  # a note may ask for the same file again and again
    def read(name: str) -> str | None:
        for folder in folders:
            with contextlib.suppress(OSError, ValueError):
                sys.audit("kdocs.looked", str(folder / name))  # `unchanged` hears of it
                target = (folder / name).resolve()
                if folder.resolve() in target.parents and target.is_file():
                    return target.read_text(encoding="utf-8", errors="replace")
        return None

    return read


def folder_reader(path: str, settings: Settings) -> Callable[[str], Mapping[str, str]]:
    """Reads folders beside a note and in the configured folders, never outside of them: the
    text of each file by its path in the folder. What is large is left out, and hidden."""
    folders = [(settings.docs / path).parent, *settings.files]

    @cache
    def read(name: str) -> Mapping[str, str]:
        for folder in folders:
            with contextlib.suppress(OSError, ValueError):
                sys.audit("kdocs.looked", str(folder / name))
                target, home = (folder / name).resolve(), folder.resolve()
                # The note's own folder holds notes, and whatever else: not `-f .`.
                if home in target.parents and target.is_dir():
                    return dict(texts_in(target, home))
        return {}

    return read


def texts_in(folder: Path, home: Path) -> Iterator[tuple[str, str]]:
    """The files of a folder, at most so many, with what is in them."""
    found = 0
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        hidden = any(part.startswith(".") for part in relative.parts)
        if hidden or not path.is_file() or home not in path.resolve().parents:
            continue
        if found < MOST_FILES and path.stat().st_size <= LARGEST:
            found += 1
            yield relative.as_posix(), path.read_text(encoding="utf-8", errors="replace")


# --- Pages that run first ---------------------------------------------------------------


def names_of(note: Note) -> tuple[str, ...]:
    """The pages that a note's front matter names: `needs: [06-2-pod]`, there or in `kdocs:`."""
    value: Any = note.options.get("needs", note.front_matter.get("needs"))
    values = value if isinstance(value, list) else [value]
    return tuple(str(each).strip() for each in values if each not in (None, "", False))


@dataclass(slots=True, eq=False)
class Needed:
    """The pages before a note, found depth first: what a page needs runs before it."""

    settings: Settings
    start: Note
    pages: dict[str, Note] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def follow(self, note: Note, trail: tuple[str, ...], first: str = "") -> None:
        """Everything that `note` needs; `trail` are the pages that led to it, it among them,
        `first` the name in the front matter that they began with."""
        for name in names_of(note):
            path = self.find(note, name)
            mine = note is self.start
            if path is None:
                if mine:
                    self.report("KD321", name, near=self.near(name))
            elif path in trail:
                if path == self.start.path:  # else it is the finding of another page
                    self.report("KD322", first or name, way=" → ".join((*trail, path)))
            elif path not in self.pages and len(trail) < MOST:
                page = self.read(path)
                self.follow(page, (*trail, path), first or name)
                self.pages.setdefault(path, page)

    def find(self, note: Note, name: str) -> str | None:
        """The path of a page by its name: beside the note, in the docs folder, by its stem."""
        docs = self.settings.docs
        endings = ("",) if name.lower().endswith(NOTES) else NOTES
        for folder in (posixpath.dirname(note.path), ""):
            for ending in endings:
                path = posixpath.normpath(posixpath.join(folder, name + ending))
                inside = not path.startswith(("/", "../")) or within(path, note.path)
                sys.audit("kdocs.looked", str(docs / path))
                if inside and (docs / path).is_file():
                    return path
        found = [path for path in self.every() if stem(path) == name]
        return found[0] if len(found) == 1 else None

    def every(self) -> Iterator[str]:
        """The paths of all pages."""
        docs = self.settings.docs
        for path in find_notes([docs]):
            yield path.relative_to(docs).as_posix()

    def near(self, name: str) -> str:
        """The name of a page that may be meant, "" where none is near."""
        paths = [path for path in self.every() if path != self.start.path]
        same = [path for path in paths if stem(path) == name]
        if same:
            return ", ".join(same[:3])  # of several the path says which
        return nearest(stem(name), [stem(path) for path in paths])

    def read(self, path: str) -> Note:
        """A page, read. One that can't be read is an empty one: its own page says so."""
        try:
            text, _ = source.read(self.settings.docs / path, path)
        except SourceError:
            text = ""
        return scanned(path, text)

    def report(self, code: str, name: str, **arguments: str) -> None:
        """A finding at a name in the front matter."""
        place = place_of(self.start, name)
        self.findings.append(
            Finding(code, Severity.ERROR, self.start.path, place, {"page": name, **arguments})
        )


def needed_by(
    note: Note, settings: Settings
) -> tuple[tuple[Earlier, ...], tuple[Finding, ...]]:
    """The pages that run before a note, in their order, and what is wrong with their names."""
    if not names_of(note):
        return (), ()
    needed = Needed(settings, note)
    needed.follow(note, (note.path,))
    earlier = [
        Earlier(page, file_reader(path, settings)) for path, page in needed.pages.items()
    ]
    return tuple(earlier), tuple(needed.findings)


@lru_cache(maxsize=64)
def scanned(path: str, text: str) -> Note:
    """A note that several pages need, taken apart once."""
    return source.scan(path, text)


def within(path: str, other: str) -> bool:
    """Whether a page stands in the folder of another one, or below it."""
    return path.startswith(posixpath.dirname(other).rstrip("/") + "/")


def stem(path: str) -> str:
    """A page's name without folders and ending."""
    name = path.rsplit("/", 1)[-1]
    return name.rpartition(".")[0] if name.lower().endswith(NOTES) else name


def place_of(note: Note, name: str) -> Position:
    """Where a page is named in the front matter: behind `needs:`, or at the top."""
    lines = note.text.split("\n")[: note.front_matter_lines]
    begun = False
    for number, line in enumerate(lines, 1):
        begun = begun or bool(re.match(r"\s*[\"']?needs[\"']?\s*:", line))
        match = re.search(rf"(?<![\w./-]){re.escape(name)}(?![\w/-])", line) if begun else None
        if match:
            return Position(number, match.start() + 1)
    return Position(1, 1)
