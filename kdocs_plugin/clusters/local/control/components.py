"""What runs on the node: the command line and files of each component.

In: certificates, addresses, paths as the node sees them. Out: a `Plan` of files and
processes, which the node's init process carries out without knowing Kubernetes. The
paths are those that kubeadm uses, so that what a student reads elsewhere is found here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kdocs_plugin.clusters.local.control.pki import Authority, KeyPair, signing_key

NODE = "kdocs-control-plane"
ADDRESS = "172.30.0.2"
SERVER = f"https://{ADDRESS}:6443"
NODE_NETWORK = f"{ADDRESS}/24"
POD_NETWORK = "10.244.0.0/16"
NODE_PODS = "10.244.0.0/24"
SERVICE_NETWORK = "10.96.0.0/16"
REGISTRY = ("127.0.0.1", 5000)
MASTERS = "system:masters"
FRONT_PROXY = "front-proxy-client"

PKI = "/etc/kubernetes/pki"
CONTAINERD = "/run/containerd/containerd.sock"
ETCD = "unix:///run/kdocs/etcd/client.sock"


@dataclass(frozen=True, slots=True)
class Process:
    """A component: started once the file `after` is there."""

    name: str
    argv: tuple[str, ...]
    after: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that the node's init process writes and starts."""

    files: Mapping[str, str]  # path on the node -> content; readable by root alone
    processes: tuple[Process, ...]
    admin: KeyPair
    authority: str  # the certificate that clients trust, PEM
    log: str = field(default="/run/kdocs/log")

    def admin_kubeconfig(self) -> str:
        """The administrator's kubeconfig, complete in itself."""
        return kubeconfig("kubernetes-admin", self.authority, self.admin)


def plan(cgroup: str) -> Plan:
    """The components of a cluster of one node."""
    authority = Authority("kubernetes")
    issue = authority.issue
    service_hosts = ["kubernetes", "kubernetes.default", "kubernetes.default.svc",
                     "kubernetes.default.svc.cluster.local", "localhost", NODE]  # fmt: skip
    apiserver = issue(
        "kube-apiserver", hosts=[*service_hosts, ADDRESS, "127.0.0.1", "10.96.0.1"]
    )
    kubelet_client = issue("kube-apiserver-kubelet-client", organisation=MASTERS)
    kubelet = issue(f"system:node:{NODE}", organisation="system:nodes", hosts=[NODE, ADDRESS])
    admin = issue("kubernetes-admin", organisation=MASTERS)
    # Add-ons that serve a part of the API (metrics-server) know the API server by this one.
    front_proxy_authority = Authority("front-proxy-ca")
    front_proxy = front_proxy_authority.issue(FRONT_PROXY)
    tokens = signing_key()
    files = {
        f"{PKI}/ca.crt": authority.certificate,
        f"{PKI}/apiserver.crt": apiserver.certificate,
        f"{PKI}/apiserver.key": apiserver.key,
        f"{PKI}/apiserver-kubelet-client.crt": kubelet_client.certificate,
        f"{PKI}/apiserver-kubelet-client.key": kubelet_client.key,
        f"{PKI}/front-proxy-ca.crt": front_proxy_authority.certificate,
        f"{PKI}/front-proxy-client.crt": front_proxy.certificate,
        f"{PKI}/front-proxy-client.key": front_proxy.key,
        f"{PKI}/sa.key": tokens.private,
        f"{PKI}/sa.pub": tokens.public,
        "/var/lib/kubelet/pki/kubelet.crt": kubelet.certificate,
        "/var/lib/kubelet/pki/kubelet.key": kubelet.key,
        "/var/lib/kubelet/config.yaml": json.dumps(_kubelet_configuration(cgroup), indent=1),
        "/var/lib/kube-proxy/config.conf": json.dumps(_PROXY, indent=1),
        "/etc/containerd/config.toml": _CONTAINERD,
        "/etc/containerd/certs.d/_default/hosts.toml": _MIRROR,
        "/etc/cni/net.d/10-kdocs.conflist": json.dumps(_CNI, indent=1),
        "/etc/kubernetes/kubelet.conf": kubeconfig(
            f"system:node:{NODE}", authority.certificate, kubelet
        ),
    }
    # Their own names, and the administrators' group: with their own roles alone they
    # would meet a closed door until the API server has written its default roles.
    for name, user in (
        ("controller-manager", "system:kube-controller-manager"),
        ("scheduler", "system:kube-scheduler"),
        ("proxy", "system:kube-proxy"),
    ):
        pair = issue(user, organisation=MASTERS)
        files[f"/etc/kubernetes/{name}.conf"] = kubeconfig(user, authority.certificate, pair)
    return Plan(files, _PROCESSES, admin, authority.certificate)


def kubeconfig(user: str, authority: str, pair: KeyPair) -> str:
    """A kubeconfig that holds its certificates itself. JSON is YAML."""
    from base64 import b64encode

    def data(text: str) -> str:
        return b64encode(text.encode()).decode()

    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [
            {
                "name": "kdocs",
                "cluster": {"server": SERVER, "certificate-authority-data": data(authority)},
            }
        ],
        "users": [
            {
                "name": user,
                "user": {
                    "client-certificate-data": data(pair.certificate),
                    "client-key-data": data(pair.key),
                },
            }
        ],
        "contexts": [{"name": "kdocs", "context": {"cluster": "kdocs", "user": user}}],
        "current-context": "kdocs",
    }
    return json.dumps(document, indent=1) + "\n"


