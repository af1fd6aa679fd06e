"""`kdocs cluster`: install, up, status, shell and down of the local cluster."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from kdocs_plugin.clusters import local
from kdocs_plugin.errors import NotInstalled, NotSupported
from kdocs_plugin.messages import preferred_language, text

if TYPE_CHECKING:
    from kdocs_plugin.clusters.local import Installation, LocalCluster


def _say(key: str, **arguments: object) -> None:
    click.echo(text(key, preferred_language(), arguments))


@click.group()
def cluster() -> None:
    """A real Kubernetes on this machine, without Docker."""


@cluster.command()
def install() -> None:
    """Get the cluster's binaries and images into the cache folder."""
    _require_support(to_run=False)
    from kdocs_plugin.clusters.local.binaries.progress import Bars, Plain

    language = preferred_language()
    local.sweep()
    if sys.stderr.isatty():
        with Bars(language) as bars:
            installation = local.install(bars)
    else:
        installation = local.install(Plain(language))
    _say("local.installed", folder=installation.root, **_versions(installation))


@cluster.command()
@click.option("--timings", is_flag=True, help="Show where the time goes.")
def up(timings: bool) -> None:
    """Start a cluster that stays until `down`."""
    _require_support()
    installation = _require_installation()

    def show(name: str, seconds: float) -> None:
        click.echo(f"{seconds:6.2f} s  {name}")

    with _alone():
        running = local.LocalCluster.attach()
        if running is not None:
            running.close()
            _say("local.already_up", since=_local_time(running.running.since))
            return
        started = local.LocalCluster.start(
            installation, keep=True, timings=show if timings else None
        )
        started.close()
        _say("local.up", kubernetes=started.info.kubernetes)


@cluster.command()
def status() -> None:
    """Say what is installed and what runs."""
    _require_support(to_run=False)
    local.sweep()
    installation = local.installed()
    if installation is None:
        _say("local.status.not_installed")
    else:
        _say("local.status.installed", folder=installation.root, **_versions(installation))
        for image in _images(installation):
            _say("local.status.image", name=image.name, made_from=image.made_from)
    running = local.LocalCluster.attach()
    if running is None:
        _say("local.status.down")
    else:
        _say(
            "local.status.up",
            kubernetes=running.info.kubernetes,
            since=_local_time(running.running.since),
        )
        running.close()


@cluster.command()
def shell() -> None:
    """Open a root shell on the node, with the administrator's kubeconfig."""
    running = _require_running()
    argv, environment = running.administrator_shell()
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the shell
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


def _require_installation() -> Installation:
    installation = local.installed()
    if installation is None:
        raise NotInstalled("local.not_installed")
    return installation


def _require_running() -> LocalCluster:
    _require_support()
    local.sweep()
    running = local.LocalCluster.attach()
    if running is None:
        raise NotInstalled("local.not_running")
    return running


def _versions(installation: Installation) -> dict[str, object]:
    from kdocs_plugin.clusters.local.binaries import versions
    from kdocs_plugin.clusters.local.binaries.installation import size, sources

    came_from = sources(installation)
    listed = [f"{name} {version}" for name, version in versions.ALL.items()]
    origins = sorted(set(came_from.values()) - {""})
    return {
        "versions": ", ".join(listed),
        "megabytes": round(size(installation) / 1_000_000),
        "origin": ", ".join(
            text(f"local.progress.source.{origin}", preferred_language(), {})
            for origin in origins
        ),
    }


def _images(installation: Installation) -> Iterator[Any]:
    from kdocs_plugin.clusters.local.images.store import index

    yield from index(installation.images)


def _local_time(iso: str) -> str:
    return datetime.fromisoformat(iso).astimezone().isoformat(sep=" ", timespec="seconds")


@contextmanager
def _alone() -> Iterator[None]:
    """One `up` or `down` at a time."""
    import fcntl  # not on every system; support was asked for before

    from kdocs_plugin.clusters.local import layout

    layout.cache().mkdir(parents=True, exist_ok=True)
    with (layout.cache() / "kept.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
