"""Images: the index, what is in the small ones, and the program that pauses."""

from __future__ import annotations

import io
import json
import platform
import shutil
import signal
import struct
import subprocess
import sys
import tarfile
import time
from pathlib import Path

import pytest

from kdocs_plugin.clusters.local.images import busybox, debian, pause, store, tarring
from kdocs_plugin.clusters.local.images import recipes as images


def layer(folder: Path, image: store.Image) -> tarfile.TarFile:
    manifest = json.loads(blob(folder, image.digest))
    return tarfile.open(fileobj=io.BytesIO(blob(folder, manifest["layers"][0]["digest"])))


def blob(folder: Path, digest: str) -> bytes:
    return (folder / "blobs/sha256" / digest.removeprefix("sha256:")).read_bytes()


def test_index_is_empty_before_images_are_made(tmp_path: Path) -> None:
    assert store.index(tmp_path) == ()


def test_index_gives_back_what_was_written(tmp_path: Path) -> None:
    image = store.Image("nginx", "library/nginx", ("latest",), "sha256:1", "a test")
    store.write_index(tmp_path, [image])
    assert store.index(tmp_path) == (image,)


def test_index_of_another_schema_counts_as_none(tmp_path: Path) -> None:
    (tmp_path / store.INDEX).write_text('{"schema": 999, "images": []}')
    assert store.index(tmp_path) == ()


def test_same_content_has_the_same_digest(tmp_path: Path) -> None:
    made = [images.pause_image(store.Store(tmp_path / str(n))) for n in range(2)]
    assert made[0] == made[1]


def test_blobs_of_earlier_builds_are_removed(tmp_path: Path) -> None:
    old = store.Store(tmp_path)
    digest, _ = old.add(io.BytesIO(b"old"))
    new = store.Store(tmp_path)
    kept = images.pause_image(new)
    store.write_index(tmp_path, [kept])
    store.forget_others(tmp_path)
    assert not (tmp_path / "blobs/sha256" / digest.removeprefix("sha256:")).exists()
    assert blob(tmp_path, kept.digest)


@pytest.mark.skipif(shutil.which("busybox") is None, reason="busybox-static is not installed")
def test_busybox_has_its_applets_and_true_tags(tmp_path: Path) -> None:
    image = busybox.busybox_image(store.Store(tmp_path))
    with layer(tmp_path, image) as tar:
        assert tar.getmember("bin/sh").linkname == "busybox"
        assert tar.getmember("bin/busybox").mode == 0o755
    said = subprocess.run(["busybox"], capture_output=True, text=True, check=False).stdout
    assert any(f"v{tag}" in said for tag in image.tags if tag.count(".") == 2)
    assert "1.28" not in image.tags


