"""Where a dry run can't tell: what a server does when it really creates the object."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from kdocs_plugin.clusters.local.binaries.installation import CONTROL_PLANE, installed
from kdocs_plugin.clusters.local.exact.client import Connection
from kdocs_plugin.clusters.local.exact.control_plane import ControlPlane
from kdocs_plugin.clusters.local.exact.oracle import Oracle
from kdocs_plugin.validation.objects.services import NODE_PORTS

pytestmark = pytest.mark.live
SERVICES = "/api/v1/namespaces/default/services"


@pytest.fixture(scope="module")
def plane() -> Iterator[ControlPlane]:
    installation = installed(only=CONTROL_PLANE)
    if installation is None:
        pytest.skip("no API server is installed")
    with ControlPlane.start(installation) as running, Oracle(running):
        yield running


def service(port: int) -> dict[str, Any]:
    ports = [{"port": 80, "nodePort": port}]
    metadata = {"name": f"web-{port}"}
    spec = {"type": "NodePort", "ports": ports}
    return {"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": spec}


@pytest.mark.parametrize("port", [NODE_PORTS[0] - 1, NODE_PORTS[1] + 1])
def test_a_node_port_out_of_range_is_refused(plane: ControlPlane, port: int) -> None:
    connection = Connection(plane)
    try:
        assert connection.ask("POST", f"{SERVICES}?dryRun=All", service(port)).ok
        answer = connection.ask("POST", SERVICES, service(port))
        assert not answer.ok
        assert "not in the valid range" in answer.message
    finally:
        connection.close()


@pytest.mark.parametrize("port", NODE_PORTS)
def test_a_node_port_within_it_is_taken(plane: ControlPlane, port: int) -> None:
    connection = Connection(plane)
    try:
        assert connection.ask("POST", SERVICES, service(port)).ok
    finally:
        connection.close()
