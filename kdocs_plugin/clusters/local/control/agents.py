"""What runs on every node: containerd, kubelet, kube-proxy, and the pods' network.

In: a node, its certificate and its control group. Out: files and processes.

The node is in a user namespace. What follows from it is upstream's ("Running Kubernetes
Node Components as a Non-root User"): the kubelet's gate KubeletInUserNamespace, conntrack's
settings left alone, no lowering of oom_score_adj.
"""

from __future__ import annotations

import json
from typing import Any

from kdocs_plugin.clusters.local.control.parts import (
    BIN,
    CONTAINERD,
    PKI,
    Process,
    kubeconfig,
)
from kdocs_plugin.clusters.local.control.pki import KeyPair
from kdocs_plugin.clusters.local.control.topology import POD_NETWORK, REGISTRY, Node

POD_PROCESSES = 1024  # and threads: a fork bomb in a pod ends there


def files(node: Node, cgroup: str, authority: str, kubelet: KeyPair) -> dict[str, str]:
    """A node's own files. `cgroup` is the group below which its pods' are made."""
    return {
        f"{PKI}/ca.crt": authority,
        "/var/lib/kubelet/pki/kubelet.crt": kubelet.certificate,
        "/var/lib/kubelet/pki/kubelet.key": kubelet.key,
        "/var/lib/kubelet/config.yaml": json.dumps(_kubelet_configuration(cgroup), indent=1),
        "/var/lib/kube-proxy/config.conf": json.dumps(_PROXY, indent=1),
        "/etc/containerd/config.toml": _CONTAINERD,
        "/etc/containerd/certs.d/_default/hosts.toml": _MIRROR,
        "/etc/cni/net.d/10-kdocs.conflist": json.dumps(_cni(node), indent=1),
        "/etc/kubernetes/kubelet.conf": kubeconfig(
            f"system:node:{node.name}", authority, kubelet
        ),
    }


def processes(node: Node) -> tuple[Process, ...]:
    """The components of a node."""
    return (
        Process("containerd", (f"{BIN}/containerd", "--config=/etc/containerd/config.toml")),
        Process(
            "kubelet",
            (
                f"{BIN}/kubelet",
                "--config=/var/lib/kubelet/config.yaml",
                f"--hostname-override={node.name}",
                "--kubeconfig=/etc/kubernetes/kubelet.conf",
                f"--node-ip={node.address}",
            ),
            after=CONTAINERD,  # it exits where the socket is not there yet
        ),
        Process(
            "kube-proxy",
            (
                f"{BIN}/kube-proxy",
                "--config=/var/lib/kube-proxy/config.conf",
                f"--hostname-override={node.name}",
            ),
        ),
    )


_PROXY = {
    "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
    "kind": "KubeProxyConfiguration",
    "clientConnection": {"kubeconfig": "/etc/kubernetes/proxy.conf"},
    "clusterCIDR": POD_NETWORK,
    # Settings of the machine's: 0 leaves them as they are.
    "conntrack": {"maxPerCore": 0, "tcpEstablishedTimeout": "0s", "tcpCloseWaitTimeout": "0s"},
    "mode": "nftables",
    # By default a change may wait a second for company; the next step of a note won't.
    "nftables": {"minSyncPeriod": "1ms"},
}


def _kubelet_configuration(cgroup: str) -> dict[str, Any]:
    return {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "authentication": {
            "anonymous": {"enabled": False},
            "webhook": {"enabled": True},
            "x509": {"clientCAFile": f"{PKI}/ca.crt"},
        },
        "authorization": {"mode": "Webhook"},
        "cgroupDriver": "cgroupfs",
        "cgroupRoot": cgroup,
        "clusterDNS": ["10.96.0.10"],
        "clusterDomain": "cluster.local",
        "containerRuntimeEndpoint": f"unix://{CONTAINERD}",
        "enforceNodeAllocatable": [],
        # A study machine's disk may be nearly full; that is not the note's concern.
        "evictionHard": dict.fromkeys(
            (
                "memory.available",
                "nodefs.available",
                "nodefs.inodesFree",
                "imagefs.available",
                "imagefs.inodesFree",
            ),
            "0%",
        ),
        "failCgroupV1": False,
        "failSwapOn": False,
        "featureGates": {"KubeletInUserNamespace": True},  # the default from 1.37 on
        "imageGCHighThresholdPercent": 100,
        "podPidsLimit": POD_PROCESSES,
        "resolvConf": "/etc/resolv.conf",
        "rotateCertificates": False,
        "tlsCertFile": "/var/lib/kubelet/pki/kubelet.crt",
        "tlsPrivateKeyFile": "/var/lib/kubelet/pki/kubelet.key",
    }


# Without CAP_SYS_RESOURCE on the host runc can't lower a container's oom_score_adj, hence
# restrict_oom_score_adj. The snapshots lie on the node's tmpfs.
_CONTAINERD = f"""\
version = 3
root = "/var/lib/containerd"
state = "/run/containerd"
disabled_plugins = [
  "io.containerd.snapshotter.v1.blockfile", "io.containerd.snapshotter.v1.btrfs",
  "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.erofs",
  "io.containerd.snapshotter.v1.zfs", "io.containerd.tracing.processor.v1.otlp",
]

[grpc]
  address = "{CONTAINERD}"

[plugins."io.containerd.cri.v1.images"]
  snapshotter = "overlayfs"
[plugins."io.containerd.cri.v1.images".registry]
  config_path = "/etc/containerd/certs.d"
[plugins."io.containerd.cri.v1.images".pinned_images]
  sandbox = "registry.k8s.io/pause:3.10.1"

[plugins."io.containerd.cri.v1.runtime"]
  disable_apparmor = true
  disable_hugetlb_controller = true
  restrict_oom_score_adj = true
[plugins."io.containerd.cri.v1.runtime".cni]
  bin_dirs = ["/opt/cni/bin"]
  conf_dir = "/etc/cni/net.d"
"""

_MIRROR = f"""\
[host."http://{REGISTRY[0]}:{REGISTRY[1]}"]
  capabilities = ["pull", "resolve"]
"""


def _cni(node: Node) -> dict[str, Any]:
    """ptp routes between pods: on a bridge, a Service's answer from a pod of the same node
    would bypass the translation back."""
    return {
        "cniVersion": "1.0.0",
        "name": "kdocs",
        "plugins": [
            {
                "type": "ptp",
                "ipMasq": False,
                "ipam": {
                    "type": "host-local",
                    "dataDir": "/run/kdocs/cni",
                    "ranges": [[{"subnet": node.pods}]],
                    "routes": [{"dst": "0.0.0.0/0"}],
                },
            },
            {"type": "portmap", "capabilities": {"portMappings": True}, "backend": "nftables"},
        ],
    }
