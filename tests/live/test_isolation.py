"""Attacks on the machine and on the cluster: from a step, and from a pod that may do anything.

Each has a small bound of its own, so that the machine survives where a protection fails.
What a pod may do is asked from a privileged one in the node's own namespaces, with the
node's whole file system: whoever is root on the node is in the same place.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import re
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from kdocs_plugin.clusters import local
from kdocs_plugin.clusters.local import LocalCluster
from kdocs_plugin.clusters.local.control import agents
from kdocs_plugin.clusters.local.node import cgroups
from tests.live.steps import apply, on_node, run, succeed

pytestmark = pytest.mark.live

# A shell that starts a thousand and a half of processes, or says that it can't.
FORK_BOMB = """sh -c 'n=0; while [ $n -lt 1500 ]; do sleep 90 & n=$((n + 1)); done; echo all'"""
# `tail` keeps a line until it has seen its end.
MEMORY_BOMB = "head -c {} /dev/zero | tail | wc -c; echo ${{PIPESTATUS[1]}}"

# --- From a step --------------------------------------------------------------------------


def test_a_fork_bomb_ends_in_the_step(local_cluster: LocalCluster) -> None:
    done = run(local_cluster, FORK_BOMB, name="forks")
    assert "all" not in done.stdout
    assert "Cannot fork" in done.stderr
    assert succeed(local_cluster, "echo $(echo well)", name="neighbour") == "well\n"


def test_a_memory_bomb_ends_in_the_step(local_cluster: LocalCluster) -> None:
    done = run(local_cluster, MEMORY_BOMB.format("1280M"), name="memory")
    assert done.stdout.split() == ["0", "137"]  # killed, and the step's shell was not
    assert "kube-system" in succeed(local_cluster, "kubectl get namespaces")


@pytest.mark.parametrize("folder", ["/tmp", "~", "/run"])
def test_a_full_folder_is_the_steps_own(local_cluster: LocalCluster, folder: str) -> None:
    done = run(local_cluster, f"head -c 300M /dev/zero > {folder}/fill", name="disk")
    assert "No space left on device" in done.stderr
    succeed(local_cluster, f"head -c 1M /dev/zero > {folder}/fill", name="neighbour")


def test_what_a_step_leaves_behind_ends_with_its_shell(local_cluster: LocalCluster) -> None:
    shown = succeed(
        local_cluster,
        "setsid kubectl proxy --port 18001 > /dev/null 2>&1 &\n"
        "for attempt in $(seq 100); do\n"
        "    curl -s 127.0.0.1:18001/version && break || sleep 0.1\n"
        "done",
    )
    assert "gitVersion" in shown
    done = run(local_cluster, "curl -sS 127.0.0.1:18001/version", name="later")
    assert "connect" in done.stderr


@pytest.mark.parametrize(
    "program",
    [
        "ls /proc/1/root/",  # step.sh's, which is root of the node
        "cat /proc/1/environ",
        "kill -9 1; kill -0 1",
        "nsenter --target 1 --mount ls /run/containerd",
        "mount -t tmpfs tmpfs /tmp",
        "umount /home/kdocs",
        "mount -o remount,rw /",
        "ctr --address /run/containerd/containerd.sock version",
        "ip link set eth0 down",
        "nft flush ruleset",
        "su root -c id",
        "chroot / id",
        "mknod /tmp/disk b 254 0",
        "echo 1 > /proc/sys/net/ipv4/ip_forward",
        "unshare --user --map-root-user --mount umount /tmp",
    ],
)
def test_a_step_has_no_way_to_the_node(local_cluster: LocalCluster, program: str) -> None:
    done = run(local_cluster, program, name="attack")
    assert done.returncode != 0, done.stdout


def test_a_step_has_no_keys_of_its_callers(local_cluster: LocalCluster) -> None:
    """A session keyring is passed on to all descendants, whatever namespaces they enter."""
    join, add, search, session = 1, (248, 217), 10, -3
    machine = os.uname().machine == "aarch64"
    keyctl, add_key = (250, 219)[machine], add[machine]
    libc = ctypes.CDLL(None)
    libc.syscall(keyctl, join, None)
    key = libc.syscall(add_key, b"user", b"of-the-caller", b"secret", 6, session)
    assert key > 0
    kind = '$t = "user"; $d = "of-the-caller";'
    look = f"print syscall({keyctl}, {search}, {session}, $t, $d, 0), q( ), $!"
    said = run(local_cluster, f"perl -e '{kind} {look}'", name="keys").stdout
    assert said == "-1 Required key not available"


def test_a_steps_limits_are_out_of_the_nodes_reach(local_cluster: LocalCluster) -> None:
    """And so are the whole cluster's: its node's root can lift neither."""
    identity = local_cluster.running.identity
    succeed(local_cluster, "true", name="limits")
    tried = 0
    for root, _ in cgroups.hierarchies():
        cluster = root / cgroups.PARENT / identity
        for group in (cluster, *(cluster / cgroups.STEPS).glob("*-limits")):
            for name in ("pids.max", "memory.max", "memory.limit_in_bytes"):
                if not (group / name).exists():
                    continue
                before = (group / name).read_text()
                done = on_node(local_cluster, f"echo 9000000000 > {group / name}")
                assert "ermission denied" in done.stderr
                assert (group / name).read_text() == before
                tried += 1
    assert tried >= 2


# --- From a pod ---------------------------------------------------------------------------

PRIVILEGED = """\
apiVersion: v1
kind: Pod
metadata: {name: attacker}
spec:
  hostPID: true
  hostIPC: true
  hostNetwork: true
  terminationGracePeriodSeconds: 0
  containers:
    - name: attacker
      image: nginx
      command: [sleep, "900"]
      securityContext: {privileged: true}
      volumeMounts: [{name: host, mountPath: /host}]
  volumes:
    - {name: host, hostPath: {path: /}}
