"""The wild notes on a real cluster: each ends as its sidecar says, and nothing is left."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from kdocs_plugin import pipeline
from kdocs_plugin.clusters.local import Installation
from kdocs_plugin.clusters.local.node import cgroups
from kdocs_plugin.execution import Silent
from kdocs_plugin.messages import text
from kdocs_plugin.model import Decision, Status, StepResult
from kdocs_plugin.pipeline import RunPage
from tests.live.conftest import cache_in
from tests.live.killing import descendants, none_left
from tests.wild.expected import (
    expectation,
    in_note_order,
    one_line,
    prepared,
    settings,
    wild_notes,
)

pytestmark = [pytest.mark.live, pytest.mark.timeout(1200)]

NOTES = wild_notes()
# Old tags stand for what is here, as `images:` in mkdocs.yml would say it.
IMAGES = {
    "nginx:1.14.*": "nginx:latest",
    "nginx:1.16.*": "nginx:1.22",
    "busybox:*": "busybox:latest",
}


@pytest.fixture(scope="module")
def ran(
    installation: Installation, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Mapping[str, RunPage]]:
    """All of them in one run, side by side; afterwards there is no process, no folder, no
    cgroup of it."""
    folder = tmp_path_factory.mktemp("wild")
    cache = cache_in(folder, installation)
    notes = folder / "notes"
    notes.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KDOCS_CACHE", str(cache))
        using = settings(notes, cluster="local", images=IMAGES)
        pages = []
        for parameter in NOTES:
            shutil.copy(parameter.values[0], notes)
            pages.append(prepared(notes / parameter.values[0].name, using))
        others, groups = descendants(os.getpid()), cgroups.identities()
        done = {
            Path(each.page.note.path).stem: each
            for each in pipeline.run(pages, using, Silent())
        }
        yield done
    # The session's own cluster lives on beside it, its processes come and go.
    assert none_left(descendants(os.getpid(), beside=others)[1:])
    assert list((cache / "clusters").glob("*")) == []
    assert not cgroups.identities() - groups


@pytest.mark.parametrize("note", NOTES)
def test_a_wild_note_runs_as_it_should(ran: Mapping[str, RunPage], note: Path) -> None:
    page = ran[note.stem]
    assert page.trouble is None, page.trouble
    results = {each.step.index: each for each in page.results}
    steps = in_note_order(page.page.scenario)
    if not page.page.scenario.runnable:
        assert not results
        return
    differ = [
        told(results[step.index], wants)
        for step, wants in zip(steps, expectation(note)["steps"], strict=True)
        if not ended_so(results[step.index], wants)
    ]
    assert not differ, "\n".join(differ)
    for each in page.results:  # whatever did not go well has its words
        assert (each.status is Status.OK) == (not each.reason), told(each, {})
        text(each.reason or "plan.off", "ko", each.reason_arguments if each.reason else {})


def ended_so(result: StepResult, wants: Mapping[str, Any]) -> bool:
    """Whether a step ended as the sidecar says, or as it need not say."""
    usual = "ok" if result.step.decision is Decision.RUN else "shown"
    cause = wants.get("cause")
    return result.status == wants.get("live", usual) and (
        cause is None or result.cause == f"cause.{cause}"
    )


def told(result: StepResult, wants: Mapping[str, Any]) -> str:
    """A result that is not as it should be, for the person who reads the test."""
    why = text(result.reason, "en", result.reason_arguments) if result.reason else ""
    place, ran = result.step.position.line, one_line(result.ran or result.step.command)[:100]
    ended = f"{result.status} {result.cause}, not {wants.get('live', 'ok')}"
    return f"{place}: {ran}: {ended}: {why}\n    {result.output[-400:]}"
