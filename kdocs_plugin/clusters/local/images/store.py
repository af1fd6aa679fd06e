"""Images in a folder: `blobs/sha256/` and an index.

In: layers and configurations. Out: `blobs/sha256/` (manifest, configuration, layers of
each image) and `images.json`, which says what each image is called, which digest it has
and where it came from. registry.py serves the folder as it is; what it had from real
registries is in the same blobs, under names of its own (cache.py).

Whoever changes the index holds the folder's lock (`alone`); readers need none, for the
index is replaced in one move.
"""

from __future__ import annotations

import contextlib
import fcntl
import gzip
import hashlib
import io
import json
import os
import platform
import re
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any, Literal

INDEX = "images.json"
SCHEMA = 1
CACHED = "cached"  # the folder in which cache.py keeps what real registries said
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
MANIFEST_LIST = "application/vnd.oci.image.index.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar"  # unpacked once a cluster: no gzip
HALF = "."  # a blob that is being written has a name that begins so
OLD_SECONDS = 60.0  # a half blob that nobody holds is a dead writer's only after a while
PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
MACHINES = {"x86_64": "amd64", "aarch64": "arm64", "arm64": "arm64", "AMD64": "amd64"}

# stand-in: made here of Debian packages, bears another's name. component: the cluster's
# own parts, upstream's programs. debian, archive: what the user added, by either way.
Origin = Literal["stand-in", "component", "debian", "archive"]


@dataclass(frozen=True, slots=True)
class Image:
    """An image in the index."""

    name: str  # as people write it: nginx
    repository: str  # as a registry knows it: library/nginx
    tags: tuple[str, ...]
    digest: str
    made_from: str  # nginx-light 1.22.1-9+deb12u1
    registry: str = ""  # whose name it bears: docker.io; "" any
    origin: Origin = "stand-in"
    size: int = 0  # bytes of manifest, configuration and layers

    @property
    def stand_in(self) -> bool:
        """Made of Debian packages, and so not what the name's registry has."""
        return self.origin in ("stand-in", "debian")

    @property
    def added(self) -> bool:
        """The user's own."""
        return self.origin in ("debian", "archive")

    def answers(self, registry: str, repository: str, reference: str) -> bool:
        """Whether a request by tag or digest means this image."""
        return (
            repository == self.repository
            and registry in ("", self.registry or registry)
            and (reference == self.digest or reference in self.tags)
        )


def true_tags(version: str) -> list[str]:
    """The tags that are true of a version: 1.22.1 is also 1.22, and what is newest here."""
    return ["latest", version, ".".join(version.split(".")[:2])]


def architecture() -> str:
    """This machine's, in the words of images: amd64, arm64."""
    return MACHINES.get(platform.machine(), platform.machine())


# --- The index --------------------------------------------------------------------------


def write_index(folder: Path, made: Sequence[Image]) -> None:
    """Say which images are in `folder`, in one move."""
    document = {"schema": SCHEMA, "images": [asdict(image) for image in made]}
    partial = folder / f"{INDEX}.partial"
    partial.write_text(json.dumps(document, indent=2) + "\n")
    partial.replace(folder / INDEX)


def index(folder: Path) -> tuple[Image, ...]:
    """The images in `folder`; none where they were not made yet."""
    try:
        document = json.loads((folder / INDEX).read_text())
    except FileNotFoundError:
        return ()
    if document.get("schema") != SCHEMA:
        return ()
    return tuple(
        Image(**{**entry, "tags": tuple(entry["tags"])}) for entry in document["images"]
    )


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """One that changes the index at a time, whichever process it is."""
    (folder / "blobs" / "sha256").mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def put(folder: Path, images: Iterable[Image]) -> None:
    """Add images to the index. Each takes its tags away from others of its repository,
    of the same standing: a user's image hides a stand-in and doesn't end it.
    Call it within `alone`.
    """
    listed = list(index(folder))
    for new in images:
        listed = [kept for old in listed if (kept := _without(old, new)) is not None]
        listed.append(new)
    write_index(folder, listed)


def _without(old: Image, new: Image) -> Image | None:
    same = (old.registry, old.repository, old.added) == (
        new.registry,
        new.repository,
        new.added,
    )
    if not same:
        return old
    tags = tuple(tag for tag in old.tags if tag not in new.tags)
    if tags == old.tags:
        return old
    return Image(**{**asdict(old), "tags": tags}) if tags else None


# --- Blobs ------------------------------------------------------------------------------


def blob(folder: Path, digest: str) -> Path | None:
    """The file that holds a blob, None where the digest is unknown or malformed."""
    if not re.fullmatch(r"sha256:[0-9a-f]{64}", digest):
        return None
    path = folder / "blobs" / "sha256" / digest.removeprefix("sha256:")
    return path if path.is_file() else None


def document(folder: Path, digest: str) -> dict[str, Any] | None:
    """A blob as JSON, None where it is not here or is none."""
    path = blob(folder, digest)
    if path is None or path.stat().st_size > 8 << 20:
        return None
    try:
        found = json.loads(path.read_bytes())
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def media_type(manifest: Mapping[str, Any]) -> str:
    """What a manifest says of its own kind; OCI lets it leave that out."""
    said = manifest.get("mediaType")
    if isinstance(said, str):
        return said
    return MANIFEST_LIST if "manifests" in manifest else MANIFEST


