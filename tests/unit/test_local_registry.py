"""The registry serves an images folder as a container runtime asks for it."""

from __future__ import annotations

import hashlib
import http.client
import io
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from kdocs_plugin.clusters.local.images import store
from kdocs_plugin.clusters.local.images.registry import MANIFEST, Registry

LAYER = b"a layer"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An images folder with one image, made by the code that makes the real ones."""
    made = store.Store(tmp_path)
    image = made.image("nginx", ["latest", "1.22.1"], "a test", io.BytesIO(LAYER), {"Cmd": []})
    store.write_index(tmp_path, [image])
    return tmp_path


@pytest.fixture
def connection(folder: Path) -> Iterator[http.client.HTTPConnection]:
    server = Registry(folder, ("127.0.0.1", 0))
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    made = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=5)
    yield made
    made.close()
    server.shutdown()
    server.server_close()


def ask(
    connection: http.client.HTTPConnection, path: str, method: str = "GET"
) -> tuple[int, dict[str, str], bytes]:
    connection.request(method, path)
    response = connection.getresponse()
    return response.status, dict(response.getheaders()), response.read()


def test_says_that_it_is_a_registry(connection: http.client.HTTPConnection) -> None:
    assert ask(connection, "/v2/")[0] == 200


@pytest.mark.parametrize("tag", ["latest", "1.22.1"])
@pytest.mark.parametrize("registry", ["docker.io", "mirror.example.com"])
def test_a_pull_goes_from_tag_to_layer(
    connection: http.client.HTTPConnection, tag: str, registry: str
) -> None:
    path = f"/v2/library/nginx/manifests/{tag}?ns={registry}"
    status, head, nothing = ask(connection, path, "HEAD")
    assert (status, nothing) == (200, b"")
    assert head["Content-Type"] == MANIFEST
    digest = head["Docker-Content-Digest"]
    status, _, body = ask(connection, f"/v2/library/nginx/manifests/{digest}")
    assert status == 200
    assert f"sha256:{hashlib.sha256(body).hexdigest()}" == digest
    assert int(head["Content-Length"]) == len(body)
    manifest = json.loads(body)
    for part in (manifest["config"], *manifest["layers"]):
        status, _, blob = ask(connection, f"/v2/library/nginx/blobs/{part['digest']}")
        assert status == 200
        assert (len(blob), f"sha256:{hashlib.sha256(blob).hexdigest()}") == (
            part["size"],
            part["digest"],
        )
    assert blob == LAYER


@pytest.mark.parametrize(
    "path",
    [
        "/v2/library/nginx/manifests/1.14.2",
        "/v2/nginx/manifests/latest",
        "/v2/library/redis/manifests/latest",
        f"/v2/library/nginx/blobs/sha256:{64 * '0'}",
        "/v2/library/nginx/blobs/sha256:../../images.json",
        "/v2/library/nginx/blobs/..%2f..%2fimages.json",
        "/images.json",
        "/",
    ],
)
def test_what_is_not_there_is_not_found(
    connection: http.client.HTTPConnection, path: str
) -> None:
    status, _, body = ask(connection, path)
    assert status == 404
    assert json.loads(body)["errors"]


def test_pushing_is_not_understood(connection: http.client.HTTPConnection) -> None:
    assert ask(connection, "/v2/library/nginx/blobs/uploads/", "POST")[0] == 501
