"""What the node's registry does with real registries, played by one on loopback."""

from __future__ import annotations

import http.client
import io
import json
import socket
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from kdocs_plugin.clusters.local.images import remote, store
from kdocs_plugin.clusters.local.images.cache import Cache
from kdocs_plugin.clusters.local.images.registry import Registry
from kdocs_plugin.clusters.local.images.remote import OutOfReach, Remote, addresses
from tests.fake_registry import INDEX, FakeRegistry, digest_of

LAYER = b"a layer " * 1000
NGINX = "/v2/library/nginx/manifests/{}?ns=docker.io"
BLOB = "/v2/library/nginx/blobs/{}?ns=docker.io"


@pytest.fixture
def real() -> Iterator[FakeRegistry]:
    with FakeRegistry() as registry:
        yield registry


class Node:
    """The registry of a node, asked as containerd asks it."""

    def __init__(self, folder: Path, setting: str) -> None:
        self.folder = folder
        cache = Cache(folder, Remote(setting))
        cache.begin()
        self.server = Registry(folder, ("127.0.0.1", 0), cache)
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def ask(self, path: str, method: str = "GET") -> tuple[int, str, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.server_port, timeout=9)
        try:
            connection.request(method, path)
            response = connection.getresponse()
            return response.status, response.reason, response.read()
        finally:
            connection.close()

    def pull(self, tag: str = "latest") -> bytes:
        """All of an image; its layer."""
        status, reason, body = self.ask(NGINX.format(tag))
        assert status == 200, reason
        manifest = json.loads(body)
        for part in (manifest["config"], *manifest["layers"]):
            status, reason, body = self.ask(BLOB.format(part["digest"]))
            assert (status, digest_of(body)) == (200, part["digest"])
        return body

    def blobs(self) -> list[str]:
        folder = self.folder / "blobs/sha256"
        return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


@pytest.fixture
def node(real: FakeRegistry, tmp_path: Path) -> Iterator[Node]:
    made = Node(tmp_path, f"docker.io={real.address}")
    yield made
    made.server.shutdown()
    made.server.server_close()


def stand_in(folder: Path, *, added: bool = False) -> str:
    """A local nginx:latest; its digest."""
    image = store.Store(folder).image(
        "nginx", ["latest"], "a test", io.BytesIO(b"ours"), {},
        registry="docker.io", origin="archive" if added else "stand-in",
    )  # fmt: skip
    store.put(folder, [image])
    return image.digest


def manifest_digest(answer: tuple[int, str, bytes]) -> str:
    assert answer[0] == 200, answer
    return digest_of(answer[2])


# --- Pulling through ----------------------------------------------------------------------


@pytest.mark.parametrize("mood", ["plain", "token", "redirect"])
def test_an_image_is_fetched_once_and_stays(node: Node, real: FakeRegistry, mood: str) -> None:
    real.token, real.redirect = mood == "token", mood == "redirect"
    real.push("library/nginx", "latest", LAYER)
    assert node.pull() == LAYER
    fetched = real.asked["GET blobs"]
    assert node.pull() == LAYER
    assert real.asked["GET blobs"] == fetched
    assert real.asked["GET manifests"] == 1
    assert real.asked["HEAD manifests"] >= 2  # a tag is asked for each time
    real.close()
    assert node.pull() == LAYER  # as it was when the registry was last there


def test_a_tag_that_moved_is_noticed(node: Node, real: FakeRegistry) -> None:
    real.push("library/nginx", "latest", b"old")
    assert node.pull() == b"old"
    real.push("library/nginx", "latest", b"new")
    assert node.pull() == b"new"


def test_an_index_is_kept_with_the_manifest_of_this_machine(
    node: Node, real: FakeRegistry
) -> None:
    mine = real.push("library/nginx", "mine", LAYER, architecture=store.architecture())
    parts = [
        {"digest": mine, "platform": {"os": "linux", "architecture": store.architecture()}},
        {"digest": digest_of(b"?"), "platform": {"os": "linux", "architecture": "s390x"}},
    ]
    whole = {"schemaVersion": 2, "mediaType": INDEX, "manifests": parts}
    digest = real.keep("library/nginx", "latest", whole)
    assert manifest_digest(node.ask(NGINX.format("latest"))) == digest
    assert not store.complete(node.folder, digest)
    assert node.pull(mine) == LAYER
    assert store.complete(node.folder, digest)  # the other machine's part is not missed
    real.close()
    assert manifest_digest(node.ask(NGINX.format("latest"))) == digest


