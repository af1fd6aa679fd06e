"""What a cluster's processes are told: what to show of the host, to write, to start.

In: an installation, the nodes, the control groups. Out: the configuration that node/top.py
and node/init.py carry out without knowing Kubernetes; and in the state directory, what
others need to speak to the API server.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kdocs_plugin.clusters.local import snapshots
from kdocs_plugin.clusters.local.control import topology
from kdocs_plugin.clusters.local.layout import Installation
from kdocs_plugin.clusters.local.node import cgroups

if TYPE_CHECKING:
    from kdocs_plugin.clusters.local.control.components import NodePlan

USER = 65532  # of a note's steps, in the user namespace only
# The host's number for the user namespace's root; its users follow. Past the machine's own
# users and those that useradd(8) gives a range of, and no process of the host's is one.
FIRST_ID = 1 << 30
PATH = "/opt/kdocs/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
STEP_SCRIPT = "/run/kdocs/step.sh"
SHELLS = "/run/kdocs/shells"
LAYERS = "/var/lib/containerd"
ETCD_BYTES = 512 << 20

Groups = Mapping[str, Sequence[Path]]


def configuration(
    installation: Installation,
    nodes: Sequence[topology.Node],
    directory: Path,
    identity: str,
    groups: Groups,
) -> dict[str, Any]:
    """What to send to the process at the top. Writes the administrator's credentials and
    makes the layers' folders in the state directory."""
    from kdocs_plugin.clusters.local.control import components  # cryptography takes a while

    plan = components.plan(cgroups.path_of(identity), len(nodes))
    for name, content in (
        ("kubeconfig", plan.admin_kubeconfig()),
        ("ca.crt", plan.authority),
        ("admin.pem", plan.admin.certificate + plan.admin.key),
    ):
        path = directory / name
        path.touch(mode=0o600)
        path.write_text(content)
    shown = {  # what of the host the nodes show, where, and whether read only
        installation.bin: ("/opt/kdocs/bin", True),
        installation.cni: ("/opt/cni/bin", True),
        directory / "log": (plan.log, False),
        directory / "shells": (SHELLS, False),
    }
    given = [(number, *where) for number, where in enumerate(shown.values())]
    layers = layers_on_disk(directory, nodes)
    told = []
    for planned in plan.nodes:
        own = [(len(given) + planned.node.number, LAYERS, False)] if layers else []
        told.append(node_configuration(planned, nodes, groups, [*given, *own]))
    step_script = (Path(__file__).parent / "node/step.sh").read_text()
    told[0]["files"] = {**told[0]["files"], STEP_SCRIPT: step_script}
    return {
        "root": str(directory / "root"),
        "first_id": FIRST_ID,
        "shown": [str(path) for path in (*shown, *layers)],
        "user": f"kdocs:x:{USER}:{USER}:kdocs:/home/kdocs:/bin/bash\n",
        "group": f"kdocs:x:{USER}:\n",
        # Memory that is written to a file can't be taken back by ending a process: all
        # of it must fit into what the cluster may use.
        "disk": cgroups.whole().memory // 2 // len(nodes),
        "log": plan.log,
        "environment": {"HOME": "/root", "PATH": PATH},
        "nodes": told,
    }


def layers_on_disk(directory: Path, nodes: Sequence[topology.Node]) -> list[Path]:
    """Folders on disk for containers' layers, one a node; none where memory holds them."""
    if snapshots.in_memory():
        return []
    folders = [directory / "layers" / node.name for node in nodes]
    for folder in folders:
        folder.mkdir(parents=True)
        os.chown(folder, FIRST_ID, FIRST_ID)
    return folders


def node_configuration(
    planned: NodePlan,
    nodes: Sequence[topology.Node],
    groups: Groups,
    given: Sequence[tuple[int, str, bool]],
) -> dict[str, Any]:
    """What one node's first process is told."""
    node = planned.node
    others = [other for other in nodes if other != node]
    log = "" if node.number == 0 else f"{node.name}."
    return {
        "name": node.name,
        "machine": os.urandom(16).hex(),
        "cgroups": [str(group.relative_to(cgroups.ROOT)) for group in groups[node.name]],
        "given": given,
        "memories": {"/var/lib/etcd": ETCD_BYTES} if node.number == 0 else {},
        "network": topology.network(node, others),
        "files": planned.files,
        "folders": ["/run/kdocs/etcd", "/run/containerd"],
        "processes": [
            {
                "name": each.name,
                "argv": each.argv,
                "after": each.after,
                "log": f"{log}{each.name}",
                "eager": each.eager,
            }
            for each in planned.processes
        ],
    }
