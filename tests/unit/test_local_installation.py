"""Installing: from release files on a server with the official layout; resumed; refused."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from kdocs_plugin.clusters.local.binaries import (
    build,
    download,
    installation,
    recipes,
    release,
    stamps,
    toolchain,
    versions,
)
from kdocs_plugin.clusters.local.binaries.installation import (
    install,
    installations,
    installed,
    provenance,
)
from kdocs_plugin.clusters.local.binaries.progress import Estimate, Plain
from kdocs_plugin.clusters.local.images import recipes as images
from kdocs_plugin.clusters.local.images import store
from kdocs_plugin.errors import InstallError

RECIPES = [r for r in recipes.recipes(versions.DEFAULT) if r.release]


class Quiet(SimpleHTTPRequestHandler):
    asked: list[str]

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass

    def do_GET(self) -> None:
        self.asked.append(self.path)
        super().do_GET()


def program(name: str) -> bytes:
    return f"#!/bin/sh\necho {name}\n".encode()


def publish(folder: Path) -> None:
    """Put every release file where its official server has it, with its checksum."""
    kubernetes = [recipes.recipes(version)[0] for version in versions.known()[:-1]]
    for recipe in (*RECIPES, *kubernetes):
        for file in recipe.release:
            path = folder / file.address
            path.parent.mkdir(parents=True, exist_ok=True)
            if "" in file.programs.values():
                content = program(path.name)
            else:
                content = archive({m: program(m) for m in file.programs.values()})
            path.write_bytes(content)
            digest = hashlib.sha256(content).hexdigest()
            with (folder / file.checksums).open("a") as checksums:
                bare = file.address.startswith("dl.k8s.io")
                checksums.write(digest if bare else f"{digest}  {path.name}\n")


def archive(files: Mapping[str, bytes]) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w:gz") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return target.getvalue()


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder, images that cost nothing, and no way to build from source."""
    monkeypatch.setenv("KDOCS_CACHE", str(tmp_path / "cache"))

    def make_images(folder: Path, _: object) -> None:
        with store.alone(folder):
            store.put(folder, [images.pause_image(store.Store(folder))])

    def no_go() -> Path:
        raise InstallError("local.no_go", wanted="1.26")

    monkeypatch.setattr(images, "NAMES", ("pause",))
    monkeypatch.setattr(images, "build", make_images)
    monkeypatch.setattr(toolchain, "find", no_go)
    monkeypatch.setattr(download, "PAUSE", 0.01)
    return tmp_path / "cache"


