"""A read-only image registry: the OCI distribution protocol's pull half, over HTTP.

In: a folder with `images.json` and `blobs/sha256/`, as images.py writes it. Out: an
HTTP server that answers `GET` and `HEAD` of manifests and blobs. containerd asks it as
the mirror of every registry, so `docker.io/library/nginx:latest` arrives here as
`/v2/library/nginx/manifests/latest`, whichever registry's name it bears.

A name that is not in the index is a plain 404, which the runtime reports as the real
registry would: nothing pretends to be an image that is not there. The node's init
process loads this file by its path before it leaves the host's root, so it imports
nothing beyond the standard library, and nothing late.
"""

from __future__ import annotations

import json
import re
import shutil
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import TCPServer
from urllib.parse import urlsplit

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
REQUEST = re.compile(
    r"/v2/(?P<name>[a-z0-9._/-]+)/(?P<kind>manifests|blobs)/(?P<what>[\w.:-]+)"
)
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


class Handler(BaseHTTPRequestHandler):
    """Answers one connection; the server knows the folder."""

    protocol_version = "HTTP/1.1"
    server: Registry

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def _answer(self, *, with_body: bool) -> None:
        address = urlsplit(self.path)
        if address.path.rstrip("/") == "/v2":
            self._send(200, b"{}", with_body=with_body)
            return
        request = REQUEST.fullmatch(address.path)
        if request is None:
            self._missing("NAME_UNKNOWN", with_body=with_body)
            return
        kind, what = request["kind"], request["what"]
        digest: str | None = what
        if kind == "manifests":
            digest = self.server.resolve(request["name"], what)
        blob = self.server.blob(digest) if digest else None
        if digest is None or blob is None:
            known = "MANIFEST_UNKNOWN" if kind == "manifests" else "BLOB_UNKNOWN"
            self._missing(known, with_body=with_body)
            return
        self.send_response(200)
        media_type = MANIFEST if kind == "manifests" else "application/octet-stream"
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(blob.stat().st_size))
        self.send_header("Docker-Content-Digest", digest)
        self.end_headers()
        if with_body:
            with blob.open("rb") as content:
                shutil.copyfileobj(content, self.wfile, 1 << 20)

    def _missing(self, code: str, *, with_body: bool) -> None:
        body = json.dumps({"errors": [{"code": code, "message": code.lower()}]}).encode()
        self._send(404, body, with_body=with_body)

    def _send(self, status: int, body: bytes, *, with_body: bool) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if with_body:
            self.wfile.write(body)


class Registry(ThreadingHTTPServer):
    """The server, bound at once; `serve_forever` answers."""

    daemon_threads = True

    def __init__(self, folder: Path, address: tuple[str, int]) -> None:
        self.folder = folder
        super().__init__(address, Handler)

    def server_bind(self) -> None:
        """Bind without looking up the host's name, as HTTPServer would."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]

    def resolve(self, repository: str, reference: str) -> str | None:
        """The digest that a tag or digest of a repository stands for, None if not here."""
        images = json.loads((self.folder / "images.json").read_text())["images"]
        for image in images:
            if repository != image["repository"]:
                continue
            if reference == image["digest"] or reference in image["tags"]:
                digest: str = image["digest"]
                return digest
        return None

    def blob(self, digest: str) -> Path | None:
        """The file that holds a blob, None where the digest is unknown or malformed."""
        if not DIGEST.fullmatch(digest):
            return None
        path = self.folder / "blobs" / "sha256" / digest.removeprefix("sha256:")
        return path if path.is_file() else None
