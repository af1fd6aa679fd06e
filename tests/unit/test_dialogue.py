"""Dialogues and what never ends, with a real bash; `script` is the terminal inside, as the
container's is for `kubectl exec -it`."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kdocs_plugin.clusters.base import Shell
from kdocs_plugin.execution.shell.dialogue import Dialogue
from kdocs_plugin.execution.shell.endless import follow, serves
from kdocs_plugin.execution.shell.jobs import TERMINALS, is_running
from kdocs_plugin.execution.shell.session import Session

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or shutil.which("script") is None, reason="needs util-linux' script"
)

ENVIRONMENT = {"PATH": os.environ["PATH"], "HOME": "/tmp", "LC_ALL": "C.UTF-8", "TERM": "dumb"}
INSIDE = "script -qec 'bash --norc' /dev/null"


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    with Session(Shell(["bash"], ENVIRONMENT, tmp_path)) as opened:
        yield opened


def opened(session: Session, statement: str = INSIDE) -> Dialogue:
    job = session.start(f"PS1='in:\\w# ' {statement}")
    assert job is not None
    dialogue = Dialogue(job, time.monotonic() + 30)
    assert dialogue.open() == "prompt"
    return dialogue


def test_lines_are_typed_when_they_are_asked_for(session: Session) -> None:
    dialogue = opened(session)
    assert dialogue.type("cd /\nsleep 0.3; echo done") == "done"
    assert dialogue.type("echo 한글; pwd") == "한글\n/"
    assert dialogue.type("cat <<END\na b\nEND") == "a b"
    assert dialogue.type("cat > file.txt\nwritten\n^D\ncat file.txt").endswith("written")
    dialogue.type("exit 3")
    dialogue.leave()
    assert (dialogue.job.over, dialogue.job.status) == (True, 3)
    assert not dialogue.interrupted
    text = dialogue.job.text()
    assert "# sleep 0.3; echo done\ndone\n" in text
    assert "> a b\n> END\na b\n" in text


def test_ctrl_c_interrupts_what_goes_on(session: Session) -> None:
    dialogue = opened(session)
    dialogue.type("sleep 1000\n^C\necho after")
    dialogue.finish()
    assert "^C" in dialogue.job.text()
    assert "echo after\nafter" in dialogue.job.text()
    assert dialogue.job.over


def test_ctrl_c_works_where_we_ourselves_are_in_the_background(tmp_path: Path) -> None:
    """There SIGINT is ignored, and whoever is started inherits that."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with Session(Shell(["bash"], ENVIRONMENT, tmp_path)) as session:
            test_ctrl_c_interrupts_what_goes_on(session)
    finally:
        signal.signal(signal.SIGINT, before)


def test_the_end_of_the_input_leaves_shells_in_shells(session: Session) -> None:
    dialogue = opened(session)
    dialogue.type("bash --norc")
    dialogue.finish()
    assert dialogue.job.over
    assert not dialogue.interrupted


def test_a_program_that_does_not_go_is_ended(session: Session) -> None:
    job = session.start(
        'bash -c \'trap "" INT TERM HUP; echo "$ "; while :; do sleep 1; done\''
    )
    assert job is not None
    dialogue = Dialogue(job, time.monotonic() + 2)
    dialogue.open()
    begun = time.monotonic()
    dialogue.finish()
    assert dialogue.interrupted
    assert job.over
    assert time.monotonic() - begun < 20
    assert not is_running(job.pid)


def test_what_prints_is_over_when_it_is_silent(session: Session) -> None:
    job = session.start("echo first; sleep 0.3; echo second; sleep 1000")
    assert job is not None
    assert follow(job, loops=False, bound=30) == "ended.quiet"
    assert job.text() == "first\nsecond"
    assert job.age < 4
    again = session.start("while :; do echo again; sleep 0.1; done")
    assert again is not None
    assert follow(again, loops=True, bound=1) == "ended.bound"
    assert again.text().startswith("again\nagain\n")
    ends = session.start("echo by itself; exit 4")
    assert ends is not None
    assert follow(ends, loops=False, bound=5) == "over"
    assert (ends.status, ends.text()) == (4, "by itself")


def test_what_serves_goes_on_beside(session: Session) -> None:
    job = session.start("sleep 0.2; echo 'Starting to serve on 127.0.0.1:1'; sleep 1000")
    assert job is not None
    assert serves(job, 5)
    assert session.run("echo beside", 5).raw == b"beside\n"
    assert not job.over
    failing = session.start("echo 'error: no'; exit 1")
    assert failing is not None
    assert not serves(failing, 5)
    assert failing.status == 1


def test_a_job_sees_the_shell_s_state_and_changes_none(session: Session) -> None:
    session.run("NAME=web; hello() { echo hello $1; }; cd /", 5)
    job = session.start("hello $NAME; pwd; NAME=other; cd /tmp")
    assert job is not None
    assert follow(job, loops=False, bound=5) == "over"
    assert job.text() == "hello web\n/"
    assert session.run("echo $NAME $PWD", 5).raw == b"web /\n"


@pytest.mark.parametrize(
    "option", ["set -e", "set -x", "set -u", "set -m", "trap 'echo T' ERR"]
)
def test_the_shell_s_options_stay_its_own(session: Session, option: str) -> None:
    session.run(option, 5)
    job = session.start("echo inside")
    assert job is not None
    follow(job, loops=False, bound=5)
    assert "inside" in job.text()
    assert "__kdocs" not in job.text()
    background = session.background("sleep 0.1 &")
    assert background is not None
    ran = session.run("echo still", 5)
    assert ran.raw.endswith(b"still\n")
    assert b"__kdocs" not in ran.raw


def test_the_author_s_own_jobs_keep_their_numbers(session: Session) -> None:
    ours = session.start("sleep 1000")
    job = session.background("(sleep 0.2; echo late; sleep 1000) &")
    assert ours is not None
    assert job is not None
    ran = session.run("echo now; sleep 0.4; jobs; kill %1; wait %1; jobs; echo $!", 5)
    assert b"[1]+  Running" in ran.raw
    assert b"\nlate" not in ran.raw
    job.wait(0.1)
    assert job.over
    assert job.text() == f"[1] {job.inner}\nlate"
    assert not ours.over


def test_more_jobs_than_terminals(session: Session) -> None:
    jobs = [session.start(f"echo {number}; sleep 1000") for number in range(TERMINALS + 2)]
    for job in jobs:
        assert job is not None
        job.wait(0.2)
    running = [job for job in jobs if job is not None and not job.over]
    assert len(running) <= TERMINALS
    assert [job.text() for job in jobs if job is not None][-1] == str(TERMINALS + 1)


def test_nothing_is_left_of_jobs(tmp_path: Path) -> None:
    with Session(Shell(["bash"], ENVIRONMENT, tmp_path)) as session:
        job = session.start("bash -c 'trap \"\" INT TERM HUP; setsid sleep 1000; sleep 1000'")
        assert job is not None
        job.wait(0.3)
        pid = job.pid
        assert is_running(pid)
    assert not is_running(pid)
