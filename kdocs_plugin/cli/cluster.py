"""`kdocs cluster`: install, up, status, shell and down of the local cluster."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from kdocs_plugin.cli.cluster_image import image
from kdocs_plugin.clusters import local
from kdocs_plugin.errors import ClusterError, NotInstalled, NotSupported
from kdocs_plugin.messages import preferred_language, text
from kdocs_plugin.model import MOST_NODES, Addon
from kdocs_plugin.running.hosting import require_installation

if TYPE_CHECKING:
    from kdocs_plugin.clusters.local import Installation, LocalCluster


def addon_names(
    context: click.Context, parameter: click.Parameter, value: str
) -> tuple[Addon, ...]:
    """`none`, or names of add-ons with commas between them."""
    names = [] if value == "none" else [each.strip() for each in value.split(",")]
    for each in names:
        if each not in list(Addon):
            choices = ", ".join(("none", *Addon))
            raise click.BadParameter(f"{each!r} is not one of {choices}.", context, parameter)
    return tuple(Addon(each) for each in names)


def _say(key: str, **arguments: object) -> None:
    click.echo(text(key, preferred_language(), arguments))


KUBERNETES = click.option(
    "--kubernetes",
    metavar="VERSION",
    help="1.34 to 1.37, or a full version; else what KDOCS_KUBERNETES says, else the newest.",
)


@click.group()
def cluster() -> None:
    """A real Kubernetes on this machine, without Docker."""


cluster.add_command(image)


@cluster.command()
@KUBERNETES
@click.option(
    "--from",
    "where",
    metavar="FOLDER|PATH",
    help="Use the programs in FOLDER, its bin/ and its cni/ (or, with the word PATH, those on "
    "the search path): they are copied, and their versions must go together. What is not "
    "there comes from release files or source as usual.",
)
@click.option(
    "--control-plane",
    is_flag=True,
    help="Only what `kdocs check --exact` needs: kube-apiserver, etcd, kubectl. Needs no root.",
)
def install(kubernetes: str | None, where: str | None, control_plane: bool) -> None:
    """Get the cluster's binaries and images into the cache folder.

    Each version of Kubernetes has an installation of its own; several stand side by side.
    Official release files are the source where they can be reached, else Go's modules.
    """
    from kdocs_plugin.clusters.local.binaries.installation import CONTROL_PLANE
    from kdocs_plugin.clusters.local.binaries.progress import Bars, Plain
    from kdocs_plugin.clusters.local.exact.starting import unsupported

    reason = unsupported() if control_plane else local.unsupported(to_run=False)
    if reason is not None:
        raise NotSupported(reason.key, **reason.arguments)
    language = preferred_language()
    local.sweep()
    only = CONTROL_PLANE if control_plane else ()
    if sys.stderr.isatty():
        with Bars(language) as bars:
            installation = local.install(bars, kubernetes, where, only)
    else:
        installation = local.install(Plain(language), kubernetes, where, only)
    if control_plane:
        folder, version = installation.root, installation.kubernetes
        _say("exact.installed", kubernetes=version, folder=folder)
    else:
        _say("local.installed", **_described(installation))


@cluster.command()
@click.option(
    "--addons",
    metavar="NAMES",
    callback=addon_names,
    default=",".join(Addon),
    show_default=True,
    help="What stands in kube-system, or `none`.",
)
@KUBERNETES
@click.option(
    "--nodes",
    type=click.IntRange(1, MOST_NODES),
    help="One control plane, the rest workers; 1 where it is not said.",
)
@click.option("--timings", is_flag=True, help="Show where the time goes.")
def up(
    addons: tuple[Addon, ...], kubernetes: str | None, nodes: int | None, timings: bool
) -> None:
    """Start a cluster that stays until `down`."""
    _require_support()
    installation = require_installation(kubernetes or "")

    def show(name: str, seconds: float) -> None:
        click.echo(f"{seconds:6.2f} s  {name}")

    with _alone():
        running = local.LocalCluster.attach()
        if running is not None:
            running.close()
            there = running.info.kubernetes
            if kubernetes is not None and there != installation.kubernetes:
                raise ClusterError(
                    "local.other_up", kubernetes=there, wanted=installation.kubernetes
                )
            if nodes is not None and nodes != running.running.nodes:
                raise ClusterError(
                    "local.other_nodes", nodes=running.running.nodes, wanted=nodes
                )
            since = _local_time(running.running.since)
            _say("local.already_up", kubernetes=there, since=since)
            return
        started = local.LocalCluster.start(
            installation, nodes=nodes or 1, keep=True, timings=show if timings else None
        )
        begun = time.monotonic()
        started.provide(addons)  # they come up by themselves
        if timings:
            click.echo(f"{time.monotonic() - begun:+6.2f} s  add-ons posted")
        started.close()
        _say("local.up", kubernetes=started.info.kubernetes)


@cluster.command()
def status() -> None:
    """Say what is installed and what runs."""
    _require_support(to_run=False)
    local.sweep()
    installations = local.installations()
    if not installations:
        _say("local.status.not_installed")
    for installation in installations:
        _say("local.status.installed", **_described(installation))
    for installation in installations[:1]:  # they share their images
        for each in _images(installation):
            _say("local.status.image", name=each.name, made_from=each.made_from)
    running = local.LocalCluster.attach()
    if running is None:
        _say("local.status.down")
    else:
        _say(
            "local.status.up",
            kubernetes=running.info.kubernetes,
            nodes=running.running.nodes,
            since=_local_time(running.running.since),
        )
        running.close()


@cluster.command()
def shell() -> None:
    """Open a root shell on the node, with the administrator's kubeconfig."""
    running = _require_running()
    argv, environment = running.administrator_shell()
    # Ctrl-C is for the shell: what we ignore it would ignore as well, a handler stays ours.
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        ended = subprocess.run(argv, env=environment, check=False).returncode
    finally:
        signal.signal(signal.SIGINT, before)
        running.close()
    sys.exit(ended if ended >= 0 else 128 - ended)


