"""Each tree at its fullest, put together as one small picture.

A note makes something, changes it, and in the end takes it away; and what it makes first
may be gone when the next thing comes. What a reader wants to see of each is how it stood
when there was most of it. So every settled step is looked at, and of each object that
nobody made the best look is kept: one in which nothing is in trouble before one in which
something is, then the largest, then the latest. They stand in the order in which the note
made them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from kdocs_plugin.execution.readiness.world import State
from kdocs_plugin.execution.scene import seen
from kdocs_plugin.execution.scene.moment import Moment, Node
from kdocs_plugin.execution.scene.seen import Key
from kdocs_plugin.model import Drawn
from kdocs_plugin.values import replace

MOST_ALIKE = 4  # objects of one owner: the fifth tells nothing new
MOST_TREES = 8
MOST_BESIDE = 12  # Services, and volumes


class SceneLog:
    """Remembers what a scenario made."""

    def __init__(self) -> None:
        self._trees: dict[Key, Node] = {}  # by root, in the order of their making
        self._services: dict[Key, str] = {}
        self._claims: dict[Key, tuple[seen.State, str]] = {}

    def look(self, state: State) -> None:
        """What stands now."""
        moment = Moment(state)
        for tree in moment.trees():
            known = self._trees.get(tree.key)
            if known is None or (tree.well, tree.size) >= (known.well, known.size):
                self._trees[tree.key] = tree
        self._services |= moment.services()
        self._claims |= moment.claims()

    def drawn(self, hide: Callable[[str], str]) -> tuple[Drawn, ...]:
        """The objects, owners before what they own; nothing where none goes with another.

        `hide` takes out of a text what must not be shown.
        """
        put = _Put(self._services, self._claims)
        for tree in list(self._trees.values())[:MOST_TREES]:
            put.tree(tree)
        put.beside()
        if (left := len(self._trees) - MOST_TREES) > 0:
            put.objects.append(Drawn("", "", more=left))
        related = any(each.owner is not None or each.links for each in put.objects)
        return tuple(_hidden(each, hide) for each in put.objects) if related else ()


class _Put:
    """Gives the objects their places in the list."""

    def __init__(
        self, services: dict[Key, str], claims: dict[Key, tuple[seen.State, str]]
    ) -> None:
        self.objects: list[Drawn] = []
        self._services = services
        self._claims = claims
        self._selected: dict[Key, list[int]] = {}  # Service -> places of Pods
        self._users: dict[Key, list[int]] = {}  # volume -> places of Pods

    def tree(self, node: Node, owner: int | None = None) -> None:
        place = len(self.objects)
        kind, _, name = node.key
        self.objects.append(
            Drawn(
                kind,
                name,
                generated=node.generated,
                state=node.state,
                detail=node.detail,
                owner=owner,
                node=node.node,
                images=node.images,
            )
        )
        for key in node.services:
            self._selected.setdefault(key, []).append(place)
        for key in node.volumes:
            self._users.setdefault(key, []).append(place)
        for child in node.made[:MOST_ALIKE]:
            self.tree(child, place)
        if left := node.made[MOST_ALIKE:]:
            self.objects.append(Drawn(left[0].key[0], "", owner=place, more=len(left)))

    def beside(self) -> None:
        """Services and volumes, with their links."""
        for key in _first(self._services):
            links = tuple(self._selected.get(key, ()))
            detail = self._services[key]
            self.objects.append(Drawn(key[0], key[2], detail=detail, links=links))
        for key in _first(self._users):
            state, detail = self._claims.get(key, ("", ""))
            place = len(self.objects)
            self.objects.append(Drawn(key[0], key[2], state=state, detail=detail))
            for user in self._users[key]:
                pod = self.objects[user]
                self.objects[user] = replace(pod, links=(*pod.links, place))


def _first(keys: Iterable[Key]) -> list[Key]:
    return list(keys)[:MOST_BESIDE]


def _hidden(each: Drawn, hide: Callable[[str], str]) -> Drawn:
    return replace(
        each,
        name=hide(each.name),
        detail=hide(each.detail),
        node=hide(each.node),
        images=tuple(hide(image) for image in each.images),
    )
