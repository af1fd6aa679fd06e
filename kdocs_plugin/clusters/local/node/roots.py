"""The roots that the node's processes and a note's steps see.

In: what init is told to mount. Out: two trees in memory. Both hold the host's /usr, read
only, and a few files of /etc; the node's holds what its components need besides, a
step's holds kubectl and nothing else. The host's disk is in neither, so a pod's hostPath
writes to memory, and all is gone with the mount namespace.

Runs in the node's init process: standard library only.
"""

from __future__ import annotations

import ctypes
import os
import shutil
from pathlib import Path
from typing import Any

MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC = 1, 2, 4, 8
MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE, MS_SHARED = 32, 4096, 16384, 1 << 18, 1 << 20
MNT_DETACH = 2

# What programs look up in /etc, and no more: no passwords, no keys, no host's settings.
ETC = ("alternatives", "bash.bashrc", "ca-certificates", "ld.so.cache", "ld.so.conf",
       "ld.so.conf.d", "localtime", "mime.types", "os-release", "protocols", "services",
       "ssl", "terminfo")  # fmt: skip
DEVICES = ("null", "zero", "full", "random", "urandom", "tty", "fuse")
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
    # The kubelet wants the kernel's log, and would report the whole machine's as the node's.
    bind(Path("/dev/null"), root / "dev/kmsg")
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
