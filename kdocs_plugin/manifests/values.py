"""Paths and values as messages show them, and how a wrong value should be written."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from kdocs_plugin.manifests.documents import Document, Path

TYPES: Final = {
    dict: "object",
    list: "list",
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "number",
    type(None): "null",
}


def spell(path: Path) -> str:
    """A path as people write it: `spec.containers[0].image`."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            text += f".{step}" if text else step
    return text


def brief(value: Any) -> str:
    """A value as JSON, cut where it is long."""
    if isinstance(value, str):
        value = value[:60]
    elif isinstance(value, list | dict) and len(value) > 3:
        return "[…]" if isinstance(value, list) else "{…}"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 40 else text[:39] + "…"


def expected(keyword: str, details: Mapping[str, Any]) -> str:
    """What a schema's `type`, `minimum` or `maximum` asks for, in Kubernetes' own words."""
    if keyword != "type":
        return "int32" if abs(details["limit"]) <= 2**31 else "int64"
    types = [name for name in details["types"] if name != "null"]
    return " | ".join({"array": "list"}.get(name, name) for name in sorted(types))


def mend(document: Document, path: Path, wanted: str, value: Any) -> str:
    """The value as it should be written, where only its quotes are wrong; else ""."""
    written = document.written(path)
    if wanted == "string" and isinstance(value, bool | int | float):
        return json.dumps(written, ensure_ascii=False)
    if wanted == "integer" and isinstance(value, str) and re.fullmatch(r"-?\d{1,18}", value):
        return value
    if wanted == "boolean" and value in ("true", "false"):
        return str(value)
    if wanted == "list" and isinstance(value, str) and value and "\n" not in value:
        return f"[{json.dumps(value, ensure_ascii=False)}]"
    if wanted == "list" and isinstance(value, dict):
        dashed = next((key for key in value if key.startswith("-") and len(key) > 1), "")
        return dashed and f"- {dashed.lstrip('-')}:"
    return ""
