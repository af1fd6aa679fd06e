"""Who a scenario is on the cluster: a namespace, a ServiceAccount, a short-lived token.

Everything carries the owner label, so that what a dead run left is found and removed.
"""

from __future__ import annotations

import base64
import json
import os
import platform
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kdocs_plugin.clusters.api import Api, ApiError
from kdocs_plugin.errors import ExecutionError

OWNER_LABEL = "kdocs.dev/owner"
RUNNER = "kdocs-runner"
TOKEN_SECONDS = 3600  # the API server's floor is 600
DELETE_SECONDS = 60.0  # how long a namespace may take to go
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


def owner() -> str:
    """A label value that names this process on this machine, for as long as it lives."""
    return f"{platform.node()[:40]}-{os.getpid()}".lower().strip("-")


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
    ) -> None:
        """`own_authority`: the cluster is ours, so its certificate authority is known."""
        self.api = api
        self.whole_cluster = whole_cluster
        self.own_authority = own_authority
        self.namespace = "default" if whole_cluster else namespace
        self.token = ""

    def create(self) -> None:
        """Make all of it, after removing a namespace that a dead run of this page left."""
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
            self._make(path, body)
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

    def remove(self, wait: bool) -> bool:
        """Remove the namespace; whether it is gone when `wait` is over."""
        if self.whole_cluster:
            return True
        path = f"/api/v1/namespaces/{self.namespace}"
        try:
            self.api.delete(path, {"propagationPolicy": "Background"})
            if not wait:
                return True
            # Pods go at once instead of after their grace period: nobody looks any more.
            self.api.delete(f"{path}/pods", {"gracePeriodSeconds": 0})
        except ApiError as error:
            if error.status == 404:
                return True
            raise
        return self._wait_until_gone()

    def _make_namespace(self, labels: Mapping[str, str]) -> None:
        body = {"metadata": {"name": self.namespace, "labels": labels}}
        try:
            self.api.post("/api/v1/namespaces", body)
            return
        except ApiError as error:
            if error.status != 409:
                raise
        found = self.api.get(f"/api/v1/namespaces/{self.namespace}")
        if OWNER_LABEL not in (found["metadata"].get("labels") or {}):
            raise ExecutionError("run.namespace_taken", namespace=self.namespace)
        if not self.remove(wait=True):
            raise ExecutionError("run.namespace_stuck", namespace=self.namespace)
        self.api.post("/api/v1/namespaces", body)

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
        reader_name = "kdocs-reader"
        reader = {"apiGroup": group, "kind": "ClusterRole", "name": reader_name}
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
            (f"{rbac}/clusterroles", {"metadata": {"name": reader_name}, "rules": rules}),
            (
                f"{rbac}/clusterrolebindings",
                {
                    "metadata": {"name": f"kdocs-reader-{self.namespace}", "labels": labels},
                    "roleRef": reader,
                    "subjects": [subject],
                },
            ),
        ]

    def _make(self, path: str, body: Mapping[str, Any]) -> None:
        try:
            self.api.post(path, body)
        except ApiError as error:
            if error.status != 409:
                raise

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

    def _wait_until_gone(self) -> bool:
        path, name = "/api/v1/namespaces", f"metadata.name={self.namespace}"
        deadline = time.monotonic() + DELETE_SECONDS
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
