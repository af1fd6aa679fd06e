"""How often kdocs and the API server say the same of an object, and where they do not.

    python benchmarks/exactness.py FOLDER... [--mutations 2400] [--seed 1] [--all]

In: folders of manifests (*.yaml, *.yml, *.json) and notes (*.md). Each object of them goes
to a real API server as `kubectl create --dry-run=server` would send it (strict), and
through `kdocs check`, alone. Then mutations of those that the server takes. Out: counts,
and each disagreement with both sides' words, those with a known reason (exactness.yaml)
apart. Exit status 1 where one has none, or fewer than 99 % agree.

Left out: texts that kubectl cannot read (both sides read with the same loader; a real
kubectl judges that in tests/live), kinds of somebody else (no server knows them),
kubeconfigs, templates. Objects that are refused for a blank (<이름>, $NAME) are counted apart.

Needs a local installation that has an API server: `kdocs cluster install --control-plane`.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from benchmarks.mutations import mutations
from kdocs_plugin.clusters.local.binaries.installation import CONTROL_PLANE, installed
from kdocs_plugin.clusters.local.exact.control_plane import ControlPlane
from kdocs_plugin.clusters.local.exact.oracle import Oracle
from kdocs_plugin.manifests import load, pack, versions
from kdocs_plugin.manifests.places import objects
from kdocs_plugin.manifests.schemas import CLIENT_KINDS
from kdocs_plugin.manifests.verdicts import Verdict
from kdocs_plugin.messages import text
from kdocs_plugin.model import BlockKind, Severity
from kdocs_plugin.planning import plan
from kdocs_plugin.source import scan
from kdocs_plugin.validation import Options, check
from kdocs_plugin.validation.reading import read
from kdocs_plugin.validation.schema_rules import PLACEHOLDER

KNOWN = Path(__file__).with_suffix(".yaml")
SUFFIXES = (".yaml", ".yml", ".json", ".md")
ENOUGH = 0.99
_ALONE = ("KD1", "KD2")  # what rules say of one object; KD3 and KD4 are about the note


class Case(NamedTuple):
    """An object, and where it is from."""

    value: dict[str, Any]
    where: str


class Judged(NamedTuple):
    """What both sides say of a case."""

    case: Case
    verdict: Verdict
    ours: list[str]  # our errors' words

    @property
    def agrees(self) -> bool:
        return self.verdict.accepted is not bool(self.ours)

    @property
    def is_blank(self) -> bool:
        """Whether the server refuses a blank that the reader is to fill in, as such."""
        document = load(json.dumps(self.case.value, ensure_ascii=False)).documents[0]
        refused = [
            f"{refusal.field} {refusal.message} {json.dumps(document.at(*path))}"
            for path, refusal in self.verdict.refusals
        ]
        return not self.ours and all(PLACEHOLDER.search(words) for words in refused)

    def __str__(self) -> str:
        kind = self.case.value.get("kind")
        server = "; ".join(
            f"{refusal.field}: {refusal.message}"[:300] for _, refusal in self.verdict.refusals
        )
        side = "false alarm" if self.ours else "miss"
        kdocs = "; ".join(self.ours)
        return (
            f"{side} [{kind}] {self.case.where}\n"
            f"    server: {server or 'accepted'}\n    kdocs:  {kdocs or 'nothing'}"
        )


def files(folders: Iterable[Path]) -> Iterator[Path]:
    for folder in folders:
        found = [folder] if folder.is_file() else sorted(folder.rglob("*"))
        yield from (
            each
            for each in found
            if each.suffix in (".yaml", ".yml", ".json", ".md") and each.is_file()
        )


def texts(path: Path) -> Iterator[str]:
    """A manifest's text; of a note, that of each block that is to be applied as it stands."""
    content = path.read_text(encoding="utf-8", errors="replace")
    if path.suffix != ".md":
        yield content
        return
    note = scan(path.name, content)
    for block in note.blocks:
        if block.kind is BlockKind.MANIFEST:
            reading = read(block, {})
            if not reading.elided and reading.template is None:
                yield reading.text


