"""Which versions work together.

In: programs and the versions that they say they are. Out: nothing, or an InstallError
that names both versions and the rule. The rules are Kubernetes' version skew policy
(kubernetes.io/releases/version-skew-policy); kubeadm's constant MinExternalEtcdVersion
(3.5.24 in 1.34 to 1.37); and our own containerd configuration, which only containerd 2
reads (it is `version = 3`; from 1.36 on Kubernetes asks for containerd 2 as well).
"""

from __future__ import annotations

from collections.abc import Mapping

from kdocs_plugin.clusters.local.binaries.versions import numbers
from kdocs_plugin.errors import InstallError

POLICY = "kubernetes.io/releases/version-skew-policy"
SERVER = "kube-apiserver"
# How many minor versions a program may be older and newer than the API server.
_BESIDE_SERVER = {
    "kubelet": (3, 0),
    "kube-proxy": (3, 0),
    "kube-controller-manager": (1, 0),
    "kube-scheduler": (1, 0),
    "kubectl": (1, 1),
}
_AT_LEAST = {
    "etcd": ("v3.5.24", "kubeadm MinExternalEtcdVersion"),
    "containerd": ("v2.0.0", "containerd config version 3"),
}


def require_fit(found: Mapping[str, str]) -> None:
    """InstallError where the programs' versions do not go together."""
    server = found[SERVER]
    for program, (older, newer) in _BESIDE_SERVER.items():
        version = found.get(program)
        if version is None:
            continue
        behind = _minors(server) - _minors(version)
        if not -newer <= behind <= older:
            raise InstallError(
                "local.skew",
                program=program,
                version=version,
                server=server,
                older=older,
                newer=newer,
                rule=POLICY,
            )
    for program, (least, rule) in _AT_LEAST.items():
        version = found.get(program)
        if version is not None and numbers(version) < numbers(least):
            raise InstallError(
                "local.too_old", program=program, version=version, least=least, rule=rule
            )


def _minors(version: str) -> int:
    """Minor versions since 0.0, for subtracting: nobody expects a Kubernetes 2."""
    major, minor, _ = numbers(version)
    return major * 1000 + minor
