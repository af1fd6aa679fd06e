"""Whether this machine can run the local cluster, and if not, why.

The answer is the key and arguments of a message, so that it speaks the user's language.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from kdocs_plugin.clusters.local import invoker, layout, snapshots
from kdocs_plugin.clusters.local.node import cgroups

MACHINES = ("x86_64", "aarch64")

# Programs that the node and its shells are made with, and the packages that hold them.
TOOLS = {
    "bash": "bash",
    "ip": "iproute2",
    "nft": "nftables",
    "nsenter": "util-linux",
    "setpriv": "util-linux",
    "unshare": "util-linux",
}

# What is said where namespaces can't be had. The node's root is a user namespace's, which
# is what keeps it from the machine: without one there is no cluster.
NAMESPACES = {
    "local.no_namespaces": ("--net", "--mount", "--pid", "--uts", "--ipc"),
    "local.no_user_namespaces": ("--user",),
}


class Reason(NamedTuple):
    """Why something can't be: a message's key and what fills its places."""

    key: str
    arguments: Mapping[str, Any]


def unsupported(*, to_run: bool = True) -> Reason | None:
    """Why this machine can't run the local cluster; None where it can.

    With `to_run` false, what only running needs is not asked for: an installation is
    also made where an image is built that a cluster will run in.
    """
    if sys.platform != "linux":
        return Reason("local.not_linux", {"system": platform.system()})
    if platform.machine() not in MACHINES:
        return Reason("local.not_this_machine", {"machine": platform.machine()})
    if os.geteuid() != 0:
        return Reason("local.not_root", {"command": invoker.command_with_sudo()})
    missing = sorted(tool for tool in TOOLS if shutil.which(tool) is None)
    if missing:
        packages = sorted({TOOLS[tool] for tool in missing})
        return Reason(
            "local.missing_tools", {"tools": ", ".join(missing), "packages": " ".join(packages)}
        )
    if not to_run:
        return None
    if not any(cgroups.hierarchies()) or not os.access(cgroups.ROOT, os.W_OK):
        return Reason("local.no_cgroups", {"folder": cgroups.ROOT})
    for key, namespaces in NAMESPACES.items():
        made = subprocess.run(
            ["unshare", *namespaces, "--fork", "true"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if made.returncode != 0:
            return Reason(key, {"reason": made.stderr.strip()})
    if "overlay" not in Path("/proc/filesystems").read_text():
        return Reason("local.no_overlay", {})
    if not snapshots.in_memory() and not snapshots.on_disk(layout.clusters()):
        arguments = {"release": platform.release(), "folder": layout.cache()}
        return Reason("local.old_kernel", arguments)
    return None