def cases(folders: Iterable[Path], skipped: Counter[str]) -> Iterator[Case]:
    known = pack.definitions(versions.ALL[-1]).kinds
    for path in files(folders):
        for content in texts(path):
            if "{{" in content:
                skipped["templates"] += 1
                continue
            manifest = load(content)
            if not manifest.readable:
                skipped["unreadable texts"] += 1
                continue
            for document in manifest.documents:
                if not isinstance(document.value, dict) or not document.kind:
                    skipped["fragments"] += 1
                    continue
                for _, value in objects(document.value):
                    group = str(value.get("apiVersion", "")).rpartition("/")[0]
                    foreign = "." in group and not any(
                        each.rpartition("/")[0] == group for each in known
                    )
                    if (value.get("apiVersion"), value["kind"]) in CLIENT_KINDS:
                        skipped["kubeconfigs"] += 1
                    elif foreign:
                        skipped["kinds of others"] += 1
                    else:
                        yield Case(dict(value), f"{path}:{document.line + 1}")


def ours(value: dict[str, Any]) -> list[str]:
    """Our errors about an object: through a note, as an author gets them."""
    content = json.dumps(value, ensure_ascii=False)
    note = scan("note.md", f"# note\n\n~~~~~~yaml\n{content}\n~~~~~~\n")
    found = check(note, plan(note), Options((versions.ALL[-1],)))
    return [
        f"{each.code} {text(each.code, 'en', each.arguments)}"[:300]
        for each in found
        if each.severity is Severity.ERROR and each.code.startswith(_ALONE)
    ]


def judged(oracle: Oracle, asked: Sequence[Case]) -> list[Judged]:
    verdicts = oracle.judge_all([case.value for case in asked])
    return [
        Judged(case, verdict, ours(case.value))
        for case, verdict in zip(asked, verdicts, strict=True)
        if not any(refusal.reason == "NoGroup" for _, refusal in verdict.refusals)
    ]


def reason(found: Judged, known: Sequence[dict[str, str]]) -> str:
    """Why it is known that they disagree here, "" where it is not."""
    shown = str(found)
    return next((each["reason"] for each in known if re.search(each["like"], shown)), "")


def tell(
    name: str, found: Sequence[Judged], known: Sequence[dict[str, str]], *, everything: bool
) -> bool:
    """Print the counts and the disagreements; whether it is exact enough."""
    blanks = [each for each in found if not each.agrees and each.is_blank]
    found = [each for each in found if each.agrees or not each.is_blank]
    apart = [each for each in found if not each.agrees]
    refused = sum(not each.verdict.accepted for each in found)
    alarms = sum(bool(each.ours) for each in apart)
    share = 1 - len(apart) / len(found) if found else 1.0
    print(
        f"{name}: {len(found)} objects, {refused} refused by the server; agreement "
        f"{share:.2%}, false alarms {alarms}, misses {len(apart) - alarms}; apart from these, "
        f"{len(blanks)} with blanks to be filled in, about which kdocs is silent"
    )
    reasons = Counter(reason(each, known) for each in apart)
    for each in apart:
        if everything or not reason(each, known):
            print(f"  {each}")
    for why, count in reasons.items():
        if why:
            print(f"  known, {count}: {why}")
    return share >= ENOUGH and not reasons[""]


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--mutations", type=int, default=2400)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--all", action="store_true", help="known disagreements one by one too")
    arguments = parser.parse_args()
    installation = installed(only=CONTROL_PLANE)
    if installation is None:
        print("no API server: kdocs cluster install --control-plane", file=sys.stderr)
        return 2
    known = yaml.safe_load(KNOWN.read_text(encoding="utf-8")) or []
    skipped: Counter[str] = Counter()
    corpus = list(cases(arguments.folders, skipped))
    started = time.perf_counter()
    with ControlPlane.start(installation) as plane, Oracle(plane) as oracle:
        found = judged(oracle, corpus)
        exact = tell("corpora", found, known, everything=arguments.all)
        served = pack.definitions(versions.ALL[-1]).kinds
        valid = [
            each.case.value
            for each in found
            if each.verdict.accepted
            and each.case.value["kind"] in served.get(each.case.value["apiVersion"], {})
        ]
        made = mutations(valid, arguments.mutations, arguments.seed, versions.ALL[-1])
        asked = [Case(each.value, each.what) for each in made]
        found = judged(oracle, asked)
        exact &= tell("mutations", found, known, everything=arguments.all)
    left_out = ", ".join(f"{count} {name}" for name, count in skipped.items())
    print(f"left out: {left_out or 'nothing'}; {time.perf_counter() - started:.0f} s")
    return 0 if exact else 1


if __name__ == "__main__":
    sys.exit(main())
