"""Which step is to blame, and what a failure that a finding has foretold is called."""

from __future__ import annotations

import pytest

from kdocs_plugin.execution.losses import Losses
from kdocs_plugin.execution.predicted import predicted
from kdocs_plugin.execution.shell.session import Ran
from kdocs_plugin.execution.shell.stage import Done
from kdocs_plugin.execution.statuses import judge_status
from kdocs_plugin.model import Finding, Position, Scenario, Severity, Status, StepResult
from kdocs_plugin.planning import plan
from kdocs_plugin.source import scan


def planned(text: str) -> Scenario:
    return plan(scan("note.md", text))


def blamed(text: str, output: str = "", upto: int = 1) -> list[str]:
    """The commands that the failure of the first step keeps from being tried."""
    losses, steps = Losses(), planned(f"```bash\n{text}\n```\n").steps
    losses.failed(steps[0], output)
    return [step.command for step in steps[upto:] if losses.root(step)]


@pytest.mark.parametrize(
    ("text", "output", "found"),
    [
        ("kubectl create deployment web --image=x\nkubectl scale deploy web --replicas=2",
         "", ["kubectl scale deploy web --replicas=2"]),
        ("kubectl create deployment web --image=x\nkubectl get pods\necho web", "", []),
        ("kubectl create deployment web --image=x\nkubectl scale deploy web --replicas=2",
         'error: failed to create deployment: deployments.apps "web" already exists', []),
        ("POD=$(kubectl get pod -o name --x)\nkubectl logs $POD\necho '$POD'", "",
         ["kubectl logs $POD"]),
        ("kubectl run x --image=y --dry-run=client -o yaml > x.yaml\nkubectl apply -f x.yaml",
         "",         ["kubectl apply -f x.yaml"]),
        ("kubectl port-forward svc/web 8080:80\ncurl -s localhost:8080\ncurl localhost:80801",
         "",         ["curl -s localhost:8080"]),
        ("kubectl create configmap conf --x\nkubectl get configmap other", "", []),
    ],
)  # fmt: skip
def test_what_a_failure_takes_with_it(text: str, output: str, found: list[str]) -> None:
    assert blamed(text, output) == found


def test_one_root_however_long_the_way() -> None:
    text = "kubectl create deploy a --x\nA=$(kubectl get deploy a)\necho $A > f\ncat < f"
    losses, steps = Losses(), planned(f"```bash\n{text}\n```\n").steps
    losses.failed(steps[0], "")
    for step in steps[1:]:
        found = losses.root(step)
        assert found is not None
        assert found[1] is steps[0]
        losses.failed(step, "", found[1])
    losses.worked(steps[0])
    assert losses.root(steps[1]) is None


def judged(text: str, output: str, code: int, options: str = "") -> tuple[Status, str]:
    fence = f"\n```\n{output}\n```\n" if output else ""
    (step,) = planned(f"```bash\n{options}{text}\n```\n{fence}").steps
    result = StepResult(step, Status.OK, text, exit_code=code)
    judged = judge_status(result, Done(step, text, Ran(code, b"", 0.1)))
    return judged.status, judged.reason


@pytest.mark.parametrize(
    ("output", "code", "options", "found"),
    [
        ("", 1, "", (Status.FAILED, "run.exit_code")),
        ('Error from server (NotFound): pods "x" not found', 1, "", (Status.OK, "")),
        (
            'Error from server (NotFound): pods "x" not found',
            0,
            "",
            (Status.OK, "run.not_failed"),
        ),
        ("error: x\n", 1, "# kdocs: returncode=1\n", (Status.OK, "")),
        ("", 0, "# kdocs: returncode=1\n", (Status.FAILED, "run.should_fail")),
        ("", 2, "# kdocs: returncode=1\n", (Status.FAILED, "run.exit_code")),
        ("NAME   READY\nx      1/1", 1, "", (Status.FAILED, "run.exit_code")),
    ],
)
def test_a_failure_that_the_note_shows(
    output: str, code: int, options: str, found: tuple[Status, str]
) -> None:
    assert judged("kubectl get pod x", output, code, options) == found


def test_a_failure_that_a_finding_foretold() -> None:
    manifest = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: X_1\nspec: {containers: []}"
    commands = "kubectl apply -f x.yaml\nkubectl get pods"
    scenario = planned(f'```yaml title="x.yaml"\n{manifest}\n```\n```bash\n{commands}\n```\n')
    apply, get = scenario.steps
    found = [Finding("KD220", Severity.ERROR, "note.md", Position(4, 1), {}, block=0)]
    failed = StepResult(apply, Status.FAILED, "", "run.exit_code", {"code": 1})
    foretold = predicted(failed, scenario, found)
    assert (foretold.reason, foretold.reason_arguments) == (
        "run.predicted", {"code": 1, "rule": "KD220", "line": 4})  # fmt: skip
    other = StepResult(get, Status.FAILED, "", "run.exit_code", {"code": 1})
    assert predicted(other, scenario, found) is other
