"""The `kdocs` command. Each subcommand has a module of its name in this package.

Subcommands are imported when they are called: `kdocs check` must not pay for a cluster.
Exit status: 0 clean, 1 errors found, 2 could not run.
"""

from __future__ import annotations

import errno
import importlib
import os
import signal
import sys
from types import FrameType

import click

from kdocs_plugin import messages
from kdocs_plugin.errors import KdocsError

COMMANDS = ("check", "cluster", "rule", "run", "status")
# Wherever we write: a full or read-only disk is nobody's mistake and no traceback's business.
DISK_TROUBLE = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)


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
def kdocs() -> None:
    """Check, run and publish Kubernetes notes whose examples are true.

    쿠버네티스 노트의 예제를 검사하고, 실행하고, 실제 출력을 페이지에 싣는다.
    """
    sweep_leftovers()


def sweep_leftovers() -> None:
    """Remove what a killed run left. Costs a look at a folder where there is nothing."""
    if sys.platform == "linux":
        from kdocs_plugin.clusters import local

        local.sweep()
        if local.has_dead_visitors():
            from kdocs_plugin import hosting

            hosting.tidy_kept()


def end_in_order(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
    """SIGTERM unwinds like an interrupt, so that clusters and namespaces are removed."""
    raise KeyboardInterrupt


def main() -> None:
    """Run the command line; our own errors become one line and exit status 2."""
    signal.signal(signal.SIGTERM, end_in_order)
    try:
        # Without standalone mode click hands `Exit`'s status back as the value.
        sys.exit(kdocs.main(standalone_mode=False) or 0)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except KdocsError as error:
        language = messages.preferred_language()
        click.echo("kdocs: " + messages.text(error.key, language, error.arguments), err=True)
        if hint := messages.hint(error.key, language, error.arguments):
            click.echo("       " + hint, err=True)
        sys.exit(2)
    except OSError as error:
        if error.errno not in DISK_TROUBLE:
            raise
        language = messages.preferred_language()
        arguments = {"file": error.filename or "", "why": error.strerror}
        click.echo("kdocs: " + messages.text("disk.trouble", language, arguments), err=True)
        click.echo("       " + messages.hint("disk.trouble", language, arguments), err=True)
        sys.exit(2)
    finally:
        give_back()


def give_back() -> None:
    """Under sudo what was put into the cache folder is the caller's, not root's."""
    if "SUDO_UID" in os.environ and sys.platform == "linux":
        from kdocs_plugin.clusters.local import invoker, layout

        invoker.give_back(layout.cache())