"""


class Attacker:
    """A privileged pod in all of the node's namespaces, with all of its files."""

    def __init__(self, cluster: LocalCluster) -> None:
        self.cluster = cluster
        apply(cluster, PRIVILEGED)
        succeed(cluster, "kubectl wait --for=condition=Ready pod/attacker --timeout=90s")

    def run(self, program: str) -> subprocess.CompletedProcess[str]:
        shell = self.cluster.shell("attacker", self.cluster.kubeconfig.read_text())
        return subprocess.run(
            [*shell.argv, "-c", 'kubectl exec -i attacker -- sh -c "$PROGRAM"'],
            env={**shell.environment, "PROGRAM": program},
            capture_output=True, text=True, timeout=60, check=False, start_new_session=True,
        )  # fmt: skip


@pytest.fixture(scope="module")
def attacker(local_cluster: LocalCluster) -> Attacker:
    return Attacker(local_cluster)


def test_the_attacker_is_what_it_says(attacker: Attacker) -> None:
    """Root with every capability, on the node's files, beside the node's processes."""
    shown = attacker.run(
        "id -u; grep CapEff /proc/self/status; cat /proc/1/comm; ls /host/etc/kubernetes/pki"
    ).stdout
    assert shown.startswith("0\nCapEff:\t000001ff")
    assert "ca.crt" in shown


def test_a_pod_finds_no_file_of_the_machine(attacker: Attacker, tmp_path: Path) -> None:
    marker = tmp_path / "marker-of-the-machine"
    marker.write_text("here")
    found = attacker.run(
        f"ls /host{marker} {marker}; for root in /proc/[0-9]*/root; do ls $root{marker}; done"
    )
    assert found.stdout == ""
    assert "No such file" in found.stderr


def test_a_pod_writes_none_of_the_machines_programs(attacker: Attacker) -> None:
    for folder in ("/usr/bin", "/opt/kdocs/bin", "/opt/cni/bin"):
        assert "Read-only file system" in attacker.run(f"touch /host{folder}/x").stderr
        remounted = attacker.run(
            f"mount -o remount,bind,rw /host{folder}; "
            f"touch /host{folder}/kdocs-attack && exit; "
            f"nsenter -t 1 -m mount -o remount,bind,rw {folder}; "
            f"nsenter -t 1 -m touch {folder}/kdocs-attack"
        )
        Path(folder, "kdocs-attack").unlink(missing_ok=True)
        assert remounted.returncode != 0


def test_a_pod_has_no_disk(attacker: Attacker) -> None:
    found = attacker.run("find /dev /host/dev -type b; cat /proc/partitions")
    disks = re.findall(r"^ +(\d+) +(\d+) ", found.stdout, re.MULTILINE)
    assert disks, "a machine with a disk"
    assert not found.stdout.startswith("/")
    for major, minor in disks[:3]:
        made = attacker.run(f"mknod /disk b {major} {minor} && head -c 512 /disk | wc -c")
        assert "Operation not permitted" in made.stderr
        assert made.stdout == ""


