"""What a person would sit before: shells in containers, and what never ends, on a cluster."""

from __future__ import annotations

import time
from collections.abc import Mapping

import pytest

from kdocs_plugin.clusters.api import Api
from kdocs_plugin.clusters.local import LocalCluster
from kdocs_plugin.execution import Silent, run_scenario
from kdocs_plugin.model import Status, StepResult
from kdocs_plugin.planning import plan
from kdocs_plugin.source import scan

pytestmark = pytest.mark.live


def run(cluster: LocalCluster, name: str, text: str) -> Mapping[str, StepResult]:
    """Run a note; the results by command."""
    scenario = plan(scan(f"{name}.md", text))
    outcome = run_scenario(scenario, cluster, Api(cluster.kubeconfig), Silent())
    assert outcome.trouble is None, outcome.trouble
    return {result.step.command: result for result in outcome.results}


def test_shells_in_containers(local_cluster: LocalCluster) -> None:
    found = run(
        local_cluster,
        "dialogue",
        """
```bash
kubectl run web --image=nginx
kubectl run box --image=busybox --command -- sh -c 'sleep 1000'
kubectl run shell -i --tty --image=busybox --restart=Never --rm -- sh
/ # echo $((40+2))
42
/ # exit
```
```console
$ kubectl exec -it web -- bash
root@web:/# cd /etc/nginx
root@web:/etc/nginx# cat > /tmp/a.txt
first line
^D
root@web:/etc/nginx# wc -l /tmp/a.txt
1 /tmp/a.txt
root@web:/etc/nginx# sleep 1000
^C
root@web:/etc/nginx# exit
exit
$ kubectl exec -it web -- ls /nowhere
ls: cannot access '/nowhere': No such file or directory
command terminated with exit code 2
$ kubectl exec -it web -- bash
```
```bash
kubectl exec -it box -- sh
```
```
/ # cd /tmp
/tmp # pwd
/tmp # exit
```
```bash
kubectl exec -i box -- sh
echo bare
exit
kubectl run wait --image=busybox -i --tty --restart=Never --command -- cat
echo typed
^C
```
""",
    )
    in_bash = found["kubectl exec -it web -- bash"]  # the second: nothing is typed into it
    assert in_bash.status is Status.OK
    assert in_bash.ended == "ended.input"
    assert in_bash.output.startswith("root@web:/#")
    shell = found["kubectl run shell -i --tty --image=busybox --restart=Never --rm -- sh"]
    assert shell.status is Status.OK
    assert "/ # echo $((40+2))\n42\n/ # exit" in shell.output
    assert 'pod "shell" deleted' in shell.output
    refused = found["kubectl exec -it web -- ls /nowhere"]
    assert (refused.status, refused.exit_code) == (Status.OK, 2)  # the note shows it
    assert "Unable to use a TTY" not in refused.output
    # A fence of its own: each line has its own output.
    assert found["kubectl exec -it box -- sh"].status is Status.OK
    assert found["pwd"].output == "/tmp"
    assert found["exit"].status is Status.OK
    assert "bare" in found["kubectl exec -i box -- sh"].output


def test_what_was_typed_stands_beside_what_came_of_it(local_cluster: LocalCluster) -> None:
    found = run(
        local_cluster,
        "typed",
        """
```console
$ kubectl run web --image=nginx
$ kubectl exec -it web -- bash
root@web:/# cat > /tmp/a.txt
first line
^D
root@web:/# cat /tmp/a.txt
first line
root@web:/# sleep 1000
^C
root@web:/# exit
exit
$ kubectl attach web
^C
```
""",
    )
    typed = found["kubectl exec -it web -- bash"]
    assert typed.status is Status.OK
    assert typed.output.split("\n") == [
        "root@web:/# cat > /tmp/a.txt",
        "first line",
        "root@web:/# cat /tmp/a.txt",
        "first line",
        "root@web:/# sleep 1000",
        "^C",
        "root@web:/# exit",
        "exit",
        "command terminated with exit code 130",  # what was interrupted, handed on by exit
    ]
    assert typed.duration < 20
    attached = found["kubectl attach web"]
    assert attached.status is Status.OK
    assert attached.ended in ("ended.quiet", "ended.bound")


