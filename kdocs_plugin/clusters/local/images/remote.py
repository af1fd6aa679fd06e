"""The real registries: the OCI distribution protocol's pull half, asked as a client.

In: which registries may be asked, and at which address (KDOCS_REGISTRIES). Out: digests,
manifests and blobs' streams, or an exception that says how the registry answered.
Anonymous: a token where the registry asks for one (the distribution project's token
authentication), no credentials of the user.

Standard library only: the registry process runs without site-packages.
"""

from __future__ import annotations

import contextlib
import functools
import http.client
import ipaddress
import json
import os
import re
import ssl
import threading
import time
import urllib.error
import urllib.request
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode, urlsplit

from kdocs_plugin.clusters.local.images.names import DOCKER_HUB
from kdocs_plugin.values import dataclass

SETTING = "KDOCS_REGISTRIES"
NONE = "none"
# Asked unless KDOCS_REGISTRIES says otherwise. A pod may name any host as an image's
# registry, and this process can reach what pods must not: the machine's own network. So
# no other is asked than those that are public and well known, or named by the user.
KNOWN = frozenset(
    """
    docker.io docker.elastic.co gcr.io ghcr.io lscr.io mcr.microsoft.com nvcr.io public.ecr.aws
    k8s.gcr.io quay.io registry.access.redhat.com registry.gitlab.com registry.k8s.io
    """.split()
)
LOOK_SECONDS = 2.0  # how long finding out whether a registry can be reached may take
AGAIN_SECONDS = 60.0  # after which an unreachable one is looked for again
ANSWER_SECONDS = 20.0  # for one read or write of a registry that was reached
LARGEST_MANIFEST = 4 << 20  # bytes; the protocol's own bound
ACCEPT = ", ".join(
    (
        "application/vnd.oci.image.index.v1+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
        "application/vnd.oci.image.manifest.v1+json",
        "application/vnd.docker.distribution.manifest.v2+json",
    )
)


class OutOfReach(Exception):
    """No answer: no network, no such host, a connection that was cut."""


class Refused(Exception):
    """The registry answered, and did not give what was asked for."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(f"{status} {said}")
        self.status = status  # of HTTP
        self.said = said

    @property
    def not_there(self) -> bool:
        """No such image, or none for somebody without a name: Docker Hub says 401 for both."""
        return self.status in (401, 403, 404)


@dataclass(frozen=True, slots=True)
class Manifest:
    """A manifest or an index of manifests, as the registry sent it."""

    digest: str
    body: bytes


def addresses(setting: str | None) -> dict[str, str] | None:
    """What KDOCS_REGISTRIES says. None: the well-known ones, at their own addresses.

    `none`, or `docker.io=http://127.0.0.1:5001,ghcr.io`: no registry is asked but these,
    a bare name at its own address. ValueError for anything else.
    """
    if not setting:
        return None
    if setting == NONE:
        return {}
    found = {}
    for entry in setting.split(","):
        name, _, address = entry.strip().partition("=")
        if not name or (address and urlsplit(address).scheme not in ("http", "https")):
            raise ValueError(entry)
        found[name] = (address or own_address(name)).rstrip("/")
    return found


def own_address(registry: str) -> str:
    """Where a registry is found. Docker Hub's goes by another name."""
    host = "registry-1.docker.io" if registry == DOCKER_HUB else registry
    return f"https://{host}"


