"""Images that a user adds: archives of each form, nonsense, names, listing and removing."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from kdocs_plugin.cli import kdocs
from kdocs_plugin.clusters.local.images import archive, listing, store
from kdocs_plugin.errors import ClusterError
from tests.fake_registry import digest_of, tar_of

MINE = store.architecture()
LAYER = tar_of({"hello": b"#!/bin/sh\necho hello\n"})
Files = dict[str, bytes]


def config_of(layer: bytes, architecture: str = MINE) -> bytes:
    rootfs = {"type": "layers", "diff_ids": [digest_of(layer)]}
    described = {"architecture": architecture, "os": "linux", "rootfs": rootfs, "config": {}}
    return json.dumps(described).encode()


def manifest(files: Files, layer: bytes, architecture: str = MINE) -> dict[str, Any]:
    """Put an image of one tar file into a layout's files; its descriptor."""
    config = config_of(layer, architecture)
    layer = gzip.compress(layer, mtime=0)
    described = {
        "schemaVersion": 2,
        "mediaType": store.MANIFEST,
        "config": {"mediaType": store.CONFIG, "digest": digest_of(config), "size": len(config)},
        "layers": [
            {"mediaType": f"{store.LAYER}+gzip", "digest": digest_of(layer), "size": len(layer)}
        ],
    }
    body = json.dumps(described).encode()
    for blob in (layer, config, body):
        files[f"blobs/sha256/{digest_of(blob)[7:]}"] = blob
    return {"mediaType": store.MANIFEST, "digest": digest_of(body), "size": len(body)}


def layout(*entries: Mapping[str, Any], files: Files) -> Files:
    index = {"schemaVersion": 2, "manifests": list(entries)}
    files["oci-layout"] = b'{"imageLayoutVersion": "1.0.0"}'
    files["index.json"] = json.dumps(index).encode()
    return files


def one(name: str = "docker.io/my/tools:1", layer: bytes = LAYER) -> Files:
    """A layout with one image that says its name."""
    files: Files = {}
    entry = manifest(files, layer)
    entry["annotations"] = {"io.containerd.image.name": name} if name else {}
    return layout(entry, files=files)


def docker_save() -> Files:
    tags = ["my/tools:1", "my/tools:2"]
    entry = {"Config": "abc.json", "RepoTags": tags, "Layers": ["l/layer.tar"]}
    return {
        "abc.json": config_of(LAYER),
        "l/layer.tar": LAYER,
        "manifest.json": json.dumps([entry]).encode(),
    }


