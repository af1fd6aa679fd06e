"""What a scenario may do on a cluster: rules, and the bindings that give them.

On the local cluster: anything inside its namespace. On a cluster of others less: nothing
that leads out of the namespace or loosens its bounds (the namespace's own labels, its
quota), no `escalate`, no other `bind` than to `view`. An administrator can make these as
ClusterRoles beforehand (manifests/runner/); then those are bound, and whoever runs kdocs
needs no right to make roles.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from kdocs_plugin.clusters.api import Api, ApiError
from kdocs_plugin.errors import ExecutionError

Rule = Mapping[str, Any]
Made = tuple[str, dict[str, Any]]  # the path to post to, and the object

RUNNER = "kdocs-runner"  # a scenario's ServiceAccount, and the role that it has
READER = "kdocs-reader"  # what a scenario may read of the whole cluster
KEEPER = "kdocs-keeper"  # what kdocs itself does in a scenario's namespace, beyond a runner
GROUP = "rbac.authorization.k8s.io"
RBAC = f"/apis/{GROUP}/v1"

ACCESS_SECONDS = 10.0  # how long a fresh role may take to count
LOOK = ("get", "list", "watch")
USE = (*LOOK, "create", "update", "patch", "delete", "deletecollection")
# Not the built-in `admin` role: a controller fills it, and a fresh cluster's is still empty.
LOCAL_RULES: tuple[Rule, ...] = (
    {
        "apiGroups": [
            "",
            "apps",
            "autoscaling",
            "batch",
            "discovery.k8s.io",
            "events.k8s.io",
            "metrics.k8s.io",
            "networking.k8s.io",
            "policy",
            GROUP,
        ],
        "resources": ["*"],
        "verbs": ["*"],
    },
)
# Left out on purpose: writing Endpoints and a Service's status leads traffic astray
# (CVE-2021-25740, CVE-2020-8554); pods/binding goes round the scheduler; a namespace's
# labels say how its pods are held; a quota could be lifted.
RUNNER_RULES: tuple[Rule, ...] = (
    {
        "apiGroups": [""],
        "resources": [
            "configmaps",
            "events",
            "persistentvolumeclaims",
            "pods",
            "pods/attach",
            "pods/ephemeralcontainers",
            "pods/eviction",
            "pods/exec",
            "pods/log",
            "pods/portforward",
            "pods/proxy",
            "pods/resize",
            "podtemplates",
            "replicationcontrollers",
            "replicationcontrollers/scale",
            "secrets",
            "serviceaccounts",
            "serviceaccounts/token",
            "services",
            "services/proxy",
        ],
        "verbs": list(USE),
    },
    {
        "apiGroups": [""],
        "resources": [
            "endpoints",
            "namespaces",
            "persistentvolumeclaims/status",
            "pods/status",
            "replicationcontrollers/status",
            "services/status",
        ],
        "verbs": list(LOOK),
    },
    {
        "apiGroups": [""],
        "resources": ["limitranges", "resourcequotas"],
        "verbs": [*LOOK, "create"],
    },
    {
        "apiGroups": ["apps", "autoscaling", "batch", "events.k8s.io", "policy"],
        "resources": ["*"],
        "verbs": list(USE),
    },
    {
        "apiGroups": ["coordination.k8s.io"],
        "resources": ["leases"],
        "verbs": list(USE),
    },
    {
        "apiGroups": ["discovery.k8s.io"],
        "resources": ["endpointslices"],
        "verbs": list(LOOK),
    },
    {
        "apiGroups": ["metrics.k8s.io"],
        "resources": ["pods"],
        "verbs": list(LOOK),
    },
    {
        "apiGroups": ["networking.k8s.io"],
        "resources": ["ingresses", "networkpolicies"],
        "verbs": list(USE),
    },
    {
        "apiGroups": [GROUP],
        "resources": ["rolebindings", "roles"],
        "verbs": list(USE),
    },
    {
        "apiGroups": [GROUP],
        "resources": ["clusterroles"],
        "resourceNames": ["view"],
        "verbs": ["bind"],
    },
)
READER_RULES: tuple[Rule, ...] = (
    {
        "apiGroups": [""],
        "resources": ["namespaces", "nodes", "persistentvolumes"],
        "verbs": list(LOOK),
    },
    {
        "apiGroups": ["apiextensions.k8s.io"],
        "resources": ["customresourcedefinitions"],
        "verbs": list(LOOK),
    },
    {"apiGroups": ["metrics.k8s.io"], "resources": ["nodes"], "verbs": list(LOOK)},
    {
        "apiGroups": ["networking.k8s.io"],
        "resources": ["ingressclasses"],
        "verbs": list(LOOK),
    },
    {
        "apiGroups": ["storage.k8s.io"],
        "resources": ["storageclasses"],
        "verbs": list(LOOK),
    },
)
KEEPER_RULES: tuple[Rule, ...] = (
    {"apiGroups": [""], "resources": ["namespaces"], "verbs": ["get", "delete"]},
)


def are_premade(api: Api) -> bool:
    """Whether an administrator has made the roles (manifests/runner/).

    Who may not ask is not the identity of those manifests, and makes roles or fails.
    """
    try:
        api.get(f"{RBAC}/clusterroles/{RUNNER}")
    except ApiError as error:
        if error.status in (403, 404):
            return False
        raise
    return True


def whole_cluster(namespace: str, labels: Mapping[str, str]) -> list[Made]:
    """Every right: for a cluster that is thrown away after this scenario."""
    body = _binding(
        {"name": RUNNER, "labels": labels}, "ClusterRole", "cluster-admin", _runner(namespace)
    )
    return [(f"{RBAC}/clusterrolebindings", body)]


def in_namespace(
    namespace: str, labels: Mapping[str, str], rules: Sequence[Rule] | None
) -> list[Made]:
    """The scenario's rights in its namespace: `rules`, or None for the role made before."""
    metadata = {"name": RUNNER, "labels": labels}
    kind = "ClusterRole" if rules is None else "Role"
    made: list[Made] = []
    if rules is not None:
        made.append(
            (f"{RBAC}/namespaces/{namespace}/roles", {"metadata": metadata, "rules": rules})
        )
    body = _binding(metadata, kind, RUNNER, _runner(namespace))
    return [*made, (f"{RBAC}/namespaces/{namespace}/rolebindings", body)]


