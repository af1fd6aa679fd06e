"""Killing a run at a moment of no meaning, and looking for what it leaves.

A trial starts `kdocs run --cluster local` or `kdocs cluster up` in a cache folder of its
own, waits for a random time, kills one process (the command, a component, any process
below it) and then asks: has everything ended, did nothing hang, and is nothing left once
the next command has run: no process, control group, mount, lock, half-written file.

test_random_kills.py makes a few trials; benchmarks/random_kills.py makes a hundred.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from kdocs_plugin.clusters.local import Installation, processes
from kdocs_plugin.clusters.local.node import cgroups
from kdocs_plugin.clusters.local.processes import Process

KDOCS = str(Path(sys.executable).parent / "kdocs")
NOTE = Path(__file__).parent.parent / "notes" / "web-server.md"
RUN, UP = ("run", "--cluster", "local", "--force"), ("cluster", "up")
OWNER, ANY = "the command", "any process"
COMPONENTS = (
    "etcd", "kube-apiserver", "kube-controller", "kube-scheduler", "containerd", "kubelet",
    "kube-proxy",
)  # fmt: skip
VICTIMS = (OWNER, ANY, *COMPONENTS)
WHOLE = 6.0  # seconds that a run takes here, about
END_SECONDS = 15.0  # for the kernel to end all processes of a cluster, on a busy machine
COMMAND_SECONDS = 120.0  # a run whose cluster was killed comes to an end within


@dataclass(frozen=True, slots=True)
class Trial:
    """What was killed when, and what was wrong afterwards."""

    command: tuple[str, ...]
    victim: str  # as wanted
    killed: str  # what that was: its command's name, or why there was none
    moment: float  # seconds after the start
    problems: tuple[str, ...]

    def __str__(self) -> str:
        said = "; ".join(self.problems) or "nothing left"
        return (
            f"{' '.join(self.command)}: {self.killed} killed after {self.moment:.2f} s: {said}"
        )


class Ground:
    """A cache folder and a site for trials, one after the other."""

    def __init__(self, folder: Path, installation: Installation) -> None:
        self.cache, self.site = folder / "cache", folder / "site"
        self.cache.mkdir()
        (self.cache / installation.root.name).symlink_to(installation.root)
        shutil.copytree(installation.images, self.cache / "images")
        (self.site / "docs").mkdir(parents=True)
        shutil.copy(NOTE, self.site / "docs")
        settings = "site_name: 노트\ntheme: material\nplugins: [search, kdocs]\n"
        (self.site / "mkdocs.yml").write_text(settings)
        self.environment = {**os.environ, "KDOCS_CACHE": str(self.cache), "KDOCS_LANG": "en"}
        self.images = self._files(self.cache / "images")

    def trial(self, command: tuple[str, ...], victim: str, choice: random.Random) -> Trial:
        """Start `command`, kill `victim` at a moment that `choice` picks, look around."""
        moment = choice.uniform(0.05, WHOLE if command == RUN else WHOLE / 2)
        seen: dict[int, Process] = {}
        owner = subprocess.Popen(
            [KDOCS, *command], cwd=self.site, env=self.environment, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        begun = time.monotonic()
        while time.monotonic() - begun < moment and owner.poll() is None:
            seen |= {process.pid: process for process in descendants(owner.pid)}
            time.sleep(0.03)
        killed = self._kill(owner.pid, victim, choice)
        problems = []
        try:
            owner.wait(COMMAND_SECONDS)
        except subprocess.TimeoutExpired:
            problems.append(f"the command still runs after {COMMAND_SECONDS:.0f} s")
            owner.kill()
            owner.wait()
        kept = command == UP and (self.cache / "kept").exists() and self._answers()
        if not kept:
            problems += self._still_running(owner.pid, seen)
        problems += self._end(owner.pid)
        return Trial(command, victim, killed, moment, tuple(problems))

    def _kill(self, owner: int, victim: str, choice: random.Random) -> str:
        """Kill the victim where it is there, else the command itself. Returns its name."""
        below = descendants(owner)[1:]
        if victim == OWNER or not below:
            chosen = owner
        elif victim == ANY:
            chosen = choice.choice(below).pid
        else:
            chosen = next((p.pid for p in below if name_of(p.pid).startswith(victim)), owner)
        name = OWNER if chosen == owner else name_of(chosen)
        try:
            os.kill(chosen, signal.SIGKILL)
        except ProcessLookupError:
            return f"{name} (gone already)"
        return name

    def _still_running(self, owner: int, seen: dict[int, Process]) -> Iterator[str]:
        """Processes of the trial that do not end by themselves."""
        deadline = time.monotonic() + END_SECONDS
        while True:
            left = [each for each in seen.values() if each.alive]
            members = [
                each for each in cgroup_members(owner) if each not in {p.pid for p in left}
            ]
            if not left and not members:
                return
            if time.monotonic() > deadline:
                names = sorted({name_of(pid) for pid in [*members, *(p.pid for p in left)]})
                yield f"still running: {', '.join(names)}"
                return
            time.sleep(0.05)

    def _answers(self) -> bool:
        """Whether the kept cluster is one: it lives on by right."""
        status = self._kdocs("cluster", "status")
        return status.returncode == 0 and "running: Kubernetes" in status.stdout

    def _end(self, owner: int) -> Iterator[str]:
        """What is wrong once the next commands have run."""
        for command in (("status",), ("cluster", "down")):
            done = self._kdocs(*command)
            if done.returncode != 0:
                yield f"kdocs {' '.join(command)}: {done.stderr.strip()[-300:]}"
        clusters = self.cache / "clusters"
        if clusters.exists() and (left := [path.name for path in clusters.iterdir()]):
            yield f"state left: {', '.join(left)}"
        if left := [each for each in cgroups.identities() if f"-{owner}-" in each]:
            yield f"control groups left: {', '.join(left)}"
        if str(self.cache) in Path("/proc/self/mountinfo").read_text():
            yield "a mount is left"
        if (self.cache / "kept").exists():
            yield "the file `kept` is left"
        for lock in self.cache.rglob("*.lock"):
            with lock.open() as file:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    yield f"{lock.name} is held"
        if (images := self._files(self.cache / "images")) != self.images:
            yield f"images differ: {sorted(images.items() ^ self.images.items())[:4]}"
        for record in (self.site / "records").rglob("*"):
            try:
                if record.is_file():
                    json.loads(record.read_text())
            except ValueError:
                yield f"a record is half-written: {record.name}"

    def _kdocs(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [KDOCS, *arguments], cwd=self.site, env=self.environment,
            capture_output=True, text=True, timeout=COMMAND_SECONDS, check=False,
        )  # fmt: skip

    @staticmethod
    def _files(folder: Path) -> dict[str, int]:
        """The files in a folder with their sizes; locks come and stay."""
        return {
            str(path.relative_to(folder)): path.stat().st_size
            for path in folder.rglob("*")
            if path.is_file() and path.suffix != ".lock"
        }


def descendants(pid: int, beside: Collection[Process] = ()) -> list[Process]:
    """A process and all below it, as the host sees them; the process itself first.

    Without the processes `beside`, known before, and what is below those.
    """
    without = {process.pid for process in beside if process.alive}
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                parent = (entry / "stat").read_text().rpartition(")")[2].split()[1]
                children.setdefault(int(parent), []).append(int(entry.name))
    numbers = [pid]
    for each in numbers:
        numbers += [child for child in children.get(each, []) if child not in without]
    found = []
    for each in numbers:
        with contextlib.suppress(ProcessLookupError):
            found.append(processes.process(each))
    return found


def none_left(started: list[Process], patience: float = 5) -> bool:
    """Whether all of them end within `patience` seconds."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if not any(process.alive for process in started):
            return True
        time.sleep(0.02)
    return False


def cgroup_members(owner: int) -> Iterator[int]:
    """The processes in control groups of clusters that a process owned."""
    for root, _ in cgroups.hierarchies():
        for group in (root / cgroups.PARENT).glob(f"*-{owner}-*"):
            for members in group.rglob("cgroup.procs"):
                try:
                    yield from map(int, members.read_text().split())
                except OSError:
                    continue


def name_of(pid: int) -> str:
    """What a process is called."""
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except (FileNotFoundError, ProcessLookupError):
        return "(ended)"
