"""Notes that go on from others: which pages run first, and what a page knows of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from kdocs_plugin import pipeline, unchanged
from kdocs_plugin.config import Settings
from kdocs_plugin.messages import hint, text
from kdocs_plugin.model import Decision, Page
from kdocs_plugin.records import fingerprints_of

POD = """---
{front}
---
# 파드

```yaml title="pod.yaml"
apiVersion: v1
kind: Pod
metadata: {{name: {name}}}
spec: {{containers: [{{name: web, image: nginx}}]}}
```

```bash
kubectl apply -f pod.yaml
export GREETING=hello
```

`kubectl get pods`
"""
SERVICE = """---
needs: [{needs}]
---
`kubectl describe pod web`

```bash
kubectl logs <pod-name>
kubectl delete -f pod.yaml
echo $GREETING
```
"""


def pages(folder: Path, notes: Mapping[str, str]) -> dict[str, Page]:
    for name, content in notes.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")
    settings = Settings(folder, folder, folder / "records")
    return {name: pipeline.prepare(name, content, settings) for name, content in notes.items()}


def pod(name: str = "web", front: str = "title: 파드") -> str:
    return POD.format(name=name, front=front)


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("06-2-pod", "06-2-pod.md"),
        ("06-2-pod.md", "06-2-pod.md"),
        ("06-2-pod", "pods/06-2-pod.md"),
        ("pods/06-2-pod", "pods/06-2-pod.md"),
        ("pods/06-2-pod.md", "pods/06-2-pod.md"),
        ("../pods/06-2-pod", "pods/06-2-pod.md"),
    ],
)
def test_a_page_knows_what_the_page_before_makes(name: str, path: str, tmp_path: Path) -> None:
    found = pages(tmp_path, {path: pod(), "services/s.md": SERVICE.format(needs=name)})
    page = found["services/s.md"]
    assert [each.path for each in page.scenario.before] == [path]
    assert page.findings == ()
    assert all(step.decision is Decision.RUN for step in page.scenario.steps)
    probe, logs, *_ = page.scenario.steps
    assert probe.command == "kubectl describe pod web"  # the pod is there from the start
    (reference,) = logs.references
    assert (reference.text, reference.bound) == ("<pod-name>", "web")


def test_without_the_page_before_nothing_is_known(tmp_path: Path) -> None:
    alone = SERVICE.replace("needs: [{needs}]", "title: 서비스")
    page = pages(tmp_path, {"s.md": alone})["s.md"]
    assert [each.code for each in page.findings] == ["KD301"]
    assert {step.reason for step in page.scenario.steps if step.reason} == {
        "plan.unbound",
        "plan.file_missing",
        "plan.nothing_made",
    }


def test_pages_run_in_the_order_in_which_they_need_each_other(tmp_path: Path) -> None:
    notes = {
        "c.md": pod("c", "kdocs: {needs: [b, a]}"),
        "b.md": pod("b", "kdocs: {needs: a}"),
        "a.md": pod("a"),
    }
    found = pages(tmp_path, notes)
    assert [each.path for each in found["c.md"].scenario.before] == ["a.md", "b.md"]
    assert [each.path for each in found["b.md"].scenario.before] == ["a.md"]
    assert found["a.md"].scenario.before == ()
    # Every page has a scenario of its own, and its own namespace.
    assert len({page.scenario.namespace for page in found.values()}) == 3


def test_a_change_of_the_page_before_is_a_change_of_this_one(tmp_path: Path) -> None:
    notes = {"pod.md": pod(), "s.md": SERVICE.format(needs="pod")}
    before = fingerprints_of(pages(tmp_path, notes)["s.md"].scenario)
    same = fingerprints_of(pages(tmp_path, notes)["s.md"].scenario)
    assert before == same
    prose = {**notes, "pod.md": notes["pod.md"].replace("# 파드", "# 파드란 무엇인가")}
    assert fingerprints_of(pages(tmp_path, prose)["s.md"].scenario) == before
    other = {**notes, "pod.md": notes["pod.md"].replace("image: nginx", "image: httpd")}
    after = fingerprints_of(pages(tmp_path, other)["s.md"].scenario)
    assert after.whole != before.whole
    assert after.keys == before.keys  # the steps' own text is what it was
    assert set(after.chains.values()).isdisjoint(before.chains.values())


def test_a_page_that_is_not_there_is_a_finding(tmp_path: Path) -> None:
    notes = {
        "06-2-pod.md": pod(),
        "s.md": "---\ntitle: x\nkdocs:\n  needs:\n  - 06-2-pot\n---\n",
    }
    (finding,) = pages(tmp_path, notes)["s.md"].findings
    assert (finding.code, finding.path) == ("KD321", "s.md")
    assert (finding.position.line, finding.position.column) == (5, 5)
    assert "06-2-pot" in text("KD321", "en", finding.arguments)
    assert "06-2-pod" in hint("KD321", "ko", finding.arguments)


def test_of_two_pages_of_one_name_the_path_says_which(tmp_path: Path) -> None:
    notes = {"a/pod.md": pod(), "b/pod.md": pod(), "s.md": SERVICE.format(needs="pod")}
    page = pages(tmp_path, notes)["s.md"]
    finding = next(each for each in page.findings if each.code == "KD321")
    assert finding.arguments["near"] == "a/pod.md, b/pod.md"


def test_pages_that_need_each_other_are_findings_and_still_run(tmp_path: Path) -> None:
    notes = {
        "a.md": pod("a", "needs: [b]"),
        "b.md": pod("b", "needs: [a]"),
        "c.md": pod("c", "needs: [a]"),
        "d.md": pod("d", "needs: d"),
    }
    found = pages(tmp_path, notes)
    findings = {name: [e.code for e in page.findings] for name, page in found.items()}
    assert findings == {"a.md": ["KD322"], "b.md": ["KD322"], "c.md": [], "d.md": ["KD322"]}
    assert found["a.md"].findings[0].arguments["way"] == "a.md → b.md → a.md"
    assert found["a.md"].findings[0].position.line == 2
    assert [each.path for each in found["a.md"].scenario.before] == ["b.md"]
    assert [each.path for each in found["c.md"].scenario.before] == ["b.md", "a.md"]


def test_nothing_outside_of_the_docs_is_read(tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text(pod())
    page = pages(tmp_path / "docs", {"s.md": SERVICE.format(needs="../secret")})["s.md"]
    assert "KD321" in [each.code for each in page.findings]
    assert page.scenario.before == ()


SHOWN = """```bash
$ kubectl create deployment web --image=nginx
$ kubectl get pods
NAME                   READY   STATUS    RESTARTS   AGE
web-5d78c9869d-x7k2p   1/1     Running   0          5s
```
"""
USED = """---
needs: a
---
```bash
kubectl logs web-5d78c9869d-x7k2p
```
"""


def test_a_literal_of_the_page_before(tmp_path: Path) -> None:
    page = pages(tmp_path, {"a.md": SHOWN, "b.md": USED})["b.md"]
    (reference,) = page.scenario.steps[0].references
    assert (reference.page, reference.line, reference.of) == ("a.md", 5, "")
    assert reference.object_name == "deployment/web"
    before = fingerprints_of(page.scenario)
    other = SHOWN.replace("x7k2p ", "zzzz2 ").replace("x7k2p", "zzzz2")
    again = pages(tmp_path, {"a.md": other + SHOWN[:8] + "```\n", "b.md": USED})["b.md"]
    assert fingerprints_of(again.scenario).keys != before.keys


def test_a_later_run_knows_what_was_looked_at(tmp_path: Path) -> None:
    """`unchanged` must hear of every file that a page's plan depends on, also of none."""
    notes = {"a/pod.md": pod(), "s/s.md": SERVICE.format(needs="pod")}
    pages(tmp_path, notes)
    (tmp_path / "a" / "web").mkdir()
    (tmp_path / "a" / "web" / "a.yaml").write_text("kind: Pod\n")
    folder = "```bash\nkubectl apply -f web/\nkubectl apply -f none/\n```\n"
    watch = unchanged.Watch()
    found = pages(tmp_path, {**notes, "a/f.md": folder})
    watch.end()
    assert found["s/s.md"].scenario.before
    looked = {Path(name).relative_to(tmp_path).as_posix() for name in watch.files
              if Path(name).is_relative_to(tmp_path)}  # fmt: skip
    assert {"a/pod.md", "s/pod.md", "pod.md", "a/web/a.yaml", "a/none"} <= looked
    assert str(tmp_path / "a" / "web") in watch.folders
