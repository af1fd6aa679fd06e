"""Scenarios run side by side and are heard one after the other."""

from __future__ import annotations

from kdocs_plugin.execution.observer import ALONE, InTurn
from kdocs_plugin.model import Scenario, Status, Step, StepResult
from kdocs_plugin.planning import plan
from kdocs_plugin.source import scan


class Heard:
    def __init__(self) -> None:
        self.events: list[str] = []

    def scenario_started(self, scenario: Scenario) -> None:
        self.events.append(scenario.path)

    def step_started(self, scenario: Scenario, step: Step) -> None:
        self.events.append(f"{scenario.path} {step.command}")

    def step_finished(self, scenario: Scenario, result: StepResult) -> None:
        self.events.append(f"{scenario.path} {result.status}")

    def waiting(self, scenario: Scenario, what: str) -> None:
        self.events.append(f"{scenario.path} waits for {what}")


def of(path: str) -> Scenario:
    return plan(scan(path, "```bash\nkubectl get pods\n```\n"))


def go(observer: InTurn, scenario: Scenario) -> None:
    observer.scenario_started(scenario)
    observer.step_started(scenario, scenario.steps[0])
    observer.waiting(scenario, "pod/web")
    observer.step_finished(scenario, StepResult(scenario.steps[0], Status.OK))


ALL = [
    "{0}",
    "{0} kubectl get pods",
    "{0} waits for pod/web",
    "{0} ok",
]


def test_each_is_heard_in_its_turn() -> None:
    heard = Heard()
    first, second = InTurn(heard), InTurn(heard)
    go(second, of("b.md"))
    assert heard.events == []
    first.turn()
    go(first, of("a.md"))  # at once
    assert heard.events == [each.format("a.md") for each in ALL]
    second.turn()
    assert heard.events[len(ALL) :] == [each.format("b.md") for each in ALL]


def test_what_runs_again_is_heard_once_unless_it_was_heard() -> None:
    heard = Heard()
    scenario, held = of("a.md"), InTurn(heard)
    go(held, scenario)
    held.again(scenario)
    go(held, scenario)
    held.turn()
    assert heard.events == [each.format("a.md") for each in ALL]
    held.again(scenario)
    assert heard.events[-1] == f"a.md waits for {ALONE}"
