"""Placeholders bound to the scenario's own objects, by kind and attribute."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kdocs_plugin.commands import Placeholder, find_placeholders
from kdocs_plugin.model import Attribute, Reference
from kdocs_plugin.planning.draft import Draft, Obj, mapping
from kdocs_plugin.planning.objects import WORKLOADS

# What a run can look up without knowing a name beforehand.
FOUND_AT_RUN = ("node", "namespace")


def bind_references(draft: Draft, alive: Sequence[Obj], binds: Mapping[str, Any]) -> None:
    """Set `references` of a draft from the objects that stand when it runs."""
    draft.references = tuple(
        reference_for(each, draft, alive, binds)
        for each in find_placeholders(draft.statement.text)
    )


def reference_for(
    placeholder: Placeholder, draft: Draft, alive: Sequence[Obj], binds: Mapping[str, Any]
) -> Reference:
    kind, attribute, text = placeholder.kind, placeholder.attribute, placeholder.text
    if not kind and attribute is not None and draft.kubectl:
        kind = draft.kubectl[0].resource
    told = binds.get(text, binds.get(text[1:-1]))
    if isinstance(told, str) and told:
        name = told.rsplit("/", 1)[-1]
        if attribute in (None, Attribute.NAME):
            return Reference(text, kind, attribute or Attribute.NAME, bound=name)
        alive = [obj for obj in alive if obj.name == name]
    if attribute is None or not kind:
        return Reference(text, kind, attribute)
    candidates = list({(o.kind, o.name): o for o in alive if o.kind == kind}.values())
    if kind == "pod" and not candidates:
        candidates = list({(o.kind, o.name): o for o in alive if o.kind in WORKLOADS}.values())
    if kind in FOUND_AT_RUN and not candidates:
        return Reference(text, kind, attribute, object_name="")
    if len(candidates) != 1:
        return Reference(text, kind, attribute)
    chosen = candidates[0]
    known = static_value(chosen, attribute, kind)
    owner = chosen.name if chosen.kind == kind else f"{chosen.kind}/{chosen.name}"
    return Reference(text, kind, attribute, bound=known, object_name=owner)


def static_value(obj: Obj, attribute: Attribute, kind: str) -> str | None:
    """What the manifest itself tells; None where only a run can know."""
    containers = obj.pod_spec.get("containers")
    container = mapping(containers[0]) if isinstance(containers, list) and containers else {}
    value: Any = None
    if attribute is Attribute.NAME and obj.kind == kind:
        value = obj.name
    elif attribute is Attribute.CONTAINER:
        value = container.get("name")
    elif attribute is Attribute.IMAGE:
        value = container.get("image")
    elif attribute is Attribute.PORT:
        ports = (
            mapping(obj.value.get("spec")).get("ports")
            if obj.kind == "service"
            else container.get("ports")
        )
        first = mapping(ports[0]) if isinstance(ports, list) and ports else {}
        value = first.get("containerPort", first.get("port"))
    return str(value) if value not in (None, "") else None


def is_bound(reference: Reference) -> bool:
    """Whether a run can put a value in the placeholder's place."""
    return reference.bound is not None or reference.object_name is not None
