"""Placeholders bound to the scenario's own objects, by kind and attribute."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from kdocs_plugin.commands import (
    UNDERSTOOD,
    Placeholder,
    completed,
    crossed_stem,
    find_bare,
    find_placeholders,
    find_variables,
    kind_of,
    variables_of,
    words_of,
)
from kdocs_plugin.late import late
from kdocs_plugin.model import Attribute, Reference
from kdocs_plugin.planning.draft import Draft, Obj, mapping
from kdocs_plugin.planning.needs import sequence
from kdocs_plugin.planning.objects import WORKLOADS, Objects
from kdocs_plugin.values import replace

# What a run can look up without knowing a name beforehand.
FOUND_AT_RUN = ("node", "namespace")
MADE_BY_WORKLOADS = ("pod", "replicaset", "job")
NEAR = 200  # characters before a placeholder that tell what it is
MANY = 2  # ports: nobody can know which is meant
HAVE_ADDRESSES = ("pod", "service", "node")
# Attributes that only the manifest tells for sure: of several, a run could not know which.
WRITTEN = (Attribute.CONTAINER, Attribute.IMAGE, Attribute.PORT, Attribute.NODE_PORT)


def bind_references(
    draft: Draft, alive: Objects, binds: Mapping[str, Any], assigned: Collection[str] = ()
) -> None:
    """Set `references` of a draft from the objects that stand when it runs.

    `assigned` are the variables that the note has set by then.
    """
    statement = draft.statement
    found = [*completed(statement.text, find_placeholders(statement.text))]
    found += find_bare(statement)
    found += find_variables(statement, {*assigned, *variables_of(statement)})
    draft.references = tuple(
        reference_for(each, found, draft, alive, binds)
        for each in sorted(found, key=lambda each: each.start)
    )


def reference_for(
    placeholder: Placeholder,
    others: Sequence[Placeholder],
    draft: Draft,
    alive: Objects,
    binds: Mapping[str, Any],
) -> Reference:
    """One placeholder, bound where exactly one object fits."""
    text, start = placeholder.text, placeholder.start
    kind, attribute = kind_meant(placeholder, others, draft)
    if (label := label_key(placeholder, draft)) and attribute in (None, Attribute.NAME):
        return label_value(placeholder, label, alive, binds)
    unbound = Reference(text, kind, attribute, start=start)
    told_kind, name = told(placeholder, binds)
    named = bool(name) and attribute in (None, Attribute.NAME)
    if named and not names_workload(told_kind, name, kind, alive):
        return Reference(text, kind, attribute or Attribute.NAME, bound=name, start=start)
    if isinstance(bound := binds_to(placeholder, binds), int) and attribute is not None:
        return Reference(text, kind, attribute, bound=str(bound), start=start)
    if attribute is None or not kind or (not name and is_new(kind, attribute, draft)):
        return unbound
    fitting = candidates_for(kind, alive)
    if name:
        fitting = [obj for obj in fitting if name == obj.name]
    candidates = fitting if name else hinted(placeholder, fitting)
    unbound = replace(unbound, candidates=tuple(map(shown_name, candidates or fitting)))
    if not candidates and kind in FOUND_AT_RUN:
        return Reference(text, kind, attribute, object_name="", start=start)
    if len(candidates) != 1:
        return unbound
    chosen = candidates[0]
    known = static_value(chosen, attribute, kind)
    if known is None and not known_at_run(chosen, attribute, kind):
        return replace(unbound, candidates=values_of(chosen, attribute))
    owner = chosen.name if chosen.kind == kind else f"{chosen.kind}/{chosen.name}"
    return Reference(text, kind, attribute, bound=known, object_name=owner, start=start)


def known_at_run(obj: Obj, attribute: Attribute, kind: str) -> bool:
    """Whether the cluster can tell what the manifest does not."""
    if attribute is Attribute.NODE_PORT and obj.kind == "service":
        spec = mapping(obj.value.get("spec"))
        given = spec.get("type") in ("NodePort", "LoadBalancer")
        return given and len(sequence(spec.get("ports"))) < MANY
    if attribute is Attribute.IP:
        return kind in HAVE_ADDRESSES
    return attribute not in WRITTEN


def binds_to(placeholder: Placeholder, binds: Mapping[str, Any]) -> Any:
    """What the front matter says, by the placeholder as it is written or by its words."""
    text = placeholder.text
    for key in (text, text[1:-1], text.strip("<>{}[]$")):
        if key in binds:
            return binds[key]
    return None


def told(placeholder: Placeholder, binds: Mapping[str, Any]) -> tuple[str, str]:
    """The kind ("" where it is not said) and the name that the front matter gives."""
    value = binds_to(placeholder, binds)
    kind, slash, name = value.rpartition("/") if isinstance(value, str) else ("", "", "")
    return (kind_of(kind) if slash else ""), name


def names_workload(told_kind: str, name: str, kind: str, alive: Objects) -> bool:
    """Whether a workload is named where its pod, ReplicaSet or Job is meant."""
    if kind not in MADE_BY_WORKLOADS or name in alive.names(kind) or told_kind == kind:
        return False
    return told_kind in WORKLOADS or (
        not told_kind and any(name in alive.names(each) for each in WORKLOADS)
    )


def shown_name(obj: Obj) -> str:
    """An object in words: `deployment/web`."""
    return f"{obj.kind}/{obj.name}"


def values_of(obj: Obj, attribute: Attribute) -> tuple[str, ...]:
    """What an attribute may be, where the manifest tells more than one."""
    found: list[Any] = []
    containers = [mapping(each) for each in sequence(obj.pod_spec.get("containers"))]
    if attribute in (Attribute.CONTAINER, Attribute.IMAGE):
        key = "name" if attribute is Attribute.CONTAINER else "image"
        found = [each.get(key) for each in containers]
    elif obj.kind == "service":
        ports = sequence(mapping(obj.value.get("spec")).get("ports"))
        key = "nodePort" if attribute is Attribute.NODE_PORT else "port"
        found = [mapping(each).get(key) for each in ports]
    elif attribute is Attribute.PORT:
        found = [mapping(port).get("containerPort")
                 for each in containers for port in sequence(each.get("ports"))]  # fmt: skip
    return tuple(str(each) for each in found if each not in (None, ""))


# --- Labels -----------------------------------------------------------------------------

LABEL_KEY = late(r"(?:-l|--selector)[ =]*[\"']?(?:[^\s\"']*,)?([\w./-]+)==?$")


def label_key(placeholder: Placeholder, draft: Draft) -> str:
    """The key whose value stands in a selector: `app` of `-l app=<label>`; else ""."""
    start = placeholder.start
    match = LABEL_KEY.search(draft.statement.text[max(0, start - NEAR) : start])
    return match[1] if match else ""


def label_value(
    placeholder: Placeholder, key: str, alive: Objects, binds: Mapping[str, Any]
) -> Reference:
    """The one value that the scenario's objects have for a label's key."""
    text, start = placeholder.text, placeholder.start
    if name := told(placeholder, binds)[1]:
        return Reference(text, "", Attribute.LABEL, bound=name, start=start)
    values = sorted({value for obj in alive.all() for value in labels_in(obj, key)})
    if len(values) == 1:
        return Reference(text, "", Attribute.LABEL, bound=values[0], start=start)
    return Reference(text, "", None, start=start, candidates=tuple(values))


def labels_in(obj: Obj, key: str) -> Iterator[str]:
    """A label's values on an object and on the pods that it makes."""
    template = mapping(mapping(obj.value.get("spec")).get("template"))
    for each in (obj.value, template):
        value = mapping(mapping(each.get("metadata")).get("labels")).get(key)
        if value not in (None, ""):
            yield str(value)


