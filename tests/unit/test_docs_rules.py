"""Every rule has a page that says what is so, and the manual is made of these pages."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from kdocs_plugin import planning, source, validation
from kdocs_plugin.cli.rule import rule
from kdocs_plugin.messages import CATALOGUE
from kdocs_plugin.rules import SEVERITIES, pages

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "manual" / "rules.md"
# No example fits into a page.
WITHOUT = {
    "KD002": "bytes that are not UTF-8",
    "KD106": "three megabytes",
    "KD322": "two notes, in words",
    "KD901": "a broken record",
    "KD911": "a cluster",
}.keys()
# What an example is about lies elsewhere: its own tests have it.
ELSEWHERE = {
    "KD011": "a site",
    "KD012": "a site",
    "KD013": "a site",
    "KD210": "a real API server",
    "KD211": "a real API server",
    "KD321": "other notes",
    "KD405": "two manifests",
}
POD = """```yaml
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec: {containers: [{name: web, image: nginx, ports: [{name: http, containerPort: 80}]}]}
---
apiVersion: v1
kind: Secret
metadata: {name: db}
stringData: {password: a}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: app-config}
```
"""
APPLIED = "```bash\nkubectl apply -f a.yaml\nkubectl apply -f b.yaml\n```\n"
DEFINED = """```yaml
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: notes.study.example.com}
spec:
  group: study.example.com
  names: {kind: Note, plural: notes}
  scope: Namespaced
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec: {type: object, properties: {level: {type: string, enum: [easy, hard]}}}
```
"""
# What stands around an example in a note of its own.
AROUND = {
    "KD213": (DEFINED, ""),
    "KD314": (f"{POD}```bash\nkubectl apply -f a.yaml\n```\n", ""),
    "KD401": (POD, APPLIED),
    "KD402": (POD, APPLIED),
    "KD403": (POD, APPLIED),
    "KD404": (POD, APPLIED),
}


def test_every_rule_has_words_and_a_page() -> None:
    assert {key for key in CATALOGUE if re.fullmatch(r"KD\d{3}", key)} == set(SEVERITIES)
    written = {each.stem for each in (ROOT / "kdocs_plugin/rules/texts").glob("KD???.md")}
    assert written == set(SEVERITIES)
    for code in SEVERITIES:
        about = pages.rule(code)
        assert about.title
        assert len(about.text) > 20, code
    assert sorted(SEVERITIES) == list(SEVERITIES)


def test_the_manual_is_made_from_the_rules() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert text == pages.page(), "run: python scripts/build_rules_page.py"
    anchors = re.findall(r"(?m)^### (KD\d{3}) .*\{ #(kd\d{3}) \}$", text)
    assert anchors == [(code, code.lower()) for code in SEVERITIES]


def test_a_check_reads_no_page() -> None:
    program = (
        "import sys; from kdocs_plugin import checking, validation, rules\n"
        "assert rules.SEVERITIES and 'kdocs_plugin.rules.pages' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_a_finding_is_as_grave_as_its_rule() -> None:
    """Where a layer below the rules says it itself."""
    said = re.compile(r'Finding\(\s*"(KD\d{3})",\s*Severity\.(\w+)')
    found = {
        match.groups()
        for file in (ROOT / "kdocs_plugin").rglob("*.py")
        for match in said.finditer(file.read_text(encoding="utf-8"))
    }
    assert len(found) > 7
    assert all(SEVERITIES[code].name == grave for code, grave in found)


def test_every_sentence_speaks_both_languages() -> None:
    for key, message in CATALOGUE.items():
        assert message.ko, key
        assert message.en, key
        assert bool(message.hint_ko) == bool(message.hint_en), key
        places = [set(re.findall(r"\{(\w+)", text)) for text in (message.ko, message.en)]
        assert places[0] == places[1], key


def notes_of(language: str, text: str) -> list[str]:
    """What an example may be: a block's body, front matter, or a piece of a note."""
    text = text.replace("→", "\t")
    if language in ("yaml", "bash", "console"):
        return [f"```{language}\n{text}```\n"]
    if "```" in text:
        return [text]
    return [text, f"```yaml\n{text}```\n", f"---\n{text}---\n"]


EXAMPLES = [
    pytest.param(code, example, id=f"{code} {'wrong' if example.wrong else 'right'}")
    for code in SEVERITIES
    if code not in ELSEWHERE
    for example in pages.rule(code).examples
]


@pytest.mark.parametrize(("code", "example"), EXAMPLES)
def test_examples_are_what_they_say(code: str, example: pages.Example) -> None:
    """Wrong ones are found, right ones are not."""
    before, behind = AROUND.get(code, ("", ""))
    found = set()
    for note in notes_of(example.language, example.text):
        scanned = source.scan("a.md", before + note + behind)
        plan = planning.plan(scanned)
        found |= {each.code for each in validation.check(scanned, plan)}
    assert (code in found) is example.wrong, found


@pytest.mark.parametrize("code", sorted(set(SEVERITIES) - WITHOUT))
def test_rules_have_a_wrong_and_a_right_example(code: str) -> None:
    assert {each.wrong for each in pages.rule(code).examples} == {True, False}


def test_the_command_shows_the_page() -> None:
    shown = CliRunner().invoke(rule, ["KD222", "--lang", "ko"]).output
    about = pages.rule("KD222")
    assert about.title in shown
    for line in re.sub(r"(?m)^```.*$|\[|\]\(.*?\)", "", about.text).splitlines():
        assert line in shown
    in_english = CliRunner().invoke(rule, ["KD222", "--lang", "en"]).output
    assert not re.search("[가-힣]", in_english)
    for example in about.examples:
        assert example.text.splitlines()[-1] in in_english
