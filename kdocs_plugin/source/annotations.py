"""kdocs annotations: `# kdocs: key=value` in a fence, `<!-- kdocs: key=value -->` before it.

Settings are separated by space. A value is bare or in quotes; a key alone means "true".
`picture` belongs to no block: it is a place, where the picture of what the page made stands.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from kdocs_plugin.late import late
from kdocs_plugin.values import dataclass

KEYS = (
    "execute",
    "timeout",
    "wait",
    "returncode",
    "expect",
    "ignore",
    "validate",
    "hide",
    "title",
    "session",
    "picture",
)

# What a key may be set to, and how that is said; any other key takes any text.
_OBJECT = r"[A-Za-z][\w.-]*/[\w.<>{}-]+"
_VALUES = {
    "execute": (late(r"auto|on|off|true|false|yes|no"), "auto, on, off"),
    "timeout": (late(r"\d{1,6}(?:\.\d{1,3})?(?:ms|s|m)?"), "90s, 2m, 500ms"),
    "returncode": (late(r"\d{1,3}"), "0–255"),
    "wait": (
        late(
            rf"settled|none|true|(?:(?:condition=\S+|delete)[\s,]+)?{_OBJECT}(?:[\s,]+{_OBJECT})*"
        ),
        'settled, none, deploy/web, "condition=Ready pod/web", "delete pod/web"',
    ),
    "validate": (late(r"off|invalid"), "off, invalid"),
    "hide": (late(r"true|false"), "true, false"),
}

IN_FENCE = late(r"[ \t]*#[ \t]*kdocs:(?P<settings>.*)$", re.DOTALL)
IN_COMMENT = late(r"[> \t]*<!--[ \t]*kdocs:(?P<settings>.*?)-->[ \t]*$", re.DOTALL)

_SETTING = late(
    r"""(?P<key>[a-z][a-z0-9_]*)(?:=(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>[^\s"']+)))?"""
    r"""(?=[\s,]|$)[\s,]*"""
)
_SPACE = late(r"[\s,]*")
_MOST_MISTAKES = 20  # of one annotation; the nearest key of each is looked for


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong with an annotation, at a 0-based column."""

    code: str  # KD006 syntax, KD007 unknown key, KD010 unusable value
    column: int
    arguments: Mapping[str, str]


def settings(text: str, start: int, end: int) -> tuple[dict[str, str], list[Mistake]]:
    """The settings in text[start:end], and the mistakes in it.

    Reading stops at the first thing that is no setting, or when there are too many mistakes;
    what stands before it counts. An unknown key is left out.
    """
    values: dict[str, str] = {}
    mistakes: list[Mistake] = []
    at = _skip(text, start, end)
    while at < end and len(mistakes) < _MOST_MISTAKES:
        match = _SETTING.match(text, at, end)
        if not match:
            mistakes.append(Mistake("KD006", at, {"text": text[at:end].strip()[:60]}))
            break
        key = match["key"]
        if key in KEYS:
            found = (match[name] for name in ("double", "single", "bare"))
            value = next((each for each in found if each is not None), "true")
            values[key] = value
            allowed, choices = _VALUES.get(key, (None, ""))
            if allowed is not None and not allowed.fullmatch(value):
                said = {"key": key, "value": value[:60], "choices": choices}
                mistakes.append(Mistake("KD010", at, said))
        else:
            import difflib  # only for a mistake

            [nearest] = difflib.get_close_matches(key[:40], KEYS, n=1, cutoff=0)
            known = ", ".join(KEYS)
            mistakes.append(
                Mistake("KD007", at, {"key": key, "suggestion": nearest, "known": known})
            )
        at = match.end()
    return values, mistakes


def _skip(text: str, at: int, end: int) -> int:
    match = _SPACE.match(text, at, end)
    return match.end() if match else at
