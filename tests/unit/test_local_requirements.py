"""Why a machine can't run the local cluster; whose a cluster is; what is said about it."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kdocs_plugin.cli import cluster as command_line
from kdocs_plugin.clusters import local
from kdocs_plugin.clusters.local import layout, processes
from kdocs_plugin.messages import CATALOGUE, text

linux = pytest.mark.skipif(sys.platform != "linux", reason="the local cluster is for Linux")


@pytest.fixture
def able(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine where nothing is missing, as far as can be told without trying."""
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")


@pytest.mark.usefixtures("able")
def test_an_able_machine_can_install() -> None:
    assert local.unsupported(to_run=False) is None


@pytest.mark.usefixtures("able")
@pytest.mark.parametrize(
    ("where", "name", "value", "key"),
    [
        (sys, "platform", "darwin", "local.not_linux"),
        (platform, "machine", lambda: "riscv64", "local.not_this_machine"),
        (os, "geteuid", lambda: 1000, "local.not_root"),
        (shutil, "which", lambda name: None if name == "nft" else name, "local.missing_tools"),
    ],
)
def test_what_is_missing_is_named(
    monkeypatch: pytest.MonkeyPatch, where: object, name: str, value: object, key: str
) -> None:
    monkeypatch.setattr(where, name, value)
    reason = local.unsupported()
    assert reason is not None
    assert reason.key == key
    said = text(reason.key, "en", reason.arguments)
    if key == "local.missing_tools":
        assert "nft" in said


@linux
def test_an_identity_names_its_owner() -> None:
    own = processes.new_identity()
    assert processes.owner_may_live(own)
    assert own != processes.new_identity()
    boot, namespace, pid, started, random = own.split("-")
    assert not processes.owner_may_live(f"{boot}-{namespace}-{pid}-{int(started) - 1}-{random}")
    assert not processes.owner_may_live(f"00000000-{namespace}-{pid}-{started}-{random}")
    assert processes.owner_may_live(f"{boot}-1-{pid}-{started}-{random}")  # can't be told
    assert processes.owner_may_live("something-else")


@linux
def test_an_ended_owner_is_not_alive() -> None:
    child = subprocess.Popen(["sleep", "60"])
    process = processes.process(child.pid)
    assert process.alive
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert not process.alive  # a zombie
    child.wait()
    assert not process.alive


@linux
def test_sweep_needs_no_root_and_touches_nothing_of_the_living(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("KDOCS_CACHE", str(tmp_path))
    alive, strange = processes.new_identity(), "something-else"
    for name in (alive, strange):
        (layout.clusters() / name).mkdir(parents=True)
    dead = "00000000-1-1-1-abcd"
    (layout.clusters() / dead / "shells").mkdir(parents=True)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert local.sweep() == []
    assert (layout.clusters() / dead).exists()
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert dead in local.sweep()
    assert {path.name for path in layout.clusters().iterdir()} == {alive, strange}


def test_every_sentence_is_in_the_catalogue() -> None:
    package = Path(local.__file__).parent
    sources = [*package.rglob("*.py"), Path(command_line.__file__)]
    named = {
        key
        for source in sources
        for key in re.findall(r'"(local\.[a-z_.]+[a-z])"', source.read_text())
    }
    assert len(named) > 20
    assert named <= set(CATALOGUE)
    for source in ("release", "source", "packages"):
        assert f"local.progress.begin.{source}" in CATALOGUE
        assert f"local.progress.source.{source}" in CATALOGUE
