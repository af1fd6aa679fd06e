"""Install the local cluster for the live tests, or say in one line why it can't be.

Where the machine can't run one, nothing is built: the tests that need it skip by name.
So they do where no source can be reached. In CI such a skip is a failure.
A Go toolchain comes from PyPI where the machine has none.
KDOCS_TEST_KUBERNETES names further versions (1.34 1.36), each of which is installed too.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from kdocs_plugin.clusters.local import installed, unsupported
from kdocs_plugin.clusters.local.binaries import versions
from kdocs_plugin.messages import preferred_language, text

ROOT = Path(__file__).parent.parent


def main() -> int:
    reason = unsupported()
    if reason is not None:
        said = text(reason.key, preferred_language(), reason.arguments)
        print(f"No local cluster here, so the live tests will be skipped: {said}")
        return 0
    wanted = [versions.DEFAULT, *os.environ.get("KDOCS_TEST_KUBERNETES", "").split()]
    missing = [version for version in wanted if installed(version) is None]
    if not missing:
        return 0
    if shutil.which("go") is None:
        pip = [sys.executable, "-m", "pip", "install", "-q", "--require-hashes", "-r"]
        subprocess.run([*pip, str(ROOT / "requirements-go.lock")], check=False)
    kdocs = Path(sys.executable).parent / "kdocs"
    for version in missing:
        command = [str(kdocs), "cluster", "install", "--kubernetes", version]
        if subprocess.run(command, check=False).returncode:
            print(f"No local cluster {version} could be installed: its tests will be skipped.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
