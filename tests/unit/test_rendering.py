"""What a page shows of a note and its record. Outputs here are test data, not real ones."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any

import markdown
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kdocs_plugin import planning, source
from kdocs_plugin.model import (
    ClusterInfo,
    Difference,
    Embedded,
    ImageInfo,
    Page,
    Record,
    RecordedStep,
    Status,
)
from kdocs_plugin.rendering import RenderOptions, insert, render
from kdocs_plugin.rendering.header import date_of
from tests.site.nesting import wrong_nesting

EXTENSIONS = [
    "toc",
    "tables",
    "admonition",
    "pymdownx.details",
    "pymdownx.superfences",
    "pymdownx.highlight",
]
PODS = "NAME   READY   STATUS    RESTARTS   AGE\nweb    1/1     Running   0          3s\n"


def page(
    text: str, outputs: Mapping[str, Any] | None = None, *, stand_in: bool = False, **ran: str
) -> Page:
    """A note joined with outputs by command: a text, or a RecordedStep's fields."""
    note = source.scan("note.md", text)
    scenario = planning.plan(note, planning.Options())
    embedded = []
    for step in scenario.steps:
        given = (outputs or {}).get(step.command)
        recorded = None
        if given is not None:
            fields = given if isinstance(given, dict) else {"output": given}
            recorded = RecordedStep(
                **{
                    "key": "k",
                    "chain": "c",
                    "command": step.command,
                    "ran": ran.get("ran", step.command),
                    "status": Status.OK,
                    "exit_code": 0,
                    "output": "",
                    "duration": 0.1,
                    **fields,
                }
            )
        embedded.append(Embedded(step, recorded))
    record = None
    if outputs is not None:
        image = ImageInfo("nginx:latest", "sha256:aa", stand_in)
        cluster = ClusterInfo("v1.37.2", "local")
        record = Record("note.md", "f", "2026-11-23T16:13:09Z", cluster, (image,))
    return Page(note, scenario, (), record, tuple(embedded))


def body(text: str) -> tuple[str, int]:
    """The note as MkDocs hands it over, and the line it begins at."""
    found = re.match(r"---\n.*?\n---\n", text, re.DOTALL)
    cut = text[found.end() :].lstrip("\n") if found else text
    return cut, text.count("\n") - cut.count("\n") + 1


def convert(ours: Page, shown: str | None = None, **options: Any) -> str:
    """The page's HTML, checked for valid nesting."""
    text, first_line = body(ours.note.text)
    rendered = render(ours, shown or text, first_line, RenderOptions(**options))
    html = insert(
        markdown.markdown(rendered.markdown, extensions=EXTENSIONS), rendered.fragments
    )
    assert "data-kdocs" not in html
    assert wrong_nesting(html) == []
    return html


