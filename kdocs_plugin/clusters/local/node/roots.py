"""The roots that the node's processes and a note's steps see.

In: what the node's processes are told to show. Out: three trees in memory, one after the
other: `stage` holds the few things of the host that the others are made of; a node's
root holds the host's /usr, read only, a few files of /etc and what its components need;
a step's holds kubectl and nothing else of it. The host's disk is in none, so a pod's
hostPath writes to memory, and all is gone with the mount namespace.

`stage` runs as the host's root, the rest as the user namespace's. Standard library only.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

from kdocs_plugin.clusters.local.node.mounts import (
    MS_BIND,
    MS_NODEV,
    MS_NOEXEC,
    MS_NOSUID,
    MS_RDONLY,
    MS_REC,
    MS_REMOUNT,
    MS_SHARED,
    bind,
    change_root,
    mount,
    tmpfs,
)

# What programs look up in /etc, and no more: no passwords, no keys, no host's settings.
ETC = ("alternatives", "bash.bashrc", "ca-certificates", "ld.so.cache", "ld.so.conf",
       "ld.so.conf.d", "localtime", "mime.types", "os-release", "protocols", "services",
       "ssl", "terminfo")  # fmt: skip
SYSTEM = ("usr", "bin", "sbin", "lib", "lib32", "lib64", "libx32")
DEVICES = ("null", "zero", "full", "random", "urandom", "tty", "fuse")
GIVEN = Path("/given")  # on the stage: what the configuration names, by its number
CGROUPS = Path("/cgroups")  # on the stage: the host's /sys/fs/cgroup
NODE = Path("/node")  # on the stage: where a node's root is put together
STEP_ROOT = Path("/run/kdocs/step")
MEGABYTE = 1 << 20


def stage(root: Path, shown: list[str]) -> None:
    """Take the things of the host along that the nodes are made of, and leave its root.

    `shown` are the host's files and folders that appear as /given/0, /given/1, ...
    A user namespace's root may neither walk through the host's private folders nor see
    anything beside what stands here. A whole /proc and /sys must be in sight, or the
    kernel refuses it ones of its own.
    """
    tmpfs(root)
    system_folders(root)
    (root / "etc").mkdir()
    for name in ETC:
        host = Path("/etc", name)
        if host.is_symlink():
            (root / "etc" / name).symlink_to(host.readlink())
        elif host.exists():
            bind(host, root / "etc" / name)
    for name in DEVICES:
        if Path("/dev", name).exists():
            bind(Path("/dev", name), root / "dev" / name)
    for name in ("proc", "sys", NODE.name):
        (root / name).mkdir()
    mount("proc", root / "proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC)
    mount("sysfs", root / "sys", "sysfs", MS_NOSUID | MS_NODEV | MS_NOEXEC)
    bind(Path("/sys/fs/cgroup"), root / CGROUPS.name, recursive=True)
    for number, source in enumerate(shown):
        bind(Path(source), root / GIVEN.name / str(number))
    change_root(root)


def system_folders(root: Path) -> None:
    """The host's programs and libraries, read only, linked as the host links them."""
    for name in SYSTEM:
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
            shutil.copytree(host, etc / name, symlinks=True, ignore=_not_for_all)
        elif host.is_file() and os.access(host, os.R_OK):
            shutil.copyfile(host, etc / name)
    (etc / "hostname").write_text(f"{hostname}\n")
    (etc / "hosts").write_text(f"127.0.0.1\tlocalhost\n::1\tlocalhost\n127.0.1.1\t{hostname}\n")
    (etc / "nsswitch.conf").write_text("passwd: files\ngroup: files\nhosts: files dns\n")
    (etc / "passwd").write_text(users)
    (etc / "group").write_text(groups)
    # Nothing answers there, so a look-up fails at once and not after a timeout.
    (etc / "resolv.conf").write_text("nameserver 127.0.0.1\n")


def _not_for_all(folder: str, names: list[str]) -> list[str]:
    """What stays behind: keys, and what not everybody on the host may read."""
    return [
        name
        for name in names
        if name == "private"
        or name.endswith(".key")
        or not (Path(folder, name).is_symlink() or os.access(Path(folder, name), os.R_OK))
    ]


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


def node_root(config: dict[str, Any], node: dict[str, Any]) -> None:
    """Put together the root that a node's processes see, and enter it.

    `etcd` has a memory of its own, so that a pod that fills the node's disk leaves the
    API server able to say so.
    """
    root = NODE
    tmpfs(root, flags=0, size=config["disk"])
    system_folders(root)
    users = f"root:x:0:0:root:/root:/bin/bash\n{config['user']}"
    settings(root / "etc", node["name"], users, f"root:x:0:\n{config['group']}")
    (root / "etc/machine-id").write_text(f"{node['machine']}\n")
    for name in ("home", "mnt", "opt", "proc", "root", "srv", "sys", "var/cache", "var/lib",
                 "var/log", "var/tmp", "run/lock", "tmp"):  # fmt: skip
        (root / name).mkdir(parents=True)
    (root / "root").chmod(0o700)
    (root / "tmp").chmod(0o1777)
    (root / "var/tmp").chmod(0o1777)
    (root / "var/run").symlink_to("/run")
    (root / "run/kdocs").mkdir(mode=0o700)
    for name, size in node["memories"].items():
        tmpfs(root / name.lstrip("/"), "700", size=size)
    mount("proc", root / "proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC)
    mount("sysfs", root / "sys", "sysfs", MS_NOSUID | MS_NODEV | MS_NOEXEC)
    bind(CGROUPS, root / "sys/fs/cgroup", recursive=True)
    devices(root / "dev", DEVICES)
    # The kubelet wants the kernel's log, and would report the whole machine's as the node's.
    bind(Path("/dev/null"), root / "dev/kmsg")
    tmpfs(root / "dev/shm", "1777", size=64 * MEGABYTE)
    for number, target, read_only in node["given"]:
        bind(GIVEN / str(number), root / target.lstrip("/"), read_only=read_only)
    change_root(root)
    # Pods may ask for volumes whose mounts they share with the node.
    mount("", Path("/"), flags=MS_REC | MS_SHARED)


def step_root(config: dict[str, Any], hostname: str) -> None:
    """Put together the root that a note's steps see: less than the node's, read only.

    step.sh completes it for each shell, in a mount namespace of its own.
    """
    root = STEP_ROOT
    tmpfs(root, size=16 * MEGABYTE)
    system_folders(root)
    settings(root / "etc", hostname, config["user"], config["group"])
    (root / "etc/kdocs").mkdir()
    (root / "etc/kdocs/.curlrc").write_text("no-progress-meter\n")
    devices(root / "dev", DEVICES[:6])
    for name in ("home/kdocs", "proc", "run", "tmp", "var/tmp"):
        (root / name).mkdir(parents=True)
    bind(Path("/opt/kdocs/bin/kubectl"), root / "opt/kdocs/bin/kubectl", read_only=True)
    mount("", root, flags=MS_BIND | MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NODEV)
