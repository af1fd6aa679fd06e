"""One scenario, run top to bottom on a cluster."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

from kdocs_plugin.clusters.api import Api
from kdocs_plugin.clusters.base import Cluster, Shell
from kdocs_plugin.errors import ExecutionError, KdocsError
from kdocs_plugin.execution.access.identity import Identity
from kdocs_plugin.execution.forensics import explained
from kdocs_plugin.execution.helper import PLACE, Helper, calls_itself, opens_way
from kdocs_plugin.execution.images import ImageLog
from kdocs_plugin.execution.losses import Losses, blamed
from kdocs_plugin.execution.observer import Observer, Silent
from kdocs_plugin.execution.predicted import predicted
from kdocs_plugin.execution.readiness import Readiness, Settled, Trouble
from kdocs_plugin.execution.resolve import Bindings, Verdict
from kdocs_plugin.execution.scene import SceneLog
from kdocs_plugin.execution.secrets import Secrets, credentials
from kdocs_plugin.execution.shell.stage import Done, Stage
from kdocs_plugin.execution.shell.workdir import write_file
from kdocs_plugin.execution.statuses import abridged, fails_inside, judge_status
from kdocs_plugin.execution.unwell import SETTLE_SECONDS, unwell
from kdocs_plugin.model import (
    Decision,
    Drawn,
    Finding,
    ImageInfo,
    Scenario,
    Status,
    Step,
    StepResult,
)
from kdocs_plugin.outputs import clean
from kdocs_plugin.planning.swaps import in_command, in_file
from kdocs_plugin.values import dataclass, replace

Cleanup = Literal["wait", "later", "ask", "none"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """All that a run of one scenario gave."""

    results: tuple[StepResult, ...]  # one for each step, in the scenario's order
    images: tuple[ImageInfo, ...] = ()
    scene: tuple[Drawn, ...] = ()  # what it made
    trouble: KdocsError | None = None  # what kept the run from going on
    # With cleanup `later`: waits until its namespace is gone, on the cluster's network.
    # Raises KdocsError where that does not go.
    leave: Callable[[], None] | None = None


def run_scenario(
    scenario: Scenario,
    cluster: Cluster,
    api: Api,
    observer: Observer,
    cleanup: Cleanup = "wait",
    findings: Sequence[Finding] = (),
) -> Outcome:
    """Run it. Never raises for what the note does; a cluster that fails ends the run and
    stands in `trouble`, with the results so far.

    `cleanup` of its namespace: `wait` until it is gone, `later` where the caller does that
    by the outcome's `leave`, only `ask` for its end where the cluster ends with this run,
    `none` where it ends with this scenario.
    """
    runner = Runner(scenario, cluster, api, observer, findings)
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
    outcome = runner.outcome()
    if cleanup == "later" and outcome.trouble is None:
        return replace(outcome, leave=identity.await_removal)
    return outcome


class Runner:
    """The state of one run."""

    def __init__(
        self,
        scenario: Scenario,
        cluster: Cluster,
        api: Api,
        observer: Observer,
        findings: Sequence[Finding] = (),
    ) -> None:
        self.scenario = scenario
        self.findings = findings
        self.cluster = cluster
        self.api = api
        self.observer = observer
        self.namespace = scenario.namespace
        self.bindings = Bindings(api, scenario.namespace, scenario)
        self.readiness = self.look_after(scenario.namespace)
        self.secrets = Secrets("")
        self.images = ImageLog(cluster.built_locally)
        self.scene = SceneLog()
        self.results: dict[int, StepResult] = {}
        self.order = 0
        self.last_step: int | None = None  # order of the last step that is not a probe
        self.orders: dict[int, tuple[int, int | None]] = {}  # by step: order and `after`
        self.losses = Losses()
        self.before: dict[int, str] = {}  # steps of the pages before, by identity: the page
        self.trouble: KdocsError | None = None
        self.helper = Helper(api, scenario.namespace, cluster)
        self.way = False  # whether something of the cluster answers on the shell's machine

    def go(self, identity: Identity) -> None:
        self.namespace = identity.namespace
        self.bindings = Bindings(self.api, identity.namespace, self.scenario)
        self.helper = Helper(self.api, identity.namespace, self.cluster)
        self.readiness = self.look_after(identity.namespace)
        known = credentials(self.cluster.kubeconfig)
        self.secrets = Secrets(identity.token, spoken(self.scenario), known)
        kubeconfig, name = identity.kubeconfig(), self.scenario.namespace

        def shell() -> Shell:
            return self.cluster.shell(name, kubeconfig)

        with contextlib.closing(Stage(self.scenario, shell)) as stage:
            for earlier in self.scenario.before:
                self.run_first(earlier, stage)
            for step in self.scenario.steps:
                self.write_files(step, stage.directory)
                self.take(step, stage)
                for done in stage.after(step):
                    self.conclude(done)
            for done in stage.finish():
                self.conclude(done)
            self.charge(self.readiness.last_look())
            if not stage.directory.is_dir():
                raise ExecutionError("run.folder_lost", folder=stage.directory)
        if not identity.stands():
            # Somebody took it away under the run: what the steps printed is not the note's.
            raise ExecutionError("run.namespace_lost", namespace=self.namespace)

    def run_first(self, earlier: Scenario, stage: Stage) -> None:
        """The steps of a page that this one needs. What they print is that page's own."""
        self.observer.waiting(self.scenario, earlier.path)
        mine = self.scenario, self.observer, self.results
        self.scenario = replace(earlier, own_cluster=self.scenario.own_cluster)
        self.observer, self.results = Silent(), {}
        self.readiness = self.readiness.continued(self.scenario)
        theirs = stage.of(self.scenario)
        for step in earlier.steps:
            if step.kind == "probe":
                continue
            self.before[id(step)] = earlier.path
            self.write_files(step, stage.directory)
            self.take(step, theirs)
            for done in theirs.after(step):
                self.conclude(done)
        for binding in earlier.files:  # those behind its last command
            if binding.before >= len(earlier.steps):
                content = in_file(binding.content, earlier.images)
                write_file(stage.directory, binding.name, content)
        self.scenario, self.observer, self.results = mine
        self.readiness = self.readiness.continued(self.scenario)
        self.order, self.last_step = 0, None
        self.scene = SceneLog()

    def take(self, step: Step, stage: Stage) -> None:
        """One step: shown, blocked, run, or let go on beside the next ones."""
        ran, refusal = self.refusal(step)
        if refusal is not None:
            self.tell(refusal)
            return
        self.await_addons(step)
        if why := self.helper.turn_to(step, stage):
            arguments = {"image": self.cluster.helper_image, "why": why}
            self.tell(StepResult(step, Status.BLOCKED, None, "run.no_helper", arguments))
            return
        self.observer.step_started(self.scenario, step)
        self.order += 1
        self.orders[step.index] = self.order, self.last_step if step.kind == "probe" else None
        if step.kind == "step":
            self.last_step = self.order
        done = stage.run(step, ran)
        if done is not None:
            self.conclude(done)

    def refusal(self, step: Step) -> tuple[str, StepResult | None]:
        """What a step runs as, and its result where it does not."""
        if step.decision is Decision.SHOW:
            return "", StepResult(step, Status.SHOWN, None, step.reason, step.reason_arguments)
        if self.cluster.info.kind == "context":
            if not step.confined:
                return "", StepResult(step, Status.SHOWN, None, "run.foreign")
            if calls_itself(step) and not self.way:
                return "", StepResult(step, Status.SHOWN, None, "run.not_reachable")
            self.way = self.way or opens_way(step)
        opener = self.results.get(step.into) if step.into is not None else None
        if opener is not None and opener.status is not Status.OK:
            blame = blamed(opener.step.command, opener.step)
            return "", StepResult(step, Status.BLOCKED, None, "run.blocked", blame)
        if found := self.losses.root(step):
            self.losses.failed(step, "", found[1])
            return "", StepResult(step, Status.BLOCKED, None, *self.blame(*found))
        ran, lacking = self.bindings.filled(step)
        if lacking:
            self.losses.failed(step, "")
            return "", StepResult(step, Status.BLOCKED, None, *lacking)
        return in_command(ran, self.scenario.images), None

    def blame(self, what: str, root: Step) -> Verdict:
        """Why a step is blocked by another one, of this page or of one before it."""
        page = self.before.get(id(root))
        if page is None:
            return "run.blocked", blamed(what, root)
        return "run.blocked_before", {**blamed(what, root), "page": page}

    def conclude(self, done: Done) -> None:
        """A step is over: wait for what it changed, judge it, and tell."""
        step = done.step
        settled = self.settle(done)
        result = predicted(self.judge(done, settled), self.scenario, self.findings)
        if done.outcome.shell_ended and step.into is None:
            self.losses.shell_ended(step)
        if result.status is Status.OK:
            self.losses.worked(step)
        elif settled is not None and settled.troubles and result.exit_code == 0:
            trouble, suspect = settled.troubles[0], self.losses.suspect(step)
            if suspect and self.losses.is_same(suspect[1], trouble):
                result = follows(result, *suspect)
            else:
                self.losses.settled_badly(step, trouble)
        elif step.kind == "step":
            if suspect := self.losses.suspect(step):
                result = follows(result, *suspect)
            self.losses.failed(step, result.output)
        self.tell(self.explain(result, settled.troubles if settled else ()))

    def tell(self, result: StepResult) -> None:
        """A step's result to whoever keeps or shows it: here nothing secret is left in it."""
        result = self.secrets.hide_all(result)
        self.results[result.step.index] = result
        self.bindings.learn(result.step, result.output)
        self.observer.step_finished(self.scenario, result)

    def await_addons(self, step: Step) -> None:
        """Until what the step needs in kube-system is there."""
        if step.addons:
            self.observer.waiting(self.scenario, ", ".join(step.addons))
            where = None if self.scenario.own_cluster else self.namespace
            self.cluster.await_addons(step.addons, where, numbers=step.numbers)

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

    def settle(self, done: Done) -> Settled | None:
        """Wait for what the step has changed; None where there is nothing to wait for."""
        step, outcome = done.step, done.outcome
        stopped = outcome.timed_out or outcome.shell_ended
        if stopped or step.into is not None or not self.readiness.concerns(step):
            return None
        settled = self.readiness.after(step, done.ran, clean(outcome.raw)[0])
        self.images.look(settled.pods)
        if step.wait != "none":
            self.scene.look(settled.state)
        self.charge(settled)
        return settled

    def charge(self, settled: Settled) -> None:
        """What shows only now and belongs to an earlier step fails that one."""
        for index, trouble in settled.late:
            result = self.results.get(index)
            if result is not None and result.status is Status.OK:
                self.losses.settled_badly(result.step, trouble)
                result = unwell(result, trouble, self.cluster)
                self.results[index] = self.explain(result, (trouble,))
                self.observer.step_finished(self.scenario, self.results[index])

    def explain(self, result: StepResult, troubles: tuple[Trouble, ...]) -> StepResult:
        """A failed result with what that usually means, and evidence."""
        if result.status not in (Status.FAILED, Status.TIMEOUT):
            return result
        trouble = troubles[0] if troubles and result.exit_code == 0 else None
        if not result.output:  # else they have just been learnt
            self.secrets.learn(self.api, self.where)
        found = explained(result, trouble, self.api, self.where, self.secrets.hide)
        # What only follows from another failure points there: the evidence is there, too.
        return replace(found, evidence=()) if result.reason == "run.follows" else found

    def judge(self, done: Done, settled: Settled | None) -> StepResult:
        """What the exit status and the objects' state make of the step."""
        step, outcome = done.step, done.outcome
        text, cut = clean(outcome.raw)
        if text:
            self.secrets.learn(self.api, None if self.scenario.own_cluster else self.namespace)
        order, after = self.orders[step.index]
        result = StepResult(
            step=step,
            status=Status.OK,
            ran=done.ran,
            exit_code=outcome.exit_code,
            output=self.secrets.hide(text, cut) + ("\n…" if cut else ""),
            duration=round(outcome.duration, 3),
            order=order,
            after=after,
            ended=done.ended,
            place=PLACE if self.helper.serves(step) else "",
        )
        if outcome.timed_out:
            return replace(
                result,
                status=Status.TIMEOUT,
                reason="run.timeout",
                reason_arguments={"seconds": step.timeout},
            )
        result = judge_status(result, done, fails_inside(step, self.scenario.steps))
        if result.status is not Status.OK:
            return result
        if settled and settled.troubles:
            return unwell(result, settled.troubles[0], self.cluster)
        if not result.reason:
            result = abridged(result, outcome.raw, cut, outcome.dropped)
        return result

    def write_files(self, step: Step, directory: Path) -> None:
        """The manifests that are due before this step, and files beside the note."""
        images = self.scenario.images
        for binding in self.scenario.files:
            if binding.before == step.index:
                write_file(directory, binding.name, in_file(binding.content, images))
        for name in (*step.effect.files, *step.uses):
            # As they were when the plan was made: that is what the record is bound to.
            text = self.scenario.beside.get(name)
            if text is not None and not os.path.lexists(directory / name):
                write_file(directory, name, in_file(text, images))

    def remove(self, identity: Identity, wait: bool) -> None:
        try:
            identity.remove(wait=wait)
        except KdocsError as error:
            self.trouble = self.trouble or error

    def outcome(self) -> Outcome:
        # What has become a Secret only later is one.
        known = {index: self.secrets.hide_all(each) for index, each in self.results.items()}
        results = tuple(
            known.get(step.index) or StepResult(step, Status.BLOCKED, None, "run.not_reached")
            for step in self.scenario.steps
        )
        swaps = {k: v for page in self.scenario.together for k, v in page.images.items()}
        images, scene = self.images.standing_for(swaps), self.scene.drawn(self.secrets.hide)
        return Outcome(results, images, scene, self.trouble)


def follows(result: StepResult, what: str, root: Step) -> StepResult:
    """A failed result that is an earlier step's fault."""
    arguments = {**result.reason_arguments, **blamed(what, root)}
    return replace(result, reason="run.follows", reason_arguments=arguments)


def spoken(scenario: Scenario) -> list[str]:
    """All that the note itself says, and the pages before it: commands, files, outputs."""
    steps = [step for page in scenario.together for step in page.steps]
    return [
        *(step.command for step in steps),
        *(step.expected.text for step in steps if step.expected),
        *(binding.content for page in scenario.together for binding in page.files),
    ]