def reading(
    namespace: str, uid: str, labels: Mapping[str, str], *, premade: bool
) -> list[Made]:
    """The scenario's right to read what belongs to the whole cluster.

    Both objects belong to the namespace: the garbage collector takes them with it, also
    where nobody is left to ask for it. Their name is this very namespace's, so that those
    of one before it are not taken for them.
    """
    owner = {"apiVersion": "v1", "kind": "Namespace", "name": namespace, "uid": uid}
    metadata = {
        "name": f"{READER}-{namespace}-{uid[:8]}",
        "labels": labels,
        "ownerReferences": [owner],
    }
    role = READER if premade else metadata["name"]
    body = _binding(metadata, "ClusterRole", str(role), _runner(namespace))
    binding = (f"{RBAC}/clusterrolebindings", body)
    if premade:
        return [binding]
    return [(f"{RBAC}/clusterroles", {"metadata": metadata, "rules": READER_RULES}), binding]


def of_keeper(namespace: str, labels: Mapping[str, str], user: str) -> list[Made]:
    """The rights of `user`, who runs kdocs, in a namespace that they made."""
    subject = {"kind": "User", "name": user, "apiGroup": GROUP}
    path = f"{RBAC}/namespaces/{namespace}/rolebindings"
    return [
        (path, _binding({"name": name, "labels": labels}, "ClusterRole", role, subject))
        for name, role in ((KEEPER, KEEPER), (f"{KEEPER}-runs", RUNNER))
    ]


def claim(api: Api, namespace: str, labels: Mapping[str, str]) -> None:
    """Give kdocs itself its rights in a namespace, where it has not all of them.

    That takes the identity of manifests/runner/, which may bind those roles there.
    """
    if may(api, namespace, "delete", "namespaces"):
        return
    review = {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}
    said = api.post("/apis/authentication.k8s.io/v1/selfsubjectreviews", review)
    for path, body in of_keeper(namespace, labels, str(said["status"]["userInfo"]["username"])):
        try:
            api.post(path, body)
        except ApiError as error:
            if error.status != 409:
                raise
    wait_until_allowed(api, namespace, "delete", "namespaces")
    wait_until_allowed(api, namespace)


def may(api: Api, namespace: str, verb: str, resource: str, user: str = "") -> bool:
    """What the authorizer says: may the API's own identity, or `user`?"""
    asked = {"namespace": namespace, "verb": verb, "resource": resource}
    kind = "SubjectAccessReview" if user else "SelfSubjectAccessReview"
    body = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": kind,
        "spec": {"resourceAttributes": asked} | ({"user": user} if user else {}),
    }
    found = api.post(f"/apis/authorization.k8s.io/v1/{kind.lower()}s", body)
    return bool(found["status"].get("allowed"))


def wait_until_allowed(
    api: Api, namespace: str, verb: str = "create", resource: str = "pods", user: str = ""
) -> None:
    """The authorizer learns of a role through a watch of its own: ask until it knows.

    Raises ExecutionError where it does not in time.
    """
    deadline = time.monotonic() + ACCESS_SECONDS
    while not may(api, namespace, verb, resource, user):
        if time.monotonic() > deadline:
            raise ExecutionError("run.no_access", namespace=namespace)


def _runner(namespace: str) -> dict[str, str]:
    return {"kind": "ServiceAccount", "name": RUNNER, "namespace": namespace}


def _binding(
    metadata: Mapping[str, Any], kind: str, role: str, subject: Mapping[str, str]
) -> dict[str, Any]:
    reference = {"apiGroup": GROUP, "kind": kind, "name": role}
    return {"metadata": metadata, "roleRef": reference, "subjects": [subject]}