class Look:
    """Whether an address can be reached: found out once, in the background."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.reached = False
        self._over = threading.Event()
        self._begun = 0.0
        self.begin()

    def begin(self) -> None:
        self._begun = time.monotonic()
        threading.Thread(target=self._look, daemon=True).start()

    def _look(self) -> None:
        # Any answer will do: 401 is the usual one.
        try:
            with _opener(self.address).open(f"{self.address}/v2/", timeout=LOOK_SECONDS):
                self.reached = True
        except urllib.error.HTTPError:
            self.reached = True
        except (OSError, http.client.HTTPException, ValueError):
            self.reached = False
        self._over.set()

    def answer(self) -> bool:
        """What is known, after at most LOOK_SECONDS since the look began."""
        left = self._begun + LOOK_SECONDS - time.monotonic()
        self._over.wait(max(0.0, left))
        if not self.reached and -left > AGAIN_SECONDS:
            self.begin()  # for the next one who asks
        return self.reached


class Remote:
    """All real registries. Safe to use from several threads."""

    def __init__(self, setting: str | None = None) -> None:
        self._addresses = addresses(setting)
        self._looks: dict[str, Look] = {}
        self._tokens: dict[tuple[str, str], str] = {}
        self._lock = threading.Lock()

    @classmethod
    def configured(cls) -> Remote:
        """As the environment says."""
        return cls(os.environ.get(SETTING))

    def begin(self, *registries: str) -> None:
        """Start to look for registries, so that the answer is there when it is needed."""
        for registry in registries:
            self._look(registry)

    def reachable(self, registry: str) -> bool:
        """Whether a registry may be asked and answers. Costs LOOK_SECONDS at most, once."""
        look = self._look(registry)
        return look is not None and look.answer()

    def digest(self, registry: str, repository: str, reference: str) -> str:
        """The digest of a tag, "" where the registry doesn't say without the whole."""
        with self._open(registry, repository, "manifests", reference, "HEAD") as response:
            found = response.headers.get("Docker-Content-Digest", "")
        return found if re.fullmatch(r"sha256:[0-9a-f]{64}", found) else ""

    def manifest(self, registry: str, repository: str, reference: str) -> Manifest:
        """A manifest, by tag or digest. Raises Refused also for one that is not the
        digest's."""
        with self._open(registry, repository, "manifests", reference) as response:
            said = response.headers.get("Docker-Content-Digest", "")
            try:
                body = response.read(LARGEST_MANIFEST + 1)
            except (OSError, http.client.HTTPException) as error:
                raise OutOfReach(f"{registry}: {error}") from error
        digest = f"sha256:{sha256(body).hexdigest()}"
        wanted = reference if reference.startswith("sha256:") else said
        if wanted.startswith("sha256:") and wanted != digest:
            raise Refused(502, f"{registry} sent a manifest with another digest")
        try:
            valid = isinstance(json.loads(body), dict)
        except ValueError:
            valid = False
        if not valid or len(body) > LARGEST_MANIFEST:
            raise Refused(502, f"{registry} sent what is no manifest")
        return Manifest(digest, body)

    def blob(self, registry: str, repository: str, digest: str) -> Any:
        """A blob's bytes as a response to read, unverified. Close it."""
        return self._open(registry, repository, "blobs", digest)

    def _look(self, registry: str) -> Look | None:
        address = self._address(registry)
        if not address:
            return None
        with self._lock:
            if address not in self._looks:
                self._looks[address] = Look(_root(address))
            return self._looks[address]

    def _address(self, registry: str) -> str:
        if not registry:
            return ""
        if self._addresses is None:
            return own_address(registry) if registry in KNOWN else ""
        return self._addresses.get(registry, "")

    def _open(
        self, registry: str, repository: str, kind: str, what: str, method: str = "GET"
    ) -> Any:
        if not self.reachable(registry):
            raise OutOfReach(f"{registry} is out of reach")
        address = self._address(registry)
        prefix = urlsplit(address).path.strip("/")  # a mirror's project, before the name
        inside = f"{prefix}/{repository}" if prefix else repository
        url = f"{_root(address)}/v2/{inside}/{kind}/{what}"
        key = (registry, repository)
        try:
            try:
                return self._send(url, method, self._tokens.get(key, ""))
            except urllib.error.HTTPError as error:
                challenge = error.headers.get("WWW-Authenticate", "")
                if error.code != 401 or not challenge.lower().startswith("bearer "):
                    raise
                error.close()
                self._tokens[key] = self._token(challenge, inside, error.url or url)
                # The one who asked for it may be another than the one first asked.
                return self._send(error.url or url, method, self._tokens[key])
        except urllib.error.HTTPError as error:
            with error:
                raise Refused(error.code, f"{registry} says: {_first_error(error)}") from error
        except (OSError, http.client.HTTPException) as error:
            self._lose(registry)
            raise OutOfReach(f"{registry}: {error}") from error

    def _send(self, url: str, method: str, token: str) -> Any:
        request = urllib.request.Request(  # noqa: S310 - http or https: addresses() saw to it
            url, method=method, headers={"Accept": ACCEPT, "User-Agent": "kdocs"}
        )
        if token:  # not for those to whom we are redirected
            request.add_unredirected_header("Authorization", f"Bearer {token}")
        return _opener(url).open(request, timeout=ANSWER_SECONDS)

    def _token(self, challenge: str, repository: str, asked: str) -> str:
        said = dict(re.findall(r'(\w+)="([^"]*)"', challenge))
        realm = said.get("realm", "")
        if not may_lead(asked, realm):
            raise Refused(401, f"a challenge that leads to {realm or 'nowhere'}")
        query = {"scope": said.get("scope") or f"repository:{repository}:pull"}
        if "service" in said:
            query["service"] = said["service"]
        mark = "&" if "?" in realm else "?"
        with self._send(f"{realm}{mark}{urlencode(query)}", "GET", "") as response:
            try:
                document = json.loads(response.read(1 << 20))
                return str(document.get("token") or document["access_token"])
            except (ValueError, KeyError, AttributeError) as error:
                raise Refused(401, "an answer without a token") from error

    def _lose(self, registry: str) -> None:
        look = self._look(registry)
        if look is not None:
            look.reached = False


