"""Invariants of commands/: places, words, transcripts; and input that wishes us ill."""

from __future__ import annotations

import subprocess
import sys
import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kdocs_plugin.commands import (
    Line,
    Typed,
    effect_of,
    find_placeholders,
    kind_of,
    opens_shell,
    parse_kubectl,
    read_transcript,
    split,
    substitute,
)
from kdocs_plugin.model import Attribute

PIECES = st.sampled_from(
    [
        "kubectl get", "pods", "\n", "\n", ";", " & ", " && ", " | ", "'", '"', "`", "$(", ")",
        "(", "{", "}", "[", "]", "<", ">", "<<EOF", "\nEOF\n", "<pod-name>", "<파드의 IP>",
        "{노드 이름}", "#", " # 설명", "$ ", "# ", "\\", "\\\n", "\t", "  ", "파드", "é", "😀",
        "NAME   READY", "pod/web created", "if true; then", "fi", "do", "done", "for i in 1",
        "while true", "x=1", "-o yaml", "\ue0b0", "root@web:/# ", "exit",
        "kubectl exec -it web -- sh",
    ]
)  # fmt: skip
SHELL = st.lists(PIECES, max_size=25).map("".join)
ANY = st.one_of(SHELL, st.text(max_size=80))


@given(ANY)
def test_statements_stand_where_they_say(text: str) -> None:
    lines = text.split("\n")
    last = (0, -1)
    for statement in split(text):
        start = sum(len(line) + 1 for line in lines[: statement.line]) + statement.column
        assert text[start : start + len(statement.text)] == statement.text
        assert statement.end_line == statement.line + statement.text.count("\n")
        assert (statement.line, statement.column) > last  # in order, none twice
        last = (statement.line, statement.column)
        for command in statement.commands:
            assert statement.text in text
            assert 0 <= command.start <= command.end <= len(text)
        effect_of(statement)


@given(ANY)
def test_a_script_has_the_block_s_lines(text: str) -> None:
    transcript = read_transcript(text)
    lines, script = text.split("\n"), transcript.script.split("\n")
    assert len(script) == len(lines) == len(transcript.cuts)
    for line, command, cut in zip(lines, script, transcript.cuts, strict=True):
        assert command in ("", line[cut:])
    taken: list[Line | Typed] = [*transcript.outputs, *transcript.typed]
    for each in taken:
        assert 0 <= each.line <= each.end_line < len(lines)
        assert not any(script[each.line : each.end_line + 1])
    places = sorted((each.line, each.end_line) for each in taken)
    assert all(one[1] < other[0] for one, other in pairwise(places))


@given(ANY)
def test_substitute_touches_placeholders_only(text: str) -> None:
    found = find_placeholders(text)
    assert substitute(text, {}) == text
    assert substitute(text, {each.text: each.text for each in found}) == text
    at, rest = 0, []
    for each in found:
        assert text[each.start : each.end] == each.text
        assert each.start >= at
        rest.append(text[at : each.start])
        at = each.end
    filled = substitute(text, {each.text: "\0" for each in found})
    assert filled == "\0".join([*rest, text[at:]])


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=12), max_size=8))
def test_any_words_are_a_command_line(words: list[str]) -> None:
    line = parse_kubectl(("kubectl", *words))
    assert line is not None
    for value in (
        line.files,
        line.names,
        line.targets,
        line.resource,
        line.mutates,
        line.reads,
    ):
        assert value is not None


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("-n kube-system logs -f web", ("logs", "", ("web",))),
        ("logs --tail 5 web -c app", ("logs", "", ("web",))),
        ("exec -itc app web -- sh -c ls", ("exec", "", ("web",))),
        ("get pods -owide -lapp=web", ("get", "", ("pods",))),
        ("rollout undo deploy/web --to-revision 2", ("rollout", "undo", ("deploy/web",))),
        ("top pod --containers web", ("top", "pod", ("web",))),
        ("delete pod web --cascade orphan", ("delete", "", ("pod", "web", "orphan"))),
        ("patch deploy web -p {}", ("patch", "", ("deploy", "web"))),
        ("logs -p web", ("logs", "", ("web",))),
    ],
)
def test_flags_and_arguments(words: str, expected: tuple[str, str, tuple[str, ...]]) -> None:
    line = parse_kubectl(("kubectl", *words.split()))
    assert line is not None
    assert (line.verb, line.subcommand, line.arguments) == expected


