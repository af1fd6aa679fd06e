"""What a cluster has beyond its bare components: pods in kube-system, as on any cluster.

In: the state directory of a running cluster, and the names of add-ons. Out: their objects
on the API server (`provide`), and the knowledge that they serve (`await_running`,
`await_numbers`). For use on the node's network. Nothing here starts by itself: a cluster
whose notes need none has none.

The manifests beside this file are upstream's; each says at its head where it differs.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from kdocs_plugin.clusters.local.addons.client import Client, Json
from kdocs_plugin.clusters.local.addons.resolver import answers
from kdocs_plugin.clusters.local.images import addons as images
from kdocs_plugin.errors import ClusterError
from kdocs_plugin.model import Addon

NAMESPACE = "kube-system"
DEPLOYMENTS = {
    Addon.DNS: "coredns",
    Addon.METRICS: "metrics-server",
    Addon.STORAGE: "local-path-provisioner",
}
DNS_SERVER = "10.96.0.10"
AUTOSCALING = "/apis/autoscaling/v2"
METRICS = "/apis/metrics.k8s.io/v1beta1"
RUNNING_SECONDS = 60.0  # that an add-on may take from its objects to its first answer
NUMBERS_SECONDS = 60.0  # that a pod's first numbers may take: two scrapes, 10 s apart
LOOK_SECONDS = 0.1  # between two looks at what no watch tells


class Addons:
    """The add-ons of one running cluster, as far as this process has to do with them."""

    def __init__(self, directory: Path, binaries: Path, images_folder: Path) -> None:
        self._directory = directory
        self._binaries = binaries
        self._images = images_folder
        self._providing = threading.Lock()  # guards what is below, and the images
        self._provided: set[Addon] = set()
        self._running: set[Addon] = set()

    def provide(self, addons: Collection[Addon]) -> None:
        """Make the objects of these add-ons, those that are not there yet. Wait for nothing."""
        with self._providing:
            if wanted := set(addons) - self._provided:
                self._provide(wanted)
                self._provided |= wanted

    def _provide(self, wanted: set[Addon]) -> None:
        images.ensure(self._binaries, self._images)
        with Client(self._directory) as client:
            # Every pod's token volume needs it; its publisher may come later.
            client.create(
                {
                    "apiVersion": "v1",
                    "kind": "ConfigMap",
                    "metadata": {"name": "kube-root-ca.crt", "namespace": NAMESPACE},
                    "data": {"ca.crt": (self._directory / "ca.crt").read_text()},
                }
            )
            for addon in sorted(wanted):
                for item in manifests(addon):
                    client.create(item)

    def await_running(self, addons: Collection[Addon]) -> None:
        """Until the pods of these add-ons are ready and answer.

        Raises ClusterError where one does not come to that in RUNNING_SECONDS.
        """
        wanted = set(addons) - self._running
        if not wanted:
            return
        self.provide(wanted)
        deadline = time.monotonic() + RUNNING_SECONDS
        with Client(self._directory) as client:
            for addon in sorted(wanted):
                deployment = DEPLOYMENTS[addon]
                up = becomes_available(client, deployment, deadline)
                if up and addon is Addon.DNS:
                    up = becomes_answering(deadline)
                if not up:
                    why = waits_for(client, deployment)
                    raise ClusterError("local.addon_not_ready", addon=deployment, why=why)
        self._running |= wanted

    def await_numbers(self, namespace: str | None) -> bool:
        """Until metrics-server has numbers of every node and of the running pods of a
        namespace (None: of all), and until the autoscalers there have had a first look at
        them. Whether it has come to that when NUMBERS_SECONDS are over: a pod that always
        restarts has no numbers, and `kubectl top` says so.
        """
        deadline = time.monotonic() + NUMBERS_SECONDS
        inside = "" if namespace is None else f"/namespaces/{namespace}"
        with Client(self._directory) as client:
            while time.monotonic() < deadline:
                pods = items(client, f"/api/v1{inside}/pods")
                wanted = {key(item) for item in items(client, "/api/v1/nodes")}
                wanted |= {key(pod) for pod in pods if runs(pod)}
                measured = {key(item) for item in items(client, f"{METRICS}/nodes")}
                measured |= {key(item) for item in items(client, f"{METRICS}{inside}/pods")}
                scalers = items(client, f"{AUTOSCALING}{inside}/horizontalpodautoscalers")
                if wanted <= measured and all(has_looked(each) for each in scalers):
                    return True
                time.sleep(LOOK_SECONDS)  # numbers can't be watched
        return False


@cache
def manifests(addon: Addon) -> tuple[Json, ...]:
    """The objects of an add-on, in the order in which they are made."""
    import yaml

    text = (Path(__file__).parent / f"{addon}.yaml").read_text(encoding="utf-8")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return tuple(yaml.load_all(text, loader))


def becomes_available(client: Client, deployment: str, deadline: float) -> bool:
    """Wait, by watch, for the pods of a Deployment."""
    path = f"/apis/apps/v1/namespaces/{NAMESPACE}/deployments"
    lists = client.changes(path, deadline, fieldSelector=f"metadata.name={deployment}")
    return any(is_available(item) for found in lists for item in found["items"])


def becomes_answering(deadline: float) -> bool:
    """Wait for the way to the DNS server: kube-proxy opens it a moment after its pod is up."""
    while time.monotonic() < deadline:
        if answers(DNS_SERVER, "kubernetes.default.svc.cluster.local"):
            return True
        time.sleep(LOOK_SECONDS / 10)
    return False


def is_available(deployment: Json) -> bool:
    """Whether all the pods that a Deployment wants are ready."""
    status = deployment.get("status", {})
    return bool(
        status.get("observedGeneration", 0) >= deployment["metadata"].get("generation", 1)
        and status.get("availableReplicas", 0) >= deployment["spec"].get("replicas", 1)
    )


def items(client: Client, path: str) -> Iterator[Json]:
    """The items of a list; none where it is not served yet."""
    yield from (client.get(path) or {}).get("items", ())


def name(item: Json) -> str:
    """An object's name."""
    return str(item["metadata"]["name"])


