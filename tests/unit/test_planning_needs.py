"""What a note needs of a cluster, and what the local one has not, from its text alone."""

from __future__ import annotations

import re

import pytest

from kdocs_plugin.clusters.local.addons import DEPLOYMENTS, manifests
from kdocs_plugin.clusters.local.images.addons import RECIPES
from kdocs_plugin.messages import text
from kdocs_plugin.model import Addon, Scenario
from kdocs_plugin.planning import Options, plan
from kdocs_plugin.records import fingerprints_of
from kdocs_plugin.source import scan

DNS, METRICS, STORAGE = Addon.DNS, Addon.METRICS, Addon.STORAGE
POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n  - name: web\n"
SERVICE = (
    "apiVersion: v1\nkind: Service\nmetadata: {name: backend}\nspec: {ports: [{port: 80}]}"
)
NGINX = POD + "    image: nginx"
CLAIM = """\
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Mi}}}"""
SET = """\
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: db
  template: {spec: {containers: [{name: db, image: busybox}]}}
"""
HPA = """\
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec: {maxReplicas: 3, scaleTargetRef: {kind: Deployment, name: web}}"""


def of(version: str, kind: str) -> str:
    return f"apiVersion: {version}\nkind: {kind}\nmetadata: {{name: a}}"


def commands(*lines: str) -> str:
    return "```bash\n" + "\n".join(lines) + "\n```\n"


def applied(*documents: str) -> str:
    """A note that applies manifests."""
    whole = "\n---\n".join(documents)
    return f'```yaml title="a.yaml"\n{whole}\n```\n\n' + commands("kubectl apply -f a.yaml")


def scenario(note: str, options: Options | None = None) -> Scenario:
    return plan(scan("노트/파드.md", note), options)


@pytest.mark.parametrize(
    ("note", "needed"),
    [
        ("", set()),
        (commands("kubectl get nodes", "kubectl version"), set()),
        (applied(NGINX), set()),
        (applied(NGINX, SERVICE), set()),  # nobody goes into a pod
        (commands("kubectl run web --image=nginx", "kubectl exec web -- ls /"), set()),
        (commands("kubectl get pods -n default"), set()),
        (commands("kubectl apply -k overlay/"), set()),
        # DNS: rather one time too often
        (
            applied(NGINX, SERVICE) + commands("kubectl exec web -- ls"),
            {DNS},
        ),
        (commands("kubectl get svc", "kubectl run web --image=nginx"), {DNS}),
        (commands("kubectl exec web -- nslookup backend"), {DNS}),
        (commands("kubectl exec -it web -- sh -c 'curl -s http://backend'"), {DNS}),
        (commands("kubectl exec web -- apt-get update"), {DNS}),
        (commands("kubectl run t --rm -i --image=busybox -- wget -qO- backend"), {DNS}),
        (applied(POD + "    args: [wget, 'http://a.b.svc.cluster.local']"), {DNS}),
        (applied(POD + "    env: [{name: DB, value: 'backend:80'}]", SERVICE), {DNS}),
        (applied(POD + "    command: [nslookup, x]"), {DNS}),
        (commands("kubectl cluster-info"), {DNS, METRICS, STORAGE}),
        # what consumes
        (commands("kubectl top nodes"), {METRICS}),
        (commands("kubectl top pod --containers"), {METRICS}),
        (commands("kubectl autoscale deployment web --max=3"), {METRICS}),
        (applied(HPA), {METRICS}),
        (commands("kubectl get hpa"), {METRICS}),
        (commands("kubectl get pods,hpa"), {METRICS}),
        (commands("kubectl get --raw /apis/metrics.k8s.io/v1beta1/nodes"), {METRICS}),
        # what stores
        (applied(CLAIM), {STORAGE}),
        (commands("kubectl get sc"), {STORAGE}),
        (commands("kubectl get pv,pvc"), {STORAGE}),
        (commands("kubectl describe storageclass standard"), {STORAGE}),
        (applied(SET), {DNS}),
        (applied(SET + "  volumeClaimTemplates: [{metadata: {name: d}}]"), {DNS, STORAGE}),
        (
            applied(POD + "  volumes: [{name: d, persistentVolumeClaim: {claimName: c}}]"),
            {STORAGE},
        ),
        # a reader expects to see CoreDNS there
        (commands("kubectl get pods -n kube-system"), set(Addon)),
        (commands("kubectl get pods -A"), set(Addon)),
        (commands("kubectl get all --all-namespaces"), set(Addon)),
        ("시스템 파드는 `kubectl get pods -n kube-system`으로 본다.\n", set(Addon)),
        # what does not run needs nothing
        ("<!-- kdocs: execute=off -->\n" + commands("kubectl top nodes"), set()),
        (commands("kubectl top pod <모르는 것>"), set()),
    ],
)
def test_needs(note: str, needed: set[Addon]) -> None:
    assert scenario(note).addons == needed


