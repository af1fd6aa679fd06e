"""`wait=` of an annotation: what a step waits for.

wait="none"                         nothing: the moment as it is
wait="settled"                      all that the step touched (the default)
wait="deploy/web"                   this object alone, wherever the step stands
wait="condition=Ready pod/web"      until it says this of itself, as `kubectl wait` does
wait="delete pod/web"               until it is gone
"""

from __future__ import annotations

import re

from kdocs_plugin.commands import kind_of
from kdocs_plugin.execution.readiness.named import LOWER
from kdocs_plugin.execution.readiness.world import Json, State, condition, objects
from kdocs_plugin.values import dataclass

PLAIN = frozenset(["", "none", "settled", "true"])


@dataclass(frozen=True, slots=True)
class Awaited:
    """An object that an author waits for by name."""

    kind: str  # lower case
    name: str
    condition: str = ""  # the type of the condition
    status: str = "True"
    gone: bool = False

    @property
    def shown_kind(self) -> str:
        """The kind as manifests have it."""
        return LOWER.get(self.kind, self.kind.capitalize())

    def find(self, state: State) -> Json | None:
        kind = LOWER.get(self.kind, "")
        every = (item for known in state for item in objects(state, known)
                 if known == kind or known.partition(".")[0].lower() == self.kind)  # fmt: skip
        return next((item for item in every if item["metadata"]["name"] == self.name), None)

    def is_there(self, item: Json | None) -> bool:
        """Whether the object is as the author wants it, apart from having settled."""
        if self.gone:
            return item is None
        if item is None:
            return False
        return not self.condition or bool(condition(item, self.condition, self.status))


def awaited(value: str) -> tuple[Awaited, ...]:
    """What `wait=` names, empty where it names no object."""
    if value in PLAIN:
        return ()
    name, status, gone, found = "", "True", False, []
    for word in re.split(r"[\s,]+", value):
        key, equals, rest = word.partition("=")
        if key == "condition" and equals:
            name, _, wanted = rest.partition("=")
            status = wanted.capitalize() or "True"
        elif word == "delete":
            gone = True
        elif "/" in word:
            kind, _, object_name = word.partition("/")
            found.append((kind_of(kind), object_name))
    return tuple(Awaited(kind, each, name, status, gone) for kind, each in found)