@cluster.command()
def down() -> None:
    """End the cluster that `up` started and remove all of it."""
    _require_support()
    with _alone():
        running = local.LocalCluster.attach()
        if running is not None:
            running.stop()
        local.sweep()
    _say("local.down" if running is not None else "local.status.down")


def _require_support(*, to_run: bool = True) -> None:
    reason = local.unsupported(to_run=to_run)
    if reason is not None:
        raise NotSupported(reason.key, **reason.arguments)


def _require_running() -> LocalCluster:
    _require_support()
    local.sweep()
    running = local.LocalCluster.attach()
    if running is None:
        raise NotInstalled("local.not_running")
    return running


def _described(installation: Installation) -> dict[str, object]:
    """What there is to say of an installation: the places in its message."""
    from kdocs_plugin.clusters.local.binaries.installation import provenance, size

    language = preferred_language()
    listed: dict[str, list[str]] = {}
    for name, stamp in provenance(installation).items():
        listed.setdefault(stamp.source, []).append(f"{name} {stamp.version}")
    parts = [
        text(
            "local.status.parts",
            language,
            {
                "origin": text(f"local.progress.source.{source}", language, {}),
                "parts": ", ".join(names),
            },
        )
        for source, names in listed.items()
    ]
    return {
        "kubernetes": installation.kubernetes,
        "folder": installation.root,
        "megabytes": round(size(installation) / 1_000_000),
        "parts": "\n".join(parts),
    }


def _images(installation: Installation) -> Iterator[Any]:
    from kdocs_plugin.clusters.local.images.store import index

    yield from index(installation.images)


def _local_time(iso: str) -> str:
    return datetime.fromisoformat(iso).astimezone().strftime("%Y-%m-%d %H:%M %Z").strip()


@contextmanager
def _alone() -> Iterator[None]:
    """One `up` or `down` at a time."""
    import fcntl  # not on every system; support was asked for before

    from kdocs_plugin.clusters.local import layout

    layout.cache().mkdir(parents=True, exist_ok=True)
    with (layout.cache() / "kept.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
