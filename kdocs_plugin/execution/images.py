"""Which images a scenario's pods ran, and why one could not be had."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from kdocs_plugin.execution.readiness import Trouble
from kdocs_plugin.model import ImageInfo
from kdocs_plugin.values import replace

# States of a container whose image is not there.
NO_IMAGE = ("ErrImagePull", "ImagePullBackOff", "ErrImageNeverPull", "RegistryUnavailable")
# What the kubelet and containerd put before the cause.
WRAPPING = re.compile(
    r'^(?:Back-off pulling image "[^"]*": )?(?:ErrImagePull: )?(?:rpc error: [^:]*desc = )?'
    r'(?:failed to pull and unpack image "[^"]*": )?(?:failed to resolve image: )?'
)
NAMED = 6  # as many names are told


class ImageLog:
    """Collects images from pods as they are seen; a pod may be gone at the end."""

    def __init__(self, built_locally: Callable[[str], bool]) -> None:
        self._built_locally = built_locally
        self._seen: dict[str, ImageInfo] = {}

    def look(self, pods: Iterable[Mapping[str, Any]]) -> None:
        for pod in pods:
            names = {c["name"]: c["image"] for c in pod["spec"].get("containers", [])}
            for status in pod.get("status", {}).get("containerStatuses", []):
                digest = str(status.get("imageID") or "").rpartition("@")[2]
                name = names.get(status["name"], status.get("image", ""))
                if digest.startswith("sha256:"):
                    self._seen[name] = ImageInfo(name, digest, self._built_locally(digest))

    @property
    def images(self) -> tuple[ImageInfo, ...]:
        return tuple(self._seen[name] for name in sorted(self._seen))

    def standing_for(self, swaps: Mapping[str, str]) -> tuple[ImageInfo, ...]:
        """The images, each with those of the note that it stands in for."""
        return tuple(
            replace(
                each, stands_for=tuple(old for old, new in swaps.items() if new == each.name)
            )
            for each in self.images
        )


def why_no_image(trouble: Trouble, here: tuple[str, ...]) -> dict[str, str]:
    """The finding's arguments: the cause is the one of these that is not empty.

    `unreachable`: the registry that no answer came from. `missing`: what the registry
    says it does not have. `never`: the policy that forbids to ask. `said`: any other word
    of the registry or of the container runtime. `fetch`: the image where it may be had
    elsewhere. `here`: names that can be used instead.
    """
    arguments = {
        "image": trouble.image,
        "state": trouble.reason,
        "here": ", ".join(here[:NAMED]),
    }
    causes = {"unreachable": "", "missing": "", "never": "", "said": "", "fetch": ""}
    if trouble.reason == "ErrImageNeverPull":
        causes |= {"never": "Never", "fetch": trouble.image}
    elif found := re.search(r"(\S+) is out of reach", trouble.message):
        causes |= {"unreachable": found[1], "fetch": trouble.image}
    elif re.search(r"\bnot found\b", trouble.message):
        causes["missing"] = trouble.image
    else:
        answer = re.search(r"\S+ says: (.*)", trouble.message, re.DOTALL)
        said = answer[0] if answer else WRAPPING.sub("", trouble.message)
        causes |= {"said": said.strip(), "fetch": trouble.image}
    return arguments | causes
