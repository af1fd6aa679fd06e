"""What may run where the file system is the user's own: held by words."""

from __future__ import annotations

import pytest

from kdocs_plugin.model import Decision
from kdocs_plugin.planning import Options, plan
from kdocs_plugin.source import scan


def step(command: str, execute: str = "auto") -> tuple[bool, bool]:
    """Whether the one step of a note runs, and whether it is confined."""
    note = scan("note.md", f"```bash\n{command}\n```\n")
    (found,) = plan(note, Options(execute=execute)).steps
    return found.decision is Decision.RUN, found.confined


@pytest.mark.parametrize(
    "command",
    [
        "kubectl get pods",
        "kubectl get pods -o wide | grep web | awk '{print $1}'",
        "kubectl exec web -- ls /",
        "kubectl exec web -- cat /etc/hosts",
        "kubectl get --raw /readyz",
        "echo hello > note.txt",
        "kubectl get pods 2>/dev/null",
        "NAME=web",
        "kubectl get pods | sed 's/web/WEB/'",
        "kubectl get pods | sed -n '1p;3p'",
        "sleep 1",
    ],
)
def test_confined(command: str) -> None:
    assert step(command) == (True, True)


@pytest.mark.parametrize(
    "command",
    [
        "cat /etc/passwd",
        "cat ~/.ssh/id_rsa",
        "cat ../../secret",
        "FILE=/etc/passwd",
        "echo hello > /tmp/x",
        "rm -rf docs",
        "kubectl create secret generic s --from-file=/root/.ssh/id_rsa",
        "kubectl create configmap c --from-file=key=../x",
        "kubectl cp web:/etc/hosts hosts",
        "ls",
    ],
)
def test_not_confined_though_it_runs_in_a_root_of_ours(command: str) -> None:
    runs, confined = step(command)
    assert runs
    assert not confined


@pytest.mark.parametrize(
    "command",
    [
        "find . -exec docker run x {} +",
        "awk 'BEGIN { system(\"id\") }'",
        "awk 'BEGIN { \"id\" | getline x }'",
        "sed -n '1e id' file",
        "source setup.sh",
        "echo a | xargs docker rm",
        "timeout 5 docker run x",
    ],
)
def test_a_tool_that_runs_others_does_not_run_by_itself(command: str) -> None:
    runs, confined = step(command)
    assert not runs
    assert not confined


def test_execute_on_does_not_make_a_command_confined() -> None:
    assert step("docker ps", execute="on") == (True, False)
