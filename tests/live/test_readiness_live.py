"""What a step has touched has come to rest before the next one runs: on a real cluster."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from kdocs_plugin.clusters.api import Api
from kdocs_plugin.clusters.local import LocalCluster
from kdocs_plugin.execution import Outcome, Silent, readiness, run, run_scenario
from kdocs_plugin.model import Status, StepResult
from kdocs_plugin.planning import plan
from kdocs_plugin.source import scan

pytestmark = pytest.mark.live

Run = Callable[..., list[StepResult]]


@pytest.fixture
def run_note(local_cluster: LocalCluster) -> Iterator[Run]:
    """Runs a note's commands and manifests; gives the results of its steps in order."""
    api = Api(local_cluster.kubeconfig)

    def go(text: str, name: str = "readiness.md") -> list[StepResult]:
        outcome: Outcome = run_scenario(plan(scan(name, text)), local_cluster, api, Silent())
        assert outcome.trouble is None, outcome.trouble
        return list(outcome.results)

    yield go


def bash(*lines: str, title: str = "") -> str:
    return "```bash\n" + "\n".join(lines) + "\n```\n"


def manifest(name: str, text: str) -> str:
    return f'```yaml title="{name}"\n{text.strip()}\n```\n'


def told(results: list[StepResult]) -> list[tuple[str, str]]:
    """Each step that failed with its reason, and the state of what is in trouble."""
    return [
        (each.reason, str(each.reason_arguments.get("state", "")))
        for each in results
        if each.status is not Status.OK
    ]


def test_a_trouble_is_charged_once_and_to_its_own_step(run_note: Run) -> None:
    results = run_note(
        bash(
            "kubectl create deployment bad --image=nginx:nope",
            "kubectl create configmap colour --from-literal=a=b",
            "kubectl label configmap colour x=y",
            "kubectl run good --image=nginx",
            "kubectl scale deployment bad --replicas=2",
            "kubectl set image deployment/bad nginx=nginx",
            "kubectl get pods",
        )
    )
    bad, config, label, good, scaled, mended, listed = results
    assert bad.status is Status.FAILED
    assert bad.reason == "KD911"
    assert [each.status for each in (config, label, good)] == [Status.OK] * 3
    assert scaled.status is Status.FAILED  # the same object, touched again
    assert mended.status is Status.OK
    rows = [line.split() for line in listed.output.splitlines()[1:]]
    assert [row[1:3] for row in rows] == [["1/1", "Running"]] * 3, listed.output


def test_what_was_deleted_is_gone_with_its_pods(run_note: Run) -> None:
    results = run_note(
        bash(
            "kubectl create deployment web --image=nginx --replicas=3",
            "kubectl expose deployment web --port=80",
            "kubectl scale deployment web --replicas=1",
            "kubectl get pods --no-headers",
            "kubectl delete deployment web",
            "kubectl get pods,replicasets",
            "kubectl get endpointslices -o jsonpath='{.items[*].endpoints}'",
            "kubectl run one --image=nginx",
            "kubectl delete pod one --wait=false",
            "kubectl get pods",
        )
    )
    assert told(results) == []
    assert len(results[3].output.splitlines()) == 1
    assert "No resources found" in results[5].output
    assert results[6].output in ("", "null")  # its slice stands, and is empty
    assert "No resources found" in results[9].output


def test_a_rolling_update_is_over_when_the_old_pods_are_gone(run_note: Run) -> None:
    results = run_note(
        bash(
            "kubectl create deployment web --image=nginx:1.22 --replicas=2",
            "kubectl set image deployment/web nginx=nginx:latest",
            "kubectl get pods -o custom-columns=I:.spec.containers[0].image --no-headers",
            "kubectl rollout restart deployment web",
            "kubectl get pods --no-headers",
            "kubectl rollout pause deployment web",
            "kubectl set image deployment/web nginx=nginx:1.22",
            "kubectl get pods -o custom-columns=I:.spec.containers[0].image --no-headers",
            "kubectl scale deployment web --replicas=0",
            "kubectl get pods",
        )
    )
    assert told(results) == []
    assert results[2].output.split() == ["nginx:latest"] * 2
    assert len(results[4].output.splitlines()) == 2
    assert "Terminating" not in results[4].output
    assert results[7].output.split() == ["nginx:latest"] * 2  # paused: nothing has changed
    assert "No resources found" in results[9].output