def tarred(path: Path, files: Files, prefix: str = "") -> Path:
    with tarfile.open(path, "w:gz" if path.suffix == ".gz" else "w") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(prefix + name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return path


def names(folder: Path) -> list[str]:
    return [f"{image.name}:{tag}" for image in store.index(folder) for tag in image.tags]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "images"


# --- Forms --------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["a.tar", "a.tar.gz", "dotted.tar", "folder"])
def test_an_oci_layout(folder: Path, tmp_path: Path, form: str) -> None:
    path = tmp_path / form
    if form == "folder":
        for name, content in one().items():
            (path / name).parent.mkdir(parents=True, exist_ok=True)
            (path / name).write_bytes(content)
    else:
        tarred(path, one(), "./" if form == "dotted.tar" else "")
    (image,) = archive.add(folder, path, None)
    assert (image.name, image.registry, image.repository) == (
        "my/tools", "docker.io", "my/tools",
    )  # fmt: skip
    assert image.tags == ("1",)
    assert not image.stand_in
    assert store.complete(folder, image.digest)


def test_docker_save(folder: Path, tmp_path: Path) -> None:
    (image,) = archive.add(folder, tarred(tmp_path / "a.tar", docker_save()), None)
    assert image.tags == ("1", "2")
    kept = store.document(folder, image.digest)
    assert kept is not None
    assert kept["layers"][0] == {
        "mediaType": store.LAYER, "digest": digest_of(LAYER), "size": len(LAYER),
    }  # fmt: skip


def test_an_index_gives_this_machines_image_and_keeps_its_digest(
    folder: Path, tmp_path: Path
) -> None:
    files: Files = {}
    other = manifest(files, b"other", "s390x")
    for name in list(files):
        del files[name]  # `skopeo copy` leaves out what is for other machines
    mine = manifest(files, LAYER)
    parts = [
        {**other, "platform": {"os": "linux", "architecture": "s390x"}},
        {**mine, "platform": {"os": "linux", "architecture": MINE}},
    ]
    index = json.dumps({"mediaType": store.MANIFEST_LIST, "manifests": parts}).encode()
    files[f"blobs/sha256/{digest_of(index)[7:]}"] = index
    entry = {
        "digest": digest_of(index),
        "annotations": {"org.opencontainers.image.ref.name": "ghcr.io/me/app:3"},
    }
    (image,) = archive.add(folder, tarred(tmp_path / "a.tar", layout(entry, files=files)), None)
    assert (image.name, image.digest) == ("ghcr.io/me/app", digest_of(index))
    assert store.complete(folder, image.digest)


def test_a_name_of_ones_own(folder: Path, tmp_path: Path) -> None:
    path = tarred(tmp_path / "a.tar", one(name=""))
    archive.add(folder, path, "nginx:1.14.2")
    assert names(folder) == ["nginx:1.14.2"]
    (image,) = store.index(folder)
    assert image.answers("docker.io", "library/nginx", "1.14.2")


# --- What goes wrong ----------------------------------------------------------------------


def damaged() -> Files:
    files = one()
    longest = max(files, key=lambda name: len(files[name]))
    files[longest] = files[longest][:-1] + b"!"
    return files


def short() -> Files:
    """A docker-save archive without its layer."""
    entry = {"Config": "abc.json", "RepoTags": ["my/tools:1"], "Layers": []}
    return {**docker_save(), "manifest.json": json.dumps([entry]).encode()}


def foreign() -> Files:
    files: Files = {}
    return layout(manifest(files, b"x", "s390x"), files=files)


@pytest.mark.parametrize(
    ("files", "name", "says"),
    [
        ({"readme": b""}, "x:1", "neither index.json"),
        (layout(files={}), "x:1", "no image in it"),
        ({"index.json": b"["}, "x:1", "not JSON"),
        ({"index.json": b"[]"}, "x:1", "form"),
        ({"index.json": b'{"manifests": [3]}'}, "x:1", "form"),
        ({"index.json": b'{"manifests": [{"digest": "../../x"}]}'}, "x:1", "no sha256 digest"),
        ({"manifest.json": b"{}"}, "x:1", "no list"),
        ({"manifest.json": b'[{"Config": "../../etc/passwd"}]'}, "x:1", "missing"),
        (damaged(), None, "damaged"),
        (foreign(), "x:1", "it is for s390x"),
        (short(), None, "0 layers, and its configuration names 1"),
        (one(name=""), None, "does not say what its image is called"),
        (one(name="UPPER/x:1"), None, "not an image's name"),
        (one(), "nginx@sha256:" + 64 * "0", "not an image's name"),
    ],
)
def test_nonsense_is_refused_and_leaves_nothing(
    folder: Path, tmp_path: Path, files: Files, name: str | None, says: str
) -> None:
    with pytest.raises(ClusterError, match=says):
        archive.add(folder, tarred(tmp_path / "a.tar", files), name)
    assert store.index(folder) == ()
    blobs = folder / "blobs/sha256"
    assert list(blobs.glob("*")) == []


@pytest.mark.parametrize(
    ("content", "says"), [(b"nonsense", "no tar file"), (b"\x28\xb5\x2f\xfdrest", "zstd")]
)
def test_what_is_no_archive(folder: Path, tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "a.tar"
    path.write_bytes(content)
    with pytest.raises(ClusterError, match=says):
        archive.add(folder, path, "x:1")


def test_a_layout_leads_to_nothing_outside(folder: Path, tmp_path: Path) -> None:
    layout_folder = tmp_path / "layout"
    layout_folder.mkdir()
    (tmp_path / "secret.json").write_text("{}")
    entry = {"Config": "../secret.json", "RepoTags": ["x:1"], "Layers": []}
    (layout_folder / "manifest.json").write_text(json.dumps([entry]))
    with pytest.raises(ClusterError, match="missing"):
        archive.add(folder, layout_folder, None)


# --- Living together ----------------------------------------------------------------------


def test_two_who_add_at_once_do_not_meet(folder: Path, tmp_path: Path) -> None:
    paths = [
        tarred(tmp_path / f"{n}.tar", one(f"docker.io/my/tools:{n}", tar_of({"n": b"%d" % n})))
        for n in range(6)
    ]
    adding = [threading.Thread(target=archive.add, args=(folder, path, None)) for path in paths]
    for each in adding:
        each.start()
    for each in adding:
        each.join(20)
    assert sorted(names(folder)) == [f"my/tools:{n}" for n in range(6)]
    assert all(store.complete(folder, image.digest) for image in store.index(folder))


def test_a_tag_goes_to_the_last_who_has_it(folder: Path, tmp_path: Path) -> None:
    for n in range(2):
        content = one(layer=tar_of({"n": b"%d" % n}))
        (image,) = archive.add(folder, tarred(tmp_path / f"{n}.tar", content), None)
    assert store.index(folder) == (image,)
    assert len(list((folder / "blobs/sha256").iterdir())) == 3  # the first's are gone


# --- The command --------------------------------------------------------------------------


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KDOCS_CACHE", str(tmp_path))
    monkeypatch.setenv("KDOCS_LANG", "en")
    return tmp_path / "images"


def call(*arguments: str) -> str:
    done = CliRunner().invoke(kdocs, ["cluster", "image", *arguments], catch_exceptions=False)
    assert done.exit_code == 0
    return done.output


def test_add_list_and_remove(cache: Path, tmp_path: Path) -> None:
    path = tarred(tmp_path / "a.tar", one())
    assert "added the image my/tools:1" in call("add", str(path))
    (row,) = call("list").splitlines()[1:]
    assert row.split()[:2] == ["my/tools", "1"]
    assert row.endswith("added (archive)")
    assert "a.tar" in row
    call("remove", "my/tools:1")
    assert call("list").splitlines()[1:] == []
    assert list((cache / "blobs/sha256").iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "key"),
    [
        (["add"], "image.add_what"),
        (["add", "--debian", "curl"], "image.name_missing"),
        (["remove", "nobody:1"], "image.unknown"),
        (["remove", "nginx"], "image.not_yours"),
        (["remove", "nginx:9.9"], "image.unknown"),
        (["remove", "No:"], "image.bad_name"),
    ],
)
def test_what_the_command_refuses(cache: Path, arguments: list[str], key: str) -> None:
    stand_in = store.Store(cache).image("nginx", ["latest"], "a test", io.BytesIO(b""), {})
    store.put(cache, [stand_in])
    with pytest.raises(ClusterError) as caught:
        CliRunner().invoke(
            kdocs, ["cluster", "image", *arguments], catch_exceptions=False,
            standalone_mode=False,
        )  # fmt: skip
    assert caught.value.key == key
    assert store.index(cache) == (stand_in,)


# --- What is near -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("image", "found"),
    [
        ("nginx:1.14.2", ("nginx:latest", "nginx:1.22.1")),
        ("docker.io/library/nginx", ("nginx:latest", "nginx:1.22.1")),
        ("bitnami/nginx:1.25", ("nginx:latest", "nginx:1.22.1")),
        ("redis", ()),
        ("not a name", ()),
    ],
)
def test_the_nearest_names(folder: Path, image: str, found: tuple[str, ...]) -> None:
    tags = ["latest", "1.22.1"]
    made = store.Store(folder).image(
        "nginx", tags, "a test", io.BytesIO(b""), {}, registry="docker.io"
    )
    store.put(folder, [made])
    assert listing.near(folder, image) == found
    assert listing.here(folder, image) == (image == "docker.io/library/nginx")
