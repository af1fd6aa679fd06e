"""The files of a site, as what links to them by name needs to find them.

Obsidian names a note without its folder, macOS writes Hangul taken apart (NFD), Notion puts
32 hexadecimal digits behind each name. Names are compared without such differences; what a
link names exactly comes first.
"""

from __future__ import annotations

import posixpath
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from urllib.parse import quote, unquote

from kdocs_plugin.values import dataclass

_HASH = re.compile(r"[ _-]?[0-9a-f]{32}(?=$|[./])")
_ELSEWHERE = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//|#|\?|$")
_PICTURES = tuple(".png .jpg .jpeg .gif .svg .webp .avif .bmp".split())


class Vault:
    """Paths of files, with forward slashes, below the folder of the notes."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._paths = frozenset(paths)
        self._same: dict[str, list[str]] = {}  # whole paths
        self._named: dict[str, list[str]] = {}  # names alone
        self._digits: dict[str, list[str]] = {}  # Notion's
        for path in sorted(self._paths, key=lambda path: (path.count("/"), path)):
            for key in {_plain(path), without_hash(_plain(path))}:
                self._same.setdefault(key, []).append(path)
                self._named.setdefault(posixpath.basename(key), []).append(path)
            for digits in _HASH.findall(posixpath.basename(path).casefold()):
                self._digits.setdefault(digits.strip(" _-"), []).append(path)

    def find(self, name: str, here: str) -> str | None:
        """The file that Obsidian means by a name, as the note `here` sees it: a path from
        the note or from the top, or a name alone, wherever it is. The nearest of several."""
        wanted = _plain(unquote(name) if "%" in name else name).strip("/")
        folder = posixpath.dirname(here)
        for each in (f"{wanted}.md", wanted):
            beside = posixpath.normpath(posixpath.join(_plain(folder), each))
            for path in (beside, posixpath.normpath(each)):
                if path in self._same:
                    return self._same[path][0]
            found = self._named.get(posixpath.basename(each), [])
            if "/" in each:
                tail = "/" + each.lstrip("./")
                found = [path for path in found if _plain(path).endswith(tail)]
            if found:
                return min(found, key=lambda path: (posixpath.dirname(path) != folder,))
        return None

    def mend(self, target: str, here: str) -> str | None:
        """A Markdown link's target as it has to be, None where it is right or names nothing."""
        path, mark, rest = target.partition("#")
        if "." not in path or (found := self.meant(path, here)) is None:
            return None
        if found == _place(path, here):
            return None
        return way(found, here) + mark + rest

    def meant(self, target: str, here: str) -> str | None:
        """The file that a link's target leads to, None for none.

        It is looked for where the link says, by its name without what differs between
        systems; with Notion's digits also elsewhere, where one file alone has them.
        """
        if _ELSEWHERE.match(target) or target.startswith("/"):
            return None
        place = _place(target.partition("#")[0].partition("?")[0], here)
        if place in self._paths:
            return place
        key = _plain(place)
        found = self._same.get(key) or self._same.get(without_hash(key))
        if not found and (digits := _HASH.findall(key)):
            found = self._digits.get(digits[-1].strip(" _-"), [])
            found = found if len(found) == 1 else []
        return found[0] if found else None


def _place(path: str, here: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(here), unquote(path)))


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The site around a page, as its links see it."""

    vault: Vault
    anchor: Callable[[str, str], str | None]  # of a note's heading, by its text
    address: Callable[[str], str]  # of a file, from this page
    ids: Callable[[str], Sequence[str]]  # of a note's headings, in their order


def way(path: str, here: str) -> str:
    """From the note `here` to a file, as a link's target."""
    return quote(posixpath.relpath(path, posixpath.dirname(here) or "."), safe="/")


def is_picture(path: str) -> bool:
    """Whether an `img` element can show it."""
    return path.lower().endswith(_PICTURES)


def without_hash(name: str) -> str:
    """A name without the digits that Notion's export puts behind it."""
    return _HASH.sub("", name)


def _plain(path: str) -> str:
    return unicodedata.normalize("NFC", path).casefold()
