"""How each component is had: its official release files, and how to build it.

A release file's address is written without its scheme, as `host/path`, so that a mirror
or a test can serve the same tree below an address of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kdocs_plugin.clusters.local.binaries import versions

_K8S = "k8s.io/component-base/version"
_CLIENT = "k8s.io/client-go/pkg/version"
_MAJOR, _MINOR, _ = versions.KUBERNETES.removeprefix("v").split(".")
COMPONENTS = (
    "kube-apiserver",
    "kube-controller-manager",
    "kube-proxy",
    "kube-scheduler",
    "kubelet",
)


@dataclass(frozen=True, slots=True)
class ReleaseFile:
    """An official file: a program, or an archive with programs in it."""

    address: str  # host/path
    checksums: str  # host/path of the file that holds its SHA-256
    programs: Mapping[str, str]  # bin/kubelet -> "" (the file itself) or the archive's member


@dataclass(frozen=True, slots=True)
class Recipe:
    """A component: from its release files, or from the Go module in sources/<name>."""

    name: str
    version: str
    release: tuple[ReleaseFile, ...]
    packages: Mapping[str, str]  # bin/etcd -> import path, "." for the module's own
    seconds: int  # to build on two cores, measured
    variables: Mapping[str, str] = field(default_factory=dict)  # set by the linker
    links: Mapping[str, str] = field(default_factory=dict)  # bin/kubelet -> kubernetes
    cgo: bool = False


def _kubernetes(program: str) -> ReleaseFile:
    address = f"dl.k8s.io/release/{versions.KUBERNETES}/bin/linux/amd64/{program}"
    return ReleaseFile(address, f"{address}.sha256", {f"bin/{program}": ""})


def _github(
    project: str, version: str, file: str, checksums: str, **programs: str
) -> ReleaseFile:
    folder = f"github.com/{project}/releases/download/{version}"
    paths = {name.replace("__", "/").replace("_", "-"): m for name, m in programs.items()}
    return ReleaseFile(f"{folder}/{file}", f"{folder}/{checksums}", paths)


_CONTAINERD = f"containerd-{versions.CONTAINERD.removeprefix('v')}-linux-amd64.tar.gz"
_ETCD = f"etcd-{versions.ETCD}-linux-amd64"
_CNI = f"cni-plugins-linux-amd64-{versions.CNI_PLUGINS}.tgz"
_CNI_SOURCE = "github.com/containernetworking/plugins"
_CONTAINERD_SOURCE = "github.com/containerd/containerd/v2"

RECIPES = (
    Recipe(
        "kubernetes",
        versions.KUBERNETES,
        tuple(_kubernetes(program) for program in (*COMPONENTS, "kubectl")),
        {"bin/kubernetes": ".", "bin/kubectl": "k8s.io/kubernetes/cmd/kubectl"},
        seconds=490,
        variables={
            f"{package}.{variable}": value
            for package in (_K8S, _CLIENT)
            for variable, value in (
                ("gitVersion", versions.KUBERNETES),
                ("gitMajor", _MAJOR),
                ("gitMinor", _MINOR),
                ("gitTreeState", "clean"),
            )
        },
        links={f"bin/{program}": "kubernetes" for program in COMPONENTS},
    ),
    Recipe(
        "etcd",
        versions.ETCD,
        (
            _github(
                "etcd-io/etcd",
                versions.ETCD,
                f"{_ETCD}.tar.gz",
                "SHA256SUMS",
                bin__etcd=f"{_ETCD}/etcd",
            ),
        ),
        {"bin/etcd": "go.etcd.io/etcd/server/v3"},
        seconds=34,
    ),
    Recipe(
        "containerd",
        versions.CONTAINERD,
        (
            _github(
                "containerd/containerd",
                versions.CONTAINERD,
                _CONTAINERD,
                f"{_CONTAINERD}.sha256sum",
                bin__containerd="bin/containerd",
                bin__containerd_shim_runc_v2="bin/containerd-shim-runc-v2",
                bin__ctr="bin/ctr",
            ),
        ),
        {
            "bin/containerd": f"{_CONTAINERD_SOURCE}/cmd/containerd",
            "bin/containerd-shim-runc-v2": f"{_CONTAINERD_SOURCE}/cmd/containerd-shim-runc-v2",
            "bin/ctr": f"{_CONTAINERD_SOURCE}/cmd/ctr",
        },
        seconds=58,
        variables={f"{_CONTAINERD_SOURCE}/version.Version": versions.CONTAINERD},
    ),
    Recipe(
        "runc",
        versions.RUNC,
        (
            _github(
                "opencontainers/runc",
                versions.RUNC,
                "runc.amd64",
                "runc.sha256sum",
                bin__runc="",
            ),
        ),
        {"bin/runc": "github.com/opencontainers/runc"},
        seconds=10,
        cgo=True,
    ),
    Recipe(
        "cni",
        versions.CNI_PLUGINS,
        (
            _github(
                "containernetworking/plugins",
                versions.CNI_PLUGINS,
                _CNI,
                f"{_CNI}.sha256",
                cni__host_local="./host-local",
                cni__loopback="./loopback",
                cni__portmap="./portmap",
                cni__ptp="./ptp",
            ),
        ),
        {
            "cni/host-local": f"{_CNI_SOURCE}/plugins/ipam/host-local",
            "cni/loopback": f"{_CNI_SOURCE}/plugins/main/loopback",
            "cni/portmap": f"{_CNI_SOURCE}/plugins/meta/portmap",
            "cni/ptp": f"{_CNI_SOURCE}/plugins/main/ptp",
        },
        seconds=7,
        variables={f"{_CNI_SOURCE}/pkg/utils/buildversion.BuildVersion": versions.CNI_PLUGINS},
    ),
)
