"""load, positions, bounds; kubectl's scalars against a real kubectl; the schema pack."""

from __future__ import annotations

import json
import math
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kdocs_plugin.manifests import load, pack, scalars, spelling, tabs
from kdocs_plugin.manifests.schemas import validator
from kdocs_plugin.manifests.values import brief, spell

ROOT = Path(__file__).parent.parent.parent
POD = """\
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: 공부}
spec:
  containers:
    - name: web # 컨테이너
      image: nginx
"""


# --- documents ---


def test_a_document_knows_its_places() -> None:
    (pod,) = load("# 머리말\n" + POD).documents
    assert (pod.api_version, pod.kind, pod.name, pod.namespace) == ("v1", "Pod", "web", "공부")
    assert pod.line == 1
    assert pod.position(("spec", "containers", 0, "image")) == (7, 13)
    assert pod.position(("spec", "containers", 0, "image"), key=True) == (7, 6)
    assert pod.position(("spec", "containers", 0), key=True) == (6, 6)
    assert pod.position(("spec", "volumes", 3)) == (5, 2)  # as far as the path leads


def test_properties_are_empty_where_absent_or_no_text() -> None:
    for text in ("a: 1", "- 1", "글", "apiVersion: 1\nkind: [x]\nmetadata: 3"):
        (document,) = load(text).documents
        found = (document.api_version, document.kind, document.name, document.namespace)
        assert found == ("", "", "", "")


def test_positions_under_repeated_and_merged_keys() -> None:
    text = "b: &b\n  k: 1\nm:\n  <<: *b\n  c: 2\n  c: 3\n"
    (document,) = load(text).documents
    assert document.value["m"] == {"k": 1, "c": 3}
    assert document.position(("m", "c")) == (5, 5)
    assert document.position(("m", "k")) == (1, 5)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_lines_are_the_notes_lines(newline: str) -> None:
    text = newline.join(["\ufeffa: 1", "# \u2028 \x85", "b: {c: 한, d: x}", ""])
    (document,) = load(text).documents
    assert document.position(("b", "d")) == (2, 13)


# --- scalars ---

SCALARS = [
    "y", "n", "on", "ON", "oN", "Yes", "TRUE", "tRUE", "~", "null", "Null", "nULL", "1e3",
    "1.5", ".5", "5.", "+1", "-0", "0b11", "0o17", "017", "08", "1_000", "0x1F", "12:30",
    "12:30:45", "2024-01-01", "2001-01-01T00:00:00Z", "NaN", "1e999", "9223372036854775807",
    "=", "'1'", '"1"', "0o8", "0x", "0b2", "1__0", "_1", "+", "-.5", "+.5e3", "0.1e-3",
    "-0b11", "1_0.5", ".5_0", "0O17", "0B1", "0X1f", "00", "09.5", "-08", "1e-2", "1.0e2",
    "80.0", ".", "1.2.3", "1e", "0.0", "-1.0", "!!str&1", "!!int&'5'", "!!float&1",
    "!foo&5", "0x_1F", "1,000", "½", "1e+3", "100m", "1Gi",
]  # fmt: skip


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not on this machine")
def test_scalars_are_those_of_kubectl(tmp_path: Path) -> None:
    lines = [f"  k{i}: {text.replace('&', ' ')}" for i, text in enumerate(SCALARS)]
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata:\n" + "\n".join(lines)
    manifest = tmp_path / "x.yaml"
    manifest.write_text(text, "utf-8")
    command = ["kubectl", "label", "--local", "--dry-run=client", "-o", "json", "a=b", "-f"]
    done = subprocess.run([*command, str(manifest)], capture_output=True, check=True)
    theirs = json.loads(done.stdout)["data"]
    (ours,) = load(text).documents
    different = {
        SCALARS[int(key[1:])]: (value, ours.value["data"][key])
        for key, value in theirs.items()
        if repr(ours.value["data"][key]) != repr(value)
    }
    assert not different


@given(st.text(st.sampled_from("+-.0123456789_eExXoObB:aT~"), max_size=12))
@example("1e9999999")
@example("-0")
def test_plain_scalars_become_json(text: str) -> None:
    value = scalars.plain(text)
    assert value is None or isinstance(value, bool | int | float | str)
    if isinstance(value, float):
        assert math.isfinite(value) or text.lstrip("+-").lower() == ".inf"


# --- hostile text ---

BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12)
)
LADDER = "a0: &a0 " + "[" * 90 + "]" * 90 + "\n" + "".join(
    f"a{n}: &a{n} " + "[" * 90 + f"*a{n - 1}" + "]" * 90 + "\n" for n in range(1, 20)
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (BOMB, "KD105"),
        ("a: &a [*a]", "KD105"),
        ("a: &a {<<: *a}", "KD105"),
        (LADDER, "KD106"),
        ("[" * 100_000, "KD106"),
        ("- " * 100_000, "KD106"),
        ("? " * 100_000, "KD106"),
        ("{a: " * 100_000, "KD106"),
        ("\n".join(" " * n + "a:" for n in range(2000)), "KD106"),
        ("a: " + "x" * 10_000_000, "KD106"),
        ("a: \0", "KD101"),
        ("a: \ud800", "KD101"),
        ("a: \x1b[31m", "KD101"),
        ("a: 'never closed\n" + "x\n" * 100_000, "KD101"),
        ("a: !!int x", "KD107"),
        ("a: !!binary '&'", "KD107"),
        ("<<: 1", "KD107"),
        ("? ~\n: 1", "KD107"),
        ("%YAML 3.0\n---\na: 1", "KD101"),
    ],
    ids=lambda value: repr(value)[:16],
)
def test_hostile_text_is_a_problem_and_takes_no_time(text: str, code: str) -> None:
    start = time.perf_counter()
    problems = load(text).problems
    assert time.perf_counter() - start < 2
    assert [problem.code for problem in problems][:1] == [code]


