"""The local cluster as those above it use it, on a real one."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kdocs_plugin.clusters import local
from kdocs_plugin.clusters.base import Cluster
from kdocs_plugin.clusters.local import Installation, LocalCluster, layout
from kdocs_plugin.clusters.local.binaries import versions
from kdocs_plugin.clusters.local.control import components
from kdocs_plugin.clusters.local.images import store
from kdocs_plugin.clusters.local.node import cgroups
from tests.live.killing import descendants, none_left
from tests.live.steps import run, succeed

pytestmark = pytest.mark.live

POD = """\
apiVersion: v1
kind: Pod
metadata:
  name: web
  namespace: {namespace}
spec:
  containers:
    - name: nginx
      image: nginx:latest
"""


@pytest.fixture
def namespace(local_cluster: LocalCluster, request: pytest.FixtureRequest) -> Iterator[str]:
    name = f"t-{abs(hash(request.node.nodeid)) % 10**8}"
    succeed(local_cluster, f"kubectl create namespace {name}")
    yield name
    run(local_cluster, f"kubectl delete namespace {name} --wait=false")


# --- What it is ---------------------------------------------------------------------------


def test_is_a_cluster(local_cluster: LocalCluster) -> None:
    cluster: Cluster = local_cluster  # the protocol, for the type checker
    assert cluster.info.kubernetes == versions.DEFAULT
    assert cluster.info.kind == "local"


def test_node_says_true_versions(local_cluster: LocalCluster) -> None:
    nodes = succeed(local_cluster, "kubectl get nodes -o wide").splitlines()
    assert len(nodes) == 2
    name, status, roles, _, version, address, *_ = nodes[1].split()
    assert (name, status, roles) == (components.NODE, "Ready", "control-plane")
    assert (version, address) == (versions.DEFAULT, components.ADDRESS)
    assert nodes[1].endswith(f"containerd://{versions.CONTAINERD.removeprefix('v')}")
    server = succeed(local_cluster, "kubectl version")
    assert f"Server Version: {versions.DEFAULT}" in server
    assert f"Client Version: {versions.DEFAULT}" in server


def test_nginx_starts_unchanged(local_cluster: LocalCluster, namespace: str) -> None:
    shell = local_cluster.shell("nginx", local_cluster.kubeconfig.read_text())
    (shell.directory / "pod.yaml").write_text(POD.format(namespace=namespace))
    page = succeed(
        local_cluster,
        f"""
        kubectl create serviceaccount default -n {namespace} 2> /dev/null || true
        kubectl apply -f pod.yaml
        kubectl wait -n {namespace} --for=condition=Ready pod/web --timeout=60s
        curl -sS "$(kubectl get pod web -n {namespace} -o jsonpath={{.status.podIP}})"
        """,
        name="nginx",
    )
    assert "<title>Welcome to nginx!</title>" in page
    logs = succeed(local_cluster, f"kubectl logs -n {namespace} web")
    assert "start worker processes" in logs  # standard error
    assert '"GET / HTTP/1.1" 200' in logs  # standard output
    events = succeed(
        local_cluster,
        f"kubectl get events -n {namespace} -o jsonpath='{{.items[*].reason}}'",
    )
    assert {"Scheduled", "Pulling", "Pulled", "Created", "Started"} <= set(events.split())
    image = succeed(
        local_cluster,
        f"kubectl get pod web -n {namespace} "
        "-o jsonpath='{.status.containerStatuses[0].imageID}'",
    )
    assert local_cluster.built_locally(image)
    assert local_cluster.built_locally(image.rpartition("@")[2])
    assert not local_cluster.built_locally("sha256:" + 64 * "0")


def test_services_answer(local_cluster: LocalCluster, namespace: str) -> None:
    """From the node by cluster IP and node port, and from a pod on the same node."""
    reached = succeed(
        local_cluster,
        f"""
        exec 3>&1 > /dev/null
        kubectl config set-context --current --namespace {namespace}
        kubectl create serviceaccount default 2> /dev/null || true
        kubectl run web --image=nginx --port=80 --labels=app=web
        kubectl run client --image=busybox --command -- sleep 600
        kubectl wait --for=condition=Ready pod/web pod/client --timeout=60s
        kubectl expose pod web --type=NodePort
        ip=$(kubectl get service web -o jsonpath='{{.spec.clusterIP}}')
        port=$(kubectl get service web -o jsonpath='{{.spec.ports[0].nodePort}}')
        for attempt in $(seq 50); do curl -sf "$ip" && break; sleep 0.1; done
        curl -sSf "$ip" | grep -o 'Welcome to nginx!' | head -1 >&3
        curl -sSf "{components.ADDRESS}:$port" | grep -o 'Welcome to nginx!' | head -1 >&3
        kubectl exec client -- wget -T 5 -qO- "$ip" | grep -o 'Welcome to nginx!' | head -1 >&3
        """,
        name="services",
    )
    assert reached.splitlines() == ["Welcome to nginx!"] * 3


def test_a_tag_that_is_not_there_is_not_pretended(
    local_cluster: LocalCluster, namespace: str
) -> None:
    waiting = succeed(
        local_cluster,
        f"""
        kubectl create serviceaccount default -n {namespace} > /dev/null 2>&1 || true
        kubectl run old --image=nginx:1.14.2 -n {namespace} > /dev/null
        for attempt in $(seq 100); do
            reason=$(kubectl get pod old -n {namespace} \
                -o jsonpath='{{.status.containerStatuses[0].state.waiting.reason}}')
            case $reason in *ImagePull*) break ;; esac
            sleep 0.2
        done
        echo "$reason"
        """,
    )
    assert waiting.strip() in {"ErrImagePull", "ImagePullBackOff"}


def own_network() -> str:
    return str(Path("/proc/thread-self/ns/net").readlink())


def test_network_is_the_threads_only_within(local_cluster: LocalCluster) -> None:
    address = (components.ADDRESS, 6443)
    with local_cluster.network(), socket.create_connection(address, timeout=2):
        pass
    before = own_network()
    with local_cluster.network():
        assert own_network() != before
    assert own_network() == before


# --- A step's shell -----------------------------------------------------------------------


def test_shell_has_its_directory_and_tools(local_cluster: LocalCluster) -> None:
    shell = local_cluster.shell("files", local_cluster.kubeconfig.read_text())
    (shell.directory / "given.txt").write_text("given\n")
    out = succeed(
        local_cluster, "pwd; cat given.txt; echo made > made.txt; echo $HOME", name="files"
    )
    assert out.splitlines() == ["/home/kdocs", "given", "/home/kdocs"]
    assert (shell.directory / "made.txt").read_text() == "made\n"


def test_shells_of_one_name_share_their_directory(local_cluster: LocalCluster) -> None:
    succeed(local_cluster, "touch shared", name="sessions")
    assert succeed(local_cluster, "ls", name="sessions").split() == ["shared"]
    assert succeed(local_cluster, "ls", name="another").split() == []


@pytest.mark.parametrize("name", ["", ".", "..", "../x", "a/b", "/etc"])
def test_a_shells_name_is_no_path(local_cluster: LocalCluster, name: str) -> None:
    with pytest.raises(ValueError, match="name"):
        local_cluster.shell(name, "")


def test_shell_passes_descriptors_input_and_status(local_cluster: LocalCluster) -> None:
    shell = local_cluster.shell("pipes", local_cluster.kubeconfig.read_text())
    theirs, ours = os.pipe()
    process = subprocess.Popen(
        [*shell.argv, "-c", f"cat >&{ours}; exit 7"],
        env=dict(shell.environment),
        start_new_session=True,
        pass_fds=(ours,),
        stdin=subprocess.PIPE,
    )
    os.close(ours)
    process.communicate(b"through", timeout=20)
    with os.fdopen(theirs, "rb") as stream:
        assert stream.read() == b"through"
    assert process.returncode == 7


def test_shell_is_nobody(local_cluster: LocalCluster) -> None:
    out = succeed(local_cluster, "id -u; grep -E '^(Cap|NoNew)' /proc/self/status; whoami")
    uid, *status, user = out.splitlines()
    assert (uid, user) == ("65532", "kdocs")
    fields = dict(line.split(":\t") for line in status)
    assert fields.pop("NoNewPrivs") == "1"
    assert len(fields) == 5
    assert {int(value, 16) for value in fields.values()} == {0}


@pytest.mark.parametrize(
    "path", ["/", "/usr", "/usr/local/bin", "/etc", "/dev", "/home", "/opt/kdocs/bin", "/var"]
)
def test_shell_writes_nothing_outside(local_cluster: LocalCluster, path: str) -> None:
    assert run(local_cluster, f"touch {path}/x").returncode != 0


def test_shell_writes_home_and_tmp(local_cluster: LocalCluster) -> None:
    succeed(local_cluster, "touch ~/x /tmp/x")
    assert succeed(local_cluster, "ls /tmp").split() == []  # each shell has its own


def test_shell_sees_neither_sockets_nor_keys_nor_the_host(
    local_cluster: LocalCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_OF_THE_HOST", "1")
    found = run(
        local_cluster,
        "find / -xdev -type s; find / -name '*.key' -o -name 'admin.conf' -o -name etcd; "
        "ls /etc/kubernetes /var/lib/kubelet /run/containerd /run/kdocs /root /sys; env",
    ).stdout
    assert all(line.startswith("/usr/") or "=" in line for line in found.splitlines()), found
    assert "SECRET" not in found
    own = Path(__file__).resolve()
    assert run(local_cluster, f"test -e {own}").returncode != 0
    assert run(local_cluster, f"test -e {local_cluster.directory}").returncode != 0


@pytest.mark.parametrize("port", [2379, 2380])
def test_etcd_is_out_of_reach(local_cluster: LocalCluster, port: int) -> None:
    """An open port in the namespace where steps run would bypass authorization."""
    for address in ("127.0.0.1", components.ADDRESS):
        done = run(local_cluster, f"exec 3<> /dev/tcp/{address}/{port}")
        assert "refused" in done.stderr


def test_there_is_no_way_out(local_cluster: LocalCluster) -> None:
    """And that is known at once."""
    begun = time.monotonic()
    done = run(local_cluster, "curl -sS http://192.0.2.1; curl -sS http://example.invalid")
    assert "connect" in done.stderr
    assert "resolve" in done.stderr
    assert time.monotonic() - begun < 2


def test_kubectl_config_changes_the_shells_own_copy(local_cluster: LocalCluster) -> None:
    shown = "kubectl config view --minify -o jsonpath='{..namespace}'"
    change = "kubectl config set-context --current --namespace elsewhere > /dev/null"
    assert succeed(local_cluster, f"{change}; {shown}") == "elsewhere"
    assert succeed(local_cluster, shown) == ""


@pytest.mark.parametrize("whom", ["leader", "group"])
def test_shell_ends_with_all_it_started(local_cluster: LocalCluster, whom: str) -> None:
    shell = local_cluster.shell("runaway", local_cluster.kubeconfig.read_text())
    program = "sleep 1000 & setsid sleep 1001 & (setsid sleep 1002 &) ; echo started; wait"
    process = subprocess.Popen(
        [*shell.argv, "-c", program],
        env=dict(shell.environment),
        start_new_session=True,
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    process.stdout.readline()
    deadline = time.monotonic() + 5
    while True:
        started = descendants(process.pid)
        sleeping = [p for p in started if command_line(p.pid).startswith("sleep\x00100")]
        if len(sleeping) == 3 or time.monotonic() > deadline:
            break
    assert len(sleeping) == 3
    if whom == "group":
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait(10)
    assert none_left(started)


# --- The end ------------------------------------------------------------------------------

START = """
import subprocess, sys
from kdocs_plugin.clusters.local import LocalCluster, installed
say = lambda name, seconds: print(name, flush=True)
with LocalCluster.start(installed(), timings=say) as cluster:
    shell = cluster.shell("step", cluster.kubeconfig.read_text())
    subprocess.Popen([*shell.argv, "-c", "sleep 1000"], env=shell.environment)
    print("running", flush=True)
    sys.stdin.read()
