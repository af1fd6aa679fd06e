"""Who a scenario is on the cluster: a namespace, a ServiceAccount, a short-lived token.

Everything carries the owner label, so that what a dead run left is found and removed.
"""

from __future__ import annotations

import base64
import contextlib
import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from kdocs_plugin.clusters.api import Api, ApiError
from kdocs_plugin.errors import ExecutionError
from kdocs_plugin.execution.ownership import (
    OWNER_LABEL,
    TOKEN_SECONDS,
    is_abandoned,
    is_owned,
    owner,
)

RUNNER = "kdocs-runner"
DELETE_SECONDS = 60.0  # how long a namespace may take to go
BUSY_SECONDS = 600.0  # how long another run of the same page may take
LOOK_SECONDS = 5.0  # between two looks whether that other run still lives
ACCESS_SECONDS = 10.0  # how long a fresh role may take to count
# What a scenario may do in its namespace: anything in the groups that notes use. Not the
# built-in `admin` role: a controller fills it, and a fresh cluster's is still empty.
RUNNER_RULES: tuple[Mapping[str, Any], ...] = (
    {
        "apiGroups": [
            "",
            "apps",
            "autoscaling",
            "batch",
            "discovery.k8s.io",
            "events.k8s.io",
            "networking.k8s.io",
            "policy",
            "rbac.authorization.k8s.io",
        ],
        "resources": ["*"],
        "verbs": ["*"],
    },
)
READER_RULES: tuple[Mapping[str, Any], ...] = (
    {"apiGroups": [""], "resources": ["nodes", "namespaces", "persistentvolumes"]},
    {"apiGroups": ["storage.k8s.io"], "resources": ["storageclasses"]},
    {"apiGroups": ["apiextensions.k8s.io"], "resources": ["customresourcedefinitions"]},
    {"apiGroups": ["metrics.k8s.io"], "resources": ["nodes", "pods"]},
    {"apiGroups": ["networking.k8s.io"], "resources": ["ingressclasses"]},
)


