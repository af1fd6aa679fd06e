"""What must not stand in an output: the run's own token, and the data of Secrets.

What the note itself spells out is no secret; its base64 form in a Secret is taken out all
the same, as a reader's own would be, unless the note spells that out, too. A token that a
step has split over lines, turned round or encoded is known by its pieces, a Secret's value
in the forms that tools give it. Deliberate disguise beyond that is not seen; the token ends
with the run.
"""

from __future__ import annotations

import base64
import contextlib
import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import yaml

from kdocs_plugin.clusters.api import Api, ApiError
from kdocs_plugin.model import Evidence, StepResult
from kdocs_plugin.outputs import redact
from kdocs_plugin.outputs.redact import MARK as MARK
from kdocs_plugin.outputs.redact import SHORTEST
from kdocs_plugin.values import replace

PIECE = 20  # characters that two texts don't share by chance
WORD = re.compile(rf"[A-Za-z0-9+/=_.-]{{{PIECE},}}")
# Of a ServiceAccount's Secret, what everybody knows.
PUBLIC = frozenset(["ca.crt", "namespace", "service-ca.crt"])
ACCOUNT = "kubernetes.io/service-account-token"
KIND = re.compile(r"[\"']?kind[\"']?: *[\"']?Secret\b")
DATA = re.compile(r"^([ -]*)(data|stringData):$")
ENTRY = re.compile(r"^( *)[\"']?[\w.-]+[\"']?: (?:\"(.*)\"|'(.*)'|([^\s|>].*))$")
JSON_DATA = re.compile(r'\\?"(?:data|stringData)\\?": ?\{([^{}]*)\}')
JSON_ENTRY = re.compile(r'\\?"[\w.-]+\\?": ?\\?"((?:[^"\\]|\\[^"])*)\\?"')


