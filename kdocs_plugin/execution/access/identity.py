"""Who a scenario is on the cluster: a namespace, a ServiceAccount, a short-lived token.

Everything carries the owner label, so that what a dead run left is found and removed.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from kdocs_plugin.clusters.api import Api, ApiError
from kdocs_plugin.clusters.user import Bounds
from kdocs_plugin.execution.access import bounds as bounding
from kdocs_plugin.execution.access import namespaces, rights
from kdocs_plugin.execution.access.ownership import OWNER_LABEL, TOKEN_SECONDS, owner
from kdocs_plugin.execution.access.rights import RUNNER


class Identity:
    """A scenario's place on the cluster.

    `whole_cluster` gives it namespace `default` and every right: only for a cluster that
    is thrown away after this scenario. `bounds` are those of a cluster of others; without
    them the cluster is ours.
    """

    def __init__(
        self,
        api: Api,
        namespace: str,
        whole_cluster: bool = False,
        bounds: Bounds | None = None,
        tell: Callable[[str], None] = lambda _: None,
        spoken: str = "",
    ) -> None:
        """`tell` hears what is waited for. `spoken` is the note's own text: what it gives
        a finalizer holds its namespace until that is taken off again."""
        self.api = api
        self.whole_cluster = whole_cluster
        self.bounds = bounds
        self.namespace = "default" if whole_cluster else namespace
        self.token = ""
        self._tell = tell
        self._spoken = spoken
        self._uid = ""

    def create(self) -> None:
        """Make all of it, after removing a namespace that a dead run of this page left.

        Where another run of this page is under way, wait for its end.
        """
        labels = {OWNER_LABEL: owner()}
        if not self.whole_cluster:
            marked = labels | bounding.namespace_labels(self.bounds)
            self._uid = namespaces.make(self.api, self.namespace, marked, self._tell)
        if self.bounds is None:
            self._move_in(labels)
            made = rights.whole_cluster(self.namespace, labels)
            if not self.whole_cluster:
                made = rights.in_namespace(self.namespace, labels, rights.LOCAL_RULES)
                made += rights.reading(self.namespace, self._uid, labels, premade=False)
            for path, body in made:
                self._make(path, body)
            self.token = self._request_token()
            runner = f"system:serviceaccount:{self.namespace}:{RUNNER}"
            rights.wait_until_allowed(self.api, self.namespace, user=runner)
            return
        premade = rights.are_premade(self.api)
        if premade:
            rights.claim(self.api, self.namespace, labels)
        self._move_in(labels)
        bounding.hold(self.api, self.namespace, self.bounds, labels)
        rules = None if premade else rights.RUNNER_RULES
        for path, body in rights.in_namespace(self.namespace, labels, rules):
            self._make(path, body)
        with contextlib.suppress(ApiError):  # we may not give it: then nodes are not read
            for path, body in rights.reading(
                self.namespace, self._uid, labels, premade=premade
            ):
                self._make(path, body)
        self.token = self._request_token()
        rights.wait_until_allowed(self.api.with_token(self.token), self.namespace)

    def kubeconfig(self) -> str:
        """A kubeconfig (as JSON) that holds the token and the namespace, and nothing else."""
        context = {"cluster": "kdocs", "user": RUNNER, "namespace": self.namespace}
        return json.dumps(
            {
                "apiVersion": "v1",
                "kind": "Config",
                "clusters": [{"name": "kdocs", "cluster": self.api.cluster}],
                "users": [{"name": RUNNER, "user": {"token": self.token}}],
                "contexts": [{"name": "kdocs", "context": context}],
                "current-context": "kdocs",
            }
        )

    def stands(self) -> bool:
        """Whether the namespace is still the one that was made, and not on its way out."""
        try:
            found = self.api.get(f"/api/v1/namespaces/{self.namespace}")
        except ApiError as error:
            if error.status in (403, 404):
                return False
            raise
        going = (
            found["metadata"].get("deletionTimestamp") or found["metadata"]["uid"] != self._uid
        )
        return self.whole_cluster or not going

    def remove(self, wait: bool) -> None:
        """Remove the namespace, if it is ours, and `wait` until it is gone.

        Raises ExecutionError where it does not go in time, with what holds it.
        """
        if self.whole_cluster or not self._uid:
            return
        try:
            namespaces.remove(self.api, self.namespace, self._uid)
        except ApiError as error:
            if error.status not in (404, 409):  # gone, or by now another's
                raise
            return
        if wait:
            self.await_removal()

    def await_removal(self) -> None:
        """Wait until the namespace is gone. Raises ExecutionError as `remove` does."""
        if self.whole_cluster or not self._uid:
            return
        deadline = time.monotonic() + namespaces.DELETE_SECONDS
        while not namespaces.wait_until_gone(self.api, self.namespace, namespaces.HELD_SECONDS):
            if time.monotonic() > deadline:
                raise namespaces.stuck(self.api, self.namespace)
            namespaces.release(self.api, self.namespace, self._spoken)

    # --- Making -------------------------------------------------------------------------

    def _move_in(self, labels: Mapping[str, str]) -> None:
        """The ServiceAccounts, and what pods can't start without."""
        accounts = f"/api/v1/namespaces/{self.namespace}/serviceaccounts"
        # Pods need `default`; making it here spares waiting for its controller.
        for name in ("default", RUNNER):
            self._make(accounts, {"metadata": {"name": name, "labels": labels}})
        if self.bounds is None and self.api.ca_file:
            # So does every pod's token volume this one; its publisher may come later.
            ca = {"ca.crt": Path(self.api.ca_file).read_text()}
            maps = f"/api/v1/namespaces/{self.namespace}/configmaps"
            self._make(maps, {"metadata": {"name": "kube-root-ca.crt"}, "data": ca})

    def _request_token(self) -> str:
        made = self.api.post(
            f"/api/v1/namespaces/{self.namespace}/serviceaccounts/{RUNNER}/token",
            {
                "apiVersion": "authentication.k8s.io/v1",
                "kind": "TokenRequest",
                "spec": {"expirationSeconds": TOKEN_SECONDS},
            },
        )
        return str(made["status"]["token"])

    def _make(self, path: str, body: Mapping[str, Any]) -> None:
        """Make an object. One that is there is as good: its namespace is this one."""
        try:
            self.api.post(path, body)
        except ApiError as error:
            if error.status != 409:
                raise
