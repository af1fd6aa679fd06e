"""The images that notes start with, made on this machine where no registry can be had.

In: the machine's own Debian packages. Out: in a folder, `blobs/sha256/` (manifest,
configuration, one uncompressed layer an image) and `images.json`, which says what each
image is called and which digest it has. registry.py serves the folder as it is; whoever
shows an image's output asks `built_locally` and says so.

nginx follows the official image in what a note can see: the page at /, logs on standard
output and error, the command, the paths. Its version is Debian's, and only the tags that
are true of it are served.
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from kdocs_plugin.clusters.local.images import pause
from kdocs_plugin.clusters.local.images.store import Image, Store, alone, forget_others, put
from kdocs_plugin.errors import InstallError

PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

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
    "./usr/lib/x86_64-linux-gnu/gconv/",
    "./usr/lib/x86_64-linux-gnu/perl/",
    "./usr/share/perl/",
    "./usr/share/zoneinfo/",
    "./var/cache/apt/",
    "./var/cache/debconf/",
    "./var/lib/apt/lists/",
    "./var/log/apt/",
)

NGINX_CONF = """\
user  www-data;
worker_processes  auto;

error_log  /var/log/nginx/error.log notice;
pid        /run/nginx.pid;

events {
    worker_connections  1024;
}

http {
    include       /etc/nginx/mime.types;
    default_type  application/octet-stream;

    log_format  main  '$remote_addr - $remote_user [$time_local] "$request" '
                      '$status $body_bytes_sent "$http_referer" '
                      '"$http_user_agent" "$http_x_forwarded_for"';

    access_log  /var/log/nginx/access.log  main;

    sendfile        on;
    keepalive_timeout  65;

    include /etc/nginx/conf.d/*.conf;
}
"""

NGINX_SITE = """\
server {
    listen       80;
    listen  [::]:80;
    server_name  localhost;

    location / {
        root   /usr/share/nginx/html;
        index  index.html index.htm;
    }

    error_page   500 502 503 504  /50x.html;
    location = /50x.html {
        root   /usr/share/nginx/html;
    }
}
"""

# Debian builds busybox without wget's timeout, and its wget crashes where one is given.
BUSYBOX_WGET = """\
#!/bin/sh
seconds=
for word do
    shift
    case $word in
        -T|--timeout) seconds=next ;;
        -T?*) seconds=${word#-T} ;;
        --timeout=*) seconds=${word#--timeout=} ;;
        *) if [ "$seconds" = next ]; then seconds=$word; else set -- "$@" "$word"; fi ;;
    esac
done
[ "$seconds" ] || exec /bin/busybox wget "$@"
/bin/busybox timeout -s PIPE "$seconds" /bin/busybox wget "$@"  # a signal without a message
status=$?
[ $status != 141 ] || { echo "wget: download timed out" >&2; exit 1; }
exit $status
"""


def build(folder: Path, progress: Callable[[str], None]) -> tuple[Image, ...]:
    """Make all images in `folder`. `progress` hears the name of the one being made."""
    folder.mkdir(parents=True, exist_ok=True)
    store = Store(folder)
    made = []
    recipes = (("pause", pause_image), ("busybox", busybox_image), ("nginx", nginx_image))
    for name, recipe in recipes:
        progress(name)
        made.append(recipe(store))
    with alone(folder):
        put(folder, made)
        forget_others(folder)
    return tuple(made)


def pause_image(store: Store) -> Image:
    """The image that holds a pod's namespaces open."""
    layer = io.BytesIO()
    with tarfile.open(fileobj=layer, mode="w") as tar:
        _add_file(tar, "pause", pause.program(), mode=0o755)
    layer.seek(0)
    config = {"Entrypoint": ["/pause"], "Env": [PATH], "User": "65535:65535"}
    return store.image("pause", [pause.TAG], "kdocs", layer, config)


def busybox_image(store: Store) -> Image:
    """busybox, from the machine's own statically linked one."""
    program = shutil.which("busybox")
    if program is None:
        raise InstallError("local.missing_tool", tool="busybox", package="busybox-static")
    said = _output([program])
    version = said.split()[1].removeprefix("v") if said.startswith("BusyBox") else "0"
    applets = _output([program, "--list"]).split()
    layer = io.BytesIO()
    with tarfile.open(fileobj=layer, mode="w") as tar:
        for folder, mode in (
            ("bin", 0o755), ("etc", 0o755), ("home", 0o755), ("root", 0o700),
            ("tmp", 0o1777), ("usr", 0o755), ("usr/bin", 0o755), ("var", 0o755),
        ):  # fmt: skip
            _add_folder(tar, folder, mode)
        _add_file(tar, "bin/busybox", Path(program).read_bytes(), mode=0o755)
        for applet in sorted(set(applets) - {"busybox", "wget"}):
            _add_link(tar, f"bin/{applet}", "busybox")
        _add_file(tar, "bin/wget", BUSYBOX_WGET.encode(), mode=0o755)
        _add_link(tar, "usr/bin/env", "/bin/env")
        users = "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/home:/bin/false\n"
        _add_file(tar, "etc/passwd", users.encode())
        _add_file(tar, "etc/group", b"root:x:0:\nnobody:x:65534:\n")
    layer.seek(0)
    made_from = f"Debian busybox-static {version}"
    return store.image(
        "busybox", _tags(version), made_from, layer, {"Cmd": ["sh"], "Env": [PATH]}
    )


def nginx_image(store: Store) -> Image:
    """nginx with curl, on a small Debian."""
    with tempfile.TemporaryDirectory(prefix="kdocs-nginx-") as work:
        rootfs = Path(work, "rootfs.tar")
        _debian(rootfs, ["nginx-light", "curl"])
        layer = Path(work, "layer.tar")
        package = ""
        with tarfile.open(rootfs) as source, tarfile.open(layer, "w") as target:
            for member in _kept(source):
                if member.name == "./var/lib/dpkg/status":
                    status = source.extractfile(member)
                    assert status is not None  # noqa: S101 - a regular file
                    package = _package_version(status.read().decode(), "nginx-light")
                content = source.extractfile(member) if member.isreg() else None
                target.addfile(member, content)
            _add_file(target, "./etc/nginx/nginx.conf", NGINX_CONF.encode())
            _add_file(target, "./etc/nginx/conf.d/default.conf", NGINX_SITE.encode())
            _add_link(target, "./var/log/nginx/access.log", "/dev/stdout")
            _add_link(target, "./var/log/nginx/error.log", "/dev/stderr")
        version = package.split("-")[0]
        config = {
            "Cmd": ["nginx", "-g", "daemon off;"],
            "Env": [PATH, f"NGINX_VERSION={version}"],
            "ExposedPorts": {"80/tcp": {}},
            "StopSignal": "SIGQUIT",
        }
        with layer.open("rb") as content:
            made_from = f"Debian nginx-light {package}"
            return store.image("nginx", _tags(version), made_from, content, config)


def _debian(target: Path, packages: Sequence[str]) -> None:
    """A small Debian with these packages, as a tar file, from the machine's own sources."""
    tool = shutil.which("mmdebstrap")
    if tool is None:
        raise InstallError("local.missing_tool", tool="mmdebstrap", package="mmdebstrap")
    command = [
        tool, "--quiet", "--mode=root", "--variant=minbase", f"--include={','.join(packages)}",
        *(f"--aptopt={line}" for line in _apt_options()),
        *(f"--dpkgopt=path-exclude={path[1:]}*" for path in DOCUMENTATION),
        _codename(), str(target), *(str(path) for path in _apt_sources()),
    ]  # fmt: skip
    environment = {**os.environ, "TMPDIR": str(target.parent), "SOURCE_DATE_EPOCH": "0"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise InstallError(
            "local.image_failed", image="nginx", reason=done.stderr.strip()[-500:]
        )


def _apt_sources() -> Iterator[Path]:
    """The files that name the machine's Debian archive."""
    for path in (
        Path("/etc/apt/sources.list"),
        *sorted(Path("/etc/apt/sources.list.d").glob("debian*")),
    ):
        if path.is_file() and path.suffix in {".list", ".sources"} and path.stat().st_size:
            yield path


def _apt_options() -> list[str]:
    """What the machine's apt is told about reaching its archive, for mmdebstrap's own apt."""
    wanted = ("Acquire::Check-", "Acquire::http", "Acquire::https", "Acquire::Retries")
    settings = _output(["apt-config", "dump", "--no-empty", "Acquire"]).splitlines()
    return [line for line in settings if line.startswith(wanted)]


def _codename() -> str:
    for line in Path("/etc/os-release").read_text().splitlines():
        key, _, value = line.partition("=")
        if key == "VERSION_CODENAME":
            return value.strip('"')
    raise InstallError("local.not_debian")


def _kept(source: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    """The members of a Debian's tar that an image needs, without what varies."""
    replaced = {
        "./etc/nginx/nginx.conf", "./etc/nginx/sites-enabled/default",
        "./var/log/nginx/access.log", "./var/log/nginx/error.log",
        "./var/log/dpkg.log", "./var/log/alternatives.log", "./var/cache/ldconfig/aux-cache",
    }  # fmt: skip
    for member in source:
        if member.name in replaced or (
            member.name.startswith(LEFT_OUT) and member.name not in LEFT_OUT
        ):
            continue
        if member.ischr() or member.isblk():
            continue
        member.mtime = 0
        yield member


def _package_version(status: str, package: str) -> str:
    for paragraph in status.split("\n\n"):
        fields = dict(
            line.split(": ", 1) for line in paragraph.splitlines() if ": " in line[:40]
        )
        if fields.get("Package") == package:
            return fields["Version"].split(":")[-1]
    raise InstallError(
        "local.image_failed", image=package, reason="no version in dpkg's status"
    )


def _tags(version: str) -> list[str]:
    """The tags that are true of a version: 1.22.1 is also 1.22, and what is newest here."""
    return ["latest", version, ".".join(version.split(".")[:2])]


def _output(command: Sequence[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def _add_file(tar: tarfile.TarFile, name: str, content: bytes, mode: int = 0o644) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(content), mode
    tar.addfile(member, io.BytesIO(content))


def _add_folder(tar: tarfile.TarFile, name: str, mode: int) -> None:
    member = tarfile.TarInfo(name)
    member.type, member.mode = tarfile.DIRTYPE, mode
    tar.addfile(member)


def _add_link(tar: tarfile.TarFile, name: str, target: str) -> None:
    member = tarfile.TarInfo(name)
    member.type, member.linkname, member.mode = tarfile.SYMTYPE, target, 0o777
    tar.addfile(member)