SETTINGS = {  # not every kernel has all of them
    "/proc/sys/kernel/core_pattern": "|/bin/false",
    "/proc/sys/kernel/modprobe": "/bin/false",
    "/proc/sys/vm/swappiness": "1",
    "/proc/sys/fs/file-max": "100000",
    "/proc/sysrq-trigger": "h",
    "/sys/kernel/mm/transparent_hugepage/enabled": "never",
    "/sys/kernel/uevent_helper": "/bin/false",
}


def test_a_pod_sets_nothing_of_the_kernel(attacker: Attacker) -> None:
    present = [setting for setting in SETTINGS if Path(setting).exists()]
    assert len(present) >= 4
    for setting in present:
        before = "" if "trigger" in setting else Path(setting).read_text()
        try:
            for path in (setting, f"/host{setting}"):
                done = attacker.run(f"echo '{SETTINGS[setting]}' > {path}")
                assert done.returncode != 0, path
                assert "denied" in done.stderr or "Read-only" in done.stderr
            assert "trigger" in setting or Path(setting).read_text() == before
        finally:
            if before and Path(setting).read_text() != before:
                Path(setting).write_text(before)


# Name: number on x86_64, on aarch64, and arguments that would do no harm.
SYSTEM_CALLS = {
    "finit_module": (313, 273, '0, my $none = "", 0'),
    "kexec_load": (246, 104, "0, 0, 0, 0"),
    "swapoff": (168, 225, 'my $file = "/dev/null"'),
    "swapon": (167, 224, 'my $file = "/dev/null", 0'),
    "acct": (163, 89, "0"),
}


def test_a_pod_gets_nothing_done_by_the_kernel(attacker: Attacker) -> None:
    """Not every kernel is built with all of these calls."""
    answers = {}
    for name, (*numbers, arguments) in SYSTEM_CALLS.items():
        number = numbers[os.uname().machine == "aarch64"]
        answers[name] = attacker.run(
            f"perl -e 'syscall({number}, {arguments}); print $!'"
        ).stdout
    assert set(answers.values()) <= {"Operation not permitted", "Function not implemented"}
    assert list(answers.values()).count("Operation not permitted") >= 2, answers


def test_a_pod_does_not_set_the_clock(attacker: Attacker) -> None:
    done = attacker.run('date -s "@$(date +%s)"')
    assert "Operation not permitted" in done.stderr


def test_a_pod_mounts_no_control_groups_of_the_machine(attacker: Attacker) -> None:
    """release_agent runs a program as the machine's root; a parent's limits are another's."""
    for kind in ("cgroup -o memory", "cgroup2"):
        done = attacker.run(f"mkdir -p /groups; mount -t {kind} none /groups && echo mounted")
        assert "mounted" not in done.stdout
        # In a control group namespace of its own it may; that shows its own group and below.
        done = attacker.run(
            f"unshare --cgroup sh -c 'mount -t {kind} none /groups && ls /groups; "
            "echo /bin/false > /groups/release_agent'"
        )
        assert done.returncode != 0
        assert "kdocs" not in done.stdout.split()
    for root, _ in cgroups.hierarchies():
        if (agent := root / "release_agent").exists():
            before = agent.read_text()
            done = attacker.run(f"echo /bin/false > /host{agent}")
            if agent.read_text() != before:
                agent.write_text(before)
                pytest.fail("the machine's release_agent was changed")
            assert done.returncode != 0
        assert attacker.run(f"mkdir /host{root}/x && rmdir /host{root}/x").returncode != 0
        assert attacker.run(f"echo $$ > /host{root}/cgroup.procs").returncode != 0


def test_a_pod_sees_no_process_of_the_machine(attacker: Attacker) -> None:
    with subprocess.Popen(["sleep", "54321.5"]) as victim:
        try:
            seen = attacker.run("cat /proc/[0-9]*/cmdline | tr '\\0' ' '").stdout
            assert "kube-apiserver" in seen  # hostPID: it does see the node's
            assert "54321.5" not in seen
            assert victim.poll() is None
        finally:
            victim.kill()


