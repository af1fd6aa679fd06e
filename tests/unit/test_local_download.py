"""One file from a server that misbehaves: cut, silent, slow, changed, without ranges."""

from __future__ import annotations

import contextlib
import hashlib
import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from kdocs_plugin.clusters.local.binaries import download
from kdocs_plugin.errors import InstallError

CONTENT = os.urandom(3_000_000)
SHA256 = hashlib.sha256(CONTENT).hexdigest()


class Server:
    """A file server. What is set here is how it behaves; what it was asked is kept."""

    def __init__(self) -> None:
        self.content = CONTENT
        self.etag = '"one"'
        self.ranges = True
        self.cut_after: list[int] = []  # bytes of each answer, as long as there are any
        self.silent_after: int | None = None
        self.trickle = False
        self.errors: list[int] = []
        self.asked: list[str] = []  # the Range of each request
        self.stop = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                pass

            def do_GET(self) -> None:
                with contextlib.suppress(ConnectionError):
                    outer.answer(self)

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.http.server_port}/file"
        threading.Thread(target=self.http.serve_forever, args=(0.01,), daemon=True).start()

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        wanted = request.headers.get("Range", "")
        self.asked.append(wanted)
        if self.errors:
            request.send_error(self.errors.pop(0))
            return
        same = request.headers.get("If-Range") == self.etag
        start = int(wanted[6:-1]) if wanted and self.ranges and same else 0
        body = self.content[start:]
        request.send_response(206 if start else 200)
        request.send_header("Content-Length", str(len(body)))
        request.send_header("ETag", self.etag)
        request.end_headers()
        if self.trickle:
            for byte in body:
                request.wfile.write(bytes([byte]))
                if self.stop.wait(0.05):
                    return
        if self.cut_after:
            body = body[: self.cut_after.pop(0)]
        if self.silent_after is not None:
            request.wfile.write(body[: self.silent_after])
            self.stop.wait(20)
            return
        request.wfile.write(body)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setattr(download, "PAUSE", 0.01)
    server = Server()
    yield server
    server.stop.set()
    server.http.shutdown()
    server.http.server_close()


def nothing(had: int, whole: int) -> None:
    pass


def test_a_file_comes_whole(server: Server, tmp_path: Path) -> None:
    heard: list[tuple[int, int]] = []
    got = download.download(server.url, SHA256, tmp_path, lambda *two: heard.append(two))
    assert got.read_bytes() == CONTENT
    assert heard[-1] == (len(CONTENT), len(CONTENT))
    assert list(tmp_path.iterdir()) == [got]


def test_a_cut_connection_goes_on_where_it_was(server: Server, tmp_path: Path) -> None:
    server.cut_after = [1_000_000, 500_000]
    got = download.download(server.url, SHA256, tmp_path, nothing)
    assert got.read_bytes() == CONTENT
    assert server.asked == ["", "bytes=1000000-", "bytes=1500000-"]


def test_an_ended_command_goes_on_where_it_was(server: Server, tmp_path: Path) -> None:
    def end(had: int, whole: int) -> None:
        if had > 1_000_000:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        download.download(server.url, SHA256, tmp_path, end)
    had = (tmp_path / f"{SHA256}.part").stat().st_size
    assert had > 1_000_000
    server.asked.clear()
    assert download.download(server.url, SHA256, tmp_path, nothing).read_bytes() == CONTENT
    assert server.asked == [f"bytes={had}-"]


def test_a_server_without_ranges_starts_over(server: Server, tmp_path: Path) -> None:
    server.ranges = False
    server.cut_after = [1_000_000]
    assert download.download(server.url, SHA256, tmp_path, nothing).read_bytes() == CONTENT
    assert server.asked == ["", "bytes=1000000-"]


def test_a_file_that_changed_meanwhile_is_not_mixed(server: Server, tmp_path: Path) -> None:
    server.content, server.etag = b"old" * 500_000, '"old"'
    server.cut_after = [600_000] * download.TRIES * 2

    def change(had: int, whole: int) -> None:
        server.content, server.etag, server.cut_after = CONTENT, '"new"', []

    assert download.download(server.url, SHA256, tmp_path, change).read_bytes() == CONTENT


