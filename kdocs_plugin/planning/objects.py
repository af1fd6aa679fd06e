"""Which objects a scenario makes and removes, command by command, read from its text."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from kdocs_plugin.commands import Kubectl, find_placeholders, kind_of, substitute
from kdocs_plugin.manifests import load
from kdocs_plugin.planning.draft import Draft, Obj, mapping

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
    images = line.values("--image") or ("",)
    if kind == "deployment":  # names its containers after their images, others after itself
        containers: list[dict[str, Any]] = [
            {"name": re.split("[:@]", each.rsplit("/", 1)[-1])[0] or names[0], "image": each}
            for each in images
        ]
    else:
        containers = [{"name": names[0], "image": images[0]}]
    port = next(iter(line.values("--port")), "")
    if port:
        containers[0]["ports"] = [{"containerPort": port}]
    spec: dict[str, Any] = {"containers": containers}
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