# --- What is meant ----------------------------------------------------------------------


def kind_meant(
    placeholder: Placeholder, others: Sequence[Placeholder], draft: Draft
) -> tuple[str, Attribute | None]:
    """A placeholder's kind and attribute, from the words around it where its own are silent.

    `<name>` is of the kind that kubectl is asked about, `<port>` of what stands beside it.
    """
    kind, attribute = placeholder.kind, placeholder.attribute
    if kind or attribute is None:
        return kind, attribute
    if draft.kubectl:
        return draft.kubectl[0].resource, attribute
    beside = next((each.kind for each in others if each.kind), "")
    if beside == "node" and attribute is Attribute.PORT:
        return "service", Attribute.NODE_PORT
    return beside, attribute


def is_new(kind: str, attribute: Attribute, draft: Draft) -> bool:
    """Whether the author means something to be made: no object that stands fits that."""
    for line in draft.kubectl:
        if line.verb in ("run", "create") and (
            attribute is Attribute.IMAGE
            or (attribute is Attribute.NAME and kind == line.resource)
        ):
            return True
        if line.verb == "set" and attribute is Attribute.IMAGE:
            return True
    return False


def candidates_for(kind: str, alive: Objects) -> list[Obj]:
    """Objects that a placeholder of this kind may mean. A workload stands for its pods, a
    Deployment for its ReplicaSets, a CronJob for its Jobs."""
    found = alive.of_kind(kind)
    if kind == "pod":
        for each in sorted(WORKLOADS):
            found += alive.of_kind(each)
    elif kind in MADE_BY_WORKLOADS:
        found += alive.of_kind("deployment" if kind == "replicaset" else "cronjob")
    return found


def hinted(placeholder: Placeholder, candidates: list[Obj]) -> list[Obj]:
    """Of several, those that the placeholder's own words name: `<nginx-pod>`.

    Of a crossed-out name (`nginx-xxxxx`) the rest is what the author's object is called.
    """
    if stem := crossed_stem(placeholder.text):
        exact = [obj for obj in candidates if obj.name == stem]
        return exact or [obj for obj in candidates if stem.startswith(f"{obj.name}-")]
    hints = [
        word for word in words_of(placeholder.text.strip("<>{}[]$")) if word not in UNDERSTOOD
    ]
    if len(candidates) < 2 or not hints:
        return candidates
    return [obj for obj in candidates if all(hint in obj.name for hint in hints)]


def static_value(obj: Obj, attribute: Attribute, kind: str) -> str | None:
    """What the manifest itself tells; None where only a run can know."""
    if attribute is Attribute.NAME:
        return obj.name if obj.kind == kind else None
    container = only(obj.pod_spec.get("containers"))
    if attribute is Attribute.CONTAINER:
        value = container.get("name")
    elif attribute is Attribute.IMAGE:
        value = container.get("image")
    elif attribute is Attribute.PORT and obj.kind == "service":
        value = only(mapping(obj.value.get("spec")).get("ports")).get("port")
    elif attribute is Attribute.PORT:
        value = only(container.get("ports")).get("containerPort")
    elif attribute is Attribute.NODE_PORT:
        value = only(mapping(obj.value.get("spec")).get("ports")).get("nodePort")
    else:
        value = None
    return str(value) if value not in (None, "") else None


def only(items: Any) -> Mapping[str, Any]:
    """The one item of a list; {} where there are none or more."""
    return mapping(items[0]) if isinstance(items, list) and len(items) == 1 else {}
