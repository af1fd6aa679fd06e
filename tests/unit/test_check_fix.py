"""`kdocs check --fix` and `--diff`: what is sure is mended, the rest of the file stays."""

from __future__ import annotations

import json
import os
import shutil
from collections import Counter
from difflib import SequenceMatcher
from pathlib import Path

import pytest

from kdocs_plugin import source
from kdocs_plugin.errors import SourceError
from kdocs_plugin.model import Edit, Fix, Position
from kdocs_plugin.validation import fixes
from tests.unit.test_cli import call


def pod(*lines: str, fence: str = "```yaml") -> str:
    head = ["apiVersion: v1", "kind: Pod", "metadata:", "  name: web", "spec:", "  containers:"]
    return "\n".join([fence, *head, "    - name: web", *lines, "```", ""])


HPA = """apiVersion: {}
kind: HorizontalPodAutoscaler
metadata:
  name: web
spec:
  maxReplicas: 3
  scaleTargetRef: {{apiVersion: apps/v1, kind: Deployment, name: web}}
"""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        # a field one slip away, also in a quote with Hangul, also under a quoted key
        (pod("      imag: nginx # 이미지"), pod("      image: nginx # 이미지")),
        (pod('      "imgae": nginx'), pod('      "image": nginx')),
        (
            "> 한글\n>\n" + "".join(f"> {x}\n" for x in pod("      imag: a").split("\n")[:-1]),
            "> 한글\n>\n" + "".join(f"> {x}\n" for x in pod("      image: a").split("\n")[:-1]),
        ),
        # a successor that takes the object as it is
        (
            f"```yaml\n{HPA.format('autoscaling/v2beta2')}```\n",
            f"```yaml\n{HPA.format('autoscaling/v2')}```\n",
        ),
        # tabs, whose width the schema tells; and what they hid
        (
            (
                "```yaml\napiVersion: v1\nkind: Pod\nmetadata:\n\tname: a\nspec:\n"
                "\tcontainers:\n\t- name: a\n\t\timgae: b\t# c\n```\n"
            ),
            (
                "```yaml\napiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n"
                "  containers:\n  - name: a\n    image: b\t# c\n```\n"
            ),
        ),
        # the language's name, in a list
        (
            (
                "- a\n\n    ```\n    yaml\n    apiVersion: v1\n    kind: Namespace\n"
                "    metadata: {name: a}\n    ```\n"
            ),
            (
                "- a\n\n    ```yaml\n    apiVersion: v1\n    kind: Namespace\n"
                "    metadata: {name: a}\n    ```\n"
            ),
        ),
        # what `exec` wants since 1.31
        (
            "```bash\n$ kubectl exec web ls /\n```\n",
            "```bash\n$ kubectl exec web -- ls /\n```\n",
        ),
        # zsh's mark
        ("# 끝\n\n끝났다 %\n", "# 끝\n\n끝났다\n"),
    ],
)
def test_mended(tmp_path: Path, before: str, after: str) -> None:
    note = tmp_path / "노트.md"
    note.write_text(before, encoding="utf-8")
    shown = call(tmp_path, "check", "--diff", "노트.md")
    assert note.read_text(encoding="utf-8") == before
    done = call(tmp_path, "check", "--fix", "노트.md")
    assert note.read_text(encoding="utf-8") == after
    assert done.returncode == 0, done.stdout
    diffs = [
        [each for each in words.splitlines() if each.startswith(("+", "-", " ", "@"))]
        for words in (shown.stderr, done.stderr)
    ]
    assert diffs[0] == diffs[1]
    assert len(diffs[0]) > 3
    again = call(tmp_path, "check", "--fix", "노트.md")
    assert again.stderr == ""
    assert os.listdir(tmp_path) == ["노트.md"]  # noqa: PTH208


@pytest.mark.parametrize(
    "text",
    [
        pod("      imag: nginx", fence="```yaml {.x}\n# kdocs: validate=off"),
        "<!-- kdocs: validate=invalid -->\n" + pod("      imag: nginx"),
        pod("      imag: nginx", "      ..."),  # something was cut
        pod("      image: nginx", "      imag: nginx"),  # the right one is there
        pod("      imag: [nginx]"),  # not what an image is
        pod("      workingdirectoryy: /"),  # too far
        (
            "```yaml\napiVersion: extensions/v1beta1\nkind: Deployment\nmetadata:\n  name: a\n"
            "spec:\n  template:\n    spec:\n      containers: []\n```\n"
        ),  # another shape
        "```yaml\nmetadata:\n  labels:\n\tname: x\n```\n",  # tabs of no width, or several
    ],
)
def test_left_alone(tmp_path: Path, text: str) -> None:
    note = tmp_path / "a.md"
    note.write_text(text, encoding="utf-8")
    call(tmp_path, "check", "--fix")
    assert note.read_text(encoding="utf-8") == text


