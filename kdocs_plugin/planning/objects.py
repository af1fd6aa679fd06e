"""Which objects a scenario makes and removes, command by command, read from its text."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from kdocs_plugin.commands import Kubectl, find_placeholders, kind_of, substitute
from kdocs_plugin.manifests import load
from kdocs_plugin.model import FileBinding
from kdocs_plugin.planning.draft import Draft, Obj, mapping
from kdocs_plugin.planning.files import bare

# Kinds that make pods of their own with generated names.
WORKLOADS = frozenset(
    "deployment replicaset statefulset daemonset job cronjob replicationcontroller".split()
)
MAKING = frozenset("apply create replace run expose autoscale".split())


class Objects:
    """The scenario's objects that stand at one point of it."""

    def __init__(self) -> None:
        self._by_kind: dict[str, dict[str, Obj]] = {}

    def of_kind(self, kind: str) -> list[Obj]:
        """Those of one kind, in the order in which they were made."""
        return list(self._by_kind.get(kind, {}).values())

    def copy(self) -> Objects:
        """The same, to be changed apart."""
        copied = Objects()
        copied._by_kind = {kind: dict(found) for kind, found in self._by_kind.items()}
        return copied

    def all(self) -> Iterator[Obj]:
        """Every one of them."""
        for each in self._by_kind.values():
            yield from each.values()

    def has(self, name: str) -> bool:
        """Whether an object of any kind has that name."""
        return any(name in each for each in self._by_kind.values())

    def names(self, kind: str) -> Collection[str]:
        """The names of those of one kind."""
        return self._by_kind.get(kind, {}).keys()

    def after(self, draft: Draft) -> None:
        """Let a command take effect."""
        for kind, name in draft.deletes:
            for each in list(self._by_kind) if kind == "all" else [kind]:
                found = self._by_kind.get(each, {})
                for gone in [name] if name else list(found):
                    found.pop(gone, None)
        for obj in draft.creates:
            self._by_kind.setdefault(obj.kind, {})[obj.name] = obj


class Tracer:
    """Follows files and objects through commands in document order."""

    def __init__(
        self,
        files: Sequence[FileBinding],
        read_file: Callable[[str], str | None],
        written: dict[str, tuple[Obj, ...]],
    ) -> None:
        self.pending = list(reversed(files))
        self.read_file = read_file
        self.written = written  # objects by file

    def trace(self, number: int, draft: Draft) -> None:
        """Set `creates` and `deletes` of command `number`, which runs."""
        self.write_files(number)
        values = {r.text: r.bound for r in draft.references if r.bound is not None}
        documents = [substitute(each, values) for each in draft.statement.documents]
        typed = tuple(obj for text in documents for obj in objects_of(text))
        for line in draft.kubectl:
            named = [obj for name in line.files for obj in self.objects_in(name, typed)]
            made = (*named, *created_by_words(line, values)) if line.verb in MAKING else ()
            if line.mutates:
                draft.creates += made
            elif line.dry:
                typed += made  # goes on to a file, or to the next command's -f -
            if line.verb == "delete" and line.mutates:
                draft.deletes += tuple((obj.kind, obj.name) for obj in named)
                draft.deletes += tuple(deleted_by_words(line, values))
        for name in draft.effect.writes:
            self.written[bare(name)] = typed or self.copied(draft)

    def write_files(self, number: int) -> None:
        """The bindings that stand before command `number`."""
        while self.pending and self.pending[-1].before <= number:
            binding = self.pending.pop()
            self.written[binding.name] = objects_of(binding.content)

    def copied(self, draft: Draft) -> tuple[Obj, ...]:
        """What `cp a.yaml b.yaml` and `sed ... a.yaml > b.yaml` carry over."""
        words = {bare(word) for each in draft.statement.commands for word in each.words}
        return next((self.written[name] for name in words if name in self.written), ())

    def objects_in(self, name: str, typed: tuple[Obj, ...]) -> tuple[Obj, ...]:
        """The objects that -f `name` gives."""
        if name == "-":
            return typed
        name = bare(name)
        if name in self.written:
            return self.written[name]
        folder = "" if name in ("", ".") else name + "/"
        inside = [objects for each, objects in self.written.items() if each.startswith(folder)]
        if inside:
            return tuple(obj for objects in inside for obj in objects)
        return objects_of(self.read_file(name) or "")


@lru_cache(maxsize=512)
def objects_of(text: str) -> tuple[Obj, ...]:
    """The objects of a YAML text, List items taken apart."""
    found = []
    for document in load(text).documents if "kind" in text else ():
        value = mapping(document.value)
        items = value.get("items") if str(value.get("kind")) == "List" else None
        for each in items if isinstance(items, list) else [value]:
            each = mapping(each)
            kind, name = each.get("kind"), mapping(each.get("metadata")).get("name")
            if isinstance(kind, str) and isinstance(name, str):
                found.append(Obj(kind.lower(), name, each))
    return tuple(found)


def created_by_words(line: Kubectl, values: Mapping[str, str]) -> Iterator[Obj]:
    """What `kubectl run web`, `create deployment web`, `expose deployment web` make."""
    names = line.values("--name") if line.verb in ("expose", "autoscale") else ()
    names = names or tuple(substitute(name, values) for name in line.names)
    kinds = {"run": "pod", "expose": "service", "autoscale": "horizontalpodautoscaler"}
    kind = kinds.get(line.verb, line.resource)
    if not kind or not names or line.files or kind == "token" or not is_name(names[0]):
        return
    image = next(iter(line.values("--image")), "")
    container: dict[str, Any] = {"name": names[0], "image": image}
    port = next(iter(line.values("--port")), "")
    if port:
        container["ports"] = [{"containerPort": port}]
    spec: dict[str, Any] = {"containers": [container]}
    if kind == "service":
        spec = {"ports": [{"port": port}]} if port else {}
        kind_of_service = line.subcommand or next(iter(line.arguments[1:2]), "")
        typed = next(iter(line.values("--type")), kind_of_service)
        if typed.lower() in ("nodeport", "loadbalancer"):
            spec["type"] = "NodePort" if typed.lower() == "nodeport" else "LoadBalancer"
    elif kind in WORKLOADS:
        spec = {"template": {"spec": spec}}
        if kind == "deployment":  # as `kubectl create deployment` labels its pods
            spec["template"]["metadata"] = {"labels": {"app": names[0]}}
    yield Obj(kind, names[0], {"kind": kind, "metadata": {"name": names[0]}, "spec": spec})


def deleted_by_words(line: Kubectl, values: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    """Kind and name of what `kubectl delete` removes; name "" for all of the kind."""
    if line.files or not line.arguments:
        return
    kinds = [kind_of(each) for each in line.arguments[0].split("/", 1)[0].split(",")]
    if line.has("--all", "-l", "--selector"):
        for kind in kinds:
            yield kind, ""
        return
    for kind, name in line.targets:
        for each in kinds if kind == line.resource else [kind]:
            yield each, substitute(name, values)


def is_name(name: str) -> bool:
    """Whether it is a name, and nothing that a shell or a person has yet to fill in."""
    return bool(name) and not find_placeholders(name) and not set(name) & set("$`*{}<>")
