"""What makes a recorded output still valid: the source that produced it.

A step's key covers its own text and options. Its chain covers everything before it too:
files, their content, and the steps that run earlier. Cluster version and image digests
are provenance, not source.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import dataclass

from kdocs_plugin.model import Decision, Scenario, Step

VERSION = 1  # of the rule below: a change of it makes every record stale


@dataclass(frozen=True, slots=True)
class Fingerprints:
    """Of one scenario, by step index; only steps that run have any."""

    keys: dict[int, str]
    chains: dict[int, str]
    whole: str


def fingerprints_of(scenario: Scenario) -> Fingerprints:
    """Fingerprints of every step that runs, and of the scenario as a whole."""
    chain = digest(VERSION, scenario.own_cluster)
    keys: dict[int, str] = {}
    chains: dict[int, str] = {}
    seen: Counter[str] = Counter()
    files = iter([*scenario.files, None])
    due = next(files)
    for step in scenario.steps:
        while due is not None and due.before <= step.index:
            chain = digest(chain, "file", due.name, due.content)
            due = next(files)
        if step.decision is not Decision.RUN:
            continue
        beside = [
            (name, scenario.beside[name])
            for name in step.effect.files
            if name in scenario.beside
        ]
        own = digest(step.kind, step.command, references_of(step), options_of(step), beside)
        seen[own] += 1
        # The same command twice is two steps: the first stays the first.
        keys[step.index] = own if seen[own] == 1 else f"{own}-{seen[own]}"
        chains[step.index] = digest(chain, own)
        # Probes change nothing, so nothing that follows depends on them.
        if step.kind == "step":
            chain = chains[step.index]
    return Fingerprints(keys, chains, digest(chain, sorted(chains.values())))


def references_of(step: Step) -> list[list[str | None]]:
    """What a step's placeholders are bound to."""
    return [[r.text, r.kind, r.attribute, r.bound, r.object_name] for r in step.references]


def options_of(step: Step) -> list[str | float | None]:
    """What the note says about how to run a step."""
    return [step.timeout, step.returncode, step.wait, step.expect, step.stdin]


def digest(*parts: object) -> str:
    """Of plain values. JSON, so that no two lists of parts look alike when joined."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]
