"""The session with a real bash: state, streams, bounds, and what is left behind."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kdocs_plugin.clusters.base import Shell
from kdocs_plugin.errors import ExecutionError
from kdocs_plugin.execution.shell import session as session_module
from kdocs_plugin.execution.shell.processes import processes, writers
from kdocs_plugin.execution.shell.session import KEPT_BYTES, Ran, Session

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="bash sessions need POSIX")

ENVIRONMENT = {"PATH": os.environ["PATH"], "HOME": "/tmp", "LC_ALL": "C.UTF-8"}


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    with Session(Shell(["bash"], ENVIRONMENT, tmp_path)) as opened:
        yield opened


def said(ran: Ran) -> str:
    return ran.raw.decode()


def wait_for(condition: Callable[[], bool], seconds: float = 5.0) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.01)
    return condition()


# --- State ---


def test_state_lives_on(session: Session) -> None:
    for statement in ("NAME=파드", "mkdir sub && cd sub", "hello() { echo 안녕 $1; }",
                      "alias ll='echo 목록'", "export NS=dev", "set -- 하나 둘"):  # fmt: skip
        assert session.run(statement, 5).exit_code == 0
    assert said(session.run('hello "$NAME"', 5)) == "안녕 파드\n"
    assert said(session.run("basename $PWD; ll; bash -c 'echo $NS'; echo $2", 5)) == (
        "sub\n목록\ndev\n둘\n"
    )


def test_the_exit_status_of_the_step_before(session: Session) -> None:
    assert session.run("(exit 7)", 5).exit_code == 7
    assert said(session.run("echo $?", 5)) == "7\n"
    assert said(session.run("echo $?", 5)) == "0\n"


def test_messages_of_bash_are_those_of_a_script(session: Session) -> None:
    assert said(session.run("nonsense", 5)) == "bash: line 1: nonsense: command not found\n"
    ran = session.run("echo 'it", 5)
    assert ran.exit_code != 0
    assert not ran.shell_ended
    assert "unexpected EOF" in said(ran)
    assert said(session.run("echo ok", 5)) == "ok\n"


def test_k_is_kubectl(session: Session) -> None:
    session.run("kubectl() { echo kubectl: $*; }", 5)
    assert said(session.run("k get pods", 5)) == "kubectl: get pods\n"
    session.run("alias k=kubectl", 5)
    assert said(session.run("k get svc", 5)) == "kubectl: get svc\n"


def test_exit_ends_the_shell_and_is_told(session: Session) -> None:
    ran = session.run("echo 끝; exit 3", 5)
    assert (ran.exit_code, ran.shell_ended, ran.timed_out) == (None, True, False)
    assert said(ran) == "끝\n"
    assert not session.is_open
    assert session.run("echo 더", 5) == Ran(None, b"", 0.0, shell_ended=True)


def test_exec_gives_its_output(session: Session) -> None:
    ran = session.run("exec echo 다른 프로그램", 5)
    assert said(ran) == "다른 프로그램\n"
    assert ran.shell_ended


def test_exec_of_something_endless_has_a_bound(session: Session) -> None:
    ran = session.run("exec sleep 1000", 0.3)
    assert ran.timed_out
    assert ran.shell_ended
    assert ran.duration < 5


def test_errexit_ends_the_shell_as_in_a_script(session: Session) -> None:
    assert session.run("set -e", 5).exit_code == 0
    assert session.run("! true", 5).exit_code == 1  # errexit does not look at it
    assert session.run("false && echo 아니", 5).exit_code == 1
    assert said(session.run("echo 아직 $?", 5)) == "아직 1\n"
    assert session.run("false", 5).shell_ended


def test_traps_and_tracing_see_the_step_only(session: Session) -> None:
    session.run("trap 'echo 오류' ERR", 5)
    session.run("(exit 2)", 5)
    assert said(session.run("echo 다음", 5)) == "다음\n"
    session.run("trap - ERR; set -x", 5)
    ran = session.run("echo 추적", 5)
    assert b"__kdocs" not in ran.raw
    assert b"echo" in ran.raw
    session.run("set +x", 5)
    assert said(session.run("echo 끝", 5)) == "끝\n"


@pytest.mark.parametrize("statement", ["break", "continue", "return", "break 1", "shift 5"])
def test_words_of_loops_and_functions_alone(session: Session, statement: str) -> None:
    ran = session.run(statement, 5)
    assert not ran.timed_out
    assert not ran.shell_ended
    assert said(session.run("echo 계속", 5)) == "계속\n"


# --- Streams ---


def test_both_streams_in_their_order(session: Session) -> None:
    ran = session.run("echo 1; echo 2 >&2; bash -c 'echo 3; echo 4 >&2'; printf 5", 5)
    assert said(ran) == "1\n2\n3\n4\n5"
    assert said(session.run("echo 6", 5)) == "6\n"


def test_standard_input_is_at_its_end(session: Session) -> None:
    assert said(session.run("cat; read -r X; echo $?", 5)) == "1\n"


def test_control_descriptors_are_not_a_step_s(session: Session) -> None:
    ran = session.run("for f in /proc/self/fd/*; do readlink $f; done | grep -c pipe:", 5)
    assert int(said(ran)) <= 3  # its streams, and the one to grep


def test_binary_output_and_invalid_utf8(session: Session) -> None:
    assert session.run(r"printf '\xff\xfe\0\x1b[31m'", 5).raw == b"\xff\xfe\0\x1b[31m"


def test_nul_in_a_statement_makes_no_second_one(session: Session) -> None:
    assert said(session.run("echo a\0b", 5)) == "ab\n"
    assert said(session.run("echo c", 5)) == "c\n"


def test_a_megabyte_of_statement(session: Session) -> None:
    ran = session.run(f": {'파' * 350_000}; echo ok", 60)
    assert (said(ran), ran.exit_code) == ("ok\n", 0)


def test_a_huge_statement_for_a_shell_that_does_not_read(session: Session) -> None:
    os.kill(session._process.pid, 19)  # noqa: SLF001 - SIGSTOP: it will never take it
    ran = session.run(": " + "x" * 500_000, 0.3)
    assert ran.timed_out
    assert ran.shell_ended


def test_output_without_end_in_bounded_memory(session: Session) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    ran = session.run("head -c 100000000 /dev/zero", 60)
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert ran.exit_code == 0
    assert len(ran.raw) == KEPT_BYTES
    assert after - before < 32 * 1024  # KB
    assert said(session.run("echo 다음", 5)) == "다음\n"


def test_closed_streams(session: Session) -> None:
    assert session.run("exec >&- 2>&-", 5).exit_code == 0
    ran = session.run("(exit 4)", 5)
    assert (ran.exit_code, ran.shell_ended) == (4, False)
    assert session.run("cd /", 5).exit_code == 0


def test_a_redirection_for_good(session: Session) -> None:
    session.run("exec >out.txt", 5)
    assert session.run("echo 파일로", 5).raw == b""
    assert (session.directory / "out.txt").read_text() == "파일로\n"


# --- Bounds ---


def test_a_timeout_ends_the_step_and_not_the_shell(session: Session) -> None:
    session.run("NAME=web", 5)
    ran = session.run("echo 앞; sleep 1000", 0.3)
    assert ran.timed_out
    assert not ran.shell_ended
    assert said(ran).startswith("앞\n")
    assert ran.duration < 2
    assert said(session.run("echo $NAME", 5)) == "web\n"


def test_a_step_that_ignores_sigterm(session: Session) -> None:
    ran = session.run("bash -c 'trap \"\" TERM; while :; do sleep 0.1; done'", 0.3)
    assert ran.timed_out
    assert ran.duration < 0.3 + 2 * session_module.GRACE_SECONDS + 1
    assert not ran.shell_ended
    assert said(session.run("echo 살아 있음", 5)) == "살아 있음\n"


def test_a_loop_in_bash_itself_ends_the_shell(session: Session) -> None:
    ran = session.run("while :; do :; done", 0.3)
    assert ran.timed_out
    assert ran.shell_ended
    assert ran.duration < 2
    assert not session.is_open


def test_a_loop_over_programs_ends(session: Session) -> None:
    ran = session.run("while true; do sleep 0.01; done", 0.3)
    assert ran.timed_out
    assert ran.duration < 0.3 + 2 * session_module.GRACE_SECONDS + 1


def test_a_background_process_that_holds_the_pipe(session: Session) -> None:
    started = time.monotonic()
    assert session.run("sleep 1000 & echo 바로", 5).exit_code == 0
    assert time.monotonic() - started < 2
    assert session.run("yes & :", 5).exit_code == 0
    assert session.run("echo 다음", 5).exit_code == 0


# --- Leaving ---


@pytest.mark.parametrize(
    "statement",
    [
        "sleep 987 &",
        "setsid sleep 987 &",
        "(setsid sleep 987 &)",
        "(setsid bash -c 'sleep 987 & sleep 987' &) ",
        "sleep 987 >/dev/null 2>&1 & disown; exit",
        "nohup sleep 987 & exit 3",
    ],
)
def test_nothing_is_left(tmp_path: Path, statement: str) -> None:
    with Session(Shell(["bash"], ENVIRONMENT, tmp_path)) as opened:
        opened.run(statement, 5)
    assert wait_for(lambda: not sleepers(tmp_path))


def descriptors() -> set[str]:
    with os.scandir("/proc/self/fd") as entries:  # its own is closed again, but listed
        return {entry.name for entry in entries if entry.is_symlink()}


def sleepers(directory: Path) -> list[int]:
    found = []
    for pid, _, _ in processes():
        try:
            if Path(f"/proc/{pid}/cwd").readlink() == directory:
                found.append(pid)
        except OSError:
            continue
    return found


def test_no_descriptors_and_no_zombies(tmp_path: Path) -> None:
    with Session(Shell(["bash"], ENVIRONMENT, tmp_path)):
        pass
    before = descriptors()
    for _ in range(5):
        with Session(Shell(["bash"], ENVIRONMENT, tmp_path)) as opened:
            opened.run("sleep 100 &", 5)
            opened.run("exit", 5)
        opened.close()  # twice does no harm
    assert descriptors() == before
    children = subprocess.run(
        ["ps", "--ppid", str(os.getpid()), "-o", "stat="],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Z" not in children.stdout


def test_closing_is_quick(tmp_path: Path) -> None:
    opened = Session(Shell(["bash"], ENVIRONMENT, tmp_path))
    started = time.monotonic()
    opened.close()
    assert time.monotonic() - started < 0.5


@pytest.mark.parametrize(
    "argv", [["/no/such/bash"], ["false"], ["echo", "이건 bash가 아니다"], ["sleep"]]
)
def test_a_shell_that_never_comes_up(tmp_path: Path, argv: list[str]) -> None:
    before = descriptors()
    with pytest.raises(ExecutionError, match="bash"):
        Session(Shell(argv, ENVIRONMENT, tmp_path))
    assert descriptors() == before


def test_a_shell_that_hangs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_module, "START_SECONDS", 0.3)
    with pytest.raises(ExecutionError):
        Session(Shell(["bash", "-c", "sleep 1000", "bash"], ENVIRONMENT, tmp_path))
    assert wait_for(lambda: not sleepers(tmp_path))


def test_writers_are_others_only() -> None:
    read, write = os.pipe()
    try:
        assert writers(read) == [os.getpid()]
        os.close(write)
        write = -1
        assert writers(read) == []
    finally:
        for descriptor in (read, write):
            if descriptor >= 0:
                os.close(descriptor)
