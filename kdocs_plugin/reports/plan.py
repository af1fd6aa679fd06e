"""What a run would do: every command, bound to what, and why not where not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from kdocs_plugin.messages import Language, hint, text
from kdocs_plugin.model import Decision, Page, Reference, Scenario, Step
from kdocs_plugin.planning.images import images_of

Absent = Callable[[str], "tuple[str, ...] | None"]  # an image -> what is there instead


def nothing_absent(_: str) -> tuple[str, ...] | None:
    """Where nothing is known of images."""
    return None


def plan_text(
    pages: Sequence[Page],
    language: Language,
    shown_path: Callable[[str], str],
    absent: Absent = nothing_absent,
) -> str:
    """For people: in order of running, a line a command."""
    lines: list[str] = []
    for page in pages:
        if not page.scenario.steps:
            continue
        own = (
            "  (" + text("plan.own_cluster", language, {}) + ")"
            if page.scenario.own_cluster
            else ""
        )
        lines.append(f"{shown_path(page.note.path)}{own}")
        if before := [shown_path(each.path) for each in page.scenario.before]:
            lines.append("  " + text("plan.before", language, {"pages": ", ".join(before)}))
        lines += scenario_lines(page.scenario, language)
        images = images_of(page.scenario)
        for step in page.scenario.steps:
            for binding in page.scenario.files:
                if binding.before == step.index:
                    block = page.note.blocks[binding.block]
                    place = {"line": block.start_line, "file": binding.name}
                    lines.append(
                        "         " + text(f"plan.file.{binding.source}", language, place)
                    )
            lines += step_lines(step, language)
            for told in absent_images(images.get(step.index, ()), absent):
                lines.append("         ! " + text("plan.no_image", language, told))
                lines.append("           " + hint("plan.no_image", language, told))
        lines.append("")
    return "\n".join(lines).rstrip("\n")


def absent_images(images: Sequence[str], absent: Absent) -> Iterator[dict[str, str]]:
    """The images that can't be had, as their message's arguments."""
    for image in images:
        here = absent(image)
        if here is not None:
            yield {"image": image, "here": ", ".join(here[:6])}


def scenario_lines(scenario: Scenario, language: Language) -> list[str]:
    """What its cluster must have: nodes, add-ons; and what the local cluster has not."""
    lines = []
    if scenario.nodes > 1:
        lines.append("  " + text("plan.nodes", language, {"nodes": scenario.nodes}))
    if scenario.addons:
        names = ", ".join(
            text(f"addon.{each}", language, {}) for each in sorted(scenario.addons)
        )
        lines.append("  " + text("plan.addons", language, {"addons": names}))
    lines += [
        "  " + text("plan.swap", language, {"image": image, "other": other})
        for image, other in scenario.images.items()
    ]
    lines += [
        f"  ! {lack.position.line:>4}  {text(lack.key, language, lack.arguments)}"
        for lack in scenario.lacks
    ]
    return lines


def step_lines(step: Step, language: Language) -> list[str]:
    """A command with what it is bound to, or why it does not run."""
    mark = "▶" if step.decision is Decision.RUN else "·"
    probe = " ?" if step.kind == "probe" else ""
    first, *rest = step.command.split("\n")
    lines = [f"  {mark} {step.position.line:>4}  {first}{probe}"]
    lines += [f"         {each}" for each in rest]
    lines += [f"         {binding_text(each, language)}" for each in step.references]
    if step.reason:
        why = text(step.reason, language, step.reason_arguments)
        more = hint(step.reason, language, step.reason_arguments)
        lines.append("         " + ": ".join(filter(None, (why, more))))
    return lines


def binding_text(reference: Reference, language: Language) -> str:
    """A placeholder or an author's literal, and what will stand in its place."""
    if reference.bound is not None:
        return f"{reference.text} = {reference.bound}"
    if reference.object_name is not None and reference.attribute is not None:
        name = "/".join(
            filter(None, (reference.kind, reference.object_name.rsplit("/", 1)[-1]))
        )
        said = f"{reference.text} = {reference.attribute} ← {name}".removesuffix(" ← ")
        if reference.line:
            place = f"{reference.page}:" if reference.page else ""
            arguments = {"line": f"{place}{reference.line}"}
            said += " · " + text("plan.lined_up", language, arguments)
        return said
    return f"{reference.text} = ?"


def plan_json(
    pages: Sequence[Page],
    language: Language,
    shown_path: Callable[[str], str],
    absent: Absent = nothing_absent,
) -> dict[str, Any]:
    """The same for machines."""
    return {
        "notes": [
            {
                "path": shown_path(page.note.path),
                "namespace": page.scenario.namespace,
                "own_cluster": page.scenario.own_cluster,
                "pages_first": [shown_path(each.path) for each in page.scenario.before],
                "images_missing": [
                    told["image"]
                    for images in images_of(page.scenario).values()
                    for told in absent_images(images, absent)
                ],
                "images": dict(page.scenario.images),
                "nodes": max(1, page.scenario.nodes),
                "needs": sorted(page.scenario.addons),
                "lacks": [
                    {
                        "what": lack.key.removeprefix("lack."),
                        "line": lack.position.line,
                        "message": text(lack.key, language, lack.arguments),
                    }
                    for lack in page.scenario.lacks
                ],
                "files": [
                    {
                        "name": each.name,
                        "line": page.note.blocks[each.block].start_line,
                        "source": each.source,
                    }
                    for each in page.scenario.files
                ],
                "steps": [
                    {
                        "line": step.position.line,
                        "column": step.position.column,
                        "kind": step.kind,
                        "command": step.command,
                        "decision": str(step.decision),
                        "reason": text(step.reason, language, step.reason_arguments)
                        if step.reason
                        else "",
                        "order": number if step.decision is Decision.RUN else None,
                        "bindings": {r.text: r.bound or r.object_name for r in step.references},
                    }
                    for number, step in enumerate(page.scenario.steps, 1)
                ],
            }
            for page in pages
        ]
    }
