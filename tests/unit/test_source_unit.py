"""source/ where a whole note would say too little: tables of lines, bytes, cost, CommonMark."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from kdocs_plugin.errors import SourceError
from kdocs_plugin.messages import hint, text
from kdocs_plugin.model import BlockKind, Position
from kdocs_plugin.source import decode, mending, read, scan
from kdocs_plugin.source.classify import classify

POD = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web"


@pytest.mark.parametrize(
    ("language", "body", "kind"),
    [
        ("yaml", POD, "manifest"),
        ("yml", "containers:\n- name: web", "manifest"),  # a fragment
        ("k8s", "", "manifest"),
        ("", POD, "manifest"),
        ("text", "# web.yaml\n" + POD, "manifest"),
        ("bash", POD, "manifest"),
        ("json", '{"apiVersion": "v1", "kind": "Pod"}', "other"),
        ("yaml", "apiVersion: kind.x-k8s.io/v1alpha4\nkind: Cluster\nnodes: []", "manifest"),
        ("yaml", "services:\n  web:\n    image: nginx", "other"),
        ("yaml", "name: ci\non: push\njobs:\n  a: {}", "other"),
        ("yaml", "site_name: 노트", "other"),
        ("yaml", "kubectl apply -f web.yaml", "command"),
        ("yaml", "$ kubectl get po", "command"),
        ("yaml", "cat <<EOF | kubectl apply -f -\n" + POD + "\nEOF", "command"),
        ("yaml", "NAME   READY   STATUS\nweb    1/1     Running", "other"),
        ("yaml", "# 배포\n" + POD, "manifest"),
        ("bash", "ls", "command"),
        ("console", "# 설명\nkubectl get po", "command"),
        ("sh", "", "command"),
        ("bash", "NAME   READY   STATUS\nweb    1/1     Running", "other"),
        ("bash", "pod/web created", "other"),
        ("bash", 'pod "web" deleted', "other"),
        ("bash", 'Error from server (NotFound): pods "x" not found', "other"),
        ("bash", "NAME   READY\n$ kubectl get po", "command"),
        ("powershell", "kubectl get po", "other"),
        ("", "kubectl get po -o wide", "command"),
        ("", "k get po", "command"),
        ("", "sudo kubectl get no", "command"),
        ("sql", "kubectl get po\nNAME   READY", "command"),
        ("", "# 파드를 본다\nkubectl get po", "command"),
        ("", "vi web.yaml\nkubectl apply -f web.yaml", "command"),
        ("", "user@host:~$ ls", "command"),
        ("", "[root@master ~]# kubectl get no", "command"),
        ("", "❯ kubectl get po", "command"),
        ("", "➜ kubectl get po", "command"),
        ("", "controlplane $ kubectl get no", "command"),
        ("", "# kubectl get po\nNAME   READY", "command"),  # a root prompt
        ("", "# kubectl get po", "command"),
        ("dockerfile", "# ls\nFROM nginx", "other"),
        ("", "kubectl은 명령어다", "other"),
        ("", "kubectl 명령어", "other"),
        ("", "k 는 별칭", "other"),
        ("", "docker run nginx", "other"),
        ("", "가격은 5 $ 이다", "other"),
        ("", "", "other"),
        ("python", "print(1)", "other"),
    ],
)
def test_kind(language: str, body: str, kind: str) -> None:
    assert classify(language, body) is BlockKind(kind)


def test_body_positions_point_at_the_notes_own_characters() -> None:
    note = "글\n\n- 항목\n\n\t> ```yaml\n\t> 이름: 값\n\t> 둘: 셋\n\t> ```\n"
    [block] = scan("n.md", note).blocks
    lines = note.split("\n")
    for number, line in enumerate(block.body.split("\n")):
        for column, char in enumerate(line):
            place = block.position(number, column)
            assert lines[place.line - 1][place.column - 1] == char
    assert block.position(0, 0) == Position(6, 4)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_do_not_move_positions(end: str) -> None:
    note = scan("n.md", f"---{end}a: 1{end}---{end}`x`{end}```bash{end}ls{end}```{end}")
    assert note.front_matter == {"a": 1}
    assert [code.position for code in note.codes] == [Position(4, 1)]
    assert [(b.start_line, b.body) for b in note.blocks] == [(5, "ls")]


@pytest.mark.parametrize(
    ("end", "fires"),
    [
        ("있음%", True),
        ("있음 %\n\n", True),
        ("`코드`%", True),
        ("굵게**%", True),
        ("done.%", True),
        ("50%", False),
        ("50 %", False),
        ("50%다", False),
        ("{%", False),
        ("100%%", False),
        ("\n```\n있음%\n```", False),
        ("<!-- 있음% -->", False),
        ("a`있음%`", False),
    ],
)
def test_stray_mark(end: str, fires: bool) -> None:
    codes = [problem.code for problem in scan("n.md", "앞 문장.\n\n본문 " + end).problems]
    assert codes == (["KD005"] if fires else [])


def test_decode_names_the_first_broken_byte() -> None:
    content, [finding] = decode("첫 줄\r\n둘째 ".encode() + b"\xff\xfe\n", "n.md")
    assert content == "첫 줄\n둘째 \ufffd\ufffd\n"
    assert (finding.code, finding.position, finding.path) == ("KD002", Position(2, 4), "n.md")


def test_decode_drops_the_byte_order_mark() -> None:
    assert decode(b"\xef\xbb\xbf---\r\na: 1\r---\n", "n.md") == ("---\na: 1\n---\n", ())


def test_read(tmp_path: Path) -> None:
    (tmp_path / "n.md").write_bytes("글\r\n".encode())
    assert read(tmp_path / "n.md") == ("글\n", ())
    with pytest.raises(SourceError, match=r"missing\.md"):
        read(tmp_path / "missing.md")


def test_every_problem_can_be_said_in_both_languages() -> None:
    note = (
        "---\na: [\n---\n<!-- kdocs: a=1 ! -->\n<!-- kdocs: hide -->\n글\n\n"
        "- a\n\n    ```\n글\n\n```bash x=1\n끝%"
    )
    notes = [note, "```\n", decode(b"\xff", "n")[0]]
    problems = [problem for text_ in notes for problem in scan("n.md", text_).problems]
    problems += decode(b"\xff", "n")[1]
    assert {problem.code for problem in problems} == {f"KD00{k}" for k in range(1, 10)}
    for problem in problems:
        for language in ("ko", "en"):
            assert text(problem.code, language, problem.arguments)
            assert hint(problem.code, language, problem.arguments)


# --- Any text, in linear time ---


@settings(max_examples=400, deadline=None)
@given(st.text(st.sampled_from("`~>-*+#=|![]<>/\\%: \t\n\r\ufeff\x0b\u2028\xa0a1.가\"'{}")))
def test_scan_never_raises(note: str) -> None:
    scanned = scan("n.md", note)
    mending(scanned)
    assert scanned.text == note


HOSTILE = {
    "backticks": "`" * 50_000 + " ",
    "uneven backticks": "`a ``b ```c " * 6_000,
    "deep quotes": "> " * 30_000 + "x\n",
    "many deep quotes": ("> " * 30 + "x\n") * 1_000,
    "deep lists": "".join("    " * k + "- a\n" for k in range(300)),
    "rules": "a\n***\n" * 8_000,
    "callouts": "x\n> [!NOTE] a\n" * 5_000,
    "open tags": "<a '" * 20_000,
    "open blocks": "<div>\n" * 10_000,
    "open comments": "- <!--\n" * 10_000,
    "headers": "```" + 'a="x" ' * 10_000 + "\n",
    "backslashes": "\\" * 60_000 + "`",
    "hashes": "# " + "#" * 60_000 + "a\n",
    "brackets": "[!" * 30_000,
    "cut fences": "> ```\n" * 10_000,
    "reverted": "    a\n" + "```\n```\n" * 5_000,
    "unclosed tags": "<div>\n</p>\n" * 6_000,
    "comments closed late": "a <!-- \n" * 8_000 + "-->",
    "spaces": "-" + " " * 60_000 + "x\n",
    "percent": "%" * 60_000,
    "numbers": "1. " * 20_000,
    "table": "|a" * 20_000 + "\n" + "|-" * 20_000 + "\n",
    "prompt": "```\n" + "a-" * 30_000 + "\n```\n",
    "prompts": "```\n" + "a" * 60_000 + "@" + "b" * 60_000 + "\n```\n",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_cost_grows_with_length_only(name: str) -> None:
    piece = HOSTILE[name]

    def cost(note: str) -> float:
        begin = time.process_time()
        mending(scan("n.md", note))
        return time.process_time() - begin

    once = min(cost(piece) for _ in range(2))
    assert cost(piece * 4) < max(12 * once, 0.5)


# --- Quotes as CommonMark has them ---

quote_lines = st.lists(
    st.sampled_from(
        ["> [!TIP] 제목", "> 글", ">", "> - 목록", "글", "- 목록", "", "> > [!NOTE]", "> > 글",
         "> # 제목", "# 제목", "> [!WARNING]- 접힘", "2. 둘", "> ***", "***"]
    ),
    max_size=9,
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(quote_lines)
def test_callouts_end_where_commonmark_ends_the_quote(lines: list[str]) -> None:
    note = "\n".join(lines) + "\n"
    tokens = MarkdownIt("commonmark").parse(note)
    expected = []
    for k, token in enumerate(tokens):
        if token.type == "blockquote_open" and token.map and k + 2 < len(tokens):
            inline = tokens[k + 2]
            if tokens[k + 1].type == "paragraph_open" and inline.content.startswith("[!"):
                assert inline.map
                end = token.map[1]  # markdown-it counts blank lines at a text's end in
                while not lines[end - 1]:
                    end -= 1
                expected.append((inline.map[0] + 1, end))
    found = [(c.start_line, c.end_line) for c in scan("n.md", note).callouts]
    assert found == expected
