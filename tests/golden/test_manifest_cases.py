"""Golden cases of manifests/ and validation/: a case is a file, adding one is adding a file.

manifests/*.yaml     text, and what `load` and `tabs.mend` make of it:
    documents: [...]                    plain values
    problems: ["KD101 2:5", ...]        code, 1-based line and column
    mend: 2 | ambiguous | impossible | none
validation/*.yaml    note (Markdown), and the findings of `check`, in their order, held against
                     `kubernetes` (a version or a range) where the case says so:
    findings: ["KD201 7:7 혹시 `image`?", ...]   code, place, words of message and hint
"""

from __future__ import annotations

from pathlib import Path

import pytest

from kdocs_plugin.manifests import load
from kdocs_plugin.manifests.schemas import validator
from kdocs_plugin.manifests.tabs import mend
from kdocs_plugin.manifests.versions import targets
from kdocs_plugin.messages import hint, text
from kdocs_plugin.planning import plan
from kdocs_plugin.source import scan
from kdocs_plugin.validation import Options, check
from tests.golden.cases import cases, read_case


@pytest.mark.parametrize("path", cases("manifests"))
def test_manifest(path: Path) -> None:
    case = read_case(path)
    manifest = load(case["text"])
    if "documents" in case:
        assert [document.value for document in manifest.documents] == case["documents"]
    if "problems" in case:
        problems = [f"{p.code} {p.line + 1}:{p.column + 1}" for p in manifest.problems]
        assert problems == case["problems"]
    if "mend" in case:
        mended = mend(case["text"], validator().accepts)
        if mended is None:
            found: int | str = "none"
        else:
            found = mended.width or ("ambiguous" if mended.ambiguous else "impossible")
        assert found == case["mend"]


@pytest.mark.parametrize("path", cases("validation"))
def test_validation(path: Path) -> None:
    case = read_case(path)
    note = scan("노트.md", case["note"])
    findings = check(note, plan(note), Options(targets(case.get("kubernetes"))))
    places = [f"{f.code} {f.position.line}:{f.position.column}" for f in findings]
    assert places == [" ".join(expected.split(" ")[:2]) for expected in case["findings"]]
    for finding, expected in zip(findings, case["findings"], strict=True):
        words = " ".join(expected.split(" ")[2:])
        said = [text(finding.code, "ko", finding.arguments)]
        said.append(hint(finding.code, "ko", finding.arguments))
        assert words in " ".join(said)
        assert text(finding.code, "en", finding.arguments)
        hint(finding.code, "en", finding.arguments)
