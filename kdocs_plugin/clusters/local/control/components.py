"""What runs on the nodes: the command line and files of each component.

In: how many nodes, and the control group they stand in. Out: a `Plan` of files and
processes for each node, which its first process carries out without knowing Kubernetes.
The control plane's are here; what every node runs is in agents.py.
"""

from __future__ import annotations

from collections.abc import Mapping

from kdocs_plugin.clusters.local.control import agents
from kdocs_plugin.clusters.local.control.parts import BIN, PKI, Process, kubeconfig
from kdocs_plugin.clusters.local.control.pki import Authority, KeyPair, signing_key
from kdocs_plugin.clusters.local.control.topology import (
    ADDRESS,
    NODE,
    POD_NETWORK,
    SERVER,
    SERVICE_NETWORK,
    Node,
    nodes,
)
from kdocs_plugin.values import dataclass, field

__all__ = ["ADDRESS", "NODE", "SERVER", "NodePlan", "Plan", "Process", "kubeconfig", "plan"]

MASTERS = "system:masters"
FRONT_PROXY = "front-proxy-client"
ETCD = "unix:///run/kdocs/etcd/client.sock"
LOG = "/run/kdocs/log"


@dataclass(frozen=True, slots=True)
class NodePlan:
    """Everything that a node's first process writes and starts."""

    node: Node
    files: Mapping[str, str]  # path on the node -> content; readable by root alone
    processes: tuple[Process, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """A cluster: its nodes, the control plane first."""

    nodes: tuple[NodePlan, ...]
    admin: KeyPair
    authority: str  # the certificate that clients trust, PEM
    log: str = field(default=LOG)

    def admin_kubeconfig(self) -> str:
        """The administrator's kubeconfig, complete in itself."""
        return kubeconfig("kubernetes-admin", self.authority, self.admin)


def plan(cgroup: str, count: int = 1) -> Plan:
    """The components of a cluster of `count` nodes."""
    authority = Authority("kubernetes")
    admin = authority.issue("kubernetes-admin", organisation=MASTERS)
    proxy = _client(authority, "system:kube-proxy")
    planned = []
    for node in nodes(count):
        pair = authority.issue(
            f"system:node:{node.name}",
            organisation="system:nodes",
            hosts=[node.name, node.address],
        )
        files = agents.files(node, f"{cgroup}/{node.name}", authority.certificate, pair)
        files["/etc/kubernetes/proxy.conf"] = proxy
        processes = agents.processes(node)
        if node.number == 0:
            files.update(_control_plane(authority))
            files["/etc/kubernetes/admin.conf"] = kubeconfig(
                "kubernetes-admin", authority.certificate, admin
            )
            processes = (*_PROCESSES, *processes)
        planned.append(NodePlan(node, files, processes))
    return Plan(tuple(planned), admin, authority.certificate)


def _client(authority: Authority, user: str) -> str:
    """A component's kubeconfig: its own name, and the administrators' group. With its own
    roles alone it would meet a closed door until the API server has written its defaults."""
    return kubeconfig(user, authority.certificate, authority.issue(user, organisation=MASTERS))


def _control_plane(authority: Authority) -> dict[str, str]:
    """The files of the components that run on the first node alone."""
    issue = authority.issue
    service_hosts = ["kubernetes", "kubernetes.default", "kubernetes.default.svc",
                     "kubernetes.default.svc.cluster.local", "localhost", NODE]  # fmt: skip
    apiserver = issue(
        "kube-apiserver", hosts=[*service_hosts, ADDRESS, "127.0.0.1", "10.96.0.1"]
    )
    kubelet_client = issue("kube-apiserver-kubelet-client", organisation=MASTERS)
    # Add-ons that serve a part of the API (metrics-server) know the API server by this one.
    front_proxy_authority = Authority("front-proxy-ca")
    front_proxy = front_proxy_authority.issue(FRONT_PROXY)
    tokens = signing_key()
    return {
        f"{PKI}/apiserver.crt": apiserver.certificate,
        f"{PKI}/apiserver.key": apiserver.key,
        f"{PKI}/apiserver-kubelet-client.crt": kubelet_client.certificate,
        f"{PKI}/apiserver-kubelet-client.key": kubelet_client.key,
        f"{PKI}/front-proxy-ca.crt": front_proxy_authority.certificate,
        f"{PKI}/front-proxy-client.crt": front_proxy.certificate,
        f"{PKI}/front-proxy-client.key": front_proxy.key,
        f"{PKI}/sa.key": tokens.private,
        f"{PKI}/sa.pub": tokens.public,
        "/etc/kubernetes/controller-manager.conf": _client(
            authority, "system:kube-controller-manager"
        ),
        "/etc/kubernetes/scheduler.conf": _client(authority, "system:kube-scheduler"),
    }


_PROCESSES = (
    Process(
        "etcd",
        (
            f"{BIN}/etcd",
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
            f"{BIN}/kube-apiserver",
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
    Process(
        "kube-controller-manager",
        (
            f"{BIN}/kube-controller-manager",
            # A node gets the network that its pods were given (readiness.py), not the next.
            "--allocate-node-cidrs=false",
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
        eager=True,
    ),
    Process(
        "kube-scheduler",
        (
            f"{BIN}/kube-scheduler",
            "--kubeconfig=/etc/kubernetes/scheduler.conf",
            "--leader-elect=false",
        ),
    ),
)
