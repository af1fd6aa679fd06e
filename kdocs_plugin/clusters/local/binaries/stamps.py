"""Where each component of an installation came from, kept beside it.

In and out: one JSON file a component in the installation's stamps/, with the same fields
whichever of the three sources it came from. A component whose stamp is there is in place.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from kdocs_plugin.clusters.local.layout import Installation

RELEASE, SOURCE, MACHINE = "release", "source", "machine"


@dataclass(frozen=True, slots=True)
class Program:
    """One file of a component."""

    sha256: str
    # A URL; a Go module with its version and the Go that built it; or a path.
    origin: str


@dataclass(frozen=True, slots=True)
class Stamp:
    """The provenance of one component."""

    version: str
    source: str  # release, source or machine
    seconds: int = 0  # that it took
    programs: Mapping[str, Program] = field(default_factory=dict)  # bin/etcd -> ...


def read(installation: Installation, name: str) -> Stamp | None:
    """A component's stamp; None where it has none."""
    try:
        document: dict[str, Any] = json.loads((installation.stamps / name).read_text())
        programs = {
            path: Program(**program) for path, program in document.pop("programs", {}).items()
        }
        return Stamp(**document, programs=programs)
    except (FileNotFoundError, NotADirectoryError, ValueError, TypeError):
        return None


def write(installation: Installation, name: str, stamp: Stamp) -> None:
    """Write it, in one move."""
    installation.stamps.mkdir(parents=True, exist_ok=True)
    partial = installation.stamps / f".{name}"
    partial.write_text(json.dumps(asdict(stamp), indent=1) + "\n")
    partial.replace(installation.stamps / name)


def programs(
    root: Path, paths: Iterable[str], origins: Mapping[str, str]
) -> dict[str, Program]:
    """What there is to say of the files `paths` below `root`."""
    digests: dict[Path, str] = {}
    found = {}
    for path in paths:
        real = (root / path).resolve()  # five names of one binary are read once
        if real not in digests:
            with real.open("rb") as file:
                digests[real] = hashlib.file_digest(file, "sha256").hexdigest()
        found[path] = Program(digests[real], origins[path])
    return found