def test_a_pod_does_not_reach_the_machines_loopback(attacker: Attacker) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        own = socket.create_connection(("127.0.0.1", port), timeout=5)
        own.close()
        done = attacker.run(f"curl -sS -m 3 http://127.0.0.1:{port}")
        assert "connect" in done.stderr
        # Abstract Unix sockets and interfaces count by network, too.
        own_network = Path("/proc/self/ns/net").readlink()
        seen = attacker.run("readlink /proc/[0-9]*/ns/net").stdout
        assert "net:" in seen
        assert str(own_network) not in seen


def test_a_pods_fork_bomb_ends_in_it(local_cluster: LocalCluster) -> None:
    bomb = json.dumps(FORK_BOMB.removeprefix("sh -c ").strip("'"))
    apply(local_cluster, BOMB.format(name="forks", program=bomb), name="pod-forks")
    said = succeed(
        local_cluster,
        "kubectl wait --for=jsonpath={.status.phase}=Failed pod/forks --timeout=60s >&2\n"
        "kubectl logs forks; kubectl delete pod forks --wait=false >&2",
    )
    assert "all" not in said
    assert "fork" in said
    assert agents.POD_PROCESSES < 1500


BOMB = """\
apiVersion: v1
kind: Pod
metadata: {{name: {name}}}
spec:
  restartPolicy: Never
  terminationGracePeriodSeconds: 0
  containers:
    - {{name: bomb, image: nginx, command: [bash, -c, {program}]}}
"""


@pytest.fixture
def small(own_cache: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalCluster]:
    """A cluster that may use two gigabytes in all, half of it for its disk."""
    monkeypatch.setattr(cgroups, "whole", lambda: cgroups.Limits(2 << 30, 4096))
    installation = local.installed()
    assert installation is not None
    with LocalCluster.start(installation) as cluster:
        yield cluster


def test_a_pods_memory_bomb_ends_in_the_cluster(small: LocalCluster) -> None:
    """The pod is killed, not the node; and the node's disk, which is memory, has an end."""
    program = json.dumps(MEMORY_BOMB.format(3 << 30))
    apply(small, BOMB.format(name="memory", program=program))
    said = succeed(
        small,
        "kubectl wait --for=jsonpath={.status.phase}=Succeeded pod/memory --timeout=90s >&2\n"
        "kubectl logs memory",
    )
    assert said.split() == ["0", "137"]
    # What it says would find no room while the disk is full: logs lie there, too.
    fill = "head -c 1500M /dev/zero > /fill; s=$?; n=$(stat -c %s /fill); rm /fill; echo $n $s"
    apply(small, BOMB.format(name="disk", program=json.dumps(fill)))
    said = succeed(
        small,
        "kubectl wait --for=jsonpath={.status.phase}=Succeeded pod/disk --timeout=90s >&2\n"
        "kubectl logs disk | grep -v head:",
    )
    written, status = (int(line) for line in said.split()[:2])
    assert status == 1
    assert 100 << 20 < written < 1 << 30
    assert small.ended() is None


# --- Afterwards ---------------------------------------------------------------------------

VOLATILE = re.compile(
    r"/(random|fs/(aio|dentry|file|inode)-|fs/inode-state|kernel/(ns_last_pid|pty/nr)|"
    r"net/netfilter|kernel/sched_domain|fs/binfmt_misc)"
)


def settings() -> dict[str, str]:
    """The kernel's settings for the whole machine, as this process' namespaces show them."""
    found = {}
    for folder, _, names in os.walk("/proc/sys"):
        for name in names:
            path = f"{folder}/{name}"
            if not VOLATILE.search(path):
                with contextlib.suppress(OSError, UnicodeDecodeError):
                    found[path] = Path(path).read_text()
    return found


def test_the_machines_settings_are_as_before(own_cache: Path) -> None:
    """A kubelet sets kernel parameters of the whole machine where it is let."""
    wanted = [Path("/proc/sys/kernel/panic"), Path("/proc/sys/vm/overcommit_memory")]
    own = {path: path.read_text() for path in wanted}
    try:
        for path in wanted:
            path.write_text("0")
        before = settings()
        assert len(before) > 500
        installation = local.installed()
        assert installation is not None
        with LocalCluster.start(installation, nodes=2) as cluster:
            apply(cluster, BOMB.format(name="quiet", program='"true"'))
            succeed(
                cluster,
                "kubectl wait --for=jsonpath={.status.phase}=Succeeded pod/quiet --timeout=60s",
            )
        after = settings()
    finally:
        for path, value in own.items():
            path.write_text(value)
    assert {name: after.get(name) for name in before} == before
