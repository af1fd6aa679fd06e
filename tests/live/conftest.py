"""The local cluster that live tests share: one a session, started when first asked for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kdocs_plugin.clusters import local
from kdocs_plugin.clusters.local import Installation, LocalCluster, layout
from kdocs_plugin.messages import text


@pytest.fixture(scope="session")
def installation() -> Installation:
    """The installed binaries and images; a skip with its reason where there are none."""
    reason = local.unsupported()
    if reason is not None:
        pytest.skip(f"no local cluster here: {text(reason.key, 'en', reason.arguments)}")
    found = local.installed()
    if found is None:
        pytest.skip("no local cluster here: not installed (`kdocs cluster install`)")
    return found


@pytest.fixture(scope="session")
def local_cluster(installation: Installation) -> Iterator[LocalCluster]:
    with LocalCluster.start(installation) as cluster:
        yield cluster


@pytest.fixture
def own_cache(
    installation: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A cache folder with the same installations and clusters of its own."""
    cache = cache_in(tmp_path, installation)
    monkeypatch.setenv("KDOCS_CACHE", str(cache))
    assert layout.cache() == cache
    return cache


def cache_in(folder: Path, installation: Installation) -> Path:
    """A cache folder that has the installations and images that there are."""
    cache = folder / "cache"
    cache.mkdir()
    for each in local.installations():
        (cache / each.root.name).symlink_to(each.root)
    (cache / "images").symlink_to(installation.images)
    return cache
