"""The user's own configuration, and all the ways in which a repository can't take its place."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kdocs_plugin.clusters.context import ContextCluster, allowed_contexts
from kdocs_plugin.clusters.skew import skew
from kdocs_plugin.clusters.user import QUOTA, Bounds, UserConfig, user_config
from kdocs_plugin.errors import ClusterError, NotAllowed

KDOCS = str(Path(sys.executable).parent / "kdocs")


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.delenv("KDOCS_ALLOW_CONTEXTS", raising=False)
    (tmp_path / "kdocs").mkdir()
    return tmp_path / "kdocs" / "config.toml"


def test_without_a_file_nothing_is_allowed_and_bounds_hold(file: Path) -> None:
    assert user_config() == UserConfig()
    assert allowed_contexts() == frozenset()
    assert user_config().bounds.pod_security == "baseline"
    assert user_config().bounds.quota["pods"] == "40"


def test_what_the_user_says(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_text(
        'contexts = ["kind-dev"]\nhelper_image = "busybox"\npod_security = "privileged"\n'
        "[quota]\npods = 5\n"
    )
    said = user_config()
    assert said.contexts == {"kind-dev"}
    assert said.helper_image == "busybox"
    assert said.bounds == Bounds({**QUOTA, "pods": "5"}, "privileged")
    monkeypatch.setenv("KDOCS_ALLOW_CONTEXTS", "a, b ,")
    assert allowed_contexts() == {"kind-dev", "a", "b"}
    file.write_text("quota = false\n")
    assert not user_config().bounds.quota


@pytest.mark.parametrize(
    "text",
    [
        "contexts = 'all'",
        "contexts = [1]",
        "context = ['a']",
        "pod_security = 'none'",
        "quota = true",
        "quota = {pods = [1]}",
        "helper_image = ''",
        "not toml",
    ],
)
def test_what_can_not_be_is_told(file: Path, text: str) -> None:
    file.write_text(text)
    with pytest.raises(ClusterError, match=r"config\.toml"):
        user_config()


def test_a_context_needs_the_users_word(file: Path) -> None:
    with pytest.raises(NotAllowed):
        ContextCluster("prod")
    file.write_text('contexts = ["prod"]\n')
    ContextCluster("prod").close()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "mkdocs.yml",
            "site_name: x\nplugins:\n- kdocs:\n    cluster: prod\n",
        ),
        ("mkdocs.yml", "site_name: x\nplugins:\n- kdocs:\n    cluster: !ENV [NONE, prod]\n"),
        (".env", "KDOCS_CLUSTER=prod\nKDOCS_ALLOW_CONTEXTS=prod\n"),
        ("docs/a.md", "---\nkdocs:\n  cluster: prod\n---\n```bash\nkubectl get pods\n```\n"),
        ("config.toml", 'contexts = ["prod"]\n'),
        (".config/kdocs/config.toml", 'contexts = ["prod"]\n'),
        ("kdocs/config.toml", 'contexts = ["prod"]\n'),
    ],
)
def test_nothing_in_a_repository_allows_a_context(tmp_path: Path, name: str, text: str) -> None:
    """`prod` is the kubeconfig's current context, and would have no answer: nobody asks."""
    home, site = tmp_path / "home", tmp_path / "site"
    (home / ".kube").mkdir(parents=True)
    (home / ".kube" / "config").write_text(
        "apiVersion: v1\nkind: Config\ncurrent-context: prod\n"
        "clusters: [{name: prod, cluster: {server: 'https://127.0.0.1:1'}}]\n"
        "contexts: [{name: prod, context: {cluster: prod, user: u}}]\nusers: []\n"
    )
    (site / "docs").mkdir(parents=True)
    (site / "mkdocs.yml").write_text("site_name: x\nplugins: [kdocs]\n")
    (site / "docs" / "a.md").write_text("```bash\nkubectl get pods\n```\n")
    (site / name).parent.mkdir(parents=True, exist_ok=True)
    (site / name).write_text(text)
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "KDOCS_LANG": "en",
        "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
    }
    done = subprocess.run(
        [KDOCS, "run"], cwd=site, env=environment, capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "no cluster was named" in done.stderr or "has not been allowed" in done.stderr
    assert "127.0.0.1" not in done.stderr


@pytest.mark.parametrize(
    ("kubectl", "server", "key"),
    [
        ("v1.37.2", "v1.37.0", ""),
        ("v1.36.1", "v1.37.2", ""),
        ("v1.38.0", "v1.37.2", ""),
        ("v1.35.9", "v1.37.2", "cluster.kubectl_old"),
        ("v1.37.2", "v1.34.4+k3s1", "cluster.kubectl_new"),
        ("", "v1.37.2", ""),
    ],
)
def test_versions_that_go_together(kubectl: str, server: str, key: str) -> None:
    assert skew(kubectl, server) == key