def children(manifest: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The descriptors in a manifest or an index."""
    parts = [*manifest.get("manifests", ()), *manifest.get("layers", ())]
    return [*parts, manifest["config"]] if "config" in manifest else parts


def for_machine(manifests: Sequence[Mapping[str, Any]], machine: str) -> str:
    """The digest of the manifest for this machine's architecture, "" where none is."""
    for each in manifests:
        where = each.get("platform") or {}
        if (where.get("os", "linux"), where.get("architecture", machine)) == ("linux", machine):
            return str(each["digest"])
    return ""


def complete(folder: Path, digest: str) -> bool:
    """Whether all that this machine needs of an image is here."""
    manifest = document(folder, digest)
    if manifest is None:
        return False
    if "manifests" in manifest:
        chosen = for_machine(manifest["manifests"], architecture())
        return bool(chosen) and complete(folder, chosen)
    return all(blob(folder, part["digest"]) for part in children(manifest))


def needed(folder: Path) -> set[str]:
    """Digests of all blobs that an image here consists of."""
    waiting = [image.digest for image in index(folder)]
    for path in (folder / CACHED).rglob("_tags/*"):
        with contextlib.suppress(OSError, ValueError, KeyError):
            waiting.append(json.loads(path.read_text())["digest"])
    seen: set[str] = set()
    while waiting:
        digest = waiting.pop()
        if digest in seen:
            continue
        seen.add(digest)
        manifest = document(folder, digest)
        if manifest is not None and ("manifests" in manifest or "layers" in manifest):
            waiting += [str(part["digest"]) for part in children(manifest)]
    return seen


def forget_others(folder: Path) -> None:
    """Remove the blobs that no image needs and the halves that dead writers left.

    Call it within `alone`.
    """
    wanted = needed(folder)
    for path in (folder / "blobs" / "sha256").iterdir():
        if path.name.startswith(HALF):
            _remove_half(path)
        elif f"sha256:{path.name}" not in wanted:
            path.unlink(missing_ok=True)


def _remove_half(path: Path) -> None:
    with contextlib.suppress(OSError), path.open("rb") as file:
        if time.time() - os.fstat(file.fileno()).st_mtime > OLD_SECONDS:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # a living writer holds it
            path.unlink()


@contextlib.contextmanager
def half(folder: Path) -> Iterator[Any]:
    """A file for a blob that is being written, gone afterwards unless it was renamed."""
    blobs = folder / "blobs" / "sha256"
    blobs.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=blobs, prefix=HALF, delete=False) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            os.fchmod(file.fileno(), 0o644)
            yield file
        finally:
            Path(file.name).unlink(missing_ok=True)


def keep(file: Any, folder: Path, digest: str) -> None:
    """Give a half blob its name, once all of it is written and is what it should be."""
    file.flush()
    Path(file.name).replace(folder / "blobs" / "sha256" / digest.removeprefix("sha256:"))


class Store:
    """Writes blobs and images of one layer."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def add(self, content: IO[bytes]) -> tuple[str, int]:
        """Keep a stream's bytes. Returns their digest and how many they are."""
        digest, size = hashlib.sha256(), 0
        with half(self.folder) as file:
            while chunk := content.read(1 << 20):
                digest.update(chunk)
                size += len(chunk)
                file.write(chunk)
            keep(file, self.folder, f"sha256:{digest.hexdigest()}")
        return f"sha256:{digest.hexdigest()}", size

    def add_json(self, document: Mapping[str, Any]) -> tuple[str, int]:
        return self.add(io.BytesIO(json.dumps(document, sort_keys=True).encode()))

    def image(
        self,
        name: str,
        tags: Sequence[str],
        made_from: str,
        layers: IO[bytes] | Sequence[tuple[str, int]],
        config: Mapping[str, Any],
        *,
        registry: str = "",
        repository: str = "",
        origin: Origin = "stand-in",
        compress: bool = False,
    ) -> Image:
        """Keep an image: of one layer, a tar file, or of layers that `add` has kept.

        `compress` is for one layer that is large: it takes a third of the room, and a
        quarter of a second more to unpack.
        """
        unpacked: list[str] = []
        if not isinstance(layers, Sequence):
            if compress:
                content = layers.read()
                unpacked = [f"sha256:{hashlib.sha256(content).hexdigest()}"]
                layers = io.BytesIO(gzip.compress(content, 6, mtime=0))
            layers = [self.add(layers)]
        kind = f"{LAYER}+gzip" if unpacked else LAYER
        config_digest, config_size = self.add_json(
            {
                "architecture": architecture(),
                "os": "linux",
                "config": config,
                "rootfs": {
                    "type": "layers",
                    "diff_ids": unpacked or [digest for digest, _ in layers],
                },
                "history": [{"created_by": f"kdocs, from {made_from}"} for _ in layers],
            }
        )
        digest, manifest_size = self.add_json(
            {
                "schemaVersion": 2,
                "mediaType": MANIFEST,
                "config": {"mediaType": CONFIG, "digest": config_digest, "size": config_size},
                "layers": [
                    {"mediaType": kind, "digest": digest, "size": size}
                    for digest, size in layers
                ],
                "annotations": {"org.opencontainers.image.description": f"from {made_from}"},
            }
        )
        if not repository:
            repository = name if "/" in name or name == "pause" else f"library/{name}"
        whole = manifest_size + config_size + sum(size for _, size in layers)
        return Image(name, repository, tuple(tags), digest, made_from, registry, origin, whole)