def test_what_never_ends_is_ended(local_cluster: LocalCluster) -> None:
    begun = time.monotonic()
    found = run(
        local_cluster,
        "endless",
        """
```bash
kubectl run web --image=nginx
kubectl get pods -w
kubectl logs -f web
watch -n 1 kubectl get pods
while true; do echo again; sleep 0.2; done
kubectl port-forward pod/web 18080:80
```
다른 터미널에서 확인한다.
```bash
curl -s localhost:18080
kubectl port-forward pod/web 18081:80 &
curl -sI http://127.0.0.1:18081
kill %1
jobs
kubectl proxy --port=18001 &
curl -s localhost:18001/version
(sleep 0.3; echo late; sleep 1000) &
sleep 1
```
""",
    )
    ends = {command: result.ended for command, result in found.items() if result.ended}
    assert ends == {
        "kubectl get pods -w": "ended.quiet",
        "kubectl logs -f web": "ended.quiet",
        "watch -n 1 kubectl get pods": "ended.quiet",
        "while true; do echo again; sleep 0.2; done": "ended.bound",
        "kubectl port-forward pod/web 18080:80": "ended.used",
        "kubectl proxy --port=18001 &": "ended.note",
        "(sleep 0.3; echo late; sleep 1000) &": "ended.note",
    }
    assert all(result.status is Status.OK for result in found.values()), found
    assert "Running" in found["kubectl get pods -w"].output
    assert "start worker process" in found["kubectl logs -f web"].output
    assert "Every 1.0s: kubectl get pods" in found["watch -n 1 kubectl get pods"].output
    assert "Welcome to nginx!" in found["curl -s localhost:18080"].output
    forwarded = found["kubectl port-forward pod/web 18080:80"]
    assert "Handling connection for 18080" in forwarded.output
    assert found["curl -sI http://127.0.0.1:18081"].output.startswith("HTTP/1.1 200")
    assert '"gitVersion"' in found["curl -s localhost:18001/version"].output
    # What a job says late is its own and nobody else's.
    assert "late" in found["(sleep 0.3; echo late; sleep 1000) &"].output
    assert found["sleep 1"].output == ""
    assert time.monotonic() - begun < 60


def test_sessions_failures_and_who_is_to_blame(local_cluster: LocalCluster) -> None:
    found = run(
        local_cluster,
        "blame",
        """
```bash
NAME=web
cd /tmp
```
```bash
# kdocs: session=two
echo "other ${NAME:-nothing} $(basename $PWD)"
```
```bash
kubectl create deployment web --image=nginx --port=abc
kubectl scale deployment web --replicas=2
kubectl expose deployment web --port=80
kubectl get service web
LIST=$(kubectl get deployment web -o name --nonsense)
echo "list $LIST"
echo "still $NAME"
kubectl get pod missing
```
```
Error from server (NotFound): pods "missing" not found
```
```bash
# kdocs: returncode=3
(exit 3)
```
```bash
# kdocs: returncode=4
true
```
```bash
set -e
false
echo "after $NAME"
kubectl get pods
exit
echo "at the end"
```
""",
    )
    status = {command: result.status for command, result in found.items()}
    root = found["kubectl create deployment web --image=nginx --port=abc"]
    assert root.status is Status.FAILED
    blocked = [command for command, each in status.items() if each is Status.BLOCKED]
    assert blocked == [
        "kubectl scale deployment web --replicas=2",
        "kubectl expose deployment web --port=80",
        "kubectl get service web",
        "LIST=$(kubectl get deployment web -o name --nonsense)",
        'echo "list $LIST"',
        'echo "after $NAME"',
    ]
    for command in blocked[:5]:  # one root, however long the way to it
        assert found[command].reason_arguments["command"] == root.step.command
    assert found[blocked[5]].reason_arguments["command"] == "false"
    assert "other nothing home" not in found  # the command's own text is not its output
    other = next(each for command, each in found.items() if command.startswith('echo "other'))
    assert other.output == "other nothing kdocs"
    assert found['echo "still $NAME"'].output == "still web"
    missing = found["kubectl get pod missing"]
    assert (missing.status, missing.exit_code, missing.reason) == (Status.OK, 1, "")
    assert found["(exit 3)"].status is Status.OK
    unmet = found["true"]
    assert (unmet.status, unmet.reason) == (Status.FAILED, "run.should_fail")
    ended = found["false"]
    assert (ended.status, ended.reason) == (Status.FAILED, "run.shell_ended_here")
    # A fresh shell runs what does not depend on the one that has ended.
    assert found["kubectl get pods"].status is Status.OK
    assert (found["exit"].status, found["exit"].ended) == (Status.OK, "ended.shell")
    assert found['echo "at the end"'].output == "at the end"
