"""Secrets in outputs: a run's token however it is cut, and what Secrets hold."""

from __future__ import annotations

import base64
import json
import textwrap
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from kdocs_plugin.clusters.api import ApiError
from kdocs_plugin.execution.secrets import MARK, Secrets, credentials

# As long as a ServiceAccount's token; not one.
TOKEN = ".".join(
    base64.urlsafe_b64encode(part * 5).decode().rstrip("=")
    for part in (b'{"alg":"RS256","kid":"x"}', b'{"sub":"system:kdocs"}', bytes(range(50, 90)))
)


class Fake:
    """An API server's Secrets."""

    def __init__(self, *data: dict[str, str], refuses: bool = False) -> None:
        self.items = [{"metadata": {"name": "s"}, "data": each} for each in data]
        self.refuses = refuses

    def get(self, path: str, **query: str) -> dict[str, Any]:
        if self.refuses:
            raise ApiError(403, "Forbidden", "no")
        assert path == "/api/v1/namespaces/n/secrets"
        return {"items": self.items}


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    "disguise",
    [
        lambda token: token,
        lambda token: f'{{"user": {{"token": "{token}"}}}}',
        lambda token: "\n".join(textwrap.wrap(token, 60)),
        lambda token: token[:100],
        lambda token: token[::-1],
        lambda token: encoded(token),
        lambda token: "\n".join(textwrap.wrap(encoded(f'{{"a": "{token}"}}'), 76)),
    ],
)
def test_a_token_is_known_by_its_pieces(disguise: Any) -> None:
    shown = Secrets(TOKEN).hide(disguise(TOKEN))
    assert MARK in shown
    for form in (TOKEN, TOKEN[::-1], encoded(TOKEN)):
        assert not any(form[i : i + 30] in shown for i in range(len(form) - 29))


def test_data_of_secrets_is_taken_out_what_the_note_says_stays() -> None:
    secrets = Secrets(TOKEN, ["kubectl create secret generic s --from-literal=a=hunter2"])
    secrets.learn(
        Fake({"password": encoded("hunter2"), "made": encoded("generated-one")}),  # type: ignore[arg-type]
        "n",
    )
    output = f"data:\n  password: {encoded('hunter2')}\n  made: {encoded('generated-one')}\n"
    assert secrets.hide(output) == f"data:\n  password: {MARK}\n  made: {MARK}\n"
    assert secrets.hide("hunter2") == "hunter2"  # it stands in the note
    assert secrets.hide("generated-one") == MARK


def test_ordinary_output_stays_as_it_is() -> None:
    secrets = Secrets(TOKEN)
    secrets.learn(Fake({"one": encoded("a"), "odd": "%%%", "empty": ""}), "n")  # type: ignore[arg-type]
    secrets.learn(Fake(refuses=True), "n")  # type: ignore[arg-type]
    text = (
        "nginx@sha256:8e5cf3d85dcdacef6c2b229c50fd15e4ce481bfc7194f370e68c477c2189c446\n"
        "/var/run/secrets/kubernetes.io/serviceaccount from kube-api-access-tpqm7 (ro)\n"
    )
    assert secrets.hide(text) == text


def folded(text: str, width: int) -> list[str]:
    return [text[i : i + width] for i in range(0, len(text), width)]


CANARY = 'canary/Vk&3"xq<9Zt-long-enough'


@pytest.mark.parametrize(
    "shown",
    [
        CANARY,
        f"password={CANARY}",
        encoded(CANARY),
        encoded(CANARY + "\n"),
        encoded(f"user:{CANARY}"),
        encoded(f"the password is {CANARY} today"),
        json.dumps({"env": CANARY}),
        json.dumps({"env": CANARY}).replace("&", "\\u0026").replace("<", "\\u003c"),
        "\n".join(folded(CANARY, 7)),
        "\n".join(CANARY),
        "\n    ".join(folded(encoded(CANARY), 10)),
        quote(CANARY, safe=""),
        f"line one\nline two {CANARY[:17]}\n{CANARY[17:]} line three",
    ],
)
def test_a_value_is_known_in_the_forms_that_tools_give_it(shown: str) -> None:
    secrets = Secrets(TOKEN)
    secrets.learn(Fake({"p": encoded(CANARY)}), "n")  # type: ignore[arg-type]
    hidden = secrets.hide(shown)
    assert MARK in hidden
    for form in (CANARY, encoded(CANARY)):
        assert not any(form[i : i + 10] in hidden for i in range(len(form) - 9)), hidden


