"""Images on a real cluster: a user's own, a registry's, and what can't be had.

The registry is a fake on loopback (tests/fake_registry.py): it is asked by the cluster's
own registry process, whose answers containerd takes.
"""

from __future__ import annotations

import errno
import http.client
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from kdocs_plugin.cli import kdocs
from kdocs_plugin.clusters.api import Api
from kdocs_plugin.clusters.local import Installation, LocalCluster, installed
from kdocs_plugin.clusters.local.images.cache import Cache
from kdocs_plugin.clusters.local.images.registry import Registry
from kdocs_plugin.clusters.local.images.remote import SETTING, Remote
from kdocs_plugin.execution import Outcome, Silent, run_scenario
from kdocs_plugin.model import Status
from kdocs_plugin.planning import plan
from kdocs_plugin.source import scan
from tests.fake_registry import FakeRegistry, digest_of, tar_of
from tests.unit.test_local_image_archives import layout, manifest, tarred

pytestmark = pytest.mark.live


def busybox(word: str) -> bytes:
    """A layer whose /hello says a word."""
    program = shutil.which("busybox")
    assert program is not None
    script = f"#!/busybox sh\necho {word}\n".encode()
    return tar_of({"busybox": Path(program).read_bytes(), "hello": script})


@pytest.fixture(scope="module")
def real() -> Iterator[FakeRegistry]:
    with FakeRegistry() as registry:
        registry.token = True
        yield registry


@pytest.fixture(scope="module")
def images(
    installation: Installation, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """The installed images in a folder of its own, with a cache folder around it."""
    cache = tmp_path_factory.mktemp("cache")
    (cache / installation.root.name).symlink_to(installation.root)
    shutil.copytree(installation.images, cache / "images", copy_function=os.link)
    before = os.environ.get("KDOCS_CACHE")
    os.environ["KDOCS_CACHE"] = str(cache)
    yield cache / "images"
    if before is None:
        del os.environ["KDOCS_CACHE"]
    else:
        os.environ["KDOCS_CACHE"] = before


@pytest.fixture(scope="module")
def cluster(images: Path, real: FakeRegistry) -> Iterator[LocalCluster]:
    """A cluster for which the fake is Docker Hub, and no other registry can be reached."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(SETTING, f"docker.io={real.address}")
        found = installed()
        assert found is not None
        with LocalCluster.start(found) as started:
            yield started


def run(cluster: LocalCluster, commands: str) -> Outcome:
    scenario = plan(scan("images.md", f"```bash\n{commands}\n```\n"))
    return run_scenario(scenario, cluster, Api(cluster.kubeconfig), Silent())


def run_hello(cluster: LocalCluster, image: str) -> tuple[str, Outcome]:
    """What an image's /hello prints."""
    outcome = run(
        cluster,
        f"kubectl run hello --image={image} --restart=Never --command -- /hello\n"
        "kubectl logs hello",
    )
    made, logs = outcome.results
    assert made.status is Status.OK, (made.reason, made.reason_arguments)
    return logs.output.strip(), outcome


def test_an_archive_that_is_added_while_the_cluster_runs(
    cluster: LocalCluster, tmp_path: Path
) -> None:
    files: dict[str, bytes] = {}
    entry = manifest(files, busybox("archive"))
    path = tarred(tmp_path / "own.tar", layout(entry, files=files))
    command = ["cluster", "image", "add", str(path), "--name", "my/own:1"]
    done = CliRunner().invoke(kdocs, command, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    said, outcome = run_hello(cluster, "my/own:1")
    assert said == "archive"
    assert [image.built_locally for image in outcome.images] == [False]


def test_an_image_of_debian_packages(cluster: LocalCluster) -> None:
    command = ["cluster", "image", "add", "--debian", "hello", "--name", "my/hello:1"]
    done = CliRunner().invoke(kdocs, [*command, "--cmd", "hello -t"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    outcome = run(
        cluster,
        "kubectl run hello --image=my/hello:1 --restart=Never\nkubectl logs hello",
    )
    assert outcome.results[1].output == "hello, world"
    assert [image.built_locally for image in outcome.images] == [True]  # and is said to be


def test_a_stand_in_does_not_answer_where_the_registry_does(
    cluster: LocalCluster, real: FakeRegistry
) -> None:
    digest = real.push("library/nginx", "latest", busybox("registry"))
    said, outcome = run_hello(cluster, "nginx")
    assert said == "registry"
    (image,) = outcome.images
    assert (image.digest, image.built_locally) == (digest, False)


def test_a_wrong_digest_is_no_image(cluster: LocalCluster, real: FakeRegistry) -> None:
    layer = busybox("wrong")
    real.push("my/wrong", "1", layer)
    real.blobs[digest_of(layer)] = layer[:-1] + b"!"
    (result,) = run(cluster, "kubectl run wrong --image=my/wrong:1").results
    assert result.reason == "KD911"
    assert result.reason_arguments["state"] in ("ErrImagePull", "ImagePullBackOff")
    assert result.reason_arguments["said"]
    assert not (cluster.running.images / "blobs/sha256" / digest_of(layer)[7:]).exists()


def test_a_tag_that_the_registry_does_not_have(cluster: LocalCluster) -> None:
    (result,) = run(cluster, "kubectl run old --image=nginx:1.14.2").results
    told = result.reason_arguments
    assert (result.reason, told["image"]) == ("KD911", "nginx:1.14.2")
    assert (told["missing"], told["unreachable"]) == ("nginx:1.14.2", "")
    assert "nginx:latest" in told["here"]


def test_a_registry_that_is_out_of_reach(cluster: LocalCluster) -> None:
    (result,) = run(cluster, "kubectl run far --image=quay.io/some/nginx:1").results
    told = result.reason_arguments
    assert (result.reason, told["unreachable"]) == ("KD911", "quay.io")
    assert "nginx:latest" in told["here"]
    assert told["fetch"] == "quay.io/some/nginx:1"


def test_a_policy_that_forbids_to_ask(cluster: LocalCluster) -> None:
    command = "kubectl run never --image=nginx:9 --image-pull-policy=Never"
    (result,) = run(cluster, command).results
    assert (result.reason, result.reason_arguments["never"]) == ("KD911", "Never")


def test_what_a_registry_gave_is_there_when_it_is_gone(
    cluster: LocalCluster, real: FakeRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest = real.push("my/kept", "1", busybox("kept"))
    assert run_hello(cluster, "my/kept:1")[0] == "kept"
    real.close()
    monkeypatch.setenv(SETTING, f"docker.io={real.address}")
    found = installed()
    assert found is not None
    with LocalCluster.start(found) as offline:  # knows nothing but the images folder
        said, outcome = run_hello(offline, "my/kept:1")
    assert (said, outcome.images[0].digest) == ("kept", digest)


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "none", tmp_path], check=True)
    try:
        with FakeRegistry() as real:
            content = bytes(2 << 20)
            real.blobs[digest_of(content)] = content
            cache = Cache(tmp_path, Remote(f"docker.io={real.address}"))
            server = Registry(tmp_path, ("127.0.0.1", 0), cache)
            threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
            connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=9)
            connection.request("GET", f"/v2/x/blobs/{digest_of(content)}?ns=docker.io")
            response = connection.getresponse()
            assert response.status == 507
            assert os.strerror(errno.ENOSPC) in response.reason
            connection.close()
            server.shutdown()
            server.server_close()
        assert list((tmp_path / "blobs/sha256").iterdir()) == []
    finally:
        subprocess.run(["umount", "--lazy", tmp_path], check=True)
