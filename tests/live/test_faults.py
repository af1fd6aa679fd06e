"""What the machine does to a cluster: a full disk, a clock that is set."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kdocs_plugin.clusters.local import Installation
from kdocs_plugin.clusters.local.node import cgroups

pytestmark = pytest.mark.live

KDOCS = str(Path(sys.executable).parent / "kdocs")
# The cache folder is a small disk of its own, in a mount namespace that ends with this.
ON_A_SMALL_DISK = """
mount -t tmpfs -o size=256k tmpfs "$KDOCS_CACHE"
ln -s {root} {images} "$KDOCS_CACHE"
head -c {fill} /dev/zero 2>/dev/null > "$KDOCS_CACHE/fill"
{kdocs} cluster up
echo "status $?"
{kdocs} cluster down > /dev/null
find "$KDOCS_CACHE/clusters" -mindepth 1 2>/dev/null
"""


@pytest.mark.parametrize("fill", ["1m", "180k"])
def test_a_full_disk_is_said_and_leaves_nothing(
    installation: Installation, tmp_path: Path, fill: str
) -> None:
    cache = tmp_path / "cache"
    cache.mkdir()
    before = cgroups.identities()
    script = ON_A_SMALL_DISK.format(
        root=installation.root, images=installation.images, fill=fill, kdocs=KDOCS
    )
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-c", script],
        env={**os.environ, "KDOCS_CACHE": str(cache), "KDOCS_LANG": "en"},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    said = done.stderr
    assert done.stdout == "status 2\n"
    assert "No space left on device" in said
    assert "Traceback" not in said
    assert "KDOCS_CACHE moves the cache folder" in said
    assert cgroups.identities() <= before
