"""What a note needs and the local cluster has not: a word in the plan, never a silence.

Only what is certain from the note's words: nothing here says that a note will fail, but
that what it shows will differ from a cluster that has the thing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kdocs_plugin.late import late
from kdocs_plugin.model import Lack
from kdocs_plugin.planning.draft import Draft, Obj, mapping
from kdocs_plugin.planning.needs import sequence

BALANCED = late(r"\bloadbalancer\b", re.IGNORECASE)
GATEWAY = "gateway.networking.k8s.io"
GROUPS = frozenset(  # of Kubernetes' own kinds, besides the core group
    """
    admissionregistration.k8s.io apiextensions.k8s.io apiregistration.k8s.io apps
    authentication.k8s.io authorization.k8s.io autoscaling batch certificates.k8s.io
    coordination.k8s.io discovery.k8s.io events.k8s.io extensions flowcontrol.apiserver.k8s.io
    internal.apiserver.k8s.io metrics.k8s.io networking.k8s.io node.k8s.io policy
    rbac.authorization.k8s.io resource.k8s.io scheduling.k8s.io storage.k8s.io
    storagemigration.k8s.io
    """.split()
)
BY_KIND = {"ingress": "lack.ingress", "ingressclass": "lack.ingress",
           "networkpolicy": "lack.network_policy"}  # fmt: skip


def lacks_of(steps: Sequence[Draft], nodes: int) -> tuple[Lack, ...]:
    """What the steps that run need and have not, each once, at the first place."""
    defined = {group for draft in steps for obj in draft.creates for group in defines(obj)}
    found: dict[tuple[str, str], Lack] = {}
    for draft in steps:
        for key, arguments in (
            *of_objects(draft, defined),
            *of_words(draft, max(1, nodes)),
        ):
            lack = Lack(key, draft.position, arguments)
            found.setdefault((key, str(sorted(arguments.items()))), lack)
    return tuple(found.values())


def defines(obj: Obj) -> Iterator[str]:
    """The API group that a CustomResourceDefinition adds."""
    if obj.kind == "customresourcedefinition":
        yield str(mapping(obj.value.get("spec")).get("group", ""))


def of_objects(draft: Draft, defined: set[str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """What the objects that a step makes need."""
    for obj in draft.creates:
        spec = mapping(obj.value.get("spec"))
        if obj.kind in BY_KIND:
            yield BY_KIND[obj.kind], {}
        if obj.kind == "service" and spec.get("type") == "LoadBalancer":
            yield "lack.load_balancer", {}
        for resource in devices(obj):
            yield "lack.device", {"resource": resource}
        group, slash, _ = str(obj.value.get("apiVersion", "")).rpartition("/")
        if not slash or group in GROUPS or group in defined:
            continue
        if group == GATEWAY:
            yield "lack.gateway", {}
        else:
            yield "lack.custom", {"kind": str(obj.value.get("kind")), "group": group}


def of_words(draft: Draft, nodes: int) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """What its command lines need."""
    for line in draft.kubectl:
        if line.verb == "drain" and nodes == 1:
            yield "lack.nodes", {}
        makes_service = line.mutates and line.resource == "service"
        if makes_service and BALANCED.search(draft.statement.text):
            yield "lack.load_balancer", {}
        if line.verb == "expose" and "LoadBalancer" in line.values("--type"):
            yield "lack.load_balancer", {}


def devices(obj: Obj) -> Iterator[str]:
    """Resources of device plugins that the containers ask for: nvidia.com/gpu."""
    for container in sequence(obj.pod_spec.get("containers")):
        limits = mapping(mapping(mapping(container).get("resources")).get("limits"))
        for name in limits:
            if re.fullmatch(r"(?:nvidia|amd|intel|gpu\.intel)\.com/[\w.-]+", str(name)):
                yield str(name)