def test_a_value_that_is_cut_off_shows_no_beginning() -> None:
    secrets = Secrets(TOKEN)
    secrets.learn(Fake({"p": encoded(CANARY)}), "n")  # type: ignore[arg-type]
    assert secrets.hide(f"it is {CANARY[:15]}", cut=True) == f"it is {MARK}"
    assert secrets.hide("it is", cut=True) == "it is"


@pytest.mark.parametrize(
    "shown",
    [
        # Fixtures in the form of `kubectl create secret generic s -o yaml|json --dry-run`.
        "apiVersion: v1\ndata:\n  p: {value}\n  q: {value}\nkind: Secret\nmetadata:\n  name: s",
        '{{\n    "data": {{\n        "p": "{value}"\n    }},\n    "kind": "Secret"\n}}',
        "apiVersion: v1\nitems:\n- data:\n    p: {value}\n  kind: Secret\nkind: List",
        '    last-applied: |\n      {{"data":{{"p":"{value}"}},"kind":"Secret"}}',
        "kind: Secret\nmetadata:\n  name: s\nstringData:\n  p: {value}",
    ],
)
def test_data_of_a_secret_that_was_never_made_is_taken_out(shown: str) -> None:
    text = shown.format(value="c2hvcnQ=")
    assert "c2hvcnQ=" not in Secrets(TOKEN).hide(text)
    assert Secrets(TOKEN, ["data:\n  p: c2hvcnQ="]).hide(text) == text  # the note's own


def test_data_of_other_kinds_stays() -> None:
    text = (
        "apiVersion: v1\ndata:\n  p: c2hvcnQ=\nkind: ConfigMap\n---\n"
        "apiVersion: v1\nkind: Pod\nspec:\n  volumes:\n  - secret:\n      secretName: s"
    )
    assert Secrets(TOKEN).hide(text) == text


def test_what_the_note_spells_in_base64_may_be_read_by_everybody() -> None:
    secrets = Secrets(TOKEN, [f"kind: Secret\ndata:\n  p: {encoded('a-password')}"])
    secrets.learn(Fake({"p": encoded("a-password")}), "n")  # type: ignore[arg-type]
    shown = f"{encoded('a-password')}\na-password"
    assert secrets.hide(shown) == shown


JWT = TOKEN


@pytest.mark.parametrize(
    "shown",
    [
        JWT,
        "\n".join(folded(JWT, 64)),
        encoded(JWT),
        "\n".join(folded(encoded(JWT), 76)),
        "-----BEGIN RSA PRIVATE KEY-----\nabcdefghijklmnop\n-----END RSA PRIVATE KEY-----",
        "client-key-data: " + encoded("-----BEGIN EC PRIVATE KEY-----\nabcdefghijklmnop\n"),
        '{"kind":"Config","users":[{"user":{"password":"abcdefghijklmnop"}}]}',
    ],
)
def test_tokens_and_keys_of_others_are_known_by_their_shape(shown: str) -> None:
    hidden = Secrets("").hide(f"before\n{shown}\nafter")
    assert hidden.startswith("before\n")
    assert hidden.endswith("after")
    assert MARK in hidden
    for form in (JWT, encoded(JWT), "abcdefghijklmnop", encoded("abcdefghijklmnop")):
        assert not any(form[i : i + 16] in hidden for i in range(len(form) - 15)), hidden


def test_credentials_of_a_kubeconfig(tmp_path: Path) -> None:
    file = tmp_path / "config"
    file.write_text(
        "users:\n- user: {token: plain-canary-token, client-key-data: a2V5LWNhbmFyeQ==}\n"
    )
    secrets = Secrets("", known=credentials(file))
    for shown in ("plain-canary-token", "a2V5LWNhbmFyeQ==", encoded("plain-canary-token")):
        assert secrets.hide(shown) == MARK
    file.write_text("users: 5")
    assert credentials(file) == frozenset()
    assert credentials(tmp_path / "none") == frozenset()
