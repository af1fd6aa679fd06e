"""Settings: where they come from, which win, what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kdocs_plugin.config import settings_for, with_command_line
from kdocs_plugin.errors import ConfigError

ROOT = Path("/site")


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("KDOCS_RUN", "KDOCS_CLUSTER", "KDOCS_LANG"):
        monkeypatch.delenv(name, raising=False)


def test_defaults_run_nothing() -> None:
    settings = settings_for(ROOT, ROOT / "docs", {})
    assert (settings.execute, settings.run, settings.cluster) == ("auto", "never", "")
    assert not settings.cluster_allowed
    assert settings.records == ROOT / "records"


def test_paths_are_below_the_root() -> None:
    settings = settings_for(ROOT, ROOT / "docs", {"records": "기록", "files": ["k8s", "/abs"]})
    assert settings.records == ROOT / "기록"
    assert settings.files == (ROOT / "k8s", Path("/abs"))
    assert settings_for(ROOT, ROOT, {"files": "k8s"}).files == (ROOT / "k8s",)


def test_nothing_said_is_the_default() -> None:
    assert settings_for(ROOT, ROOT, {"timeout": None, "run": None}) == settings_for(
        ROOT, ROOT, {}
    )


@pytest.mark.parametrize(("value", "word"), [(True, "on"), (False, "off"), ("auto", "auto")])
def test_a_bare_on_is_a_boolean_to_yaml(value: Any, word: str) -> None:
    assert settings_for(ROOT, ROOT, {"execute": value}).execute == word


def test_the_environment_wins_and_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KDOCS_RUN", "stale")
    monkeypatch.setenv("KDOCS_CLUSTER", "work")
    settings = settings_for(ROOT, ROOT, {"run": "never", "cluster": "local"})
    assert (settings.run, settings.cluster, settings.cluster_allowed) == ("stale", "work", True)


def test_the_repository_allows_no_cluster() -> None:
    assert not settings_for(ROOT, ROOT, {"cluster": "prod"}).cluster_allowed


def test_the_command_line_wins_and_allows() -> None:
    settings = settings_for(ROOT, ROOT, {"cluster": "local", "timeout": 5})
    assert with_command_line(settings, cluster=None, timeout=None) == settings
    changed = with_command_line(settings, cluster="work", timeout=7)
    assert (changed.cluster, changed.cluster_allowed, changed.timeout) == ("work", True, 7.0)
    with pytest.raises(TypeError):
        with_command_line(settings, clutser="work")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"exceute": "on"}, "exceute"),
        ({5: "on"}, "5"),
        ({"language": "fr"}, "fr"),
        ({"language": 3}, "3"),
        ({"cluster": ["a"]}, "['a']"),
        ({"files": 3}, "3"),
        ({"files": ["k8s", 3]}, "3"),
        ({"records": {}}, "{}"),
        ({"search": "ja"}, "search"),
        ({"execute": "sometimes"}, "sometimes"),
        ({"execute": 1}, "1"),
        ({"run": True}, "True"),
        ({"run": ["never"]}, "never"),
        ({"timeout": 0}, "0"),
        ({"timeout": -1}, "-1"),
        ({"timeout": "60s"}, "60s"),
        ({"timeout": True}, "True"),
        ({"timeout": float("inf")}, "inf"),
        ({"timeout": float("nan")}, "nan"),
    ],
)
def test_what_is_refused(options: dict[Any, Any], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        settings_for(ROOT, ROOT, options)


def test_a_bound_from_the_command_line_is_one() -> None:
    with pytest.raises(ConfigError):
        with_command_line(settings_for(ROOT, ROOT, {}), timeout=0)


def test_how_many_pages_run_at_once() -> None:
    assert settings_for(ROOT, ROOT, {}).jobs == 0  # as many as suits the machine
    assert settings_for(ROOT, ROOT, {"jobs": 3}).jobs == 3
    site = settings_for(ROOT, ROOT, {"jobs": "2"})
    assert (site.jobs, with_command_line(site, jobs="auto").jobs) == (2, 0)
    for value in (0, -1, "many", True, 1.5, "1000"):
        with pytest.raises(ConfigError, match="jobs"):
            settings_for(ROOT, ROOT, {"jobs": value})


def test_patterns_are_a_list_or_lines() -> None:
    site = settings_for(ROOT, ROOT, {"include": ["a/", "b.md"], "exclude": "c/\n\nd.md\n"})
    assert (site.include, site.exclude) == (("a/", "b.md"), ("c/", "d.md"))
    for value in (3, [3], {"a": 1}):
        with pytest.raises(ConfigError, match="exclude"):
            settings_for(ROOT, ROOT, {"exclude": value})
