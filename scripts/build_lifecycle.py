"""Build kdocs_plugin/manifests/lifecycle.tsv: when each API version came, aged and went.

    python scripts/build_lifecycle.py [VERSION] [--check]

Out of the module k8s.io/api (fetched with `go mod download`), whose generated
`zz_generated.prerelease-lifecycle.go` files are what the API server's own deprecation
warnings come from. Modules forget what is long gone, so several versions are read, the
newest last; BY_HAND has what none of them tells, from the deprecation guide
(https://kubernetes.io/docs/reference/using-api/deprecation-guide/) and the release notes.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

MODULES = ("v0.25.0", "v0.30.0", "v0.34.0", "v0.37.2")
TARGET = Path(__file__).parent.parent / "kdocs_plugin" / "manifests" / "lifecycle.tsv"
HEAD = "# apiVersion kind introduced deprecated removed successor (minors of 1.x)"
METHOD = re.compile(
    r"func \(in \*(\w+)\) APILifecycle(\w+)\(\)[^{]*\{\s*return ([^\n]+)", re.MULTILINE
)
REPLACEMENT = re.compile(r'Group: "([^"]*)", Version: "(\w+)", Kind: "(\w+)"')
# apiVersion kind introduced deprecated removed successor; 0 where it never came to that.
BY_HAND = """
apiextensions.k8s.io/v1beta1 CustomResourceDefinition 7 16 22 apiextensions.k8s.io/v1
apiregistration.k8s.io/v1beta1 APIService 7 19 22 apiregistration.k8s.io/v1
apps/v1alpha1 PetSet 3 5 5 apps/v1:StatefulSet
autoscaling/v2alpha1 HorizontalPodAutoscaler 6 8 9 autoscaling/v2
batch/v2alpha1 CronJob 5 8 21 batch/v1
batch/v2alpha1 ScheduledJob 4 5 8 batch/v1:CronJob
extensions/v1beta1 Job 1 2 5 batch/v1
extensions/v1beta1 HorizontalPodAutoscaler 1 2 9 autoscaling/v2
extensions/v1beta1 PodSecurityPolicy 3 11 16 -
policy/v1beta1 PodSecurityPolicy 10 21 25 -
rbac.authorization.k8s.io/v1alpha1 Role 5 17 22 rbac.authorization.k8s.io/v1
rbac.authorization.k8s.io/v1alpha1 RoleBinding 5 17 22 rbac.authorization.k8s.io/v1
rbac.authorization.k8s.io/v1alpha1 ClusterRole 5 17 22 rbac.authorization.k8s.io/v1
rbac.authorization.k8s.io/v1alpha1 ClusterRoleBinding 5 17 22 rbac.authorization.k8s.io/v1
scheduling.k8s.io/v1alpha1 PriorityClass 8 14 22 scheduling.k8s.io/v1
settings.k8s.io/v1alpha1 PodPreset 6 19 20 -
node.k8s.io/v1alpha1 RuntimeClass 12 20 24 node.k8s.io/v1
v1 ComponentStatus 0 19 0 -
v1 Endpoints 0 33 0 discovery.k8s.io/v1:EndpointSlice
"""


def main() -> int:
    """Write the table, or compare it."""
    text = table()
    if "--check" in sys.argv[1:]:
        same = TARGET.read_text("utf-8") == text
        sys.stdout.write(f"{TARGET.name} is {'' if same else 'not '}up to date\n")
        return 0 if same else 1
    TARGET.write_text(text, "utf-8")
    sys.stdout.write(f"{TARGET}: {text.count(chr(10)) - 1} kinds\n")
    return 0


def table() -> str:
    """The whole file."""
    rows: dict[tuple[str, str], str] = {}
    for module in MODULES:
        rows |= read_module(module)
    for line in BY_HAND.strip().splitlines():
        api_version, kind, rest = line.split(" ", 2)
        rows[api_version, kind] = rest
    lines = [
        "\t".join((*identity, *rest.split(" "))) for identity, rest in sorted(rows.items())
    ]
    return "\n".join((HEAD, *lines)) + "\n"


def read_module(version: str) -> dict[tuple[str, str], str]:
    """What one version of the module says."""
    arguments = ["go", "mod", "download", "-json", f"k8s.io/api@{version}"]
    downloaded = subprocess.run(arguments, check=True, capture_output=True, text=True)
    folder = Path(json.loads(downloaded.stdout)["Dir"])
    rows = {}
    for file in sorted(folder.glob("*/*/zz_generated.prerelease-lifecycle.go")):
        group_line = re.search(
            r'GroupName = "([^"]*)"', (file.parent / "register.go").read_text()
        )
        group = group_line[1] if group_line else ""
        api_version = f"{group}/{file.parent.name}" if group else file.parent.name
        told: dict[str, dict[str, str]] = {}
        for kind, what, value in METHOD.findall(file.read_text("utf-8")):
            told.setdefault(kind, {})[what] = value
        for kind, values in told.items():
            if not kind.endswith(("List", "Options")) and "Deprecated" in values:
                rows[api_version, kind] = row(kind, values)
    return rows


def row(kind: str, values: dict[str, str]) -> str:
    """A kind's line behind its name."""
    minors = [
        values.get(what, "1, 0").rpartition(" ")[2]
        for what in ("Introduced", "Deprecated", "Removed")
    ]
    match = REPLACEMENT.search(values.get("Replacement", ""))
    successor = "-"
    if match:
        group, version, other = match.groups()
        successor = f"{group}/{version}" if group else version
        if other not in (kind, f"{kind}List"):
            successor += f":{other}"
    return " ".join((*minors, successor))


if __name__ == "__main__":
    sys.exit(main())
