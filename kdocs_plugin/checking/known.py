"""Verdicts of YAML files that have not changed since, in the user's cache folder.

What is wrong with a YAML file follows from its text, from the settings and from kdocs
itself; so its findings are kept under the text's digest, in one file for these settings and
this kdocs. Notes are read anew each time: what is right in them depends on what lies beside.

    ~/.cache/kdocs/checked/<digest>.json    {"<digest of a text>": [finding, ...], ...}

A cache that can't be read or written is none, and nobody is told.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import kdocs_plugin
from kdocs_plugin.config import Settings
from kdocs_plugin.digest import sha256
from kdocs_plugin.model import Finding, Position, Severity

_MOST: Final = 20_000  # verdicts in a file
_FILES: Final = 8  # of other settings, and of kdocs as it was

Plain = list[list[Any]]  # findings as JSON holds them


class Known:
    """The verdicts of one call."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._digests: dict[str, str] = {}
        self._is_new = False

    @cached_property
    def _file(self) -> Path:
        return _folder() / f"{_digest(_circumstances(self._settings))}.json"

    @cached_property
    def _verdicts(self) -> dict[str, Plain]:
        with contextlib.suppress(OSError, ValueError):
            loaded = json.loads(self._file.read_bytes())
            return loaded if isinstance(loaded, dict) else {}
        return {}

    def has(self, key: str) -> bool:
        """Whether the verdict of a file is known; `key` is its text and what goes with it."""
        return self._of(key) in self._verdicts

    def findings(self, key: str, path: str) -> tuple[Finding, ...]:
        """The verdict of a file, as findings of a path. KeyError where it is not known."""
        return revived(self._verdicts[self._of(key)], path)

    def learn(self, key: str, findings: Sequence[Finding]) -> None:
        """Keep what was found in a file."""
        plain = dried(findings)
        if plain is not None:
            self._verdicts[self._of(key)] = plain
            self._is_new = True

    def _of(self, key: str) -> str:
        """The digest of a key, which is asked for and then learnt: worked out once."""
        if key not in self._digests:
            self._digests[key] = _digest(key)
        return self._digests[key]

    def save(self) -> None:
        """Write what is new, in one step."""
        if not self._is_new:
            return
        kept = dict(list(self._verdicts.items())[-_MOST:])
        partial = self._file.with_suffix(f".{os.getpid()}")
        with contextlib.suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            partial.write_text(json.dumps(kept), encoding="utf-8")
            partial.replace(self._file)
            files = sorted(self._file.parent.iterdir(), key=lambda each: each.stat().st_mtime)
            for old in files[:-_FILES]:
                old.unlink()


def dried(findings: Sequence[Finding]) -> Plain | None:
    """Findings as JSON holds them; None for what would not come back the same."""
    if not findings:
        return []
    plain: Plain = [
        [
            each.code,
            each.severity.value,
            each.position.line,
            each.position.column,
            dict(each.arguments),
            each.block,
        ]
        for each in findings
        if each.fix is None
    ]
    try:
        same = len(plain) == len(findings) and json.loads(json.dumps(plain)) == plain
    except (TypeError, ValueError):
        return None
    return plain if same else None


def revived(plain: Plain, path: str) -> tuple[Finding, ...]:
    """The same findings, at a path."""
    return tuple(
        Finding(code, Severity(severity), path, Position(line, column), arguments, block)
        for code, severity, line, column, arguments, block in plain
    )


def _digest(text: str) -> str:
    digest: str = sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return digest[:32]


def _folder() -> Path:
    from kdocs_plugin.clusters.local import layout

    return layout.cache() / "checked"


def _circumstances(settings: Settings) -> str:
    """All that a verdict depends on but the text."""
    parts = [sys.version, repr(settings)]
    parts += _states(Path(kdocs_plugin.__file__).parent)
    for place in sys.path:  # changes where something is installed
        if place.endswith("-packages"):
            with contextlib.suppress(OSError):
                parts.append(f"{place} {os.stat(place).st_mtime_ns}")  # noqa: PTH116
    for folder in settings.files:  # where definitions of kinds may be
        parts += _states(folder)
    return "\n".join(parts)


def _states(folder: Path | str) -> Iterator[str]:
    """Each file below a folder, with what changes when it does."""
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda each: each.name):
            if entry.is_dir(follow_symlinks=False):
                if entry.name != "__pycache__":
                    yield from _states(entry.path)
            else:
                status = entry.stat()
                yield f"{entry.path} {status.st_mtime_ns} {status.st_size}"