@pytest.fixture
def releases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path / "releases"
    publish(folder)
    handler = type("Handler", (Quiet,), {"asked": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(folder)))
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    monkeypatch.setenv(release.BASE, f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setattr(release, "asked_for_test", handler.asked, raising=False)  # type: ignore[attr-defined]
    yield folder
    server.shutdown()
    server.server_close()


def test_release_files_make_an_installation(cache: Path, releases: Path) -> None:
    assert installed() is None
    made = install()
    assert installed() == made
    for recipe in RECIPES:
        for file in recipe.release:
            for path, member in file.programs.items():
                name = member or file.address.rpartition("/")[2]
                assert (made.root / path).read_bytes() == program(name)
                assert (made.root / path).stat().st_mode & 0o111
    assert not (cache / "build").exists()
    assert not (cache / "downloads").exists()


def test_a_stamp_says_where_each_program_came_from(cache: Path, releases: Path) -> None:
    made = install()
    found = provenance(made)
    assert set(found) == {recipe.name for recipe in RECIPES}
    assert {stamp.source for stamp in found.values()} == {stamps.RELEASE}
    etcd = found["etcd"]
    assert etcd.version == versions.ETCD
    program = etcd.programs["bin/etcd"]
    assert program.sha256 == hashlib.sha256((made.bin / "etcd").read_bytes()).hexdigest()
    assert program.origin == release.address(recipes.recipes("v1.37.2")[4].release[0].address)
    assert list(found["kubernetes"].programs) == [
        f"bin/{name}" for name in (*recipes.COMPONENTS, "kubectl")
    ]


def test_a_second_version_shares_what_does_not_depend_on_it(
    cache: Path, releases: Path
) -> None:
    first = install()
    asked: list[str] = release.asked_for_test  # type: ignore[attr-defined]
    asked.clear()
    second = install(kubernetes="1.35")
    assert {path for path in asked if "/v1.35.4/" not in path} == set()
    assert second.kubernetes == "v1.35.4"
    assert installations() == [second, first]
    assert installed("1.35") == installed("v1.35.4") == second
    assert (second.bin / "etcd").samefile(first.bin / "etcd")
    assert (second.cni / "ptp").samefile(first.cni / "ptp")
    assert not (second.bin / "kubelet").samefile(first.bin / "kubelet")
    assert provenance(second)["etcd"] == provenance(first)["etcd"]
    shared = installation.size(first) + installation.size(second)
    assert installation.size(first, second) < shared


def test_the_version_can_be_set_for_all_commands(
    cache: Path, releases: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(versions.VARIABLE, "1.36")
    made = install()
    assert made.kubernetes == "v1.36.3"
    assert installed() == made
    assert installed("1.37") is None


def test_without_go_what_comes_from_source_alone_is_left_out_and_said(
    cache: Path, releases: Path
) -> None:
    said = io.StringIO()
    made = install(Plain("en", said))
    assert installed() == made
    assert not (made.bin / "metrics-server").exists()
    [line] = [line for line in said.getvalue().splitlines() if "left out" in line]
    assert line.startswith("metrics-server, local-path-provisioner: ")


def test_what_a_cluster_can_do_without_does_not_end_an_installation(
    cache: Path, releases: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(together: Sequence[recipes.Recipe], *_: object) -> None:
        names = ", ".join(recipe.name for recipe in together)
        raise InstallError("local.build_failed", component=names, reason="no proxy")

    monkeypatch.setattr(toolchain, "find", lambda: Path("/usr/bin/true"))
    monkeypatch.setattr(build, "scout", lambda *_: 0)
    monkeypatch.setattr(build, "build", fail)
    monkeypatch.setattr(build, "SPACE", 0)
    said = io.StringIO()
    made = install(Plain("en", said))
    assert installed() == made
    [line] = [line for line in said.getvalue().splitlines() if "left out" in line]
    assert "no proxy" in line


def test_kdocs_releases_none_means_source(
    cache: Path, releases: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(release.BASE, "none")
    with pytest.raises(InstallError) as caught:
        install()
    assert caught.value.key == "local.no_go"
    assert release.asked_for_test == []  # type: ignore[attr-defined]


def test_release_files_hold_what_the_node_runs(cache: Path, releases: Path) -> None:
    made = install()
    wanted = {*recipes.COMPONENTS, "kubectl", "etcd", "containerd", "runc"}
    assert wanted <= {path.name for path in made.bin.iterdir()}
    assert {path.name for path in made.cni.iterdir()} == {
        "host-local",
        "loopback",
        "portmap",
        "ptp",
    }


def test_what_is_cleaned_away_is_installed_again(cache: Path, releases: Path) -> None:
    made = install()
    (made.bin / "kubectl").unlink()
    assert installed() is None
    assert install() == made
    assert (made.bin / "kubectl").exists()


def test_a_wrong_checksum_ends_it(cache: Path, releases: Path) -> None:
    file = next(r for r in RECIPES if r.name == "containerd").release[0]
    with (releases / file.address).open("ab") as target:
        target.write(b"x")
    with pytest.raises(InstallError) as caught:
        install()
    assert caught.value.key == "local.wrong_checksum"
    assert file.address in str(caught.value)
    assert installed() is None
    root = cache / f"kubernetes-{versions.DEFAULT}"
    assert not (root / "bin/containerd").exists()
    assert (root / "bin/etcd").exists()  # what came before is whole and stays
    assert not list((cache / "downloads").iterdir())


def test_it_goes_on_where_it_was(cache: Path, releases: Path) -> None:
    file = next(r for r in RECIPES if r.name == "runc").release[0]
    whole = (releases / file.address).read_bytes()
    (releases / file.address).write_bytes(b"broken")
    with pytest.raises(InstallError):
        install()
    asked: list[str] = release.asked_for_test  # type: ignore[attr-defined]
    asked.clear()
    (releases / file.address).write_bytes(whole)
    install()
    assert not [path for path in asked if "kubelet" in path or "etcd" in path]
    assert [path for path in asked if "runc" in path]
    asked.clear()
    install()
    assert asked == []


def test_a_missing_file_is_named(cache: Path, releases: Path) -> None:
    file = next(r for r in RECIPES if r.name == "etcd").release[0]
    (releases / file.address).unlink()
    with pytest.raises(InstallError) as caught:
        install()
    assert caught.value.key == "local.bad_release"
    assert file.address in str(caught.value)


def test_an_archive_without_its_program_is_refused(cache: Path, releases: Path) -> None:
    file = next(r for r in RECIPES if r.name == "cni").release[0]
    content = archive({"./something": b""})
    (releases / file.address).write_bytes(content)
    (releases / file.checksums).write_text(f"{hashlib.sha256(content).hexdigest()}\n")
    with pytest.raises(InstallError) as caught:
        install()
    assert caught.value.key == "local.bad_release"


def test_a_closed_network_costs_little_and_leads_to_source(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(release.BASE, "http://127.0.0.1:1")
    built: list[tuple[str, ...]] = []

    def from_source(
        together: Sequence[recipes.Recipe], work: Path, folder: Path, progress: object
    ) -> None:
        """Stands in for ten minutes of Go."""
        built.append(tuple(recipe.name for recipe in together))
        for recipe in together:
            for target in recipe.packages:
                (folder / target).parent.mkdir(parents=True, exist_ok=True)
                (folder / target).write_bytes(program(target))
            for link, target in recipe.links.items():
                (folder / link).symlink_to(target)

    monkeypatch.setattr(toolchain, "find", lambda: Path("/usr/bin/true"))
    monkeypatch.setattr(build, "scout", lambda *_: 0)
    monkeypatch.setattr(build, "build", from_source)
    monkeypatch.setattr(build, "SPACE", 0)
    begun = time.monotonic()
    made = install()
    assert time.monotonic() - begun < 3
    assert built == [
        ("kubernetes",),
        ("coredns", "metrics-server", "local-path-provisioner"),
        ("etcd",),
        ("containerd",),
        ("runc",),
        ("cni",),
    ]
    assert (made.bin / "kubelet").read_bytes() == program("bin/kubernetes")  # a link
    assert {stamp.source for stamp in provenance(made).values()} == {"source"}
    origin = provenance(made)["kubernetes"].programs["bin/kubelet"].origin
    assert origin.startswith("k8s.io/kubernetes@v1.37.2 go")


def test_a_silent_network_costs_little(monkeypatch: pytest.MonkeyPatch) -> None:
    """Something accepts and never answers."""
    import socket

    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setenv(release.BASE, f"http://127.0.0.1:{server.getsockname()[1]}")
        begun = time.monotonic()
        assert not release.reachable(RECIPES[0])
        assert time.monotonic() - begun < 3


def test_a_full_disk_is_said_before_the_build(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(release.BASE, "http://127.0.0.1:1")
    monkeypatch.setattr(toolchain, "find", lambda: Path("/usr/bin/true"))
    monkeypatch.setattr(build, "SPACE", 10**18)
    with pytest.raises(InstallError) as caught:
        install()
    assert caught.value.key == "local.disk_full"


def test_an_installation_of_another_version_does_not_count(cache: Path, releases: Path) -> None:
    made = install()
    stamp = made.stamps / "runc"
    stamp.write_text(json.dumps({**json.loads(stamp.read_text()), "version": "v0.0.1"}))
    assert installed() is None


def test_two_at_once_do_not_meet(cache: Path, releases: Path) -> None:
    waited: list[bool] = []

    class Waiting(Plain):
        def wait(self) -> None:
            waited.append(True)

    import fcntl

    cache.mkdir()
    with (cache / "install.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        other = threading.Thread(target=lambda: install(Waiting("en", io.StringIO())))
        other.start()
        time.sleep(0.3)
        assert installed() is None
    other.join(20)
    assert waited == [True]
    assert installed() is not None


def test_plain_progress_names_each_component_and_the_time_left(
    cache: Path, releases: Path
) -> None:
    said = io.StringIO()
    install(Plain("en", said))
    lines = said.getvalue().splitlines()
    assert "expected time" in lines[0]
    for recipe in RECIPES:
        assert any(line.startswith(f"{recipe.name}: in place") for line in lines)


def test_plain_progress_speaks_up_once_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    said = io.StringIO()
    plain = Plain("en", said)
    plain.plan({"kubernetes": 600.0})
    plain.begin("kubernetes", "source")
    for second in range(150):
        now = float(second)
        plain.advance("kubernetes", second, 600)
    lines = said.getvalue().splitlines()[2:]
    assert [line.split(";")[0] for line in lines] == ["kubernetes: 10 %", "kubernetes: 20 %"]


def test_estimate_learns_how_fast_this_machine_is(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    estimate = Estimate()
    estimate.plan({"big": 100.0, "next": 50.0})
    assert estimate.left == 150.0
    estimate.begin("big")
    now = 100.0  # half of it, in twice the time
    estimate.advance(0.5)
    assert estimate.left == pytest.approx(200.0)
    now = 200.0
    estimate.end("big")
    assert estimate.left == pytest.approx(100.0)


def test_sources_are_shipped_for_every_recipe(tmp_path: Path) -> None:
    for version in versions.known():
        for recipe in recipes.recipes(version):
            folder = tmp_path / recipe.module
            build.lay_out(recipe.module, folder)
            module = (folder / "go.mod").read_text()
            assert f"{recipe.upstream} {recipe.version}" in module
            assert f"module kdocs/{folder.name.partition('-1.')[0]}\n" in module
            assert (folder / "go.sum").stat().st_size
            imported = "".join(path.read_text() for path in folder.glob("*.go"))
            for package in recipe.packages.values():
                assert (
                    package == "."
                    or (package.startswith("./") and (folder / package / "main.go").exists())
                    or f'"{package}"' in imported
                )


def test_the_cache_folder_can_be_chosen(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from kdocs_plugin.clusters.local import layout

    monkeypatch.delenv("KDOCS_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert layout.cache() == tmp_path / "kdocs"
    monkeypatch.setenv("KDOCS_CACHE", str(tmp_path / "mine"))
    assert layout.cache() == tmp_path / "mine"


def test_the_packages_names_are_functions() -> None:
    """And not modules of the same name, which would hide them once imported."""
    from kdocs_plugin.clusters import local

    assert local.install is installation.install
    assert callable(local.sweep)
