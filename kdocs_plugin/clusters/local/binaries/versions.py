"""The versions that were tried together. Kubernetes 1.37 wants containerd 2.x."""

from __future__ import annotations

KUBERNETES = "v1.37.2"
ETCD = "v3.6.16"
CONTAINERD = "v2.4.2"
RUNC = "v1.5.2"
CNI_PLUGINS = "v1.9.1"

ALL = {
    "kubernetes": KUBERNETES,
    "etcd": ETCD,
    "containerd": CONTAINERD,
    "runc": RUNC,
    "cni": CNI_PLUGINS,
}
