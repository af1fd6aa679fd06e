"""Every rule has a section in the manual, and the manual has no rule that is not there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kdocs_plugin import planning, source, validation
from kdocs_plugin.messages import CATALOGUE

RULES = Path(__file__).parents[2] / "docs" / "manual" / "rules.md"
SEVERITIES = {"error": "오류", "warning": "경고", "info": "정보"}
FENCED = r"(?ms)^(틀림|맞음)[^\n]*\n\n(`{3,})(\w*)\n(.*?)^\2$"
# What an example is about lies elsewhere: its own tests have it.
ELSEWHERE = {
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


def test_the_manual_has_every_rule() -> None:
    codes = {key for key in CATALOGUE if re.fullmatch(r"KD\d{3}", key)}
    headings = re.findall(
        r"(?m)^### (KD\d{3}) .*\{ #(kd\d{3}) \}$", RULES.read_text(encoding="utf-8")
    )
    assert {code for code, _ in headings} == codes
    assert all(anchor == code.lower() for code, anchor in headings)


def test_every_sentence_speaks_both_languages() -> None:
    for key, message in CATALOGUE.items():
        assert message.ko, key
        assert message.en, key
        assert bool(message.hint_ko) == bool(message.hint_en), key
        places = [set(re.findall(r"\{(\w+)", text)) for text in (message.ko, message.en)]
        assert places[0] == places[1], key


def sections() -> dict[str, str]:
    """Each rule's section."""
    parts = re.split(r"(?m)^### (KD\d{3}) .*$", RULES.read_text(encoding="utf-8"))
    bodies = (re.split(r"(?m)^## ", body)[0] for body in parts[2::2])
    return dict(zip(parts[1::2], bodies, strict=True))


@pytest.mark.parametrize("code", sorted(validation.SEVERITIES))
def test_the_manual_says_how_grave_a_rule_is(code: str) -> None:
    word = SEVERITIES[validation.SEVERITIES[code].value]
    assert f"**{word}.**" in sections()[code]


def notes_of(language: str, text: str) -> list[str]:
    """What an example may be: a block's body, front matter, or a piece of a note."""
    text = text.replace("→", "\t")
    if language in ("yaml", "bash", "console"):
        return [f"```{language}\n{text}```\n"]
    if "```" in text:
        return [text]
    return [text, f"```yaml\n{text}```\n", f"---\n{text}---\n"]


EXAMPLES = [
    pytest.param(code, mark, language, text, id=f"{code} {mark}")
    for code, body in sections().items()
    if code not in ELSEWHERE
    for mark, _, language, text in re.findall(FENCED, body)
]


@pytest.mark.parametrize(("code", "mark", "language", "text"), EXAMPLES)
def test_the_manual_s_examples_are_what_it_says(
    code: str, mark: str, language: str, text: str
) -> None:
    """Wrong ones are found, right ones are not."""
    before, behind = AROUND.get(code, ("", ""))
    found = set()
    for note in notes_of(language, text):
        scanned = source.scan("a.md", before + note + behind)
        plan = planning.plan(scanned)
        found |= {each.code for each in validation.check(scanned, plan)}
    assert (code in found) is (mark == "틀림"), found


def test_most_rules_have_examples() -> None:
    assert len(EXAMPLES) > 90
