"""The style sheets, and the faces that a site serves itself.

`kdocs.css` is what our own blocks need. `typography.css` and `accent.css` are for all of a
site of Material's, and are left out where a setting or the author's own says so. The faces
(`fonts/`, made by scripts/build_fonts.py) are in slices: a browser loads those whose letters
a page has.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

_HERE = Path(__file__).parent


def stylesheet(parts: Iterable[str] = ()) -> str:
    """What our blocks need, behind the named parts for the whole site."""
    names = [*(f"{part}.css" for part in parts), "kdocs.css"]
    return "\n".join((_HERE / name).read_text("utf-8") for name in names)


def fonts() -> Mapping[str, bytes]:
    """The faces: `fonts.css`, the files that it names, and their licence."""
    folder = _HERE / "fonts"
    files = {f"fonts/{file.name}": file for file in sorted(folder.iterdir())}
    files["fonts.css"] = files.pop("fonts/fonts.css")
    return {path: file.read_bytes() for path, file in files.items()}
