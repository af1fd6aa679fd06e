"""The one function of this layer: a note becomes a scenario."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from kdocs_plugin.manifests import load
from kdocs_plugin.manifests.schemas import validator
from kdocs_plugin.manifests.tabs import mend
from kdocs_plugin.model import BlockKind, Decision, Note, Scenario, Step
from kdocs_plugin.planning.blocks import commands_of
from kdocs_plugin.planning.draft import Draft
from kdocs_plugin.planning.files import bind_files
from kdocs_plugin.planning.objects import trace_objects
from kdocs_plugin.planning.options import Options
from kdocs_plugin.planning.order import alive_after, run_order
from kdocs_plugin.planning.policy import Verdict, needs_own_cluster, refusal
from kdocs_plugin.planning.probes import probes_of
from kdocs_plugin.planning.references import bind_references, is_bound

UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "": 1.0}


def plan(note: Note, options: Options | None = None) -> Scenario:
    """What running the note would do.

    Never raises on a note's content: what can't be planned is a step that is shown with
    its reason, or a finding.
    """
    options = options or Options()
    mended = mend_tabs(note)
    whole = whole_manifests(note, mended)
    commands, windows = commands_of(note)
    drafts = sorted([*commands, *probes_of(note)], key=lambda each: (each.place, each.column))
    files, findings = bind_files(note, drafts, mended, whole, options)
    trace_objects(drafts, files, options.read_file)
    order = run_order(drafts)
    binds = note.options.get("bind")
    for number, draft in enumerate(order):
        bind_references(
            draft, alive_after(order[:number]), binds if isinstance(binds, Mapping) else {}
        )

    def place(number: int) -> int:
        """From a place in document order to one in the order of running. Probes may have
        moved, so the next step counts."""
        following = next((draft for draft in drafts[number:] if not draft.is_probe), None)
        return len(order) if following is None else order.index(following)

    execute = str(note.options.get("execute", options.execute))
    return Scenario(
        path=note.path,
        namespace=namespace_of(note.path),
        steps=tuple(
            step_of(number, draft, order, execute, windows, options, note)
            for number, draft in enumerate(order)
        ),
        files=tuple(replace(each, before=place(each.before)) for each in files),
        findings=findings,
        own_cluster=needs_own_cluster(drafts, note.text),
        mended=mended,
    )


def namespace_of(path: str) -> str:
    """A stable name made from the page: DNS-1123, at most 63 characters."""
    stem = re.sub(r"\.(?:md|markdown)$", "", path, flags=re.IGNORECASE)
    slug = re.sub(r"[^a-z0-9]+", "-", stem.rsplit("/", 1)[-1].lower()).strip("-")
    digest = hashlib.sha256(path.encode()).hexdigest()[:6]
    return "-".join(part for part in ("kdocs", slug[:40].strip("-"), digest) if part)


def mend_tabs(note: Note) -> dict[int, str]:
    """Block index to mended text, for blocks whose tabs have one mend."""
    mended = {}
    for block in note.blocks:
        if block.kind is BlockKind.MANIFEST and "\t" in block.body:
            found = mend(block.body, validator().accepts)
            if found is not None and found.text is not None:
                mended[block.index] = found.text
    return mended


def whole_manifests(note: Note, mended: Mapping[int, str]) -> frozenset[int]:
    """Indexes of blocks in which every document has apiVersion and kind."""
    whole = set()
    for block in note.blocks:
        if block.kind is not BlockKind.MANIFEST:
            continue
        documents = load(mended.get(block.index, block.body)).documents
        filled = [document for document in documents if document.value is not None]
        if filled and all(document.api_version and document.kind for document in filled):
            whole.add(block.index)
    return frozenset(whole)


def step_of(
    index: int,
    draft: Draft,
    order: Sequence[Draft],
    execute: str,
    windows: frozenset[int],
    options: Options,
    note: Note,
) -> Step:
    execute = draft.options.get("execute", execute)
    verdict = refusal(draft, execute)
    if draft.block in windows:
        verdict = ("plan.windows", {})
    if verdict is None:
        verdict = unbound(draft)
    if verdict is None and draft.is_probe and not has_ground(draft, order[:index]):
        verdict = ("plan.nothing_made", {})
    key, arguments = verdict or ("", {})
    return Step(
        index=index,
        kind="probe" if draft.is_probe else "step",
        position=draft.position,
        end_line=draft.end_line,
        command=draft.statement.text,
        decision=Decision.SHOW if verdict else Decision.RUN,
        reason=key,
        reason_arguments=arguments,
        block=draft.block,
        code=draft.code,
        references=draft.references,
        expected=draft.expected,
        effect=draft.effect,
        timeout=seconds(
            draft.options.get("timeout", note.options.get("timeout")), options.timeout
        ),
        returncode=integer(draft.options.get("returncode")),
        wait=draft.options.get("wait", "settled"),
        expect=draft.options.get("expect", ""),
        hidden=draft.hidden or draft.options.get("hide") == "true",
    )


def unbound(draft: Draft) -> Verdict | None:
    for reference in draft.references:
        if not is_bound(reference):
            return "plan.unbound", {"placeholder": reference.text}
    return None


def has_ground(probe: Draft, before: Sequence[Draft]) -> bool:
    """A probe of the scenario's objects says nothing on a page that makes none."""
    cluster_wide = all(
        line.verb
        in ("version", "api-resources", "api-versions", "explain", "cluster-info", "auth")
        or line.resource in ("node", "namespace", "storageclass")
        or line.has("-A", "--all-namespaces", "-n", "--namespace")
        for line in probe.kubectl
    )
    return (bool(probe.kubectl) and cluster_wide) or any(draft.creates for draft in before)


def seconds(value: Any, default: float) -> float:
    """`90s`, `2m`, `500ms` or a number of seconds; the default for anything else."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)(ms|s|m|)", str(value)) if value is not None else None
    return float(match[1]) * UNITS[match[2]] if match else default


def integer(value: str | None) -> int | None:
    return int(value) if value is not None and re.fullmatch(r"\d+", value) else None