@pytest.mark.parametrize(
    ("words", "targets"),
    [
        ("get pod/web svc/api", (("pod", "web"), ("service", "api"))),
        ("create service clusterip web --tcp=80:80", (("service", "web"),)),
        ("create job once --image=busybox -- date", (("job", "once"),)),
        ("exec deploy/web -- ls", (("deployment", "web"),)),
        ("cp web:/etc/hosts hosts", (("pod", "web"),)),
        ("label pod web app=web old-", (("pod", "web"),)),
        ("set image deploy/web web=nginx:1.27", (("deployment", "web"),)),
        ("drain node1 --ignore-daemonsets", (("node", "node1"),)),
        ("get deployments.apps web", (("deployment", "web"),)),
    ],
)
def test_targets(words: str, targets: tuple[tuple[str, str], ...]) -> None:
    line = parse_kubectl(("kubectl", *words.split()))
    assert line is not None
    assert line.targets == targets


@pytest.mark.parametrize(
    ("words", "mutates"),
    [
        ("apply -f a.yaml", True),
        ("run web --image=nginx --dry-run=client -o yaml", False),
        ("run web --image=nginx --dry-run -o yaml", False),
        ("run web --image=nginx --dry-run=none", True),
        ("rollout status deploy/web", False),
        ("rollout restart deploy/web", True),
        ("apply view-last-applied deploy/web", False),
        ("exec web -- rm x", False),
    ],
)
def test_what_changes_objects(words: str, mutates: bool) -> None:
    line = parse_kubectl(("kubectl", *words.split()))
    assert line is not None
    assert line.mutates is mutates


@pytest.mark.parametrize(
    ("text", "kind", "attribute"),
    [
        ("<pod-name>", "pod", Attribute.NAME),
        ("<POD_NAME>", "pod", Attribute.NAME),
        ("<podName>", "pod", Attribute.NAME),
        ("<pod>", "pod", Attribute.NAME),
        ("<파드명>", "pod", Attribute.NAME),
        ("<파드이름>", "pod", Attribute.NAME),
        ("<파드의 이름>", "pod", Attribute.NAME),
        ("<생성된 파드 이름>", "pod", Attribute.NAME),
        ("<파드의 IP>", "pod", Attribute.IP),
        ("<파드 IP 주소>", "pod", Attribute.IP),
        ("<podIP>", "pod", Attribute.IP),
        ("<pod_ip>", "pod", Attribute.IP),
        ("<svc-ip>", "service", Attribute.IP),
        ("<CLUSTER-IP>", "service", Attribute.IP),
        ("<nodePort>", "service", Attribute.NODE_PORT),
        ("<노드 IP>", "node", Attribute.IP),
        ("{노드 이름}", "node", Attribute.NAME),
        ("<port>", "", Attribute.PORT),
        ("<name>", "", Attribute.NAME),
        ("<이름>", "", Attribute.NAME),
        ("<컨테이너명>", "pod", Attribute.CONTAINER),
        ("<파드가 뜬 노드>", "", None),
        ("<pod-node>", "pod", Attribute.NODE),
        ("<nginx-pod-name>", "pod", Attribute.NAME),
        ("<네임스페이스>", "namespace", Attribute.NAME),
        ("<service-account>", "", None),
        ("<pod-label>", "", None),
        ("<file-name>", "", None),
        ("<파일명>", "", None),
        ("<external-ip>", "", None),
        ("<key>", "", None),
    ],
)
def test_what_placeholders_stand_for(text: str, kind: str, attribute: Attribute | None) -> None:
    (found,) = find_placeholders(f"kubectl get pod {text} -o wide")
    assert (found.text, found.kind, found.attribute) == (text, kind, attribute)


