"""Records what the API server had of each case in causes.py, for the golden cases.

    python -m tests.live.record_causes          needs the local cluster, takes two minutes

Written to tests/golden/causes/: the objects and events of the moment at which the wait of
the case's last step ended, without managed fields, nodes, and what no rule looks at.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from kdocs_plugin.clusters.api import Api
from kdocs_plugin.clusters.local import LocalCluster, installed
from kdocs_plugin.execution import Silent, readiness, run_scenario
from kdocs_plugin.execution.readiness.world import State
from kdocs_plugin.model import Status
from kdocs_plugin.planning import plan
from kdocs_plugin.source import scan
from tests.live.causes import STATES, Case

FOLDER = Path(__file__).parent.parent / "golden" / "causes"
HEAD = (
    "# Recorded by tests/live/record_causes.py from the local cluster, Kubernetes {version}:\n"
    "# real answers of its API server, not written by hand.\n"
)
LEFT_OUT = ("Node", "EndpointSlice", "Service")


def lean(item: Mapping[str, Any]) -> dict[str, Any]:
    metadata = {k: v for k, v in item["metadata"].items() if k != "managedFields"}
    metadata["annotations"] = {
        key: value
        for key, value in (metadata.get("annotations") or {}).items()
        if not key.startswith("kubectl.kubernetes.io/")
    }
    return {**item, "metadata": metadata}


def record(case: Case, api: Api, cluster: LocalCluster) -> dict[str, Any]:
    seen: list[tuple[str, State]] = []

    def watched(wait: Callable[..., readiness.Settled]) -> Callable[..., readiness.Settled]:
        def and_kept(self: readiness.Readiness, *args: Any) -> readiness.Settled:
            settled = wait(self, *args)
            if settled.troubles or settled.late:
                seen.append((datetime.now(UTC).isoformat(), dict(self._world.state)))
            return settled

        return and_kept

    with pytest.MonkeyPatch.context() as patch:
        for name in ("after", "last_look"):
            patch.setattr(
                readiness.Readiness, name, watched(getattr(readiness.Readiness, name))
            )
        scenario = plan(scan(f"record-{case.name}.md", case.text))
        results = run_scenario(scenario, cluster, api, Silent()).results
    result = [each for each in results if each.status is Status.FAILED][-1]
    at, state = seen[-1]
    return {
        "at": at,
        "state": {
            kind: [lean(item) for item in items.values()]
            for kind, items in state.items()
            if items and kind not in LEFT_OUT
        },
        "reason": result.reason_arguments.get("state"),
        "cause": result.cause,
        "arguments": dict(result.cause_arguments),
    }


def main(names: list[str]) -> None:
    installation = installed()
    assert installation is not None, "kdocs cluster install"
    FOLDER.mkdir(exist_ok=True)
    with LocalCluster.start(installation) as cluster:
        api = Api(cluster.kubeconfig)
        for case in STATES:
            if names and case.name not in names:
                continue
            found = record(case, api, cluster)
            text = yaml.safe_dump(found, sort_keys=False, allow_unicode=True, width=100)
            head = HEAD.format(version=cluster.info.kubernetes)
            (FOLDER / f"{case.name}.yaml").write_text(head + text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
