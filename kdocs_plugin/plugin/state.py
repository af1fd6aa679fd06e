"""What a page depends on beside its own text, so that a serve knows when to read it again."""

from __future__ import annotations

from pathlib import Path

from mkdocs.structure.files import Files

from kdocs_plugin.config import Settings

# Of a note's neighbours, what no command reads.
MEDIA = tuple(".md .png .jpg .jpeg .gif .svg .webp .css .js .woff2 .mp4".split())


def state_of(files: Files, settings: Settings) -> object:
    """Records, and files that `-f` may find: equal as long as none has changed."""
    paths = [*settings.records.rglob("*")]
    for folder in settings.files:
        paths += folder.rglob("*")
    paths += [
        Path(file.abs_src_path)
        for file in files
        if file.abs_src_path and not file.src_uri.endswith(MEDIA)
    ]
    return frozenset((str(p), p.stat().st_mtime_ns) for p in paths if p.is_file())
