"""Whether the user's kubectl goes together with a cluster of others.

Source of the rule: Kubernetes' version skew policy, one minor version older or newer than
the API server.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess

from kdocs_plugin.errors import ClusterError

SECONDS = 10.0  # for kubectl to say its version


def require_programs() -> None:
    """Raises ClusterError where bash or kubectl is missing: before anything is made."""
    for program in ("bash", "kubectl"):
        if shutil.which(program) is None:
            raise ClusterError("cluster.program_missing", program=program)


def kubectl_version() -> str:
    """What kubectl says of itself: v1.37.2; "" where it says nothing of use."""
    try:
        said = subprocess.run(
            ["kubectl", "version", "--client", "-o", "json"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        ).stdout
        return str(json.loads(said)["clientVersion"]["gitVersion"])
    except (OSError, ValueError, KeyError, TypeError, subprocess.TimeoutExpired):
        return ""


def skew(kubectl: str, server: str) -> str:
    """The message that tells of a pair that is too far apart; "" for one that is not."""
    minors = [re.match(r"v?1\.(\d+)", version) for version in (kubectl, server)]
    if minors[0] is None or minors[1] is None:
        return ""
    apart = int(minors[0][1]) - int(minors[1][1])
    if abs(apart) <= 1:
        return ""
    return "cluster.kubectl_old" if apart < 0 else "cluster.kubectl_new"
