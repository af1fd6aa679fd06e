"""Plans of the wild notes, and what `kdocs check` says of them: no cluster."""

from __future__ import annotations

from itertools import zip_longest
from pathlib import Path

import pytest

from kdocs_plugin.messages import text
from kdocs_plugin.model import Decision
from kdocs_plugin.pipeline import render
from kdocs_plugin.reports.plan import plan_text
from tests.wild.expected import (
    described,
    expectation,
    files_of,
    findings_of,
    fits,
    in_note_order,
    prepared,
    settings,
    wild_notes,
)


@pytest.mark.parametrize("note", wild_notes())
def test_plan(note: Path, request: pytest.FixtureRequest) -> None:
    wanted = expectation(note)
    if why := wanted.get("apart"):
        request.applymarker(pytest.mark.xfail(reason=why, strict=False))
    page = prepared(note, settings(note.parent))
    found = [described(step, page.scenario) for step in in_note_order(page.scenario)]
    differ = [
        f"{line}: {has}  <>  {wants}"
        for line, (has, wants) in enumerate(zip_longest(found, wanted.get("steps", [])), 1)
        if has is None or wants is None or not fits(has, wants)
    ]
    assert not differ, "\n".join(differ)
    assert files_of(page) == wanted.get("files", [])
    assert sorted(lack.key for lack in page.scenario.lacks) == sorted(
        f"lack.{each}" for each in wanted.get("lacks", [])
    )
    assert page.scenario.own_cluster == wanted.get("own_cluster", False)
    for step in page.scenario.steps:
        if step.reason:  # every reason has its words
            text(step.reason, "ko", step.reason_arguments)


@pytest.mark.parametrize("note", wild_notes())
def test_findings(note: Path) -> None:
    wanted = sorted(expectation(note).get("findings", []))
    found = sorted(findings_of(prepared(note, settings(note.parent))))
    assert len(found) == len(wanted), (found, wanted)
    for has, wants in zip(found, wanted, strict=True):
        assert has.startswith(wants), (found, wanted)


@pytest.mark.parametrize("note", wild_notes())
def test_the_plan_says_why_not_and_the_page_is_silent(note: Path) -> None:
    using = settings(note.parent)
    page = prepared(note, using)
    said = plan_text([page], "ko", lambda path: path)
    first = page.note.front_matter_lines
    markdown = "\n".join(page.note.text.split("\n")[first:])
    rendered = render(page, markdown, first + 1, using)
    shown = "\n".join([rendered.markdown, *map(str, rendered.fragments.values())])
    for step in page.scenario.steps:
        if step.decision is Decision.RUN or step.kind == "probe":
            continue
        why = text(step.reason, "ko", step.reason_arguments)
        assert why in said, step.command
        assert why not in shown, step.command