def words(html: str) -> str:
    """A page's text, one space between words."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


# --- Command blocks ---


def test_each_command_is_followed_by_its_real_output() -> None:
    text = "```bash\n$ kubectl get pods\nmine\n$ kubectl delete pod web\n```\n"
    text = "```bash\nkubectl run web --image=nginx\n```\n\n" + text
    html = convert(
        page(text, {"kubectl get pods": PODS, "kubectl delete pod web": ""}), title=False
    )
    card = html[html.index("kubectl get pods") :]
    assert card.index("1/1") < card.index("kubectl delete pod web") < card.index("출력 없음")


def test_the_authors_output_gives_way_to_the_real_one() -> None:
    text = (
        "```console\n$ kubectl get pods\nNAME   READY   STATUS\nold    1/1     Running\n```\n"
    )
    html = convert(page(text, {"kubectl get pods": PODS}))
    assert "web" in html and "old" not in html


def test_output_is_text() -> None:
    html = convert(
        page(
            "`kubectl get pods`\n\n```bash\nkubectl get pods\n```\n",
            {"kubectl get pods": "</samp></pre></code><script>alert(1)</script>&amp;\n"},
        )
    )
    assert "<script>" not in html
    assert html.count("&lt;/code&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;amp;") == 2


def test_a_command_that_policy_leaves_alone_stays_silent() -> None:
    html = convert(
        page("```bash\nkubectl get pods\ndocker ps\n```\n", {"kubectl get pods": PODS})
    )
    after = html[html.index("docker ps") :]
    assert words(after) == "docker ps"


def test_without_a_record_the_authors_fence_stays() -> None:
    text = "글\n\n```bash\nkubectl get pods\n```\n"
    ours = page(text)
    rendered = render(ours, text, 1, RenderOptions())
    assert "```bash\nkubectl get pods\n```" in rendered.markdown
    assert convert(ours).count("실행 기록 없음") == 1


def test_a_page_with_nothing_to_run_says_nothing() -> None:
    text = "글 `kubelet`\n\n```dockerfile\nFROM scratch\n```\n"
    assert render(page(text), text, 1, RenderOptions()).markdown == text


def test_annotations_are_not_shown() -> None:
    text = "```bash\n# kdocs: timeout=90s\nkubectl get pods\n```\n"
    assert "kdocs:" not in convert(page(text))
    assert "kdocs:" not in convert(page(text, {"kubectl get pods": PODS}))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"status": Status.FAILED, "exit_code": 2, "output": "no\n"}, "실패 종료 코드 2"),
        ({"status": Status.TIMEOUT, "exit_code": None}, "시간 초과 60초에서 멈춤"),
        ({"status": Status.BLOCKED, "exit_code": None}, "실행하지 못함"),
    ],
)
def test_what_went_wrong_speaks_up(fields: dict[str, Any], said: str) -> None:
    html = convert(page("```bash\nkubectl get pods\n```\n", {"kubectl get pods": fields}))
    assert said in words(html)
    assert "출력 없음" not in html


def test_differences_and_changes_are_named() -> None:
    ours = page("```bash\nkubectl get pods\n```\n", {"kubectl get pods": PODS})
    found = tuple(Difference(1, "STATUS", "Running", f"x{k}<") for k in range(7))
    ours = replace(ours, embedded=(replace(ours.embedded[0], differences=found, changed=True),))
    text = words(convert(ours))
    assert "노트와 다름" in text and "x0&lt;" in text and "외 2곳" in text
    assert "노트가 바뀌기 전의 출력" in text


def test_of_a_failed_command_the_failure_is_all_that_is_said() -> None:
    fields = {"status": Status.FAILED, "exit_code": 2, "output": "no\n"}
    ours = page("```bash\nkubectl get pods\n```\n", {"kubectl get pods": fields})
    found = (Difference(0, "", "NAME", "no"),)
    ours = replace(ours, embedded=(replace(ours.embedded[0], differences=found),))
    text = words(convert(ours))
    assert "실패 종료 코드 2" in text
    assert "노트와 다름" not in text


def test_what_was_really_run_stands_beside_what_the_note_says() -> None:
    text = "```bash\nkubectl logs web\n```\n"
    html = convert(page(text, {"kubectl logs web": "x"}, ran="kubectl logs web-7d4f"))
    assert "실제로 실행한 명령 kubectl logs web-7d4f" in words(html)


def test_output_in_the_next_fence_is_one_card_with_the_command() -> None:
    table = "NAME   READY   STATUS    RESTARTS   AGE\nold    1/1     Running   0          9s"
    text = f"```bash\nkubectl get pods\n```\n\n```\n{table}\n```\n\n끝\n"
    html = convert(page(text, {"kubectl get pods": PODS}))
    assert html.count("kdocs-card") == 1 and "old" not in html and "web" in html


def test_output_behind_a_sentence_stands_where_the_author_has_it() -> None:
    table = "NAME   READY   STATUS    RESTARTS   AGE\nold    1/1     Running   0          9s"
    text = f"```bash\nkubectl get pods\n```\n\n출력 예시\n\n```\n{table}\n```\n"
    html = convert(page(text, {"kubectl get pods": PODS}))
    assert html.index("출력 예시") < html.index("web")
    assert html.count("web ") == 1 and "old" not in html


def test_hidden_commands_are_run_and_not_shown() -> None:
    text = "```bash\nkubectl label pod web a=b # kdocs: hide\nkubectl get pods\n```\n"
    outputs = {e.step.command: "done\n" for e in page(text).embedded}
    for ours in (page(text), page(text, outputs)):
        html = convert(ours)
        assert "kubectl label" not in html and "get pods" in words(html)


# --- Probes ---


def test_a_probe_in_a_heading_leaves_its_anchor_alone() -> None:
    text = "# 제목\n\n## Use `kubectl get pods` now\n\n글\n"
    html = convert(page(text, {"kubectl get pods": PODS}))
    assert (
        '<h2 id="use-kubectl-get-pods-now">Use <code>kubectl get pods</code> now</h2>' in html
    )
    assert html.index("</h2>") < html.index("<details") < html.index("<p>글")


def test_a_probe_in_the_title_and_in_a_callouts_title() -> None:
    text = "## 보기 `kubectl get pods`\n\n> [!TIP]- `kubectl get nodes`란\n> 글\n"
    html = convert(page(text, {"kubectl get pods": PODS, "kubectl get nodes": "n1\n"}))
    assert html.count('<details class="kdocs-probe">') == 2
    assert "<h1" in html and "1/1" in html
    assert html.index("</summary>") < html.index("n1") < html.index("<p>글")


def test_a_probe_in_front_of_a_stray_mark() -> None:
    text = "# 제목\n\n- 끝은 `kubectl get pods`임%"
    html = convert(page(text, {"kubectl get pods": PODS}))
    assert "</code>임<details" in html.replace("\n", "") and "%" not in html


def test_probes_of_one_sentence_name_their_commands() -> None:
    html = convert(
        page(
            "- `kubectl get pods`와 `kubectl get nodes`\n    - 안\n",
            {
                "kubectl get pods": PODS,
                "kubectl get nodes": "n\n",
            },
        )
    )
    first, second, nested = (html.index(k) for k in ("<summary", "n</samp>", "안"))
    assert first < second < nested
    assert len(re.findall(r"</code></summary>", html)) == 2


def test_a_probe_says_after_which_command_it_was_taken() -> None:
    fields = {"output": "x", "after": "kubectl apply -f <a>"}
    html = convert(page("`kubectl get pods`\n", {"kubectl get pods": fields}))
    assert "kubectl apply -f &lt;a&gt; 다음에 실행" in words(html)


# --- Manifests ---

POD = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers: []"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("yaml", 'yaml title="pod.yaml"'),
        ("", 'yaml title="pod.yaml"'),
        ('yaml linenums="1"', 'yaml linenums="1" title="pod.yaml"'),
        ('{.yaml linenums="1"}', '{.yaml linenums="1" title="pod.yaml" }'),
    ],
)
def test_a_manifest_carries_its_files_name(header: str, expected: str) -> None:
    text = f"```{header}\n{POD}\n```\n\n```bash\nkubectl apply -f pod.yaml\n```\n"
    rendered = render(page(text), text, 1, RenderOptions(manifest_cards=False))
    assert f"```{expected}\n{POD}\n```" in rendered.markdown


def test_a_title_of_the_authors_stays() -> None:
    text = (
        f'```yaml title="내 것.yaml"\n{POD}\n```\n\n```bash\nkubectl apply -f pod.yaml\n```\n'
    )
    plain = RenderOptions(manifest_cards=False)
    assert text.split("\n\n")[0] in render(page(text), text, 1, plain).markdown
    assert '<div class="kdocs-head"><span>내 것.yaml</span>' in convert(page(text))


def test_tabs_are_mended_and_said() -> None:
    tabbed = POD.replace("  ", "\t")
    text = f"> ```yaml\n{tabbed}".replace("\n", "\n> ") + "\n> ```\n"
    html = convert(page(text))
    assert "탭→공백 2칸" in html
    assert "\t" not in html


# --- Title, front matter, provenance ---


@pytest.mark.parametrize(
    ("text", "markdown_title", "title"),
    [
        ("## 첫 제목\n\n## 둘째\n", "# 첫 제목\n", "첫 제목"),
        ("첫 제목\n---\n\n글\n", "첫 제목\n===\n", "첫 제목"),
        ("# 있다\n\n## 둘째\n", "# 있다\n", "있다"),
        ("## 먼저\n\n# 나중\n", "## 먼저\n", "나중"),
        ("글\n\n### **굵은** [링크](x) `코드`\n", "# **굵은**", "굵은 링크 코드"),
        ("---\ntitle: 내 제목\n---\n## 첫\n", "## 첫\n", None),
        ("<h1>손으로</h1>\n\n## 첫\n", "\n## 첫\n", None),
        ("제목 없음\n", "제목 없음\n", None),
    ],
)
def test_the_first_heading_is_the_title(
    text: str, markdown_title: str, title: str | None
) -> None:
    rendered = render(page(text), *body(text), RenderOptions())
    assert rendered.title == title
    assert markdown_title in rendered.markdown


def test_aliases_in_front_matter_do_not_grow_without_end() -> None:
    """A few lines of YAML may mean a thousand million values."""
    names = "abcdefghij"
    nested = "".join(
        f"{name}: &{name} [{', '.join([f'*{below}'] * 9)}]\n" for below, name in pairwise(names)
    )
    made = page(f"---\na: &a [x, y]\n{nested}---\n# 제목\n")
    assert "KD001" in {problem.code for problem in made.note.problems}
    html = convert(made)
    assert "제목</h1>" in html
    assert len(html) < 20_000


def test_a_note_cannot_hold_our_tokens() -> None:
    """One that quotes a built page's source, this page's own even, keeps its text."""
    text = "# 토큰\n\n```bash\nkubectl get nodes\n```\n"
    ours = page(text, {"kubectl get nodes": "a node"})
    token = next(iter(render(ours, text, 1, RenderOptions()).fragments))
    program = (
        "from kdocs_plugin.rendering.tokens import Tokens; t = Tokens('note.md'); "
        "t.block(''); print(next(iter(t.fragments)))"
    )
    later = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert later.stdout.strip().startswith("b")
    assert later.stdout.strip() != token


def test_front_matter_of_the_authors_own_is_a_card() -> None:
    text = "---\n챕터: <b>6.1</b>\ntags: [x]\nkdocs: {x: 1}\n일자: 24.09.28\n---\n# 제목\n"
    html = convert(page(text))
    assert "<dt>챕터</dt><dd>&lt;b&gt;6.1&lt;/b&gt;</dd>" in html
    assert "<dt>일자</dt><dd>24.09.28</dd>" in html
    assert html.count("<dt>") == 2
    assert html.index("<h1") < html.index("<dl")


def test_provenance_is_one_line() -> None:
    text = "# 제목\n\n```bash\nkubectl get pods\n```\n"
    html = convert(page(text, {"kubectl get pods": PODS}, stand_in=True))
    assert (
        "2026년 11월 24일 확인 Kubernetes v1.37.2 "
        "nginx:latest (공식 이미지가 아니라 Debian 패키지로 만든 이미지)" in words(html)
    )
    assert html.count("대체 이미지로 실행") == 1
    stale = replace(page(text, {"kubectl get pods": PODS}), stale=True)
    assert "이후 노트가 바뀜" in convert(stale)
    assert "Verified 2026-11-23" in convert(stale, language="en")


# --- Callouts and lists ---


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("> [!TIP] 어떻게?\n> 글\n", '!!! tip "어떻게?"\n    글'),
        ("> [!WARNING]\n> 글\n", '!!! warning "경고"\n    글'),
        ("> [!important]\n> 글\n", '!!! info important "중요"\n    글'),
        ("> [!faq]- 접힘\n> 글\n", '??? question faq "접힘"\n    글'),
        ("> [!NOTE]+ 펼침\n> 글\n", '???+ note "펼침"\n    글'),
        ('> [!TIP] 그는 "왜?"\n> 글\n', '!!! tip "그는 "왜?""\n    글'),
        ("- a\n\n    > [!TIP] b\n    > c\n", '    !!! tip "b"\n        c'),
        ("1. a\n\n   > [!TIP] b\n   > c\n", '\n    !!! tip "b"\n        c'),
        ("글\n\n  > [!TIP] b\n  > c\n", '\n!!! tip "b"\n    c'),
        ("> [!NOTE] a\n> > [!TIP] b\n> > c\n", '    !!! tip "b"\n        c'),
    ],
)
def test_callouts_become_admonitions(text: str, expected: str) -> None:
    ours = page(text)
    assert expected in render(ours, text, 1, RenderOptions()).markdown
    assert "[!" not in convert(ours)
    untouched = render(ours, text, 1, RenderOptions(parts=frozenset()))
    assert text.strip() in untouched.markdown


def test_callouts_that_follow_each_other_are_two() -> None:
    html = convert(page("> [!TIP] 하나\n> a\n\n> [!TIP] 둘\n> b\n\n글\n"))
    assert html.count('class="admonition tip"') == 2
    assert html.endswith("<p>글</p>")


def test_lists_behind_quotes_and_paragraphs_are_lists() -> None:
    html = convert(page("> 인용\n>\n- 하나\n- 둘\n\n글\n- 셋\n"))
    assert html.count("<li>") == 3


# --- Whatever others have made of the page ---


def test_lines_added_by_another_plugin_cost_nothing() -> None:
    text = "# 제목\n\n```bash\nkubectl get pods\n```\n\n`kubectl get nodes`\n"
    ours = page(text, {"kubectl get pods": PODS, "kubectl get nodes": "n1\n"})
    html = convert(ours, f"머리말\n\n{text.replace('# 제목', '# 제목 {#a}')}\n꼬리말\n")
    assert "1/1" in html and "n1" in html and "머리말" in html and "꼬리말" in html


def test_a_block_changed_by_another_plugin_stays_as_it_is() -> None:
    text = "# 제목\n\n```bash\nkubectl get pods\n```\n"
    ours = page(text, {"kubectl get pods": PODS})
    html = convert(ours, text.replace("get pods", "get pods -A"))
    assert "get pods -A" in words(html) and "1/1" not in html


def test_a_stray_mark_at_the_end_is_dropped() -> None:
    text = "# 제목\n\n- 끝 문장임%"
    ours = page(text)
    if not ours.note.problems:
        pytest.skip("the scanner finds no stray mark here")
    assert "%" not in convert(ours)


# --- Any page ---

PIECES = [
    "글 `kubectl get pods` 글",
    "글 **`kubectl get pods`** [`kubectl get nodes`](x) ![`kubectl get pods`](y)",
    "## 제목 `kubectl get nodes`",
    "- 하나 `kubectl get pods`\n    - 둘 `kubectl get nodes`\n- 셋",
    "1. 하나\n\n    ```bash\n    kubectl get pods\n    ```\n\n2. 둘",
    "> 인용 `kubectl get pods`\n>\n> ```bash\n> kubectl get nodes\n> ```",
    "> [!TIP] `kubectl get pods`?\n>\n> ```bash\n> kubectl get pods\n> ```",
    "> [!FAQ]- 접힌\n> > [!NOTE]\n> > `kubectl get nodes`",
    "- 목록\n\n    > [!NOTE] 안\n    > - `kubectl get pods`",
    "| a | b |\n|---|---|\n| `kubectl get pods` | c |",
    "```bash\nkubectl get pods\n# 설명\ndocker ps\n```",
    "```console\n$ kubectl get nodes\nNAME\nold\n```",
    f"```yaml\n{POD}\n```",
    "```yaml\n{}\n```".format(POD.replace("  ", "\t")),
    "<div>`kubectl get pods`</div>",
    "---",
]


# SuperFences itself puts a fence that follows text at once into the text's paragraph.
TIGHT = "- 하나\n    ```bash\n    kubectl get pods\n    ```\n- 둘"


@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=7), st.booleans())
@settings(max_examples=150, deadline=None)
def test_any_page_is_valid_html(pieces: list[str], recorded: bool) -> None:
    text = "\n\n".join([*pieces, *([TIGHT] if recorded else []), *pieces[:1]]) + "\n"
    outputs = {"kubectl get pods": "</p></div>`*x*\n", "kubectl get nodes": "n1\n"}
    html = convert(page(text, outputs if recorded else None))
    assert "</p></div>`*x*" not in html
    assert html.count("<h1") <= 1


def test_stand_ins_are_named_at_each_output_of_a_container() -> None:
    text = (
        "# 제목\n\n```bash\nkubectl get pods\n```\n\n```bash\nkubectl get svc\n```\n\n"
        "```bash\ncurl 10.0.0.1\n```\n\n```bash\nkubectl exec web -- nginx -v\n```\n\n"
        "```bash\nkubectl exec quiet -- true\n```\n"
    )
    outputs = {
        "kubectl get pods": PODS,
        "kubectl get svc": "NAME",
        "curl 10.0.0.1": "Welcome",
        "kubectl exec web -- nginx -v": "nginx version: nginx/1.22.1",
        "kubectl exec quiet -- true": "",
    }
    html = convert(page(text, outputs, stand_in=True))
    assert html.count("대체 이미지로 실행") == 3  # the first output, and the two of containers
    assert convert(page(text, outputs)).count("대체 이미지로 실행") == 0


@pytest.mark.parametrize(
    ("moment", "ko", "en"),
    [
        ("2026-11-25T14:59:59Z", "2026년 11월 25일", "2026-11-25"),
        ("2026-12-31T15:00:00Z", "2027년 1월 1일", "2026-12-31"),
        ("2026-11-25", "2026년 11월 25일", "2026-11-25"),
        ("그저께", "그저께", "그저께"),
    ],
)
def test_the_day_is_the_readers(moment: str, ko: str, en: str) -> None:
    assert (date_of(moment, "ko"), date_of(moment, "en")) == (ko, en)


@pytest.mark.parametrize("prefix", ["", "> "])
def test_fences_without_blank_lines_are_blocks_of_their_own(prefix: str) -> None:
    lines = f"위의 글\n```yaml\n{POD}\n```\n```bash\nkubectl get pods\n```\n아래의 글".split(
        "\n"
    )
    html = convert(page("\n".join(prefix + line for line in lines) + "\n"))
    assert "<p>위의 글</p>" in html and "<p>아래의 글</p>" in html
    assert html.count('<div class="highlight">') == 2
