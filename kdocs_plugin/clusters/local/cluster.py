"""A Kubernetes cluster on this machine: real components in namespaces of their own.

In: an installation. Out: a `LocalCluster`, which implements clusters.base.Cluster.

    caller -- unshare -- init (node.py, process 1 of the node)
                           |-- etcd, kube-apiserver, ..., kubelet, registry, pods

The init process watches its owner through a pidfd and each link kills the next one, so
whichever process is killed, all below it end with it. A cluster that `kdocs cluster up`
leaves has no owner: it ends by `stop` or with the machine.
"""

from __future__ import annotations

import contextlib
import ctypes
import datetime
import http.client
import json
import os
import re
import select
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import kdocs_plugin
from kdocs_plugin.clusters.base import Shell
from kdocs_plugin.clusters.local import cgroups, images, layout, processes
from kdocs_plugin.clusters.local.layout import Installation
from kdocs_plugin.clusters.local.leftovers import sweep
from kdocs_plugin.errors import ClusterError
from kdocs_plugin.model import ClusterInfo

CLONE_NEWNET = 0x40000000
USER = 65532  # of a note's steps, on the node only
NAMESPACES = ("--net", "--mount", "--pid", "--uts", "--ipc")
# The init process runs without site-packages: it starts faster and needs none.
BOOT = (
    "import sys; sys.path.insert(0, {path!r}); "
    "from kdocs_plugin.clusters.local import node; "
    "node.main({channel}, {owner})"
)
STEP_PATH = "/opt/kdocs/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
STEP_SCRIPT = "/run/kdocs/step.sh"


@dataclass(frozen=True, slots=True)
class Running:
    """What the state directory says of a cluster, for those who did not start it."""

    identity: str
    outer: processes.Process  # unshare, whose end ends the node
    init: int  # the node's process 1, as the host numbers it
    since: str  # ISO 8601, UTC
    kubernetes: str
    images: Path
    kept: bool


Timings = Callable[[str, float], None]


