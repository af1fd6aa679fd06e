"""One problem a root cause: a slip of indentation makes many fields wrong at once."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from kdocs_plugin.manifests.documents import Problem

_MANY = 3  # unknown fields side by side: not misspelt one by one, but all in a wrong place
_LISTED = 6


def root_causes(problems: list[Problem]) -> list[Problem]:
    """The problems of an object without those that merely follow from another."""
    problems = sorted(problems, key=lambda each: (each.line, each.column))
    unknown = [each for each in problems if each.code == "KD201"]
    dashed = {_parent(each) for each in unknown if _is_dashed(each)}
    # A misspelt or misplaced field is also a missing one.
    named = {each.arguments[name] for each in unknown for name in ("field", "suggestion")}
    places = [f"{each.arguments['place']}." for each in unknown]
    kept = list(_together(unknown, dashed))
    for each in problems:
        if each.code == "KD203":
            # So is what a misplaced field would have to stand in.
            holds = any(place.startswith(f"{each.arguments['path']}.") for place in places)
            if (
                each.arguments["field"] not in named
                and _parent(each) not in dashed
                and not holds
            ):
                kept.append(each)
        elif each.code != "KD201":
            kept.append(each)
    return sorted(kept, key=lambda each: (each.line, each.column))


def _together(unknown: list[Problem], dashed: set[str]) -> Iterator[Problem]:
    """Unknown fields, those of one mapping told together where they are many."""
    for parent, siblings in groupby(sorted(unknown, key=_parent), key=_parent):
        fields = list(siblings)
        if parent in dashed:  # `-name: x`, after which the rest can't be right
            fields = [each for each in fields if _is_dashed(each)]
        lost = [each for each in fields if not each.arguments["suggestion"]]
        yield from (each for each in fields if each.arguments["suggestion"])
        if len(lost) < _MANY:
            yield from lost
            continue
        first = next((each for each in lost if each.arguments["place"]), lost[0])
        others = [f"`{each.arguments['field']:.40}`" for each in lost if each is not first]
        more = ", ".join(others[:_LISTED]) + (", …" if len(others) > _LISTED else "")
        arguments = {**first.arguments, "more": more}
        yield Problem(first.code, first.line, first.column, arguments)


def _parent(problem: Problem) -> str:
    path, field = problem.arguments["path"], problem.arguments["field"]
    return str(path).removesuffix(str(field))


def _is_dashed(problem: Problem) -> bool:
    return str(problem.arguments["suggestion"]).startswith("- ")
