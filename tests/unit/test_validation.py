"""check: what it joins, what it leaves out, and that no text breaks it. Rules: golden."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kdocs_plugin.manifests import load
from kdocs_plugin.messages import CATALOGUE, Language, hint, text
from kdocs_plugin.model import (
    Block,
    BlockKind,
    Decision,
    Finding,
    Note,
    Position,
    Scenario,
    Severity,
    Step,
)
from kdocs_plugin.planning import plan
from kdocs_plugin.rules import SEVERITIES
from kdocs_plugin.source import scan
from kdocs_plugin.validation import check
from kdocs_plugin.validation.ellipses import ends_in_cut, is_cut_line
from kdocs_plugin.validation.ignores import codes

TABBED = (
    "apiVersion: v1\nkind: Pod\nmetadata:\n\tname: web\nspec:\n\tcontainers: [{name: web}]\n"
)


def block(body: str, **options: str) -> Block:
    count = body.count("\n") + 1
    return Block(
        index=0,
        kind=BlockKind.MANIFEST,
        language="yaml",
        header="yaml",
        attributes={},
        options=options,
        body=body,
        start_line=10,
        end_line=11 + count,
        prefix="> ",
        fence="```",
        offsets=(2,) * count,
    )


def note(*blocks: Block, problems: tuple[Finding, ...] = (), **settings: object) -> Note:
    front_matter = {"kdocs": settings}
    return Note("a.md", "", front_matter=front_matter, blocks=blocks, problems=problems)


def step(command: str) -> Step:
    return Step(0, "step", Position(3, 5), 3, command, Decision.SHOW)


def scenario(*steps: Step, **values: object) -> Scenario:
    return Scenario("a.md", "kdocs-a", steps, **values)  # type: ignore[arg-type]


def test_places_of_a_mended_block_are_the_notes() -> None:
    body = TABBED.replace("containers: [{name", "containers: [{nam")
    first, *others = check(note(block(body)), scenario())
    assert (first.code, first.position, first.block) == ("KD102", Position(14, 3), 0)
    assert [(each.code, each.position) for each in others] == [("KD201", Position(16, 18))]


def test_what_will_run_is_what_is_checked() -> None:
    mended = {0: TABBED.replace("\t", "  ").replace("name: web}", "mage: web}")}
    found = check(note(block(TABBED)), scenario(mended=mended))
    assert [each.code for each in found] == ["KD102", "KD203", "KD201"]


def test_findings_of_all_layers_come_sorted_and_once() -> None:
    late = Finding("KD005", Severity.WARNING, "a.md", Position(99, 1))
    early = Finding("KD301", Severity.ERROR, "a.md", Position(1, 1), {"file": "x.yaml"})
    found = check(
        note(block("a: b: c"), problems=(late, late)),
        scenario(step("kubectl exec -it web"), findings=(early, early)),
    )
    assert [each.code for each in found] == ["KD301", "KD302", "KD101", "KD005"]


@pytest.mark.parametrize(
    ("command", "mend"),
    [
        ("kubectl exec -it <pod-name>", "kubectl exec -it <pod-name> -- sh"),
        ("kubectl exec web", "kubectl exec -it web -- sh"),
        ("kubectl -n dev exec web -c app --", "kubectl -n dev exec -it web -c app -- sh"),
        ("k exec -ti deploy/web", "k exec -ti deploy/web -- sh"),
        ("kubectl exec web -- date", None),
        ("kubectl exec -it web bash", None),  # another mistake, another rule
        ("kubectl exec", None),
        ("kubectl exec --help", None),
        ("docker exec -it web", None),
        ("echo kubectl exec web", None),
        ("kubectl exec -it web <<'EOF'\nls\nEOF", "kubectl exec -it web -- sh"),
        ("kubectl exec 'never closed", None),
    ],
)
def test_exec_without_a_command(command: str, mend: str | None) -> None:
    found = [f for f in check(note(), scenario(step(command))) if f.code == "KD302"]
    assert [each.arguments["mend"] for each in found] == ([mend] if mend else [])


def test_exec_in_a_sentence_that_goes_on() -> None:
    probe = Step(0, "probe", Position(3, 5), 3, "kubectl exec -it web --", Decision.SHOW)
    assert check(note(), scenario(probe)) == ()


def test_silenced() -> None:
    wrong = TABBED.replace("\t", "  ").replace("name: web}", "mage: web}")
    assert [f.code for f in check(note(block(wrong)), scenario())] == ["KD203", "KD201"]
    assert [f.code for f in check(note(block(wrong, ignore="kd203")), scenario())] == ["KD201"]
    assert check(note(block(wrong, ignore="KD201, KD203")), scenario()) == ()
    assert check(note(block(wrong), ignore=["KD201", "KD203"]), scenario()) == ()
    assert check(note(block(wrong, validate="off")), scenario()) == ()
    assert check(note(block(wrong, validate="invalid")), scenario()) == ()
    assert check(note(block(wrong), validate=False), scenario()) == ()
    assert codes(None) == codes(7) == frozenset()


def test_cut_marks() -> None:
    for line in ("  ...", "  - ...", "# ...", "    # (생략)", "  (생략)", "<생략>", "…", "  ⋮",
                 "# ... 나머지는 위와 같다", "  # --- 이하 생략 ---", "# snip"):  # fmt: skip
        assert is_cut_line(line), line
    for line in (
        "",
        "# ----",
        "spec:",
        "- a",
        "# 태그는 생략 가능",
        "  # 이름",
        "- -",
        "[]",
        "{}",
    ):
        assert not is_cut_line(line), line
    for line in ("spec: ...", "spec: {...}", "  - ...", "spec: # 생략", "a: b # ... 더 있다"):
        assert ends_in_cut(line), line
    for line in ("a: '...'", "a: b # 생략하면 1", "a: b...", "url: http://x/..."):
        assert not ends_in_cut(line), line


def test_every_code_has_its_words() -> None:
    every = "".join(f"{m.ko}{m.en}{m.hint_ko}{m.hint_en}" for m in CATALOGUE.values())
    arguments = dict.fromkeys(re.findall(r"\{(\w+)", every), "x")
    for code in SEVERITIES:
        assert code in CATALOGUE
        for language in get_args(Language):
            assert text(code, language, arguments)
            hint(code, language, arguments)


NOTEISH = st.lists(
    st.sampled_from(
        [
            *("```yaml\n", "```\n", "```bash\n", "> ", "\t", "  ", "- ", "---\n", "...\n"),
            *("apiVersion: v1\n", "kind: Pod\n", "kind: [", "spec:\n", "\tcontainers:\n"),
            *("{{ x }}\n", "&a ", "*a\n", "name: 한글\n", "status: {}\n", "items: 3\n", "'"),
            *("kubectl exec -it <pod>\n", "`kubectl exec x`", "$ kubectl apply -f a.yaml\n"),
            *("<!-- kdocs: ignore=KD101 -->\n", "\0", "\r\n", "\ufeff"),
        ]
    ),
    max_size=30,
).map("".join)


@settings(max_examples=150, deadline=None)
@given(NOTEISH)
def test_no_note_breaks_the_check(content: str) -> None:
    scanned = scan("a.md", content)
    lines = content.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for finding in check(scanned, plan(scanned)):
        assert 1 <= finding.position.line <= len(lines)
        text(finding.code, "ko", finding.arguments)
        hint(finding.code, "en", finding.arguments)


def test_a_hostile_block_is_a_finding() -> None:
    for body in ("[" * 50_000, "a: " + "x" * 4_000_000, "a: &a [*a]", "\t" * 50_000 + "a: b: c",
                 " " * 200_000 + "(", "# " + "." * 200_000 + "x", "{{" * 50_000):  # fmt: skip
        assert check(note(block(body)), scenario())[:1] or load(body).readable


def test_importing_is_cheap() -> None:
    code = (
        "import sys, kdocs_plugin.validation;"
        "heavy = {'jsonschema_rs', 'tree_sitter', 'mkdocs', 'kubernetes', 'rich'};"
        "sys.exit(repr(heavy & set(sys.modules)) if heavy & set(sys.modules) else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
