"""Secrets in outputs: a run's token however it is cut, and what Secrets hold."""

from __future__ import annotations

import base64
import textwrap
from typing import Any

import pytest

from kdocs_plugin.clusters.api import ApiError
from kdocs_plugin.execution.secrets import MARK, Secrets

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
