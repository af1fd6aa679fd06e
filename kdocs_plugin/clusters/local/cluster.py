"""A Kubernetes cluster on this machine: real components in namespaces of their own.

In: an installation. Out: a `LocalCluster`, which implements clusters.base.Cluster.

    caller -- top -- init (process 1 of the first node)
           |          |-- etcd, kube-apiserver, ..., containerd, kubelet, pods
           |          `-- init of a worker -- containerd, kubelet, pods
           `-- registry

Process 1 watches its owner through a pidfd, the registry watches the top, process 1 the
registry, and each link kills the next one: whichever process is killed, all of them end.
A cluster that `kdocs cluster up` leaves has no owner: it ends by `stop` or with the
machine.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Self

from kdocs_plugin.clusters.base import Shell
from kdocs_plugin.clusters.local import layout, namespaces, processes
from kdocs_plugin.clusters.local.addons import Addons
from kdocs_plugin.clusters.local.configuration import (
    FIRST_ID,
    PATH,
    SHELLS,
    STEP_SCRIPT,
    USER,
)
from kdocs_plugin.clusters.local.images import listing, store
from kdocs_plugin.clusters.local.layout import Installation
from kdocs_plugin.clusters.local.leftovers import sweep
from kdocs_plugin.clusters.local.namespaces import tool
from kdocs_plugin.clusters.local.node import cgroups
from kdocs_plugin.clusters.local.running import Running, Started, clean, end, kept
from kdocs_plugin.clusters.local.starting import Starting
from kdocs_plugin.model import Addon, ClusterInfo

NAMESPACES = ("--user", "--net", "--mount", "--uts", "--ipc", "--pid")
HOME_BYTES = 256 << 20
JOIN = str(Path(__file__).parent / "node/join.py")
Timings = Callable[[str, float], None]


class LocalCluster:
    """A running local cluster. Made by `start` or `attach`."""

    def __init__(
        self,
        running: Running,
        started: Started | None = None,
    ) -> None:
        self.running = running
        self.directory = layout.clusters() / running.identity
        self._started = started
        # Others may use the same cluster: this process' shells have a folder of their own.
        self._visit = processes.new_identity()
        self._making_home = threading.Lock()
        self._network = os.open(f"/proc/{running.init}/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        binaries = layout.installation(running.kubernetes).bin
        self._addons = Addons(self.directory, binaries, running.images)

    # --- Starting and finding ---------------------------------------------------------

    @classmethod
    def start(
        cls,
        installation: Installation,
        *,
        nodes: int = 1,
        keep: bool = False,
        timeout: float = 90.0,
        timings: Timings | None = None,
    ) -> LocalCluster:
        """Start a cluster and return once its nodes, the first one a control plane, are Ready.

        It ends with this process, or by `close`; with `keep` it outlives both.
        `timings` hears each milestone with the seconds since the call.
        """
        begun = time.monotonic()

        def milestone(name: str) -> None:
            if timings:
                timings(name, time.monotonic() - begun)

        sweep()
        starting = Starting(installation, nodes)
        try:
            starting.launch(milestone)
            starting.await_ready(begun + timeout, milestone)
            if keep:
                starting.keep()
            return cls(starting.running, starting.started)
        except BaseException:
            starting.abandon()
            raise

    @classmethod
    def attach(cls) -> LocalCluster | None:
        """The cluster that `kdocs cluster up` left; None where there is none."""
        running = kept()
        if running is None:
            return None
        try:
            cluster = cls(running)
        except FileNotFoundError:  # it has ended just now
            return None
        with contextlib.suppress(FileNotFoundError):  # so it may now
            for visit in (cluster.directory / "shells").iterdir():
                if not processes.owner_may_live(visit.name):
                    cluster._remove_visit(visit.name)
            # From now on what this process leaves is known as a dead visitor's.
            (cluster.directory / "shells" / cluster._visit).mkdir()
        return cluster

    # --- clusters.base.Cluster --------------------------------------------------------

    @property
    def info(self) -> ClusterInfo:
        return ClusterInfo(self.running.kubernetes, "local")

    @property
    def kubeconfig(self) -> Path:
        return self.directory / "kubeconfig"

    @property
    def bounds(self) -> None:
        """None: the node has those of the machine."""
        return

    @property
    def helper_image(self) -> str:
        return "busybox"  # one that is always here

    def network(self) -> AbstractContextManager[None]:
        return namespaces.inside(self._network)

    def shell(self, name: str, kubeconfig: str) -> Shell:
        """A bash for scenario `name`; see base. Shells of one name share their directory.

        The thread that starts it must outlive it: the kernel sends a child its parent's
        death signal when the thread that made it ends.
        """
        if not re.fullmatch(r"\w[\w.-]*", name):
            raise ValueError(f"a shell's name: {name!r}")
        folder = self.directory / "shells" / self._visit / name
        with self._making_home:
            home = self._home(folder, f"{SHELLS}/{self._visit}/{name}/home")
        partial = folder / ".kubeconfig"
        partial.touch(mode=0o600)
        os.chown(partial, FIRST_ID, FIRST_ID)
        partial.write_text(kubeconfig)
        partial.replace(folder / "kubeconfig")
        groups = cgroups.make_step(self.running.identity, f"{self._visit}-{name}")
        die = ("--pdeathsig", "KILL")
        argv = (
            tool("setpriv"), *die,
            sys.executable, "-I", "-S", "-B", JOIN, *map(str, groups), "--",
            tool("nsenter"), *self._target(), "--",
            "setpriv", *die, "unshare", "--mount", "--pid", "--ipc", "--fork", "--kill-child",
            "--",
            "sh", STEP_SCRIPT, f"{SHELLS}/{self._visit}/{name}",
            "bash", "--norc", "--noprofile",
        )  # fmt: skip
        environment = {
            "CURL_HOME": "/etc/kdocs",
            "HOME": "/home/kdocs",
            "KUBECACHEDIR": "/tmp/kube",  # noqa: S108 - the step's own tmpfs
            "KUBECONFIG": "/run/kubeconfig",
            "LANG": "C.UTF-8",
            "PAGER": "cat",
            "PATH": PATH,
            "SHELL": "/bin/bash",
            "TERM": "dumb",
            "TZ": "UTC",
            "USER": "kdocs",
        }
        return Shell(argv, environment, home)

    def _home(self, folder: Path, on_node: str) -> Path:
        """A scenario's working directory: memory of the node's, with an end to it."""
        (folder / "home").mkdir(parents=True, exist_ok=True)
        home = Path(f"/proc/{self.running.init}/root{on_node}")
        if not home.is_mount():
            owner = FIRST_ID + USER
            options = f"nosuid,nodev,size={HOME_BYTES},mode=755,uid={owner},gid={owner}"
            subprocess.run(
                [tool("nsenter"), f"--mount=/proc/{self.running.init}/ns/mnt", "--",
                 "mount", "-t", "tmpfs", "-o", options, "kdocs", on_node],
                env={"PATH": PATH}, stdin=subprocess.DEVNULL, check=True, timeout=20,
            )  # fmt: skip
        return home

    def _target(self) -> tuple[str, ...]:
        """nsenter's options for the first node's namespaces."""
        return ("--target", str(self.running.init), *NAMESPACES)

    def provide(self, addons: Collection[Addon]) -> None:
        with self.network():
            self._addons.provide(addons)

    def await_addons(
        self, addons: Collection[Addon], namespace: str | None, *, numbers: bool
    ) -> None:
        with self.network():
            self._addons.await_running(addons)
            if numbers:
                self._addons.await_numbers(namespace)

    def built_locally(self, digest: str) -> bool:
        wanted = digest.rpartition("@")[2]
        return any(
            image.digest == wanted and image.stand_in
            for image in store.index(self.running.images)
        )

    def images_like(self, image: str) -> tuple[str, ...]:
        folder = self.running.images
        return listing.near(folder, image) or listing.notable(folder)

    def close(self) -> None:
        """End the cluster if this process owns it; let go of it otherwise."""
        if self._network >= 0:
            os.close(self._network)
            self._network = -1
        started, self._started = self._started, None
        if started is None or self.running.kept:
            self._remove_visit(self._visit)
            return
        end(started, self.running.identity)

    def _remove_visit(self, visit: str) -> None:
        """Remove a visitor's files on the node and the groups of its shells."""
        shutil.rmtree(self.directory / "shells" / visit, ignore_errors=True)
        cgroups.remove_steps(self.running.identity, visit)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def ended(self) -> str | None:
        """Why the node has ended by itself; None while it runs."""
        if self.running.outer.alive:
            return None
        try:
            return (self.directory / "log/node.log").read_text().strip()
        except FileNotFoundError:
            return "killed"

    # --- For the person at the terminal -----------------------------------------------

    def stop(self) -> None:
        """End the cluster, whoever started it, and remove all of it."""
        self.close()
        parts = [self.running.outer, self.running.registry]
        with contextlib.suppress(ProcessLookupError):
            # The kernel lets a namespace's process 1 go when all the others have gone.
            parts.append(processes.process(self.running.init))
        if self.running.outer.alive:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.running.outer.pid, signal.SIGKILL)
        with contextlib.suppress(FileNotFoundError):
            layout.kept().unlink()
        deadline = time.monotonic() + 10
        while any(part.alive for part in parts) and time.monotonic() < deadline:
            time.sleep(0.02)
        clean(self.running.identity)

    def administrator_shell(self) -> tuple[list[str], dict[str, str]]:
        """Command line and environment of an interactive root shell on the node."""
        argv = [
            tool("nsenter"), *self._target(), "--",
            "sh", "-c", "cd; exec bash --norc --noprofile",
        ]  # fmt: skip
        environment = {
            "HOME": "/root",
            "KUBECONFIG": "/etc/kubernetes/admin.conf",
            "LANG": "C.UTF-8",
            "PATH": PATH,
            "PS1": r"\u@\h:\w\$ ",
            "TERM": os.environ.get("TERM", "dumb"),
            "CONTAINER_RUNTIME_ENDPOINT": "unix:///run/containerd/containerd.sock",
        }
        return argv, environment