def test_two_who_want_a_blob_at_once_share_one_fetch(node: Node, real: FakeRegistry) -> None:
    real.push("library/nginx", "latest", LAYER)
    real.may_finish.clear()
    path = BLOB.format(digest_of(LAYER))
    bodies: list[bytes] = []
    readers = [
        threading.Thread(target=lambda: bodies.append(node.ask(path)[2])) for _ in range(3)
    ]
    for reader in readers:
        reader.start()
    time.sleep(0.3)
    assert bodies == []
    real.may_finish.set()
    for reader in readers:
        reader.join(10)
    assert bodies == [LAYER] * 3
    assert real.asked["GET blobs"] == 1


# --- What goes wrong ----------------------------------------------------------------------


def test_a_wrong_digest_is_neither_kept_nor_given_whole(node: Node, real: FakeRegistry) -> None:
    digest = digest_of(LAYER)
    real.blobs[digest] = LAYER[:-1] + b"!"
    real.pause(0.3)  # else it is known to be wrong before anything is sent: a plain 502
    with pytest.raises(http.client.IncompleteRead) as caught:
        node.ask(BLOB.format(digest))
    assert len(LAYER) // 2 - 1 <= len(caught.value.partial) < len(LAYER)
    assert node.blobs() == []


def test_a_manifest_with_a_wrong_digest_is_refused(node: Node, real: FakeRegistry) -> None:
    wanted = digest_of(b"{}")
    real.manifests[f"/v2/library/nginx/manifests/{wanted}"] = b'{"other": 1}'
    status, reason, _ = node.ask(NGINX.format(wanted))
    assert (status, "another digest" in reason) == (502, True)
    assert node.blobs() == []


def test_a_cut_connection_leaves_nothing(node: Node, real: FakeRegistry) -> None:
    digest = digest_of(LAYER)
    real.blobs[digest], real.cut = LAYER, True
    real.pause(0.3)
    with pytest.raises(http.client.IncompleteRead):
        node.ask(BLOB.format(digest))
    assert node.blobs() == []
    real.cut = False
    assert node.ask(BLOB.format(digest))[2] == LAYER


@pytest.mark.parametrize("status", [429, 500])
def test_a_registry_in_trouble_is_told_of(node: Node, real: FakeRegistry, status: int) -> None:
    stand_in(node.folder)
    real.statuses["manifests"] = status
    answer = node.ask(NGINX.format("latest"), "HEAD")
    # It answers, so nothing stands in for it.
    assert answer[0] == status
    assert answer[1].startswith("docker.io says")


@pytest.mark.parametrize("status", [429, 500])
def test_a_registry_in_trouble_is_stood_in_for_by_what_it_gave(
    node: Node, real: FakeRegistry, status: int
) -> None:
    real.push("library/nginx", "latest", LAYER)
    node.pull()
    real.statuses["manifests"] = status
    assert node.pull() == LAYER


# --- Who answers --------------------------------------------------------------------------


def test_a_stand_in_never_answers_where_the_registry_does(
    node: Node, real: FakeRegistry
) -> None:
    mine = stand_in(node.folder)
    assert node.ask(NGINX.format("latest"))[0] == 404  # there is no such tag, says the registry
    theirs = real.push("library/nginx", "latest", LAYER)
    assert manifest_digest(node.ask(NGINX.format("latest"))) == theirs
    node.pull()
    real.close()
    assert manifest_digest(node.ask(NGINX.format("latest"))) == theirs != mine


def test_a_stand_in_answers_where_the_registry_is_out_of_reach(
    node: Node, real: FakeRegistry
) -> None:
    mine = stand_in(node.folder)
    real.close()
    assert manifest_digest(node.ask(NGINX.format("latest"))) == mine
    status, reason, _ = node.ask(NGINX.format("1.14.2"))
    assert (status, "docker.io" in reason) == (502, True)


def test_half_of_a_cached_image_does_not_count(node: Node, real: FakeRegistry) -> None:
    mine = stand_in(node.folder)
    theirs = real.push("library/nginx", "latest", LAYER)
    assert manifest_digest(node.ask(NGINX.format("latest"))) == theirs
    real.close()
    assert manifest_digest(node.ask(NGINX.format("latest"))) == mine


