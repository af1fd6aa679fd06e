"""Which add-ons of a cluster a step needs, read from its words and its manifests.

An add-on too many costs a second; one too few gives a wrong output. So a note that has a
Service and goes into pods needs DNS, whether or not a name is seen to be looked up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kdocs_plugin.commands import Kubectl, kind_of
from kdocs_plugin.late import late
from kdocs_plugin.model import Addon
from kdocs_plugin.planning.draft import Draft, Obj, mapping
from kdocs_plugin.planning.objects import WORKLOADS
from kdocs_plugin.values import dataclass

SYSTEM = "kube-system"
INTO_PODS = frozenset("exec run attach debug".split())
MEASURES = "horizontalpodautoscaler"
OF_STORAGE = frozenset("persistentvolume persistentvolumeclaim storageclass".split())
# Names that only the cluster's DNS knows, and the programs that ask it.
RESOLVES = late(r"\b(?:nslookup|dig|getent|host)\s|\.svc\b|\bcluster\.local\b")
# Programs that look a name up before they do anything else.
NETWORK = late(
    r"\b(?:curl|wget|ping|nc|telnet|ssh|git|apt|apt-get|apk|yum|dnf|pip|npm|redis-cli|mysql"
    r"|psql|mongo|mongosh)\s"
)
NUMBERS = "metrics.k8s.io"


@dataclass(frozen=True, slots=True)
class Needs:
    """What must be there when a step runs."""

    addons: tuple[Addon, ...] = ()
    numbers: bool = False  # metrics-server's, of nodes and pods


NOTHING = Needs()


def needs_of(steps: Sequence[Draft]) -> dict[int, Needs]:
    """What each step needs, by the draft's identity; those that need nothing are left out.

    `steps` are those that run, in their order.
    """
    resolves = needs_dns(steps)
    found: dict[int, Needs] = {}
    for draft in steps:
        addons: set[Addon] = set()
        if any(sees_system(line) for line in draft.kubectl):
            addons |= set(Addon)
        if resolves and (makes_pods(draft) or goes_into_pods(draft)):
            addons.add(Addon.DNS)
        if any(each.name == "nslookup" for each in draft.statement.commands):
            addons.add(Addon.DNS)
        if stores(draft):
            addons.add(Addon.STORAGE)
        numbers = measures(draft)
        if numbers:
            addons.add(Addon.METRICS)
        if addons:
            found[id(draft)] = Needs(tuple(sorted(addons)), numbers)
    return found


def sees_system(line: Kubectl) -> bool:
    """Whether a line shows what stands in kube-system: a reader expects CoreDNS there."""
    if line.has("-A", "--all-namespaces"):
        return True
    if SYSTEM in line.values("-n", "--namespace"):
        return True
    return line.verb == "cluster-info"  # names the services of kube-system


def kinds_of(line: Kubectl) -> set[str]:
    """The kinds that a line is about: `get pv,pvc` names two."""
    if line.verb not in ("get", "describe", "delete") or not line.arguments:
        return {line.resource}
    named = (word.partition("/")[0] for word in line.arguments if "/" in word)
    return {kind_of(each) for each in (*line.arguments[0].split("/")[0].split(","), *named)}


# --- DNS --------------------------------------------------------------------------------


def needs_dns(steps: Sequence[Draft]) -> bool:
    """Whether a pod of the note may ask for a Service by its name."""
    services = {obj.name for draft in steps for obj in draft.creates if obj.kind == "service"}
    has_service = bool(services) or any(
        "service" in kinds_of(line) for draft in steps for line in draft.kubectl
    )
    if has_service and any(goes_into_pods(draft) for draft in steps):
        return True
    if any(RESOLVES.search(inside) for draft in steps for inside in typed_into_pods(draft)):
        return True
    if any(NETWORK.search(inside) for draft in steps for inside in typed_into_pods(draft)):
        return True
    return any(names_service(obj, services) for draft in steps for obj in draft.creates)


def goes_into_pods(draft: Draft) -> bool:
    """Whether something is run in a pod at the note's word."""
    return any(line.verb in INTO_PODS for line in draft.kubectl)


def typed_into_pods(draft: Draft) -> Iterator[str]:
    """What is run in pods, each as one text that ends with a space."""
    for line in draft.kubectl:
        if line.verb in INTO_PODS:
            yield " ".join((*line.command, *line.arguments)) + " "


def names_service(obj: Obj, services: set[str]) -> bool:
    """Whether an object's strings name a Service of the note, or ask for any by name."""
    if obj.kind == "statefulset" and mapping(obj.value.get("spec")).get("serviceName"):
        return True
    if obj.kind not in WORKLOADS | {"pod", "configmap"}:
        return False
    spec = obj.pod_spec
    parts: list[Any] = [obj.value.get("data")] if obj.kind == "configmap" else []
    for list_name in ("containers", "initContainers"):
        for container in sequence(spec.get(list_name)):
            parts += [mapping(container).get(field) for field in ("command", "args", "env")]
    text = " ".join(strings(parts)) + " "
    words = set(re.findall(r"[a-z0-9]+(?:-[a-z0-9]+)*", text))
    return bool(RESOLVES.search(text) or words & services)


def makes_pods(draft: Draft) -> bool:
    """Whether a step makes pods, as far as its words tell: `apply -k` and `scale` may."""
    if draft.creates:
        return any(obj.kind in WORKLOADS or obj.kind == "pod" for obj in draft.creates)
    return draft.effect.mutates and not draft.effect.deletes


# --- Metrics and storage ----------------------------------------------------------------


def measures(draft: Draft) -> bool:
    """Whether a step shows or uses what pods and nodes consume."""
    return (
        any(line.verb in ("top", "autoscale") for line in draft.kubectl)
        or any(MEASURES in kinds_of(line) and line.verb != "delete" for line in draft.kubectl)
        or any(obj.kind == MEASURES for obj in draft.creates)
        or NUMBERS in draft.statement.text
    )


def stores(draft: Draft) -> bool:
    """Whether a step claims a volume, or shows what the cluster has for that."""
    if any(kinds_of(line) & OF_STORAGE for line in draft.kubectl):
        return True
    return any(obj.kind in OF_STORAGE or claims(obj) for obj in draft.creates)


def claims(obj: Obj) -> bool:
    """Whether an object makes claims of its own: a StatefulSet's templates, a pod's
    ephemeral volumes, or one that names a claim."""
    if sequence(mapping(obj.value.get("spec")).get("volumeClaimTemplates")):
        return True
    volumes = map(mapping, sequence(obj.pod_spec.get("volumes")))
    return any({"ephemeral", "persistentVolumeClaim"} & set(volume) for volume in volumes)


def sequence(value: Any) -> Sequence[Any]:
    """`value` if it is a list, else an empty one."""
    return value if isinstance(value, list) else ()


def strings(value: Any) -> Iterator[str]:
    """All strings in a value of YAML; its depth is bounded where it was loaded."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from strings(each)