def test_a_wrong_checksum_leaves_nothing(server: Server, tmp_path: Path) -> None:
    server.content = CONTENT[:-1] + b"?"
    with pytest.raises(InstallError) as caught:
        download.download(server.url, SHA256, tmp_path, nothing)
    assert caught.value.key == "local.wrong_checksum"
    assert SHA256 in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_a_part_that_does_not_fit_is_had_again_in_one_piece(
    server: Server, tmp_path: Path
) -> None:
    (tmp_path / f"{SHA256}.part").write_bytes(b"x" * 1000)
    (tmp_path / f"{SHA256}.json").write_text(
        f'{{"url": "{server.url}", "validator": "\\"one\\""}}'
    )
    assert download.download(server.url, SHA256, tmp_path, nothing).read_bytes() == CONTENT
    assert server.asked == ["bytes=1000-", ""]


def test_a_server_in_trouble_is_asked_again(server: Server, tmp_path: Path) -> None:
    server.errors = [503, 429]
    assert download.download(server.url, SHA256, tmp_path, nothing).read_bytes() == CONTENT
    assert len(server.asked) == 3


def test_trying_has_an_end(server: Server, tmp_path: Path) -> None:
    server.errors = [503] * 100
    with pytest.raises(InstallError) as caught:
        download.download(server.url, SHA256, tmp_path, nothing)
    assert "HTTP 503" in str(caught.value)
    assert len(server.asked) == download.TRIES


def test_what_is_not_there_is_asked_for_once(server: Server, tmp_path: Path) -> None:
    server.errors = [404] * 10
    with pytest.raises(InstallError) as caught:
        download.download(server.url, SHA256, tmp_path, nothing)
    assert "HTTP 404" in str(caught.value)
    assert len(server.asked) == 1


def test_a_silent_server_is_left_and_asked_again(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "STALL", 0.3)
    server.silent_after = 2_000_000
    begun = time.monotonic()
    assert download.download(server.url, SHA256, tmp_path, nothing).read_bytes() == CONTENT
    assert 0.3 <= time.monotonic() - begun < 5
    assert server.asked == ["", "bytes=2000000-"]


def test_a_trickle_is_no_progress(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "STALL", 0.2)
    monkeypatch.setattr(download, "MOST_TRIES", 3)
    server.trickle = True
    begun = time.monotonic()
    with pytest.raises(InstallError) as caught:
        download.download(server.url, SHA256, tmp_path, nothing)
    assert "bytes in" in str(caught.value)
    assert time.monotonic() - begun < 5
    assert len(server.asked) == 3


def test_too_little_space_is_said_before_anything_is_written(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "RESERVE", 10**18)
    with pytest.raises(InstallError) as caught:
        download.download(server.url, SHA256, tmp_path, nothing)
    assert caught.value.key == "local.disk_full"
    assert caught.value.arguments["folder"] == tmp_path
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_fills_up_meanwhile_leaves_nothing(server: Server, tmp_path: Path) -> None:
    """The limit of a process' file size stands in for the disk: the same error, EFBIG."""
    script = (
        "import sys; from pathlib import Path\n"
        "from kdocs_plugin.clusters.local.binaries.download import download\n"
        "download(sys.argv[1], sys.argv[2], Path(sys.argv[3]), lambda *_: None)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, server.url, SHA256, str(tmp_path)],
        capture_output=True, text=True, timeout=60, check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (10**6, 10**6)),
    )  # fmt: skip
    assert done.returncode == 1
    assert f"too little space in {tmp_path}: 3 MB are needed" in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a small file system")
def test_a_full_disk_leaves_nothing(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "RESERVE", -(10**9))  # so that it is met while writing
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "kdocs-test", str(tmp_path)]
    if subprocess.run(mount, check=False).returncode:
        pytest.skip("no file system can be mounted here")
    try:
        with pytest.raises(InstallError) as caught:
            download.download(server.url, SHA256, tmp_path, nothing)
        left = list(tmp_path.iterdir())
    finally:
        subprocess.run(["umount", str(tmp_path)], check=True)
    assert f"too little space in {tmp_path}: 3 MB are needed, 1 MB are free" in str(
        caught.value
    )
    assert left == []
