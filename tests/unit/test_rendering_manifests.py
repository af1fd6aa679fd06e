"""Manifests as cards: name, file, addresses of lines, and the fence left the author's."""

from __future__ import annotations

import re
from typing import Any

import markdown
import pytest

from kdocs_plugin import planning, source
from kdocs_plugin.model import Finding, Page, Position, Severity
from kdocs_plugin.rendering import RenderOptions, Site, files_of, insert, render
from tests.site.nesting import wrong_nesting
from tests.unit.test_rendering import convert, page

POD = """\
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers: [{name: web, image: nginx}]"""
APPLY = "\n```bash\nkubectl apply -f pod.yaml\n```\n"
SITE = {"pod.yaml": ("pod.yaml", "https://notes.kr/a/pod.yaml")}


def fence(body: str = POD, header: str = "yaml") -> str:
    return f"```{header}\n{body}\n```\n"


def html_of(text: str, extensions: dict[str, Any], **options: Any) -> str:
    """A page under the author's own settings of the highlighter."""
    ours = page(text)
    rendered = render(ours, text, 1, RenderOptions(**options))
    names = ["pymdownx.superfences", "pymdownx.highlight"]
    html = markdown.markdown(
        rendered.markdown, extensions=names, extension_configs={names[1]: extensions}
    )
    made = insert(html, rendered.fragments)
    assert len(wrong_nesting(made)) == len(wrong_nesting(html))
    assert not re.search(r"kdocs-f[0-9a-f]{10}", made)
    return made


def shown(html: str) -> str:
    """The code that a reader sees, and copies."""
    code = re.search(r"<code[^>]*>(.*?)</code></pre>", html, re.DOTALL)
    assert code is not None
    return re.sub(r"<[^>]+>", "", code[1]).rstrip("\n")


def test_a_card_has_name_download_and_the_line_that_applies_it() -> None:
    html = convert(page(fence() + APPLY), site=Site(files=SITE))
    assert '<div class="kdocs-head"><span>pod.yaml</span>' in html
    assert 'href="pod.yaml" download="pod.yaml"' in html
    assert "kubectl apply -f <span>https://notes.kr/a/pod.yaml</span>" in html
    assert 'class="filename"' not in html


def test_without_an_address_of_the_site_the_line_names_the_file() -> None:
    html = convert(page(fence() + APPLY), site=Site(files={"pod.yaml": ("../pod.yaml", "")}))
    assert 'href="../pod.yaml"' in html
    assert "kubectl apply -f <span>pod.yaml</span>" in html


def test_what_is_not_published_offers_neither() -> None:
    html = convert(page(fence() + APPLY))
    assert "download" not in html and "kdocs-apply" not in html
    assert "<span>pod.yaml</span>" in html


def test_every_line_has_an_address_and_the_text_is_the_note_s() -> None:
    html = convert(page(fence() + APPLY))
    lines = re.findall(r'<a class="kdocs-line" id="([^"]+)" href="#([^"]+)"', html)
    assert lines == [(f"pod.yaml-L{n}",) * 2 for n in range(1, 7)]
    assert shown(html) == POD
    # One stop for the keyboard.
    assert html.count('tabindex="-1" aria-hidden="true"') == 5


def test_addresses_can_be_switched_off() -> None:
    assert "kdocs-line" not in convert(page(fence() + APPLY), line_anchors=False)


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"linenums": True},
        {"linenums": True, "linenums_style": "inline"},
        {"linenums": True, "linenums_style": "pymdownx-inline", "anchor_linenums": True},
        {"line_spans": "__span", "pygments_lang_class": True},
        {"auto_title": True},
        {"line_anchors": "__codeline"},
    ],
)
def test_under_the_author_s_own_highlighter(settings: dict[str, Any]) -> None:
    html = html_of(fence(header='yaml hl_lines="2 3"') + APPLY, settings)
    html = html[html.index("kdocs-file") : html.index("</code></pre>")]
    assert '<div class="kdocs-head"><span>pod.yaml</span>' in html
    assert html.count('class="kdocs-line"') == 6
    assert 'class="filename"' not in html
    assert 'class="hll"' in html or "linenums" in settings


def test_a_highlighter_that_shows_no_title_keeps_the_fence() -> None:
    html = html_of(fence() + APPLY, {"use_pygments": False})
    assert 'class="kdocs-card kdocs-file' not in html and "containers" in html


@pytest.mark.parametrize("before", ["- 항목\n\n    ", "> ", "1. 하나\n    - 둘\n\n        "])
def test_in_lists_and_quotes(before: str) -> None:
    prefix = before.rsplit("\n", 1)[-1]
    text = before + fence().rstrip("\n").replace("\n", "\n" + prefix) + "\n"
    html = convert(page(text + "\n" + APPLY))
    assert html.count("kdocs-file") == 1 and shown(html) == POD


def test_files_are_what_a_run_writes() -> None:
    tabbed = "# kdocs: ignore=KD104\n" + POD.replace("  ", "\t")
    (file,) = files_of(page(fence(tabbed) + APPLY)).values()
    assert (file.path, file.content, file.applies) == ("pod.yaml", POD + "\n", True)


def test_images_that_stand_in_are_in_the_file_and_said() -> None:
    text = fence(POD.replace("nginx", "nginx:1.14.2")) + APPLY
    note = source.scan("note.md", text)
    options = planning.Options(images=(("nginx:1.14.2", "nginx:latest"),))
    ours = Page(note, planning.plan(note, options))
    (file,) = files_of(ours).values()
    assert "image: nginx:latest" in file.content
    assert "nginx:1.14.2 → nginx:latest" in convert(ours, site=Site(files=SITE))


def test_names_are_unique_and_stay_in_the_page_s_folder() -> None:
    text = "".join(
        fence(POD.replace("web", f"web{n}"), f'yaml title="{name}"')
        for n, name in enumerate(["a.yaml", "a.yaml", "../../b.yaml", "base/c.yaml", "x.html"])
    )
    text += fence() + fence("apiVersion: v1\nkind: Pod\nmetadata: {generateName: job-}")
    found = [(file.path, file.applies) for file in files_of(page(text)).values()]
    assert found == [
        ("a.yaml", True), ("a-2.yaml", True), ("b.yaml", True), ("base/c.yaml", True),
        ("pod-web.yaml", True), ("pod.yaml", False),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "header"),
    [
        (POD.replace("name: web", "name: <이름>"), "yaml"),
        (POD.replace("  name: web", "  labels: {a: b}"), "yaml"),
        (POD + "\n---\nspec: {}", "yaml"),
        ("# kdocs: validate=invalid\n" + POD, "yaml"),
        ("apiVersion: kustomize.config.k8s.io/v1\nkind: Kustomization\nresources: []", "yaml"),
    ],
)
def test_what_can_not_be_applied_as_it_stands_has_no_line(body: str, header: str) -> None:
    ours = page(fence(body, header) + APPLY)
    assert not any(file.applies for file in files_of(ours).values())


def test_what_the_api_server_refuses_has_no_line() -> None:
    ours = page(fence() + APPLY)
    wrong = Finding("KD201", Severity.ERROR, "note.md", Position(3, 1), block=0)
    bad = Page(ours.note, ours.scenario, (wrong,))
    assert [file.applies for file in files_of(bad).values()] == [False]


def test_what_a_command_printed_and_a_fragment_are_no_files() -> None:
    text = f"```bash\n$ kubectl get pod web -o yaml\n```\n\n{fence()}\n{fence('spec: {}')}"
    assert files_of(page("```bash\nkubectl run web --image=nginx\n```\n\n" + text)) == {}
