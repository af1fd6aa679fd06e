"""manifests/runner/ says what the code does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from kdocs_plugin.execution.access import rights

RUNNER = Path(__file__).parents[2] / "manifests" / "runner"
OBJECTS = list(yaml.safe_load_all((RUNNER / "kdocs.yaml").read_text(encoding="utf-8")))


def role(name: str) -> Iterable[Mapping[str, Any]]:
    roles = [item for item in OBJECTS if item["kind"] == "ClusterRole"]
    (found,) = (item for item in roles if item["metadata"]["name"] == name)
    return list(found["rules"])


def test_roles_are_those_that_kdocs_would_make() -> None:
    for name, rules in (
        (rights.RUNNER, rights.RUNNER_RULES),
        (rights.READER, rights.READER_RULES),
        (rights.KEEPER, rights.KEEPER_RULES),
    ):
        assert role(name) == [dict(rule) for rule in rules]


def test_no_rule_leads_out() -> None:
    """What would undo the rest: a wildcard of verbs, escalation, somebody else's identity."""
    for item in OBJECTS:
        for rule in item.get("rules", []):
            verbs = set(rule["verbs"])
            assert not verbs & {"*", "escalate", "impersonate"}
            assert "*" not in rule["apiGroups"]
            assert "bind" not in verbs or rule["resourceNames"]
            core = "" in rule["apiGroups"]
            assert (
                not core
                or not {"*", "namespaces"} & set(rule["resources"])
                or (not verbs & {"update", "patch", "deletecollection", "*"})
            )
