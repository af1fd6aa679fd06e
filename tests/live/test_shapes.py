"""Pages that want a cluster of another shape than the shared one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.live.test_run import KDOCS, call

pytestmark = pytest.mark.live

LOOK = "```bash\nkubectl get nodes\n```\n"


def nodes_seen(folder: Path, *options: str) -> dict[str, list[str]]:
    """The nodes that each note of a folder printed."""
    command = (KDOCS, "run", ".", "--cluster", "local", "--format", "json", *options)
    done = call(folder, *command)
    assert done.returncode == 0, done.stdout + done.stderr
    notes: list[dict[str, Any]] = json.loads(done.stdout)["notes"]
    return {
        note["path"]: [row.split()[0] for row in note["steps"][0]["output"].splitlines()[1:]]
        for note in notes
    }


def test_a_page_gets_the_nodes_that_it_wants_and_the_others_none_of_them(
    own_cache: Path, tmp_path: Path
) -> None:
    site = tmp_path / "site"
    site.mkdir()
    (site / "a-two.md").write_text("---\nkdocs:\n  nodes: 2\n---\n" + LOOK)
    (site / "b-any.md").write_text(LOOK)
    assert nodes_seen(site) == {
        "a-two.md": ["kdocs-control-plane", "kdocs-worker"],
        "b-any.md": ["kdocs-control-plane"],
    }
    (site / "a-two.md").unlink()
    assert nodes_seen(site, "--force", "--nodes", "2") == {
        "b-any.md": ["kdocs-control-plane", "kdocs-worker"]
    }


def test_a_version_that_is_not_there_is_told(own_cache: Path, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(LOOK)
    done = call(tmp_path, KDOCS, "run", "a.md", "--cluster", "local", "--kubernetes", "1.30")
    assert done.returncode == 2
    assert "1.34, 1.35, 1.36, 1.37" in done.stderr
