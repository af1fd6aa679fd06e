"""Output cleaned, redacted, compared."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kdocs_plugin.model import Difference
from kdocs_plugin.outputs import (
    clean,
    compare,
    difference_spans,
    is_output,
    is_table_head,
    looks_like_output,
    normalise,
    redact,
    same,
)

BYTES = st.one_of(
    st.binary(max_size=300),
    st.lists(
        st.sampled_from(
            [b"\x1b[31m", b"\x1b", b"[", b"\x1b]0;t\x07", b"\x9b", "\x9b1m".encode(), b"\r",
             b"\n",
             b"\r\n", b"\0", "파드".encode(), b"\xff", b"abc", b"\x1b(B", b"\x08", b"\t",
             b"\x7f"]
        ),
        max_size=30,
    ).map(b"".join),
)  # fmt: skip
OUTPUT = st.one_of(
    st.text(max_size=120),
    st.lists(
        st.sampled_from(
            ["NAME   READY   STATUS", "NAME", "web", "  ", "   ", "\n", "\n", "1/1", "Running",
             "5m",
             "10.42.0.7", "2026-11-23T01:02:03Z", "web-5d8f7c6b9-x2b4c", "ContainerCreating",
             "...",
             "<none>", "uid: 1", "80:31234/TCP", "pod/web created", "Warning  FailedMount x",
             "파드",
             "sha256:" + "a" * 64, "…", "NAMESPACE   NAME", "ROLES", "-bcdfg", "3d4h", "\t"]
        ),
        max_size=20,
    ).map("".join),
)  # fmt: skip


@given(BYTES, st.integers(0, 400))
def test_clean_output_is_text_and_bounded(raw: bytes, limit: int) -> None:
    text, cut = clean(raw, limit)
    assert all(unicodedata.category(c) != "Cc" or c in "\n\t" for c in text)
    assert len(text) <= limit
    assert cut == (len(raw) > limit)
    again = clean(text.encode(), max(limit, len(text.encode())))
    assert again == (text, False)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"\x1b[1;31mred\x1b[0m\n", "red"),
        (b"\x1b]8;;http://x\x07link\x1b]8;;\x07", "link"),
        (b"\x1b(Bplain\x1b=", "plain"),
        (b"10%\r100%\n", "100%"),
        (b"a\r\nb\r\n", "a\nb"),
        (b"\xed\xa0\x80", "���"),
        ("표\t값\n\n".encode(), "표\t값"),
    ],
)
def test_clean(raw: bytes, text: str) -> None:
    assert clean(raw) == (text, False)


def test_a_cut_falls_on_a_line_s_end() -> None:
    assert clean(b"one\ntwo\nthree", 9) == ("one\ntwo", True)
    assert clean("파드파드".encode(), 7) == ("파드", True)  # no character broken
    assert clean(b"a\n" + b"x" * 100, 50)[0] == "a\n" + "x" * 48  # not all for a line's end


@given(OUTPUT)
def test_nothing_differs_from_itself(text: str) -> None:
    assert compare(text, text) == ()
    assert same(text, text)


@given(OUTPUT)
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(OUTPUT, OUTPUT)
def test_differences_name_lines_of_the_written_text(written: str, real: str) -> None:
    lines = written.split("\n")
    for difference in compare(written, real):
        assert 0 <= difference.line < len(lines)
        assert difference.written != difference.real


PODS = """\
NAME    READY   STATUS    RESTARTS      AGE    IP            NODE
web     1/1     Running   0             5m     10.42.0.226   minikube
"""


@pytest.mark.parametrize(
    ("written", "real"),
    [
        (PODS, PODS.replace("5m ", "3d ").replace("10.42.0.226", "10.244.1.3 ")),
        (PODS, PODS.replace("minikube", "node-1")),
        (PODS.replace("Running", "ContainerCreating").replace("1/1", "0/1"), PODS),
        ("NAME  READY ...\nweb  1/1 ...", "NAME  READY  STATUS\nweb   1/1    Running"),
        ("...\nweb 시작", "로그\nweb 시작"),
        ("Events: 처음 ...", "Events: 처음과 끝"),
        ("service/web   NodePort\nsvc 80:31111/TCP", "service/web NodePort\nsvc 80:32222/TCP"),
        ("pod/web-5d8f7c6b9-x2b4c created", "pod/web-6d9f7c6b9-z9z9z created"),
        ("web-b2zdv   1/1", "web-9xk4c   1/1"),
        ("1#1: start worker process 7", "1#1: start worker process 29"),
        (
            "NAME       STATUS   ROLES    VERSION\nminikube   Ready    <none>   v1.30.0",
            "NAME   STATUS   ROLES    VERSION\nnode   Ready    <none>   v1.37.2",
        ),
        (
            "NAME  READY\nweb-5d8f7c6b9-bbbbb  1/1\nweb-5d8f7c6b9-ccccc  0/1",
            "NAME  READY\nweb-5d8f7c6b9-ddddd  0/1\nweb-5d8f7c6b9-fffff  1/1",
        ),
        (
            "NAME      READY\npod/web   1/1\n\nNAME      TYPE   AGE\nsvc/web   None   1m",
            "NAME      READY\npod/web   1/1\n\nNAME      TYPE   AGE\nsvc/web   None   9m",
        ),
    ],
)
def test_what_is_no_difference(written: str, real: str) -> None:
    assert compare(written, real) == ()


@pytest.mark.parametrize(
    ("written", "real", "found"),
    [
        (PODS, PODS.replace("Running", "Error  "), [(1, "STATUS", "Running", "Error")]),
        (PODS, PODS.replace("1/1", "0/1"), [(1, "READY", "1/1", "0/1")]),
        (PODS, PODS.replace("web ", "api "), [(1, "NAME", "web", "api")]),
        (
            PODS,
            "No resources found",
            [(0, "", "NAME  READY  STATUS  RESTARTS  AGE  IP  NODE", "")],
        ),
        (
            "pod/web created",
            "pod/web unchanged",
            [(0, "", "pod/web created", "pod/web unchanged")],
        ),
        (
            "NAME   CLASS    HOSTS   ADDRESS   PORTS\nweb    <none>   a.io              80",
            "NAME   CLASS    HOSTS   ADDRESS   PORTS\nweb    nginx    a.io    x         80",
            [(1, "CLASS", "<none>", "nginx")],
        ),
        (
            "NAME READY STATUS\nweb 1/1 Running",
            "NAME   READY   STATUS\nweb    1/1     Error",
            [(1, "STATUS", "Running", "Error")],
        ),
    ],
)
def test_what_is_a_difference(
    written: str, real: str, found: list[tuple[int, str, str, str]]
) -> None:
    differences = [(d.line, d.column, d.written, d.real) for d in compare(written, real)]
    assert differences == found


@pytest.mark.parametrize(
    "line",
    ["NAME   READY   STATUS    RESTARTS   AGE", "NAME READY STATUS",
     "CONTAINER ID   IMAGE   COMMAND",
     "NAME   CPU(cores)   MEMORY(bytes)", "LAST SEEN   TYPE   REASON", "NAME   READY   ...",
     "NAME   TYPE   CLUSTER-IP   EXTERNAL-IP   PORT(S)   AGE", "NAMESPACE\tNAME"],
)  # fmt: skip
def test_heads_of_tables(line: str) -> None:
    assert is_table_head(line)


@pytest.mark.parametrize(
    "line",
    ["NAME", "Name:   web", "NAME=web", "kubectl get pods", "A-" * 50 + "x", "web   1/1", ""],
)
def test_what_is_no_head(line: str) -> None:
    assert not is_table_head(line)


@pytest.mark.parametrize(
    "line",
    ["pod/web created", 'pod "web" deleted', 'pod "web" force deleted from default namespace',
     "deployment.apps/web image updated", "node/n1 cordoned", "pod/web created (dry run)",
     "Error from server (NotFound): pods", "No resources found in default namespace.",
     'deployment "web" successfully rolled out', "Name:         web", "apiVersion: v1",
     "curl: (7) Failed to connect", "<!DOCTYPE html>", 'Switched to context "x".'],
)  # fmt: skip
def test_output_by_its_shape(line: str) -> None:
    assert is_output(line)
    assert looks_like_output(f"\n{line}\n그 아래")


@pytest.mark.parametrize(
    "line",
    ["kubectl create deployment web", "pod/web", "created", "mytool created", "파드 created"],
)
def test_no_output_by_its_shape(line: str) -> None:
    assert not is_output(line)


def test_redaction() -> None:
    web_token = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJrdWJlIn0.c2lnbmF0dXJlLXNpZw"  # noqa: S105
    assert web_token not in redact(f"token:      {web_token}\nx={web_token}!")
    key = "-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----"
    assert redact(f"앞\n{key}\n뒤") == "앞\n[redacted]\n뒤"
    assert "abc" not in redact(key.partition("-----END")[0])  # cut short, it is still a key
    assert redact("    client-key-data: QUJD\n- token: abc") == (
        "    client-key-data: [redacted]\n- token: [redacted]"
    )
    assert redact("비밀 swordfish 하나", ["swordfish", "하나"]) == "비밀 [redacted] 하나"


@pytest.mark.parametrize(
    "piece",
    ["A-", "NAME   ", "\n", " ", "eyJeyJ-", "-----BEGIN PRIVATE KEY-----\n", "1.1.", "a-b-",
     "5m",
     "12:00:", "web  1/1\n", "token:", "deployment ", "\x1b[", "\x1b]",
     "pod/a skipped rollback "],
)  # fmt: skip
def test_time_grows_with_size(piece: str) -> None:
    def cost(size: int) -> float:
        text = piece * (size // len(piece))
        started = time.process_time()
        clean(text.encode())
        redact(text)
        normalise(text)
        compare(f"NAME   READY\n{text}", text)
        looks_like_output(text)
        return time.process_time() - started

    cost(1_000)
    small, large = max(cost(10_000), 0.02), cost(80_000)
    if large > 24 * small:
        large = min(large, cost(80_000))
    assert large < 24 * small


def test_places_of_differences_are_found_in_both_outputs() -> None:
    head, other = "NAME   READY   STATUS             AGE\n", "api    1/1     Running   1s"
    written = f"{head}web    1/1     Running   9s\n{other}"
    real = f"{head}web    0/1     ImagePullBackOff   1s\n{other}"
    mine, theirs = difference_spans(written, real, compare(written, real))
    assert {n: [written.split("\n")[n][a:b] for a, b in s] for n, s in mine.items()} == {
        1: ["1/1", "Running"]
    }
    assert {n: [real.split("\n")[n][a:b] for a, b in s] for n, s in theirs.items()} == {
        1: ["0/1", "ImagePullBackOff"]
    }


def test_a_place_that_could_be_another_is_not_marked() -> None:
    lines = "a is one\na is one\na is one"
    found = (Difference(5, "", "b", "a is one"), Difference(0, "X", "none such", ""))
    assert difference_spans("b", lines, found) == ({}, {})
