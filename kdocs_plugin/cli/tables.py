"""A table of options -> a click command."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from kdocs_plugin.options import EXCLUDE, INCLUDE, Option


def command(function: Callable[..., int], options: Sequence[Option]) -> click.Command:
    """`function`, which takes `paths` and these options and returns its exit status."""

    def call(**values: Any) -> None:
        raise click.exceptions.Exit(function(**values))

    paths = click.Argument(["paths"], nargs=-1, metavar="[PATH]...")
    return click.Command(
        function.__name__, params=[paths, *map(_option, options)], callback=call,
        help=function.__doc__,
    )  # fmt: skip


def choosing(command: click.Command) -> click.Command:
    """The command, with what chooses among notes: parameters `include` and `exclude`."""
    command.params += [_option(INCLUDE), _option(EXCLUDE)]
    return command


def _option(option: Option) -> click.Option:
    kind: click.ParamType[Any] | None = click.Choice(option.choices) if option.choices else None
    if option.kind == "file":
        kind = click.Path(dir_okay=False, path_type=Path)
    return click.Option(
        [option.flag, option.name],
        type=kind,
        is_flag=option.kind == "flag",
        multiple=option.kind == "many",
        default={"flag": False, "many": None}.get(option.kind, option.default),
        metavar=option.metavar,
        help=option.help,
    )
