"""Under sudo: whose cache folder it is, and whose its files are."""

from __future__ import annotations

import os
import pwd
import shutil
import sys
from pathlib import Path

import pytest

from kdocs_plugin.clusters import local
from kdocs_plugin.clusters.local import invoker, layout
from kdocs_plugin.messages import hint, text

NOBODY = 65534
pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="the local cluster is for Linux"
)


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """What sudo sets when `nobody` calls it; sudo itself is not needed for that."""
    entry = pwd.struct_passwd(("nobody", "x", NOBODY, NOBODY, "", str(tmp_path), "/bin/sh"))
    monkeypatch.setattr(pwd, "getpwuid", lambda uid: {NOBODY: entry}[uid])
    for name in ("KDOCS_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SUDO_UID", str(NOBODY))
    monkeypatch.setenv("SUDO_GID", str(NOBODY))
    monkeypatch.setenv("HOME", "/root")
    return tmp_path


@pytest.mark.skipif(os.geteuid() != 0, reason="is about root")
def test_the_caller_s_cache_is_used_and_stays_the_caller_s(home: Path) -> None:
    cache = layout.cache()
    assert cache == home / ".cache/kdocs"
    for name in ("kubernetes-v1.37.2/bin", "images/blobs", "clusters/x"):
        (cache / name).mkdir(parents=True)
    program = cache / "kubernetes-v1.37.2/bin/etcd"
    program.write_text("")
    outside = home / "outside"
    outside.write_text("")
    (cache / "link").symlink_to(outside)
    invoker.give_back(cache)
    for path in (home / ".cache", cache, program, program.parent, cache / "images/blobs"):
        assert path.stat().st_uid == NOBODY, path
    assert (cache / "link").lstat().st_uid == NOBODY
    assert outside.stat().st_uid == 0
    assert (cache / "clusters/x").stat().st_uid == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="is about root")
def test_a_cache_elsewhere_is_left_alone(
    home: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = tmp_path_factory.mktemp("elsewhere")
    invoker.give_back(other)
    assert other.stat().st_uid == 0
    assert home != other


def test_an_ordinary_user_s_environment_says_nothing(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert invoker.user() is None
    assert invoker.home() == Path("/root") != home


def test_the_line_to_paste(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(
        shutil, "which", lambda name: f"/usr/bin/{name}" if name == "sudo" else None
    )
    monkeypatch.setattr(sys, "argv", ["/opt/my env/kdocs", "run", "--cluster", "local", "docs"])
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    reason = local.unsupported()
    assert reason is not None
    line = "sudo -E '/opt/my env/kdocs' run --cluster local docs"
    assert hint(reason.key, "en", reason.arguments) == line
    for word in ("kind", "minikube", "Docker Desktop", "CI"):
        assert word in text(reason.key, "ko", reason.arguments)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: False, raising=False)
    silent = local.unsupported()
    assert silent is not None
    assert hint(silent.key, "en", silent.arguments) == ""


@pytest.mark.parametrize(
    "key", ["local.not_linux", "local.not_this_machine", "exact.not_linux"]
)
@pytest.mark.parametrize("language", ["ko", "en"])
def test_one_sentence_names_the_alternatives(key: str, language: str) -> None:
    said = text(
        key, "ko" if language == "ko" else "en", {"system": "Darwin", "machine": "riscv64"}
    )
    assert "\n" not in said
    for word in ("kind", "minikube", "Docker Desktop", "CI"):
        assert word in said
