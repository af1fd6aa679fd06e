"""`kdocs check` against kubeconform and kubernetes-validate: whole processes, one run.

    python benchmarks/validators.py FOLDER... [--kubeconform PATH] [--rounds 5]

All get the same YAML files of the folders as arguments, in the same order (but that
kubernetes-validate is spared those that end it), and the rounds alternate, so that a busy
machine is unfair to none. kubeconform gets our own pruned
schemas of the same version as files, and `-strict -n 2`; kubernetes-validate brings its own
(`--strict`). Where kubeconform is not given it is built from its Go module.

kdocs runs three times: as people run it, when its cache knows the files (the rule where a
check runs before each commit); with an empty cache; and with `--no-cache`. The floor for
anything in Python is there as well: two processes in which PyYAML's C loader reads the files.

What they check is not the same: kdocs also looks at what schemas don't know (ports, names,
quantities, selectors, what is outdated), and has lines, columns and mends for it.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import yaml

from kdocs_plugin.manifests import pack, versions

KUBECONFORM = "github.com/yannh/kubeconform/cmd/kubeconform@v0.8.0"
TARGETS = {"kubeconform": 1.5, "kubernetes-validate": 50.0}
OURS = ("kdocs", "kdocs, empty cache", "kdocs --no-cache")
LOADING = """
import os, sys, yaml
first = os.fork()
for name in sys.argv[1 + bool(first)::2]:
    try:
        with open(name, encoding="utf-8") as file:
            for _ in yaml.load_all(file.read(), yaml.CSafeLoader):
                pass
    except (yaml.YAMLError, ValueError, TypeError):
        pass
first and os.waitpid(first, 0)
"""


def write_schemas(folder: Path) -> int:
    """Our pack's kinds in kubeconform's own naming; how many."""
    definitions = pack.definitions(versions.ALL[-1])
    count = 0
    for api_version, kinds in definitions.kinds.items():
        group, _, version = api_version.rpartition("/")
        suffix = "-".join(filter(None, (group.partition(".")[0], version)))
        for kind, name in kinds.items():
            file = folder / f"{kind.lower()}-{suffix}.json"
            file.write_text(json.dumps(definitions.bundle(name)), encoding="utf-8")
            count += 1
    return count


def build_kubeconform(folder: Path) -> Path:
    """Build it with Go into `folder`."""
    environment = {**os.environ, "GOBIN": str(folder)}
    subprocess.run(["go", "install", KUBECONFORM], env=environment, check=True)
    return folder / "kubeconform"


def survivable(files: Sequence[str]) -> list[str]:
    """The files that kubernetes-validate gets through: it ends at the first that PyYAML
    can't read, or whose kind its schemas don't have."""
    kinds = pack.definitions(versions.ALL[-1]).kinds
    found = []
    for file in files:
        try:
            with Path(file).open(encoding="utf-8") as stream:
                documents = list(yaml.load_all(stream, yaml.CSafeLoader))
            if all(each["kind"] in kinds.get(each["apiVersion"], {}) for each in documents):
                found.append(file)
        except (yaml.YAMLError, ValueError, TypeError, KeyError):
            continue
    return found


def timed(command: Sequence[str], log: Path, cache: str) -> float:
    """Seconds of wall time of one whole process; its output goes to `log`."""
    environment = {**os.environ, "KDOCS_CACHE": cache}
    with log.open("wb") as file:
        begin = time.perf_counter()
        subprocess.run(command, stdout=file, stderr=file, env=environment, check=False)
        return time.perf_counter() - begin


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--kubeconform", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--slow-rounds", type=int, default=1, help="of kubernetes-validate")
    arguments = parser.parse_args()
    files = sorted(
        str(path)
        for folder in arguments.folders
        for path in folder.rglob("*.y*ml")
        if path.is_file() and path.suffix in (".yaml", ".yml")
    )
    few = survivable(files)
    beside = Path(sys.executable).parent
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        schemas = folder / "schemas"
        schemas.mkdir()
        kinds = write_schemas(schemas)
        kubeconform = arguments.kubeconform or build_kubeconform(folder)
        where = f"{schemas}/{{{{.ResourceKind}}}}{{{{.KindSuffix}}}}.json"
        commands = {
            "kdocs": [str(beside / "kdocs"), "check", "--format", "json", *files],
            "kdocs --no-cache": [
                str(beside / "kdocs"), "check", "--no-cache", "--format", "json", *files,
            ],
            "kdocs, empty cache": [str(beside / "kdocs"), "check", "--format", "json", *files],
            "PyYAML alone": [sys.executable, "-c", LOADING, *files],
            "kubeconform": [
                str(kubeconform), "-n", "2", "-strict", "-summary", "-ignore-missing-schemas",
                "-schema-location", where, *files,
            ],
            "kubernetes-validate": [str(beside / "kubernetes-validate"), "--strict", *few],
        }  # fmt: skip
        size = sum(Path(file).stat().st_size for file in files)
        print(f"{len(files)} files, {size:,} bytes; {kinds} kinds of {versions.ALL[-1]}")
        print(f"{len(few)} of them for kubernetes-validate, which ends at what it can't read")
        times: dict[str, list[float]] = {tool: [] for tool in commands}
        timed(commands["kdocs"], folder / "first", f"{folder}/cache")
        for number in range(arguments.rounds):
            for tool, command in commands.items():
                if tool != "kubernetes-validate" or number < arguments.slow_rounds:
                    empty = f"{folder}/cache{number}"
                    cache = empty if tool == "kdocs, empty cache" else f"{folder}/cache"
                    times[tool].append(timed(command, folder / tool, cache))
        said = {tool: (folder / tool).read_text(errors="replace") for tool in commands}
    return report(times, said)


def report(times: dict[str, list[float]], said: dict[str, str]) -> int:
    """Medians, ratios, and a line of each tool's own words to show that it did its work."""
    verdicts = re.findall("^(?:INFO|ERROR)", said["kubernetes-validate"], re.MULTILINE)
    did = {
        **{tool: f"{len(json.loads(said[tool])['findings'])} findings" for tool in OURS},
        "kubeconform": said["kubeconform"].strip().rpartition("\n")[2],
        "kubernetes-validate": f"{len(verdicts)} verdicts",
    }
    known, first, anew = (statistics.median(times[tool]) for tool in OURS)
    missed = 0
    for tool, each in times.items():
        median = statistics.median(each)
        spread = f"{min(each):.2f} to {max(each):.2f}"
        ratio = median / known
        target = TARGETS.get(tool, 0.0)
        verdict = (
            ""
            if not target
            else (
                f"{ratio:6.2f} times kdocs' time (target {target}), {median / first:.2f} "
                f"with an empty cache, {median / anew:.2f} with none"
            )
        )
        missed += ratio < target
        print(f"{tool:20} {median:7.3f} s ({spread}) {verdict}\n{'':20} {did.get(tool, '')}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
