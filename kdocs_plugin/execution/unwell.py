"""The result of a step whose objects have settled badly, or have not settled in time."""

from __future__ import annotations

from kdocs_plugin.clusters.base import Cluster
from kdocs_plugin.execution.images import NO_IMAGE, why_no_image
from kdocs_plugin.execution.readiness import Trouble
from kdocs_plugin.model import Status, StepResult
from kdocs_plugin.values import replace

SETTLE_SECONDS = 90.0  # how long objects may take to settle after a step


def unwell(result: StepResult, trouble: Trouble, cluster: Cluster) -> StepResult:
    """The result, failed for this trouble."""
    if trouble.reason in NO_IMAGE and cluster.info.kind == "local":
        return replace(
            result,
            status=Status.FAILED,
            reason="KD911",
            reason_arguments=why_no_image(trouble, cluster.images_like(trouble.image)),
        )
    return replace(
        result,
        status=Status.FAILED,
        reason="run.settled_badly" if trouble.reason else "run.unsettled",
        reason_arguments={
            "kind": trouble.kind,
            "name": trouble.name,
            "state": trouble.reason or "…",
            "seconds": SETTLE_SECONDS,
        },
    )
