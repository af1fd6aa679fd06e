"""Build kdocs_plugin/commands/kubectl.zlib: kubectl's commands, flags and resources.

    python scripts/build_kubectl_pack.py [--check] [MINOR...]

Commands and flags come from kubectl's own code: kubectl_commands/main.go is built with the
module k8s.io/kubectl of each version and prints its command tree, with types, defaults and
deprecations exact. Resources come from an API server of the same version, which must be
installed (`kdocs cluster install --kubernetes 1.36`) and runs on loopback for a second.
Needs Go and its module proxy; some minutes for a version that was never built.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from kdocs_plugin.clusters.local.binaries import versions
from kdocs_plugin.clusters.local.binaries.installation import CONTROL_PLANE, installed
from kdocs_plugin.clusters.local.exact.client import Connection
from kdocs_plugin.clusters.local.exact.control_plane import ControlPlane
from kdocs_plugin.commands import kubectl_pack

PROGRAM = Path(__file__).parent / "kubectl_commands" / "main.go"
TARGET = Path(kubectl_pack.__file__).with_name(kubectl_pack.FILE)
FORMATS = re.compile(r"One of: \(([^)]*)\)")  # of --output's usage
HOME = str(Path.home())


def main() -> int:
    """Write the pack, or compare it."""
    wanted = [each for each in sys.argv[1:] if not each.startswith("-")]
    read = {}
    for version in versions.known():
        minor = version.removeprefix("v").rpartition(".")[0]
        if not wanted or minor in wanted:
            read[minor] = commands(version), resources(version)
    data = kubectl_pack.pack_of(
        dict(sorted(read.items(), key=lambda e: kubectl_pack.minor_of(e[0])))
    )
    if "--check" in sys.argv[1:]:
        same = TARGET.read_bytes() == data
        sys.stdout.write(f"{TARGET.name} is {'' if same else 'not '}up to date\n")
        return 0 if same else 1
    TARGET.write_bytes(data)
    sys.stdout.write(f"{TARGET}: {len(data):,} bytes, {', '.join(read)}\n")
    return 0


def commands(version: str) -> list[Any]:
    """Path, aliases and flags of every command of one version (v1.37.2)."""
    module = version.replace("v1.", "v0.", 1)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        shutil.copy(PROGRAM, folder)
        (folder / "go.mod").write_text(
            f"module commands\n\ngo 1.24\n\nrequire k8s.io/kubectl {module}\n"
        )
        for arguments in (["mod", "tidy"], ["build", "-o", "commands", "."]):
            subprocess.run(["go", *arguments], cwd=folder, check=True, capture_output=True)
        told = subprocess.run([folder / "commands"], check=True, capture_output=True).stdout
    return [
        (each["Path"], each["Aliases"] or [], [flag(one) for one in each["Flags"]])
        for each in json.loads(told)
    ]


def flag(told: dict[str, Any]) -> tuple[Any, ...]:
    """A flag as the pack has it."""
    formats = FORMATS.search(told["Usage"]) if told["Name"] == "output" else None
    return (
        told["Name"],
        told["Shorthand"],
        told["Type"],
        told["Default"].replace(HOME, "~"),
        told["NoOpt"],
        told["Deprecated"],
        formats[1].split(", ") if formats else [],
        told["Required"],
    )


def resources(version: str) -> list[Any]:
    """What an API server of one version lists, those that can be got by name."""
    installation = installed(version, CONTROL_PLANE)
    if installation is None:
        sys.exit(f"Kubernetes {version} is not installed: kdocs cluster install")
    found = {}
    with ControlPlane.start(installation) as plane:
        connection = Connection(plane)
        groups = connection.ask("GET", "/apis").body["groups"]
        paths = {"/api/v1": ""} | {
            f"/apis/{each['preferredVersion']['groupVersion']}": each["name"] for each in groups
        }
        for path, group in paths.items():
            listed = connection.ask("GET", path).body["resources"]
            names = {one["name"] for one in listed}
            for one in listed:
                if "/" not in one["name"] and (
                    "get" in one["verbs"] or "create" in one["verbs"]
                ):
                    found[group, one["name"]] = (
                        one["name"],
                        one["singularName"],
                        one.get("shortNames", []),
                        one["kind"],
                        group,
                        one["namespaced"],
                        f"{one['name']}/scale" in names,
                    )
        connection.close()
    return [found[each] for each in sorted(found)]


if __name__ == "__main__":
    sys.exit(main())
