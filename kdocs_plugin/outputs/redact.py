"""Secrets taken out of output before anything keeps it.

Known by their own shape: JSON Web Tokens, private keys, credentials in a kubeconfig; also
where they are wrapped into lines, or in base64. And those that the caller knows, also where
line breaks cut them.
"""

from __future__ import annotations

import base64
import contextlib
import re
from collections.abc import Iterable, Iterator

from kdocs_plugin.late import late

MARK = "[redacted]"
SHORTEST = 6  # characters: a shorter value stands in ordinary text, too
SPREAD = 12  # from here on a value is known across line breaks, too
# A JSON Web Token: three base64url parts, the first two JSON objects.
JWT = late(r"(?<![\w-])eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}")
PEM_KEY = late(r"-----BEGIN ([A-Z ]*PRIVATE KEY)-----.*?(?:-----END \1-----|\Z)", re.DOTALL)
KUBECONFIG_DATA = late(
    r"(?m)((?:^|[\s{,'\"-])(?:(?:client-key|client-certificate|certificate-authority)-data|token|password)"
    r"[\"']?:[ \t]*)(\"(?:[^\"\\]|\\.)*\"|'[^']*'|[^\s,}]+)"
)
KUBECONFIG = late(r"client-(?:key|certificate)-data|kind[\"']?: *[\"']?Config\b")
BASE64 = late(r"[A-Za-z0-9+/_-]{40,}={0,2}")
LINE = late(r"[ \t]*[A-Za-z0-9+/_=.-]+[ \t]*$")
SPACE = late(r"\s+")


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """`text` without tokens, private keys and the given secret values."""
    known = sorted({each for each in secrets if len(each) >= SHORTEST}, key=len, reverse=True)
    for secret in known:
        text = text.replace(secret, MARK)
    text = _spread(text, known)
    text = _unwrapped(text)
    text = PEM_KEY.sub(MARK, JWT.sub(MARK, text))
    text = BASE64.sub(lambda word: MARK if _is_telling(word[0]) else word[0], text)
    if KUBECONFIG.search(text):
        text = KUBECONFIG_DATA.sub(rf"\g<1>{MARK}", text)
    return text


def _spread(text: str, secrets: Iterable[str]) -> str:
    """Without values that line breaks or blanks cut."""
    dense = SPACE.sub("", text)
    if len(dense) == len(text):
        return text
    for secret in secrets:
        wanted = SPACE.sub("", secret)
        if len(wanted) < SPREAD or wanted not in dense:
            continue
        places = [index for index, character in enumerate(text) if not character.isspace()]
        at = dense.rfind(wanted)
        while at >= 0:
            first, last = places[at], places[at + len(wanted) - 1]
            text = text[:first] + MARK + text[last + 1 :]
            at = dense.rfind(wanted, 0, at)
        dense = SPACE.sub("", text)
    return text


def _unwrapped(text: str) -> str:
    """Without tokens and keys that stand in lines of one width, as `base64` and `fold` make."""
    lines = text.split("\n")
    bare = [line.strip() if LINE.match(line) else "" for line in lines]
    kept: list[str] = []
    at = 0
    while at < len(lines):
        end = at + 1
        while end < len(lines) and bare[at] and len(bare[end]) == len(bare[at]):
            end += 1
        full = end - at
        # The last line may be shorter; a whole token in one line has none.
        if end < len(lines) and 0 < len(bare[end]) < len(bare[at]):
            end += 0 if full == 1 and _tells(bare[at]) else 1
        told = end - at > 1 and _tells("".join(bare[at:end]))
        kept += [MARK] if told else lines[at : at + full]
        at = end if told else at + full
    return "\n".join(kept)


def _tells(word: str) -> bool:
    return bool(JWT.search(word)) or _is_telling(word)


def _is_telling(word: str) -> bool:
    """Whether base64 hides what would be taken out."""
    return any(
        JWT.search(text) or PEM_KEY.search(text) or "client-key-data" in text
        for text in decoded(word)
    )


def decoded(word: str) -> Iterator[str]:
    """What a word may be the base64 of."""
    with contextlib.suppress(ValueError):
        padded = word.rstrip("=") + "=" * (-len(word.rstrip("=")) % 4)
        yield base64.b64decode(padded.translate(str.maketrans("-_", "+/"))).decode(
            "utf-8", "replace"
        )
