"""Where the local cluster keeps its things on this machine.

~/.cache/kdocs/                  or $KDOCS_CACHE, or $XDG_CACHE_HOME/kdocs; under sudo it is
                                 the caller's
  kubernetes-v1.37.2/            an installation: bin/, cni/, stamps/; one for each version
  images/                        blobs/, images.json
  build/                         Go's caches while an installation is being built
  downloads/                     release files on their way; what is whole is moved out
  clusters/<identity>/           one running cluster: kubeconfig, logs, shells
  kept                           identity of the cluster that `kdocs cluster up` left
"""

from __future__ import annotations

import os
from pathlib import Path

from kdocs_plugin.clusters.local import invoker
from kdocs_plugin.clusters.local.binaries import versions
from kdocs_plugin.values import dataclass


def cache() -> Path:
    """The user's cache folder of kdocs. It may not exist yet."""
    explicit = os.environ.get("KDOCS_CACHE")
    if explicit:
        return Path(explicit).absolute()
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else invoker.home() / ".cache").absolute() / "kdocs"


def clusters() -> Path:
    """The folder with one state directory for each running cluster."""
    return cache() / "clusters"


def kept() -> Path:
    """The file that names the cluster which outlives the command that made it."""
    return cache() / "kept"


def downloads() -> Path:
    """The folder with release files that are not complete yet."""
    return cache() / "downloads"


def installation(kubernetes: str) -> Installation:
    """Where the installation of a full version (v1.37.2) is, or would be."""
    return Installation(cache() / f"kubernetes-{kubernetes}", cache() / "images", kubernetes)


@dataclass(frozen=True, slots=True)
class Installation:
    """The binaries and images of one Kubernetes version, complete."""

    root: Path
    images: Path
    kubernetes: str = versions.DEFAULT

    @property
    def bin(self) -> Path:
        """Kubernetes' components, kubectl, etcd, containerd and its shim, ctr, runc."""
        return self.root / "bin"

    @property
    def cni(self) -> Path:
        """The CNI plugins."""
        return self.root / "cni"

    @property
    def stamps(self) -> Path:
        """One file for each component that is in place: its version and its source."""
        return self.root / "stamps"