def test_the_users_own_image_has_a_name_that_the_registry_does_not_know(
    node: Node, real: FakeRegistry
) -> None:
    mine = stand_in(node.folder, added=True)
    assert manifest_digest(node.ask(NGINX.format("latest"))) == mine
    theirs = real.push("library/nginx", "latest", LAYER)
    assert manifest_digest(node.ask(NGINX.format("latest"))) == theirs


def test_another_registrys_image_of_the_same_name_is_another(
    node: Node, real: FakeRegistry
) -> None:
    stand_in(node.folder)
    real.close()
    assert node.ask("/v2/library/nginx/manifests/latest?ns=ghcr.io")[0] == 502


# --- Who is asked -------------------------------------------------------------------------


def test_nobody_is_asked_where_none_may_be(real: FakeRegistry, tmp_path: Path) -> None:
    mine = stand_in(tmp_path)
    node = Node(tmp_path, "none")
    assert manifest_digest(node.ask(NGINX.format("latest"))) == mine
    assert not real.asked


def test_an_unreachable_registry_costs_its_time_once(tmp_path: Path) -> None:
    stand_in(tmp_path)
    with socket.create_server(("127.0.0.1", 0), backlog=1) as silent:  # takes, says nothing
        node = Node(tmp_path, f"docker.io=http://127.0.0.1:{silent.getsockname()[1]}")
        begun = time.monotonic()
        assert node.ask(NGINX.format("latest"))[0] == 200
        assert 1.0 < time.monotonic() - begun < 3.0
        begun = time.monotonic()
        for _ in range(5):
            assert node.ask(NGINX.format("latest"))[0] == 200
        assert time.monotonic() - begun < 0.5


@pytest.mark.parametrize(
    ("setting", "found"),
    [
        (None, None),
        ("", None),
        ("none", {}),
        ("docker.io=http://127.0.0.1:5001/", {"docker.io": "http://127.0.0.1:5001"}),
        (
            "docker.io, ghcr.io=https://mirror.example.com/ghcr",
            {
                "docker.io": "https://registry-1.docker.io",
                "ghcr.io": "https://mirror.example.com/ghcr",
            },
        ),
    ],
)
def test_the_setting(setting: str | None, found: dict[str, str] | None) -> None:
    assert addresses(setting) == found


@pytest.mark.parametrize(
    "setting", ["docker.io=ftp://x", "=http://x", "docker.io=nonsense", ","]
)
def test_a_setting_that_is_none(setting: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        addresses(setting)


def test_a_mirrors_path_stands_before_the_name(real: FakeRegistry, tmp_path: Path) -> None:
    digest = real.push("proxy/library/nginx", "latest", LAYER)
    remote = Remote(f"docker.io={real.address}/proxy")
    assert remote.digest("docker.io", "library/nginx", "latest") == digest


def test_a_pod_can_not_have_this_machines_own_network_asked(real: FakeRegistry) -> None:
    """Any host may stand in an image's name, and the registry's process reaches more."""
    real.push("library/nginx", "latest", LAYER)
    remote = Remote(None)
    for host in (f"127.0.0.1:{real.server_port}", f"localhost:{real.server_port}", "10.0.0.1"):
        assert not remote.reachable(host)
        with pytest.raises(OutOfReach):
            remote.digest(host, "library/nginx", "latest")
    assert not real.asked


@pytest.mark.parametrize(
    ("before", "after", "may"),
    [
        ("https://registry.example.com/v2/", "https://blobs.example.net/a?sign=1", True),
        ("https://registry.example.com/v2/", "http://blobs.example.net/a", False),
        ("https://registry.example.com/v2/", "https://127.0.0.1:6443/secrets", False),
        ("https://registry.example.com/v2/", "https://169.254.169.254/latest", False),
        ("https://registry.example.com/v2/", "https://[::1]/", False),
        ("https://registry.example.com/v2/", "https://localhost/", False),
        ("https://registry.example.com/v2/", "file:///etc/shadow", False),
        ("http://127.0.0.1:5000/v2/", "http://127.0.0.1:5001/blob", True),
        ("https://registry.example.com/v2/", "", False),
    ],
)
def test_a_registry_leads_nowhere_inside(before: str, after: str, may: bool) -> None:
    assert remote.may_lead(before, after) is may


def test_a_redirect_inside_is_refused() -> None:
    request = urllib.request.Request("https://registry.example.com/v2/a/blobs/b")
    with pytest.raises(remote.Refused, match="leads to"):
        remote.Redirects().redirect_request(request, None, 307, "", {}, "https://127.0.0.1/")