YAMLISH = st.text(
    st.sampled_from("ab: -?[]{},#&*!|>'\"%@`\n\t<~0.한\r\ufeff\0\u2028"), max_size=60
)


@given(st.one_of(st.text(max_size=60), YAMLISH))
def test_load_and_mend_never_raise(text: str) -> None:
    manifest = load(text)
    lines = text.split("\n")
    for problem in manifest.problems:
        assert 0 <= problem.line < len(lines)
        assert 0 <= problem.column <= len(lines[problem.line])
    for document in manifest.documents:
        json.dumps(document.value, allow_nan=False)
        document.position(("a", 0, "b"))
    mended = tabs.mend(text, validator().accepts)
    if mended is not None and mended.text is not None:
        assert load(mended.text).readable
        assert mended.text.count("\n") == text.count("\n")
    if mended is not None:
        assert lines[mended.line][mended.column] == "\t"


def test_columns_of_mended_lines_lead_back() -> None:
    line = "\t\t- name: 웹"
    for width in tabs.WIDTHS:
        mended = tabs.expand(line, width)
        assert line[tabs.origin(line, mended, mended.index("name"))] == "n"
        assert line[tabs.origin(line, mended, mended.index("웹"))] == "웹"
    assert tabs.origin(line, tabs.expand(line, 8), 3) == 0


# --- schemas ---


def errors(text: str) -> list[Any]:
    return [error for each in load(text).documents for error in validator().errors(each)]


def test_a_fragment_is_none_of_the_schemas_business() -> None:
    assert errors("spec: {whatever: 1}") == []
    assert errors("- 1") == []
    assert errors("kind: Role\nname: reader") == []  # of a roleRef


def test_arguments_of_an_unknown_field() -> None:
    (problem,) = errors(POD.replace("image", "mage"))
    assert (problem.code, problem.line, problem.column) == ("KD201", 6, 6)
    assert problem.arguments == {
        "field": "mage",
        "path": "spec.containers[0].mage",
        "suggestion": "image",
        "place": "",
    }


def test_accepts_is_about_errors_only() -> None:
    accepts = validator().accepts
    assert accepts(load(POD))
    assert accepts(load("apiVersion: example.com/v1\nkind: Anything\n"))
    assert not accepts(load("apiVersion: v1\nkind: Deployment\n"))


def test_no_version_but_those_of_the_pack() -> None:
    assert "1.37" in pack.versions()
    with pytest.raises(KeyError):
        validator("1.0")


def test_paths_and_values_as_people_write_them() -> None:
    assert spell(("metadata", "labels", "a.b/c")) == "metadata.labels.a.b/c"
    assert spell(("items", 0, "spec")) == "items[0].spec"
    assert brief("가" * 100) == '"' + "가" * 38 + "…"
    assert brief({"a": 1, "b": 2, "c": 3, "d": 4}) == "{…}"


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("mage", "image"),
        ("imgae", "image"),
        ("imagee", "image"),
        ("imags", "image"),
        ("evn", "env"),
        ("argz", "args"),
        ("imagePulPolcy", "imagePullPolicy"),
        ("xy", ""),
        ("volumes", ""),
    ],
)
def test_near_words(word: str, meant: str) -> None:
    known = ["image", "imagePullPolicy", "env", "envFrom", "args", "name", "tty"]
    assert spelling.nearest(word, known) == meant


def test_spelling() -> None:
    assert spelling.nearest("HOSTPORT", ["hostPort", "hostIP"]) == "hostPort"
    assert spelling.nearest("x" * 10_000, ["xx"]) == ""


def test_the_pack_is_what_its_script_makes() -> None:
    pytest.importorskip("kubernetes_validate")
    script = ROOT / "scripts" / "build_schema_pack.py"
    done = subprocess.run(
        [sys.executable, str(script), "--check"], capture_output=True, cwd=ROOT, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert (ROOT / "kdocs_plugin" / "manifests" / pack.FILE).stat().st_size < 100_000


def test_every_kind_of_the_pack_compiles() -> None:
    check = validator()
    definitions = pack.definitions("1.37")
    for api_version, kinds in definitions.kinds.items():
        for kind in kinds:
            (document,) = load(f"apiVersion: {api_version}\nkind: {kind}\n없는것: 1").documents
            assert "KD201" in [problem.code for problem in check.errors(document)]


def test_a_thousand_documents_take_well_under_a_second() -> None:
    validator().accepts(load(POD))
    start = time.perf_counter()
    for _ in range(1000):
        assert validator().accepts(load(POD))
    assert time.perf_counter() - start < 1
