"""An existing cluster: a context of the user's own kubeconfig.

Nothing in a repository can allow one. The user names it on the command line, in the
environment (KDOCS_CLUSTER, KDOCS_ALLOW_CONTEXTS), or lists it in their own
configuration, `~/.config/kdocs/config.toml`: `contexts = ["kind-dev"]`.

What isolation holds here: an environment of our own, an empty home, a namespace-bound
token, an end with the caller. What it does not: the file system and the network of this
machine are those of the user, so only kubectl and text tools run.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from kdocs_plugin.clusters import helper
from kdocs_plugin.clusters.base import Shell
from kdocs_plugin.clusters.skew import require_programs
from kdocs_plugin.clusters.user import Bounds, user_config, user_config_file
from kdocs_plugin.errors import NotAllowed
from kdocs_plugin.model import Addon, ClusterInfo


class ContextCluster:
    """A running cluster behind a kubeconfig context. Implements `base.Cluster`."""

    def __init__(
        self, context: str, allowed: bool = False, kubeconfig: Path | None = None
    ) -> None:
        """Raises NotAllowed where the user has not allowed this context."""
        if not allowed and context not in allowed_contexts():
            raise NotAllowed("cluster.not_allowed", context=context, file=user_config_file())
        self.context: str | None = context
        self._kubeconfig = kubeconfig or user_kubeconfig()
        self._user = user_config()
        self._version = ""
        self._directory = Path(tempfile.mkdtemp(prefix="kdocs-"))

    @property
    def info(self) -> ClusterInfo:
        if not self._version:
            from kdocs_plugin.clusters.api import Api

            self._version = str(
                Api(self.kubeconfig, self.context).get("/version")["gitVersion"]
            )
        return ClusterInfo(self._version, "context")

    @property
    def kubeconfig(self) -> Path:
        return self._kubeconfig

    @property
    def bounds(self) -> Bounds:
        return self._user.bounds

    @property
    def helper_image(self) -> str:
        return self._user.helper_image

    @contextmanager
    def network(self) -> Iterator[None]:
        yield

    def shell(self, name: str, kubeconfig: str) -> Shell:
        require_programs()
        work = self._directory / name / "work"  # of all shells of the name
        work.mkdir(parents=True, exist_ok=True)
        private = Path(tempfile.mkdtemp(prefix="private-", dir=work.parent))
        config = private / "kubeconfig"
        config.touch(mode=0o600)
        config.write_text(kubeconfig)
        (private / ".curlrc").write_text("no-progress-meter\n")
        programs = private / helper.FOLDER
        programs.mkdir()
        for each in helper.PROGRAMS:
            (programs / each).write_text(helper.program(each, name))
            (programs / each).chmod(0o755)
        dying = ["setpriv", "--pdeathsig", "KILL"] if shutil.which("setpriv") else []
        return Shell(
            argv=[*dying, str(shutil.which("bash")), "--norc", "--noprofile"],
            environment={
                "PATH": f"{programs}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
                "HOME": str(work),
                "PWD": str(work),
                "KUBECONFIG": str(config),
                "KUBECACHEDIR": str(private / "cache"),
                "CURL_HOME": str(private),
                "TMPDIR": str(private),
                "LANG": "C.UTF-8",
                "TZ": "UTC",
                "PAGER": "cat",
                "TERM": "dumb",
            },
            directory=work,
        )

    def provide(self, addons: Collection[Addon]) -> None:
        """Nothing: a foreign cluster has what its owner gave it."""

    def await_addons(
        self, addons: Collection[Addon], namespace: str | None, *, numbers: bool
    ) -> None:
        """Nothing, as above."""

    def built_locally(self, digest: str) -> bool:  # noqa: ARG002
        return False

    def images_like(self, image: str) -> tuple[str, ...]:  # noqa: ARG002
        return ()  # its owner knows

    def ended(self) -> str | None:
        return None

    def close(self) -> None:
        shutil.rmtree(self._directory, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


def user_kubeconfig() -> Path:
    """KUBECONFIG's first file, else ~/.kube/config."""
    first = os.environ.get("KUBECONFIG", "").split(os.pathsep)[0]
    return Path(first) if first else Path.home() / ".kube" / "config"


def allowed_contexts() -> frozenset[str]:
    """Contexts that the user's environment and own configuration allow."""
    named = os.environ.get("KDOCS_ALLOW_CONTEXTS", "").split(",")
    return user_config().contexts | {name.strip() for name in named if name.strip()}
