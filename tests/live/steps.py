"""Running bash programs as a note's steps, and on the node as its administrator."""

from __future__ import annotations

import subprocess

from kdocs_plugin.clusters.local import LocalCluster


def run(
    cluster: LocalCluster, program: str, *, name: str = "test", timeout: float = 60
) -> subprocess.CompletedProcess[str]:
    """Run a bash program as a step's, with an administrator's kubeconfig."""
    shell = cluster.shell(name, cluster.kubeconfig.read_text())
    return subprocess.run(
        [*shell.argv, "-c", program],
        env=dict(shell.environment),
        start_new_session=True,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


def succeed(cluster: LocalCluster, program: str, *, name: str = "test") -> str:
    """What it says, where it succeeds."""
    done = run(cluster, f"set -e\n{program}", name=name)
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout


def apply(cluster: LocalCluster, manifest: str, *, name: str = "test") -> None:
    """Make an object, and the ServiceAccount that its pods need."""
    shell = cluster.shell(name, cluster.kubeconfig.read_text())
    (shell.directory / "object.yaml").write_text(manifest)
    succeed(
        cluster,
        "kubectl create serviceaccount default > /dev/null 2>&1 || true\n"
        "kubectl apply -f object.yaml > /dev/null",
        name=name,
    )


def on_node(cluster: LocalCluster, program: str) -> subprocess.CompletedProcess[str]:
    """Run a shell program as root of the node."""
    argv, environment = cluster.administrator_shell()
    return subprocess.run(
        argv, env=environment, input=program, capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip
