"""What a run made, in a record: to plain values and back, and held against another run's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kdocs_plugin.model import Drawn

_STATES = ("", "ready", "done", "waiting", "failed")


def scene_to_json(scene: Sequence[Drawn]) -> list[dict[str, Any]]:
    """One entry an object, and in it only what there is to say."""
    return [_entry(each) for each in scene]


def _entry(each: Drawn) -> dict[str, Any]:
    data: dict[str, Any] = {"kind": each.kind, "name": each.name, "generated": each.generated}
    data |= {"state": each.state, "detail": each.detail, "node": each.node}
    data |= {"images": list(each.images), "links": list(each.links), "more": each.more}
    data = {name: value for name, value in data.items() if value or name == "kind"}
    return data if each.owner is None else data | {"owner": each.owner}


def scene_from_json(data: Any) -> tuple[Drawn, ...]:
    """Raises KeyError, TypeError or ValueError where `data` is no such list."""
    return tuple(_drawn(entry, place, len(data)) for place, entry in enumerate(data))


def _drawn(entry: Any, place: int, length: int) -> Drawn:
    owner, links = entry.get("owner"), tuple(int(link) for link in entry.get("links", ()))
    state = entry.get("state", "")
    inside = (owner is None or 0 <= owner < place) and all(0 <= at < length for at in links)
    if not inside or state not in _STATES:
        raise ValueError(f"object {place} of the scene")
    texts = {name: str(entry.get(name, "")) for name in ("name", "generated", "detail", "node")}
    return Drawn(
        kind=str(entry["kind"]),
        state=state,
        owner=owner,
        images=tuple(str(image) for image in entry.get("images", ())),
        links=links,
        more=int(entry.get("more", 0)),
        **texts,
    )


def alike(one: Sequence[Drawn], other: Sequence[Drawn]) -> bool:
    """Whether two runs made the same. Names that the cluster made up don't count, nor on
    which node a Pod came to stand, nor in which of its troubles an object was just then."""
    return _essence(one) == _essence(other)


def _essence(scene: Sequence[Drawn]) -> list[Any]:
    names = [
        (each.kind, each.name[: len(each.name) - len(each.generated)], bool(each.generated))
        for each in scene
    ]
    unwell = [each.state in ("waiting", "failed") for each in scene]
    return sorted(
        (
            names[place],
            () if each.owner is None else names[each.owner],
            "unwell" if unwell[place] else each.state,
            "" if unwell[place] else each.detail,
            each.images,
            sorted(names[link] for link in each.links),
            each.more,
        )
        for place, each in enumerate(scene)
    )