class Secrets:
    """Takes secrets out of one scenario's outputs."""

    def __init__(
        self, token: str, spoken: Iterable[str] = (), known: Collection[str] = ()
    ) -> None:
        """`spoken`: the note's own text. `known`: what is secret besides."""
        self._token = token
        self._spoken = "\n".join(spoken)
        self._pieces = frozenset(pieces(token))
        self._values: set[str] = set(known)

    def learn(self, api: Api, namespace: str | None) -> None:
        """What Secrets hold now, in a namespace or with None in all of the cluster."""
        inside = "" if namespace is None else f"/namespaces/{namespace}"
        with contextlib.suppress(ApiError):  # we may not look, so neither may the note
            for item in api.get(f"/api/v1{inside}/secrets")["items"]:
                public = PUBLIC if item.get("type") == ACCOUNT else frozenset()
                for name, value in (item.get("data") or {}).items():
                    if name not in public:
                        self._values.update(self._forms(str(value)))

    def hide(self, text: str, cut: bool = False) -> str:
        """The text without them; with `cut` without the beginning of one at its end."""
        if KIND.search(text):
            text = self._hide_data(text)
        text = redact(text, {self._token, *self._values})
        return WORD.sub(self._hide_word, self._hide_end(text) if cut else text)

    def hide_all(self, result: StepResult) -> StepResult:
        """A result without them, wherever they stand in it."""
        return replace(
            result,
            ran=None if result.ran is None else self.hide(result.ran),
            reason_arguments=self._hide_values(result.reason_arguments),
            output=self.hide(result.output),
            cause_arguments=self._hide_values(result.cause_arguments),
            evidence=tuple(
                Evidence(self.hide(each.title), self.hide(each.text))
                for each in result.evidence
            ),
        )

    def _hide_values(self, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        return {
            name: self.hide(value) if isinstance(value, str) else value
            for name, value in arguments.items()
        }

    def _forms(self, value: str) -> Iterator[str]:
        """A Secret's value, in base64, in the forms that tools print it in."""
        if value in self._spoken:  # and with it what everybody can read in it
            return
        yield value
        with contextlib.suppress(ValueError):  # UnicodeDecodeError is one
            text = base64.b64decode(value).decode()
            for line in text.splitlines():
                if line and line not in self._spoken:
                    yield from forms(line)

    def _hide_data(self, text: str) -> str:
        """Without the data of Secrets that are printed as YAML or JSON, made or not."""
        found: set[str] = set()
        for match in JSON_DATA.finditer(text):
            found.update(entry[1] for entry in JSON_ENTRY.finditer(match[1]))
        found.update(yaml_data(text))
        for value in sorted(found, key=len, reverse=True):
            if value in self._spoken:
                continue
            edges = r"(?<![A-Za-z0-9+/=]){}(?![A-Za-z0-9+/=])"
            text = re.sub(edges.format(re.escape(value)), lambda _: MARK, text)
        return text

    def _hide_end(self, text: str) -> str:
        """Without a value's beginning, where the output was cut within it."""
        for value in (self._token, *self._values):
            for length in range(min(len(value) - 1, 4096), SHORTEST - 1, -1):
                if text.endswith(value[:length]):
                    return text[:-length] + MARK
        return text

    def _hide_word(self, match: re.Match[str]) -> str:
        word = match[0]
        known = any(word[i : i + PIECE] in self._pieces for i in range(len(word) - PIECE + 1))
        return MARK if known else word


def yaml_data(text: str) -> Iterator[str]:
    """The values below `data` of every object of kind Secret in a text with YAML in it."""
    lines = text.split("\n")
    for number, line in enumerate(lines):
        match = DATA.match(line)
        if match is None:
            continue
        depth = len(match[1])
        values, kind = [], ""
        for later in lines[number + 1 :]:
            indent = len(later) - len(later.lstrip(" -"))
            entry = ENTRY.match(later)
            if entry and len(entry[1]) > depth and not kind:
                values.append(entry[2] or entry[3] or entry[4] or "")
            elif indent == depth and (named := re.match(r"[ -]*kind: *(\w+)", later)):
                kind = named[1]
                break
            elif indent < depth or later.startswith("---"):
                break
        if kind == "Secret" or (not kind and KIND.search("\n".join(lines[:number]))):
            yield from (value for value in values if value)


def forms(line: str) -> Iterator[str]:
    """A value as it is, escaped, and in base64, alone or within other text."""
    yield line
    for text in (json.dumps(line)[1:-1], json.dumps(line, ensure_ascii=False)[1:-1]):
        yield text
        # Go's encoder, which is kubectl's, does this to what HTML knows.
        yield text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
    yield quote(line, safe="")
    raw = line.encode()
    yield base64.b64encode(raw).decode()
    yield base64.b64encode(raw + b"\n").decode()
    # What stands before it shifts the encoding; the edges belong to the neighbours.
    for shift in range(3):
        inner = base64.b64encode(b"\0" * shift + raw).decode()[4 if shift else 0 : -4]
        if len(inner) >= 2 * SHORTEST:
            yield inner


def pieces(token: str) -> Iterator[str]:
    """Every run of characters of a token: as it is, turned round, and in base64."""
    # What stands before it shifts the encoding; the edges belong to the neighbours.
    shifted = (b"\0" * shift + token.encode() for shift in range(3))
    encoded = (base64.b64encode(each).decode()[4:-4] for each in shifted)
    for form in (token, token[::-1], *encoded):
        for start in range(len(form) - PIECE + 1):
            yield form[start : start + PIECE]


def credentials(kubeconfig: Path) -> frozenset[str]:
    """What a kubeconfig's users are known by: tokens, passwords, keys."""
    try:
        said = yaml.load(kubeconfig.read_text(encoding="utf-8"), yaml.CSafeLoader)
    except (OSError, ValueError, yaml.YAMLError):
        return frozenset()
    users = said.get("users") if isinstance(said, dict) else None
    found: set[str] = set()
    for each in users if isinstance(users, list) else []:
        user = each.get("user") if isinstance(each, dict) else None
        for name in ("token", "password", "client-key-data"):
            value = user.get(name) if isinstance(user, dict) else None
            if isinstance(value, str) and value:
                found.update(forms(value))
    return frozenset(found)
