"""What `kdocs run` shows while it goes on: a line a step, a word a page."""

from __future__ import annotations

from collections.abc import Callable

import click

from kdocs_plugin.execution.observer import ALONE, OTHER_RUN
from kdocs_plugin.messages import Language, hint, text
from kdocs_plugin.model import Scenario, Status, Step, StepResult
from kdocs_plugin.pipeline import RunPage

MARKS = {
    Status.OK: ("✓", "green"),
    Status.FAILED: ("✗", "red"),
    Status.TIMEOUT: ("⏱", "red"),
    Status.BLOCKED: ("–", "yellow"),
    Status.SHOWN: ("·", "bright_black"),
}
EVIDENCE_LINES = 8  # of each piece; the page and JSON have all of it


class Progress:
    """An observer that writes to the terminal. Progress goes to standard error."""

    def __init__(self, language: Language, shown_path: Callable[[str], str]) -> None:
        self.language = language
        self.shown_path = shown_path

    def scenario_started(self, scenario: Scenario) -> None:
        click.secho(self.shown_path(scenario.path), bold=True, err=True)
        for lack in scenario.lacks:
            said = text(lack.key, self.language, lack.arguments)
            click.secho(f"  ! {lack.position.line:>4}  {said}", fg="yellow", err=True)

    def step_started(self, scenario: Scenario, step: Step) -> None:
        """A line stands when the step is over; until then a terminal shows the command."""

    def waiting(self, scenario: Scenario, what: str) -> None:  # noqa: ARG002
        """Objects that a step waits for are not worth a line; another run is."""
        if what == ALONE:
            click.secho(f"  … {text('run.again_alone', self.language, {})}", err=True)
        elif what == OTHER_RUN:
            click.secho(f"  … {text('run.waits_for_other', self.language, {})}", err=True)

    def step_finished(self, scenario: Scenario, result: StepResult) -> None:  # noqa: ARG002
        mark, colour = MARKS[outcome(result)]
        first = (result.ran or result.step.command).split("\n")[0]
        line = f"  {click.style(mark, fg=colour)} {result.step.position.line:>4}  {first}"
        if result.order is not None:
            line += click.style(f"  {result.duration:.2f} s", dim=True)
        if result.place:
            line += click.style(f"  ({text(result.place, self.language, {})})", dim=True)
        click.echo(line, err=True)
        if result.reason:
            reason = text(result.reason, self.language, result.reason_arguments)
            if result.reason.startswith("KD"):  # a finding of the run
                reason = f"{result.reason} {reason}"
            click.secho(f"          {reason}", dim=result.status is Status.SHOWN, err=True)
            if more := hint(result.reason, self.language, result.reason_arguments):
                click.secho(f"          {more}", err=True)
        if result.ended and result.ended != "ended.typed":
            click.secho(
                f"          {text(result.ended, self.language, {})}", dim=True, err=True
            )
        if result.status in (Status.FAILED, Status.TIMEOUT) and result.step.kind == "step":
            for each in result.output.splitlines()[-12:]:
                click.echo(f"          | {each}", err=True)
            self._tell_cause(result)

    def _tell_cause(self, result: StepResult) -> None:
        """What such a failure usually means, and the end of what the objects say."""
        # A rule's own hint has said what it means.
        if result.cause and not result.reason.startswith("KD"):
            said = text(result.cause, self.language, result.cause_arguments)
            click.secho(f"          → {said}", fg="cyan", err=True)
            if more := hint(result.cause, self.language, result.cause_arguments):
                click.secho(f"            {more}", err=True)
        for each in result.evidence:
            click.secho(f"          {each.title}", dim=True, err=True)
            for line in each.text.splitlines()[-EVIDENCE_LINES:]:
                click.secho(f"          | {line}", dim=True, err=True)


def outcome(result: StepResult) -> Status:
    """How a step counts. A probe never fails: what it printed is the answer."""
    if result.step.kind == "probe" and result.status is Status.FAILED:
        return Status.OK
    if result.reason == "run.follows":  # another step's failure, which is reported there
        return Status.BLOCKED
    return result.status


def tell_stand_ins(ran: RunPage, language: Language) -> None:
    """Which images of this run were not the official ones."""
    if not ran.results or ran.trouble is not None or ran.page.record is None:
        return
    images = ran.page.record.images
    swaps = ", ".join(f"{old} → {image.name}" for image in images for old in image.stands_for)
    if swaps:
        said = text("run.swaps", language, {"names": swaps})
        click.secho(f"  {said}", dim=True, err=True)
    names = ", ".join(image.name for image in images if image.built_locally)
    if names:
        click.secho(
            f"  {text('run.stand_ins', language, {'names': names})}", dim=True, err=True
        )


def tell_trouble(ran: RunPage, language: Language) -> None:
    """What kept a page's run from going on, whatever the format of the rest."""
    if ran.trouble is None:
        return
    said = text(ran.trouble.key, language, ran.trouble.arguments)
    click.secho(f"  ! {said}", fg="red", err=True)
    if more := hint(ran.trouble.key, language, ran.trouble.arguments):
        click.echo(f"    {more}", err=True)
