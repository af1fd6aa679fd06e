"""`kdocs cluster image`: the images that the local cluster has without a registry."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from kdocs_plugin.clusters.local import layout
from kdocs_plugin.errors import ClusterError
from kdocs_plugin.messages import preferred_language, text
from kdocs_plugin.reports.cells import width

HEADS = ("name", "tags", "digest", "made_from", "size", "origin")


def _folder() -> Path:
    return layout.cache() / "images"


def _say(key: str, **arguments: object) -> None:
    click.echo(text(key, preferred_language(), arguments))


@click.group()
def image() -> None:
    """Images of your own for the local cluster."""


@image.command()
@click.argument("archive", required=False, type=click.Path(exists=True, path_type=Path))
@click.option("--name", help="What the image is called: my/tools:1.")
@click.option("--debian", help="Debian packages to make the image of: nginx-light,curl.")
@click.option("--cmd", default="", help="What a container of it runs. With --debian.")
def add(archive: Path | None, name: str | None, debian: str | None, cmd: str) -> None:
    """Add an OCI or docker-save ARCHIVE, or an image of Debian packages."""
    from kdocs_plugin.clusters.local.images import archive as archives
    from kdocs_plugin.clusters.local.images import names, recipes, store

    if (archive is None) == (debian is None):
        raise ClusterError("image.add_what")
    if archive is not None:
        if cmd:
            raise ClusterError("image.cmd_of_archive")
        made = archives.add(_folder(), archive, name)
    else:
        if not name:
            raise ClusterError("image.name_missing")
        wanted = archives.parsed(name)
        packages = [each.strip() for each in (debian or "").split(",") if each.strip()]
        own = recipes.own_image(
            store.Store(_folder()),
            names.short(wanted.registry, wanted.repository),
            wanted.repository,
            wanted.registry,
            wanted.reference,
            packages,
            shlex.split(cmd),
        )
        with store.alone(_folder()):
            store.put(_folder(), [own])
        made = (own,)
    for each in made:
        _say("image.added", name=f"{each.name}:{each.tags[0]}", digest=each.digest[7:19])


@image.command("list")
def list_images() -> None:
    """Show which images are here."""
    from kdocs_plugin.clusters.local.images import listing

    language = preferred_language()
    rows = [tuple(text(f"image.head.{head}", language, {}) for head in HEADS)]
    rows += [
        (
            row.name,
            ", ".join(row.tags),
            row.digest[7:19],
            row.made_from,
            f"{row.size / 1_000_000:.1f} MB",
            text(f"image.origin.{row.origin}", language, {}),
        )
        for row in listing.rows(_folder())
    ]
    widths = [max(width(row[column]) for row in rows) for column in range(len(HEADS))]
    for row in rows:
        cells = (cell + " " * (w - width(cell)) for cell, w in zip(row, widths, strict=True))
        click.echo("  ".join(cells).rstrip())


@image.command()
@click.argument("name")
def remove(name: str) -> None:
    """Remove an image that was added, or what a registry gave."""
    from kdocs_plugin.clusters.local.images import listing

    removed = listing.remove(_folder(), name)
    _say("image.removed", name=removed)