class LocalCluster:
    """A running local cluster. Made by `start` or `attach`."""

    def __init__(
        self,
        running: Running,
        process: subprocess.Popen[bytes] | None,
        channel: socket.socket | None,
    ) -> None:
        self.running = running
        self.directory = layout.clusters() / running.identity
        self._process = process
        self._channel = channel
        # Others may use the same cluster: this process' shells have a folder of their own.
        self._visit = processes.new_identity()
        self._network = os.open(f"/proc/{running.init}/ns/net", os.O_RDONLY | os.O_CLOEXEC)

    # --- Starting and finding ---------------------------------------------------------

    @classmethod
    def start(
        cls,
        installation: Installation,
        *,
        keep: bool = False,
        timeout: float = 90.0,
        timings: Timings | None = None,
    ) -> LocalCluster:
        """Start a cluster and return once its node is Ready.

        It ends with this process, or by `close`; with `keep` it outlives both.
        `timings` hears each milestone with the seconds since the call.
        """
        begun = time.monotonic()

        def milestone(name: str) -> None:
            if timings:
                timings(name, time.monotonic() - begun)

        sweep()
        starting = _Starting(installation)
        try:
            starting.launch(milestone)
            cluster = starting.await_ready(begun + timeout, milestone)
            if keep:
                starting.keep()
        except BaseException:
            starting.abandon()
            raise
        return cluster

    @classmethod
    def attach(cls) -> LocalCluster | None:
        """The cluster that `kdocs cluster up` left; None where there is none."""
        running = kept()
        if running is None:
            return None
        cluster = cls(running, None, None)
        for visit in (cluster.directory / "shells").iterdir():
            if not processes.owner_may_live(visit.name):
                shutil.rmtree(visit, ignore_errors=True)
        return cluster

    # --- clusters.base.Cluster --------------------------------------------------------

    @property
    def info(self) -> ClusterInfo:
        return ClusterInfo(self.running.kubernetes, "local")

    @property
    def kubeconfig(self) -> Path:
        return self.directory / "kubeconfig"

    @contextlib.contextmanager
    def network(self) -> Iterator[None]:
        """Within it, this thread's new sockets, and processes it starts, are on the node."""
        own = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        try:
            _enter(self._network)
            try:
                yield
            finally:
                _enter(own)
        finally:
            os.close(own)

    def shell(self, name: str, kubeconfig: str) -> Shell:
        """A bash for scenario `name`; see base. Shells of one name share their directory.

        The thread that starts it must outlive it: the kernel sends a child its parent's
        death signal when the thread that made it ends.
        """
        if not re.fullmatch(r"\w[\w.-]*", name):
            raise ValueError(f"a shell's name: {name!r}")
        folder = self.directory / "shells" / self._visit / name
        home = folder / "home"
        home.mkdir(parents=True, exist_ok=True)
        os.chown(home, USER, USER)
        partial = folder / ".kubeconfig"
        partial.touch(mode=0o600)
        partial.write_text(kubeconfig)
        partial.replace(folder / "kubeconfig")
        die = ("--pdeathsig", "KILL")
        argv = (
            _tool("setpriv"), *die, _tool("nsenter"), "--target", str(self.running.init),
            "--net", "--mount", "--uts", "--ipc", "--pid", "--",
            "setpriv", *die, "unshare", "--mount", "--pid", "--ipc", "--fork", "--kill-child",
            "--",
            "sh", STEP_SCRIPT, f"/run/kdocs/shells/{self._visit}/{name}",
            "bash", "--norc", "--noprofile",
        )  # fmt: skip
        environment = {
            "CURL_HOME": "/etc/kdocs",
            "HOME": "/home/kdocs",
            "KUBECACHEDIR": "/tmp/kube",  # noqa: S108 - the step's own tmpfs
            "KUBECONFIG": "/run/kubeconfig",
            "LANG": "C.UTF-8",
            "PAGER": "cat",
            "PATH": STEP_PATH,
            "SHELL": "/bin/bash",
            "TERM": "dumb",
            "TZ": "UTC",
            "USER": "kdocs",
        }
        return Shell(argv, environment, home)

    def built_locally(self, digest: str) -> bool:
        wanted = digest.rpartition("@")[2]
        return any(image.digest == wanted for image in images.index(self.running.images))

    def close(self) -> None:
        """End the cluster if this process owns it; let go of it otherwise."""
        if self._network >= 0:
            os.close(self._network)
            self._network = -1
        channel, process = self._channel, self._process
        self._channel = self._process = None
        if channel is None or process is None or self.running.kept:
            shutil.rmtree(self.directory / "shells" / self._visit, ignore_errors=True)
            return
        channel.close()
        _end(process, self.running.identity)

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
        if self.running.outer.alive:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.running.outer.pid, signal.SIGKILL)
        with contextlib.suppress(FileNotFoundError):
            layout.kept().unlink()
        deadline = time.monotonic() + 10
        while self.running.outer.alive and time.monotonic() < deadline:
            time.sleep(0.02)
        _clean(self.running.identity)

    def administrator_shell(self) -> tuple[list[str], dict[str, str]]:
        """Command line and environment of an interactive root shell on the node."""
        argv = [
            _tool("nsenter"), "--target", str(self.running.init),
            "--net", "--mount", "--uts", "--ipc", "--pid", "--",
            "bash", "--norc", "--noprofile",
        ]  # fmt: skip
        environment = {
            "HOME": "/root",
            "KUBECONFIG": "/etc/kubernetes/admin.conf",
            "LANG": "C.UTF-8",
            "PATH": STEP_PATH,
            "PS1": r"\u@\h:\w\$ ",
            "TERM": os.environ.get("TERM", "dumb"),
            "CONTAINER_RUNTIME_ENDPOINT": "unix:///run/containerd/containerd.sock",
        }
        return argv, environment


def kept() -> Running | None:
    """The cluster that outlives its maker, where it still runs."""
    try:
        identity = layout.kept().read_text().strip()
        running = _read(identity)
    except (FileNotFoundError, NotADirectoryError):
        return None
    return running if running.kept and running.outer.alive else None


