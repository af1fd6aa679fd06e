"""manifests/runner/ on a real cluster: what its identity can do, and what it can't."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from kdocs_plugin.clusters.api import Api, ApiError
from kdocs_plugin.clusters.local import Installation, LocalCluster
from tests.live.foreign import Foreign, Relay, foreign, kubeconfig, token_of
from tests.live.steps import run, succeed

pytestmark = pytest.mark.live

MANIFEST = Path(__file__).parents[2] / "manifests" / "runner" / "kdocs.yaml"
LABEL = {"kdocs.dev/owner": "x", "pod-security.kubernetes.io/enforce": "baseline"}


@pytest.fixture(scope="module")
def shared(installation: Installation) -> Iterator[LocalCluster]:
    """A cluster on which an administrator has applied the manifests, with a team's Secret."""
    with LocalCluster.start(installation) as cluster:
        shell = cluster.shell("admin", cluster.kubeconfig.read_text())
        (shell.directory / "kdocs.yaml").write_text(MANIFEST.read_text())
        succeed(
            cluster,
            "kubectl apply -f kdocs.yaml\n"
            "kubectl create namespace team\n"
            "kubectl create namespace kdocs-like\n"
            "kubectl create secret generic theirs -n team --from-literal=p=canary-of-a-team\n",
            name="admin",
        )
        yield cluster


@pytest.fixture
def place(
    tmp_path: Path, installation: Installation, shared: LocalCluster
) -> Iterator[Foreign]:
    """A user who has a kubeconfig of the ServiceAccount, and nothing else."""
    with Relay(shared) as relay:
        with shared.network():
            token = token_of(Api(shared.kubeconfig), "kdocs-system", "kdocs")
        yield foreign(tmp_path, installation, kubeconfig(relay, shared, {"token": token}))


def api(place: Foreign) -> Api:
    return Api(place.kubeconfig, "shared")


def refused(place: Foreign, path: str, body: Mapping[str, object] | None = None) -> str:
    """What the API server says to a POST, or without a body to a GET, that it refuses."""
    with pytest.raises(ApiError) as caught:
        api(place).post(path, body) if body is not None else api(place).get(path)
    assert caught.value.status == 403, caught.value
    return str(caught.value)


NOTE = """\
```yaml title="web.yaml"
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: nginx}]}
```
```bash
kubectl apply -f web.yaml
kubectl get deployment web -o jsonpath='{.status.readyReplicas}'
kubectl create rolebinding reads --clusterrole=view --serviceaccount=default:default
kubectl get nodes -o name
kubectl get secrets --namespace team
kubectl create rolebinding rises --clusterrole=admin --serviceaccount=default:default
kubectl create role climbs --verb=delete --resource=namespaces
kubectl create clusterrole soars --verb=get --resource=secrets
kubectl delete resourcequota kdocs
kubectl expose deployment web --port=80 --external-ip=1.2.3.4
```
"""


def test_a_note_runs_with_exactly_this_identity(place: Foreign, shared: LocalCluster) -> None:
    place.note("a.md", NOTE)
    done = place.kdocs("run", "--cluster", "shared", "--format", "json")
    assert done.returncode == 1, done.stdout + done.stderr
    (note,) = json.loads(done.stdout)["notes"]
    apply, ready, view, nodes, secrets, *rest = note["steps"]
    assert apply["output"] == "deployment.apps/web created"
    assert ready["output"] == "2"
    assert view["output"] == "rolebinding.rbac.authorization.k8s.io/reads created"
    assert nodes["output"] == "node/kdocs-control-plane"
    for step in (secrets, *rest):
        assert step["exit_code"] == 1, step
        assert "orbidden" in step["output"], step
    assert "canary" not in done.stdout
    left = succeed(shared, "kubectl get ns,clusterroles,clusterrolebindings -o name")
    assert "namespace/kdocs-a-" not in left
    assert "kdocs-reader-" not in left


def test_it_reads_no_secret_of_others(place: Foreign) -> None:
    for namespace in ("team", "kube-system", "default", "kdocs-system", "kdocs-like"):
        refused(place, f"/api/v1/namespaces/{namespace}/secrets")
    refused(place, "/api/v1/secrets")


