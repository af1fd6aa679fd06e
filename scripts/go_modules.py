"""Make go.mod and go.sum of the modules in sources/, for the versions in versions.py.

    python scripts/go_modules.py                     every module
    python scripts/go_modules.py kubernetes-1.36     one of them

A new version of Kubernetes: add it to versions.py and run this. Kubernetes names its own
staging modules at v0.0.0, which nobody serves: each is required here at the version that
was tagged with it (v0.36.3 goes with v1.36.3). Its other dependencies must come out at
upstream's versions, or the binary would not be upstream's: each that does not is printed,
and the exit status is 1.

The add-ons' module takes the newest Kubernetes' version of what both use, so that it is
compiled once for both: four CPU minutes less. How Go chooses: go.dev/ref/mod.
Needs Go and its module proxy.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from kdocs_plugin.clusters.local.binaries import build, toolchain, versions
from kdocs_plugin.clusters.local.binaries.recipes import recipes

KUBERNETES = "k8s.io/kubernetes"
ADDONS = "addons"
ROUNDS = 10  # of excluding; four are enough


def main() -> int:
    known = modules()
    wanted = sys.argv[1:] or list(known)
    unknown = sorted(set(wanted) - set(known))
    if unknown:
        print(f"no such module: {', '.join(unknown)}; there are: {', '.join(known)}")
        return 2
    return max(make(name, known[name]) for name in wanted)


def modules() -> dict[str, dict[str, str]]:
    """Each module's folder in sources/, and what it is there for. The add-ons' is last."""
    found: dict[str, dict[str, str]] = {}
    for version in versions.known():
        for recipe in recipes(version):
            found.setdefault(recipe.module, {})[recipe.upstream] = recipe.version
    found[ADDONS] = found.pop(ADDONS)
    return found


def make(name: str, required: dict[str, str]) -> int:
    """Write one module's go.mod and go.sum. Returns 1 where a dependency is not as wanted."""
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary) / name
        build.lay_out(name, work)
        (work / "go.sum").unlink(missing_ok=True)
        wanted, language = dict(required), "1.24.0"
        if KUBERNETES in required:
            upstream = requirements_file(f"{KUBERNETES}@{required[KUBERNETES]}")
            wanted = requirements(upstream, required[KUBERNETES]) | required
            language = upstream["Go"]
        code = name.partition("-1.")[0]
        (work / "go.mod").write_text(f"module kdocs/{code}\n\ngo {language}\n")
        edit(work, "require", wanted)
        go(work, "mod", "tidy")
        if name == ADDONS:
            pin(work)
            wanted |= used(build.SOURCES / f"kubernetes-{versions.minor(versions.DEFAULT)}")
        different = [
            f"{module} {version}, not {wanted[module]}"
            for module, version in used(work).items()
            if wanted.get(module, version) != version
        ]
        (build.SOURCES / name).mkdir(exist_ok=True)
        for file in ("go.mod", "go.sum"):
            shutil.copy(work / file, build.SOURCES / name / file)
    print(f"{name}: {len(different)} dependencies are not as wanted", *different, sep="\n  ")
    return int(bool(different))


def requirements_file(module: str) -> Any:
    """A module's own go.mod, as the proxy serves it."""
    path = json.loads(go(Path.cwd(), "mod", "download", "-json", module))["GoMod"]
    return json.loads(go(Path.cwd(), "mod", "edit", "-json", path))


def requirements(upstream: Any, version: str) -> dict[str, str]:
    """What upstream requires, its staging modules at their tagged version."""
    staging = version.replace("v1.", "v0.", 1)
    return {
        each["Path"]: staging if each["Version"] == "v0.0.0" else each["Version"]
        for each in upstream["Require"]
    }


def pin(work: Path) -> None:
    """Take the newest Kubernetes' versions of what its module and this one share.

    A requirement of an excluded version counts for nothing, so every newer one that is
    asked for is excluded, until none is chosen. (`replace` would do, but Go's build cache
    tells a replaced module from the same one that was chosen.)
    """
    theirs = used(build.SOURCES / f"kubernetes-{versions.minor(versions.DEFAULT)}")
    for _ in range(ROUNDS):
        ours = used(work)
        newer = {
            each: ours[each] for each in ours if theirs.get(each, ours[each]) != ours[each]
        }
        if not newer:
            return
        edit(work, "exclude", newer)
        edit(work, "require", {each: theirs[each] for each in newer})
        go(work, "mod", "tidy")


def edit(work: Path, what: str, values: dict[str, str]) -> None:
    """Edit a go.mod: `what` is require or exclude."""
    if values:
        go(work, "mod", "edit", *(f"-{what}={key}@{value}" for key, value in values.items()))


def used(work: Path) -> dict[str, str]:
    """Every module that a go.mod names, and the version that it names."""
    document = json.loads(go(work, "mod", "edit", "-json"))
    return {each["Path"]: each["Version"] for each in document["Require"]}


def go(folder: Path, *arguments: str) -> str:
    """Run Go with the user's own caches. Returns what it printed."""
    command = [str(toolchain.find()), *arguments]
    done = subprocess.run(command, cwd=folder, check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
