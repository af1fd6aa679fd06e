"""manifests/notes/ holds the manifests of docs/, byte for byte as a run would write them.

`python tests/unit/test_docs_manifests.py` writes the folder anew after a change of a note.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from kdocs_plugin.planning import plan
from kdocs_plugin.source import scan

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
EXTRACTED = ROOT / "manifests" / "notes"


def manifests() -> dict[str, str]:
    """`<page>/<name>.yaml` and its content, for the notes; the manual's examples stay there."""
    found: dict[str, str] = {}
    for note in sorted(DOCS.glob("*.md")):
        scenario = plan(scan(note.name, note.read_text(encoding="utf-8")))
        for file in scenario.files:
            path = f"{note.stem}/{file.name}"
            assert path not in found, f"{path}: two manifests of one name"
            found[path] = file.content
    return found


def files() -> dict[str, str]:
    """What the folder holds."""
    return {
        path.relative_to(EXTRACTED).as_posix(): path.read_bytes().decode()
        for path in EXTRACTED.rglob("*")
        if path.is_file()
    }


def test_folder_is_in_step_with_notes() -> None:
    assert files() == manifests(), f"run: python {Path(__file__).relative_to(ROOT)}"


def test_notes_have_manifests() -> None:
    pages = {path.split("/")[0] for path in manifests()}
    assert pages == {"06-1-objects-and-cluster", "06-2-pod"}


def write() -> None:
    """Make the folder anew."""
    shutil.rmtree(EXTRACTED, ignore_errors=True)
    for name, content in manifests().items():
        path = EXTRACTED / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode())


if __name__ == "__main__":
    write()
