"""A note's live run, against the same commands in a plain bash script with `kubectl wait`.

Both on one local cluster, in turn. The run includes its namespace, identity and token;
the script makes a namespace and waits for its ServiceAccount. Starting the processes
(python, the cluster) is left out on both sides: bash itself is counted on both.
Prints medians and their ratio.
"""

from __future__ import annotations

import statistics
import subprocess
import time
from pathlib import Path

from kdocs_plugin.clusters.api import Api, ApiError
from kdocs_plugin.clusters.local import LocalCluster, installed
from kdocs_plugin.execution import Silent, run_scenario
from kdocs_plugin.execution.access.namespaces import remove as remove_namespace
from kdocs_plugin.model import Scenario, Status
from kdocs_plugin.planning import plan
from kdocs_plugin.source import scan

ROUNDS = 7
NOTE = Path(__file__).parent.parent / "tests" / "notes" / "web-server.md"
SCRIPT = """
kubectl create namespace {namespace}
kubectl config set-context --current --namespace={namespace}
kubectl wait --for=create serviceaccount/default --timeout=30s
cat > web.yaml <<'END'
{manifest}
END
kubectl apply -f web.yaml
kubectl wait --for=condition=Ready pod/web-server --timeout=60s
kubectl get pods
kubectl describe pods web-server
kubectl exec -it web-server
kubectl logs web-server
curl -s "$(kubectl get pod web-server -o jsonpath='{{.status.podIP}}')":80
true
"""


def clear(api: Api, name: str) -> None:
    path = f"/api/v1/namespaces/{name}"
    try:
        remove_namespace(api, name, str(api.get(path)["metadata"]["uid"]))
        while api.get(path):
            time.sleep(0.05)
    except ApiError as error:
        assert error.status == 404, error


def take_note(scenario: Scenario, cluster: LocalCluster, api: Api) -> float:
    started = time.perf_counter()
    outcome = run_scenario(scenario, cluster, api, Silent(), cleanup="none")
    taken = time.perf_counter() - started
    assert outcome.trouble is None, outcome.trouble
    assert outcome.results[0].status is Status.OK, outcome.results[0]
    return taken


def take_script(scenario: Scenario, cluster: LocalCluster) -> float:
    script = SCRIPT.format(
        namespace=scenario.namespace, manifest=scenario.files[0].content.rstrip("\n")
    )
    shell = cluster.shell("plain", cluster.kubeconfig.read_text())
    # The identity of the script is the administrator's: nothing to set up but a namespace.
    (shell.directory / "kubeconfig").write_text(cluster.kubeconfig.read_text())
    environment = {**shell.environment, "KUBECONFIG": "/home/kdocs/kubeconfig"}
    (shell.directory / "kubeconfig").chmod(0o666)
    started = time.perf_counter()
    done = subprocess.run(
        [*shell.argv, "-c", script],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    taken = time.perf_counter() - started
    assert "Welcome to nginx" in done.stdout, done.stdout + done.stderr
    return taken


def main() -> None:
    installation = installed()
    assert installation is not None, "kdocs cluster install"
    scenario = plan(scan(NOTE.name, NOTE.read_text(encoding="utf-8")))
    times: dict[str, list[float]] = {"kdocs": [], "script": []}
    with LocalCluster.start(installation) as cluster:
        api = Api(cluster.kubeconfig)
        for number in range(ROUNDS + 1):
            for name in times:
                with cluster.network():
                    # Both begin without a namespace; removing the last one is not counted.
                    clear(api, scenario.namespace)
                taken = (
                    take_note(scenario, cluster, api)
                    if name == "kdocs"
                    else take_script(scenario, cluster)
                )
                if number:
                    times[name].append(taken)
    medians = {name: statistics.median(each) for name, each in times.items()}
    for name, median in medians.items():
        print(
            f"{name:8} {median:6.2f} s   ({', '.join(f'{t:.2f}' for t in sorted(times[name]))})"
        )
    print(f"{'ratio':8} {medians['kdocs'] / medians['script']:6.2f}")


if __name__ == "__main__":
    main()
