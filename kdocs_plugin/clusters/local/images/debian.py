"""Small Debian systems as layers, from the machine's own package sources.

In: package names, in groups. Out: a tar file for the base system and one for what each
group added to it, so that images share what they have in common, on disk and when they
are unpacked. One run of mmdebstrap makes them all: between two groups a hook writes the
whole system down, and the difference of two such files is a layer.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import shlex
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from kdocs_plugin.errors import InstallError
from kdocs_plugin.values import dataclass

SECONDS = 900  # that mmdebstrap may take, downloads and all
# What a container never reads: not even unpacked, and unpacked for packages' scripts only.
DOCUMENTATION = (
    "./usr/share/doc/",
    "./usr/share/info/",
    "./usr/share/locale/",
    "./usr/share/man/",
)
LEFT_OUT = (
    *DOCUMENTATION,
    "./dev/",
    "./usr/share/perl/",
    "./usr/share/zoneinfo/",
    "./var/cache/apt/",
    "./var/cache/debconf/",
    "./var/lib/apt/lists/",
    "./var/log/apt/",
)
LEFT_OUT_OF_LIBRARIES = re.compile(r"\./usr/lib/[a-z0-9_]+-linux-gnu/(?:gconv|perl)/.")
VARYING = frozenset(
    ("./var/log/dpkg.log", "./var/log/alternatives.log", "./var/cache/ldconfig/aux-cache")
)
# What mmdebstrap puts into a system while its hooks run, and where it keeps the real one.
MAKESHIFT = re.compile(
    r"\./(?:etc/apt/apt\.conf\.d/(?:00|99)mmdebstrap|usr/sbin/policy-rc\.d|tmp/.*)"
)
DAEMON = "./usr/sbin/start-stop-daemon"
# mmdebstrap's hooks see /proc, /sys and /dev of the machine.
WRITE_DOWN = 'tar -C "$1" --one-file-system {} -cf {} .'
EXCLUDED = ("proc", "sys", "dev", "tmp", "var/cache/apt", "var/lib/apt/lists")
INSTALL = (
    'APT_CONFIG="$MMDEBSTRAP_APT_CONFIG" apt-get -qq --yes --no-install-recommends'
    ' -oDPkg::Chroot-Directory="$1" install {}'
)


@dataclass(frozen=True, slots=True)
class System:
    """A Debian with packages, in layers: the base first."""

    layers: tuple[Path, ...]
    name: str  # debian, ubuntu
    release: str  # 12.11
    codename: str  # bookworm
    packages: dict[str, str]  # name -> version as dpkg has it
    users: str  # /etc/passwd


@contextmanager
def system(*groups: Sequence[str]) -> Iterator[System]:
    """The base system and a layer for each group of packages, in a folder that goes.

    Raises InstallError where it can't be made.
    """
    with tempfile.TemporaryDirectory(prefix="kdocs-debian-") as work:
        snapshots = [Path(work, f"{number}.tar") for number in range(len(groups) + 1)]
        _bootstrap(groups, snapshots)
        layers: list[Path] = []
        below: dict[str, tuple[object, ...]] = {}
        for number, snapshot in enumerate(snapshots):
            layer = Path(work, f"layer-{number}.tar")
            below = write_difference(snapshot, layer, below)
            layers.append(layer)
        with tarfile.open(snapshots[-1]) as tar:
            release = _fields(_text(tar, "./usr/lib/os-release"), "=")
            version = _text(tar, "./etc/debian_version").strip()
            packages = _packages(_text(tar, "./var/lib/dpkg/status"))
            users = _text(tar, "./etc/passwd")
        for snapshot in snapshots:
            snapshot.unlink()
        name = release.get("ID", "debian")
        yield System(
            tuple(layers),
            name,
            version if name == "debian" else release.get("VERSION_ID", ""),
            release.get("VERSION_CODENAME", ""),
            packages,
            users,
        )


def _bootstrap(groups: Sequence[Sequence[str]], snapshots: Sequence[Path]) -> None:
    tool = shutil.which("mmdebstrap")
    if tool is None:
        raise InstallError("local.missing_tool", tool="mmdebstrap", package="mmdebstrap")
    hooks = []
    for group, before in zip(groups, snapshots, strict=False):
        excluded = " ".join(f"'--exclude=./{folder}/*'" for folder in EXCLUDED)
        hooks.append(WRITE_DOWN.format(excluded, shlex.quote(str(before))))
        hooks.append(INSTALL.format(shlex.join(group)))
    command = [
        tool, "--quiet", "--mode=root" if os.geteuid() == 0 else "--mode=unshare",
        "--variant=minbase",
        *(f"--aptopt={line}" for line in _apt_options()),
        *(f"--dpkgopt=path-exclude={path[1:]}*" for path in DOCUMENTATION),
        *(f"--customize-hook={hook}" for hook in hooks),
        codename(), str(snapshots[-1]), *(str(path) for path in _apt_sources()),
    ]  # fmt: skip
    folder = snapshots[-1].parent
    environment = {**os.environ, "TMPDIR": str(folder), "SOURCE_DATE_EPOCH": "0"}
    names = ", ".join(name for group in groups for name in group) or "debian"
    try:
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, check=False,
            timeout=SECONDS,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise InstallError("local.image_failed", image=names, reason=str(error)) from error
    if done.returncode != 0:
        raise InstallError("local.image_failed", image=names, reason=done.stderr.strip()[-500:])


def write_difference(
    snapshot: Path, layer: Path, below: dict[str, tuple[object, ...]]
) -> dict[str, tuple[object, ...]]:
    """Write what a system has that the one below has not. Returns what each member is."""
    seen: dict[str, tuple[object, ...]] = {}
    with tarfile.open(snapshot) as source, tarfile.open(layer, "w") as target:
        for member in _members(source):
            content = _content(source, member)
            what = _identity(member, content)
            seen[member.name] = what
            if below.get(member.name) != what:
                target.addfile(member, io.BytesIO(content) if member.isreg() else None)
        for name in sorted(below.keys() - seen.keys()):  # what a package's script removed
            folder, _, last = name.rpartition("/")
            target.addfile(tarfile.TarInfo(f"{folder}/.wh.{last}"))
    return seen


def _members(tar: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    """The members that an image needs, without what varies from run to run."""
    members = tar.getmembers()
    diverted = any(member.name == f"{DAEMON}.REAL" for member in members)
    for member in members:
        if not _kept(member) or (diverted and member.name == DAEMON):
            continue
        if member.name == f"{DAEMON}.REAL":
            member.name = DAEMON
        member.mtime = 0
        yield member


def _content(tar: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = tar.extractfile(member) if member.isreg() else None
    return file.read() if file else b""


def _identity(member: tarfile.TarInfo, content: bytes) -> tuple[object, ...]:
    digest = hashlib.sha256(content).hexdigest()
    return (member.type, member.mode, member.uid, member.gid, member.linkname, digest)


def _kept(member: tarfile.TarInfo) -> bool:
    if member.name in VARYING or member.ischr() or member.isblk():
        return False
    if MAKESHIFT.fullmatch(member.name):
        return False
    left_out = member.name.startswith(LEFT_OUT) and member.name not in LEFT_OUT
    return not left_out and not LEFT_OUT_OF_LIBRARIES.match(member.name)


def _text(tar: tarfile.TarFile, name: str) -> str:
    try:
        file = tar.extractfile(name)
    except KeyError:
        file = None
    return file.read().decode() if file else ""


def _fields(text: str, separator: str) -> dict[str, str]:
    pairs = (line.split(separator, 1) for line in text.splitlines() if separator in line)
    return {key: value.strip().strip('"') for key, value in pairs}


def _packages(status: str) -> dict[str, str]:
    found = {}
    for paragraph in status.split("\n\n"):
        fields = dict(
            line.split(": ", 1) for line in paragraph.splitlines() if ": " in line[:40]
        )
        if "Package" in fields and "Version" in fields:
            found[fields["Package"]] = fields["Version"].split(":")[-1]
    return found


def codename() -> str:
    """The release that this machine runs. InstallError where it is no Debian."""
    release = Path("/etc/os-release")
    fields = _fields(release.read_text() if release.exists() else "", "=")
    if not fields.get("VERSION_CODENAME"):
        raise InstallError("local.not_debian")
    return fields["VERSION_CODENAME"]


def _apt_sources() -> Iterator[Path]:
    """The files that name the machine's package archive."""
    folder = Path("/etc/apt/sources.list.d")
    for path in (
        Path("/etc/apt/sources.list"),
        *sorted([*folder.glob("debian*"), *folder.glob("ubuntu*")]),
    ):
        if path.is_file() and path.suffix in {".list", ".sources"} and path.stat().st_size:
            yield path


def _apt_options() -> list[str]:
    """What the machine's apt is told about reaching its archive, for mmdebstrap's own apt."""
    wanted = ("Acquire::Check-", "Acquire::http", "Acquire::https", "Acquire::Retries")
    command = ["apt-config", "dump", "--no-empty", "Acquire"]
    said = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    return [line for line in said.splitlines() if line.startswith(wanted)]