class Identity:
    """A scenario's place on the cluster.

    `whole_cluster` gives it namespace `default` and every right: only for a cluster that
    is thrown away after this scenario.
    """

    def __init__(
        self,
        api: Api,
        namespace: str,
        whole_cluster: bool = False,
        own_authority: bool = False,
        tell: Callable[[str], None] = lambda _: None,
    ) -> None:
        """`own_authority`: the cluster is ours, so its certificate authority is known.

        `tell` hears what is waited for.
        """
        self.api = api
        self.whole_cluster = whole_cluster
        self.own_authority = own_authority
        self.namespace = "default" if whole_cluster else namespace
        self.token = ""
        self._tell = tell
        self._uid = ""
        self._awaited = ""

    def create(self) -> None:
        """Make all of it, after removing a namespace that a dead run of this page left.

        Where another run of this page is under way, wait for its end.
        """
        labels = {OWNER_LABEL: owner()}
        if not self.whole_cluster:
            self._make_namespace(labels)
        accounts = f"/api/v1/namespaces/{self.namespace}/serviceaccounts"
        # Pods need `default`; making it here spares waiting for its controller.
        for name in ("default", RUNNER):
            self._make(accounts, {"metadata": {"name": name, "labels": labels}})
        if self.own_authority:
            # So does every pod's token volume this one; its publisher may come later.
            ca = {"ca.crt": self._authority().decode()}
            maps = f"/api/v1/namespaces/{self.namespace}/configmaps"
            self._make(maps, {"metadata": {"name": "kube-root-ca.crt"}, "data": ca})
        for path, body in self._bindings(labels):
            self._make(path, body, anew=not self.whole_cluster)
        made = self.api.post(
            f"{accounts}/{RUNNER}/token",
            {
                "apiVersion": "authentication.k8s.io/v1",
                "kind": "TokenRequest",
                "spec": {"expirationSeconds": TOKEN_SECONDS},
            },
        )
        self.token = str(made["status"]["token"])
        self._wait_until_allowed()

    def kubeconfig(self) -> str:
        """A kubeconfig (as JSON) that holds the token and the namespace, and nothing else."""
        ca = self._authority()
        cluster: dict[str, Any] = {"server": self.api.server}
        if ca:
            cluster["certificate-authority-data"] = base64.b64encode(ca).decode()
        return json.dumps(
            {
                "apiVersion": "v1",
                "kind": "Config",
                "clusters": [{"name": "kdocs", "cluster": cluster}],
                "users": [{"name": RUNNER, "user": {"token": self.token}}],
                "contexts": [
                    {
                        "name": "kdocs",
                        "context": {
                            "cluster": "kdocs",
                            "user": RUNNER,
                            "namespace": self.namespace,
                        },
                    }
                ],
                "current-context": "kdocs",
            }
        )

    def _authority(self) -> bytes:
        """The certificate that signs the API server's, PEM; empty where the system knows it."""
        return Path(self.api.ca_file).read_bytes() if self.api.ca_file else b""

    def stands(self) -> bool:
        """Whether the namespace is still the one that was made, and not on its way out."""
        try:
            found = self.api.get(f"/api/v1/namespaces/{self.namespace}")
        except ApiError as error:
            if error.status in (401, 403, 404):
                return False
            raise
        going = (
            found["metadata"].get("deletionTimestamp") or found["metadata"]["uid"] != self._uid
        )
        return self.whole_cluster or not going

    def remove(self, wait: bool) -> bool:
        """Remove the namespace, if it is ours; whether it is gone when `wait` is over."""
        if self.whole_cluster or not self._uid:
            return True
        try:
            remove_namespace(self.api, self.namespace, self._uid)
        except ApiError as error:
            if error.status in (404, 409):  # gone, or by now another's
                return True
            raise
        return not wait or self._wait_until_gone(DELETE_SECONDS)

    def _make_namespace(self, labels: Mapping[str, str]) -> None:
        body = {"metadata": {"name": self.namespace, "labels": labels}}
        deadline = time.monotonic() + BUSY_SECONDS
        while True:
            try:
                made = self.api.post("/api/v1/namespaces", body)
            except ApiError as error:
                if error.status != 409:
                    raise
            else:
                self._uid = str(made["metadata"]["uid"])
                return
            try:
                found = self.api.get(f"/api/v1/namespaces/{self.namespace}")
            except ApiError as error:
                if error.status != 404:
                    raise
                continue
            if not is_owned(found):
                raise ExecutionError("run.namespace_taken", namespace=self.namespace)
            self._await_end_of(found, deadline)

    def _await_end_of(self, found: Mapping[str, Any], deadline: float) -> None:
        """Until this namespace, another run's, is gone or has lost its run."""
        name, uid = self.namespace, str(found["metadata"]["uid"])
        if found["metadata"].get("deletionTimestamp") or is_abandoned(found):
            with contextlib.suppress(ApiError):  # somebody else was faster
                remove_namespace(self.api, name, uid)
            if not self._wait_until_gone(DELETE_SECONDS):
                raise ExecutionError("run.namespace_stuck", namespace=name)
            return
        if uid != self._awaited:
            self._awaited = uid
            self._tell(f"namespace/{name}")
        if not self._wait_until_gone(LOOK_SECONDS) and time.monotonic() > deadline:
            raise ExecutionError("run.namespace_busy", namespace=name)

    def _bindings(self, labels: Mapping[str, str]) -> list[tuple[str, dict[str, Any]]]:
        rbac = "/apis/rbac.authorization.k8s.io/v1"
        subject = {"kind": "ServiceAccount", "name": RUNNER, "namespace": self.namespace}
        group = "rbac.authorization.k8s.io"
        metadata = {"name": RUNNER, "labels": labels}
        if self.whole_cluster:
            role = {"apiGroup": group, "kind": "ClusterRole", "name": "cluster-admin"}
            body = {"metadata": metadata, "roleRef": role, "subjects": [subject]}
            return [(f"{rbac}/clusterrolebindings", body)]
        runner = {"apiGroup": group, "kind": "Role", "name": RUNNER}
        # Both belong to the namespace: the garbage collector takes them with it, also
        # where nobody is left to ask for it.
        wide = {
            "name": f"kdocs-reader-{self.namespace}",
            "labels": labels,
            "ownerReferences": [
                {
                    "apiVersion": "v1",
                    "kind": "Namespace",
                    "name": self.namespace,
                    "uid": self._uid,
                }
            ],
        }
        reader = {"apiGroup": group, "kind": "ClusterRole", "name": wide["name"]}
        rules = [{**rule, "verbs": ["get", "list", "watch"]} for rule in READER_RULES]
        return [
            (
                f"{rbac}/namespaces/{self.namespace}/roles",
                {"metadata": metadata, "rules": RUNNER_RULES},
            ),
            (
                f"{rbac}/namespaces/{self.namespace}/rolebindings",
                {"metadata": metadata, "roleRef": runner, "subjects": [subject]},
            ),
            (f"{rbac}/clusterroles", {"metadata": wide, "rules": rules}),
            (
                f"{rbac}/clusterrolebindings",
                {"metadata": wide, "roleRef": reader, "subjects": [subject]},
            ),
        ]

    def _make(self, path: str, body: Mapping[str, Any], anew: bool = False) -> None:
        """Make an object. One that is there is as good; or with `anew`, it is replaced:
        a dead run's, which goes as its namespace has gone."""
        try:
            self.api.post(path, body)
        except ApiError as error:
            if error.status != 409:
                raise
            if anew:
                with contextlib.suppress(ApiError):
                    self.api.delete(f"{path}/{body['metadata']['name']}")
                self.api.post(path, body)

    def _wait_until_allowed(self) -> None:
        """The authorizer learns of a role through a watch of its own: ask until it knows."""
        review = {
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SubjectAccessReview",
            "spec": {
                "user": f"system:serviceaccount:{self.namespace}:{RUNNER}",
                "resourceAttributes": {
                    "namespace": self.namespace,
                    "verb": "create",
                    "resource": "pods",
                },
            },
        }
        deadline = time.monotonic() + ACCESS_SECONDS
        while time.monotonic() < deadline:
            found = self.api.post("/apis/authorization.k8s.io/v1/subjectaccessreviews", review)
            if found["status"].get("allowed"):
                return
        raise ExecutionError("run.no_access", namespace=self.namespace)

    def _wait_until_gone(self, seconds: float) -> bool:
        path, name = "/api/v1/namespaces", f"metadata.name={self.namespace}"
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            found = self.api.get(path, fieldSelector=name)
            if not found["items"]:
                return True
            version = found["metadata"]["resourceVersion"]
            watch = self.api.watch(path, version, left)
            try:
                for event in watch:
                    name_of = event["object"]["metadata"].get("name")
                    if event["type"] == "DELETED" and name_of == self.namespace:
                        return True
            finally:
                watch.close()
        return False


def remove_namespace(api: Api, name: str, uid: str) -> None:
    """Ask for the end of this very namespace, and of its pods without a grace period."""
    path = f"/api/v1/namespaces/{name}"
    api.delete(path, {"propagationPolicy": "Background", "preconditions": {"uid": uid}})
    # Nobody looks at them any more.
    api.delete(f"{path}/pods", {"gracePeriodSeconds": 0})


def remove_abandoned(api: Api) -> None:
    """Ask for the end of every namespace that a dead run left, and do not wait for it."""
    try:
        found = api.get("/api/v1/namespaces", labelSelector=OWNER_LABEL)
    except ApiError:  # we may not look: then only this page's own is removed
        return
    for item in found["items"]:
        if is_abandoned(item) and not item["metadata"].get("deletionTimestamp"):
            with contextlib.suppress(ApiError):
                remove_namespace(api, item["metadata"]["name"], item["metadata"]["uid"])
