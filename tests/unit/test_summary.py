"""All blocks of all notes in a few lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from kdocs_plugin import pipeline
from kdocs_plugin.config import Settings
from kdocs_plugin.model import Page, Status, StepResult
from kdocs_plugin.reports.summary import Fate, summary_json, summary_of, summary_text

NOTE = """
```bash
kubectl run web --image=nginx
kubectl get pods
```

```bash
docker ps
kubectl get nodes
```

```bash
docker build .
```

```bash
minikube start
```

```bash
docker images
```

```bash
kubectl apply -f nowhere.yaml
```

글 속의 `kubectl get pods`는 블록이 아니다.
"""


@pytest.fixture
def page(tmp_path: Path) -> Page:
    return pipeline.prepare("a.md", NOTE, Settings(tmp_path, tmp_path, tmp_path / "records"))


def results(page: Page, **by_command: Status) -> list[StepResult]:
    """A run's results as values: of each step its status, OK where nothing is said."""
    found = []
    for step in page.scenario.steps:
        status = by_command.get(step.command.split()[1], Status.OK)
        if step.reason:
            found.append(
                StepResult(step, Status.SHOWN, None, step.reason, step.reason_arguments)
            )
        elif status is Status.BLOCKED:
            found.append(StepResult(step, status, None, "run.blocked", {"object": "web"}))
        elif status is Status.FAILED:
            found.append(StepResult(step, status, "…", "run.exit_code", {"code": 1}, 1))
        else:
            found.append(StepResult(step, status, "…", exit_code=0))
    return found


def test_a_plan(page: Page) -> None:
    summary = summary_of([(page, ())], planned=True)
    assert (summary.notes, summary.total) == (1, 6)
    # A block that runs in part runs.
    assert summary.blocks == {Fate.RAN: 2, Fate.SHOWN: 3, Fate.BLOCKED: 1}
    said = summary_text(summary, "en").splitlines()
    assert said == [
        "1 notes, 6 blocks: 2 to run, 1 blocked, 3 to show only",
        "  3  docker, minikube acts on the machine itself",
        "  1  nothing provides nowhere.yaml",
    ]
    assert summary_text(summary, "ko").splitlines()[0] == (
        "노트 1개, 블록 6개: 실행할 것 2, 막힌 것 1, 보여 주기만 할 것 3"
    )


def test_a_run(page: Page) -> None:
    summary = summary_of([(page, results(page))], planned=False)
    assert summary.blocks == {Fate.RAN: 2, Fate.SHOWN: 3, Fate.BLOCKED: 1}
    assert (summary.ran_now, summary.unchanged) == (1, 0)


def test_the_worst_of_a_block_s_steps_counts(page: Page) -> None:
    ran = results(page, run=Status.FAILED, get=Status.BLOCKED)
    summary = summary_of([(page, ran)], planned=False)
    assert summary.blocks == {Fate.FAILED: 1, Fate.BLOCKED: 2, Fate.SHOWN: 3}
    assert [cause.reason for cause in summary.causes] == [
        "plan.machine",
        "plan.file_missing",
        "run.blocked",
    ]


def test_what_has_neither_run_nor_a_record_did_not_come_to_it(page: Page) -> None:
    summary = summary_of([(page, ())], planned=False)
    assert summary.blocks == {Fate.BLOCKED: 3, Fate.SHOWN: 3}
    assert "run.not_reached" in [cause.reason for cause in summary.causes]


def test_no_more_than_three_causes_and_values(tmp_path: Path) -> None:
    commands = ["docker ps", "minikube start", "kubeadm init", "podman ps", "vim a", "vi b"]
    commands += [
        "kubectl apply -f no.yaml",
        "kubectl get pods -o wide | less",
        "curl naver.com",
    ]
    text = "".join(f"```bash\n{command}\n```\n\n" for command in commands)
    page = pipeline.prepare("b.md", text, Settings(tmp_path, tmp_path, tmp_path))
    summary = summary_of([(page, ()), (page, ())], planned=True)
    assert summary.total == 2 * len(commands)
    assert len(summary.causes) == 3
    assert summary.causes[0].count >= summary.causes[1].count >= summary.causes[2].count
    machine = next(cause for cause in summary.causes if cause.reason == "plan.machine")
    assert str(machine.arguments["command"]).count(",") == 3
    assert str(machine.arguments["command"]).endswith(", …")


def test_for_machines(page: Page) -> None:
    found = summary_json(summary_of([(page, results(page))], planned=False), "ko", 1.25)
    assert found["blocks"] == {"total": 6, "failed": 0, "blocked": 1, "run": 2, "shown": 3}
    assert (found["notes"], found["ran_now"], found["seconds"]) == (1, 1, 1.25)
    assert found["causes"][0]["blocks"] == 3
    assert "seconds" not in summary_json(summary_of([(page, ())], planned=True), "ko")


def test_no_notes() -> None:
    assert summary_text(summary_of([], planned=True), "en") == (
        "0 notes, 0 blocks: 0 to run, 0 blocked, 0 to show only"
    )
