"""What an image is called: `nginx`, `docker.io/library/nginx:latest`, one and the same.

The rules are those of the distribution project's reference grammar, as docker and
containerd read names: the first part is a registry where it has a dot or a colon or is
`localhost`; else the image is Docker Hub's, and a single word is one of its library's.
"""

from __future__ import annotations

import re

from kdocs_plugin.values import dataclass

DOCKER_HUB = "docker.io"
LIBRARY = "library/"

_PART = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
REPOSITORY = rf"{_PART}(?:/{_PART})*"
REGISTRY = r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]{1,5})?"
TAG = r"\w[\w.-]{0,127}"
DIGEST = r"sha256:[0-9a-f]{64}"
_NAME = re.compile(
    rf"(?:(?P<registry>{REGISTRY})/)?(?P<repository>{REPOSITORY})"
    rf"(?::(?P<tag>{TAG}))?(?:@(?P<digest>{DIGEST}))?",
    re.ASCII,
)
_LONGEST = 255  # characters of a name without its tag


@dataclass(frozen=True, slots=True)
class Name:
    """An image's name, taken apart."""

    registry: str  # docker.io
    repository: str  # library/nginx
    reference: str  # a tag, or a digest: sha256:...

    @property
    def short(self) -> str:
        """As people write it: nginx:latest."""
        return f"{short(self.registry, self.repository)}{self.separator}{self.reference}"

    @property
    def separator(self) -> str:
        return "@" if self.reference.startswith("sha256:") else ":"


def parse(text: str) -> Name:
    """An image's name as a manifest or a person has it. ValueError where it is none."""
    found = _NAME.fullmatch(text)
    if found is None or len(text) > _LONGEST + 200:
        raise ValueError(text)
    registry, repository = found["registry"], found["repository"]
    if registry is not None and not re.search(r"[.:]|^localhost$", registry):
        repository, registry = f"{registry}/{repository}", None
        if not re.fullmatch(REPOSITORY, repository):
            raise ValueError(text)
    if registry in (None, "index.docker.io"):
        registry = DOCKER_HUB
    if registry == DOCKER_HUB and "/" not in repository:
        repository = LIBRARY + repository
    return Name(registry, repository, found["digest"] or found["tag"] or "latest")


def short(registry: str, repository: str) -> str:
    """A repository as people write it, without what everybody leaves out."""
    if registry in ("", DOCKER_HUB):
        return repository.removeprefix(LIBRARY)
    return f"{registry}/{repository}"
