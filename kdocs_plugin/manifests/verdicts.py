"""What an API server says of an object, and where in the object it points.

In: the server's words, as Status values have them. Out: `Verdict`, `Refusal`, `locate`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from kdocs_plugin.late import late
from kdocs_plugin.manifests.documents import Path
from kdocs_plugin.values import dataclass

_STEP: Final = late(r"\.?([^.\[\]]+)|\[([^\]]*)\]")
# cannot unmarshal string into Go struct field Container.spec.containers.ports of type []v1.X
_DECODING: Final = late(
    r"json: cannot unmarshal (\w+) into Go struct field (?:\w+\.)?([\w.$-]+) of type"
)
# A quantity's own decoder knows no field. These do: suffixes of resource.Quantity.
_QUANTITY_REFUSED: Final = ("quantities must match the regular", "unable to parse quantity's")
_QUANTITY: Final = late(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+|[numkMGTPE]|[KMGTPE]i)?\Z")
_HOLD_QUANTITIES: Final = frozenset(
    "allocatable capacity default defaultRequest hard limits max maxLimitRequestRatio min "
    "overhead podFixed requests".split()
)
_ARE_QUANTITIES: Final = frozenset("averageValue divisor sizeLimit".split())
_JSON: Final[dict[str, type | tuple[type, ...]]] = {
    "string": str,
    "number": (int, float),
    "bool": bool,
    "object": dict,
    "array": list,
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """One thing that the server does not take."""

    message: str  # the server's words
    field: str = ""  # as the server names it: spec.containers[0].image; "" where it doesn't
    # Invalid, BadRequest, Forbidden ...; kubectl's own: Unreadable, NoMatch (no such kind),
    # NoGroup (nothing of its group is served: somebody else's, or gone long since)
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is said to one document. Accepted where there is no refusal."""

    refusals: tuple[tuple[Path, Refusal], ...] = ()  # and where in the document it points

    @property
    def accepted(self) -> bool:
        return not self.refusals

    @property
    def messages(self) -> tuple[str, ...]:
        return tuple(refusal.message for _, refusal in self.refusals)


def locate(value: Any, refusal: Refusal) -> Path:
    """The path in `value` that a refusal points at, as far as it leads: () for the whole."""
    if refusal.field:
        return steps(value, refusal.field)
    found = _DECODING.search(refusal.message)
    if found:
        wanted = _JSON.get(found[1], object)
        for path, each in _everywhere(value, found[2].split(".")):
            if isinstance(each, wanted) and isinstance(each, bool) == (found[1] == "bool"):
                return path
    if any(words in refusal.message for words in _QUANTITY_REFUSED):
        return next(_no_quantities(value), ())
    return ()


def steps(value: Any, field: str) -> Path:
    """`spec.ports[0].name` as a path into `value`, a missing last part included.

    Keys may hold dots themselves (`metadata.labels.app.kubernetes.io/name` and
    `data[a.conf]`): the longest key that is there is taken.
    """
    path: list[str | int] = []
    words = [found[1] or found[2] for found in _STEP.finditer(field)]
    while words:
        if isinstance(value, dict):
            length = next(
                (size for size in range(len(words), 0, -1) if ".".join(words[:size]) in value),
                1,
            )
            key: str | int = ".".join(words[:length])
        elif isinstance(value, list) and words[0].isdigit():
            length, key = 1, int(words[0])
        else:
            break
        path.append(key)
        words = words[length:]
        try:
            value = value[key]
        except LookupError:
            value = None
    return tuple(path)


def _everywhere(value: Any, words: list[str], path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """The values under names without list indices, in every item of every list.

    The value itself may be a list that should be something else: it comes first.
    """
    if not words:
        yield path, value
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _everywhere(item, words, (*path, index))
    elif isinstance(value, dict) and words and words[0] in value:
        yield from _everywhere(value[words[0]], words[1:], (*path, words[0]))
    elif words and path and not isinstance(value, dict):
        yield path, value


def _no_quantities(value: Any, path: Path = ()) -> Iterator[Path]:
    """Where something else stands in the place of a quantity."""
    items: Iterable[tuple[str | int, Any]] = ()
    if isinstance(value, dict):
        items = value.items()
    elif isinstance(value, list):
        items = enumerate(value)
    for key, each in items:
        here = (*path, key)
        if isinstance(each, dict | list):
            yield from _no_quantities(each, here)
        elif key in _ARE_QUANTITIES or (path and path[-1] in _HOLD_QUANTITIES):
            wrong = each is not None and not _QUANTITY.match(str(each))
            yield from [here] if wrong else ()
