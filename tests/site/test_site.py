"""Notes through a real `mkdocs build`."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.site.builder import CONFIG, NOTE, make
from tests.site.nesting import wrong_nesting


def test_a_recorded_note_becomes_a_page_with_its_outputs(tmp_path: Path) -> None:
    site = make(tmp_path)
    site.record("note.md")
    built = site.build()
    assert built.returncode == 0, built.stderr
    html = site.article("note/index.html")
    assert wrong_nesting(html) == []
    assert html.count("<h1") == 1 and "1.1 파드 맛보기" in html
    assert "<title>1.1 파드 맛보기 - 노트</title>" in site.page("note/index.html")
    assert "<dt>챕터</dt><dd>1.1</dd>" in html and "k8s" not in html
    assert html.count("kdocs-provenance") == 1
    assert html.count('<div class="admonition ') == 2
    assert "pod/web created" in html and "출력 없음" in html
    assert html.count("<details") == 3
    assert "alert(1)" in html and "<script>alert" not in html
    assert "\t" not in html and "탭→공백 2칸" in html and "web-pod.yaml" in html
    assert "data-kdocs" not in html


def test_without_a_record_the_page_says_so_once_and_invents_nothing(tmp_path: Path) -> None:
    site = make(tmp_path)
    assert site.build().returncode == 0
    html = site.article("note/index.html")
    assert html.count("실행 기록 없음") == 1
    assert "<details" not in html and "kdocs-step" not in html and "kdocs-output" not in html
    assert wrong_nesting(html) == []


def test_findings_are_warnings_with_their_place(tmp_path: Path) -> None:
    site = make(tmp_path)
    built = site.build("--strict")
    assert built.returncode == 1
    assert "docs/note.md:17:1" in built.stderr
    assert built.stderr.count("docs/note.md:17") == 1


def test_a_clean_note_passes_strict(tmp_path: Path) -> None:
    site = make(tmp_path, note=NOTE.replace("\t", "  "))
    built = site.build("--strict")
    assert built.returncode == 0, built.stderr


def test_a_homepage_is_not_called_home(tmp_path: Path) -> None:
    site = make(tmp_path, index=NOTE)
    assert site.build().returncode == 0
    assert "Home" not in site.page("index.html")
    assert site.article("index.html").count("<h1") == 1


def test_titles_that_the_author_gave_stay(tmp_path: Path) -> None:
    config = CONFIG + "nav:\n  - 내 제목: a.md\n  - b.md\n  - c.md\n"
    site = make(
        tmp_path,
        config,
        a="## 가\n",
        b="---\ntitle: 나의 제목\n---\n## 나\n",
        c="머리말\n\n## 다 & `라`\n",
    )
    assert site.build().returncode == 0
    assert "<title>내 제목 - 노트</title>" in site.page("a/index.html")
    assert "<title>나의 제목 - 노트</title>" in site.page("b/index.html")
    assert "<h1>나의 제목</h1>" in site.article("b/index.html")
    assert "<h2" in site.article("b/index.html")
    assert "<title>다 & 라 - 노트</title>" in site.page("c/index.html")


def test_pages_without_directories_and_with_korean_names(tmp_path: Path) -> None:
    site = make(tmp_path, CONFIG + "use_directory_urls: false\n", **{"하위/파드 노트": NOTE})
    site.record("하위/파드 노트.md")
    assert site.build().returncode == 0
    page = site.page("하위/파드 노트.html")
    assert "pod/web created" in page
    assert 'href="../assets/kdocs/kdocs.css"' in page
    assert (tmp_path / "site/assets/kdocs/kdocs.css").is_file()


def test_a_serve_never_runs_and_shows_a_new_record_at_once(tmp_path: Path) -> None:
    config = CONFIG.replace("kdocs]", "{kdocs: {run: always, cluster: nowhere}}]")
    site = make(tmp_path, config)
    (tmp_path / "records").mkdir()
    with site.serve() as fetch:
        assert "실행 기록 없음" in fetch("note/")
        site.record("note.md")
        deadline = time.monotonic() + 60
        while "pod/web created" not in fetch("note/"):
            assert time.monotonic() < deadline
            time.sleep(0.2)


def test_search_finds_what_was_put_in(tmp_path: Path) -> None:
    site = make(tmp_path)
    site.record("note.md")
    site.build()
    index = json.loads((tmp_path / "site/search/search_index.json").read_text("utf-8"))
    text = " ".join(entry["text"] for entry in index["docs"])
    assert "pod/web created" in text and "data-kdocs" not in text


def test_the_authors_extensions_are_left_alone(tmp_path: Path) -> None:
    config = CONFIG + (
        "markdown_extensions:\n"
        "  - pymdownx.quotes: {callouts: true}\n"
        "  - pymdownx.blocks.admonition\n"
        "  - pymdownx.superfences: {css_class: mine}\n"
        "  - pymdownx.highlight: {auto_title: true}\n"
    )
    site = make(tmp_path, config)
    site.record("note.md")
    built = site.build()
    assert built.returncode == 0, built.stderr
    html = site.article("note/index.html")
    assert 'class="language-yaml mine"' in html or "mine" in html
    assert html.count("admonition-title") == 2 and "<p>Warning</p>" not in html
    assert html.count("<details") == 3


@pytest.mark.parametrize(
    "extension",
    ["pymdownx.blocks.admonition", "pymdownx.extra", "codehilite", "pymdownx.quotes", "extra"],
)
def test_other_extensions_beside_ours(tmp_path: Path, extension: str) -> None:
    site = make(tmp_path, CONFIG + f"markdown_extensions: [{extension}]\n")
    site.record("note.md")
    built = site.build()
    assert built.returncode == 0, built.stderr
    html = site.article("note/index.html")
    assert html.count('<div class="admonition ') == 2 and "pod/web created" in html
    assert "web-pod.yaml" in html and "<code" in html and "```" not in html
    assert wrong_nesting(html) == []


@pytest.mark.parametrize("theme", ["mkdocs", "readthedocs"])
def test_other_themes(tmp_path: Path, theme: str) -> None:
    site = make(tmp_path, CONFIG.replace("material\n  font: false", theme))
    site.record("note.md")
    built = site.build()
    assert built.returncode == 0, built.stderr
    assert "pod/web created" in site.page("note/index.html")


def test_other_plugins_see_the_note_and_the_page(tmp_path: Path) -> None:
    hook = (
        "def on_page_markdown(markdown, **_):\n"
        "    return '머리말\\n\\n' + markdown\n"
        "def on_page_content(html, **_):\n"
        "    return html.replace('pod/web created', 'SEEN')\n"
    )
    site = make(tmp_path, CONFIG + "hooks: [hook.py]\n")
    site.write("hook.py", hook)
    site.record("note.md")
    assert site.build().returncode == 0
    assert "SEEN" in site.article("note/index.html")


def test_pages_that_plugins_make_and_pages_left_out(tmp_path: Path) -> None:
    hook = (
        "from mkdocs.structure.files import File\n"
        "def on_files(files, config):\n"
        "    files.append(File.generated(config, 'made.md', content='## 만든 글\\n'))\n"
    )
    site = make(
        tmp_path, CONFIG + "hooks: [hook.py]\nexclude_docs: out.md\n", out=NOTE, a="# a\n"
    )
    site.write("hook.py", hook)
    built = site.build("--strict")
    assert built.returncode == 0, built.stderr
    assert "<h1" in site.article("made/index.html")
    assert not (tmp_path / "site/out").exists()


def test_a_blogs_excerpts_show_the_outputs_too(tmp_path: Path) -> None:
    config = CONFIG.replace("kdocs]", "kdocs, blog]")
    post = "---\ndate: 2026-11-23\n---\n# 글\n\n```bash\nkubectl apply -f web-pod.yaml\n```\n"
    pod = NOTE[NOTE.index("```yaml") : NOTE.index("> [!TIP]")].replace("\t", "  ")
    site = make(tmp_path, config, index="# 집\n")
    site.write("docs/blog/index.md", "# 블로그\n")
    site.write(
        "docs/blog/posts/a.md", post.replace("# 글\n", "# 글\n\n" + pod) + "\n<!-- more -->\n"
    )
    site.record("blog/posts/a.md")
    built = site.build()
    assert built.returncode == 0, built.stderr
    blog = site.page("blog/index.html")
    assert "data-kdocs" not in blog and "pod/web created" in blog
    link = re.search(r'href="([^"]+)" download="web-pod.yaml"', blog)
    assert link and (tmp_path / "site/blog" / unquote(link[1])).is_file()


def test_options_are_judged(tmp_path: Path) -> None:
    config = CONFIG.replace("kdocs]", "{kdocs: {run: sometimes}}]")
    built = make(tmp_path, config, index="# a\n").build()
    assert built.returncode == 1 and "sometimes" in built.stderr
    config = CONFIG.replace("kdocs]", "{kdocs: {rnu: never}}]")
    assert "rnu" in make(tmp_path, config, index="# a\n").build("--strict").stderr


def test_a_build_that_may_run_but_cannot_goes_on(tmp_path: Path) -> None:
    site = make(tmp_path, CONFIG.replace("kdocs]", "{kdocs: {run: stale, cluster: nowhere}}]"))
    built = site.build()
    assert built.returncode == 0, built.stderr
    assert "WARNING" in built.stderr
    assert "실행 기록 없음" in site.article("note/index.html")


def test_the_site_tells_what_is_verified(tmp_path: Path) -> None:
    site = make(tmp_path)
    site.record("note.md")
    assert site.build("--strict").returncode in (0, 1)
    page = site.article("kdocs/status/index.html")
    assert "1.1 파드 맛보기" in page and 'href="../../note/"' in page
    assert 'href="../kdocs/status/"' in site.article("note/index.html")
    assert "검증" in site.page("assets/kdocs/badge.svg")
    assert json.loads(site.page("assets/kdocs/status.json"))["notes"][0]["path"] == "note.md"
    assert "검증 현황" not in site.page("search/search_index.json")


def test_the_status_page_can_be_switched_off_and_is_the_author_s(tmp_path: Path) -> None:
    off = make(tmp_path / "off", CONFIG.replace("kdocs]", "kdocs: {status: false}]"))
    assert off.build().returncode == 0
    assert not (off.root / "site/kdocs").exists()
    assert "kdocs/status" not in off.page("note/index.html")
    own = make(tmp_path / "own")
    own.write("docs/kdocs/status.md", "# 내 것\n")
    assert own.build().returncode == 0
    assert "kdocs-status" not in own.page("kdocs/status/index.html")


def test_the_status_page_without_directory_urls_and_in_nav(tmp_path: Path) -> None:
    config = CONFIG + "use_directory_urls: false\nnav: [note.md, kdocs/status.md]\n"
    site = make(tmp_path, config)
    site.record("note.md")
    built = site.build()
    assert built.returncode == 0 and "kdocs/status.md" not in built.stderr, built.stderr
    assert 'href="../note.html"' in site.article("kdocs/status.html")


def test_pages_that_patterns_leave_out_are_none_of_ours(tmp_path: Path) -> None:
    ours = CONFIG.replace("kdocs]", "{kdocs: {exclude: [draft.md]}}]")
    site = make(tmp_path, ours, note=NOTE, draft=NOTE)
    built = site.build()
    assert built.returncode == 0, built.stderr
    assert "note.md:" in built.stderr and "draft.md:" not in built.stderr
    assert "kdocs-" in site.article("note/index.html")
    assert "kdocs-" not in site.article("draft/index.html")


def test_manifests_are_published_beside_their_page(tmp_path: Path) -> None:
    config = CONFIG + "site_url: https://notes.kr/k8s/\n"
    site = make(tmp_path, config, **{"a/b": NOTE, "index": NOTE})
    assert site.build().returncode == 0
    for folder, page in (("a/b/", "a/b/index.html"), ("", "index.html")):
        html = site.article(page)
        assert 'href="web-pod.yaml" download="web-pod.yaml"' in html
        assert (
            f"kubectl apply -f <span>https://notes.kr/k8s/{folder}web-pod.yaml</span>" in html
        )
        text = site.page(f"{folder}web-pod.yaml")
        assert "\t" not in text and text.startswith("apiVersion: v1\nkind: Pod\n")
    index = site.page("search/search_index.json")
    assert "containers" in index and "web-pod.yaml" in index
    assert "내려받기" not in index and "kubectl apply -f https" not in index


def test_manifests_without_directory_urls_and_beside_the_author_s_files(tmp_path: Path) -> None:
    site = make(tmp_path, CONFIG + "use_directory_urls: false\n", a=NOTE, b=NOTE)
    site.write("docs/b/web-pod.yaml", "kind: other\n")
    assert site.build().returncode == 0
    assert 'href="a/web-pod.yaml"' in site.article("a.html")
    assert site.page("a/web-pod.yaml").startswith("apiVersion")
    assert site.page("b/web-pod.yaml") == "kind: other\n"
    assert "download" not in site.article("b.html")


def test_cards_of_manifests_can_be_switched_off(tmp_path: Path) -> None:
    for option, gone in (
        ("manifest_cards", ["kdocs-file", "download", "kdocs-line"]),
        ("downloads", ["download", "kdocs-apply"]),
        ("line_anchors", ["kdocs-line"]),
    ):
        site = make(tmp_path / option, CONFIG.replace("kdocs]", f"kdocs: {{{option}: false}}]"))
        assert site.build().returncode == 0
        html = site.article("note/index.html")
        assert "web-pod.yaml" in html and not [word for word in gone if word in html]
        assert (site.root / "site/note/web-pod.yaml").exists() is (option == "line_anchors")


def test_a_link_to_a_line_is_a_link_that_mkdocs_knows(tmp_path: Path) -> None:
    strict = CONFIG + "validation: {links: {anchors: warn}}\n"
    note = NOTE.replace("\t", "  ") + "\n[이미지](#web-pod.yaml-L8), [카드](#kdocs-13)\n"
    other = "# b\n\n[이미지](note.md#web-pod.yaml-L8)\n"
    built = make(tmp_path, strict, note=note, other=other).build("--strict")
    assert built.returncode == 0, built.stderr
    wrong = make(tmp_path / "w", strict, note=note.replace("-L8", "-L99")).build("--strict")
    assert wrong.returncode == 1


def test_pages_that_belong_together_are_linked(tmp_path: Path) -> None:
    pod = NOTE.replace("\t", "  ").replace("kubectl delete pod web --now\n", "")
    second = "---\nneeds: [first]\n---\n# 둘째\n\n```bash\nkubectl get pods\n```\n"
    site = make(tmp_path, first=pod, second=second)
    built = site.build("--strict")
    assert built.returncode == 0, built.stderr
    assert '<a href="../first/">1.1 파드 맛보기</a>' in site.article("second/index.html")
    first = site.article("first/index.html")
    assert (
        "kubectl delete -f web-pod.yaml" in first and '<a href="../second/">둘째</a>' in first
    )
    for option in ("prerequisites", "cleanup"):
        site.write("mkdocs.yml", CONFIG.replace("kdocs]", f"kdocs: {{{option}: false}}]"))
        assert site.build().returncode == 0
        gone = "kdocs-needs" if option == "prerequisites" else "kdocs-cleanup"
        assert gone not in site.page("first/index.html")
