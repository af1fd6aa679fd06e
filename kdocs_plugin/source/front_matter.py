"""Front matter, as MkDocs reads it: YAML between `---` lines at the very top.

MkDocs takes it off only where it is a mapping; anything else stays part of the page. Its
other style (MultiMarkdown's `Key: value` lines without delimiters) is text to kdocs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kdocs_plugin.late import late
from kdocs_plugin.libyaml import yaml
from kdocs_plugin.model import Finding, Position, Severity
from kdocs_plugin.values import dataclass, field

_OPEN = late(r"\ufeff?---[ \t]*$")
_CLOSE = late(r"(?:---|\.\.\.)[ \t]*$")
_KEY = late(r"[^\s#>-][^:]{0,80}:(?:\s|$)")
_DEEPEST = 1000  # brackets in all and columns of indentation
_MOST = 100_000  # values, an alias counted as what it stands for
_Loader: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What stands at the top of a note: its values and how many lines it takes."""

    values: Mapping[str, Any] = field(default_factory=dict)
    lines: int = 0
    problem: Finding | None = None


def front_matter(path: str, lines: list[str]) -> FrontMatter:
    """The note's front matter; an empty one where there is none.

    Broken YAML that begins with a key is a finding (KD001); its lines still count as front
    matter, so that nobody takes them for a rule and a heading. What is no mapping is text
    between two rules, as MkDocs has it.
    """
    end = _end(lines)
    if end is None:
        return FrontMatter()
    try:
        text = "\n".join(lines[1:end])
        _check_depth(text)
        values = yaml.load(text, _Loader)
        if isinstance(values, dict) and not _is_bounded(values):
            raise ValueError("excessive aliasing")
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        if not any(_KEY.match(line) for line in lines[1:end]):
            return FrontMatter()
        return FrontMatter(lines=end + 1, problem=_broken(path, error))
    return FrontMatter(values, end + 1) if isinstance(values, dict) else FrontMatter()


def _check_depth(text: str) -> None:
    """ValueError where it is too deep: libyaml's composer recurses in C, and would end the
    process. No level without a bracket or a column."""
    indents = max(
        (len(line) - len(line.lstrip(" -?:")) for line in text.split("\n")), default=0
    )
    if text.count("[") + text.count("{") + indents > _DEEPEST:
        raise ValueError(f"more than {_DEEPEST} brackets or levels")


def _is_bounded(values: Any) -> bool:
    """Whether it ends, and soon, when its aliases are unfolded."""
    waiting, seen = [values], 0
    while waiting:
        value = waiting.pop()
        seen += 1
        if isinstance(value, dict):
            waiting += value.values()
        elif isinstance(value, list | tuple | set):
            waiting += value
        if seen + len(waiting) > _MOST:
            return False
    return True


def _end(lines: list[str]) -> int | None:
    """The closing delimiter's index. MkDocs wants a line between and a newline behind."""
    if not _OPEN.match(lines[0]):
        return None
    for index in range(2, len(lines) - 1):
        if _CLOSE.match(lines[index]):
            return index
    return None


def _broken(path: str, error: Exception) -> Finding:
    mark = getattr(error, "problem_mark", None)
    # The mark counts from the line below the opening delimiter, and from 0.
    position = Position(mark.line + 2, mark.column + 1) if mark else Position(2, 1)
    problem = str(getattr(error, "problem", None) or error)
    return Finding("KD001", Severity.WARNING, path, position, {"problem": problem})
