"""The `kdocs` command. Each subcommand has a module of its name in this package."""

import click


@click.group()
def main() -> None:
    """Check, run and publish Kubernetes notes whose examples are true."""
