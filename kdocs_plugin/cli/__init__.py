"""The `kdocs` command in click. Each subcommand has a module of its name in this package.

Subcommands are imported when they are called: `kdocs status` must not pay for a cluster.
One whose options stand in a table (`options`) works without click too: `__main__`.
"""

from __future__ import annotations

import importlib
import sys
from typing import NoReturn

import click

from kdocs_plugin import ending

COMMANDS = ("check", "cluster", "diff", "rule", "run", "status", "update")
_ON_PAPER = ("check", "rule")  # make nothing that a kill would leave behind


class Commands(click.Group):
    """Subcommands found by name."""

    def list_commands(self, context: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:  # noqa: ARG002
        if name not in COMMANDS:
            return None
        module = importlib.import_module(f"kdocs_plugin.cli.{name}")
        command: click.Command = getattr(module, name)
        return command


@click.group(cls=Commands)
@click.version_option(package_name="kdocs_plugin", prog_name="kdocs")
@click.pass_context
def kdocs(context: click.Context) -> None:
    """Check, run and publish Kubernetes notes whose examples are true.

    쿠버네티스 노트의 예제를 검사하고, 실행하고, 실제 출력을 페이지에 싣는다.
    """
    if context.invoked_subcommand not in _ON_PAPER:
        sweep_leftovers()


def sweep_leftovers() -> None:
    """Remove what a killed run left. Costs a look at a folder where there is nothing."""
    if sys.platform == "linux":
        from kdocs_plugin.clusters import local

        local.sweep()
        if local.has_dead_visitors():
            from kdocs_plugin.running import hosting

            hosting.tidy_kept()


def main() -> NoReturn:
    """Run the command line; our own errors become one line and exit status 2."""
    ending.orderly(_run)


def _run() -> int:
    try:
        # Without standalone mode click hands `Exit`'s status back as the value.
        return int(kdocs.main(standalone_mode=False) or 0)
    except click.ClickException as error:
        error.show()
        return 2
    except click.Abort:
        return 130
