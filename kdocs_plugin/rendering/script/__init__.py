"""The one script of a site: copying commands, and a reader's own output compared with ours.

The rules of comparing are those of `outputs`, the words those of the catalogue: both are
put in here, so that they stand in one place each.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from kdocs_plugin import messages
from kdocs_plugin.messages import Language
from kdocs_plugin.outputs import recognise, scrub, tables
from kdocs_plugin.outputs.compare import OURS_IS_CUT

_FOLDER: Final = Path(__file__).parent
_WORDS: Final = "render.script."
Written = tuple[str, str]  # a pattern's source and its flags, as JavaScript has them


@cache
def script(language: Language) -> str:
    """The script's text for a site in this language."""
    said = {
        key.removeprefix(_WORDS): message.ko if language == "ko" else message.en
        for key, message in messages.CATALOGUE.items()
        if key.startswith(_WORDS)
    }
    parts = [f"const RULES = {_json(_rules())};", f"const WORDS = {_json(said)};"]
    for name in ("compare.js", "page.js"):
        text = (_FOLDER / name).read_text(encoding="utf-8")
        parts.append(re.sub(r"(?m)^export ", "", text))
    return "\n".join(["(() => {", *parts, "})();", ""])


def module() -> str:
    """What compares, as a module that tests import."""
    text = (_FOLDER / "compare.js").read_text(encoding="utf-8")
    return f"const RULES = {_json(_rules())};\n{text}"


def _rules() -> Mapping[str, Any]:
    return {
        "scrubs": _replacements(scrub.SCRUBS),
        "provenance": _replacements(scrub.PROVENANCE),
        "patterns": {
            "passingLines": _written(scrub.PASSING_LINES, "g"),
            "open": _written(scrub.OPEN, "g"),
            "cutLine": _whole(scrub.CUT_LINE),
            "heading": _whole(recognise.HEADING),
            "document": _written(recognise.DOCUMENT),
            "doneLine": _written(recognise.DONE_LINE),
            "twoWords": _written(tables.TWO_WORDS, "g"),
            "ago": _written(tables.AGO, "g"),
            "clustersOwn": _whole(tables.CLUSTERS_OWN),
        },
        "sets": {
            "firstHeadings": sorted(recognise.FIRST_HEADINGS),
            "volatile": sorted(tables.VOLATILE_COLUMNS),
            "passing": sorted(tables.PASSING),
            "counts": sorted(tables.COUNTS),
            "ownHeads": sorted(tables.OWN_HEADS),
            "passingEvents": sorted(tables.PASSING_EVENTS),
        },
        "cut": scrub.CUT,
        "anything": scrub.ANYTHING,
        "most": scrub.MOST,
        "oursIsCut": OURS_IS_CUT,
    }


def _replacements(rules: Iterable[tuple[re.Pattern[str], str]]) -> list[tuple[str, str, str]]:
    """`\\1` is `$1` there."""
    return [
        (*_written(pattern, "g"), re.sub(r"\\(\d)", r"$\1", mark)) for pattern, mark in rules
    ]


def _written(pattern: re.Pattern[str], flags: str = "") -> Written:
    """A pattern of Python's as JavaScript writes it: flags stand beside it."""
    source = re.sub(r"^\(\?[im]+\)", "", pattern.pattern)
    flags += "i" if pattern.flags & re.IGNORECASE else ""
    flags += "m" if pattern.flags & re.MULTILINE else ""
    return source, flags


def _whole(pattern: re.Pattern[str]) -> Written:
    source, flags = _written(pattern)
    return f"^(?:{source})$", flags


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
