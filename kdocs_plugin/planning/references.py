"""Placeholders bound to the scenario's own objects, by kind and attribute."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kdocs_plugin.commands import UNDERSTOOD, Placeholder, find_placeholders, words_of
from kdocs_plugin.model import Attribute, Reference
from kdocs_plugin.planning.draft import Draft, Obj, mapping
from kdocs_plugin.planning.objects import WORKLOADS, Objects

# What a run can look up without knowing a name beforehand.
FOUND_AT_RUN = ("node", "namespace")
HAVE_ADDRESSES = ("pod", "service", "node")
# Attributes that only the manifest tells for sure: of several, a run could not know which.
WRITTEN = (Attribute.CONTAINER, Attribute.IMAGE, Attribute.PORT, Attribute.NODE_PORT)


def bind_references(draft: Draft, alive: Objects, binds: Mapping[str, Any]) -> None:
    """Set `references` of a draft from the objects that stand when it runs."""
    found = find_placeholders(draft.statement.text)
    draft.references = tuple(reference_for(each, found, draft, alive, binds) for each in found)


def reference_for(
    placeholder: Placeholder,
    others: Sequence[Placeholder],
    draft: Draft,
    alive: Objects,
    binds: Mapping[str, Any],
) -> Reference:
    """One placeholder, bound where exactly one object fits."""
    attribute, text = placeholder.attribute, placeholder.text
    kind, attribute = kind_meant(placeholder, others, draft)
    unbound = Reference(text, kind, attribute)
    told = binds.get(text, binds.get(text[1:-1]))
    name = told.rsplit("/", 1)[-1] if isinstance(told, str) else ""
    if name and attribute in (None, Attribute.NAME):
        return Reference(text, kind, attribute or Attribute.NAME, bound=name)
    if attribute is None or not kind or (not name and is_new(kind, attribute, draft)):
        return unbound
    candidates = candidates_for(kind, alive)
    if name:
        candidates = [obj for obj in candidates if obj.name == name]
    candidates = hinted(placeholder, candidates)
    if not candidates and kind in FOUND_AT_RUN:
        return Reference(text, kind, attribute, object_name="")
    if len(candidates) != 1:
        return unbound
    chosen = candidates[0]
    known = static_value(chosen, attribute, kind)
    if known is None and (
        attribute in WRITTEN or (attribute is Attribute.IP and kind not in HAVE_ADDRESSES)
    ):
        return unbound
    owner = chosen.name if chosen.kind == kind else f"{chosen.kind}/{chosen.name}"
    return Reference(text, kind, attribute, bound=known, object_name=owner)


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
    """Objects that a placeholder of this kind may mean. A workload stands for its pods."""
    found = alive.of_kind(kind)
    if kind == "pod":
        for each in sorted(WORKLOADS):
            found += alive.of_kind(each)
    return found


def hinted(placeholder: Placeholder, candidates: list[Obj]) -> list[Obj]:
    """Of several, those that the placeholder's own words name: `<nginx-pod>`."""
    hints = [word for word in words_of(placeholder.text[1:-1]) if word not in UNDERSTOOD]
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


def is_bound(reference: Reference) -> bool:
    """Whether a run can put a value in the placeholder's place."""
    return reference.bound is not None or reference.object_name is not None
