"""Images from archives: an OCI layout (tar file or folder), or what `docker save` writes.

In: a path. Out: blobs and index entries in the images folder, under the names that the
archive gives or the one that the caller gives. Layers stay as they are, compressed or
not. Everything is checked while it is read; what is wrong is a ClusterError that says so,
and nothing of it stays.

Formats: https://github.com/opencontainers/image-spec/blob/main/image-layout.md, and the
`manifest.json` of Docker's image specification v1.2.
"""

from __future__ import annotations

import hashlib
import json
import re
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from kdocs_plugin.clusters.local.images import names, store
from kdocs_plugin.clusters.local.images.names import Name
from kdocs_plugin.clusters.local.images.store import Image, Store
from kdocs_plugin.errors import ClusterError
from kdocs_plugin.values import dataclass

# Where an OCI index says what an image is called: containerd's key, then the standard's.
NAMED = ("io.containerd.image.name", "org.opencontainers.image.ref.name")
LARGEST = 8 << 20  # bytes of a JSON document
DEEPEST = 3  # indexes within indexes


class Broken(Exception):
    """What is wrong with the archive, in English: it names parts of the format."""


class Archive:
    """Files by name, in a tar file or a folder."""

    def __init__(self, folder: Path | None, tar: tarfile.TarFile | None) -> None:
        self._folder, self._tar = folder, tar

    @contextmanager
    def open(self, name: str) -> Iterator[IO[bytes]]:
        """A file's bytes. Broken where there is none, or it leads out of the archive."""
        if self._tar is not None:
            try:
                # Docker's older archives have links between layers.
                found = self._tar.extractfile(name)
            except KeyError:
                found = None
            if found is None:
                raise Broken(f"{name} is missing")
            with found:
                yield found
            return
        assert self._folder is not None  # noqa: S101 - one of the two
        path = (self._folder / name).resolve()
        if self._folder.resolve() not in path.parents or not path.is_file():
            raise Broken(f"{name} is missing")
        with path.open("rb") as file:
            yield file

    def has(self, name: str) -> bool:
        try:
            with self.open(name):
                return True
        except Broken:
            return False

    def json(self, name: str) -> Any:
        with self.open(name) as file:
            try:
                return json.loads(file.read(LARGEST))
            except ValueError as error:
                raise Broken(f"{name} is not JSON") from error


@contextmanager
def opened(path: Path) -> Iterator[Archive]:
    """The archive at a path. Broken where it is neither a folder nor a tar file."""
    if path.is_dir():
        yield Archive(path, None)
        return
    try:
        tar = tarfile.open(path)  # noqa: SIM115 - closed below
    except (tarfile.TarError, EOFError) as error:
        with path.open("rb") as file:
            zstd = file.read(4) == b"\x28\xb5\x2f\xfd"
        raise Broken("zstd: unpack it first (zstd -d)" if zstd else "no tar file") from error
    with tar:
        yield Archive(None, _normalised(tar))


def _normalised(tar: tarfile.TarFile) -> tarfile.TarFile:
    for member in tar.getmembers():  # `tar -C layout .` writes ./index.json
        member.name = member.name.removeprefix("./")
    return tar


@dataclass(frozen=True, slots=True)
class Found:
    """An image in the archive, its blobs kept."""

    digest: str
    size: int
    named: tuple[str, ...]


def add(folder: Path, path: Path, name: str | None) -> tuple[Image, ...]:
    """Add an archive's images to the images folder.

    `name` is what its one image is to be called, instead of the archive's own name for it.
    Raises ClusterError.
    """
    given = parsed(name) if name else None
    with store.alone(folder):
        try:
            with opened(path) as archive:
                found = Reader(archive, folder).images()
                made = [_image(each, given, path) for each in found]
                if given and len(made) > 1:
                    raise Broken(f"it has {len(made)} images, and one name was given")
            flat = [image for images in made for image in images]
            store.put(folder, flat)
        except Broken as error:
            raise ClusterError("image.broken", archive=path, why=str(error)) from error
        except (OSError, tarfile.TarError, EOFError) as error:
            raise ClusterError("image.broken", archive=path, why=str(error)) from error
        finally:
            store.forget_others(folder)
    return tuple(flat)


def parsed(name: str) -> Name:
    """A name with its tag. ClusterError for one that can't be an image's."""
    try:
        found = names.parse(name)
    except ValueError as error:
        raise ClusterError("image.bad_name", name=name) from error
    if found.reference.startswith("sha256:"):
        raise ClusterError("image.bad_name", name=name)
    return found


def _image(found: Found, given: Name | None, path: Path) -> list[Image]:
    if given is None and not found.named:
        raise ClusterError("image.no_name", archive=path)
    wanted = [given] if given else [parsed(each) for each in found.named]
    tags: dict[tuple[str, str], list[str]] = {}
    for each in wanted:
        tags.setdefault((each.registry, each.repository), []).append(each.reference)
    return [
        Image(
            names.short(registry, repository), repository, tuple(references), found.digest,
            path.name, registry, "archive", found.size,
        )
        for (registry, repository), references in tags.items()
    ]  # fmt: skip


