"""All rules over one note."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kdocs_plugin.late import late
from kdocs_plugin.manifests import Problem
from kdocs_plugin.model import BlockKind, Finding, Note, Scenario, Severity, Step
from kdocs_plugin.rules import SEVERITIES
from kdocs_plugin.validation import object_rules, schema_rules, yaml_rules
from kdocs_plugin.validation import scenario as scenario_rules
from kdocs_plugin.validation.customs import customs_of
from kdocs_plugin.validation.ignores import Ignores
from kdocs_plugin.validation.options import Options, targets_of
from kdocs_plugin.validation.reading import Reading, read

_PRINTS_YAML: Final = late(r"\s(?:-o[ =]?|--output[ =])[\"']?yaml\b")


def check(
    note: Note, scenario: Scenario, options: Options | None = None
) -> tuple[Finding, ...]:
    """Every finding of the note: the scanner's, the plan's and the rules', by position."""
    ignores = Ignores(note)
    options = options or Options()
    targets, unusable = targets_of(note, options)
    found = [*note.problems, *scenario.findings, *unusable]
    if scenario.steps:
        from kdocs_plugin.validation import command_rules  # not for manifests alone

        found += command_rules.findings(note, scenario, targets)
    outputs = printed(note, scenario)
    readings = [
        read(block, scenario.mended)
        for block in note.blocks
        if block.kind is BlockKind.MANIFEST
        and ignores.wants(block)
        and block.index not in outputs
    ]
    kubernetes = schema_rules.Kubernetes(
        targets, customs_of(readings, scenario, targets, options.definitions)
    )
    for reading in readings:
        found += _check_block(note, reading, kubernetes)
    found += scenario_rules.findings(note, scenario, readings)
    heard = {_identity(each): each for each in found if not ignores.silences(each)}
    return tuple(sorted(heard.values(), key=lambda each: (each.position, each.code)))


def _check_block(
    note: Note, reading: Reading, kubernetes: schema_rules.Kubernetes
) -> Iterator[Finding]:
    problems = list(yaml_rules.problems(reading))
    if not any(
        problem.code == "KD103" or "separator" in problem.arguments for problem in problems
    ):
        problems += filter(object_rules.is_enforced, schema_rules.problems(reading, kubernetes))
        problems += object_rules.problems(reading, kubernetes, problems)
    if reading.template is not None and any(map(_is_error, problems)):
        # What a template becomes is known only to the one who renders it.
        before = reading.template.string[: reading.template.start()]
        place = before.count("\n"), len(before) - before.rfind("\n") - 1
        problems = [Problem("KD206", *place, {"mark": reading.template[0]})]
    for problem in problems:
        yield reading.finding(note.path, problem)


def printed(note: Note, scenario: Scenario) -> frozenset[int]:
    """The blocks that show what `-o yaml` in the block before them has printed."""
    last: dict[int, Step] = {}
    for step in scenario.steps:
        if step.block is not None:
            known = last.setdefault(step.block, step)
            last[step.block] = max(known, step, key=lambda each: each.position)
    files = {file.block for file in scenario.files}
    return frozenset(
        block.index
        for block in note.blocks
        if block.index not in files
        and (before := last.get(block.index - 1)) is not None
        and not before.effect.writes
        and _PRINTS_YAML.search(before.command) is not None
    )


def _is_error(problem: Problem) -> bool:
    return SEVERITIES[problem.code] is Severity.ERROR


def _identity(finding: Finding) -> tuple[object, ...]:
    """Two rules may see the same thing at the same place."""
    return finding.code, finding.position, str(sorted(finding.arguments.items()))