@pytest.mark.parametrize(
    "text",
    ["cat <in >out", "cat <in>out", "cat <<EOF>f", "diff <(ls) <(ls)", "echo '<h1> x </h1>'",
     "grep '<none>'", "jsonpath='{.items}'", "awk '{print $1}'", "${NAME}", "%{remote_ip}",
     "{{name}}", "{a,b}", "{range}", "{end}", "a < b", "[options]", "[a-z]*",
         "x[name]", "'[파드]'", "[ -f pod ]", "$[name]", "{.items[name]}"],
)  # fmt: skip
def test_what_is_no_placeholder(text: str) -> None:
    assert find_placeholders(text) == ()


def test_resource_words() -> None:
    assert [kind_of(w) for w in ("po", "Deployments.apps", "sc", "crd", "widgets")] == [
        "pod", "deployment", "storageclass", "customresourcedefinition", "widgets",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("command", "opens"),
    [
        ("kubectl exec -it web -- bash", True),
        ("kubectl exec -it web -- /bin/sh -l", True),
        ("kubectl exec -it web bash", True),
        ("kubectl exec -it web -- sh -c 'ls'", False),
        ("kubectl exec -it web -- ls", False),
        ("kubectl exec -it web", False),
        ("kubectl run tmp -it --rm --image=busybox", True),
        ("kubectl run tmp -it --image=busybox -- ls", False),
        ("docker exec -it web bash", True),
        ("ssh node1", True),
        ("ssh node1 ls", False),
        ("minikube ssh", True),
        ("kubectl get pods", False),
        ("", False),
    ],
)
def test_what_opens_a_shell(command: str, opens: bool) -> None:
    assert opens_shell(command) is opens


# --- Input that wishes us ill: time grows with size, not with its square ---

HOSTILE = [
    "kubectl get <pod-name> 파드\n", "(", "$(", "{", "if x; then ", "'", "a|", "a|\n",
    "a&&\\\n",
    "<a ", "x", "\\\n", "<<A ", "<<A\n", "A-", "` ", "[[", "<", '"$(', "a;", "a\n", "a=b ",
    "${a",
    "while x; do\n", "case x in\n", "f() ", "$((", "$ a\n", "# kubectl\n", "a@b:", "a:~",
    "NAME   READY\n", "pod/a created\n", "> a\n", "$ cat <<E\n> x\n",
    "kubectl exec -it a -- sh\n",
    "# NAME   READY\n", "<pod ", "{노드 ", "Error: '\n", "Name:  x\n", "-----BEGIN ", "  ",
    "a  B  ",
]  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
def test_time_grows_with_size(piece: str) -> None:
    def cost(size: int) -> float:
        text = piece * (size // len(piece))
        started = time.process_time()
        transcript = read_transcript(text)
        split(transcript.script)
        split(text)
        return time.process_time() - started

    cost(1_000)
    small, large = max(cost(20_000), 0.02), cost(160_000)
    if large > 24 * small:  # eight times the size: thrice that for a busy machine
        large = min(large, cost(160_000))
    assert large < 24 * small


def test_deep_nesting_does_not_end_the_process() -> None:
    code = (
        "from kdocs_plugin.commands import split\n"
        "for t in ('(', '$(', '{ ', 'if x; then ', '\"$(', '`'):\n"
        "    assert split(t * 50_000)[0].broken\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


@given(st.text(st.characters(categories=["Co"]), max_size=20))
@settings(max_examples=20)
def test_private_characters_are_the_author_s(text: str) -> None:
    commands = [each for s in split(f"echo '{text}' <pod-name>") for each in s.commands]
    assert [each.words for each in commands] == [("echo", text, "<pod-name>")]
