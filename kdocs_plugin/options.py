"""A command's options as data, and a reading of the usual command line by them.

click reads command lines, says what is wrong with them and shows help; importing it takes as
long as checking a small note. So a command whose options stand in such a table (`cli` builds
click's from it) is read here first. Whatever is not plain is left to click: help, a mistake,
short options, `--`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple


class Option(NamedTuple):
    """An option of a command. Arguments that are no options are paths, always."""

    flag: str  # --format
    name: str  # of the parameter
    kind: Literal["flag", "text", "many", "file"]  # many: may be given again and again
    help: str | None = None
    metavar: str | None = None
    choices: tuple[str, ...] = ()
    default: str | None = None


# Of every command that looks for notes.
INCLUDE: Final = Option("--include", "include", "many", "Only notes like this.", "PATTERN")
EXCLUDE: Final = Option("--exclude", "exclude", "many", "No notes like this.", "PATTERN")


def parse(options: Sequence[Option], arguments: Sequence[str]) -> dict[str, Any] | None:
    """The parameters by name, `paths` among them; None for what click is to read."""
    known = {option.flag: option for option in options}
    values: dict[str, Any] = {option.name: _absent(option) for option in options}
    paths: list[str] = []
    rest = iter(arguments)
    for argument in rest:
        if not argument.startswith("-"):
            paths.append(argument)
            continue
        flag, equals, value = argument.partition("=")
        option = known.get(flag)
        if option is None or (equals and option.kind == "flag"):
            return None
        if option.kind == "flag":
            values[option.name] = True
            continue
        word = value if equals else next(rest, None)
        if word is None or (not equals and word.startswith("-")):
            return None
        if option.choices and word not in option.choices:
            return None
        if option.kind == "many":
            values[option.name] += (word,)
        elif option.kind == "file":
            if (file := Path(word)).is_dir():
                return None
            values[option.name] = file
        else:
            values[option.name] = word
    return {**values, "paths": tuple(paths)}


def _absent(option: Option) -> Any:
    """What a parameter is where its option is not given."""
    return {"flag": False, "many": ()}.get(option.kind, option.default)