"""

VISIT = """
import subprocess
from kdocs_plugin.clusters.local import LocalCluster
cluster = LocalCluster.attach()
shell = cluster.shell("step", cluster.kubeconfig.read_text())
step = subprocess.Popen(
    [*shell.argv, "-c", "touch made; setsid sleep 1000 & echo running; sleep 1000"],
    env=shell.environment, start_new_session=True,
)
step.wait()
"""


def command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def assert_nothing_left(cache: Path, identity: str) -> None:
    assert not (cache / "clusters" / identity).exists()
    assert identity not in cgroups.identities()
    assert identity not in Path("/proc/self/mountinfo").read_text()


@contextlib.contextmanager
def owner() -> Iterator[subprocess.Popen[str]]:
    """A process that starts a cluster and says how far it is."""
    process = subprocess.Popen(
        [sys.executable, "-c", START],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("moment", ["plan", "namespaces", "kube-apiserver", "running"])
@pytest.mark.parametrize("delay", [0.0, 0.15])
def test_killed_owner_leaves_nothing(own_cache: Path, moment: str, delay: float) -> None:
    with owner() as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.strip() == moment:
                break
        else:
            pytest.fail(f"never came to {moment}")
        time.sleep(delay)
        (identity,) = (path.name for path in (own_cache / "clusters").iterdir())
        started = descendants(process.pid)
        assert len(started) > 1
        process.kill()
        process.wait()
        assert none_left(started)
    assert local.sweep() == [identity]
    assert_nothing_left(own_cache, identity)


@pytest.mark.parametrize("victim", ["top", "init", "registry", "etcd", "containerd", "kubelet"])
def test_killed_part_ends_the_whole(own_cache: Path, victim: str) -> None:
    with LocalCluster.start(installed()) as cluster:
        running = cluster.running
        started = [*descendants(running.outer.pid), running.registry]
        known = {
            "top": running.outer.pid,
            "init": running.init,
            "registry": running.registry.pid,
        }
        part = known.get(victim) or next(
            p.pid for p in started if victim in command_line(p.pid).split("\x00-")[0]
        )
        assert cluster.ended() is None
        os.kill(part, signal.SIGKILL)
        assert none_left(started)
        reasons = {
            "top": "killed", "init": "killed", "registry": "registry has ended",
        }  # fmt: skip
        ended = cluster.ended()
        assert ended == reasons.get(victim, f"{victim} has ended with status -9")
        identity = running.identity
    assert_nothing_left(own_cache, identity)


def installed() -> Installation:
    found = local.installed()
    assert found is not None
    return found


def test_close_leaves_nothing_and_clusters_do_not_meet(own_cache: Path) -> None:
    first = LocalCluster.start(installed())
    with LocalCluster.start(installed()) as second:
        assert local.sweep() == []  # both are alive
        succeed(first, "kubectl create namespace only-here")
        assert "only-here" not in succeed(second, "kubectl get namespaces")
        started = descendants(second.running.outer.pid)
    assert none_left(started, 0.1)
    assert_nothing_left(own_cache, second.running.identity)
    assert "only-here" in succeed(first, "kubectl get namespaces")
    first.close()
    assert_nothing_left(own_cache, first.running.identity)
    first.close()  # once more does no harm


def kdocs_cluster(*arguments: str, text: str | None = None) -> subprocess.CompletedProcess[str]:
    program = "from kdocs_plugin.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", program, "cluster", *arguments],
        input=text,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, "KDOCS_LANG": "en"},
    )


def test_up_status_shell_down(own_cache: Path) -> None:
    assert kdocs_cluster("shell").returncode == 2
    up = kdocs_cluster("up", "--timings")
    assert up.returncode == 0, up.stderr
    assert "kube-apiserver" in up.stdout
    try:
        assert "running: Kubernetes" in kdocs_cluster("status").stdout
        again = kdocs_cluster("up")
        assert again.returncode == 0
        assert "already" in again.stdout
        shell = kdocs_cluster("shell", text="kubectl get nodes -o name; id -u; exit 7\n")
        assert shell.stdout.split() == [f"node/{components.NODE}", "0"]
        assert shell.returncode == 7
        attached = LocalCluster.attach()
        assert attached is not None
        with attached:
            assert "Ready" in succeed(attached, "kubectl get nodes")
            identity = attached.running.identity
            started = descendants(attached.running.outer.pid)
        assert local.sweep() == []  # its maker is gone, and it lives on by right
        visitor = subprocess.Popen(
            [sys.executable, "-c", VISIT], stdout=subprocess.PIPE, text=True
        )
        assert visitor.stdout is not None
        assert visitor.stdout.readline() == "running\n"
        visiting = descendants(visitor.pid)
        assert len(visiting) > 4
        visitor.kill()
        visitor.wait()
        assert none_left(visiting)  # a step ends with its caller, though the cluster stays
        later = LocalCluster.attach()
        assert later is not None
        with later:  # the same name, and none of the files that the dead caller's step made
            assert succeed(later, "ls", name="step").split() == []
        assert all(process.alive for process in started[:2])
    finally:
        down = kdocs_cluster("down")
    assert down.returncode == 0, down.stderr
    assert none_left(started, 1)
    assert_nothing_left(own_cache, identity)
    assert not layout.kept().exists()
    assert "no cluster is running" in kdocs_cluster("status").stdout


def test_a_component_that_fails_says_so(
    own_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kdocs_plugin.errors import ClusterError

    whole = components.plan

    def broken(cgroup: str, count: int) -> components.Plan:
        plan = whole(cgroup, count)
        (node,) = plan.nodes
        bad = components.Process("kubelet", ("/opt/kdocs/bin/kubelet", "--no-such-flag"))
        rest = tuple(p for p in node.processes if p.name != "kubelet")
        return replace(plan, nodes=(replace(node, processes=(*rest, bad)),))

    monkeypatch.setattr(components, "plan", broken)
    with pytest.raises(ClusterError, match="kubelet ended while starting") as caught:
        LocalCluster.start(installed())
    assert "no-such-flag" in str(caught.value)
    assert list((own_cache / "clusters").iterdir()) == []


def test_images_are_what_the_index_says(installation: Installation) -> None:
    names = {image.name: image for image in store.index(installation.images)}
    assert {"busybox", "curlimages/curl", "nginx", "pause"} <= set(names)
    assert "latest" in names["nginx"].tags
    assert names["nginx"].made_from.startswith("Debian nginx-light ")
