"""The node's init process: process 1 in namespaces of its own.

In: over a socket, one line of JSON that says what to mount, to write and to start.
Out: over the same socket, lines of JSON: what was started, and what died. It knows
nothing of Kubernetes; components.py does.

It leaves the host's root for one of its own (a tmpfs with the host's /usr in it, read
only), so that neither a pod's hostPath nor a component's state touches the host's disk,
and everything is gone once its namespaces are. Nothing can therefore be imported after
`change_root`: this file and registry.py import the standard library only, at the top.

It ends with its owner: it holds a descriptor of the owner's process (a pidfd, so that
it counts when the process ends and not when one of its threads does), and process 1's
end is the end of every process in its namespace. Where a component dies, it ends too:
half a cluster would only produce puzzling output.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import time
import traceback  # noqa: F401 - socketserver would import it after the root has changed
from pathlib import Path
from typing import Any

from kdocs_plugin.clusters.local.registry import Registry

MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC = 1, 2, 4, 8
MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE, MS_SHARED = 32, 4096, 16384, 1 << 18, 1 << 20
MNT_DETACH = 2

# What programs look up in /etc, and no more: no passwords, no keys, no host's settings.
ETC = ("alternatives", "bash.bashrc", "ca-certificates", "ld.so.cache", "ld.so.conf",
       "ld.so.conf.d", "localtime", "mime.types", "os-release", "protocols", "services",
       "ssl", "terminfo")  # fmt: skip
DEVICES = ("null", "zero", "full", "random", "urandom", "tty", "kmsg", "fuse")
STEP_ROOT = Path("/run/kdocs/step")
# The kubelet sets these for the whole machine where they differ. It finds what it wants in
# files of the node's own instead, and leaves the machine's as they are.
TUNABLES = {
    "kernel/keys/root_maxbytes": "25000000",
    "kernel/keys/root_maxkeys": "1000000",
    "kernel/panic": "10",
    "kernel/panic_on_oops": "1",
    "vm/overcommit_memory": "1",
    "vm/panic_on_oom": "0",
}

libc = ctypes.CDLL(None, use_errno=True)


def mount(source: str, target: Path, kind: str = "", flags: int = 0, data: str = "") -> None:
    """mount(2)."""
    result = libc.mount(
        source.encode(), str(target).encode(), kind.encode() or None,
        ctypes.c_ulong(flags), data.encode() or None,
    )  # fmt: skip
    if result != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), str(target))


def bind(
    source: Path, target: Path, *, read_only: bool = False, recursive: bool = False
) -> None:
    """Show `source`, a file or a folder, also at `target`."""
    if source.is_dir():
        target.mkdir(parents=True, exist_ok=True)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.touch()
    mount(str(source), target, flags=MS_BIND | (MS_REC if recursive else 0))
    if read_only:
        mount("", target, flags=MS_BIND | MS_REMOUNT | MS_RDONLY)


def tmpfs(target: Path, mode: str = "755", flags: int = MS_NOSUID | MS_NODEV) -> None:
    """An empty folder in memory."""
    target.mkdir(parents=True, exist_ok=True)
    mount("tmpfs", target, "tmpfs", flags, f"mode={mode}")


def system_folders(root: Path) -> None:
    """The host's programs and libraries, read only, linked as the host links them."""
    for name in ("usr", "bin", "sbin", "lib", "lib32", "lib64", "libx32"):
        host = Path("/", name)
        if host.is_symlink():
            (root / name).symlink_to(host.readlink())
        elif host.is_dir():
            bind(host, root / name, read_only=True)


def settings(etc: Path, hostname: str, users: str, groups: str) -> None:
    """The few files of /etc that programs need."""
    etc.mkdir()
    for name in ETC:
        host = Path("/etc", name)
        if host.is_symlink():
            (etc / name).symlink_to(host.readlink())
        elif host.is_dir():
            shutil.copytree(host, etc / name, symlinks=True, ignore=_private_keys)
        elif host.is_file():
            shutil.copyfile(host, etc / name)
    (etc / "hostname").write_text(f"{hostname}\n")
    (etc / "hosts").write_text(f"127.0.0.1\tlocalhost\n::1\tlocalhost\n127.0.1.1\t{hostname}\n")
    (etc / "nsswitch.conf").write_text("passwd: files\ngroup: files\nhosts: files dns\n")
    (etc / "passwd").write_text(users)
    (etc / "group").write_text(groups)
    # Nothing answers there, so a look-up fails at once and not after a timeout.
    (etc / "resolv.conf").write_text("nameserver 127.0.0.1\n")


