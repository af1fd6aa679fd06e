"""Which images a scenario's pods ran."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from kdocs_plugin.model import ImageInfo


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
