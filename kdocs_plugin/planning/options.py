"""What planning must know besides the note."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kdocs_plugin.model import Note
from kdocs_plugin.values import dataclass


def no_file(name: str) -> str | None:  # noqa: ARG001
    """No file stands beside the note."""
    return None


def no_folder(name: str) -> Mapping[str, str]:  # noqa: ARG001
    """No folder stands beside the note."""
    return {}


@dataclass(frozen=True, slots=True)
class Earlier:
    """A page that runs before another one, in the same scenario."""

    note: Note
    read_file: Callable[[str], str | None] = no_file  # content of a file beside that note
    read_folder: Callable[[str], Mapping[str, str]] = no_folder  # the files of a folder there


@dataclass(frozen=True, slots=True)
class Options:
    """Settings of the site or the command line; the note's own come on top."""

    execute: str = "auto"  # auto, on, off
    timeout: float = 60.0  # seconds a step may take
    nodes: int = 0  # of the local cluster; 0 where nobody says
    read_file: Callable[[str], str | None] = no_file  # content of a file beside the note
    read_folder: Callable[[str], Mapping[str, str]] = no_folder  # the files of a folder there
    images: tuple[tuple[str, str], ...] = ()  # those that stand in for others at a run
    needed: tuple[Earlier, ...] = ()  # the pages that run first, in their order
