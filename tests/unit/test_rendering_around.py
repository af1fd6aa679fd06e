"""What stands at the top of a page for who starts with it, and at its end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from kdocs_plugin import planning, source
from kdocs_plugin.model import Finding, Page, Position, Severity
from kdocs_plugin.planning import Earlier
from kdocs_plugin.rendering import Link, Site, followers_of
from tests.unit.test_rendering import convert, page, words

RUN = "# 글\n\n```bash\nkubectl run web --image=nginx:1.25\n```\n"


def after(text: str, *earlier: str) -> Page:
    """A page that goes on from others."""
    needed = tuple(
        Earlier(source.scan(f"{n}.md", each), lambda _: None, lambda _: {})
        for n, each in enumerate(earlier)
    )
    note = source.scan("note.md", text)
    return Page(note, planning.plan(note, planning.Options(needed=needed)))


def test_a_page_says_what_it_needs() -> None:
    text = "---\nkdocs: {nodes: 3}\n---\n" + RUN + "\n```bash\nkubectl top pods\n```\n"
    html = convert(page(text))
    line = html[html.index("kdocs-needs") : html.index("kdocs-provenance")]
    assert "준비물" in line and "노드 3개, metrics-server" in line and "nginx:1.25" in line
    assert "kdocs-needs" not in convert(page(text), prerequisites=False)


def test_images_that_the_provenance_names_are_named_once() -> None:
    text = RUN.replace("nginx:1.25", "nginx:latest")
    html = convert(page(text, {"kubectl run web --image=nginx:latest": "pod/web created\n"}))
    assert words(html[: html.index("kdocs-card")]).count("nginx:latest") == 1


def test_a_page_that_runs_nothing_needs_nothing() -> None:
    html = convert(page("# 글\n\n```bash\ndocker ps\n```\n"))
    assert "kdocs-needs" not in html and "kdocs-cleanup" not in html


def test_notes_that_come_first_are_links() -> None:
    ours = after(RUN, "```bash\nkubectl create deployment api --image=nginx\n```\n")
    html = convert(ours, site=Site(pages={"0.md": Link("첫 <글>", "../0/")}))
    assert '<a href="../0/">첫 &lt;글&gt;</a>' in html
    assert "0.md" in convert(ours)  # none of the site's pages
    # What both have made.
    cleanup = words(html[html.index("kdocs-cleanup") :])
    assert "kubectl delete pod/web deployment/api" in cleanup


def test_the_clean_up_stands_last_and_can_be_copied() -> None:
    html = convert(page(RUN + "\n## 끝\n\n마지막 글\n"))
    assert html.index("마지막 글") < html.index("kdocs-cleanup")
    assert '<pre class="kdocs-command highlight">' in html[html.index("kdocs-cleanup") :]
    assert "kdocs-cleanup" not in convert(page(RUN), cleanup=False)
    assert "kdocs-cleanup" not in convert(page(RUN + "\n`kubectl delete pod web`\n"))


def test_what_a_step_did_not_make_is_not_deleted() -> None:
    def shown(recorded: Mapping[str, Any]) -> str:
        return convert(page(RUN, {"kubectl run web --image=nginx:1.25": recorded}))

    assert "kdocs-cleanup" not in shown({"exit_code": 1, "output": "error: no\n"})
    assert "kdocs-cleanup" in shown({"exit_code": 0})


def test_a_page_that_others_go_on_from_says_so() -> None:
    first = after(RUN)
    second = after("```bash\nkubectl get pods\n```\n", RUN)
    second = replace(
        second, scenario=replace(second.scenario, before=(first.scenario,), path="b.md")
    )
    assert followers_of(first, [first, second]) == ["note.md"]
    html = convert(first, site=Site(followers=(Link("둘째", "../b/"),)))
    assert "그 뒤에 지우세요" in html and '<a href="../b/">둘째</a>' in html


def test_what_kubectl_refuses_is_not_deleted() -> None:
    text = '```yaml title="web.yaml"\napiVersion: v1\nkind: Pod\nmetadata: {name: web}\n```\n'
    ours = page(text + "\n```bash\nkubectl apply -f web.yaml\n```\n")
    assert "kubectl delete -f web.yaml" in words(convert(ours))
    wrong = Finding("KD201", Severity.ERROR, "note.md", Position(3, 1), block=0)
    assert "kdocs-cleanup" not in convert(replace(ours, findings=(wrong,)))
