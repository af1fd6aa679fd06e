"""One scenario, run top to bottom on a cluster."""

from __future__ import annotations

import contextlib
import os
import re
from pathlib import Path
from typing import Literal

from kdocs_plugin.clusters.api import Api
from kdocs_plugin.clusters.base import Cluster
from kdocs_plugin.commands import parse_kubectl, split
from kdocs_plugin.errors import ExecutionError, KdocsError
from kdocs_plugin.execution.forensics import explained
from kdocs_plugin.execution.identity import Identity
from kdocs_plugin.execution.images import ImageLog
from kdocs_plugin.execution.observer import Observer
from kdocs_plugin.execution.readiness import Readiness, Settled, Trouble
from kdocs_plugin.execution.resolve import Bindings
from kdocs_plugin.execution.secrets import Secrets
from kdocs_plugin.execution.session import Ran, Session
from kdocs_plugin.execution.unwell import SETTLE_SECONDS, unwell
from kdocs_plugin.execution.workdir import write_file
from kdocs_plugin.model import Decision, ImageInfo, Scenario, Status, Step, StepResult
from kdocs_plugin.outputs import clean
from kdocs_plugin.values import dataclass, replace

Cleanup = Literal["wait", "ask", "none"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """All that a run of one scenario gave."""

    results: tuple[StepResult, ...]  # one for each step, in the scenario's order
    images: tuple[ImageInfo, ...] = ()
    trouble: KdocsError | None = None  # what kept the run from going on


def run_scenario(
    scenario: Scenario,
    cluster: Cluster,
    api: Api,
    observer: Observer,
    cleanup: Cleanup = "wait",
) -> Outcome:
    """Run it. Never raises for what the note does; a cluster that fails ends the run and
    stands in `trouble`, with the results so far.

    `cleanup` of its namespace: `wait` until it is gone, only `ask` for its end where the
    cluster ends with this run, `none` where it ends with this scenario.
    """
    runner = Runner(scenario, cluster, api, observer)
    observer.scenario_started(scenario)
    with cluster.network():
        identity = Identity(
            api,
            scenario.namespace,
            whole_cluster=scenario.own_cluster,
            bounds=cluster.bounds,
            tell=lambda what: observer.waiting(scenario, what),
            spoken="\n".join([*spoken(scenario), *scenario.beside.values()]),
        )
        try:
            cluster.provide(scenario.addons)  # they come up while the namespace is made
            identity.create()
            runner.go(identity)
        except KdocsError as error:
            runner.trouble = error
        except BaseException:  # Ctrl-C: ask for the namespace's end, and wait for nothing
            if cleanup != "none":
                with contextlib.suppress(KdocsError):
                    identity.remove(wait=False)
            raise
        if cleanup != "none":
            runner.remove(identity, wait=cleanup == "wait")
    return runner.outcome()


class Runner:
    """The state of one run."""

    def __init__(
        self,
        scenario: Scenario,
        cluster: Cluster,
        api: Api,
        observer: Observer,
    ) -> None:
        self.scenario = scenario
        self.cluster = cluster
        self.api = api
        self.observer = observer
        self.namespace = scenario.namespace
        self.bindings = Bindings(api, scenario.namespace)
        self.readiness = self.look_after(scenario.namespace)
        self.secrets = Secrets("")
        self.images = ImageLog(cluster.built_locally)
        self.results: dict[int, StepResult] = {}
        self.order = 0
        self.last_step: int | None = None  # order of the last step that is not a probe
        self.lost: set[str] = set()  # names of objects that a failed step should have made
        self.trouble: KdocsError | None = None

    def go(self, identity: Identity) -> None:
        self.namespace = identity.namespace
        self.bindings = Bindings(self.api, identity.namespace)
        self.readiness = self.look_after(identity.namespace)
        self.secrets = Secrets(identity.token, spoken(self.scenario))
        shell = self.cluster.shell(self.scenario.namespace, identity.kubeconfig())
        with Session(shell) as session:
            for step in self.scenario.steps:
                self.write_files(step, session.directory)
                result = self.take(step, session)
                self.results[step.index] = result
                self.bindings.learn(step, result.output)
                self.observer.step_finished(self.scenario, result)
            self.charge(self.readiness.last_look())
            if not session.directory.is_dir():
                raise ExecutionError("run.folder_lost", folder=session.directory)
        if not identity.stands():
            # Somebody took it away under the run: what the steps printed is not the note's.
            raise ExecutionError("run.namespace_lost", namespace=self.namespace)

    def take(self, step: Step, session: Session) -> StepResult:
        """One step: shown, blocked, or run."""
        if step.decision is Decision.SHOW:
            return StepResult(step, Status.SHOWN, None, step.reason, step.reason_arguments)
        if self.cluster.info.kind == "context" and re.match(r"(?:curl|wget)\b", step.command):
            return StepResult(step, Status.SHOWN, None, "run.not_reachable")
        if self.cluster.info.kind == "context" and not step.confined:
            return StepResult(step, Status.SHOWN, None, "run.foreign")
        if not session.is_open:
            return StepResult(step, Status.BLOCKED, None, "run.shell_ended")
        ran, lacking = self.bindings.filled(step)
        if lacking:
            return StepResult(step, Status.BLOCKED, None, *lacking)
        if blocker := self.blocker(step):
            return StepResult(step, Status.BLOCKED, None, "run.blocked", {"object": blocker})
        self.await_addons(step)
        self.observer.step_started(self.scenario, step)
        outcome = session.run(ran, step.timeout)
        settled = self.settle(step, ran, outcome)
        result = self.judge(step, ran, outcome, settled)
        return self.explain(result, settled.troubles if settled else ())

    def await_addons(self, step: Step) -> None:
        """Until what the step needs in kube-system is there."""
        if step.addons:
            self.observer.waiting(self.scenario, ", ".join(step.addons))
            where = None if self.scenario.own_cluster else self.namespace
            self.cluster.await_addons(step.addons, where, numbers=step.numbers)

    def blocker(self, step: Step) -> str:
        """Name of an object that the step needs and a failed step did not make."""
        words = {word for s in split(step.command) for c in s.commands for word in c.words}
        words |= {name.rsplit("/", 1)[-1] for name in words}
        return next((name for name in sorted(self.lost) if name in words), "")

    @property
    def where(self) -> str | None:
        """The namespace that is the scenario's, None where the cluster is."""
        return None if self.scenario.own_cluster else self.namespace

    def look_after(self, namespace: str) -> Readiness:
        where = None if self.scenario.own_cluster else namespace
        return Readiness(
            self.api,
            where,
            self.scenario,
            SETTLE_SECONDS,
            lambda what: self.observer.waiting(self.scenario, what),
        )

    def settle(self, step: Step, ran: str, outcome: Ran) -> Settled | None:
        """Wait for what the step has changed; None where there is nothing to wait for."""
        if outcome.exit_code is None or not self.readiness.concerns(step):
            return None
        settled = self.readiness.after(step, ran, clean(outcome.raw)[0])
        self.images.look(settled.pods)
        self.charge(settled)
        return settled

    def charge(self, settled: Settled) -> None:
        """What shows only now and belongs to an earlier step fails that one."""
        for index, trouble in settled.late:
            result = self.results.get(index)
            if result is not None and result.status is Status.OK:
                result = unwell(result, trouble, self.cluster)
                self.results[index] = self.explain(result, (trouble,))
                self.observer.step_finished(self.scenario, self.results[index])

    def explain(self, result: StepResult, troubles: tuple[Trouble, ...]) -> StepResult:
        """A failed result with what that usually means, and evidence."""
        if result.status not in (Status.FAILED, Status.TIMEOUT):
            return result
        trouble = troubles[0] if troubles and result.exit_code == 0 else None
        self.secrets.learn(self.api, self.where)
        return explained(result, trouble, self.api, self.where, self.secrets.hide)

    def judge(self, step: Step, ran: str, outcome: Ran, settled: Settled | None) -> StepResult:
        """What the exit status and the objects' state make of the step."""
        text, cut = clean(outcome.raw)
        if text:
            self.secrets.learn(self.api, None if self.scenario.own_cluster else self.namespace)
        self.order += 1
        result = StepResult(
            step=step,
            status=Status.OK,
            ran=ran,
            exit_code=outcome.exit_code,
            output=self.secrets.hide(text) + ("\n…" if cut else ""),
            duration=round(outcome.duration, 3),
            order=self.order,
            after=self.last_step if step.kind == "probe" else None,
        )
        if step.kind == "step":
            self.last_step = self.order
        expected = step.returncode if step.returncode is not None else 0
        if outcome.timed_out:
            return replace(
                result,
                status=Status.TIMEOUT,
                reason="run.timeout",
                reason_arguments={"seconds": step.timeout},
            )
        if outcome.shell_ended:
            return replace(result, status=Status.FAILED, reason="run.shell_ended_here")
        if outcome.exit_code != expected and not expects_failure(step):
            if step.kind == "step":
                self.lost |= made_by(step, self.scenario)
            return replace(
                result,
                status=Status.FAILED,
                reason="run.exit_code",
                reason_arguments={"code": outcome.exit_code},
            )
        if settled and settled.troubles:
            return unwell(result, settled.troubles[0], self.cluster)
        return result

    def write_files(self, step: Step, directory: Path) -> None:
        """The manifests that are due before this step, and files beside the note."""
        for binding in self.scenario.files:
            if binding.before == step.index:
                write_file(directory, binding.name, binding.content)
        for name in step.effect.files:
            # As they were when the plan was made: that is what the record is bound to.
            text = self.scenario.beside.get(name)
            if text is not None and not os.path.lexists(directory / name):
                write_file(directory, name, text)

    def remove(self, identity: Identity, wait: bool) -> None:
        try:
            identity.remove(wait=wait)
        except KdocsError as error:
            self.trouble = self.trouble or error

    def outcome(self) -> Outcome:
        results = tuple(
            self.results.get(step.index)
            or StepResult(step, Status.BLOCKED, None, "run.not_reached")
            for step in self.scenario.steps
        )
        return Outcome(results, self.images.images, self.trouble)


def spoken(scenario: Scenario) -> list[str]:
    """All that the note itself says: commands, files, outputs."""
    return [
        *(step.command for step in scenario.steps),
        *(step.expected.text for step in scenario.steps if step.expected),
        *(binding.content for binding in scenario.files),
    ]


def expects_failure(step: Step) -> bool:
    """The author's own output shows the error."""
    if step.expected is None or step.returncode is not None:
        return False
    return bool(
        re.match(
            r"(?:Error from server|error:|Error:|The \S+ \".*\" is invalid)", step.expected.text
        )
    )


def made_by(step: Step, scenario: Scenario) -> set[str]:
    """Names of the objects that a step would have made, as its words tell."""
    names: set[str] = set()
    for statement in split(step.command):
        for command in statement.commands:
            line = parse_kubectl(command.words)
            if line is None or line.verb not in ("apply", "create", "run", "expose", "replace"):
                continue
            names |= set(line.names)
            for binding in scenario.files:
                if binding.name in [name.removeprefix("./") for name in line.files]:
                    names |= set(re.findall(r"(?m)^  name: *([a-z0-9.-]+)", binding.content))
    return names
