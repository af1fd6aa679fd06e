"""What the descriptions of components share: paths, a process, a kubeconfig.

The paths are those that kubeadm uses, so that what a student reads elsewhere is found here.
"""

from __future__ import annotations

import json

from kdocs_plugin.clusters.local.control.pki import KeyPair
from kdocs_plugin.clusters.local.control.topology import SERVER
from kdocs_plugin.values import dataclass

BIN = "/opt/kdocs/bin"
PKI = "/etc/kubernetes/pki"
CONTAINERD = "/run/containerd/containerd.sock"


@dataclass(frozen=True, slots=True)
class Process:
    """A component: started once the file `after` is there.

    One that is `eager` waits for the API server, but gives up before a slow machine has
    brought it up. In the first minutes its end is not the cluster's: it is started again.
    """

    name: str
    argv: tuple[str, ...]
    after: str = ""
    eager: bool = False


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
