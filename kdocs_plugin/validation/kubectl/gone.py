"""What kubectl once had: until when, and what does it now.

Kept by hand for what went before the oldest version of the pack. Sources: the flags that
each k8s.io/kubectl from v0.17 to v0.33 registers, and the changes that took them away
(kubernetes/kubernetes pull requests: --show-all 69255, --export 88649, rolling-update 88057,
convert 725 of kubernetes/kubectl, --server-dry-run 91308, run's generators 87077, 99732 and
108820). The number is the minor of the first 1.x without it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple


class Gone(NamedTuple):
    """The first minor without it, and a line that does the same."""

    removed: int
    mend: str  # {name}, {image}, {value} are the line's own


_DEPLOYMENT: Final = "kubectl create deployment {name} --image={image}"
_POD_SPEC: Final = "kubectl run {name} --image={image} --overrides='{{\"spec\": {{...}}}}'"
# Command and flag.
FLAGS: Final[Mapping[tuple[str, str], Gone]] = {
    ("run", "--generator"): Gone(21, _DEPLOYMENT),
    ("run", "--replicas"): Gone(21, f"{_DEPLOYMENT} --replicas={{value}}"),
    ("run", "--schedule"): Gone(
        21, 'kubectl create cronjob {name} --image={image} --schedule="{value}"'
    ),
    ("run", "--service-generator"): Gone(21, "kubectl expose pod {name} --port=PORT"),
    ("run", "--service-overrides"): Gone(21, "kubectl expose pod {name} --overrides=JSON"),
    ("run", "--requests"): Gone(24, _POD_SPEC),
    ("run", "--limits"): Gone(24, _POD_SPEC),
    ("run", "--serviceaccount"): Gone(24, _POD_SPEC),
    ("run", "--hostport"): Gone(24, _POD_SPEC),
    ("expose", "--container-port"): Gone(24, "--target-port={value}"),
    ("expose", "--generator"): Gone(24, "--type=ClusterIP"),
    ("autoscale", "--generator"): Gone(22, ""),
    ("create deployment", "--generator"): Gone(22, _DEPLOYMENT),
    ("apply", "--prune-whitelist"): Gone(30, "--prune-allowlist={value}"),
    ("apply", "--server-dry-run"): Gone(19, "--dry-run=server"),
    ("drain", "--delete-local-data"): Gone(31, "--delete-emptydir-data"),
    ("get", "--export"): Gone(18, "kubectl get ... -o yaml"),
    ("get", "--show-all"): Gone(14, "kubectl get"),
    ("get", "-a"): Gone(14, "kubectl get"),
    ("version", "--short"): Gone(28, "kubectl version"),
    ("top pod", "--heapster-namespace"): Gone(21, "kubectl top pod"),
    ("top node", "--heapster-namespace"): Gone(21, "kubectl top node"),
}
# Flags whose successor stands in their place, word for word.
RENAMED: Final = frozenset(
    {"--container-port", "--prune-whitelist", "--server-dry-run", "--delete-local-data"}
)
COMMANDS: Final[Mapping[str, Gone]] = {
    "rolling-update": Gone(18, "kubectl set image deployment/{name} CONTAINER={image}"),
    "convert": Gone(20, "kubectl-convert"),
    "alpha debug": Gone(21, "kubectl debug"),
    "alpha diff": Gone(18, "kubectl diff"),
    "alpha events": Gone(26, "kubectl events"),
    "alpha auth": Gone(28, "kubectl auth whoami"),
}
# What people call a command, or what it was called so long ago that no version tells.
OTHER_NAMES: Final[Mapping[str, str]] = {
    "log": "logs",
    "stop": "delete",
    "rm": "delete",
    "remove": "delete",
    "resize": "scale",
    "list": "get",
    "ls": "get",
    "inspect": "describe",
    "show": "describe",
    "restart": "kubectl rollout restart",
    "rollback": "kubectl rollout undo",
    "install": "apply",
}
RESOURCES: Final[Mapping[str, Gone]] = {
    **dict.fromkeys(
        ("podsecuritypolicy", "podsecuritypolicies", "psp"),
        Gone(25, "pod-security.kubernetes.io/enforce"),
    ),
    **dict.fromkeys(("podpreset", "podpresets"), Gone(20, "")),
    **dict.fromkeys(("thirdpartyresource", "thirdpartyresources"), Gone(8, "crd")),
    **dict.fromkeys(("petset", "petsets"), Gone(5, "statefulset")),
    **dict.fromkeys(("scheduledjob", "scheduledjobs"), Gone(8, "cronjob")),
}
# Served, with a warning: the API server's words.
AGEING: Final[Mapping[str, tuple[int, str, str]]] = {
    "componentstatuses": (
        19,
        "v1 ComponentStatus is deprecated in v1.19+",
        "kubectl get --raw '/readyz?verbose'",
    ),
    "endpoints": (
        33,
        "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice",
        "kubectl get endpointslices",
    ),
}
