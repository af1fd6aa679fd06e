"""An image registry for the node: the OCI distribution protocol's pull half, over HTTP.

In: an images folder (store.py) and, where real registries may be asked, a cache of them
(cache.py). Out: an HTTP server that answers `GET` and `HEAD` of manifests and blobs.
containerd asks it as the mirror of every registry, so `docker.io/library/nginx:latest`
arrives here as `/v2/library/nginx/manifests/latest?ns=docker.io`.

Who answers for a tag, in this order:

    the cluster's own parts (pause, add-ons), which are never another's
    the real registry, where it can be reached; what it says is final, also "no such tag",
        except that a user's own image may have a name that it doesn't know
    what the real registry gave earlier
    what the user added (`kdocs cluster image add`)
    a stand-in made of Debian packages: only where the registry is out of reach

What nobody has is refused: 404 where the registry said so, else a status whose text says
that the registry is out of reach. The runtime reports both as it would a registry's.

Standard library and this folder's modules only. Until the node starts it as a process of
its own (serve.py), its init process runs it after it has left the host's root, so nothing
is imported late.
"""

from __future__ import annotations

import errno
import json
import re
import shutil
import socket
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import TCPServer
from urllib.parse import parse_qs, urlsplit

from kdocs_plugin.clusters.local.images import names, store
from kdocs_plugin.clusters.local.images.cache import Cache
from kdocs_plugin.clusters.local.images.remote import OutOfReach, Refused

MANIFEST = store.MANIFEST
REQUEST = re.compile(
    rf"/v2/(?P<name>{names.REPOSITORY})/(?P<kind>manifests|blobs)/(?P<what>[\w.:-]+)", re.ASCII
)
REFERENCE = re.compile(rf"{names.DIGEST}|{names.TAG}", re.ASCII)


class Handler(BaseHTTPRequestHandler):
    """Answers one connection; the server knows the images."""

    protocol_version = "HTTP/1.1"
    server: Registry
    timeout = 300  # seconds in which a client says nothing

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
        if request is None or not REFERENCE.fullmatch(request["what"]):
            self._refuse(404, "no such name", "NAME_UNKNOWN", with_body=with_body)
            return
        registry = parse_qs(address.query).get("ns", [""])[0]
        if not re.fullmatch(names.REGISTRY, registry):
            registry = ""
        answer = self._manifest if request["kind"] == "manifests" else self._blob
        code = "MANIFEST_UNKNOWN" if request["kind"] == "manifests" else "BLOB_UNKNOWN"
        try:
            answer(registry, request["name"], request["what"], with_body=with_body)
        except Refused as refused:
            status = 404 if refused.not_there else refused.status
            self._refuse(status, refused.said, code, with_body=with_body)
        except OutOfReach as error:
            # The runtime shows the status' text in the pod's events: it says the truth.
            self._refuse(502, str(error), code, with_body=with_body)
        except OSError as error:
            full = error.errno in (errno.ENOSPC, errno.EDQUOT)
            self._refuse(507 if full else 500, str(error), code, with_body=with_body)

    def _manifest(self, registry: str, name: str, reference: str, *, with_body: bool) -> None:
        digest = self.server.resolve(registry, name, reference)
        path = store.blob(self.server.folder, digest)
        manifest = store.document(self.server.folder, digest)
        if path is None or manifest is None:
            raise Refused(404, "manifest unknown")
        self._send_file(path, digest, store.media_type(manifest), with_body=with_body)

    def _blob(self, registry: str, name: str, digest: str, *, with_body: bool) -> None:
        cache = self.server.cache
        path = store.blob(self.server.folder, digest)
        if path is None and cache is not None and registry and re.match("sha256:", digest):
            arriving = cache.fetch(registry, name, digest)
            if arriving is not None:
                with arriving.open() as file:
                    self._head(digest, "application/octet-stream", arriving.size)
                    if with_body:
                        self._pass_on(arriving.read(file))
                return
            path = store.blob(self.server.folder, digest)
        if path is None:
            raise Refused(404, "blob unknown")
        self._send_file(path, digest, "application/octet-stream", with_body=with_body)

    def _send_file(self, path: Path, digest: str, kind: str, *, with_body: bool) -> None:
        with path.open("rb") as content:
            self._head(digest, kind, path.stat().st_size)
            if with_body:
                shutil.copyfileobj(content, self.wfile, 1 << 20)

    def _head(self, digest: str, kind: str, size: int | None) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Docker-Content-Digest", digest)
        if size is None:
            self.send_header("Connection", "close")
            self.close_connection = True
        else:
            self.send_header("Content-Length", str(size))
        self.end_headers()

    def _pass_on(self, pieces: Iterator[bytes]) -> None:
        """Send what comes; where it is cut off, so is the answer: it must not look whole."""
        try:
            for piece in pieces:
                self.wfile.write(piece)
        except (OutOfReach, Refused, OSError) as error:
            self.log_error("cut off: %s", error)
            self.close_connection = True

    def _refuse(self, status: int, said: str, code: str, *, with_body: bool) -> None:
        if status != 404:
            self.log_error("%s", said)
        body = json.dumps({"errors": [{"code": code, "message": said}]}).encode()
        line = "" if status == 404 else said.encode("ascii", "replace").decode()
        self._send(status, body, line, with_body=with_body)

    def _send(self, status: int, body: bytes, line: str = "", *, with_body: bool) -> None:
        self.send_response(status, " ".join(line.split()) or None)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if with_body:
            self.wfile.write(body)


class Registry(ThreadingHTTPServer):
    """The server, listening at once; `serve_forever` answers.

    `where` is an address to bind or a socket that is bound already. Without a `cache` no
    real registry is ever asked, and what it gave earlier is not looked for.
    """

    daemon_threads = True

    def __init__(
        self, folder: Path, where: tuple[str, int] | socket.socket, cache: Cache | None = None
    ) -> None:
        self.folder = folder
        self.cache = cache
        if isinstance(where, socket.socket):
            super().__init__(where.getsockname()[:2], Handler, bind_and_activate=False)
            self.socket.close()
            self.socket = where
            self.socket.listen(self.request_queue_size)
            self._name()
        else:
            super().__init__(where, Handler)

    def server_bind(self) -> None:
        """Bind without looking up the host's name, as HTTPServer would."""
        TCPServer.server_bind(self)
        self._name()

    def _name(self) -> None:
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]

    def resolve(self, registry: str, repository: str, reference: str) -> str:
        """The digest that a tag or digest of a repository stands for.

        Raises Refused where nobody has it, and OutOfReach where somebody may have it who
        can't be asked.
        """
        if store.document(self.folder, reference) is not None:  # by digest, and here
            return reference
        images = [
            image
            for image in store.index(self.folder)
            if image.answers(registry, repository, reference)
        ]
        if parts := [image for image in images if image.origin == "component"]:
            return parts[0].digest
        own = next((image.digest for image in images if image.added), None)
        trouble: Exception = Refused(404, "manifest unknown")
        if self.cache is not None and registry:
            try:
                return self.cache.resolve(registry, repository, reference)
            except Refused as refused:
                cached = self.cache.recall(registry, repository, reference)
                found = own if refused.not_there else cached or own
                if found is None:
                    raise
                return found
            except OutOfReach as error:
                trouble = error
                if cached := self.cache.recall(registry, repository, reference):
                    return cached
        stand_in = next((image.digest for image in images), None)
        if own or stand_in:
            return own or stand_in or ""
        raise trouble
