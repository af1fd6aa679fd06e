"""What makes a recorded output still valid: the source that produced it.

A step's key covers its own text and options. Its chain covers everything before it too:
files, their content, and the steps that run earlier. Cluster version and image digests
are provenance, not source.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter

from kdocs_plugin.model import Decision, Scenario, Step
from kdocs_plugin.values import dataclass

IMAGES = "mkdocs.yml: images"  # in a file's place: what stands in for the note's images
VERSION = 1  # of the rule below: a change of it makes every record stale


@dataclass(frozen=True, slots=True)
class Fingerprints:
    """Of one scenario, by step index; only steps that run have any."""

    keys: dict[int, str]
    chains: dict[int, str]
    whole: str
    after: str  # of what the steps leave: what a page that goes on from this one depends on


def fingerprints_of(scenario: Scenario) -> Fingerprints:
    """Fingerprints of every step that runs, and of the scenario as a whole."""
    nodes = f" {scenario.nodes} nodes" if scenario.nodes > 1 else ""
    chain = hashlib.sha256(f"{VERSION} {scenario.own_cluster}{nodes}".encode())
    for earlier in scenario.before:
        chain.update(digest("needs", earlier.path, fingerprints_of(earlier).after).encode())
    if scenario.images:
        chain.update(digest("images", *map("=".join, sorted(scenario.images.items()))).encode())
    keys: dict[int, str] = {}
    chains: dict[int, str] = {}
    seen: Counter[str] = Counter()
    files = iter([*scenario.files, None])
    due = next(files)
    for step in scenario.steps:
        while due is not None and due.before <= step.index:
            chain.update(digest("file", due.name, due.content).encode())
            due = next(files)
        if step.decision is not Decision.RUN:
            continue
        own = own_digest(step, scenario)
        seen[own] += 1
        # The same command twice is two steps: the first stays the first.
        keys[step.index] = own if seen[own] == 1 else f"{own}-{seen[own]}"
        # Probes change nothing, so nothing that follows depends on them.
        after = chain if step.kind == "step" else chain.copy()
        after.update(own.encode())
        chains[step.index] = after.hexdigest()[:16]
    everything = digest(chain.hexdigest(), *sorted(chains.values()))
    return Fingerprints(keys, chains, everything, chain.hexdigest()[:16])


def own_digest(step: Step, scenario: Scenario) -> str:
    """Of a step's own text, what its placeholders are bound to, its options, and the
    files beside the note that it uses."""
    references = [
        (r.text, r.kind, str(r.attribute), r.bound, r.object_name) for r in step.references
    ]
    options = (step.timeout, step.returncode, step.wait, step.expect, step.stdin)
    parts = [step.kind, step.command, json.dumps([references, options], ensure_ascii=False)]
    if step.session or step.into is not None:  # which shell it is typed into
        parts += [step.session, str(step.into)]
    for name in (*step.effect.files, *step.uses):
        if name in scenario.beside:
            parts += [name, scenario.beside[name]]
    for reference in step.references:
        if reference.literal and reference.line:
            parts += [shown_at(reference.page or scenario.path, reference.line, scenario)]
    return digest(*parts)


def shown_at(page: str, line: int, scenario: Scenario) -> str:
    """The author's output that a literal is lined up by: another one binds it otherwise."""
    steps = (step for each in scenario.together if each.path == page for step in each.steps)
    outputs = (step.expected for step in steps if step.expected is not None)
    return next((each.text for each in outputs if each.line <= line <= each.end_line), "")


def files_of(scenario: Scenario) -> tuple[tuple[str, str], ...]:
    """The files that the scenario's steps find, by name; of a name that is written again
    and again all contents count. A page that runs before is one by its path."""
    contents: dict[str, list[str]] = {}
    for earlier in scenario.before:
        contents[earlier.path] = [fingerprints_of(earlier).after]
    if scenario.images:
        contents[IMAGES] = [*map("=".join, sorted(scenario.images.items()))]
    for binding in scenario.files:
        contents.setdefault(binding.name, []).append(binding.content)
    for name, text in scenario.beside.items():
        contents.setdefault(name, []).append(text)
    return tuple((name, digest(*texts)) for name, texts in contents.items())


def digest(*parts: str) -> str:
    """Sixteen digits that stand for the parts."""
    text = "\0".join(parts)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