def _root(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def may_lead(before: str, after: str) -> bool:
    """Whether a registry at one address may send us to another: never from the world into
    this machine or its network, and never from https to http."""
    here, there = urlsplit(before), urlsplit(after)
    if there.scheme != "https" and (here.scheme == "https" or there.scheme != "http"):
        return False
    return _is_inside(here.hostname or "") or not _is_inside(there.hostname or "")


def _is_inside(host: str) -> bool:
    """Whether a host is of this machine or a private network, by its name or number."""
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return host == "localhost" or "." not in host or host.endswith((".local", ".internal"))


class Redirects(urllib.request.HTTPRedirectHandler):
    """Follows where a registry may lead."""

    def redirect_request(
        self, req: urllib.request.Request, fp: Any, code: int, msg: str, headers: Any,
        newurl: str,
    ) -> urllib.request.Request | None:  # fmt: skip
        if not may_lead(req.full_url, newurl):
            raise Refused(403, f"{urlsplit(req.full_url).hostname} leads to {newurl}")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _opener(url: str) -> urllib.request.OpenerDirector:
    return _opener_for(urlsplit(url).hostname in ("127.0.0.1", "localhost", "::1"))


@functools.cache  # the system's certificates take 30 ms to read
def _opener_for(this_machine: bool) -> urllib.request.OpenerDirector:
    """With the proxy that the environment names, except to this machine itself."""
    trust = urllib.request.HTTPSHandler(context=ssl.create_default_context())
    if this_machine:
        return urllib.request.build_opener(trust, Redirects(), urllib.request.ProxyHandler({}))
    return urllib.request.build_opener(trust, Redirects())


def _first_error(error: urllib.error.HTTPError) -> str:
    """The registry's own word for it, in a line."""
    said = ""
    with contextlib.suppress(OSError, http.client.HTTPException, ValueError, LookupError,
                             TypeError):  # fmt: skip
        first = json.loads(error.read(1 << 16))["errors"][0]
        said = str(first.get("message") or first.get("code"))
    return " ".join((said or error.reason or str(error.code)).split())[:200]
