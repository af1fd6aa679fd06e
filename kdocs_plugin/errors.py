"""Everything that kdocs raises on purpose.

    KdocsError
     ├─ ConfigError          a setting is unknown or has an unusable value
     ├─ SourceError          a file can't be read as text
     ├─ RecordError          a record on disk can't be read
     ├─ ClusterError         the cluster can't do what is asked
     │   ├─ NotInstalled     the local cluster's binaries are not there
     │   ├─ NotSupported     this machine can't run the local cluster
     │   ├─ InstallError     the binaries could not be had or built
     │   ├─ NotAllowed       a context that the user has not allowed
     │   └─ Unreachable      no answer from the API server
     └─ ExecutionError       a run could not be carried through

`key` names a text in messages.py and `arguments` fill its places, so that the same
error speaks Korean and English. `str(error)` is the English text.
"""

from __future__ import annotations

from typing import Any


class KdocsError(Exception):
    """Base of all. The command line prints it in one line and exits with 2."""

    def __init__(self, key: str, **arguments: Any) -> None:
        super().__init__(key, arguments)
        self.key = key
        self.arguments = arguments

    def __str__(self) -> str:
        from kdocs_plugin.messages import text

        return text(self.key, "en", self.arguments)


class ConfigError(KdocsError):
    """A setting is unknown or has an unusable value."""


class SourceError(KdocsError):
    """A file can't be read as text."""


class RecordError(KdocsError):
    """A record on disk can't be read."""


class ClusterError(KdocsError):
    """The cluster can't do what is asked."""


class NotInstalled(ClusterError):
    """The local cluster's binaries are not there."""


class NotSupported(ClusterError):
    """This machine can't run the local cluster."""


class InstallError(ClusterError):
    """The binaries could not be had or built."""


class NotAllowed(ClusterError):
    """A context that the user has not allowed."""


class Unreachable(ClusterError):
    """No answer from the API server."""


class ExecutionError(KdocsError):
    """A run could not be carried through."""