class _Starting:
    """A cluster on its way up: what must be undone if it does not get there."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        self.identity = processes.new_identity()
        self.directory = layout.clusters() / self.identity
        self.process: subprocess.Popen[bytes] | None = None
        self.channel: socket.socket | None = None
        self.cluster: LocalCluster | None = None
        self.events = b""

    def launch(self, milestone: Callable[[str], None]) -> None:
        """Start the node's init process and hand it its plan."""
        layout.clusters().mkdir(parents=True, exist_ok=True)
        self.directory.mkdir(mode=0o700)
        for name in ("root", "log", "shells"):
            (self.directory / name).mkdir()
        groups = cgroups.create(self.identity)
        self.channel, theirs = socket.socketpair()
        owner = os.pidfd_open(os.getpid())
        package = str(Path(kdocs_plugin.__file__).parent.parent)
        boot = BOOT.format(path=package, channel=theirs.fileno(), owner=owner)
        try:
            with (self.directory / "log/init.log").open("wb") as log:
                self.process = subprocess.Popen(
                    [_tool("unshare"), *NAMESPACES, "--fork", "--kill-child", "--",
                     sys.executable, "-I", "-S", "-B", "-c", boot],
                    stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                    pass_fds=(theirs.fileno(), owner), start_new_session=True, cwd="/",
                )  # fmt: skip
        finally:
            theirs.close()
            os.close(owner)
        self._configure(groups)
        milestone("plan")
        started = self._event("pid", time.monotonic() + 20)
        running = Running(
            self.identity,
            processes.process(self.process.pid),
            started["pid"],
            datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
            self.installation.kubernetes,
            self.installation.images,
            kept=False,
        )
        _write(running)
        self.cluster = LocalCluster(running, self.process, self.channel)
        milestone("namespaces")

    def _configure(self, groups: list[Path]) -> None:
        from kdocs_plugin.clusters.local import components  # cryptography takes a while

        plan = components.plan(cgroups.path_of(self.identity))
        files = {
            **plan.files,
            "/etc/kubernetes/admin.conf": plan.admin_kubeconfig(),
            STEP_SCRIPT: Path(__file__).with_name("step.sh").read_text(),
        }
        for name, content in (
            ("kubeconfig", plan.admin_kubeconfig()),
            ("ca.crt", plan.authority),
            ("admin.pem", plan.admin.certificate + plan.admin.key),
        ):
            path = self.directory / name
            path.touch(mode=0o600)
            path.write_text(content)
        config = {
            "root": str(self.directory / "root"),
            "hostname": components.NODE,
            "machine": os.urandom(16).hex(),
            "user": f"kdocs:x:{USER}:{USER}:kdocs:/home/kdocs:/bin/bash\n",
            "group": f"kdocs:x:{USER}:\n",
            "cgroups": [str(group) for group in groups],
            "binds": [
                (str(self.installation.bin), "/opt/kdocs/bin", True),
                (str(self.installation.cni), "/opt/cni/bin", True),
                (str(self.installation.images), "/opt/kdocs/images", True),
                (str(self.directory / "log"), plan.log, False),
                (str(self.directory / "shells"), "/run/kdocs/shells", False),
            ],
            "network": "\n".join(
                (
                    "link set lo up",
                    "link add eth0 type veth peer name uplink",  # dummy links may not exist
                    "link set uplink up",
                    f"address add {components.NODE_NETWORK} dev eth0",
                    "link set eth0 up",
                    f"route add {components.SERVICE_NETWORK} dev eth0",
                    "route add unreachable default",  # refused at once, not after a timeout
                )
            ),
            "files": files,
            "folders": ["/run/kdocs/etcd", "/run/containerd", "/var/lib/etcd"],
            "log": plan.log,
            "environment": {"HOME": "/root", "PATH": STEP_PATH},
            "registry": {
                "host": components.REGISTRY[0],
                "port": components.REGISTRY[1],
                "folder": "/opt/kdocs/images",
            },
            "processes": [
                {"name": p.name, "argv": p.argv, "after": p.after} for p in plan.processes
            ],
        }
        assert self.channel is not None  # noqa: S101 - launch made it
        with contextlib.suppress(BrokenPipeError):  # told better by the event that is missing
            self.channel.sendall(json.dumps(config).encode() + b"\n")

    def await_ready(self, deadline: float, milestone: Callable[[str], None]) -> LocalCluster:
        """Wait until the API server says that it and the node are ready."""
        cluster = self.cluster
        assert cluster is not None  # noqa: S101 - launch made it
        api = _Api(self.directory)
        goals: list[tuple[str, Callable[[], bool]]] = [
            ("kube-apiserver", api.ready),
            ("node", api.node_ready),
            ("labels", api.label_node),
        ]
        with cluster.network():
            while goals:
                name, reached = goals[0]
                if reached():
                    milestone(name)
                    goals.pop(0)
                    continue
                self._watch(0.03)
                if time.monotonic() > deadline:
                    raise ClusterError(
                        "local.not_ready", part=name, log=self._last_lines("node")
                    )
            api.close()
        return cluster

    def keep(self) -> None:
        """Let the cluster outlive this process. First it is written where it is found."""
        assert self.cluster is not None  # noqa: S101 - launch made it
        assert self.channel is not None  # noqa: S101 - launch made it
        running = self.cluster.running
        running = Running(
            running.identity, running.outer, running.init, running.since,
            running.kubernetes, running.images, kept=True,
        )  # fmt: skip
        _write(running)
        partial = layout.kept().with_suffix(".partial")
        partial.write_text(self.identity)
        partial.replace(layout.kept())
        self.channel.sendall(b'{"keep": true}\n')
        self._event("kept", time.monotonic() + 10)
        self.cluster.running = running

    def abandon(self) -> None:
        """Undo everything."""
        if self.channel:
            self.channel.close()
        if self.process:
            self.process.kill()
            _end(self.process, self.identity)
        else:
            _clean(self.identity)

    def _event(self, name: str, deadline: float) -> dict[str, Any]:
        """The next event of this name. ClusterError where the node ends before it."""
        while True:
            while b"\n" in self.events:
                line, _, self.events = self.events.partition(b"\n")
                event: dict[str, Any] = json.loads(line)
                if "died" in event:
                    raise ClusterError(
                        "local.component_died",
                        component=event["died"],
                        status=event["status"],
                        log=self._last_lines(event["died"]),
                    )
                if name in event:
                    return event
            if not name:
                return {}
            if time.monotonic() > deadline:
                raise ClusterError("local.not_ready", part=name, log=self._last_lines("init"))
            self._receive(0.2)

    def _watch(self, seconds: float) -> None:
        """Wait a moment. ClusterError where something has died."""
        self._receive(seconds)
        self._event("", 0)

    def _receive(self, seconds: float) -> None:
        assert self.channel is not None  # noqa: S101 - launch made it
        readable, _, _ = select.select([self.channel], [], [], seconds)
        if readable:
            received = self.channel.recv(65536)
            self.events += received
            if not received:
                raise ClusterError("local.node_ended", log=self._last_lines("init"))

    def _last_lines(self, name: str) -> str:
        try:
            text = (self.directory / "log" / f"{name}.log").read_text(errors="replace")
        except FileNotFoundError:
            return ""
        return "\n".join(text.splitlines()[-8:])


