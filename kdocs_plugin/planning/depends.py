"""What a step makes and what it needs, as far as its words and its manifests tell.

A run uses it to say, of a step that can't work, which failed step is to blame: objects by
kind and name (`pod/web`), files (`file web.yaml`), variables (`$NAME`), local ports that
something serves (`port 8080`). What is not certain is not said: a step too many that is
tried costs a second, one too few hides what a reader would see.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from kdocs_plugin.commands import Kubectl, variables_of
from kdocs_plugin.late import late
from kdocs_plugin.planning.draft import Draft, Obj, mapping
from kdocs_plugin.planning.files import bare
from kdocs_plugin.planning.needs import sequence

# Verbs for which the object they name must be up, not only stand.
INTO = frozenset("exec attach port-forward cp wait".split())
MAKES_ONLY = frozenset("run create".split())
# What makes one object of another: `expose deployment web` needs the deployment.
FROM_OTHERS = frozenset("expose autoscale".split())
# Fields of a pod's that name other objects, with their kind.
NAMED = {
    "configMapKeyRef": ("configmap", "name"), "secretKeyRef": ("secret", "name"),
    "configMapRef": ("configmap", "name"), "secretRef": ("secret", "name"),
    "configMap": ("configmap", "name"), "secret": ("secret", "secretName"),
    "persistentVolumeClaim": ("persistentvolumeclaim", "claimName"),
}  # fmt: skip
USED = late(r"\$(?:\{(?:#|!)?)?(?P<name>[A-Za-z_]\w*)")
LITERAL = late(r"'[^']*'")
LOCAL = late(
    r"(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\]|\bhost)[:\s](?P<port>\d{2,5})(?!\d)"
)
DEPTH = 30  # of a manifest, as its loader holds it


def makes_of(draft: Draft) -> tuple[str, ...]:
    """What stands once the step has worked."""
    found = [f"{obj.kind}/{obj.name}" for obj in draft.creates]
    found += [f"file {bare(name)}" for name in draft.effect.writes if is_own(name)]
    found += [f"${name}" for name in sorted(variables_of(draft.statement))]
    found += [f"port {port}" for port in draft.effect.serves]
    return tuple(dict.fromkeys(found))


def needs_of_step(draft: Draft) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What must stand for the step to work; and of that, what must be up."""
    found: dict[str, None] = {}
    running: dict[str, None] = {}
    for reference in draft.references:
        if reference.object_name:
            kind, slash, name = reference.object_name.rpartition("/")
            token = f"{kind if slash else reference.kind}/{name}"
            found[token] = None
            if draft.effect.terminal or not draft.effect.reads:
                running[token] = None
    for line in draft.kubectl:
        tokens = list(needs_of_line(line))
        found.update(dict.fromkeys(tokens))
        if line.verb in INTO or (line.verb, line.subcommand) == ("rollout", "status"):
            running.update(dict.fromkeys(tokens))
    for obj in draft.creates:
        found.update(dict.fromkeys(needs_of_object(obj)))
    text = draft.statement.text
    found.update({f"file {bare(name)}": None for name in draft.statement.reads if is_own(name)})
    for port in ports_in(text if draft.stdin is None else f"{text}\n{draft.stdin}"):
        found[f"port {port}"] = None
    own = makes_of(draft)
    for match in USED.finditer(LITERAL.sub("", text)):
        found[f"${match['name']}"] = None
    return (
        tuple(each for each in found if each not in own or each.startswith("$")),
        tuple(each for each in running if each in found),
    )


def needs_of_line(line: Kubectl) -> Iterator[str]:
    """What a kubectl line names that must be there."""
    for name in line.files:
        if name != "-":
            yield f"file {bare(name)}"
    for namespace in line.values("-n", "--namespace"):
        yield f"namespace/{namespace}"
    if line.verb in MAKES_ONLY or (line.verb == "apply" and line.files):
        return
    for kind, name in line.targets:
        yield f"{kind}/{name}"


def needs_of_object(obj: Obj) -> Iterator[str]:
    """The other objects that an object's pods can't start without."""
    pending: list[tuple[Any, int]] = [(obj.pod_spec, 0)]
    while pending:
        value, depth = pending.pop()
        if depth > DEPTH:
            continue
        if isinstance(value, Mapping):
            for key, inside in value.items():
                kind, field = NAMED.get(str(key), ("", ""))
                name = mapping(inside).get(field) if kind else None
                if isinstance(name, str):
                    yield f"{kind}/{name}"
                pending.append((inside, depth + 1))
        else:
            pending += [(each, depth + 1) for each in sequence(value)]


def is_own(name: str) -> bool:
    """Whether a file is one of the scenario's, and no device."""
    return not name.startswith("/dev/")


def ports_in(text: str) -> Collection[int]:
    """Ports of this machine that a text asks."""
    return {int(match["port"]) for match in LOCAL.finditer(text)}