def test_two_candidates_are_not_one(tmp_path: Path) -> None:
    """`hostIPD` is one slip from hostPID and one from hostIPC."""
    text = pod("      image: a").replace("spec:\n", "spec:\n  hostIPD: true\n")
    (tmp_path / "a.md").write_text(text)
    done = call(tmp_path, "check", "--fix")
    assert done.returncode == 1
    assert "hostIPD" in (tmp_path / "a.md").read_text()


def test_what_is_left_decides_the_status(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(pod("      imag: nginx", "      ports: 80"))
    done = call(tmp_path, "check", "--fix")
    assert (done.returncode, "KD201" in done.stdout, "KD202" in done.stdout) == (1, False, True)


def test_only_what_is_asked_for(tmp_path: Path) -> None:
    text = pod("      imag: nginx") + "\n끝%\n"
    (tmp_path / "a.md").write_text(text, encoding="utf-8")
    call(tmp_path, "check", "--fix", "--select", "KD0")
    assert (tmp_path / "a.md").read_text(encoding="utf-8") == text.replace("%", "")


def test_bytes_that_stay(tmp_path: Path) -> None:
    """Mark, line ends (mixed ones too), mode, and a link that stays a link."""
    real = tmp_path / "real.md"
    lines = pod("      imag: nginx").split("\n")
    text = "\ufeff" + "\r\n".join(lines[:-1]) + "\r글\n끝%"
    real.write_bytes(text.encode())
    real.chmod(0o640)
    (tmp_path / "docs").mkdir()
    link = tmp_path / "docs" / "a.md"
    link.symlink_to(real)
    call(tmp_path, "check", "--fix", "docs")
    assert real.read_bytes() == text.replace("imag:", "image:").replace("%", "").encode()
    assert link.is_symlink()
    assert real.stat().st_mode & 0o777 == 0o640


def test_a_note_of_two_names_is_mended_once(tmp_path: Path) -> None:
    (tmp_path / "b.md").write_text(pod("      imag: nginx"), encoding="utf-8")
    (tmp_path / "a.md").symlink_to("b.md")
    (tmp_path / "c.md").write_text(pod("      imag: nginx"), encoding="utf-8")
    done = call(tmp_path, "check", "--fix", ".")
    assert (done.returncode, done.stderr.count("mended in 1")) == (0, 2), done.stderr
    for name in ("a.md", "b.md", "c.md"):
        assert (tmp_path / name).read_text(encoding="utf-8") == pod("      image: nginx")
    assert (tmp_path / "a.md").is_symlink()


def test_a_line_taken_out_takes_its_end(tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    file.write_bytes(b"a\r\nb\nc\rd")
    source.rewrite(file, "a\nb\nc\nd", "a\nc\nd")
    assert file.read_bytes() == b"a\r\nc\rd"


def test_a_file_that_changed_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    file.write_text("new")
    with pytest.raises(SourceError) as raised:
        source.rewrite(file, "old", "mended")
    assert raised.value.key == "fix.changed"
    assert file.read_text() == "new"


def test_bytes_that_are_no_utf_8_are_refused(tmp_path: Path) -> None:
    data = pod("      imag: nginx").encode() + "끝".encode("cp949")
    (tmp_path / "a.md").write_bytes(data)
    assert call(tmp_path, "check", "--fix").returncode == 1
    assert (tmp_path / "a.md").read_bytes() == data


def test_of_two_that_overlap_the_first_is_made() -> None:
    def fix(start: int, end: int, text: str) -> Fix:
        return Fix((Edit(Position(1, start), Position(1, end), text),))

    assert fixes.apply("abcdef\n", [fix(2, 4, "X"), fix(3, 5, "Y"), fix(4, 5, "Z")]) == (
        "aXZef\n",
        2,
    )


def test_no_real_note_is_damaged(tmp_path: Path) -> None:
    """All of tests/wild: what is mended loses its finding, and nothing else changes."""
    wild = Path(__file__).parents[1] / "wild"
    shutil.copytree(wild, tmp_path / "wild")
    before, after = told(tmp_path), told(tmp_path, "--fix")
    assert 0 < len(after) < len(before)
    assert not after - before
    mended = [
        (old, new)
        for old in sorted(wild.rglob("*.md"))
        if (new := tmp_path / "wild" / old.relative_to(wild)).read_bytes() != old.read_bytes()
    ]
    assert len(mended) >= 3
    for old, new in mended:
        lines, others = (each.read_bytes().split(b"\n") for each in (old, new))
        assert abs(len(lines) - len(others)) <= 1  # a stray mark takes its line along
        kept = SequenceMatcher(None, lines, others, autojunk=False).get_matching_blocks()
        changed = len(lines) - sum(block.size for block in kept)
        assert changed <= sum(b"\t" in line for line in lines) + 6, old
    assert told(tmp_path, "--fix") == after


def told(folder: Path, *options: str) -> Counter[tuple[str, str, str]]:
    done = call(folder, "check", "--no-cache", "--format", "json", *options, "wild")
    return Counter(
        (each["path"], each["code"], each["message"])
        for each in json.loads(done.stdout)["findings"]
    )
