"""Coverage-guided fuzzing with atheris (Linux; `pip install atheris`, no part of the lock).

    python benchmarks/fuzz_notes.py [FOLDER_OF_SEEDS] -max_total_time=300 -timeout=20 -rss_limit_mb=2048

Each input goes through scan(), load(), split(), plan() and check(), as a note and as a YAML
file. Whatever is raised is a find: nothing but bytes that are not text may be refused.
"""  # noqa: E501

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["kdocs_plugin"]):
    from kdocs_plugin import commands, pipeline, source
    from kdocs_plugin.config import settings_for
    from kdocs_plugin.manifests import load

FOLDER = Path(tempfile.mkdtemp())
SETTINGS = settings_for(FOLDER, FOLDER, {})


def one(data: bytes) -> None:
    """Everything that is done with a note's text."""
    text, problems = source.decode(data, "n.md")
    pipeline.prepare("n.md", text, SETTINGS, problems)
    pipeline.prepare("n.yaml", text, SETTINGS, problems)
    load(text)
    commands.split(text)
    commands.read_transcript(text)


if __name__ == "__main__":
    atheris.Setup(sys.argv, one)
    atheris.Fuzz()
