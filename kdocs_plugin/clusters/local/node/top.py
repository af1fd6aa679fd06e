"""The process at the top of a cluster: from the host's root to process 1 of the node.

In: over a socket, one line of JSON that says what to mount, to write and to start. It
puts the cluster's stage together as the host's root, goes into namespaces of its own, a
user namespace among them, and becomes the parent of process 1 (init.py). Its end, and
process 1's, is the end of every process of the cluster.

In the user namespace root is nobody on the host: not the owner of a file, a device or a
process there, with no right over the kernel beyond these namespaces. Nothing can be
imported after the host's root is left: standard library only, at the top.
"""

from __future__ import annotations

import json
import os
import resource
import socket
import sys
from pathlib import Path
from typing import Any

from kdocs_plugin.clusters.local.node import cgroups, init
from kdocs_plugin.clusters.local.node.join import leave_keyring
from kdocs_plugin.clusters.local.node.mounts import MS_PRIVATE, MS_REC, failed, libc, mount
from kdocs_plugin.clusters.local.node.roots import stage

NEW_MOUNT, NEW_UTS, NEW_IPC = 0x20000, 0x4000000, 0x8000000
NEW_USER, NEW_PID, NEW_NETWORK = 0x10000000, 0x20000000, 0x40000000
IDS = 65536  # images have files of any 16-bit owner
SET_PARENT_DEATH_SIGNAL, SET_DUMPABLE = 1, 4
KILL = 9


def unshare(flags: int) -> None:
    """unshare(2): namespaces of its own for this process, or for its children (pid)."""
    if libc.unshare(flags) != 0:
        raise failed("unshare")


def enter_user_namespace(first: int, others: int) -> None:
    """A user namespace with the namespaces `others`, whose root is `first` on the host.

    The mapping has to be written from outside: by a child that stays there meanwhile.
    """
    ready, tell = os.pipe()
    own = os.getpid()
    writer = os.fork()
    if writer == 0:
        os.close(tell)
        if not os.read(ready, 1):  # its parent has ended, or got no namespaces
            os._exit(1)
        for name in ("gid_map", "uid_map"):
            Path(f"/proc/{own}/{name}").write_text(f"0 {first} {IDS}\n")
        os._exit(0)
    unshare(NEW_USER | others)
    os.write(tell, b"x")
    _, status = os.waitpid(writer, 0)
    os.close(ready)
    os.close(tell)
    if status != 0:
        raise OSError(0, "the user namespace's mapping could not be written")
    os.setgroups([])
    os.setresgid(0, 0, 0)
    os.setresuid(0, 0, 0)
    # Else its own folder in /proc would stay the host's root's.
    libc.prctl(SET_DUMPABLE, 1, 0, 0, 0)


def main(channel_fd: int, owner: int, registry: int) -> None:
    """Until process 1 ends. `owner` and `registry` are what it watches besides."""
    for descriptor in (channel_fd, owner, registry):
        os.set_inheritable(descriptor, False)
    channel = socket.socket(fileno=channel_fd)
    with channel.makefile("rb") as lines:
        config: dict[str, Any] = json.loads(lines.readline())
    os.umask(0o022)  # a step reads what is written here, whatever the user's umask
    for group in config["nodes"][0]["cgroups"]:
        Path(cgroups.ROOT, group, "cgroup.procs").write_text("0")
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)  # a root in a container can't raise it
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    unshare(NEW_MOUNT)
    mount("", Path("/"), flags=MS_REC | MS_PRIVATE)
    stage(Path(config["root"]), config["shown"])
    others = NEW_MOUNT | NEW_NETWORK | NEW_PID | NEW_UTS | NEW_IPC
    enter_user_namespace(config["first_id"], others)
    leave_keyring()
    alive, held = os.pipe()
    child = os.fork()
    if child:
        channel.close()
        for descriptor in (owner, registry, alive):
            os.close(descriptor)
        os.waitpid(child, 0)
        sys.exit(1)
    libc.prctl(SET_PARENT_DEATH_SIGNAL, KILL, 0, 0, 0)
    os.close(held)
    os.set_blocking(alive, False)
    try:
        if not os.read(alive, 1):  # its parent ended before the line above
            os._exit(1)
    except BlockingIOError:
        os.close(alive)
    init.main(config, channel, owner, registry)
