"""The helper pod: there when a step needs it, gone before another could see it.

A note that lists its pods does not have this one among them: it ends before the first step
that needs it no more, and its events are taken away. What clusters/helper.py says runs in it.
"""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Iterator, Mapping, Sequence

from kdocs_plugin.clusters import helper
from kdocs_plugin.clusters.api import Api, ApiError
from kdocs_plugin.clusters.base import Cluster
from kdocs_plugin.commands import fill, parse_kubectl, split
from kdocs_plugin.execution.access.ownership import OWNER_LABEL, owner
from kdocs_plugin.execution.readiness.pods import STUCK, containers
from kdocs_plugin.execution.shell.session import Session
from kdocs_plugin.execution.shell.stage import Stage
from kdocs_plugin.model import Step
from kdocs_plugin.planning.policy import unwrapped

READY_SECONDS = 60.0  # an image may have to be pulled
FOR_SECONDS = 3600  # as long as a run's token
PLACE = "place.helper"  # message key
SIZE = {"requests": {"cpu": "10m", "memory": "16Mi"}, "limits": {"cpu": "1", "memory": "128Mi"}}


class Helper:
    """A scenario's helper pod."""

    def __init__(self, api: Api, namespace: str, cluster: Cluster) -> None:
        self._api = api
        self._namespace = namespace
        self._pods = f"/api/v1/namespaces/{namespace}/pods"
        self._events = f"/api/v1/namespaces/{namespace}/events"
        self._cluster = cluster
        self._told: list[Session] = []  # shells that have the functions
        self._there = False
        self._was_there = False
        self.trouble: str | None = None  # why there can be none: then nobody waits again

    def serves(self, step: Step) -> bool:
        """Whether a step runs a program that is in the pod.

        What asks the shell's own machine stays on it.
        """
        if step.into is not None:  # typed into a pod's shell
            return False
        outside = self._cluster.info.kind == "context"
        programs = helper.PROGRAMS if outside else helper.ALWAYS
        return any(not asks_itself(words) for words in calls(step, programs))

    def turn_to(self, step: Step, stage: Stage) -> str | None:
        """Have the pod there for a step that needs it, and away for any other.

        Says why it can't be had, where it is needed; else None.
        """
        if not self.serves(step):
            self.go()  # nothing of ours among the note's own
            return None
        session = stage.session(step.session)
        if self._cluster.info.kind == "local" and session not in self._told:
            # A shell of the user's machine has them as programs.
            self._told.append(session)
            made = [helper.function(each, self._namespace) for each in helper.ALWAYS]
            session.run("\n".join(made), READY_SECONDS)
        return None if self.come() else self.trouble

    def come(self) -> bool:
        """Make it and wait until it runs; whether it does. `trouble` says why not."""
        if not self._there and self.trouble is None:
            try:
                made = self._api.post(self._pods, self._pod())
            except ApiError as error:
                self.trouble = str(error.arguments["message"])
                return False
            self._there = self._was_there = True
            self.trouble = self._await(made)
            if self.trouble is not None:
                self.go()
        return self._there

    def go(self) -> None:
        """Take it away, and what the cluster has said about it."""
        if self._there:
            self._there = False
            with contextlib.suppress(ApiError):
                self._api.delete(f"{self._pods}/{helper.POD}", {"gracePeriodSeconds": 0})
        if self._was_there:
            with contextlib.suppress(ApiError):
                about = f"involvedObject.name={helper.POD}"
                self._api.delete(self._events, fieldSelector=about)

    def _pod(self) -> Mapping[str, object]:
        container = {
            "name": "helper",
            "image": self._cluster.helper_image,
            "command": ["sleep", str(FOR_SECONDS)],
            "resources": SIZE,
            "securityContext": {"allowPrivilegeEscalation": False},
        }
        return {
            "metadata": {"name": helper.POD, "labels": {OWNER_LABEL: owner()}},
            "spec": {
                "automountServiceAccountToken": False,
                "containers": [container],
                "enableServiceLinks": False,
                "restartPolicy": "Never",
                "terminationGracePeriodSeconds": 0,
            },
        }

    def _await(self, made: Mapping[str, object]) -> str | None:
        """Until its container runs; why it does not, None where it does."""
        deadline = time.monotonic() + READY_SECONDS
        pod = dict(made)
        while (left := deadline - time.monotonic()) > 0:
            version = str(pod["metadata"]["resourceVersion"])  # type: ignore[index]
            watch = self._api.watch(self._pods, version, left)
            try:
                for event in watch:
                    item = event["object"]
                    if item.get("metadata", {}).get("name") != helper.POD:
                        continue
                    for status in containers(item.get("status", {})):
                        if "running" in status["state"]:
                            return None
                        waiting = status["state"].get("waiting", {})
                        if waiting.get("reason") in STUCK:
                            return f"{waiting['reason']}: {waiting.get('message', '')}"
                        if "terminated" in status["state"]:
                            return str(status["state"]["terminated"].get("message", "Error"))
            finally:
                watch.close()
            pod = self._api.get(f"{self._pods}/{helper.POD}")
        return f"{READY_SECONDS:.0f} s"


ITSELF = re.compile(r"(?:^|[/@])(?:localhost|127(?:\.\d+){3}|\[::1\])(?:[:/]|$)")


def calls_itself(step: Step) -> bool:
    """Whether a step asks something of the machine that its shell is on."""
    return any(asks_itself(words) for words in calls(step, helper.PROGRAMS))


def opens_way(step: Step) -> bool:
    """Whether a step makes something of the cluster answer on the shell's machine."""
    lines = [parse_kubectl(c.words) for s in split(step.command) for c in s.commands]
    return any(line.verb in ("port-forward", "proxy") for line in lines if line)


def calls(step: Step, programs: Sequence[str]) -> Iterator[Sequence[str]]:
    """The words of each of these programs' calls; `localhost` is none where it stands for a
    node."""
    nodes = [(each.start, each.text, "node") for each in step.references
             if each.kind == "node" and ITSELF.search(each.text)]  # fmt: skip
    for statement in split(fill(step.command, nodes)):
        for command in statement.commands:
            words = unwrapped(command.words)
            if words and words[0] in programs:
                yield words


def asks_itself(words: Sequence[str]) -> bool:
    """Whether one of a program's words is an address of its own machine."""
    return any(ITSELF.search(word) for word in words[1:])