def _private_keys(_: str, names: list[str]) -> list[str]:
    return [name for name in names if name == "private" or name.endswith(".key")]


def devices(dev: Path, names: tuple[str, ...]) -> None:
    """A /dev with these devices of the host and a terminal multiplexer of its own."""
    tmpfs(dev, flags=MS_NOSUID)
    for name in names:
        if Path("/dev", name).exists():
            bind(Path("/dev", name), dev / name)
    for name, target in (("fd", "/proc/self/fd"), ("stdin", "/proc/self/fd/0"),
                         ("stdout", "/proc/self/fd/1"), ("stderr", "/proc/self/fd/2"),
                         ("ptmx", "pts/ptmx")):  # fmt: skip
        (dev / name).symlink_to(target)
    (dev / "pts").mkdir()
    options = "newinstance,ptmxmode=0666,mode=620"
    mount("devpts", dev / "pts", "devpts", MS_NOSUID | MS_NOEXEC, options)


def node_root(root: Path, config: dict[str, Any]) -> None:
    """Put together the root that the node's processes see."""
    tmpfs(root, flags=0)
    system_folders(root)
    users = f"root:x:0:0:root:/root:/bin/bash\n{config['user']}"
    settings(root / "etc", config["hostname"], users, f"root:x:0:\n{config['group']}")
    (root / "etc/machine-id").write_text(f"{config['machine']}\n")
    for name in ("home", "mnt", "opt", "proc", "root", "srv", "sys", "var/cache", "var/lib",
                 "var/log", "var/tmp", "run/lock", "tmp"):  # fmt: skip
        (root / name).mkdir(parents=True)
    (root / "root").chmod(0o700)
    (root / "tmp").chmod(0o1777)
    (root / "var/tmp").chmod(0o1777)
    (root / "var/run").symlink_to("/run")
    (root / "run/kdocs").mkdir(mode=0o700)
    mount("proc", root / "proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC)
    for name, value in TUNABLES.items():
        own = root / "run/kdocs/tunables" / name
        own.parent.mkdir(parents=True, exist_ok=True)
        own.write_text(f"{value}\n")
        if (root / "proc/sys" / name).exists():
            mount(str(own), root / "proc/sys" / name, flags=MS_BIND)
    mount("sysfs", root / "sys", "sysfs", MS_NOSUID | MS_NODEV | MS_NOEXEC)
    bind(Path("/sys/fs/cgroup"), root / "sys/fs/cgroup", recursive=True)
    devices(root / "dev", DEVICES)
    tmpfs(root / "dev/shm", "1777")
    for source, target, read_only in config["binds"]:
        bind(Path(source), root / target.lstrip("/"), read_only=read_only)


def step_root(config: dict[str, Any]) -> None:
    """Put together the root that a note's steps see: less than the node's, read only.

    step.sh completes it for each shell, in a mount namespace of its own.
    """
    root = STEP_ROOT
    tmpfs(root)
    system_folders(root)
    settings(root / "etc", config["hostname"], config["user"], config["group"])
    (root / "etc/kdocs").mkdir()
    (root / "etc/kdocs/.curlrc").write_text("no-progress-meter\n")
    devices(root / "dev", DEVICES[:6])
    for name in ("home/kdocs", "proc", "run", "tmp", "var/tmp"):
        (root / name).mkdir(parents=True)
    bind(Path("/opt/kdocs/bin/kubectl"), root / "opt/kdocs/bin/kubectl", read_only=True)
    mount("", root, flags=MS_BIND | MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NODEV)


def change_root(root: Path) -> None:
    """Make `root` this namespace's root and let go of the host's."""
    os.chdir(root)
    if libc.pivot_root(b".", b".") != 0:
        raise OSError(ctypes.get_errno(), "pivot_root")
    if libc.umount2(b".", MNT_DETACH) != 0:
        raise OSError(ctypes.get_errno(), "umount2")
    os.chdir("/")
    # Pods may ask for volumes whose mounts they share with the node.
    mount("", Path("/"), flags=MS_REC | MS_SHARED)


def network(commands: str) -> None:
    """Set up the node's network. A look at nothing outside: there is no way out."""
    subprocess.run(["ip", "-batch", "-"], input=commands, text=True, check=True)
    Path("/proc/sys/net/ipv4/ip_forward").write_text("1")


class Init:
    """Starts the processes and waits: for their end, for the owner's, for a word."""

    def __init__(self, config: dict[str, Any], channel: socket.socket, owner: int) -> None:
        self.config = config
        self.channel = channel
        self.running: dict[int, str] = {}
        self.waiting: list[dict[str, Any]] = list(config["processes"])
        self.selector = selectors.DefaultSelector()
        self.owner: int | None = owner
        self.selector.register(owner, selectors.EVENT_READ, "owner")
        self.selector.register(channel, selectors.EVENT_READ, "channel")
        wake, woken = os.pipe()
        for end in (wake, woken):
            os.set_blocking(end, False)
        self.woken = wake
        self.selector.register(wake, selectors.EVENT_READ, "child")
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(woken, warn_on_full_buffer=False)

    def say(self, **event: object) -> None:
        """Tell the process that asked for the cluster, where it still listens."""
        with contextlib.suppress(OSError):
            self.channel.sendall(json.dumps(event).encode() + b"\n")

    def run(self) -> str:
        """Until there is a reason to end. Returns it."""
        self.start_registry()
        while True:
            self.start_waiting()
            for key, _ in self.selector.select(0.01 if self.waiting else None):
                if key.data == "owner":
                    return "the owner has ended"
                if key.data == "channel" and (reason := self.hear()):
                    return reason
                if key.data == "child" and (reason := self.reap()):
                    return reason

    def start_registry(self) -> None:
        address = (self.config["registry"]["host"], self.config["registry"]["port"])
        server = Registry(Path(self.config["registry"]["folder"]), address)
        child = os.fork()
        if child:
            server.server_close()
            self.running[child] = "registry"
            return
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        self.channel.close()
        os.dup2(self.log("registry"), 2)
        server.serve_forever()

    def start_waiting(self) -> None:
        """Start the processes whose condition holds."""
        for process in tuple(self.waiting):
            if process["after"] and not Path(process["after"]).exists():
                continue
            self.waiting.remove(process)
            log = self.log(process["name"])
            started = subprocess.Popen(
                process["argv"], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env=self.config["environment"], cwd="/",
            )  # fmt: skip
            os.close(log)
            started.returncode = 0  # reaped below, by number
            self.running[started.pid] = process["name"]
            self.say(started=process["name"])

    def log(self, name: str) -> int:
        path = Path(self.config["log"], f"{name}.log")
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def reap(self) -> str:
        """Collect ended children; components' and strangers', who are handed to process 1."""
        with contextlib.suppress(BlockingIOError):
            while os.read(self.woken, 64):
                pass
        with contextlib.suppress(ChildProcessError):
            while True:
                pid, status = os.waitpid(-1, os.WNOHANG)
                if pid == 0:
                    break
                name = self.running.pop(pid, None)
                if name:
                    code = os.waitstatus_to_exitcode(status)
                    self.say(died=name, status=code)
                    return f"{name} has ended with status {code}"
        return ""

    def hear(self) -> str:
        """A word from who asked: `keep` lets the cluster outlive its owner."""
        received = self.channel.recv(65536)
        if b"keep" in received and self.owner is not None:
            self.selector.unregister(self.owner)
            self.owner = None
            self.say(kept=True)
        if not received:
            self.selector.unregister(self.channel)
            if self.owner is not None:
                return "the owner has let go"
        return ""


def main(channel_fd: int, owner: int) -> None:
    """Process 1."""
    channel = socket.socket(fileno=channel_fd)
    os.set_inheritable(channel_fd, False)
    os.set_inheritable(owner, False)
    with channel.makefile("rb") as lines:
        config: dict[str, Any] = json.loads(lines.readline())
    os.umask(0o022)  # a step reads what is written here, whatever the user's umask
    begun = time.monotonic()
    for group in config["cgroups"]:
        Path(group, "cgroup.procs").write_text("0")
    socket.sethostname(config["hostname"])
    host_pid = Path("/proc/self").readlink().name  # /proc is still the host's
    root = Path(config["root"])
    node_root(root, config)
    change_root(root)
    network(config["network"])
    step_root(config)
    for name, content in config["files"].items():
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)
        path.write_text(content)
    for name in config["folders"]:
        Path(name).mkdir(parents=True, exist_ok=True, mode=0o700)
    init = Init(config, channel, owner)
    init.say(pid=int(host_pid), seconds=time.monotonic() - begun)
    reason = init.run()
    with contextlib.suppress(OSError):
        Path(config["log"], "node.log").write_text(f"{reason}\n")
    os._exit(1)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
