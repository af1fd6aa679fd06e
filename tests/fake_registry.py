"""A registry on loopback that does what a real one can't be asked to do.

It is a fake: it plays token authentication, a wrong digest, a cut connection, 429 and 500,
which nobody can order from a real registry. benchmarks/real_registry.py runs the same
pulls against the distribution project's own.
"""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"


def digest_of(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def tar_of(files: dict[str, bytes]) -> bytes:
    """A layer with these files, all of them executable."""
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(content), 0o755
            tar.addfile(member, io.BytesIO(content))
    return whole.getvalue()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: FakeRegistry

    def log_message(self, *_: Any) -> None: ...

    def do_HEAD(self) -> None:
        self.answer()

    def do_GET(self) -> None:
        self.answer()

    def answer(self) -> None:
        fake, address = self.server, urlsplit(self.path)
        kind = next(
            (k for k in ("token", "manifests", "blobs") if f"/{k}" in address.path), "v2"
        )
        with fake.lock:
            fake.asked[f"{self.command} {kind}"] += 1
        if kind == "token":
            scope = parse_qs(address.query)["scope"][0]
            self.reply(200, json.dumps({"token": f"for {scope}"}).encode())
            return
        if fake.token and kind != "v2":
            name = address.path.removeprefix("/v2/").rpartition(f"/{kind}/")[0]
            if self.headers.get("Authorization") != f"Bearer for repository:{name}:pull":
                realm = f'Bearer realm="{fake.address}/token",service="fake"'
                self.reply(
                    401, b"{}", {"WWW-Authenticate": f'{realm},scope="repository:{name}:pull"'}
                )
                return
        if kind in fake.statuses:
            error = {"code": "PLAYED", "message": f"played {fake.statuses[kind]}"}
            self.reply(fake.statuses[kind], json.dumps({"errors": [error]}).encode())
            return
        what = address.path.rpartition("/")[2]
        if kind == "v2":
            self.reply(200, b"{}")
        elif kind == "manifests":
            body = fake.manifests.get(address.path)
            if body is None:
                self.reply(404, b'{"errors":[{"code":"MANIFEST_UNKNOWN"}]}')
            else:
                digest = digest_of(body)
                media_type = json.loads(body).get("mediaType", MANIFEST)
                self.reply(
                    200, body, {"Docker-Content-Digest": digest, "Content-Type": media_type}
                )
        elif fake.redirect and not address.query:
            self.reply(307, b"", {"Location": f"{fake.address}{address.path}?redirected"})
        elif what not in fake.blobs:
            self.reply(404, b'{"errors":[{"code":"BLOB_UNKNOWN"}]}')
        else:
            self.reply_blob(fake.blobs[what])

    def reply(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def reply_blob(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        half = len(body) // 2
        self.wfile.write(body[:half])
        self.wfile.flush()
        self.server.may_finish.wait(20)
        if self.server.cut:
            self.close_connection = True
            return
        self.wfile.write(body[half:])


class FakeRegistry(ThreadingHTTPServer):
    """The server and its moods."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server_port}"
        self.asked: Counter[str] = Counter()
        self.lock = threading.Lock()
        self.manifests: dict[str, bytes] = {}  # by path
        self.blobs: dict[str, bytes] = {}  # by the digest under which they are asked for
        self.token = False  # ask for a token first
        self.redirect = False  # send those who want a blob elsewhere
        self.cut = False  # end the connection in the middle of a blob
        self.statuses: dict[str, int] = {}  # answer these kinds of requests with this
        self.may_finish = threading.Event()  # else blobs stop half way
        self.may_finish.set()
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    def push(
        self, repository: str, tag: str, layer: bytes, *, config: dict[str, Any] | None = None,
        architecture: str = "amd64",
    ) -> str:  # fmt: skip
        """Have an image of one layer. Returns its digest."""
        described = {
            "architecture": architecture,
            "os": "linux",
            "config": config or {},
            "rootfs": {"type": "layers", "diff_ids": [digest_of(layer)]},
        }
        settings = json.dumps(described).encode()
        for blob in (layer, settings):
            self.blobs[digest_of(blob)] = blob
        kinds = ("config", settings), ("layer", layer)
        parts = [
            {
                "mediaType": f"application/vnd.oci.image.{kind}.v1+{suffix}",
                "digest": digest_of(blob),
                "size": len(blob),
            }
            for (kind, blob), suffix in zip(kinds, ("json", "tar"), strict=True)
        ]
        parts[1]["mediaType"] = "application/vnd.oci.image.layer.v1.tar"
        return self.keep(
            repository,
            tag,
            {
                "schemaVersion": 2,
                "mediaType": MANIFEST,
                "config": parts[0],
                "layers": parts[1:],
            },
        )

    def keep(self, repository: str, tag: str, manifest: dict[str, Any]) -> str:
        body = json.dumps(manifest).encode()
        for reference in (tag, digest_of(body)):
            self.manifests[f"/v2/{repository}/manifests/{reference}"] = body
        return digest_of(body)

    def pause(self, seconds: float) -> None:
        """Send halves of blobs only, and the rest in a moment."""
        self.may_finish.clear()
        threading.Timer(seconds, self.may_finish.set).start()

    def close(self) -> None:
        self.may_finish.set()
        self.shutdown()
        self.server_close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
