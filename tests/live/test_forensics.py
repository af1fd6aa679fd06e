"""Each cause made on a real cluster, told in a sentence, with evidence cut to it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kdocs_plugin import values
from kdocs_plugin.clusters.api import Api
from kdocs_plugin.clusters.local import Installation, LocalCluster
from kdocs_plugin.execution import Silent, run_scenario
from kdocs_plugin.messages import hint, text
from kdocs_plugin.model import Status
from kdocs_plugin.planning import plan
from kdocs_plugin.source import scan
from tests.live.causes import COMMANDS, STATES, Case, bash

pytestmark = pytest.mark.live

LINES = 20
KDOCS = str(Path(sys.executable).parent / "kdocs")


@pytest.mark.parametrize("case", [*STATES, *COMMANDS], ids=lambda case: case.name)
def test_a_cause(local_cluster: LocalCluster, case: Case) -> None:
    api = Api(local_cluster.kubeconfig)
    # Those that name another namespace shall stay in their own: there they are refused.
    scenario = values.replace(plan(scan(f"cause-{case.name}.md", case.text)), own_cluster=False)
    outcome = run_scenario(scenario, local_cluster, api, Silent())
    assert outcome.trouble is None, outcome.trouble
    failed = [each for each in outcome.results if each.status is not Status.OK]
    result = failed[-1]
    assert result.cause == case.cause, (result, result.cause_arguments)
    assert case.arguments.items() <= dict(result.cause_arguments).items()
    for language in ("ko", "en"):
        said = text(result.cause, language, result.cause_arguments)
        assert "{" not in said
        hint(result.cause, language, result.cause_arguments)
    evidence = "\n".join(each.text for each in result.evidence)
    assert case.evidence in evidence
    for each in result.evidence:
        assert each.title.startswith("kubectl ")
        assert 0 < len(each.text.split("\n")) <= LINES
    assert scenario.namespace not in evidence.replace(f"{scenario.namespace}/", "")


def test_one_root_is_told_and_nobody_waits_for_the_old_ones(
    local_cluster: LocalCluster,
) -> None:
    note = bash(
        "kubectl create deployment web --image=nginx:nope",
        "kubectl scale deployment web --replicas=2",
        "kubectl set image deployment/web nginx=nginx:neither",
        "kubectl set image deployment/web nginx=nginx",
        "kubectl scale deployment web --replicas=1",
    )
    begun = time.monotonic()
    scenario = plan(scan("one-root.md", note))
    results = run_scenario(
        scenario, local_cluster, Api(local_cluster.kubeconfig), Silent()
    ).results
    assert [(each.status, each.reason) for each in results] == [
        (Status.FAILED, "KD911"),
        (Status.FAILED, "run.follows"),
        (Status.FAILED, "KD911"),  # another image: another trouble
        (Status.OK, ""),
        (Status.OK, ""),
    ]
    assert results[1].reason_arguments["line"] == 2
    assert [bool(each.evidence) for each in results[:3]] == [True, False, True]
    assert time.monotonic() - begun < 60  # one wait whose time ran out would take 90


def test_the_terminal_json_and_the_page_say_it(
    installation: Installation, tmp_path: Path
) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    (tmp_path / "mkdocs.yml").write_text("site_name: x\ntheme: material\nplugins: [kdocs]\n")
    crash = next(each for each in STATES if each.name == "crash")
    (docs / "note.md").write_text("# 노트\n\n" + crash.text)
    command = [KDOCS, "run", "--cluster", "local"]
    shown = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False,
        env={**os.environ, "KDOCS_LANG": "ko"},
    )  # fmt: skip
    assert "오류로 끝났습니다(종료 코드 3)" in shown.stderr
    assert "kubectl logs p --previous" in shown.stderr
    assert "no database" in shown.stderr
    again = subprocess.run(
        [*command, "--format", "json"], cwd=tmp_path, capture_output=True, text=True,
        timeout=120, check=False, env={**os.environ, "KDOCS_LANG": "en"},
    )  # fmt: skip
    (step,) = json.loads(again.stdout)["notes"][0]["steps"]
    assert step["cause"]["key"] == "cause.crash"
    assert "status 3" in step["cause"]["text"]
    assert [each["text"] for each in step["evidence"]][-1] == "no database"
    mkdocs = str(Path(sys.executable).parent / "mkdocs")
    subprocess.run([mkdocs, "build", "-q"], cwd=tmp_path, check=True, timeout=100)
    page = (tmp_path / "site" / "note" / "index.html").read_text()
    assert '<p class="kdocs-cause">컨테이너 c의 프로그램이 오류로 끝났습니다' in page
    assert '<details class="kdocs-evidence">' in page
    assert "no database" in page


def test_evidence_holds_no_secret_and_is_short(local_cluster: LocalCluster) -> None:
    """A program that prints its password, and then two megabytes, as its last words."""
    note = (
        "```bash\nWORD=$(echo open sesame $$ | sha256sum | cut -c1-20)\n"
        "kubectl create secret generic db --from-literal=word=$WORD\n```\n"
        '```yaml title="p.yaml"\napiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n'
        "  containers:\n  - name: c\n    image: busybox\n"
        '    command: [sh, -c, "head -c 2000000 /dev/zero | tr -c x x; echo; echo login $WORD; '
        'exit 1"]\n'
        "    env: [{name: WORD, valueFrom: {secretKeyRef: {name: db, key: word}}}]\n```\n"
        "```bash\nkubectl apply -f p.yaml\n```\n"
    )
    scenario = plan(scan("secret-words.md", note))
    outcome = run_scenario(scenario, local_cluster, Api(local_cluster.kubeconfig), Silent())
    result = outcome.results[-1]
    assert result.cause == "cause.crash"
    last = result.evidence[-1].text
    assert "login [redacted]" in last
    assert len(last) < 7000
