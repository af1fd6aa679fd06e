"""Which Kubernetes is meant, what goes with it, and programs that the machine has."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kdocs_plugin.clusters.local.binaries import (
    build,
    installation,
    machine,
    release,
    skew,
    stamps,
    toolchain,
    versions,
)
from kdocs_plugin.clusters.local.binaries.installation import install, installed, provenance
from kdocs_plugin.clusters.local.binaries.recipes import COMPONENTS, architecture, recipes
from kdocs_plugin.clusters.local.images import recipes as images
from kdocs_plugin.clusters.local.images import store
from kdocs_plugin.errors import ConfigError, InstallError


@pytest.mark.parametrize("wanted", ["1.36", "v1.36", "1.36.3", "v1.36.3"])
def test_a_minor_version_means_the_patch_release_that_was_tried(wanted: str) -> None:
    assert versions.resolve(wanted) == "v1.36.3"


@pytest.mark.parametrize("wanted", ["1.33", "1.3", "v1.36.99", "latest", ""])
def test_an_unknown_version_names_the_known_ones(wanted: str) -> None:
    with pytest.raises(ConfigError) as caught:
        versions.resolve(wanted)
    assert "1.34, 1.35, 1.36, 1.37" in str(caught.value.arguments)


def test_what_is_asked_for_goes_before_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    assert versions.chosen() == versions.DEFAULT
    monkeypatch.setenv("KDOCS_KUBERNETES", "1.35")
    assert versions.chosen() == "v1.35.4"
    assert versions.chosen("1.34") == "v1.34.4"


@pytest.mark.parametrize(
    ("arch", "fits"),
    [
        ("amd64", "linux/amd64/kubelet linux_amd64.tgz linux-amd64.tar.gz runc.amd64"),
        ("arm64", "linux/arm64/kubelet linux_arm64.tgz linux-arm64.tar.gz runc.arm64"),
    ],
)
def test_release_files_are_those_of_the_machine(arch: str, fits: str) -> None:
    addresses = [file.address for recipe in recipes("v1.36.3", arch) for file in recipe.release]
    for part in fits.split():
        assert any(address.endswith(part) for address in addresses)
    assert all(arch in address for address in addresses)
    assert f"dl.k8s.io/release/v1.36.3/bin/linux/{arch}/kubectl" in addresses


def test_the_machine_s_name_is_translated() -> None:
    assert [architecture(name) for name in ("x86_64", "aarch64", "arm64")] == [
        "amd64",
        "arm64",
        "arm64",
    ]


def test_a_module_is_built_for_the_machine(tmp_path: Path) -> None:
    assert toolchain.environment(tmp_path, cgo=False, arch="arm64")["GOARCH"] == "arm64"
    assert toolchain.environment(tmp_path, cgo=False)["GOARCH"] == architecture()


FITTING = dict.fromkeys((*COMPONENTS, "kubectl"), "v1.36.0") | {
    "etcd": "v3.6.16",
    "containerd": "v2.1.0",
}


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"kubelet": "v1.33.9", "kube-proxy": "v1.34.0"},
        {"kube-scheduler": "v1.35.4", "kube-controller-manager": "v1.35.0"},
        {"kubectl": "v1.37.2"},
        {"kubectl": "v1.35.0", "etcd": "v3.5.24"},
    ],
)
def test_versions_that_go_together(changed: dict[str, str]) -> None:
    skew.require_fit(FITTING | changed)


@pytest.mark.parametrize(
    ("program", "version", "rule"),
    [
        ("kubelet", "v1.37.0", "version-skew-policy"),
        ("kubelet", "v1.32.0", "version-skew-policy"),
        ("kube-proxy", "v1.37.2", "version-skew-policy"),
        ("kube-scheduler", "v1.34.0", "version-skew-policy"),
        ("kube-controller-manager", "v1.37.2", "version-skew-policy"),
        ("kubectl", "v1.34.4", "version-skew-policy"),
        ("kubectl", "v1.38.0", "version-skew-policy"),
        ("etcd", "v3.5.23", "MinExternalEtcdVersion"),
        ("containerd", "v1.7.28", "containerd"),
    ],
)
def test_versions_that_do_not(program: str, version: str, rule: str) -> None:
    with pytest.raises(InstallError) as caught:
        skew.require_fit(FITTING | {program: version})
    said = str(caught.value)
    assert program in said
    assert version in said
    assert rule in said
    if rule == "version-skew-policy":
        assert "kube-apiserver v1.36.0" in said


# --- programs of the machine ---------------------------------------------------------------


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder, images that cost nothing, and neither release files nor Go."""

    def make_images(folder: Path, _: object) -> None:
        with store.alone(folder):
            store.put(folder, [images.pause_image(store.Store(folder))])

    def no_go() -> Path:
        raise InstallError("local.no_go", wanted="1.26")

    monkeypatch.setenv("KDOCS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv(release.BASE, "none")
    monkeypatch.setattr(images, "NAMES", ("pause",))
    monkeypatch.setattr(images, "build", make_images)
    monkeypatch.setattr(toolchain, "find", no_go)
    return tmp_path / "cache"


Have = Callable[[str, str], Path]


@pytest.fixture
def have(tmp_path: Path) -> Have:
    """Puts a program into a folder of the machine's; it says what the real one says."""
    said = {
        "etcd": "etcd Version: {}",
        "containerd": "containerd github.com/containerd/containerd/v2 v{} 1c4457e",
        "containerd-shim-runc-v2": "containerd-shim-runc-v2:\n  Version:  v{}\n  Go version: 1",
        "ctr": "ctr github.com/containerd/containerd/v2 v{}",
        "runc": "runc version {}\nspec: 1.3.0\ngo: go1.26.8",
        "coredns": "CoreDNS-{}\nlinux/amd64, go1.26.8, ",
        "kubectl": "Client Version: v{}\nKustomize Version: v5.8.1",
        "metrics-server": "v{}",
        "local-path-provisioner": "local-path-provisioner version v{}",
    }

    def put(name: str, version: str) -> Path:
        folder = tmp_path / "machine" / ("cni" if "CNI" in version else "bin")
        folder.mkdir(parents=True, exist_ok=True)
        text = said.get(name, "Kubernetes v{}").format(version)
        if "CNI" in version:
            text = f"{version}\nCNI protocol versions supported: 0.1.0, 1.1.0"
        path = folder / name
        path.write_text(f"#!/bin/sh\ncat <<'END'\n{text}\nEND\n")
        path.chmod(0o755)
        return path

    return put


@pytest.fixture
def complete(have: Have, tmp_path: Path) -> Path:
    """A folder with everything, Kubernetes 1.36.1."""
    for name in (*COMPONENTS, "kubectl"):
        have(name, "1.36.1")
    for name in ("containerd", "containerd-shim-runc-v2", "ctr"):
        have(name, "2.2.0")
    for name, version in (("etcd", "3.6.8"), ("runc", "1.4.0"), ("coredns", "1.14.2")):
        have(name, version)
    have("metrics-server", "0.8.1")
    have("local-path-provisioner", "0.0.30")
    for name in ("host-local", "loopback", "portmap", "ptp"):
        have(name, f"CNI {name} plugin v1.8.0")
    return tmp_path / "machine"


def test_a_machine_that_has_everything(cache: Path, complete: Path) -> None:
    made = install(where=str(complete))
    assert made.kubernetes == "v1.36.1"
    assert made.root == cache / "kubernetes-v1.36.1"
    assert installed("1.36") == installed("v1.36.1") == made
    found = provenance(made)
    assert {stamp.source for stamp in found.values()} == {stamps.MACHINE}
    assert {name: stamp.version for name, stamp in found.items()} == {
        "kubernetes": "v1.36.1",
        "coredns": "v1.14.2",
        "metrics-server": "v0.8.1",
        "local-path-provisioner": "v0.0.30",
        "etcd": "v3.6.8",
        "containerd": "v2.2.0",
        "runc": "v1.4.0",
        "cni": "v1.8.0",
    }
    program = found["etcd"].programs["bin/etcd"]
    assert program.origin == str(complete / "bin/etcd")
    assert (made.bin / "etcd").read_bytes() == (complete / "bin/etcd").read_bytes()
    (complete / "bin/etcd").write_text("upgraded")  # the installation holds a copy
    assert (made.bin / "etcd").read_text() != "upgraded"


def test_programs_on_the_search_path(
    cache: Path, complete: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", f"{complete / 'bin'}:{complete / 'cni'}:/usr/bin:/bin")
    assert install(where="PATH").kubernetes == "v1.36.1"


def test_what_the_machine_lacks_comes_as_usual(
    cache: Path, complete: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (complete / "bin/kubelet").unlink()
    (complete / "bin/runc").unlink()
    built: list[str] = []

    def from_source(together: object, work: Path, folder: Path, progress: object) -> None:
        """Stands in for ten minutes of Go."""
        for recipe in together:  # type: ignore[attr-defined]
            built.append(f"{recipe.name} {recipe.version}")
            for program in recipe.programs:
                (folder / program).parent.mkdir(parents=True, exist_ok=True)
                (folder / program).write_text(f"built {program}")

    monkeypatch.setattr(toolchain, "find", lambda: Path("/usr/bin/true"))
    monkeypatch.setattr(build, "scout", lambda *_: 0)
    monkeypatch.setattr(build, "build", from_source)
    monkeypatch.setattr(build, "SPACE", 0)
    made = install(where=str(complete))
    assert built == ["kubernetes v1.36.3", f"runc {versions.RUNC}"]
    assert made.kubernetes == "v1.36.1"
    assert (made.bin / "kubelet").read_text() == "built bin/kubelet"
    assert "v1.36.1" in (made.bin / "kube-proxy").read_text()
    programs = provenance(made)["kubernetes"].programs
    assert programs["bin/kubelet"].origin.startswith("k8s.io/kubernetes@v1.36.3 go")
    assert programs["bin/kube-proxy"].origin == str(complete / "bin/kube-proxy")
    assert provenance(made)["runc"].source == stamps.SOURCE


def test_skew_on_the_machine_is_refused_before_anything_is_installed(
    cache: Path, complete: Path, have: Have
) -> None:
    have("kubelet", "1.37.0")
    with pytest.raises(InstallError) as caught:
        install(where=str(complete))
    assert "kubelet v1.37.0 does not go with kube-apiserver v1.36.1" in str(caught.value)
    assert installation.installations() == []
    assert not (cache / "kubernetes-v1.36.1").exists()


def test_another_version_than_the_one_asked_for(cache: Path, complete: Path) -> None:
    with pytest.raises(InstallError) as caught:
        install(kubernetes="1.35", where=str(complete))
    assert caught.value.key == "local.other_version"


@pytest.mark.parametrize("name", ["empty", "missing"])
def test_a_folder_with_none_of_it(cache: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(InstallError) as caught:
        install(where=str(tmp_path / name))
    assert caught.value.key == "local.nothing_here"
    assert str(tmp_path / name) in str(caught.value)


def test_a_program_that_does_not_say_its_version(tmp_path: Path) -> None:
    broken = tmp_path / "etcd"
    broken.write_text("#!/bin/sh\necho no such option >&2; exit 2\n")
    broken.chmod(0o755)
    with pytest.raises(InstallError) as caught:
        machine.version(broken)
    assert "no such option" in str(caught.value)


def test_a_program_that_hangs_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "PATIENCE", 0.2)
    hanging = tmp_path / "etcd"
    hanging.write_text("#!/bin/sh\nexec sleep 60\n")
    hanging.chmod(0o755)
    with pytest.raises(InstallError) as caught:
        machine.version(hanging)
    assert caught.value.key == "local.no_version"
