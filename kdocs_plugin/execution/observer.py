"""What a run tells while it goes on."""

from __future__ import annotations

from typing import Protocol

from kdocs_plugin.model import Scenario, Step, StepResult


class Observer(Protocol):
    """Gets a run's events, in order, from the thread that runs the scenario."""

    def scenario_started(self, scenario: Scenario) -> None: ...

    def step_started(self, scenario: Scenario, step: Step) -> None: ...

    def step_finished(self, scenario: Scenario, result: StepResult) -> None: ...

    def waiting(self, scenario: Scenario, what: str) -> None: ...


class Silent:
    """An observer that says nothing."""

    def scenario_started(self, scenario: Scenario) -> None: ...

    def step_started(self, scenario: Scenario, step: Step) -> None: ...

    def step_finished(self, scenario: Scenario, result: StepResult) -> None: ...

    def waiting(self, scenario: Scenario, what: str) -> None: ...
