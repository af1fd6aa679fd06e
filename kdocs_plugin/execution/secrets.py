"""What must not stand in an output: the run's own token, and the data of Secrets.

What the note itself spells out is no secret; its base64 form in a Secret is taken out all
the same, as a reader's own would be. A token that a step has split over lines, turned
round or encoded is known by its pieces. Deliberate disguise beyond that is not seen; the
token ends with the run.
"""

from __future__ import annotations

import base64
import contextlib
import re
from collections.abc import Iterable, Iterator

from kdocs_plugin.clusters.api import Api, ApiError
from kdocs_plugin.outputs import redact

MARK = "[redacted]"
PIECE = 20  # characters that two texts don't share by chance
WORD = re.compile(rf"[A-Za-z0-9+/=_.-]{{{PIECE},}}")


class Secrets:
    """Takes secrets out of one scenario's outputs."""

    def __init__(self, token: str, spoken: Iterable[str] = ()) -> None:
        """`spoken`: the note's own commands and files."""
        self._token = token
        self._spoken = "\n".join(spoken)
        self._pieces = frozenset(pieces(token))
        self._values: set[str] = set()

    def learn(self, api: Api, namespace: str | None) -> None:
        """What Secrets hold now, in a namespace or with None in all of the cluster."""
        inside = "" if namespace is None else f"/namespaces/{namespace}"
        with contextlib.suppress(ApiError):  # we may not look, so neither may the note
            for item in api.get(f"/api/v1{inside}/secrets")["items"]:
                for value in (item.get("data") or {}).values():
                    self._values.update(self._forms(str(value)))

    def hide(self, text: str) -> str:
        """The text without them."""
        return WORD.sub(self._hide_word, redact(text, {self._token, *self._values}))

    def _forms(self, value: str) -> Iterator[str]:
        yield value
        with contextlib.suppress(ValueError):  # UnicodeDecodeError is one
            for line in base64.b64decode(value).decode().splitlines():
                if line not in self._spoken:
                    yield line

    def _hide_word(self, match: re.Match[str]) -> str:
        word = match[0]
        known = any(word[i : i + PIECE] in self._pieces for i in range(len(word) - PIECE + 1))
        return MARK if known else word


def pieces(token: str) -> Iterator[str]:
    """Every run of characters of a token: as it is, turned round, and in base64."""
    # What stands before it shifts the encoding; the edges belong to the neighbours.
    shifted = (b"\0" * shift + token.encode() for shift in range(3))
    encoded = (base64.b64encode(each).decode()[4:-4] for each in shifted)
    for form in (token, token[::-1], *encoded):
        for start in range(len(form) - PIECE + 1):
            yield form[start : start + PIECE]
