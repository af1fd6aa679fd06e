"""Images in a folder: `blobs/sha256/` and an index.

In: layers and configurations. Out: `blobs/sha256/` (manifest, configuration, layers of
each image) and `images.json`, which says what each image is called and which digest it
has. registry.py serves the folder as it is; whoever shows an image's output asks
`built_locally` and says so.
"""

from __future__ import annotations

import hashlib
import io
import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

INDEX = "images.json"
SCHEMA = 1
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar"  # unpacked once a cluster: no gzip


@dataclass(frozen=True, slots=True)
class Image:
    """An image in the index."""

    name: str  # as people write it: nginx
    repository: str  # as a registry knows it: library/nginx
    tags: tuple[str, ...]
    digest: str
    made_from: str  # nginx-light 1.22.1-9+deb12u1


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


class Store:
    """Blobs by digest. Remembers those written, to tell the ones nothing needs."""

    def __init__(self, folder: Path) -> None:
        self.blobs = folder / "blobs" / "sha256"
        self.blobs.mkdir(parents=True, exist_ok=True)
        self._written: set[str] = set()

    def add(self, content: BinaryIO) -> tuple[str, int]:
        """Keep a stream's bytes. Returns their digest and how many they are."""
        digest, size = hashlib.sha256(), 0
        with tempfile.NamedTemporaryFile(dir=self.blobs, prefix=".", delete=False) as file:
            while chunk := content.read(1 << 20):
                digest.update(chunk)
                size += len(chunk)
                file.write(chunk)
        Path(file.name).chmod(0o644)
        Path(file.name).replace(self.blobs / digest.hexdigest())
        self._written.add(digest.hexdigest())
        return f"sha256:{digest.hexdigest()}", size

    def add_json(self, document: Mapping[str, Any]) -> tuple[str, int]:
        return self.add(io.BytesIO(json.dumps(document, sort_keys=True).encode()))

    def forget_others(self) -> None:
        """Remove blobs of earlier builds."""
        for blob in self.blobs.iterdir():
            if blob.name not in self._written:
                blob.unlink()

    def image(
        self,
        name: str,
        tags: Sequence[str],
        made_from: str,
        layer: BinaryIO,
        config: Mapping[str, Any],
    ) -> Image:
        """Keep an image of one layer, a tar file."""
        layer_digest, layer_size = self.add(layer)
        config_digest, config_size = self.add_json(
            {
                "architecture": "amd64",
                "os": "linux",
                "config": config,
                "rootfs": {"type": "layers", "diff_ids": [layer_digest]},
                "history": [{"created_by": f"kdocs, from {made_from}"}],
            }
        )
        digest, _ = self.add_json(
            {
                "schemaVersion": 2,
                "mediaType": MANIFEST,
                "config": {"mediaType": CONFIG, "digest": config_digest, "size": config_size},
                "layers": [{"mediaType": LAYER, "digest": layer_digest, "size": layer_size}],
                "annotations": {"org.opencontainers.image.description": f"from {made_from}"},
            }
        )
        repository = "pause" if name == "pause" else f"library/{name}"
        return Image(name, repository, tuple(tags), digest, made_from)
