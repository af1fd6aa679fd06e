"""A picture's boxes and lines as its template has them, and the text that says the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from unicodedata import east_asian_width

from kdocs_plugin.messages import Language
from kdocs_plugin.model import Drawn
from kdocs_plugin.rendering.scene.layout import (
    LINE,
    PADDING,
    Box,
    Line,
    lay_out,
)
from kdocs_plugin.rendering.templates import fill, words
from kdocs_plugin.values import dataclass

CELL = 7.6  # width of a letter of the widest code face at 12.5 px
SMALL_CELL = 5.8  # of one of the text face at 11 px, as they are on average
CORNER = 5.0  # radius of a line's turns
# What a reader has to know; that something is as it should be is no news.
SIGNS = {"done": "✓", "waiting": "…", "failed": "✕"}


@dataclass(frozen=True, slots=True)
class Shape:
    """A box with its texts, each cut to the box's width."""

    box: Box
    kind: str
    name: str
    generated: str  # the end of the name
    detail: str
    below: str  # the line below the name: images
    state: str = ""  # a sign and a word; "" where there is nothing to tell
    mood: str = ""  # of the state: done, waiting, failed


@dataclass(frozen=True, slots=True)
class Item:
    """An object of the text."""

    title: str
    notes: tuple[str, ...]
    items: tuple[Item, ...] = ()


def figure(scene: Sequence[Drawn], language: Language, *, stale: bool = False) -> str:
    """The figure, "" where no object goes with another. `stale`: the note has changed."""
    if not any(each.owner is not None or each.links for each in scene):
        return ""
    picture = lay_out(scene)
    return fill(
        "scene",
        language,
        picture=picture,
        shapes=[_shape(box, scene[box.at], language) for box in picture.boxes],
        paths=[(line.role, _path(line), _arrow(line)) for line in picture.lines],
        items=_items(scene, language),
        summary=_summary(scene, language),
        stale=stale,
        line=LINE,
        padding=PADDING,
    )


# --- Boxes and lines ---


def _shape(box: Box, each: Drawn, language: Language) -> Shape:
    inside = box.width - 2 * PADDING
    if not each.name:
        text = words("render.scene.more", language, {"count": each.more})
        return Shape(box, "", text, "", "", "")
    state = ""
    if sign := SIGNS.get(each.state):
        state = f"{sign} {words(f'render.scene.{each.state}', language)}"
    stem = each.name[: len(each.name) - len(each.generated)]
    cells = int(inside / CELL)
    if _cells(each.name) > cells:  # the end tells one from the other
        stem = _cut(stem, max(3, cells - len(each.generated)))
    generated = _cut(each.generated, cells - _cells(stem))
    below = ", ".join(_short(image) for image in each.images)
    if each.kind == "Service" and not each.links:
        below = words("render.scene.selects_nothing", language)
    below = _cut(below, int(inside / SMALL_CELL))
    detail = "" if state and each.kind == "Pod" else each.detail
    taken = _cells(each.kind) + (_cells(state) + 2 if state else 0)
    if taken + 1 + _cells(detail) > int(inside / SMALL_CELL):
        detail = ""  # half a number would be a wrong one
    return Shape(box, each.kind, stem, generated, detail, below, state, each.state)


def _short(image: str) -> str:
    """An image without the digest that pins it."""
    return image.partition("@")[0]


def _cells(text: str) -> int:
    """How many cells a terminal takes for it: Hangul is two wide."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def _cut(text: str, cells: int) -> str:
    """The text, or its beginning with an ellipsis."""
    if _cells(text) <= cells:
        return text
    while text and _cells(text) > cells - 1:
        text = text[:-1]
    return f"{text}…" if text else ""


def _path(line: Line) -> str:
    """The line with its turns rounded."""
    first, *rest = line.points
    said = [f"M{first[0]:g} {first[1]:g}"]
    before = first
    for here, after in zip(rest, [*rest[1:], None], strict=True):
        if after is None:
            said.append(f"L{here[0]:g} {here[1]:g}")
            break
        room = min(CORNER, _apart(before, here) / 2, _apart(here, after) / 2)
        into, out = _toward(here, before, room), _toward(here, after, room)
        said.append(f"L{into[0]:g} {into[1]:g}Q{here[0]:g} {here[1]:g} {out[0]:g} {out[1]:g}")
        before = here
    return "".join(said)


def _apart(one: tuple[float, float], other: tuple[float, float]) -> float:
    return abs(one[0] - other[0]) + abs(one[1] - other[1])


def _toward(
    point: tuple[float, float], other: tuple[float, float], by: float
) -> tuple[float, float]:
    """The point, moved along the line to the other."""
    whole = _apart(point, other) or 1.0
    return tuple(a + (b - a) * by / whole for a, b in zip(point, other, strict=True))  # type: ignore[return-value]


def _arrow(line: Line) -> str:
    """The head of a line that points somewhere, "" for what only belongs together."""
    if line.role == "owns":
        return ""
    x, y = line.points[-1]
    return f"M{x:g} {y:g}l-6 -3.5v7z"


# --- The text that says the same ---


def _items(scene: Sequence[Drawn], language: Language) -> list[Item]:
    """Everything that nobody made, with what it made below it."""
    below: dict[int | None, list[int]] = {}
    for at, each in enumerate(scene):
        below.setdefault(each.owner, []).append(at)

    def item(at: int) -> Item:
        each = scene[at]
        children = tuple(item(child) for child in below.get(at, ()))
        if not each.name:
            return Item(words("render.scene.more", language, {"count": each.more}), ())
        return Item(f"{each.kind} {each.name}", tuple(_notes(each, scene, language)), children)

    return [item(at) for at in below.get(None, ())]


def _notes(each: Drawn, scene: Sequence[Drawn], language: Language) -> list[str]:
    def say(key: str, **arguments: str) -> str:
        return words(f"render.scene.{key}", language, arguments)

    notes = [each.detail] if each.detail else []
    if each.state:
        notes.append(say(each.state))
    if each.node:
        notes.append(say("on", node=each.node))
    if each.images:
        notes.append(say("runs", images=", ".join(each.images)))
    named = ", ".join(f"{scene[at].kind} {scene[at].name}" for at in each.links)
    if each.kind == "Service":
        notes.append(say("selects", pods=named) if named else say("selects_nothing"))
    elif named:
        notes.append(say("uses", objects=named))
    return notes


def _summary(scene: Sequence[Drawn], language: Language) -> str:
    """How many of each kind: for who does not see the picture."""
    count: Counter[str] = Counter()
    for each in scene:
        if each.kind:
            count[each.kind] += each.more or 1
    parts = [
        words("render.scene.count", language, {"kind": kind, "count": number})
        for kind, number in count.items()
    ]
    return ", ".join(parts)
