"""The nodes of a cluster: their names, addresses and the links between them.

In: how many. Out: a `Node` each, and the commands for `ip -batch` that link them. The
names are kind's; the first node is the control plane.

    172.30.0.1   the registry, on the first node
    172.30.0.2   kdocs-control-plane   pods 10.244.0.0/24
    172.30.0.3   kdocs-worker          pods 10.244.1.0/24
    172.30.0.4   kdocs-worker2         pods 10.244.2.0/24
"""

from __future__ import annotations

from collections.abc import Sequence

from kdocs_plugin.model import MOST_NODES
from kdocs_plugin.values import dataclass

NODE = "kdocs-control-plane"
WORKER = "kdocs-worker"
ADDRESS = "172.30.0.2"
SERVER = f"https://{ADDRESS}:6443"
NODE_NETWORK = "172.30.0.0/24"
POD_NETWORK = "10.244.0.0/16"
SERVICE_NETWORK = "10.96.0.0/16"
REGISTRY = ("172.30.0.1", 5000)


@dataclass(frozen=True, slots=True)
class Node:
    """A node: 0 is the control plane, the others are workers."""

    number: int

    @property
    def name(self) -> str:
        if self.number == 0:
            return NODE
        return WORKER if self.number == 1 else f"{WORKER}{self.number}"

    @property
    def address(self) -> str:
        return f"172.30.0.{2 + self.number}"

    @property
    def pods(self) -> str:
        """The network of its pods."""
        return f"10.244.{self.number}.0/24"


def nodes(count: int) -> tuple[Node, ...]:
    """The nodes of a cluster of `count`. ValueError where that many can't be."""
    if not 1 <= count <= MOST_NODES:
        raise ValueError(f"a cluster has 1 to {MOST_NODES} nodes, not {count}")
    return tuple(Node(number) for number in range(count))


def network(node: Node, others: Sequence[Node]) -> str:
    """What `ip -batch` sets up on a node. There is no way out: refused at once.

    `{name}` stands for the process whose network namespace is worker `name`'s. A worker
    finds its eth0 there already: it is the other end of a link into the first node's.
    """
    commands = ["link set lo up"]
    if node.number == 0:
        commands.append(f"address add {REGISTRY[0]}/32 dev lo")
        if others:
            commands.append("link add eth0 type bridge")
        else:  # dummy links may not exist
            commands += ["link add eth0 type veth peer name uplink", "link set uplink up"]
        for worker in others:
            commands += [
                f"link add {worker.name} type veth peer name eth0 netns {{{worker.name}}}",
                f"link set {worker.name} master eth0 up",
            ]
    commands += [
        f"address add {node.address}/24 dev eth0",
        "link set eth0 up",
        f"route add {SERVICE_NETWORK} dev eth0",
        "route add unreachable default",
        *(f"route add {other.pods} via {other.address}" for other in others),
    ]
    return "\n".join(commands)
