"""A failure that a finding has foretold: one mistake of the note's, reported once."""

from __future__ import annotations

from collections.abc import Sequence

from kdocs_plugin.model import Finding, Scenario, Severity, Status, StepResult
from kdocs_plugin.values import replace

FORETOLD = "run.predicted"


def predicted(
    result: StepResult, scenario: Scenario, findings: Sequence[Finding]
) -> StepResult:
    """The result, its reason the finding that said so: an error in the command itself, or in
    a manifest that the command uses."""
    if result.status is not Status.FAILED or result.reason != "run.exit_code":
        return result
    step = result.step
    blocks = {b.block for b in scenario.files if f"file {b.name}" in step.needs}
    for finding in findings:
        if finding.severity is not Severity.ERROR or finding.path != scenario.path:
            continue
        line = finding.position.line
        if finding.block in blocks or step.position.line <= line <= step.end_line:
            arguments = {**result.reason_arguments, "rule": finding.code, "line": line}
            return replace(result, reason=FORETOLD, reason_arguments=arguments)
    return result
