"""How each component is had: its official release files, and how to build it.

A release file's address is written without its scheme, as `host/path`, so that a mirror
or a test can serve the same tree below an address of its own.
"""

from __future__ import annotations

import platform
from collections.abc import Mapping

from kdocs_plugin.clusters.local.binaries import versions
from kdocs_plugin.values import dataclass, field

COMPONENTS = (
    "kube-apiserver",
    "kube-controller-manager",
    "kube-proxy",
    "kube-scheduler",
    "kubelet",
)
KUBERNETES = "kubernetes"
# What Go and the projects' release files call this machine.
_ARCHITECTURES = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}


@dataclass(frozen=True, slots=True)
class ReleaseFile:
    """An official file: a program, or an archive with programs in it."""

    address: str  # host/path
    checksums: str  # host/path of the file that holds its SHA-256
    programs: Mapping[str, str]  # bin/kubelet -> "" (the file itself) or the archive's member


@dataclass(frozen=True, slots=True)
class Recipe:
    """A component: from its release files, or from a Go module in sources/."""

    name: str
    version: str
    programs: tuple[str, ...]  # bin/etcd: what the installation must hold
    release: tuple[ReleaseFile, ...]  # none: the project publishes images alone
    upstream: str  # its Go module
    module: str  # folder in sources/, which requires it
    packages: Mapping[str, str]  # bin/etcd -> import path, "." for the module's own
    seconds: int  # to build on two cores, measured
    variables: Mapping[str, str] = field(default_factory=dict)  # set by the linker
    links: Mapping[str, str] = field(default_factory=dict)  # bin/kubelet -> kubernetes
    cgo: bool = False

    @property
    def optional(self) -> bool:
        """Whether a cluster starts without it: its image can come from a registry."""
        return not self.release


def architecture(machine: str = "") -> str:
    """This machine in the words of Go and of release files: amd64, arm64."""
    machine = (machine or platform.machine()).lower()
    return _ARCHITECTURES.get(machine, machine)


def recipes(kubernetes: str, arch: str = "") -> tuple[Recipe, ...]:
    """All components of an installation, in the order in which they are had."""
    arch = arch or architecture()
    return (
        _kubernetes(kubernetes, arch),
        _coredns(arch),
        _METRICS_SERVER,
        _LOCAL_PATH_PROVISIONER,
        _etcd(arch),
        _containerd(arch),
        _runc(arch),
        _cni(arch),
    )


def _kubernetes(version: str, arch: str) -> Recipe:
    def file(program: str) -> ReleaseFile:
        address = f"dl.k8s.io/release/{version}/bin/linux/{arch}/{program}"
        return ReleaseFile(address, f"{address}.sha256", {f"bin/{program}": ""})

    programs = (*COMPONENTS, "kubectl")
    major, minor, _ = versions.numbers(version)
    values = {
        "gitVersion": version,
        "gitMajor": major,
        "gitMinor": minor,
        "gitTreeState": "clean",
    }
    return Recipe(
        KUBERNETES,
        version,
        tuple(f"bin/{program}" for program in programs),
        tuple(map(file, programs)),
        "k8s.io/kubernetes",
        f"kubernetes-{versions.minor(version)}",
        {"bin/kubernetes": ".", "bin/kubectl": "k8s.io/kubernetes/cmd/kubectl"},
        seconds=300,
        variables={
            f"{package}.{variable}": str(value)
            for package in ("k8s.io/component-base/version", "k8s.io/client-go/pkg/version")
            for variable, value in values.items()
        },
        links={f"bin/{program}": "kubernetes" for program in COMPONENTS},
    )


def _coredns(arch: str) -> Recipe:
    number = versions.COREDNS.removeprefix("v")
    file = f"coredns_{number}_linux_{arch}.tgz"
    return Recipe(
        "coredns",
        versions.COREDNS,
        ("bin/coredns",),
        (
            _github(
                "coredns/coredns",
                versions.COREDNS,
                file,
                f"{file}.sha256",
                {"bin/coredns": "coredns"},
            ),
        ),
        "github.com/coredns/coredns",
        "addons",
        {"bin/coredns": "./coredns"},
        seconds=25,
    )