def test_a_step_waits_for_what_it_needs_itself() -> None:
    note = applied(NGINX, SERVICE, CLAIM) + commands(
        "kubectl get pods", "kubectl exec web -- curl -s backend", "kubectl top pod"
    )
    needs = {step.command: (set(step.addons), step.numbers) for step in scenario(note).steps}
    assert needs == {
        "kubectl apply -f a.yaml": ({DNS, STORAGE}, False),
        "kubectl get pods": (set(), False),
        "kubectl exec web -- curl -s backend": ({DNS}, False),
        "kubectl top pod": ({METRICS}, True),
    }


def test_a_look_at_kube_system_waits_for_no_numbers() -> None:
    (step,) = scenario(commands("kubectl get pods -n kube-system")).steps
    assert not step.numbers


@pytest.mark.parametrize(
    ("note", "lacking"),
    [
        (commands("kubectl get ingress", "kubectl get networkpolicies"), []),  # only looks
        (applied(NGINX, SERVICE), []),
        (
            applied(of("networking.k8s.io/v1", "Ingress")),
            ["lack.ingress"],
        ),
        (commands("kubectl create ingress a --rule=x/=web:80"), ["lack.ingress"]),
        (
            applied(of("networking.k8s.io/v1", "NetworkPolicy")),
            ["lack.network_policy"],
        ),
        (applied(SERVICE[:-1] + ", type: LoadBalancer}"), ["lack.load_balancer"]),
        (commands("kubectl expose pod web --type=LoadBalancer"), ["lack.load_balancer"]),
        (commands("kubectl create service loadbalancer a --tcp=80"), ["lack.load_balancer"]),
        (
            commands("kubectl patch svc web -p '{\"spec\":{\"type\":\"LoadBalancer\"}}'"),
            ["lack.load_balancer"],
        ),
        (commands("kubectl expose pod web --type=NodePort"), []),
        (
            applied(of("gateway.networking.k8s.io/v1", "Gateway")),
            ["lack.gateway"],
        ),
        (
            applied(of("autoscaling.k8s.io/v1", "VerticalPodAutoscaler")),
            ["lack.custom"],
        ),
        (
            applied(
                "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n"
                "metadata: {name: crontabs.example.com}\nspec: {group: example.com}",
                of("example.com/v1", "CronTab"),
            ),
            [],
        ),
        (
            applied(POD + "    resources: {limits: {nvidia.com/gpu: 1, memory: 1Gi}}"),
            ["lack.device"],
        ),
        (commands("kubectl drain kdocs-control-plane --force"), ["lack.nodes"]),
        ("---\nkdocs: {nodes: 2}\n---\n" + commands("kubectl drain kdocs-worker"), []),
        ("<!-- kdocs: execute=off -->\n" + commands("kubectl drain node"), []),
        (commands("kubectl drain kdocs-control-plane", "kubectl drain x"), ["lack.nodes"]),
    ],
)  # fmt: skip
def test_lacks(note: str, lacking: list[str]) -> None:
    found = scenario(note).lacks
    assert [lack.key for lack in found] == lacking
    for lack in found:
        assert note.split("\n")[lack.position.line - 1].startswith("kubectl")
        assert re.match("이 노트에는 .* 필요합니다: ", text(lack.key, "ko", lack.arguments))
        assert text(lack.key, "en", lack.arguments).startswith("this note needs ")


# --- The cluster's shape ----------------------------------------------------------------


def test_a_page_says_how_many_nodes() -> None:
    note = commands("kubectl get nodes")
    assert scenario(note).nodes == 0
    assert scenario("---\nkdocs:\n  nodes: 3\n---\n" + note).nodes == 3
    assert scenario(note, Options(nodes=2)).nodes == 2
    assert scenario("---\nkdocs: {nodes: 1}\n---\n" + note, Options(nodes=2)).nodes == 1


@pytest.mark.parametrize("value", ["0", "-1", "10", "세 개", "1.5", "true", "[3]"])
def test_what_is_no_number_of_nodes_is_told_where_it_stands(value: str) -> None:
    found = scenario(f"---\ntitle: a\nkdocs:\n  execute: auto\n  nodes: {value}\n---\n")
    assert found.nodes == 0
    assert [
        (each.code, each.position.line, each.position.column) for each in found.findings
    ] == [("KD304", 5, 3)]


def test_more_nodes_are_another_scenario_and_one_is_the_same() -> None:
    note = commands("kubectl get nodes")
    none, one, three = (
        fingerprints_of(scenario(f"---\nkdocs: {{{each}}}\n---\n" + note)).whole
        for each in ("", "nodes: 1", "nodes: 3")
    )
    assert none == one != three


# --- The manifests ----------------------------------------------------------------------


def test_an_add_on_runs_the_image_that_is_made_for_it() -> None:
    made = {f"{each.registry}/{each.repository}:{each.tag}" for each in RECIPES}
    run = {
        container["image"]
        for addon in Addon
        for item in manifests(addon)
        if item["kind"] == "Deployment"
        for container in item["spec"]["template"]["spec"]["containers"]
    }
    assert run == made


@pytest.mark.parametrize("addon", Addon)
def test_an_add_on_stands_in_kube_system(addon: Addon) -> None:
    made = manifests(addon)
    assert {item["metadata"].get("namespace", "kube-system") for item in made} == {
        "kube-system"
    }
    names = {item["metadata"]["name"] for item in made if item["kind"] == "Deployment"}
    assert names == {DEPLOYMENTS[addon]}
