"""Getting the local cluster's binaries and images."""

from __future__ import annotations

from kdocs_plugin.clusters.local import images, layout, versions
from kdocs_plugin.clusters.local.layout import Installation


def installed() -> Installation | None:
    """The installation, where it is complete."""
    cache = layout.cache()
    found = Installation(cache / f"kubernetes-{versions.KUBERNETES}", cache / "images")
    complete = all((found.stamps / name).is_file() for name in versions.ALL)
    return found if complete and images.index(found.images) else None
