"""What a failed step usually means, in one sentence, and what its objects say for themselves.

`states` reads an object in trouble, `texts` what a command printed, `reach` what stands
behind an address that does not answer; `evidence` takes state, events and last words.

In: a result, the trouble it has met with, the API. Out: the result with `cause` and
`evidence`. May import readiness, clusters, commands, outputs, the model.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

from kdocs_plugin.clusters.api import Api
from kdocs_plugin.commands import parse_kubectl, split
from kdocs_plugin.errors import ClusterError
from kdocs_plugin.execution.forensics.cause import Cause
from kdocs_plugin.execution.forensics.evidence import evidence_of
from kdocs_plugin.execution.forensics.reach import behind, look
from kdocs_plugin.execution.forensics.states import cause_of, claim
from kdocs_plugin.execution.forensics.texts import cause_in, unreached
from kdocs_plugin.execution.readiness import Judgement, Trouble
from kdocs_plugin.execution.readiness.world import State, objects
from kdocs_plugin.model import Status, StepResult
from kdocs_plugin.values import replace

# Commands that need a container that runs, or wait for an object to be well.
IN_PODS = frozenset("exec attach logs log cp port-forward".split())
WAITING = frozenset("wait rollout delete".split())
UNBOUND = frozenset(["FailedBinding", "ProvisioningFailed"])  # events of claims
UNWELL = re.compile(
    r"unable to upgrade connection|waiting to start|completed pod|container not found"
    r"|host assigned|timed out|deadline|is not running|pod is not running|previous terminated"
)


def explained(
    result: StepResult,
    trouble: Trouble | None,
    api: Api,
    namespace: str | None,
    hide: Callable[[str], str],
) -> StepResult:
    """The failed result with its cause and evidence. Never raises: a cluster that does not
    answer explains nothing."""
    try:
        if trouble is None:
            cause, trouble = of_command(result, api, namespace)
        else:
            state = look(api, namespace).state
            cause = of_claim(trouble, state) or cause_of(trouble, state)
        evidence = evidence_of(trouble, api, hide) if trouble is not None else ()
    except ClusterError:
        return result
    if cause is None:
        return replace(result, evidence=evidence)
    arguments = {
        key: hide(value) if isinstance(value, str) else value
        for key, value in cause.arguments.items()
    }
    return replace(result, cause=cause.key, cause_arguments=arguments, evidence=evidence)


def of_claim(trouble: Trouble, state: State) -> Cause | None:
    """Of a pod that no node takes because of its claims: what is wrong with the claim."""
    if trouble.kind != "Pod" or "PersistentVolumeClaim" not in trouble.message:
        return None
    volumes = trouble.item.get("spec", {}).get("volumes") or ()
    claims = {v["persistentVolumeClaim"]["claimName"] for v in volumes
              if "persistentVolumeClaim" in v}  # fmt: skip
    for event in objects(state, "Event"):
        about = event["involvedObject"]
        if about.get("name") in claims and event["reason"] in UNBOUND:
            return claim(
                event.get("message", ""), {"kind": about["kind"], "name": about["name"]}
            )
    return None


def of_command(
    result: StepResult, api: Api, namespace: str | None
) -> tuple[Cause | None, Trouble | None]:
    """The cause of a command that failed by itself, and the object behind it."""
    ran, text = result.ran or result.step.command, result.output
    said = cause_in(text)
    if where := unreached(ran, text, result.exit_code):
        state = look(api, namespace).state
        cause, trouble = behind(*where, state, Judgement(state, datetime.now(UTC)))
        if trouble is not None and (deeper := cause_of(trouble, state)):
            return deeper, trouble
        return cause, trouble
    if trouble := object_in(result, api, namespace):
        state = look(api, namespace).state
        return cause_of(trouble, state) or said, trouble
    return said, None


def object_in(result: StepResult, api: Api, namespace: str | None) -> Trouble | None:
    """The object in trouble that a kubectl line asks something of, or waits for, where what
    it printed says that this may be why, or time has run out."""
    if result.status is not Status.TIMEOUT and not UNWELL.search(result.output):
        return None
    for statement in split(result.ran or result.step.command):
        for each in statement.commands:
            line = parse_kubectl(each.words)
            if line is None or line.verb not in IN_PODS | WAITING:
                continue
            names = {name for _, name in line.targets}
            state = look(api, namespace).state
            for trouble in Judgement(state, datetime.now(UTC)).troubles():
                if any(trouble.name == n or trouble.name.startswith(f"{n}-") for n in names):
                    return trouble
    return None


__all__ = ["explained", "of_claim"]
