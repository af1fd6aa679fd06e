"""Where in an object a server's words point."""

from __future__ import annotations

from typing import Any

import pytest

from kdocs_plugin.manifests.verdicts import Refusal, locate, steps

GO = "json: cannot unmarshal %s into Go struct field "
POD: dict[str, Any] = {
    "metadata": {"labels": {"app.kubernetes.io/name": "-web"}},
    "spec": {
        "containers": [
            {
                "name": "a",
                "ports": [{"containerPort": 80}],
                "env": [{"name": "A", "value": "x"}],
            },
            {
                "name": "b",
                "ports": [{"containerPort": "80"}],
                "env": [{"name": "B", "value": True}],
                "resources": {"limits": {"cpu": "500m", "memory": "64 MB"}},
            },
        ]
    },
}


@pytest.mark.parametrize(
    ("field", "path"),
    [
        ("spec.containers[1].name", ("spec", "containers", 1, "name")),
        ("spec.containers[0].image", ("spec", "containers", 0, "image")),  # missing
        ("metadata.labels", ("metadata", "labels")),
        (
            "metadata.labels.app.kubernetes.io/name",
            ("metadata", "labels", "app.kubernetes.io/name"),
        ),
        ("spec.containers[7].name", ("spec", "containers", 7)),
    ],
)
def test_fields_are_paths(field: str, path: tuple[str | int, ...]) -> None:
    assert steps(POD, field)[: len(path)] == path


def test_keys_with_dots_in_brackets() -> None:
    value = {"data": {"a.conf": "x", "b": "y"}}
    assert steps(value, "data[a.conf]") == ("data", "a.conf")


@pytest.mark.parametrize(
    ("message", "path"),
    [
        (
            GO % "string" + "P.spec.containers.ports.containerPort of type int32",
            ("spec", "containers", 1, "ports", 0, "containerPort"),
        ),
        (
            GO % "bool" + "EnvVar.spec.containers.env.value of type string",
            ("spec", "containers", 1, "env", 0, "value"),
        ),
        (
            "quantities must match the regular expression '^([+-]?[0-9.]+)...$'",
            ("spec", "containers", 1, "resources", "limits", "memory"),
        ),
        ("something else", ()),
    ],
)
def test_decoders_say_no_index(message: str, path: tuple[str | int, ...]) -> None:
    assert locate(POD, Refusal(f"Pod cannot be handled: {message}")) == path
