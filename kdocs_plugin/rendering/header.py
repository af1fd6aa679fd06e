"""What stands at the top of a page: its title, its front matter, what was verified."""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from kdocs_plugin.messages import Language
from kdocs_plugin.model import Heading, ImageInfo, Note, Page, Status
from kdocs_plugin.outputs import volatile_spans
from kdocs_plugin.rendering.outputs import shown
from kdocs_plugin.rendering.sheet import Sheet
from kdocs_plugin.rendering.templates import fill, words

# Keys that MkDocs, Material, its plugins and the author's other tools read; readers do not.
_TOOLS = """
    alias aliases author authors canonical canonical_url categories category comments created
    cssclass cssclasses date description disable_toc draft edit_url exclude_from_blog generator
    git_creation_date git_revision_date hide icon id ignore_macros image images inherit kdocs
    lang language layout link links locale modified nav_order needs og_image order
    pagination_next pagination_prev permalink pin publish published readtime redirect redirects
    render_macros revision_date robots search slug social status subtitle tags template title
    toc uid updated weight
"""
_SETTINGS = frozenset(_TOOLS.split())
_KOREA = datetime.timezone(datetime.timedelta(hours=9))  # without summer time since 1988
_LONGEST = 200  # pieces of one value that the card shows
_HTML_TITLE = re.compile(r"<h1[\s>]", re.IGNORECASE)
_ATX = re.compile(r"^#{1,6}")
_MARKUP = re.compile(
    r"!?\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])|[*_~`]+|<[^>]+>|\{:?\s*[#.][^}]*\}\s*$"
)


# --- Title ---


def promote(note: Note, sheet: Sheet, rules: Collection[int] = ()) -> Heading | None:
    """Makes the note's first heading the page's title where it has none. Material would
    put one above it, so that the reader would see two. Its anchor stays: it is made from
    the text. Returns the heading that is the title then. On lines of `rules` stands `---`
    that is a rule to CommonMark, and no heading's underline."""
    if "title" in note.front_matter:
        return None
    headings = [h for h in note.headings if h.end_line == h.line or h.end_line not in rules]
    title = next((heading for heading in headings if heading.level == 1), None)
    if title is not None:
        return title
    first = next(iter(headings), None)
    if first is None or _HTML_TITLE.search(sheet.text()):
        return None
    line = sheet.line(first.line)
    if line is None:
        return None
    if _ATX.match(line):
        sheet.splice(first.line, 1, len(line) - len(line.lstrip("#")), "#")
    elif first.end_line > first.line and not line.startswith((" ", "\t", ">")):
        underline = (sheet.line(first.end_line) or "").strip()
        sheet.replace(first.end_line, first.end_line, ["=" * max(3, len(underline))])
    else:
        return None
    return first


def plain(heading: Heading) -> str:
    """A heading's text without its Markdown."""
    text = heading.text
    for _ in range(3):  # a picture in a link in bold
        text = _MARKUP.sub(lambda found: found[1] or "", text)
    return text.strip()


# --- Front matter ---


def card(front_matter: Mapping[str, Any], language: Language) -> str:
    """What the author says about the note in keys of their own, "" where nothing."""
    own = {
        str(key): "".join(islice(_value(value), _LONGEST)).strip()
        for key, value in front_matter.items()
        if str(key).lower().replace("-", "_") not in _SETTINGS
    }
    entries = [(key, value) for key, value in own.items() if value]
    return fill("front_matter", language, entries=entries) if entries else ""


def _value(value: Any) -> Iterator[str]:
    """A value in pieces: YAML's aliases make small texts of values without end."""
    if isinstance(value, bool):
        yield "✓" if value else "–"
    elif isinstance(value, Mapping):
        for number, (key, item) in enumerate(value.items()):
            yield f"{', ' if number else ''}{key}: "
            yield from _value(item)
    elif isinstance(value, Iterable) and not isinstance(value, str):
        begun = False
        for item in value:
            pieces = _value(item)
            if first := next(pieces, ""):
                yield f", {first}" if begun else first
                yield from pieces
                begun = True
    elif value is not None:
        yield str(value).strip()


# --- Provenance ---


def provenance(page: Page, language: Language, status: str = "") -> str:
    """The page's one line: when it was run and with what. A page that has nothing to run
    has nothing to say. `status` is the address of the page that tells of all notes."""
    if not page.scenario.runnable:
        return ""
    tried = [embedded for embedded in page.embedded if shown(embedded.recorded)]
    if page.record is None or not tried:
        return fill("provenance", language, record=None)
    clean = all(
        e.recorded is not None and e.recorded.status is Status.OK and not e.differences
        for e in tried
        if e.step.kind == "step"
    )
    return fill(
        "provenance",
        language,
        record=page.record,
        status=status,
        volatile=any(volatile_spans(e.recorded.output) for e in tried if e.recorded),
        verified=clean,
        date=date_of(page.record.date, language),
        stale=page.stale,
        images=[
            _named(each, language) for each in page.record.images if not each.built_locally
        ],
        stand_ins=[_named(each, language) for each in page.record.images if each.built_locally],
    )


def _named(image: ImageInfo, language: Language) -> str:
    """An image, and those of the note in whose place it ran."""
    if not image.stands_for:
        return image.name
    instead = words("render.swapped", language, {"images": ", ".join(image.stands_for)})
    return f"{image.name} ({instead})"


def date_of(moment: str, language: Language) -> str:
    """The day of a moment in ISO 8601, as the page's language writes it: in Korean the day
    that it was in Korea, else UTC's."""
    try:
        at = datetime.datetime.fromisoformat(moment)
    except ValueError:
        return moment
    if language != "ko":
        return at.date().isoformat()
    day = at.astimezone(_KOREA) if at.tzinfo else at
    return f"{day.year}년 {day.month}월 {day.day}일"
