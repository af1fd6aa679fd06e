"""A YAML file by itself, as a note of one block: its lines and columns are the file's own."""

from __future__ import annotations

from typing import Final

from kdocs_plugin.model import Block, BlockKind, Note

SUFFIXES: Final = (".yaml", ".yml")


def is_manifest_file(path: str) -> bool:
    """Whether the path's name says YAML."""
    return path.lower().endswith(SUFFIXES)


def manifest_file(path: str, text: str) -> Note:
    """The note that a YAML file is: one manifest block without a fence."""
    lines = text.count("\n") + 1
    block = Block(
        index=0,
        kind=BlockKind.MANIFEST,
        language="yaml",
        header="",
        attributes={},
        options={},
        body=text,
        start_line=0,  # the fence would stand above the first line
        end_line=lines,
        prefix="",
        fence="",
        offsets=(0,) * lines,
    )
    return Note(path=path, text=text, blocks=(block,))
