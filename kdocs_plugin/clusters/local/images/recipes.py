"""The images that notes start with, made on this machine where no registry can be had.

In: the machine's own Debian packages. Out: in the images folder, blobs and index entries
(store.py). They bear the names that notes use and only the tags that are true of them;
each is marked as a stand-in, and whoever shows an image's output says so.

The ones that are Debian inside share its layers: debian, curl upon it, nginx upon both.
"""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable, Sequence
from pathlib import Path

from kdocs_plugin.clusters.local.images import debian, nginx, pause, store
from kdocs_plugin.clusters.local.images.busybox import busybox_image
from kdocs_plugin.clusters.local.images.debian import System
from kdocs_plugin.clusters.local.images.names import DOCKER_HUB
from kdocs_plugin.clusters.local.images.store import PATH, Image, Store
from kdocs_plugin.clusters.local.images.tarring import add_file, add_folder

# What an installation has; `missing` tells one that is older than this list.
NAMES = ("pause", "busybox", "debian", "curlimages/curl", "nginx", "nginxdemos/hello")

# As the official image's: a first word that is an option, or no program, is curl's.
CURL_ENTRYPOINT = """\
#!/bin/sh
case $1 in
    -*) set -- curl "$@" ;;
    *) command -v -- "$1" >/dev/null || set -- curl "$@" ;;
esac
exec "$@"
"""
CURL_USER = "curl_user:x:100:101::/home/curl_user:/bin/sh\n"


def missing(folder: Path) -> tuple[str, ...]:
    """Names of the images that are not all here."""
    # Ubuntu's own image bears its own name.
    here = {
        "debian" if image.name == "ubuntu" else image.name
        for image in store.index(folder)
        if store.complete(folder, image.digest)
    }
    return tuple(name for name in NAMES if name not in here)


def build(folder: Path, progress: Callable[[str], None]) -> tuple[Image, ...]:
    """Make all images in `folder`. `progress` hears the name of the one being made."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = Store(folder)
    made = []
    for name, recipe in (("pause", pause_image), ("busybox", busybox_image)):
        progress(name)
        made.append(recipe(kept))
    progress("debian")
    with debian.system(["curl"], ["nginx-light"]) as system:
        layers = []
        for path in system.layers:
            with path.open("rb") as layer:
                layers.append(kept.add(layer))
        made.append(debian_image(kept, layers[:1], system))
        made.append(curl_image(kept, layers[:2], system))
        package = system.packages["nginx-light"]
        made += [recipe(kept, layers, package) for recipe in (nginx.nginx, nginx.hello)]
    with store.alone(folder):
        theirs = {(image.repository, image.added) for image in made}
        others = [
            image
            for image in store.index(folder)
            if (image.repository, image.added) not in theirs
        ]
        store.write_index(folder, [*made, *others])
        store.forget_others(folder)
    return tuple(made)


def pause_image(kept: Store) -> Image:
    """The image that holds a pod's namespaces open."""
    layer = io.BytesIO()
    with tarfile.open(fileobj=layer, mode="w") as tar:
        add_file(tar, "pause", pause.program(store.architecture()), mode=0o755)
    layer.seek(0)
    config = {"Entrypoint": ["/pause"], "Env": [PATH], "User": "65535:65535"}
    return kept.image(
        "pause", [pause.TAG], "kdocs", layer, config,
        registry="registry.k8s.io", origin="component",
    )  # fmt: skip


def debian_image(kept: Store, layers: Sequence[tuple[str, int]], system: System) -> Image:
    """The base system alone, under its own name. Documentation is left out: it is slim."""
    tags = [system.codename, system.release]
    if system.name == "debian":
        tags.append(system.release.split(".")[0])
        tags += [f"{tag}-slim" for tag in tags]
    made_from = f"{system.name.capitalize()} {system.release}"
    config = {"Cmd": ["bash"], "Env": [PATH]}
    return kept.image(
        system.name, list(dict.fromkeys(tags)), made_from, layers, config, registry=DOCKER_HUB
    )


def curl_image(kept: Store, layers: Sequence[tuple[str, int]], system: System) -> Image:
    """curl with a shell, called as the official image is."""
    top = io.BytesIO()
    with tarfile.open(fileobj=top, mode="w") as tar:
        add_file(tar, "./entrypoint.sh", CURL_ENTRYPOINT.encode(), mode=0o755)
        add_folder(tar, "./home/curl_user", owner=(100, 101))
        users = system.users + CURL_USER
        add_file(tar, "./etc/passwd", users.encode())
    top.seek(0)
    package = system.packages["curl"]
    version = package.split("-")[0]
    config = {
        "Cmd": ["curl"],
        "Entrypoint": ["/entrypoint.sh"],
        "Env": [PATH],
        "User": "100:101",
        "WorkingDir": "/home/curl_user",
    }
    return kept.image(
        "curlimages/curl", ["latest", version], f"Debian curl {package}",
        [*layers, kept.add(top)], config, registry=DOCKER_HUB,
    )  # fmt: skip


def own_image(kept: Store, name: str, repository: str, registry: str, tag: str,
              packages: Sequence[str], command: Sequence[str]) -> Image:  # fmt: skip
    """The user's own: Debian with these packages, and what it runs."""
    with debian.system(packages) as system:
        layers = []
        for path in system.layers:
            with path.open("rb") as layer:
                layers.append(kept.add(layer))
        named = [f"{each} {system.packages.get(each, '')}".strip() for each in packages]
    return kept.image(
        name, [tag], f"Debian {', '.join(named)}", layers,
        {"Cmd": list(command) or ["bash"], "Env": [PATH]},
        registry=registry, repository=repository, origin="debian",
    )  # fmt: skip