JOBS = """
apiVersion: batch/v1
kind: Job
metadata: {name: three}
spec:
  completions: 3
  parallelism: 2
  template:
    spec:
      restartPolicy: Never
      containers: [{name: c, image: busybox, command: [sh, -c, "echo done"]}]
---
apiVersion: batch/v1
kind: Job
metadata: {name: later}
spec:
  suspend: true
  template:
    spec:
      restartPolicy: Never
      containers: [{name: c, image: busybox, command: ["true"]}]
"""
PODS = """
apiVersion: v1
kind: Pod
metadata: {name: steps}
spec:
  initContainers:
  - {name: first, image: busybox, command: [sh, -c, "sleep 1"]}
  - {name: beside, image: busybox, command: [sleep, "3600"], restartPolicy: Always}
  containers:
  - name: web
    image: nginx
    readinessProbe: {httpGet: {port: 80}, initialDelaySeconds: 2, periodSeconds: 1}
"""
SETS = """
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  replicas: 2
  serviceName: db
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec:
      containers:
      - name: c
        image: nginx
        readinessProbe: {httpGet: {port: 80}, periodSeconds: 1}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: nowhere}
spec:
  selector: {matchLabels: {app: nowhere}}
  template:
    metadata: {labels: {app: nowhere}}
    spec:
      nodeSelector: {disk: ssd}
      containers: [{name: c, image: nginx}]
"""


def test_jobs_pods_and_sets_are_ready_when_the_next_step_looks(run_note: Run) -> None:
    results = run_note(
        manifest("jobs.yaml", JOBS)
        + manifest("pods.yaml", PODS)
        + manifest("sets.yaml", SETS)
        + bash(
            "kubectl apply -f jobs.yaml",
            "kubectl get jobs",
            "kubectl apply -f pods.yaml",
            "kubectl get pod steps",
            "kubectl apply -f sets.yaml",
            "kubectl get statefulset,daemonset",
            "kubectl delete job three later",
            "kubectl get pods -l job-name=three",
        )
    )
    assert told(results) == []
    jobs = {line.split()[0]: line.split()[1:3] for line in results[1].output.splitlines()[1:]}
    assert jobs == {"three": ["Complete", "3/3"], "later": ["Suspended", "0/1"]}
    assert results[3].output.splitlines()[1].split()[1:3] == ["2/2", "Running"]
    assert "statefulset.apps/db   2/2" in results[5].output
    assert "No resources found" in results[7].output


def test_what_nobody_will_ever_see_to_is_not_waited_for(run_note: Run) -> None:
    begun = time.monotonic()
    results = run_note(
        manifest(
            "claim.yaml",
            """
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec:
  storageClassName: ""
  accessModes: [ReadWriteOnce]
  resources: {requests: {storage: 1Gi}}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: fast}
spec:
  storageClassName: nobody
  accessModes: [ReadWriteOnce]
  resources: {requests: {storage: 1Gi}}
""",
        )
        + bash(
            "kubectl create service loadbalancer web --tcp=80:80",
            "kubectl apply -f claim.yaml",
            "kubectl run alone --image=nginx --overrides="
            '\'{"spec":{"nodeSelector":{"disk":"ssd"}}}\'',
            "kubectl get pods",
        )
    )
    assert told(results) == [
        ("run.settled_badly", "FailedBinding"),
        ("run.settled_badly", "Unschedulable"),
    ]
    assert time.monotonic() - begun < 30


def test_wait_and_expect_of_an_annotation(run_note: Run) -> None:
    results = run_note(
        '```bash\n# kdocs: wait="none"\nkubectl run slow --image=nginx\n```\n'
        "```bash\n# kdocs: wait=pod/slow\nkubectl get pod slow\n```\n"
        "```bash\nkubectl get pod slow --no-headers\n```\n"
        '```bash\n# kdocs: expect="ImagePullBackOff"\nkubectl run bad --image=nginx:nope\n```\n'
        "```bash\nkubectl get pod bad --no-headers\n```\n"
        '```bash\n# kdocs: wait="condition=PodScheduled pod/late"\n'
        "kubectl run late --image=nginx\n```\n"
        '```bash\n# kdocs: wait="delete pod/late"\nkubectl delete pod late --wait=false\n```\n'
        "```bash\nkubectl get pods --no-headers\n```\n"
    )
    assert told(results) == []
    assert "Running" not in results[0].output
    assert "1/1" in results[2].output
    # The state that the author names, not the one that comes before it.
    assert "ImagePullBackOff" in results[4].output
    assert "late" not in results[7].output


def test_the_authors_own_output_says_how_things_settle(run_note: Run) -> None:
    """The tables are what an author might write; no output of this cluster's."""
    results = run_note(
        bash("kubectl run bad --image=nginx:nope") + "```console\n$ kubectl get pods\n"
        "NAME   READY   STATUS             RESTARTS   AGE\n"
        "bad    0/1     ImagePullBackOff   0          20s\n```\n"
    )
    assert told(results) == []
    assert "ImagePullBackOff" in results[1].output


def test_what_was_missing_comes_later_and_mends_the_pod(run_note: Run) -> None:
    results = run_note(
        bash(
            'kubectl run late --image=nginx --overrides=\'{"spec":{"containers":'
            '[{"name":"late","image":"nginx","envFrom":[{"configMapRef":{"name":"c"}}]}]}}\'',
            "kubectl create configmap other --from-literal=a=b",
            "kubectl create configmap c --from-literal=a=b",
            "kubectl get pods --no-headers",
        )
    )
    assert told(results) == [("run.settled_badly", "CreateContainerConfigError")]
    assert "1/1" in results[3].output


