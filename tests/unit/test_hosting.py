"""Which cluster a page gets, decided before any is started."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kdocs_plugin.clusters.local import layout, processes, running
from kdocs_plugin.config import Settings, settings_for, with_command_line
from kdocs_plugin.errors import ClusterError, ConfigError
from kdocs_plugin.planning import plan
from kdocs_plugin.running.hosting import Clusters
from kdocs_plugin.source import scan

pytestmark = pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="Linux alone")


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KDOCS_CACHE", str(tmp_path))
    return tmp_path


def keep(nodes: int) -> None:
    """A kept cluster as its files tell it. This test stands for its processes."""
    me = processes.process(os.getpid())
    identity = "kept-by-a-test"
    (layout.clusters() / identity).mkdir(parents=True)
    running.write(
        running.Running(
            identity=identity,
            outer=me,
            registry=me,
            init=os.getpid(),
            since="2026-11-24T00:00:00+00:00",
            kubernetes="v1.37.2",
            images=layout.cache() / "images",
            nodes=nodes,
            kept=True,
        )
    )
    layout.kept().write_text(identity)


def settings(cache: Path, nodes: int = 0) -> Settings:
    return Settings(cache, cache, cache, cluster="local", nodes=nodes)


def suiting(clusters: Clusters) -> list[int]:
    """The wishes that the shared cluster meets; 0 is none."""
    return [wish for wish in (0, 1, 2, 3) if clusters.suits(wish)]


def test_a_page_without_a_wish_takes_what_there_is(cache: Path) -> None:
    keep(nodes=3)
    assert suiting(Clusters(settings(cache))) == [0, 3]


def test_what_would_be_started_has_one_node_or_what_the_site_says(cache: Path) -> None:
    assert suiting(Clusters(settings(cache))) == [0, 1]
    assert suiting(Clusters(settings(cache, nodes=2))) == [0, 2]


def test_nothing_runs_where_no_cluster_is_named(cache: Path) -> None:
    nameless = Settings(cache, cache, cache)
    with (
        pytest.raises(ClusterError) as caught,
        Clusters(nameless) as clusters,
        clusters.take(plan(scan("a.md", "---\nkdocs: {nodes: 3}\n---\n"))),
    ):
        pass
    assert caught.value.key == "cluster.none_named"


@pytest.mark.parametrize("value", [10, -1, "3", True, 1.5])
def test_a_number_of_nodes_that_can_t_be_is_refused(cache: Path, value: object) -> None:
    with pytest.raises(ConfigError) as caught:
        settings_for(cache, cache, {"nodes": value})
    assert caught.value.arguments["name"] == "nodes"


def test_the_command_line_wins(cache: Path) -> None:
    site = settings_for(cache, cache, {"nodes": 3, "kubernetes": 1.36})
    assert (site.nodes, site.kubernetes) == (3, "1.36")  # YAML reads a number
    said = with_command_line(site, nodes=2, kubernetes="v1.37.2")
    assert (said.nodes, said.kubernetes) == (2, "v1.37.2")
    assert with_command_line(site, nodes=None, kubernetes=None) == site
