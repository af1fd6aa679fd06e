"""The one function of this layer: a note becomes a scenario."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from kdocs_plugin.digest import sha256
from kdocs_plugin.manifests.schemas import validator
from kdocs_plugin.manifests.tabs import mend
from kdocs_plugin.model import BlockKind, Decision, FileBinding, Note, Scenario, Step
from kdocs_plugin.planning.beside import files_beside
from kdocs_plugin.planning.blocks import commands_of
from kdocs_plugin.planning.depends import makes_of, needs_of_step
from kdocs_plugin.planning.draft import Draft, Verdict, mapping
from kdocs_plugin.planning.files import bind_files, is_whole
from kdocs_plugin.planning.lacks import lacks_of
from kdocs_plugin.planning.literals import bind_literals
from kdocs_plugin.planning.needs import NOTHING, Needs, needs_of
from kdocs_plugin.planning.options import Options
from kdocs_plugin.planning.order import run_order
from kdocs_plugin.planning.policy import (
    is_confined,
    only_asks_itself,
    policy,
    refusal,
)
from kdocs_plugin.planning.probes import probes_of
from kdocs_plugin.planning.references import bind_references
from kdocs_plugin.planning.scope import CLUSTER_KINDS, needs_own_cluster, nodes_of
from kdocs_plugin.planning.standing import Standing
from kdocs_plugin.planning.swaps import swaps_of
from kdocs_plugin.planning.tracing import Tracer
from kdocs_plugin.planning.unmade import Unmade
from kdocs_plugin.values import replace

UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "": 1.0}
NAMED = 8  # candidates that a reason names
NEED_NOTHING = frozenset(
    "version api-resources api-versions explain cluster-info auth options help".split()
)


def plan(note: Note, options: Options | None = None) -> Scenario:
    """What running the note would do.

    Never raises on a note's content: what can't be planned is a step that is shown with
    its reason, or a finding.
    """
    options = options or Options()
    standing = Standing()
    before = []
    for earlier in options.needed:
        theirs = replace(
            options, read_file=earlier.read_file, read_folder=earlier.read_folder, needed=()
        )
        found, standing = plan_after(standing, earlier.note, theirs)
        before.append(found)
    scenario, _ = plan_after(standing, note, options)
    if not before:
        return scenario
    together = (*before, scenario)
    return replace(
        scenario,
        before=tuple(before),
        own_cluster=any(each.own_cluster for each in together),
        nodes=max(each.nodes for each in together),
    )


def plan_after(standing: Standing, note: Note, options: Options) -> tuple[Scenario, Standing]:
    """A page's own scenario where something stands already, and what stands afterwards."""
    mended = mend_tabs(note)
    drafts = sorted([*commands_of(note), *probes_of(note)], key=lambda each: each.position)
    whole = whole_manifests(note, mended)
    files, findings = bind_files(note, drafts, mended, whole, options, standing.files)
    afterwards = decide_steps(note, drafts, files, options, standing.on(note.path))
    order = run_order(drafts, standing.objects.all())
    decide_probes(note, order, options, standing.on(note.path))
    running = [draft for draft in order if draft.refused is None]
    beside, uses = files_beside(running, files, options)
    needs = needs_of([*standing.drafts, *running])
    nodes, unusable = nodes_of(note)
    places = {id(draft): number for number, draft in enumerate(order)}
    scenario = Scenario(
        path=note.path,
        namespace=namespace_of(note.path),
        steps=tuple(
            replace(
                step_of(number, draft, note, options, needs.get(id(draft), NOTHING), places),
                uses=uses.get(id(draft), ()),
            )
            for number, draft in enumerate(order)
        ),
        files=in_running_order(files, drafts, order),
        findings=(*unusable, *findings),
        own_cluster=needs_own_cluster(note, running),
        beside=beside,
        mended=mended,
        lacks=lacks_of(running, nodes or options.nodes),
        nodes=nodes or options.nodes,
    )
    return replace(scenario, images=swaps_of(scenario, options.images)), afterwards


def namespace_of(path: str) -> str:
    """A stable name made from the page: DNS-1123, at most 63 characters."""
    stem = re.sub(r"\.(?:md|markdown)$", "", path, flags=re.IGNORECASE)
    slug = re.sub(r"[^a-z0-9]+", "-", stem.rsplit("/", 1)[-1].lower()).strip("-")
    digest = sha256(path.encode("utf-8", "surrogatepass")).hexdigest()[:6]
    return "-".join(part for part in ("kdocs", slug[:40].strip("-"), digest) if part)


# --- The note's manifests ---------------------------------------------------------------


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
    return frozenset(
        block.index
        for block in note.blocks
        if block.kind is BlockKind.MANIFEST and is_whole(mended.get(block.index, block.body))
    )


# --- What runs --------------------------------------------------------------------------


def decide_steps(
    note: Note,
    drafts: Sequence[Draft],
    files: Sequence[FileBinding],
    options: Options,
    standing: Standing,
) -> Standing:
    """For every step, in document order: may it run, with what values, and what it makes.

    A step that does not run makes nothing, so nothing below may be bound to that.
    """
    tracer = Tracer(files, options, standing.written)
    unmade = Unmade()
    for number, draft in enumerate(drafts):
        if draft.is_probe:
            continue
        bind_references(draft, standing.objects, binds_of(note), standing.variables)
        bind_literals(draft, standing.objects, standing.shown, note.path, binds_of(note))
        draft.refused = verdict_on(draft, execute_of(draft, note, options), standing.functions)
        if draft.refused is None and only_asks_itself(draft) and not standing.serves:
            draft.refused = "plan.no_answer", {}
        draft.refused = draft.refused or unmade.needed_by(draft, standing.objects)
        if draft.refused is not None:
            unmade.notice(draft)
        if draft.refused is None and draft.opener is None:
            tracer.trace(number, draft)
        standing.after(draft)
    standing.files.update(each.name for each in files)
    return standing