@pytest.mark.skipif(shutil.which("busybox") is None, reason="busybox-static is not installed")
@pytest.mark.parametrize("option", [["-T", "1"], ["-T1"], ["--timeout=1"], ["--timeout", "1"]])
def test_busybox_wget_takes_a_timeout(tmp_path: Path, option: list[str]) -> None:
    """Debian's own crashes on it."""
    program = tmp_path / "busybox"
    program.write_text('#!/bin/sh\necho "$@"\n')
    program.chmod(0o755)
    script = busybox.WGET.replace("/bin/busybox", str(program))
    done = subprocess.run(
        ["sh", "-c", script, "wget", "-q", *option, "-O-", "http://x"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == f"timeout -s PIPE 1 {program} wget -q -O- http://x\n"


@pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() != "x86_64", reason="an x86-64 Linux program"
)
def test_pause_pauses(tmp_path: Path) -> None:
    program = tmp_path / "pause"
    program.write_bytes(pause.program())
    program.chmod(0o755)
    process = subprocess.Popen([program])
    time.sleep(0.2)
    assert process.poll() is None
    ignored = next(
        int(line.split()[1], 16)
        for line in Path(f"/proc/{process.pid}/status").read_text().splitlines()
        if line.startswith("SigIgn")
    )
    assert ignored & (1 << (signal.SIGCHLD - 1))  # so the kernel reaps what it inherits
    process.terminate()
    assert process.wait(5) == -signal.SIGTERM


def test_pause_for_arm64_is_an_arm64_program() -> None:
    whole = pause.program("arm64")
    assert struct.unpack("<16xHHIQQ", whole[:40]) == (2, 183, 1, 0x400078, 64)
    code = struct.unpack("<14I", whole[120:176])
    # `adr x1` at the third instruction points behind the last one, where the action is.
    address = 120 + 8 + (((code[2] >> 5) & 0x7FFFF) << 2 | (code[2] >> 29) & 3)
    assert whole[address:] == struct.pack("<QQQQ", 1, 0, 0, 0)
    assert code.count(0xD4000001) == 2  # svc
    assert (code[0] >> 5) & 0xFFFF == 134  # rt_sigaction in the kernel's generic table
    assert (code[6] >> 5) & 0xFFFF == 73  # ppoll
    assert code[12] == 0x14000000 | (6 - 12) & 0x3FFFFFF  # back to it


@pytest.mark.skipif(shutil.which("qemu-aarch64-static") is None, reason="no qemu-user-static")
def test_pause_for_arm64_pauses(tmp_path: Path) -> None:
    program = tmp_path / "pause"
    program.write_bytes(pause.program("arm64"))
    program.chmod(0o755)
    process = subprocess.Popen(
        ["qemu-aarch64-static", "-strace", program], stderr=subprocess.PIPE, text=True
    )
    time.sleep(0.5)
    assert process.poll() is None
    process.kill()
    assert "rt_sigaction(SIGCHLD,0x00000000004000b0,NULL) = 0" in process.communicate()[1]


def test_what_is_missing_of_an_installations_images(tmp_path: Path) -> None:
    assert images.missing(tmp_path) == images.NAMES
    kept = store.Store(tmp_path)
    with store.alone(tmp_path):
        store.put(tmp_path, [images.pause_image(kept)])
    assert "pause" not in images.missing(tmp_path)
    for blob in (tmp_path / "blobs/sha256").iterdir():
        blob.unlink()  # somebody cleaned up
    assert "pause" in images.missing(tmp_path)


def test_layers_are_the_differences_of_systems(tmp_path: Path) -> None:
    below = {"./a": b"same", "./b": b"old", "./gone": b"", "./var/log/dpkg.log": b"varies"}
    above = {"./a": b"same", "./b": b"new", "./c/d": b"more", "./tmp/x": b"makeshift"}
    seen: dict[str, tuple[object, ...]] = {}
    layers = []
    for number, files in enumerate((below, above)):
        snapshot, made = tmp_path / f"{number}.tar", tmp_path / f"layer-{number}.tar"
        with tarfile.open(snapshot, "w") as tar:
            for name, content in files.items():
                tarring.add_file(tar, name, content)
        seen = debian.write_difference(snapshot, made, seen)
        with tarfile.open(made) as tar:
            layers.append(set(tar.getnames()))
    assert layers == [{"./a", "./b", "./gone"}, {"./b", "./c/d", "./.wh.gone"}]


def test_a_makeshift_program_gives_way_to_the_real_one(tmp_path: Path) -> None:
    """mmdebstrap keeps daemons from starting while its hooks run."""
    snapshot, made = tmp_path / "s.tar", tmp_path / "l.tar"
    with tarfile.open(snapshot, "w") as tar:
        tarring.add_file(tar, debian.DAEMON, b"makeshift")
        tarring.add_file(tar, f"{debian.DAEMON}.REAL", b"real")
    debian.write_difference(snapshot, made, {})
    with tarfile.open(made) as tar:
        (member,) = tar.getmembers()
        content = tar.extractfile(member)
        assert content is not None
        assert (member.name, content.read()) == (debian.DAEMON, b"real")


@pytest.mark.parametrize(
    ("arguments", "ran"),
    [
        (["-s", "http://x"], "curl -s http://x"),
        (["http://x"], "curl http://x"),
        (["sh", "-c", "true"], ""),
    ],
)
def test_curl_is_called_as_the_official_image_is(
    tmp_path: Path, arguments: list[str], ran: str
) -> None:
    curl = tmp_path / "curl"
    curl.write_text('#!/bin/sh\necho curl "$@"\n')
    curl.chmod(0o755)
    done = subprocess.run(
        ["sh", "-c", images.CURL_ENTRYPOINT, "entrypoint", *arguments],
        env={"PATH": f"{tmp_path}:/bin:/usr/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == ran
