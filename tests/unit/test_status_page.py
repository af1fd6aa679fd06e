"""What counts as an example, what is known of it, and how the site tells."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from kdocs_plugin import pipeline
from kdocs_plugin.config import settings_for
from kdocs_plugin.model import ClusterInfo, Decision, Page, Status, StepResult
from kdocs_plugin.records import make_record
from kdocs_plugin.rendering import badge, status_html, status_json, statuses
from kdocs_plugin.rendering.status import NoteStatus, State

NOTE = """\
# 파드 & 이미지

```yaml title="web.yaml"
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers: [{name: web, image: nginx}]
```

```bash
kubectl apply -f web.yaml
kubectl get pods
```

`kubectl logs web`로 본다.

```bash
docker ps
```

```bash
kubectl get pod web
# NAME   READY   STATUS    RESTARTS   AGE
# web    1/1     Running   0          3s
```
"""
BROKEN = (
    "```yaml\napiVersion: v1\nkind: Pod\nmetadata: {name: Web}\nspec: {containers: []}\n```\n"
)
TABBED = "```yaml\napiVersion: v1\nkind: ConfigMap\nmetadata:\n\tname: a\ndata:\n\tb: c\n```\n"
TABLE = (
    "NAME   READY   STATUS             RESTARTS   AGE\nweb    0/1     CrashLoopBackOff   0   3s"
)


def page_of(text: str, tmp_path: Path, path: str = "파드.md") -> Page:
    return pipeline.prepare(path, text, settings_for(tmp_path, tmp_path, {}))


def run(page: Page, failing: str = "", output: str = "") -> Page:
    """The page with a record of test data: `failing` is the command that failed."""
    results = [
        StepResult(
            step,
            Status.FAILED if step.command == failing else Status.OK,
            ran=step.command,
            exit_code=0,
            output=output if step.expected else "",
            duration=0.5,
            order=number,
        )
        for number, step in enumerate(page.scenario.steps, 1)
        if step.decision is Decision.RUN
    ]
    record = make_record(page.scenario, results, ClusterInfo("v1.37.2", "local"), (), None)
    return pipeline.join(page, record)


def told(page: Page, public: bool = False) -> NoteStatus:
    [note] = statuses([page], lambda path: f"../{path}", public)
    return note


def states(page: Page) -> list[tuple[str, str]]:
    return [(each.text, str(each.state)) for each in told(page).examples]


def test_manifests_are_checked_and_commands_untried_without_a_record(tmp_path: Path) -> None:
    assert states(page_of(NOTE, tmp_path)) == [
        ("web.yaml", "verified"),
        ("kubectl apply -f web.yaml", "untried"),
        ("kubectl logs web", "untried"),
        ("kubectl get pod web", "untried"),
    ]


def test_a_block_is_as_good_as_its_worst_command(tmp_path: Path) -> None:
    page = run(page_of(NOTE, tmp_path), "kubectl get pods", TABLE)
    assert states(page) == [
        ("web.yaml", "verified"),
        ("kubectl apply -f web.yaml", "failed"),
        ("kubectl logs web", "verified"),
        ("kubectl get pod web", "differs"),
    ]
    assert [each.seconds for each in told(page).examples] == [0.0, 1.0, 0.5, 0.5]


def test_what_changed_is_not_verified_any_more(tmp_path: Path) -> None:
    record = run(page_of(NOTE, tmp_path), output=TABLE).record
    changed = page_of(NOTE.replace("image: nginx", "image: nginx:1"), tmp_path)
    assert {s for _, s in states(pipeline.join(changed, record))} == {"verified", "changed"}


@pytest.mark.parametrize(("text", "state"), [(BROKEN, "failed"), (TABBED, "verified")])
def test_a_manifest_the_server_refuses(text: str, state: str, tmp_path: Path) -> None:
    [(_, found)] = states(page_of(text, tmp_path))
    assert found == state


def test_what_is_wrong_on_purpose_is_no_example(tmp_path: Path) -> None:
    text = BROKEN.replace("```yaml\n", "```yaml\n# kdocs: validate=off\n")
    assert not statuses([page_of(text, tmp_path)], str, False)


def test_json_and_badge_count_the_same(tmp_path: Path) -> None:
    notes = [told(run(page_of(NOTE, tmp_path), "kubectl get pods", TABLE))]
    value = json.loads(status_json(notes))
    assert (value["examples"], value["states"]["verified"]) == (4, 2)
    assert value["notes"][0]["title"] == "파드 & 이미지"
    for language, label in (("ko", "검증 2/4"), ("en", "verified 2/4")):
        drawn = ElementTree.fromstring(badge(notes, language))  # type: ignore[arg-type]  # noqa: S314
        assert drawn.get("aria-label") == label


def test_the_page_escapes_and_offers_the_states_that_there_are(tmp_path: Path) -> None:
    html = status_html([told(run(page_of(NOTE, tmp_path), "kubectl get pods", TABLE))], "ko")
    assert "파드 &amp; 이미지" in html
    assert [f'value="{state}"' in html for state in State] == [True, True, False, False, True]
    assert 'href="../파드.md#kdocs-11"' in html


def test_findings_are_told_only_where_the_author_wants(tmp_path: Path) -> None:
    page = page_of(BROKEN, tmp_path)
    for public in (False, True):
        html = status_html([told(page, public)], "ko")
        assert (page.findings[0].code in html) is public
