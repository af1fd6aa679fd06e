"""The pull-through cache against the distribution project's own registry, on loopback.

    go build github.com/distribution/distribution/v3/cmd/registry   # v3.1.2
    python benchmarks/real_registry.py ./registry

Pushes the installed nginx image with the protocol's push half, pulls it through the cache
cold, warm and with the registry gone, and compares every byte. The unit tests play the
registry themselves (tests/fake_registry.py): building the real one takes minutes.
"""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from kdocs_plugin.clusters.local import installed
from kdocs_plugin.clusters.local.images import store
from kdocs_plugin.clusters.local.images.cache import Cache
from kdocs_plugin.clusters.local.images.registry import Registry
from kdocs_plugin.clusters.local.images.remote import Remote

PORT = 5055
CONFIG = """\
version: 0.1
log: {level: error}
storage: {filesystem: {rootdirectory: FOLDER}}
http: {addr: "127.0.0.1:PORT"}
"""


def request(
    method: str, path: str, body: bytes | None = None, kind: str = "", port: int = PORT
) -> tuple[int, http.client.HTTPMessage, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Content-Type": kind} if kind else {}
    connection.request(method, path, body, headers)
    response = connection.getresponse()
    found = response.status, response.headers, response.read()
    connection.close()
    return found


def push(images: Path, image: store.Image) -> None:
    manifest = store.document(images, image.digest)
    assert manifest is not None
    for part in store.children(manifest):
        path = store.blob(images, part["digest"])
        assert path is not None
        _, headers, _ = request("POST", "/v2/library/nginx/blobs/uploads/")
        where = headers["Location"].partition(f":{PORT}")[2]
        octets = "application/octet-stream"
        status, _, said = request(
            "PUT", f"{where}&digest={part['digest']}", path.read_bytes(), octets
        )
        assert status == 201, said
    body = store.blob(images, image.digest)
    assert body is not None
    url = "/v2/library/nginx/manifests/latest"
    status, _, said = request("PUT", url, body.read_bytes(), store.MANIFEST)
    assert status == 201, said


def pull(port: int) -> dict[str, bytes]:
    status, headers, body = request(
        "GET", "/v2/library/nginx/manifests/latest?ns=docker.io", port=port
    )
    assert status == 200, (status, body)
    found = {headers["Docker-Content-Digest"]: body}
    for part in store.children(json.loads(body)):
        url = f"/v2/library/nginx/blobs/{part['digest']}?ns=docker.io"
        status, _, blob = request("GET", url, port=port)
        assert status == 200, (status, blob)
        found[part["digest"]] = blob
    return found


def main() -> None:
    installation = installed()
    assert installation is not None, "kdocs cluster install"
    images = installation.images
    image = next(each for each in store.index(images) if each.name == "nginx")
    with tempfile.TemporaryDirectory() as work:
        config = Path(work, "config.yml")
        text = CONFIG.replace("FOLDER", f"{work}/registry").replace("PORT", str(PORT))
        config.write_text(text)
        registry = subprocess.Popen([sys.argv[1], "serve", str(config)])
        try:
            for _ in range(100):
                try:
                    request("GET", "/v2/")
                    break
                except OSError:
                    time.sleep(0.05)
            push(images, image)
            cache = Cache(Path(work, "images"), Remote(f"docker.io=http://127.0.0.1:{PORT}"))
            server = Registry(Path(work, "images"), ("127.0.0.1", 0), cache)
            threading.Thread(target=server.serve_forever, daemon=True).start()
            server.RequestHandlerClass.log_message = lambda *_: None  # type: ignore[assignment, method-assign]
            for name in ("cold", "warm", "gone"):
                if name == "gone":
                    registry.terminate()
                    registry.wait(20)
                begun = time.monotonic()
                found = pull(server.server_port)
                seconds = time.monotonic() - begun
                for digest, content in found.items():
                    path = store.blob(images, digest)
                    assert path is not None
                    assert path.read_bytes() == content
                size = sum(map(len, found.values())) / 1e6
                print(f"{name}: {size:.0f} MB in {seconds:.2f} s")
            status, _, body = request(
                "GET", "/v2/library/none/manifests/1?ns=docker.io", port=server.server_port
            )
            print(f"an image that nobody has: {status} {body.decode()}")
        finally:
            registry.kill()


if __name__ == "__main__":
    main()