_PROXY = {
    "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
    "kind": "KubeProxyConfiguration",
    "clientConnection": {"kubeconfig": "/etc/kubernetes/proxy.conf"},
    "clusterCIDR": POD_NETWORK,
    "conntrack": {"maxPerCore": 0},
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
        "imageGCHighThresholdPercent": 100,
        "resolvConf": "/etc/resolv.conf",
        "rotateCertificates": False,
        "tlsCertFile": "/var/lib/kubelet/pki/kubelet.crt",
        "tlsPrivateKeyFile": "/var/lib/kubelet/pki/kubelet.key",
    }


# Without CAP_SYS_RESOURCE runc can't lower a container's oom_score_adj, hence
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
  restrict_oom_score_adj = true
[plugins."io.containerd.cri.v1.runtime".cni]
  bin_dirs = ["/opt/cni/bin"]
  conf_dir = "/etc/cni/net.d"
"""

_MIRROR = f"""\
[host."http://{REGISTRY[0]}:{REGISTRY[1]}"]
  capabilities = ["pull", "resolve"]
"""

# ptp routes between pods: on a bridge, a Service's answer from a pod of the same node
# would bypass the translation back.
_CNI = {
    "cniVersion": "1.0.0",
    "name": "kdocs",
    "plugins": [
        {
            "type": "ptp",
            "ipMasq": False,
            "ipam": {
                "type": "host-local",
                "dataDir": "/run/kdocs/cni",
                "ranges": [[{"subnet": NODE_PODS}]],
                "routes": [{"dst": "0.0.0.0/0"}],
            },
        },
        {"type": "portmap", "capabilities": {"portMappings": True}, "backend": "nftables"},
    ],
}

_BIN = "/opt/kdocs/bin"
_PROCESSES = (
    Process(
        "etcd",
        (
            f"{_BIN}/etcd",
            "--name=default",
            "--data-dir=/var/lib/etcd",
            "--unsafe-no-fsync",  # it lives in memory and is thrown away
            f"--listen-client-urls={ETCD}",
            "--listen-peer-urls=unix:///run/kdocs/etcd/peer.sock",
            # Must look like addresses. There are no peers, and nothing listens there.
            "--advertise-client-urls=http://localhost:2379",
            "--initial-advertise-peer-urls=http://localhost:2380",
            "--initial-cluster=default=http://localhost:2380",
        ),
    ),
    Process(
        "kube-apiserver",
        (
            f"{_BIN}/kube-apiserver",
            f"--advertise-address={ADDRESS}",
            "--allow-privileged=true",
            "--authorization-mode=Node,RBAC",
            f"--client-ca-file={PKI}/ca.crt",
            "--enable-admission-plugins=NodeRestriction",
            "--enable-aggregator-routing=true",  # to the pod at once, kube-proxy or not
            f"--etcd-servers={ETCD}",
            f"--kubelet-certificate-authority={PKI}/ca.crt",
            f"--kubelet-client-certificate={PKI}/apiserver-kubelet-client.crt",
            f"--kubelet-client-key={PKI}/apiserver-kubelet-client.key",
            "--kubelet-preferred-address-types=InternalIP",  # no DNS knows the node's name
            f"--proxy-client-cert-file={PKI}/front-proxy-client.crt",
            f"--proxy-client-key-file={PKI}/front-proxy-client.key",
            f"--requestheader-allowed-names={FRONT_PROXY}",
            f"--requestheader-client-ca-file={PKI}/front-proxy-ca.crt",
            "--requestheader-extra-headers-prefix=X-Remote-Extra-",
            "--requestheader-group-headers=X-Remote-Group",
            "--requestheader-username-headers=X-Remote-User",
            "--secure-port=6443",
            "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
            f"--service-account-key-file={PKI}/sa.pub",
            f"--service-account-signing-key-file={PKI}/sa.key",
            f"--service-cluster-ip-range={SERVICE_NETWORK}",
            f"--tls-cert-file={PKI}/apiserver.crt",
            f"--tls-private-key-file={PKI}/apiserver.key",
        ),
    ),
    Process("containerd", (f"{_BIN}/containerd", "--config=/etc/containerd/config.toml")),
    Process(
        "kube-controller-manager",
        (
            f"{_BIN}/kube-controller-manager",
            "--allocate-node-cidrs=true",
            f"--cluster-cidr={POD_NETWORK}",
            "--kube-api-burst=1000",
            "--kube-api-qps=500",  # at its default its controllers start five seconds late
            "--kubeconfig=/etc/kubernetes/controller-manager.conf",
            "--leader-elect=false",
            f"--root-ca-file={PKI}/ca.crt",
            f"--service-account-private-key-file={PKI}/sa.key",
            f"--service-cluster-ip-range={SERVICE_NETWORK}",
            "--use-service-account-credentials=true",
        ),
    ),
    Process(
        "kube-scheduler",
        (
            f"{_BIN}/kube-scheduler",
            "--kubeconfig=/etc/kubernetes/scheduler.conf",
            "--leader-elect=false",
        ),
    ),
    Process(
        "kubelet",
        (
            f"{_BIN}/kubelet",
            "--config=/var/lib/kubelet/config.yaml",
            f"--hostname-override={NODE}",
            "--kubeconfig=/etc/kubernetes/kubelet.conf",
            f"--node-ip={ADDRESS}",
        ),
        after=CONTAINERD,  # it exits where the socket is not there yet
    ),
    Process(
        "kube-proxy",
        (
            f"{_BIN}/kube-proxy",
            "--config=/var/lib/kube-proxy/config.conf",
            f"--hostname-override={NODE}",
        ),
    ),
)