class _Api:
    """The few questions that starting asks the API server. For use on the node's network."""

    def __init__(self, directory: Path) -> None:
        from kdocs_plugin.clusters.local import components

        context = ssl.create_default_context(cafile=str(directory / "ca.crt"))
        context.load_cert_chain(directory / "admin.pem")
        self._connection = http.client.HTTPSConnection(
            components.ADDRESS, 6443, context=context, timeout=5
        )
        self._node = f"/api/v1/nodes/{components.NODE}"

    def ready(self) -> bool:
        return self._ask("GET", "/readyz") is not None

    def node_ready(self) -> bool:
        node = self._ask("GET", self._node)
        if node is None:
            return False
        conditions = json.loads(node)["status"].get("conditions", [])
        return any(c["type"] == "Ready" and c["status"] == "True" for c in conditions)

    def label_node(self) -> bool:
        """The labels that kubeadm gives; a kubelet may not give them to itself."""
        labels = {
            "node-role.kubernetes.io/control-plane": "",
            "node.kubernetes.io/exclude-from-external-load-balancers": "",
        }
        return self._ask("PATCH", self._node, {"metadata": {"labels": labels}}) is not None

    def close(self) -> None:
        self._connection.close()

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> bytes | None:
        """The answer's body; None for anything but success."""
        headers = {"Content-Type": "application/merge-patch+json"} if body else {}
        try:
            self._connection.request(method, path, json.dumps(body) if body else None, headers)
            response = self._connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException):
            self._connection.close()
            return None
        return content if response.status == 200 else None


def _enter(namespace: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(namespace, CLONE_NEWNET) != 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error), "setns")


def _tool(name: str) -> str:
    return shutil.which(name) or name


def _read(identity: str) -> Running:
    document = json.loads((layout.clusters() / identity / "running.json").read_text())
    document["outer"] = processes.Process(**document["outer"])
    document["images"] = Path(document["images"])
    return Running(**document)


def _write(running: Running) -> None:
    document = {
        "identity": running.identity,
        "outer": {"pid": running.outer.pid, "started": running.outer.started},
        "init": running.init,
        "since": running.since,
        "kubernetes": running.kubernetes,
        "images": str(running.images),
        "kept": running.kept,
    }
    path = layout.clusters() / running.identity / "running.json"
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(document))
    partial.replace(path)


def _end(process: subprocess.Popen[bytes], identity: str) -> None:
    """Wait for the node's end, which has been asked for, and remove what it leaves."""
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(10)
    _clean(identity)


def _clean(identity: str) -> None:
    cgroups.remove(identity)
    shutil.rmtree(layout.clusters() / identity, ignore_errors=True)
