"""The user's own configuration: what no repository can say.

`~/.config/kdocs/config.toml` (or `$XDG_CONFIG_HOME/kdocs/config.toml`):

    contexts = ["kind-dev"]              # contexts that may be run on
    helper_image = "curlimages/curl"     # has curl, ping, nslookup: runs what needs pod IPs
    pod_security = "baseline"            # of a scenario's namespace; "privileged" for none
    quota = false                        # no bounds, or
    [quota]                              # other ones: names as in a ResourceQuota
    pods = 20

Bounds are for clusters of others; the local cluster has those of its node.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from kdocs_plugin.errors import ClusterError
from kdocs_plugin.values import dataclass, field

HELPER_IMAGE = "curlimages/curl"
POD_SECURITY = ("privileged", "baseline", "restricted")
# Ample for a study note, little for a cluster that others work on. Limits of memory and
# CPU are bounded by those that a container gets where it names none.
QUOTA: Mapping[str, str] = MappingProxyType(
    {
        "pods": "40",
        "requests.cpu": "4",
        "requests.memory": "8Gi",
        "limits.cpu": "40",
        "limits.memory": "40Gi",
        "requests.storage": "20Gi",
        "persistentvolumeclaims": "10",
        "services": "20",
        "services.loadbalancers": "2",
        "services.nodeports": "10",
        "count/ingresses.networking.k8s.io": "5",
        "count/jobs.batch": "40",
        "count/secrets": "60",
        "count/configmaps": "60",
    }
)
# What a container gets that sets nothing: with it a quota lets it pass.
REQUESTS: Mapping[str, str] = MappingProxyType({"cpu": "10m", "memory": "32Mi"})
LIMITS: Mapping[str, str] = MappingProxyType({"cpu": "1", "memory": "1Gi"})


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a scenario's namespace is held to on a cluster of others."""

    quota: Mapping[str, str] = field(default_factory=lambda: QUOTA)  # empty: none
    pod_security: str = "baseline"


@dataclass(frozen=True, slots=True)
class UserConfig:
    """The file's content, judged."""

    contexts: frozenset[str] = frozenset()
    helper_image: str = HELPER_IMAGE
    bounds: Bounds = field(default_factory=Bounds)


def user_config_file() -> Path:
    """Where the user's own configuration is: never in a repository."""
    base = os.environ.get("XDG_CONFIG_HOME")
    return (Path(base) if base else Path.home() / ".config") / "kdocs" / "config.toml"


def user_config() -> UserConfig:
    """The user's configuration; the defaults where there is none.

    Raises ClusterError for a file that can't be read, or that says what can't be.
    """
    file = user_config_file()
    try:
        said = tomllib.loads(file.read_text(encoding="utf-8"))
        return _judged(said)
    except FileNotFoundError:
        return UserConfig()
    except (OSError, ValueError) as error:  # TOMLDecodeError is one
        raise ClusterError("config.unreadable", file=file, why=str(error)) from error


def _judged(said: Mapping[str, Any]) -> UserConfig:
    """Raises ValueError for what is unknown or can't be."""
    if unknown := sorted(said.keys() - {"contexts", "helper_image", "pod_security", "quota"}):
        raise ValueError(f"unknown: {', '.join(unknown)}")
    contexts = said.get("contexts", [])
    if not isinstance(contexts, list) or not all(isinstance(each, str) for each in contexts):
        raise ValueError('contexts: a list of names, ["kind-dev"]')
    image = said.get("helper_image", HELPER_IMAGE)
    if not isinstance(image, str) or not image:
        raise ValueError("helper_image: the name of an image")
    level = said.get("pod_security", "baseline")
    if level not in POD_SECURITY:
        raise ValueError(f"pod_security: {', '.join(POD_SECURITY)}")
    return UserConfig(frozenset(contexts), image, Bounds(_quota(said.get("quota", {})), level))


def _quota(said: Any) -> Mapping[str, str]:
    if said is False:
        return MappingProxyType({})
    if not isinstance(said, dict) or any(
        isinstance(value, bool) or not isinstance(value, str | int) for value in said.values()
    ):
        raise ValueError("quota: false, or a table of amounts")
    return MappingProxyType({**QUOTA, **{name: str(value) for name, value in said.items()}})
