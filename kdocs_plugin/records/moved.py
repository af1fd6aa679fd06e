"""Records whose page is gone: of a page that has another name now, or of none at all.

A page keeps its record through a new name: it is found by the scenario's fingerprint, and
moved to where it belongs by the next run.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path

from kdocs_plugin.errors import RecordError
from kdocs_plugin.model import Record
from kdocs_plugin.records.store import from_json, record_path, save
from kdocs_plugin.values import replace

_NOTES = (".md", ".markdown")


def orphans(folder: Path, docs: Path) -> Iterator[tuple[Path, Record]]:
    """Records of pages that are not in `docs`, each with its file. What is no record of
    ours is none of our business."""
    for root, folders, names in os.walk(folder):
        folders.sort()
        relative = Path(root).relative_to(folder).parts
        page_folder = docs.joinpath(*(".." if part == "_up" else part for part in relative))
        for name in sorted(names):
            stem, dot, ending = name.rpartition(".")
            if not dot or ending != "json":
                continue
            if any((page_folder / f"{stem}{each}").exists() for each in _NOTES):
                continue
            file = Path(root) / name
            with contextlib.suppress(OSError, ValueError, LookupError, TypeError):
                record = from_json(json.loads(file.read_text(encoding="utf-8")))
                if record_path(folder, record.path) == file and not _stands(record, docs):
                    yield file, record


def _stands(record: Record, docs: Path) -> bool:
    return (docs / record.path).exists()


def find_moved(folder: Path, docs: Path, fingerprint: str) -> Record | None:
    """The record of a page that had another name: its `path` is the old one.

    A page that runs nothing has no fingerprint worth looking for.
    """
    for _, record in orphans(folder, docs):
        if record.fingerprint == fingerprint and record.steps:
            return record
    return None


def move(folder: Path, record: Record, page: str) -> Record:
    """The record as that of `page`, on the disk too. Raises RecordError."""
    moved = replace(record, path=page)
    save(folder, moved)
    remove(folder, record_path(folder, record.path))
    return moved


def remove(folder: Path, file: Path) -> None:
    """Take a record away, and the folders that are empty then. Raises RecordError."""
    try:
        file.unlink(missing_ok=True)
    except OSError as error:
        raise RecordError("record.unwritable", file=file, why=str(error)) from error
    for parent in file.parents:
        if parent == folder or folder not in parent.parents:
            return
        with contextlib.suppress(OSError):  # something else is in it
            parent.rmdir()