class Reader:
    """Copies an archive's images into the images folder."""

    def __init__(self, archive: Archive, folder: Path) -> None:
        self.archive, self.folder = archive, folder
        self.machine = store.architecture()

    def images(self) -> list[Found]:
        """What the archive has for this machine; at least one."""
        found: list[Found] = []
        if self.archive.has("index.json"):
            found = self.of_layout(_mapping(self.archive.json("index.json"), "index.json"))
        elif self.archive.has("manifest.json"):
            found = self.of_docker(self.archive.json("manifest.json"))
        else:
            raise Broken("neither index.json (OCI) nor manifest.json (docker save) is in it")
        if not found:
            raise Broken("there is no image in it")
        return found

    # --- OCI layout -------------------------------------------------------------------------

    def of_layout(self, index: Mapping[str, Any]) -> list[Found]:
        entries = [
            each
            for each in _list(index, "manifests")
            if (each.get("annotations") or {}).get("vnd.docker.reference.type") is None
        ]
        # An index file may itself be one image for several machines.
        if len(entries) > 1 and all("platform" in each for each in entries):
            chosen = store.for_machine(entries, self.machine)
            if not chosen:
                raise Broken(f"it has no image for {self.machine}")
            entries = [each for each in entries if each["digest"] == chosen]
        by_digest: dict[str, set[str]] = {}
        for each in entries:
            named = by_digest.setdefault(_digest(each), set())
            named |= set(_names(each.get("annotations") or {}))
        return [
            Found(digest, self.keep(digest, DEEPEST), tuple(sorted(named)))
            for digest, named in by_digest.items()
        ]

    def keep(self, digest: str, depth: int) -> int:
        """Keep a manifest, or an index and this machine's part of it. Returns its bytes."""
        size = self.copy(digest)
        manifest = store.document(self.folder, digest)
        if manifest is None:
            raise Broken(f"{digest} is no manifest")
        if "manifests" in manifest:
            chosen = store.for_machine(_list(manifest, "manifests"), self.machine)
            if not chosen or depth == 0:
                raise Broken(f"it has no image for {self.machine}")
            return size + self.keep(chosen, depth - 1)
        config = _digest(_mapping(manifest.get("config"), "config"))
        size += self.copy(config)
        layers = [_digest(each) for each in _list(manifest, "layers")]
        self.check(store.document(self.folder, config), len(layers))
        return size + sum(self.copy(layer) for layer in layers)

    def copy(self, digest: str) -> int:
        """Keep a blob that is what its name says. Returns its bytes."""
        here = store.blob(self.folder, digest)
        if here is not None:
            return here.stat().st_size
        name = f"blobs/sha256/{digest.removeprefix('sha256:')}"
        with self.archive.open(name) as file, store.half(self.folder) as half:
            hashed, size = hashlib.sha256(), 0
            while piece := file.read(1 << 20):
                hashed.update(piece)
                half.write(piece)
                size += len(piece)
            if f"sha256:{hashed.hexdigest()}" != digest:
                raise Broken(f"{name} is damaged: its digest is another")
            store.keep(half, self.folder, digest)
        return size

    # --- docker save ------------------------------------------------------------------------

    def of_docker(self, entries: Any) -> list[Found]:
        if not isinstance(entries, list):
            raise Broken("manifest.json is no list")
        return [self.convert(_mapping(each, "manifest.json")) for each in entries]

    def convert(self, entry: Mapping[str, Any]) -> Found:
        """An image of Docker's own format, as an OCI image."""
        kept = Store(self.folder)
        with self.archive.open(_text(entry.get("Config"), "Config")) as file:
            config, config_size = kept.add(file)
        names_of_layers = entry.get("Layers") or ()
        self.check(store.document(self.folder, config), len(names_of_layers))
        layers = []
        for name in names_of_layers:
            with self.archive.open(_text(name, "Layers")) as file:
                kind = _layer_type(file.read(4))
                file.seek(0)
                digest, size = kept.add(file)
            layers.append({"mediaType": kind, "digest": digest, "size": size})
        described = {"mediaType": store.CONFIG, "digest": config, "size": config_size}
        digest, size = kept.add_json(
            {
                "schemaVersion": 2,
                "mediaType": store.MANIFEST,
                "config": described,
                "layers": layers,
            }
        )
        whole = size + config_size + sum(int(str(each["size"])) for each in layers)
        return Found(digest, whole, tuple(entry.get("RepoTags") or ()))

    def check(self, config: Mapping[str, Any] | None, layers: int) -> None:
        """Broken where the configuration is for another machine or other layers."""
        if config is None:
            raise Broken("its configuration is no JSON")
        described = (config.get("rootfs") or {}).get("diff_ids") or ()
        if len(described) != layers:
            raise Broken(
                f"it has {layers} layers, and its configuration names {len(described)}"
            )
        found = str(config.get("architecture", self.machine))
        if found != self.machine:
            raise Broken(f"it is for {found}, and this machine is {self.machine}")


def _layer_type(head: bytes) -> str:
    if head.startswith(b"\x1f\x8b"):
        return f"{store.LAYER}+gzip"
    return f"{store.LAYER}+zstd" if head == b"\x28\xb5\x2f\xfd" else store.LAYER


def _names(annotations: Mapping[str, Any]) -> Iterator[str]:
    """What an annotation calls the image; a bare tag is no name."""
    for key in NAMED:
        said = annotations.get(key)
        if isinstance(said, str) and re.search(r"[:/]", said):
            yield said
            return


def _digest(descriptor: Mapping[str, Any]) -> str:
    digest = _mapping(descriptor, "a descriptor").get("digest")
    if not isinstance(digest, str) or not re.fullmatch(names.DIGEST, digest):
        raise Broken(f"{digest!r} is no sha256 digest")
    return digest


def _mapping(value: Any, what: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise Broken(f"{what} has not the form it should")
    return value


def _list(document: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    value = document.get(key)
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise Broken(f"{key} has not the form it should")
    return value


def _text(value: Any, what: str) -> str:
    if not isinstance(value, str):
        raise Broken(f"{what} has not the form it should")
    return value