def key(item: Json) -> str:
    """An object's namespace and name."""
    return f"{item['metadata'].get('namespace', '')}/{name(item)}"


def has_looked(autoscaler: Json) -> bool:
    """Whether a HorizontalPodAutoscaler knows by now if it has numbers to go by.

    Its controller takes 15 s to come to a new one (--horizontal-pod-autoscaler-sync-period).
    """
    conditions = autoscaler.get("status", {}).get("conditions") or ()
    known = {each["type"]: each["status"] for each in conditions}
    # Where it finds nothing to scale, it says that and looks no further.
    return "ScalingActive" in known or known.get("AbleToScale") == "False"


def runs(pod: Json) -> bool:
    """Whether a pod has containers that use anything, and goes on."""
    return pod.get("status", {}).get("phase") == "Running" and not pod["metadata"].get(
        "deletionTimestamp"
    )


def waits_for(client: Client, deployment: str) -> str:
    """What the pods of a Deployment wait for, as their statuses say."""
    said: list[str] = []
    for pod in items(client, f"/api/v1/namespaces/{NAMESPACE}/pods"):
        if not name(pod).startswith(f"{deployment}-"):
            continue
        status: dict[str, Any] = pod.get("status", {})
        said += [
            f"{each.get('reason', '')}: {each['message']}"
            for each in status.get("conditions", [])
            if each.get("status") != "True" and each.get("message")
        ]
        for container in status.get("containerStatuses", []):
            waiting = container.get("state", {}).get("waiting", {})
            said += filter(None, [waiting.get("reason"), waiting.get("message")])
    return "; ".join(dict.fromkeys(said)) or "…"
