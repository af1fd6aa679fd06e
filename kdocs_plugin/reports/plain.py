"""Findings as plain values: `kdocs check --format json`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kdocs_plugin.messages import Language
from kdocs_plugin.model import Page
from kdocs_plugin.reports.entries import entries


def findings_json(pages: Sequence[Page], language: Language) -> dict[str, Any]:
    """All findings of the pages; columns are 1-based code points."""
    return {
        "findings": [
            {
                "code": entry.code,
                "severity": entry.severity.value,
                "path": entry.path,
                "line": entry.line,
                "column": entry.column,
                "message": entry.message,
                "hint": entry.hint,
            }
            for entry in entries(pages, language)
        ]
    }
