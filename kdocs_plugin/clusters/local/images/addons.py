"""The images of the cluster's own parts that run as pods, made of its binaries.

In: an installation's `bin/`. Out: images with upstream's names, tags and entry points in
the images' folder, each of one layer that holds the program alone. A program that is not
there makes no image: then the registry must have it.
"""

from __future__ import annotations

import io
import tarfile
from pathlib import Path
from typing import Any

from kdocs_plugin.clusters.local.binaries import versions
from kdocs_plugin.clusters.local.images import store
from kdocs_plugin.clusters.local.images.store import Image, Store
from kdocs_plugin.values import dataclass, field

PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass(frozen=True, slots=True)
class Recipe:
    """One image, as upstream's Dockerfile has it."""

    program: str  # in bin/
    registry: str
    repository: str
    tag: str
    path: str  # of the program in the image
    config: dict[str, Any] = field(default_factory=dict)


RECIPES = (
    # https://github.com/coredns/coredns/blob/v1.15.0/Dockerfile
    Recipe(
        "coredns",
        "registry.k8s.io",
        "coredns/coredns",
        versions.COREDNS,
        "coredns",
        {
            "Entrypoint": ["/coredns"],
            "User": "65532:65532",
            "WorkingDir": "/",
            "ExposedPorts": {"53/tcp": {}, "53/udp": {}},
        },
    ),
    # https://github.com/kubernetes-sigs/metrics-server/blob/v0.9.0/Dockerfile
    Recipe(
        "metrics-server",
        "registry.k8s.io",
        "metrics-server/metrics-server",
        versions.METRICS_SERVER,
        "metrics-server",
        {"Entrypoint": ["/metrics-server"], "User": "65534"},
    ),
    # https://github.com/rancher/local-path-provisioner/blob/v0.0.30/package/Dockerfile
    Recipe(
        "local-path-provisioner",
        "docker.io",
        "rancher/local-path-provisioner",
        versions.LOCAL_PATH_PROVISIONER,
        "usr/bin/local-path-provisioner",
        {"Cmd": ["local-path-provisioner"]},
    ),
)


def ensure(binaries: Path, folder: Path) -> None:
    """Make the images that are not in `folder` yet. Cheap where all are."""
    if not missing(binaries, folder):
        return
    with store.alone(folder):
        store.put(folder, [make(each, binaries, folder) for each in missing(binaries, folder)])


def missing(binaries: Path, folder: Path) -> list[Recipe]:
    """The recipes whose program is there and whose image is not."""
    images = store.index(folder)
    return [
        recipe
        for recipe in RECIPES
        if (binaries / recipe.program).is_file()
        and not any(
            image.answers(recipe.registry, recipe.repository, recipe.tag)
            and store.complete(folder, image.digest)
            for image in images
        )
    ]


def make(recipe: Recipe, binaries: Path, folder: Path) -> Image:
    """Keep one image. Its layer is the program and the folders above it."""
    layer = io.BytesIO()
    with tarfile.open(fileobj=layer, mode="w") as tar:
        for parent in reversed(Path(recipe.path).parents[:-1]):
            above = tarfile.TarInfo(str(parent))
            above.type, above.mode = tarfile.DIRTYPE, 0o755
            tar.addfile(above)
        program = tarfile.TarInfo(recipe.path)
        program.mode = 0o755
        with (binaries / recipe.program).open("rb") as content:
            program.size = content.seek(0, io.SEEK_END)
            content.seek(0)
            tar.addfile(program, content)
    layer.seek(0)
    return Store(folder).image(
        recipe.repository,
        [recipe.tag],
        f"{recipe.program} {recipe.tag}",
        layer,
        {"Env": [PATH], **recipe.config},
        registry=recipe.registry,
        repository=recipe.repository,
        origin="component",
        compress=True,
    )
