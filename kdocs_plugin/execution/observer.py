"""What a run tells while it goes on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import Protocol

from kdocs_plugin.model import Scenario, Step, StepResult

OTHER_RUN = "another run"  # of the same page, whose namespace must go first
ALONE = "alone"  # waited for where a scenario runs again when no other does


class Observer(Protocol):
    """Gets a run's events: one scenario after the other, never two calls at a time.

    They come from the thread that runs the scenario, or from the one that waits for it.
    """

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


class InTurn:
    """An observer that holds a scenario's events back until it is its turn.

    Scenarios run side by side, each in a thread of its own; whoever watches them hears of
    one after the other, as if they ran that way. The one whose turn it is, is heard as it
    goes on.
    """

    def __init__(self, observer: Observer) -> None:
        self._observer = observer
        self._held: list[Callable[[], None]] | None = []
        self._lock = threading.Lock()

    def turn(self) -> None:
        """Hand on what was held back, and from now on everything at once."""
        with self._lock:
            held, self._held = self._held or [], None
            for each in held:
                each()

    def again(self, scenario: Scenario) -> None:
        """The scenario starts anew: what was held back is void, what was heard is told so."""
        with self._lock:
            if self._held is None:
                self._observer.waiting(scenario, ALONE)
            else:
                self._held = []

    def scenario_started(self, scenario: Scenario) -> None:
        self._tell(partial(self._observer.scenario_started, scenario))

    def step_started(self, scenario: Scenario, step: Step) -> None:
        self._tell(partial(self._observer.step_started, scenario, step))

    def step_finished(self, scenario: Scenario, result: StepResult) -> None:
        self._tell(partial(self._observer.step_finished, scenario, result))

    def waiting(self, scenario: Scenario, what: str) -> None:
        self._tell(partial(self._observer.waiting, scenario, what))

    def _tell(self, event: Callable[[], None]) -> None:
        with self._lock:
            if self._held is None:
                event()
            else:
                self._held.append(event)
