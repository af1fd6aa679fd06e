"""Which objects a scenario makes and removes, command by command, read from its text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from kdocs_plugin.commands import Kubectl
from kdocs_plugin.manifests import load
from kdocs_plugin.model import FileBinding
from kdocs_plugin.planning.draft import Draft, Obj, mapping

# Kinds that make pods of their own with generated names.
WORKLOADS = frozenset(
    "deployment replicaset statefulset daemonset job cronjob replicationcontroller".split()
)


def trace_objects(
    drafts: Sequence[Draft],
    files: Sequence[FileBinding],
    read_file: Callable[[str], str | None],
) -> None:
    """Set `creates` and `deletes` of every draft. `drafts` are in document order."""
    written: dict[str, str] = {}
    pending = list(files)
    for number, draft in enumerate(drafts):
        while pending and pending[0].before <= number:
            binding = pending.pop(0)
            written[binding.name] = binding.content
        for line in draft.kubectl:
            contents = [content_of(name, written, read_file) for name in line.files]
            objects = [obj for text in contents if text for obj in objects_of(text)]
            if line.verb in ("apply", "create", "replace") and line.mutates:
                draft.creates += (*objects, *created_by_words(line))
            elif line.verb in ("run", "expose") and line.mutates:
                draft.creates += tuple(created_by_words(line))
            elif line.verb == "delete":
                draft.deletes += tuple((obj.kind, obj.name) for obj in objects)
                draft.deletes += deleted_by_words(line)


def content_of(
    name: str, written: dict[str, str], read_file: Callable[[str], str | None]
) -> str | None:
    bare = name.removeprefix("./").rstrip("/")
    if bare in written:
        return written[bare]
    if bare in ("", "."):
        return "\n---\n".join(written.values())
    inside = [text for each, text in written.items() if each.startswith(bare + "/")]
    return "\n---\n".join(inside) if inside else read_file(bare)


def objects_of(text: str) -> list[Obj]:
    """The objects of a YAML text, List items taken apart."""
    found = []
    for document in load(text).documents:
        value = mapping(document.value)
        items = value.get("items") if str(value.get("kind")) == "List" else None
        for each in items if isinstance(items, list) else [value]:
            each = mapping(each)
            kind, name = each.get("kind"), mapping(each.get("metadata")).get("name")
            if isinstance(kind, str) and isinstance(name, str):
                found.append(Obj(kind.lower(), name, each))
    return found


def created_by_words(line: Kubectl) -> Iterable[Obj]:
    """What `kubectl run web`, `create deployment web`, `expose deployment web` make."""
    names = line.values("--name") if line.verb == "expose" else ()
    names = names or line.names
    kind = {"run": "pod", "expose": "service"}.get(line.verb, line.resource)
    if not kind or not names or line.files:
        return
    image = next(iter(line.values("--image")), "")
    container: dict[str, Any] = {"name": names[0], "image": image}
    if port := next(iter(line.values("--port")), ""):
        container["ports"] = [{"containerPort": port}]
    spec: dict[str, Any] = {"containers": [container]}
    if kind == "service":
        spec = {"ports": [{"port": port}]}
    elif kind in WORKLOADS:
        spec = {"template": {"spec": spec}}
    yield Obj(kind, names[0], {"kind": kind, "metadata": {"name": names[0]}, "spec": spec})


def deleted_by_words(line: Kubectl) -> tuple[tuple[str, str], ...]:
    if line.files or not line.resource:
        return ()
    if line.has("--all") or line.has("-l", "--selector"):
        return ((line.resource, ""),)
    kind_word = line.arguments[0] if line.arguments else ""
    if "/" in kind_word:
        return tuple(
            (a.split("/", 1)[0].lower(), a.split("/", 1)[1]) for a in line.arguments if "/" in a
        )
    return tuple((line.resource, name) for name in line.names)