@pytest.mark.parametrize(
    "command", ["kubectl run crash --image=busybox --command -- sh -c 'echo no; exit 3'"]
)
def test_a_container_that_ends_at_once_is_not_ready(run_note: Run, command: str) -> None:
    (result,) = run_note(bash(command))
    assert told([result]) == [("run.settled_badly", "CrashLoopBackOff")]


def test_what_fails_after_its_wait_fails_its_own_step(run_note: Run) -> None:
    """Nothing says that this command ends; that it has shows at a later look."""
    results = run_note(
        bash(
            "kubectl run sly --image=busybox --command -- "
            "sh -c 'exec sh -c \"sleep 1; exit 4\"'",
            "sleep 4",
            "kubectl create configmap c --from-literal=a=b",
        )
    )
    assert [each.status for each in results] == [Status.FAILED, Status.OK, Status.OK]
    assert results[0].cause == "cause.crash"


def test_what_never_gets_ready_is_waited_for_once(
    run_note: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "SETTLE_SECONDS", 12.0)
    begun = time.monotonic()
    results = run_note(
        manifest(
            "p.yaml",
            """
apiVersion: v1
kind: Pod
metadata: {name: p, labels: {app: p}}
spec:
  containers:
  - {name: c, image: nginx, readinessProbe: {httpGet: {port: 8080}, periodSeconds: 1}}
""",
        )
        + bash(
            "kubectl apply -f p.yaml",
            "kubectl create configmap c --from-literal=a=b",
            "kubectl expose pod p --port=80",
            "kubectl delete configmap c",
        )
    )
    assert [each.reason for each in results] == ["run.unsettled", "", "", ""]
    assert results[0].cause == "cause.probe"
    assert time.monotonic() - begun < 30


def test_another_namespace_that_the_note_makes(run_note: Run) -> None:
    results = run_note(
        bash(
            "kubectl create namespace other",
            "kubectl create deployment web --image=nginx -n other",
            "kubectl get pods -n other --no-headers",
            "kubectl delete namespace other",
            "kubectl get namespaces",
        ),
        "other-namespace.md",
    )
    assert told(results) == []
    assert "1/1" in results[2].output
    assert "other" not in results[4].output


KIND = """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: colours.example.com}
spec:
  group: example.com
  names: {kind: Colour, plural: colours, singular: colour}
  scope: Namespaced
  versions:
  - name: v1
    served: true
    storage: true
    schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
"""


def test_a_kind_of_ones_own_is_served_before_it_is_used(run_note: Run) -> None:
    results = run_note(
        manifest("kind.yaml", KIND)
        + manifest(
            "red.yaml", "apiVersion: example.com/v1\nkind: Colour\nmetadata: {name: red}"
        )
        + bash(
            "kubectl apply -f kind.yaml",
            "kubectl apply -f red.yaml",
            "kubectl get colours",
            "kubectl delete -f red.yaml",
            "kubectl delete -f kind.yaml",
            "kubectl get crd",
        ),
        "own-kind.md",
    )
    assert told(results) == []
    assert "red" in results[2].output
    assert "No resources found" in results[5].output


def test_the_wait_ends_with_the_event(
    local_cluster: LocalCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """How much later than the API server's own word the wait returns: the median of seven
    pods, each seen Ready by a watch of its own."""
    api = Api(local_cluster.kubeconfig)
    text = bash(*(f"kubectl run p{number} --image=nginx" for number in range(7)))
    scenario = plan(scan("cost.md", text))
    ready: dict[str, float] = {}
    ended: list[float] = []

    def look() -> None:
        path = f"/api/v1/namespaces/{scenario.namespace}/pods"
        for event in api.watch(path, "0", 60.0):
            pod = event["object"]
            for each in pod.get("status", {}).get("conditions", []):
                if each["type"] == "Ready" and each["status"] == "True":
                    ready.setdefault(pod["metadata"]["name"], time.monotonic())

    after = readiness.Readiness.after

    def timed(self: readiness.Readiness, *args: object) -> readiness.Settled:
        settled = after(self, *args)  # type: ignore[arg-type]
        ended.append(time.monotonic())
        return settled

    monkeypatch.setattr(readiness.Readiness, "after", timed)
    with local_cluster.network():
        threading.Thread(target=look, daemon=True).start()
        outcome = run_scenario(scenario, local_cluster, api, Silent())
    assert [each.status for each in outcome.results] == [Status.OK] * 7
    late = sorted(ended[number] - ready[f"p{number}"] for number in range(7))
    print("ms beyond the event:", [round(each * 1000, 1) for each in late])  # noqa: T201
    assert late[3] < 0.05, late