def decide_probes(
    note: Note, order: Sequence[Draft], options: Options, standing: Standing
) -> None:
    """The same for probes, at the place where each is taken."""
    for draft in order:
        if not draft.is_probe:
            standing.after(draft)
            continue
        bind_references(draft, standing.objects, binds_of(note), standing.variables)
        bind_literals(draft, standing.objects, standing.shown, note.path, binds_of(note))
        draft.refused = verdict_on(draft, execute_of(draft, note, options), ())
        if draft.refused is None and not standing.makes and not needs_no_object(draft):
            draft.refused = "plan.nothing_made", {}


def binds_of(note: Note) -> Mapping[str, Any]:
    """`bind:` of the front matter."""
    return mapping(note.options.get("bind"))


def execute_of(draft: Draft, note: Note, options: Options) -> str:
    """The policy for a command: the block's word, else the page's, else the site's."""
    page = policy(note.options.get("execute"), options.execute)
    return policy(draft.options.get("execute"), page)


def verdict_on(draft: Draft, execute: str, functions: Collection[str]) -> Verdict | None:
    """Why a command does not run: the policy, or a value that nothing stands for."""
    if execute == "on":  # then what the author typed is what is meant
        bound = (each for each in draft.references if each.is_bound or not each.literal)
        draft.references = tuple(bound)
    refused, lacking = refusal(draft, execute, functions), unbound(draft)
    if refused is not None and refused[0] == "plan.outside" and lacking is not None:
        return lacking  # the address is the author's own run's: that says more
    return refused or lacking


def unbound(draft: Draft) -> Verdict | None:
    """A placeholder or an author's literal without a value keeps its command from running."""
    for reference in draft.references:
        if not reference.is_bound:
            key = "plan.literal" if reference.literal else "plan.unbound"
            candidates = ", ".join(reference.candidates[:NAMED])
            return key, {"placeholder": reference.text, "candidates": candidates}
    return None


def needs_no_object(probe: Draft) -> bool:
    """Whether a probe says something on a page that makes nothing."""
    return bool(probe.kubectl) and all(
        line.verb in NEED_NOTHING
        or line.resource in CLUSTER_KINDS
        or line.has("-A", "--all-namespaces", "-n", "--namespace")
        for line in probe.kubectl
    )


# --- The scenario's values --------------------------------------------------------------


def in_running_order(
    files: Sequence[FileBinding], drafts: Sequence[Draft], order: Sequence[Draft]
) -> tuple[FileBinding, ...]:
    """Bindings whose `before` counts in the order of running. Probes may have moved, so
    a file is written before the step that follows it in the note."""
    places = {id(draft): number for number, draft in enumerate(order)}
    following, place = [0] * (len(drafts) + 1), len(order)
    following[len(drafts)] = place
    for number in range(len(drafts) - 1, -1, -1):
        if not drafts[number].is_probe:
            place = places[id(drafts[number])]
        following[number] = place
    return tuple(replace(each, before=following[each.before]) for each in files)


def step_of(
    index: int,
    draft: Draft,
    note: Note,
    options: Options,
    needs: Needs,
    places: Mapping[int, int],
) -> Step:
    """A draft as the model's value; `places` are the steps' indexes by the draft's identity."""
    key, arguments = draft.refused or ("", {})
    timeout = seconds(note.options.get("timeout"), options.timeout)
    runs = draft.refused is None
    needed, up = needs_of_step(draft) if runs else ((), ())
    return Step(
        index=index,
        kind="probe" if draft.is_probe else "step",
        position=draft.position,
        end_line=draft.end_line,
        command=draft.statement.text,
        decision=Decision.SHOW if draft.refused else Decision.RUN,
        reason=key,
        reason_arguments=arguments,
        block=draft.block,
        code=draft.code,
        references=draft.references,
        expected=draft.expected,
        effect=draft.effect,
        stdin=draft.stdin,
        timeout=seconds(draft.options.get("timeout"), timeout),
        returncode=integer(draft.options.get("returncode")),
        wait=draft.options.get("wait", "settled"),
        expect=draft.options.get("expect", ""),
        hidden=draft.hidden or draft.options.get("hide") == "true",
        confined=is_confined(draft),
        addons=needs.addons,
        numbers=needs.numbers,
        into=places[id(draft.opener)] if draft.opener is not None else None,
        session=draft.options.get("session", ""),
        makes=makes_of(draft) if runs and draft.opener is None else (),
        needs=needed,
        needs_running=up,
    )


def seconds(value: Any, default: float) -> float:
    """`90s`, `2m`, `500ms` or a number of seconds; the default for anything else."""
    match = re.fullmatch(r"(\d{1,6}(?:\.\d{1,3})?)(ms|s|m|)", str(value))
    return float(match[1]) * UNITS[match[2]] or default if match else default


def integer(value: str | None) -> int | None:
    """An exit status, None for anything else."""
    return int(value) if value is not None and re.fullmatch(r"\d{1,3}", value) else None
