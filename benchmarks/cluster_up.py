"""How long `kdocs cluster up` takes, beside the bare start of etcd and kube-apiserver.

    .venv/bin/python benchmarks/cluster_up.py [ROUNDS]

Needs root on Linux and `kdocs cluster install`. Rounds alternate, so that both meet the
same machine; a round's two numbers and the medians' ratio are printed as JSON.

- up: from starting the command to its end, a node Ready that is labelled, images served.
- bare: etcd and kube-apiserver with nothing around them, in an empty network namespace,
  from starting etcd to the first good /readyz. It is the floor: nothing can be Ready
  before the API server is.
"""

from __future__ import annotations

import http.client
import json
import os
import ssl
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from kdocs_plugin.clusters import local
from kdocs_plugin.clusters.local.control.pki import Authority, signing_key

KDOCS = [sys.executable, "-c", "from kdocs_plugin.cli import main; main()", "cluster"]
ADDRESS = "172.30.0.2"  # an API server refuses to advertise a loopback address


def up(cache: Path) -> float:
    """Seconds from the command to its end; the cluster is taken down again."""
    environment = {**os.environ, "KDOCS_CACHE": str(cache)}
    begun = time.monotonic()
    subprocess.run([*KDOCS, "up"], env=environment, check=True, stdout=2)
    seconds = time.monotonic() - begun
    subprocess.run([*KDOCS, "down"], env=environment, check=True, stdout=2)
    return seconds


def bare(folder: Path, bin_folder: Path) -> float:
    """Seconds to the first good /readyz. Call it in an empty network namespace."""
    network = f"link set lo up\naddress add {ADDRESS}/32 dev lo\n"
    subprocess.run(["ip", "-batch", "-"], input=network, text=True, check=True)
    authority, tokens = Authority("bare"), signing_key()
    server = authority.issue("kube-apiserver", hosts=[ADDRESS])
    admin = authority.issue("admin", organisation="system:masters")
    for name, content in {
        "ca.crt": authority.certificate,
        "server.crt": server.certificate,
        "server.key": server.key,
        "admin.pem": admin.certificate + admin.key,
        "sa.key": tokens.private,
        "sa.pub": tokens.public,
    }.items():
        (folder / name).write_text(content)
    context = ssl.create_default_context(cafile=str(folder / "ca.crt"))
    context.load_cert_chain(folder / "admin.pem")
    etcd = f"http://{ADDRESS}:2379"
    begun = time.monotonic()
    with (folder / "log").open("w") as log:
        for command in (
            [
                str(bin_folder / "etcd"),
                f"--data-dir={folder / 'etcd'}",
                "--unsafe-no-fsync",
                f"--listen-client-urls={etcd}",
                f"--advertise-client-urls={etcd}",
            ],
            [
                str(bin_folder / "kube-apiserver"),
                f"--etcd-servers={etcd}",
                f"--advertise-address={ADDRESS}",
                "--authorization-mode=Node,RBAC",
                f"--client-ca-file={folder / 'ca.crt'}",
                f"--tls-cert-file={folder / 'server.crt'}",
                f"--tls-private-key-file={folder / 'server.key'}",
                "--service-account-issuer=https://kubernetes.default.svc",
                f"--service-account-key-file={folder / 'sa.pub'}",
                f"--service-account-signing-key-file={folder / 'sa.key'}",
                "--service-cluster-ip-range=10.96.0.0/16",
            ],
        ):
            subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
    while not answers(context):
        if time.monotonic() - begun > 60:
            raise SystemExit((folder / "log").read_text()[-2000:])
        time.sleep(0.02)
    return time.monotonic() - begun


def answers(context: ssl.SSLContext) -> bool:
    connection = http.client.HTTPSConnection(ADDRESS, 6443, context=context, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def bare_in_namespaces(bin_folder: Path) -> float:
    """`bare` in namespaces of its own, so that its processes end with it."""
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        done = subprocess.run(
            ["unshare", "--net", "--pid", "--fork", "--kill-child", "--mount-proc", "--",
             sys.executable, __file__, "--bare", folder, str(bin_folder)],
            check=True, capture_output=True, text=True,
        )  # fmt: skip
    return float(done.stdout)


def main(rounds: int) -> None:
    installation = local.installed()
    if installation is None:
        raise SystemExit("not installed: kdocs cluster install")
    taken: dict[str, list[float]] = {"up": [], "bare": []}
    with tempfile.TemporaryDirectory() as cache:  # beside a cluster that may be kept
        Path(cache, installation.root.name).symlink_to(installation.root)
        Path(cache, "images").symlink_to(installation.images)
        for _ in range(rounds):
            taken["bare"].append(round(bare_in_namespaces(installation.bin), 2))
            taken["up"].append(round(up(Path(cache)), 2))
    medians = {name: statistics.median(seconds) for name, seconds in taken.items()}
    ratio = round(medians["up"] / medians["bare"], 2)
    print(json.dumps({"seconds": taken, "medians": medians, "ratio": ratio}))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--bare"]:
        print(bare(Path(sys.argv[2]), Path(sys.argv[3])))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
