"""The versions that were tried together, and which Kubernetes is meant.

One patch release for each minor version of Kubernetes; everything else is the same for
all of them: kubeadm of 1.34 to 1.37 takes etcd from 3.5.24 on (its constant
MinExternalEtcdVersion), and Kubernetes 1.36 and newer want containerd 2.x.
"""

from __future__ import annotations

import os
import re

from kdocs_plugin.errors import ConfigError

_KUBERNETES = ("v1.34.4", "v1.35.4", "v1.36.3", "v1.37.2")  # oldest first
DEFAULT = _KUBERNETES[-1]
VARIABLE = "KDOCS_KUBERNETES"  # the default for those who say nothing else

ETCD = "v3.6.16"
CONTAINERD = "v2.4.2"
RUNC = "v1.5.2"
CNI_PLUGINS = "v1.9.1"
COREDNS = "v1.15.0"
METRICS_SERVER = "v0.9.0"
LOCAL_PATH_PROVISIONER = "v0.0.30"


def known() -> tuple[str, ...]:
    """Every version of Kubernetes that can be installed, oldest first."""
    return _KUBERNETES


def resolve(wanted: str) -> str:
    """`1.36`, `v1.36` or `v1.36.3` as the full version. ConfigError where it is not known."""
    for version in _KUBERNETES:
        if wanted.removeprefix("v") in (minor(version), version.removeprefix("v")):
            return version
    names = ", ".join(map(minor, _KUBERNETES))
    raise ConfigError("local.unknown_kubernetes", wanted=wanted, known=names)


def chosen(wanted: str | None = None) -> str:
    """What the user asks for, else what KDOCS_KUBERNETES says, else the newest."""
    return resolve(wanted or os.environ.get(VARIABLE) or DEFAULT)


def minor(version: str) -> str:
    """`1.36` of `v1.36.3`."""
    return ".".join(map(str, numbers(version)[:2]))


def numbers(version: str) -> tuple[int, ...]:
    """Major, minor and patch, for comparing: what comes after them does not count."""
    found = re.match(r"v?(\d+)\.(\d+)(?:\.(\d+))?", version)
    return tuple(int(number or 0) for number in found.groups()) if found else (0, 0, 0)
