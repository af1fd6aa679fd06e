"""What failed steps should have made, and which of them is to blame for a step below.

One root cause: of what a blocked step would have made, the root is the one that blocked it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from kdocs_plugin.execution.readiness import Trouble
from kdocs_plugin.execution.readiness.trouble import family
from kdocs_plugin.model import Step

# What kubectl says of objects that stand although the command failed.
STANDS = re.compile(
    r"^(?P<kind>[a-z][a-z0-9]*)[a-z0-9.-]*/(?P<name>[\w.-]+) (?:created|configured|unchanged"
    r"|exposed|serverside-applied)"
    r"|\b(?P<plural>[a-z]+)[a-z0-9.]* \"(?P<known>[\w.-]+)\" already exists",
    re.MULTILINE,
)


class Losses:
    """Of one run. Roots are steps that failed."""

    def __init__(self) -> None:
        self._lost: dict[str, Step] = {}  # that do not stand, by who should have made them
        self._bad: dict[str, Step] = {}  # that stand and are not up
        self._troubles: dict[int, Trouble] = {}  # by id of the step that has to answer for it
        self._state: dict[str, dict[str, None]] = {}  # variables that a shell has, by session

    def root(self, step: Step) -> tuple[str, Step] | None:
        """What keeps a step from working, and the failed step behind that."""
        for each in step.needs:
            if each in self._lost:
                return each, self._lost[each]
        for each in step.needs_running:
            if each in self._bad:
                return each, self._bad[each]
        return None

    def suspect(self, step: Step) -> tuple[str, Step] | None:
        """For a step that was tried and failed: what of its needs is not up."""
        return next(((x, self._bad[x]) for x in step.needs if x in self._bad), None)

    def worked(self, step: Step) -> None:
        """What it makes stands now, whoever failed before."""
        for each in step.makes:
            self._lost.pop(each, None)
            self._bad.pop(each, None)
            if each.startswith("$"):
                self._state.setdefault(step.session, {})[each] = None

    def failed(self, step: Step, output: str, root: Step | None = None) -> None:
        """What it should have made is lost, but for what kubectl says that it stands."""
        standing = set(stands_in(output))
        for each in step.makes:
            if each not in standing:
                self._lost[each] = root or step

    def settled_badly(self, step: Step, trouble: Trouble) -> None:
        """What it made stands, and is not up."""
        self._troubles[id(step)] = trouble
        for each in step.makes:
            if "/" in each and not each.startswith("file "):
                self._bad[each] = step

    def is_same(self, step: Step, trouble: Trouble) -> bool:
        """Whether this is what a step before has been blamed for."""
        known = self._troubles.get(id(step))
        return (
            known is not None
            and known.root == trouble.root
            and known.image == trouble.image
            and known.reason in family(trouble.reason)
        )

    def shell_ended(self, step: Step) -> None:
        """The variables of its shell went with it."""
        for each in self._state.pop(step.session, {}):
            self._lost[each] = step


def stands_in(output: str) -> Iterable[str]:
    """Objects of which an output says that they stand."""
    for match in STANDS.finditer(output):
        if match["name"]:
            yield f"{match['kind']}/{match['name']}"
        else:
            kind = match["plural"]
            for each in (kind, kind.removesuffix("s"), kind.removesuffix("es")):
                yield f"{each}/{match['known']}"


def blamed(what: str, root: Step) -> Mapping[str, Any]:
    """The arguments of a message that names a thing and the step that should have made it."""
    return {
        "object": what.removeprefix("file "),
        "line": root.position.line,
        "command": root.command.split("\n")[0],
    }
