"""`kdocs run` where nothing has changed: an earlier failure is said, with the way on."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from kdocs_plugin import records
from kdocs_plugin.model import ClusterInfo, Status, StepResult
from kdocs_plugin.planning import Options, plan
from kdocs_plugin.source import scan

KDOCS = str(Path(sys.executable).parent / "kdocs")
NOTE = "# 파드\n\n```bash\nkubectl run web --image=busybox:1.28\n```\n"


def run_again(folder: Path, status: Status) -> subprocess.CompletedProcess[str]:
    """Run a note whose only step was recorded with that status.

    Nothing is installed in an empty cache: a note that ran by mistake would start no cluster.
    """
    (folder / "pod.md").write_text(NOTE)
    scenario = plan(scan("pod.md", NOTE), Options())
    (step,) = scenario.runnable
    result = StepResult(step, status, step.command, exit_code=0, output="pod/web created")
    record = records.make_record(scenario, [result], ClusterInfo("v1.37.2", "local"), (), None)
    records.save(folder / "records", record)
    return subprocess.run(
        [KDOCS, "run", "--cluster", "local"],
        cwd=folder,
        env={**os.environ, "KDOCS_LANG": "en", "KDOCS_CACHE": str(folder / "empty")},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def test_an_earlier_failure_is_named_and_how_to_run_it_again(tmp_path: Path) -> None:
    again = run_again(tmp_path, Status.FAILED)
    assert again.returncode == 1
    assert "0 notes run, 1 unchanged" in again.stdout
    assert "kdocs run --force pod.md" in again.stderr


def test_nothing_is_said_where_all_went_well(tmp_path: Path) -> None:
    again = run_again(tmp_path, Status.OK)
    assert again.returncode == 0, again.stderr
    assert again.stderr == ""
