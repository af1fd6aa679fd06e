"""KD405: what a later apply may not change."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kdocs_plugin.late import late
from kdocs_plugin.manifests import values
from kdocs_plugin.model import Finding
from kdocs_plugin.planning.objects import deleted_by_words
from kdocs_plugin.validation.scenario.immutable import changed_fields
from kdocs_plugin.validation.scenario.placed import Placed
from kdocs_plugin.validation.scenario.world import Use, World

Identity = tuple[str, str, str]  # lower-case kind, namespace, name

_REFUSED: Final = late(r"(?i)immutable|forbidden|invalid|error")


def changed(world: World) -> Iterator[Finding]:
    """Follow the note's objects through its commands; what may have changed them by other
    means is forgotten, so that nothing is said that is not sure."""
    standing: dict[Identity, Placed] = {}
    uses: dict[int, list[Use]] = {use.step.index: [] for use in world.uses}
    for use in world.uses:
        uses[use.step.index].append(use)
    for step in world.steps:
        if step.index not in uses:
            if _may_delete(world, step.index):
                standing.clear()
            continue
        refused = step.returncode or (
            step.expected is not None and _REFUSED.search(step.expected.text)
        )
        for use in uses[step.index]:
            line = use.line
            if line.dry or not line.mutates:
                continue
            if line.verb == "delete":
                _delete(standing, use)
            elif line.verb in ("edit", "patch", "set", "debug") or line.has("--force"):
                standing.clear()
            elif line.verb in ("apply", "create", "replace") and not refused:
                for placed in use.objects:
                    identity = _identity(placed, use)
                    if line.verb != "create" and identity in standing:
                        yield from _change(world, standing[identity], placed)
                    standing[identity] = placed


def _may_delete(world: World, index: int) -> bool:
    """Whether a step without kubectl may do away with objects: helm, minikube, a script."""
    return any(
        command.name in ("helm", "minikube", "kind", "k3d", "bash", "sh", "make", "kubeadm")
        for statement in world.statements[index]
        for command in statement.commands
    )


def _delete(standing: dict[Identity, Placed], use: Use) -> None:
    line = use.line
    if line.resource in ("namespace", "all") or line.has("--all", "-l", "--selector", "-k"):
        standing.clear()
        return
    gone = {(each.kind, each.name) for each in use.objects}
    gone |= {(kind, name) for kind, name in deleted_by_words(line, {})}
    if use.unknown or any(not name or set(name) & set("$*<{") for _, name in gone):
        standing.clear()
        return
    for identity in list(standing):
        if (identity[0], identity[2]) in gone:
            del standing[identity]


def _change(world: World, old: Placed, new: Placed) -> Iterator[Finding]:
    if old is new or old.value == new.value:
        return
    for path in changed_fields(new.kind, old.value, new.value):
        before = old.position(path) or old.position(())
        if before is None:
            continue
        arguments = {
            "kind": new.value.get("kind"),
            "name": new.name,
            "path": values.spell(path),
            "line": before.line,
            "recreate": f"kubectl delete {new.kind} {new.name}",
        }
        yield from new.finding(world.note, "KD405", path, arguments, key=True)
        return  # one is enough to be refused


def _identity(placed: Placed, use: Use) -> Identity:
    told = next(iter(use.line.values("-n", "--namespace")), "")
    return placed.kind, placed.namespace or told, placed.name
