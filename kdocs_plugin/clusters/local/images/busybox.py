"""busybox, from the machine's own statically linked one."""

from __future__ import annotations

import io
import shutil
import subprocess
import tarfile
from pathlib import Path

from kdocs_plugin.clusters.local.images.names import DOCKER_HUB
from kdocs_plugin.clusters.local.images.store import PATH, Image, Store, true_tags
from kdocs_plugin.clusters.local.images.tarring import add_file, add_folder, add_link
from kdocs_plugin.errors import InstallError

# Debian builds busybox without wget's timeout, and its wget crashes where one is given.
WGET = """\
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

# The official image's: a note may run as any of them.
USERS = """\
root:x:0:0:root:/root:/bin/sh
daemon:x:1:1:daemon:/usr/sbin:/bin/false
bin:x:2:2:bin:/bin:/bin/false
sys:x:3:3:sys:/dev:/bin/false
sync:x:4:100:sync:/bin:/bin/sync
mail:x:8:8:mail:/var/spool/mail:/bin/false
www-data:x:33:33:www-data:/var/www:/bin/false
operator:x:37:37:Operator:/var:/bin/false
nobody:x:65534:65534:nobody:/home:/bin/false
"""
GROUPS = """\
root:x:0:
daemon:x:1:
bin:x:2:
sys:x:3:
adm:x:4:
tty:x:5:
disk:x:6:
mail:x:8:
www-data:x:33:
operator:x:37:
users:x:100:
nobody:x:65534:
"""


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
            ("var/www", 0o755),
        ):  # fmt: skip
            add_folder(tar, folder, mode)
        add_file(tar, "bin/busybox", Path(program).read_bytes(), mode=0o755)
        for applet in sorted(set(applets) - {"busybox", "wget"}):
            add_link(tar, f"bin/{applet}", "busybox")
        add_file(tar, "bin/wget", WGET.encode(), mode=0o755)
        add_link(tar, "usr/bin/env", "/bin/env")
        add_file(tar, "etc/passwd", USERS.encode())
        add_file(tar, "etc/group", GROUPS.encode())
    layer.seek(0)
    made_from = f"Debian busybox-static {version}"
    config = {"Cmd": ["sh"], "Env": [PATH]}
    return store.image(
        "busybox", true_tags(version), made_from, layer, config, registry=DOCKER_HUB
    )


def _output(command: list[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout
