"""Golden cases of commands/ and planning/: a case is a file, adding one is adding a file.

transcripts/*.yaml   `block`, and what `read_transcript` makes of it:
    commands: ["3 kubectl get pods", ...]   first line, statement (line ends as ⏎)
    outputs: ["4-5", ...]                   lines of written output
    typed: ["2-4 ls ⏎ exit"]                lines typed into the command above
planning/*.yaml      `note` (Markdown), `beside` (files beside it), `execute`, and its plan:
    steps: in order of running, one mapping each
        run | show | probe | silent: the command (⏎ for line ends); a step or a probe that
            runs or does not
        why: message key where it does not
        bind: {placeholder or author's literal: value, or `attribute of kind/name`, with the
            note's line where the author's output shows the literal}
        candidates: what an unbound placeholder may mean, where the case says it
        output: "5-7", the note's lines of what the author wrote
        typed: what is typed into it
        into: place of the step whose shell it is typed into
        goes_on: true where it does not end by itself
        session: name of its shell
    files: ["pod.yaml: line 3, title, before 0", ...]    the block's line, the step's place
    findings: ["KD301 9", ...]                           code and line
    own_cluster: true                                    false where it is not said
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kdocs_plugin.commands import read_transcript, split
from kdocs_plugin.messages import hint, text
from kdocs_plugin.model import Decision, Reference, Step
from kdocs_plugin.planning import Options, plan
from kdocs_plugin.source import scan
from tests.golden.cases import cases, read_case


def one_line(command: str) -> str:
    return " ⏎ ".join(line.strip() for line in command.split("\n"))


@pytest.mark.parametrize("path", cases("transcripts"))
def test_transcript(path: Path) -> None:
    case = read_case(path)
    block = case["block"].rstrip("\n")
    transcript = read_transcript(block)
    assert transcript.script.count("\n") == block.count("\n")
    found = [f"{s.line + 1} {one_line(s.text)}" for s in split(transcript.script)]
    assert found == case["commands"]
    outputs = [f"{each.line + 1}-{each.end_line + 1}" for each in transcript.outputs]
    assert outputs == case.get("outputs", [])
    typed = [
        f"{each.line + 1}-{each.end_line + 1} {one_line(each.text)}"
        for each in transcript.typed
    ]
    assert typed == case.get("typed", [])
    assert transcript.windows == case.get("windows", False)


@pytest.mark.parametrize("path", cases("planning"))
def test_plan(path: Path) -> None:
    case = read_case(path)
    note = scan("노트/파드.md", case["note"])
    options = Options(execute=case.get("execute", "auto"), read_file=case.get("beside", {}).get)
    scenario = plan(note, options)
    wanted = [dict(each) for each in case["steps"]]
    for step, want in zip(scenario.steps, wanted, strict=False):
        if told := want.pop("candidates", None):
            assert [c for r in step.references for c in r.candidates] == told
    assert [described(step) for step in scenario.steps] == wanted
    files = [
        f"{each.name}: line {note.blocks[each.block].start_line}, {each.source},"
        f" before {each.before}"
        for each in scenario.files
    ]
    assert files == case.get("files", [])
    findings = [f"{each.code} {each.position.line}" for each in scenario.findings]
    assert findings == case.get("findings", [])
    assert scenario.own_cluster == case.get("own_cluster", False)
    for step in scenario.steps:
        if step.reason:  # every reason has its words
            text(step.reason, "ko", step.reason_arguments)
    for finding in scenario.findings:
        text(finding.code, "en", finding.arguments)
        hint(finding.code, "ko", finding.arguments)


def described(step: Step) -> dict[str, Any]:
    runs = step.decision is Decision.RUN
    kinds = {("step", True): "run", ("step", False): "show", ("probe", True): "probe"}
    found: dict[str, Any] = {kinds.get((step.kind, runs), "silent"): one_line(step.command)}
    if step.reason:
        found["why"] = step.reason
    if bound := {r.text: value for r in step.references if (value := value_of(r))}:
        found["bind"] = bound
    if step.expected is not None:
        found["output"] = f"{step.expected.line}-{step.expected.end_line}"
    if step.stdin is not None:
        found["typed"] = one_line(step.stdin)
    if step.into is not None:
        found["into"] = step.into
    if step.effect.endless:
        found["goes_on"] = True
    if step.session:
        found["session"] = step.session
    return found


def value_of(reference: Reference) -> str:
    if reference.bound is not None:
        return reference.bound
    if reference.object_name is None:
        return ""
    owner = reference.object_name
    owner = owner if "/" in owner else f"{reference.kind}/{owner}".rstrip("/")
    shown = f" at line {reference.line}" if reference.line else ""
    return f"{reference.attribute} of {owner}".removesuffix(" of ") + shown