def test_it_makes_no_roles_and_binds_none_elsewhere(place: Foreign) -> None:
    rbac = "/apis/rbac.authorization.k8s.io/v1"
    rules = [{"apiGroups": [""], "resources": ["secrets"], "verbs": ["get"]}]
    refused(place, f"{rbac}/clusterroles", {"metadata": {"name": "mine"}, "rules": rules})
    refused(place, f"{rbac}/namespaces/team/roles", {"metadata": {"name": "m"}, "rules": rules})
    me = {"kind": "User", "name": "system:serviceaccount:kdocs-system:kdocs"}
    group = "rbac.authorization.k8s.io"
    # The policy, not RBAC: where, what, to whom.
    for namespace in ("team", "kube-system", "kdocs-system", "kdocs-like"):
        for role in ("kdocs-runner", "kdocs-keeper"):
            body = {
                "metadata": {"name": "rises"},
                "roleRef": {"apiGroup": group, "kind": "ClusterRole", "name": role},
                "subjects": [me],
            }
            said = refused(place, f"{rbac}/namespaces/{namespace}/rolebindings", body)
            assert "kdocs-identity" in said
    for role in ("cluster-admin", "kdocs-runner", "kdocs-reader"):
        body = {
            "metadata": {"name": "kdocs-reader-kdocs-x"},
            "roleRef": {"apiGroup": group, "kind": "ClusterRole", "name": role},
            "subjects": [me],
        }
        refused(place, f"{rbac}/clusterrolebindings", body)


def test_it_deletes_and_labels_no_namespace_of_others(place: Foreign) -> None:
    for namespace in ("team", "kdocs-like", "kdocs-system", "kube-system"):
        path = f"/api/v1/namespaces/{namespace}"
        with pytest.raises(ApiError) as caught:
            api(place).delete(path)
        assert caught.value.status == 403
        with pytest.raises(ApiError) as caught:
            api(place).patch(path, {"metadata": {"labels": LABEL}})
        assert caught.value.status == 403


@pytest.mark.parametrize(
    ("name", "labels"),
    [
        ("mine", LABEL),
        ("kdocs-x", {}),
        ("kdocs-x", {"kdocs.dev/owner": "x"}),
        ("kdocs-x", LABEL | {"pod-security.kubernetes.io/enforce": "privileged"}),
        ("kdocs-x", LABEL | {"team": "payments"}),
    ],
)
def test_it_makes_no_namespace_but_its_own(
    place: Foreign, name: str, labels: dict[str, str]
) -> None:
    said = refused(place, "/api/v1/namespaces", {"metadata": {"name": name, "labels": labels}})
    assert "kdocs-identity" in said


def test_it_gets_no_token_and_no_shell_elsewhere(place: Foreign, shared: LocalCluster) -> None:
    for verb, resource in (
        ("create", "serviceaccounts/token"),
        ("create", "pods"),
        ("create", "pods/exec"),
        ("get", "pods/exec"),
        ("impersonate", "serviceaccounts"),
        ("list", "configmaps"),
    ):
        said = place.kubectl(
            "auth", "can-i", verb, *resource_words(resource), "-n", "team", succeed=False
        )
        assert said.splitlines()[0] == "no", (verb, resource, said)
    # The answer above comes from the authorizer; an administrator gets the other one.
    assert run(shared, "kubectl auth can-i create pods -n team").stdout == "yes\n"


def resource_words(resource: str) -> list[str]:
    name, _, sub = resource.partition("/")
    return [name, f"--subresource={sub}"] if sub else [name]


def test_what_a_run_left_that_died_early_is_removed(
    place: Foreign, shared: LocalCluster
) -> None:
    """It had a namespace and not yet its rights in it."""
    body = {"metadata": {"name": "kdocs-dead-000000", "labels": LABEL}}
    long_ago = api(place).post("/api/v1/namespaces", body)
    assert long_ago["metadata"]["labels"]["kdocs.dev/owner"] == "x"
    from kdocs_plugin.execution.access import namespaces

    namespaces.remove(api(place), "kdocs-dead-000000", long_ago["metadata"]["uid"])
    assert namespaces.wait_until_gone(api(place), "kdocs-dead-000000", 30)


def test_the_lines_of_the_readme_make_such_a_kubeconfig(
    tmp_path: Path, installation: Installation, shared: LocalCluster
) -> None:
    readme = (MANIFEST.parent / "README.md").read_text(encoding="utf-8")
    _, lines, command = re.findall(r"```bash\n(.*?)```", readme, re.DOTALL)
    with Relay(shared) as relay:
        place = foreign(tmp_path, installation, kubeconfig(relay, shared))
        done = subprocess.run(
            ["bash", "-ec", lines], cwd=tmp_path, env=place.environment,
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert command.startswith("KUBECONFIG=kdocs.kubeconfig kdocs run --cluster kdocs")
        made = Api(tmp_path / "kdocs.kubeconfig", "kdocs")
        assert made.get("/version")["gitVersion"] == installation.kubernetes
        with pytest.raises(ApiError):
            made.get("/api/v1/secrets")
        assert made.get("/api/v1/namespaces")["items"]