_METRICS_SERVER = Recipe(
    "metrics-server",
    versions.METRICS_SERVER,
    ("bin/metrics-server",),
    (),
    "sigs.k8s.io/metrics-server",
    "addons",
    {"bin/metrics-server": "sigs.k8s.io/metrics-server/cmd/metrics-server"},
    seconds=10,
    variables={
        f"{package}.gitVersion": versions.METRICS_SERVER
        for package in ("k8s.io/component-base/version", "k8s.io/client-go/pkg/version")
    },
)

_LOCAL_PATH_PROVISIONER = Recipe(
    "local-path-provisioner",
    versions.LOCAL_PATH_PROVISIONER,
    ("bin/local-path-provisioner",),
    (),
    "github.com/rancher/local-path-provisioner",
    "addons",
    {"bin/local-path-provisioner": "github.com/rancher/local-path-provisioner"},
    seconds=10,
    variables={"main.VERSION": versions.LOCAL_PATH_PROVISIONER},
)


def _etcd(arch: str) -> Recipe:
    folder = f"etcd-{versions.ETCD}-linux-{arch}"
    return Recipe(
        "etcd",
        versions.ETCD,
        ("bin/etcd",),
        (
            _github(
                "etcd-io/etcd",
                versions.ETCD,
                f"{folder}.tar.gz",
                "SHA256SUMS",
                {"bin/etcd": f"{folder}/etcd"},
            ),
        ),
        "go.etcd.io/etcd/server/v3",
        "etcd",
        {"bin/etcd": "go.etcd.io/etcd/server/v3"},
        seconds=22,
    )


def _containerd(arch: str) -> Recipe:
    file = f"containerd-{versions.CONTAINERD.removeprefix('v')}-linux-{arch}.tar.gz"
    module = "github.com/containerd/containerd/v2"
    programs = {
        f"bin/{program}": f"bin/{program}"
        for program in ("containerd", "containerd-shim-runc-v2", "ctr")
    }
    return Recipe(
        "containerd",
        versions.CONTAINERD,
        tuple(programs),
        (
            _github(
                "containerd/containerd",
                versions.CONTAINERD,
                file,
                f"{file}.sha256sum",
                programs,
            ),
        ),
        module,
        "containerd",
        {path: f"{module}/cmd/{path.removeprefix('bin/')}" for path in programs},
        seconds=46,
        variables={f"{module}/version.Version": versions.CONTAINERD},
    )


def _runc(arch: str) -> Recipe:
    return Recipe(
        "runc",
        versions.RUNC,
        ("bin/runc",),
        (
            _github(
                "opencontainers/runc",
                versions.RUNC,
                f"runc.{arch}",
                "runc.sha256sum",
                {"bin/runc": ""},
            ),
        ),
        "github.com/opencontainers/runc",
        "runc",
        {"bin/runc": "github.com/opencontainers/runc"},
        seconds=12,
        cgo=True,
    )


def _cni(arch: str) -> Recipe:
    file = f"cni-plugins-linux-{arch}-{versions.CNI_PLUGINS}.tgz"
    module = "github.com/containernetworking/plugins"
    plugins = {
        "host-local": "ipam/host-local",
        "loopback": "main/loopback",
        "portmap": "meta/portmap",
        "ptp": "main/ptp",
    }
    return Recipe(
        "cni",
        versions.CNI_PLUGINS,
        tuple(f"cni/{plugin}" for plugin in plugins),
        (
            _github(
                "containernetworking/plugins",
                versions.CNI_PLUGINS,
                file,
                f"{file}.sha256",
                {f"cni/{plugin}": f"./{plugin}" for plugin in plugins},
            ),
        ),
        module,
        "cni",
        {f"cni/{plugin}": f"{module}/plugins/{path}" for plugin, path in plugins.items()},
        seconds=6,
        variables={f"{module}/pkg/utils/buildversion.BuildVersion": versions.CNI_PLUGINS},
    )


def _github(
    project: str, version: str, file: str, checksums: str, programs: Mapping[str, str]
) -> ReleaseFile:
    folder = f"github.com/{project}/releases/download/{version}"
    return ReleaseFile(f"{folder}/{file}", f"{folder}/{checksums}", programs)
