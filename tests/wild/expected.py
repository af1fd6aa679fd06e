"""Wild notes: notes as people write them, each with what a careful reader expects of it.

NN-topic.md is a note in one of the styles that stand in real study notes; what looks like
output in it is a fixture, written for it and never printed by anything. NN-topic.yaml says,
from the meaning of the words in the manual and not from what the code does:

    steps: every command in the note's order, one mapping each
        run | show | probe | silent: the command; a step or a probe that runs or does not.
            Lines are joined by ` ⏎ `, an ending `…` stands for any rest
        why: message key without `plan.` where it does not run
        out: "3 NAME READY": how many lines of the author's output belong to it, and how the
            first begins, blanks narrowed
        typed: what is typed into it, in its own fence
        into: the command whose shell it is typed into, from a fence of its own
        bind: {placeholder: value, or `attribute of kind/name`}
        literals: {a value of the author's own run: `attribute of kind/name`}
        live: how a run of it ends (ok, failed, timeout, blocked, shown), where that is not ok
            for what runs and shown for what does not
        cause: message key without `cause.` of what its failure usually means
    files: ["web.yaml: Pod/web, Service/web", ...]: what commands find, and the objects in it
    findings: ["KD102 how the line begins", ...]
    lacks: [ingress, ...]: message keys without `lack.`
    own_cluster: true
    apart: "why what is found differs": a known gap; the test fails once it is closed

Values left out are empty or false.
"""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from typing import Any

import pytest
import yaml

from kdocs_plugin.config import Settings, settings_for
from kdocs_plugin.manifests import load
from kdocs_plugin.model import Decision, Page, Reference, Scenario, Step
from kdocs_plugin.pipeline import prepare
from kdocs_plugin.source import read

HERE = Path(__file__).parent


def wild_notes() -> list[Any]:
    """A test parameter for each note, named after its file."""
    return [pytest.param(path, id=path.stem) for path in sorted(HERE.glob("[0-9]*.md"))]


def expectation(note: Path) -> dict[str, Any]:
    """The sidecar of a note."""
    value = yaml.safe_load(note.with_suffix(".yaml").read_text("utf-8"))
    assert isinstance(value, dict)
    return value


def settings(folder: Path, **options: Any) -> Settings:
    """As in any folder of Markdown without an mkdocs.yml."""
    return settings_for(folder, folder, options)


def prepared(note: Path, using: Settings) -> Page:
    """The note as `kdocs check` and `kdocs run --plan` see it."""
    text, problems = read(note, note.name)
    return prepare(note.name, text, using, problems)


def in_note_order(scenario: Scenario) -> list[Step]:
    """Steps and probes as the note has them."""
    return sorted(scenario.steps, key=lambda step: step.position)


def described(step: Step, scenario: Scenario) -> dict[str, Any]:
    """A step in the words of a sidecar."""
    runs = step.decision is Decision.RUN
    kinds = {("step", True): "run", ("step", False): "show", ("probe", True): "probe"}
    found: dict[str, Any] = {kinds.get((step.kind, runs), "silent"): one_line(step.command)}
    if step.reason:
        found["why"] = step.reason.removeprefix("plan.")
    if step.expected is not None and step.stdin is None:  # a dialogue's stands between
        lines = step.expected.text.split("\n")
        found["out"] = f"{len(lines)} {narrow(lines[0])}"
    if step.stdin is not None:
        found["typed"] = one_line(step.stdin)
    if step.into is not None:
        found["into"] = one_line(scenario.steps[step.into].command)
    for key, literal in (("bind", False), ("literals", True)):
        values = {r.text: value_of(r) for r in step.references if r.literal is literal}
        if bound := {text: value for text, value in values.items() if value}:
            found[key] = bound
    return found


def fits(found: dict[str, Any], wanted: dict[str, Any]) -> bool:
    """Whether a described step is what the sidecar says, its own words cut as there."""
    wanted = {key: value for key, value in wanted.items() if key not in ("live", "cause")}
    if found.keys() != wanted.keys():
        return False
    return all(begins(value, wanted[key], key) for key, value in found.items())


def begins(value: Any, wanted: Any, key: str) -> bool:
    """`out` and what ends in `…` say how a value begins."""
    if key == "out":
        count, _, start = str(wanted).partition(" ")
        return bool(value.startswith(f"{count} {start}"))
    if isinstance(wanted, str) and wanted.endswith("…"):
        return bool(value.startswith(wanted[:-1]))
    return bool(value == wanted)


def files_of(page: Page) -> list[str]:
    """The bindings, with the objects that are in them."""
    return [
        f"{each.name}: {', '.join(objects_in(each.content))}" for each in page.scenario.files
    ]


def objects_in(content: str) -> list[str]:
    """Kind/name of every document."""
    values = [each.value for each in load(content).documents]
    return [
        f"{v['kind']}/{(v.get('metadata') or {}).get('name')}"
        for v in values
        if isinstance(v, dict) and "kind" in v
    ]


def findings_of(page: Page) -> list[str]:
    """Code and line of everything that `kdocs check` says."""
    lines = page.note.text.split("\n")
    found = [f"{each.code} {lines[each.position.line - 1].strip()}" for each in page.findings]
    return [unicodedata.normalize("NFC", each) for each in found]


def one_line(command: str) -> str:
    joined = " ⏎ ".join(line.strip() for line in command.split("\n"))
    return unicodedata.normalize("NFC", joined)


def narrow(line: str) -> str:
    return re.sub(r"\s+", " ", line.strip())


def value_of(reference: Reference) -> str:
    if reference.bound is not None:
        return reference.bound
    if reference.object_name is None:
        return ""
    owner = reference.object_name
    owner = owner if "/" in owner else f"{reference.kind}/{owner}".rstrip("/")
    return f"{reference.attribute} of {owner}"
