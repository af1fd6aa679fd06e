"""MkDocs' own messages about links, with the line and column where the link stands.

MkDocs converts a page before it looks at its links, and can say no more than the file. What
it says, how grave it is and whether `--strict` counts it stays as it is; a place is put in
front, in the form that terminals and editors open.
"""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path as FilePath

from kdocs_plugin.model import Page

# ProperDocs is MkDocs under another name.
LOGGERS = [logging.getLogger(f"{name}.structure.pages") for name in ("mkdocs", "properdocs")]
_ABOUT = re.compile(
    r"Doc file '(.+?)' contains an? (?:[a-z]+ ){0,2}link (?:to )?'(.*?)'", re.DOTALL
)


class Places(logging.Filter):
    """Lets every record through; those about a link of a note of ours get its place."""

    def __init__(self, docs: FilePath, pages: Mapping[str, Page]) -> None:
        super().__init__()
        self._docs = (
            docs.relative_to(FilePath.cwd()) if docs.is_relative_to(FilePath.cwd()) else docs
        )
        self._pages = pages
        self._told: Counter[tuple[str, str]] = Counter()

    def filter(self, record: logging.LogRecord) -> bool:
        """Always true."""
        match = _ABOUT.search(record.msg) if isinstance(record.msg, str) else None
        page = self._pages.get(match[1]) if match else None
        if match and page and not record.args:
            number = self._told[match[1], match[2]]
            self._told[match[1], match[2]] += 1
            if place := _place(page.note.text, match[2], number):
                path = (self._docs / match[1]).as_posix()
                record.msg = f"{path}:{place[0]}:{place[1]}: {record.msg}"
        return True


def watch(docs: FilePath, pages: Mapping[str, Page]) -> None:
    """From now on, in place of an earlier build's."""
    unwatch()
    for logger in LOGGERS:
        logger.addFilter(Places(docs, pages))


def unwatch() -> None:
    """No more of it."""
    for logger in LOGGERS:
        for each in [each for each in logger.filters if isinstance(each, Places)]:
            logger.removeFilter(each)


def _place(text: str, url: str, number: int) -> tuple[int, int] | None:
    """Line and column of a link's target: of its `number`th one, the last where there are
    fewer, as one link may be told twice."""
    starts = [
        match.end()
        for match in re.finditer(r"\]\(\s{0,4}<?|\]:\s{0,4}<?|<", text)
        if text.startswith(url, match.end())
    ]
    if not starts or not url:
        return None
    at = starts[min(number, len(starts) - 1)]
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
