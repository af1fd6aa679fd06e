"""Findings as SARIF 2.1.0, for code scanning and editors (OASIS standard, 27 March 2020).

Columns are code points (`columnKind: unicodeCodePoints`), 1-based as ours; a region's
endColumn is the one behind its last character.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final
from urllib.parse import quote

from kdocs_plugin.messages import CATALOGUE, Language
from kdocs_plugin.model import Fix, Page, Severity
from kdocs_plugin.reports.entries import Entry, entries
from kdocs_plugin.rules import pages

_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS: Final = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFO: "note",
}


def sarif(pages: Sequence[Page], language: Language) -> dict[str, Any]:
    """One run with every finding of the pages, and the rules that they break."""
    found = entries(pages, language)
    codes = sorted({each.code for each in found})
    index = {code: number for number, code in enumerate(codes)}
    levels = {each.code: _LEVELS[each.severity] for each in found}
    seen: dict[str, int] = {}
    results = []
    for each in found:
        times = seen[each.fingerprint] = seen.get(each.fingerprint, 0) + 1
        results.append(_result(each, index[each.code], times))
    rules = [_rule(code, levels[code], language) for code in codes]
    from importlib.metadata import metadata  # 12 ms: not for the other formats

    driver = {"name": "kdocs", "version": metadata("kdocs_plugin")["Version"], "rules": rules}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def relative(path: str) -> str:
    """A path from here, as `../x` and with forward slashes, without a leading `./`."""
    return path.replace("\\", "/").removeprefix("./")


def _rule(code: str, level: str, language: Language) -> dict[str, Any]:
    message = CATALOGUE[code]
    words = message.ko if language == "ko" else message.en
    mend = message.hint_ko if language == "ko" else message.hint_en
    told = {"text": mend.replace("\n", " ") or words}
    if language == "ko":  # in which the pages are written
        told["markdown"] = pages.rule(code).text
    rule: dict[str, Any] = {
        "id": code,
        "shortDescription": {"text": words},
        "help": told,
        "defaultConfiguration": {"level": level},
    }
    manual = _manual()
    return {**rule, "helpUri": f"{manual}#{code.lower()}"} if manual else rule


@cache
def _manual() -> str:
    """The rules' page on the web, as the package's own metadata name it: `Rules` among the
    project's URLs. "" where they name none; `kdocs rule KD201` knows the rules anyway."""
    from importlib.metadata import metadata

    for each in metadata("kdocs_plugin").get_all("Project-URL") or ():
        name, _, address = str(each).partition(",")
        if name.strip() == "Rules":
            return address.strip()
    return ""


def _result(each: Entry, index: int, times: int) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": each.code,
        "ruleIndex": index,
        "level": _LEVELS[each.severity],
        "message": {"text": " ".join(filter(None, (each.message, each.hint)))},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": _artifact(each.path),
                    "region": {
                        "startLine": each.line,
                        "startColumn": each.column,
                        "endColumn": each.end_column,
                    },
                }
            }
        ],
        # The number tells two of the same kind apart, as SARIF 3.27.17 asks.
        "partialFingerprints": {"kdocsFinding/v1": f"{each.fingerprint}:{times}"},
    }
    if each.fix is not None:
        result["fixes"] = [_fix(each.path, each.fix, each.hint or each.message)]
    return result


def _fix(path: str, fix: Fix, words: str) -> dict[str, Any]:
    replacements = [
        {
            "deletedRegion": {
                "startLine": edit.start.line,
                "startColumn": edit.start.column,
                "endLine": edit.end.line,
                "endColumn": edit.end.column,
            },
            "insertedContent": {"text": edit.text},
        }
        for edit in fix.edits
    ]
    change = {"artifactLocation": _artifact(path), "replacements": replacements}
    return {"description": {"text": words}, "artifactChanges": [change]}


@cache
def _artifact(path: str) -> Mapping[str, str]:
    """A relative URI, from the folder that the command was called in."""
    return {"uri": quote(relative(path), safe="/")}
