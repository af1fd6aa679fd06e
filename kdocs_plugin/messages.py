"""Every sentence that kdocs says to a person, in Korean and in English.

A key is a rule's code (KD101) or a dotted name (`local.not_installed`). A text may
have a hint: what to do about it. Places are `{name}` and filled by `str.format`.
Each layer registers its own sentences in the tables below; nothing else holds prose.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from string import Formatter
from typing import Any, Literal, NamedTuple

Language = Literal["ko", "en"]


class Message(NamedTuple):
    """One sentence and its hint, in both languages."""

    ko: str
    en: str
    hint_ko: str = ""
    hint_en: str = ""


def text(key: str, language: Language, arguments: Mapping[str, Any]) -> str:
    """The sentence for `key`. An unknown key is a programming error: KeyError."""
    message = CATALOGUE[key]
    return (message.ko if language == "ko" else message.en).format(**arguments)


def hint(key: str, language: Language, arguments: Mapping[str, Any]) -> str:
    """The hint for `key`, "" where it has none.

    A hint's lines are sentences of their own; one with an empty place is left out:
    "did you mean `{suggestion}`?" is not asked where nothing is near.
    """
    message = CATALOGUE[key]
    lines = (message.hint_ko if language == "ko" else message.hint_en).split("\n")
    return " ".join(line.format(**arguments) for line in lines if _is_filled(line, arguments))


def _is_filled(line: str, arguments: Mapping[str, Any]) -> bool:
    names = (name for _, name, _, _ in Formatter().parse(line) if name)
    return all(arguments.get(name, "") not in ("", None) for name in names)


def preferred_language(explicit: str | None = None) -> Language:
    """What was asked for, else KDOCS_LANG, else the locale: Korean or English."""
    for value in (explicit, os.environ.get("KDOCS_LANG")):
        if value:
            return "ko" if value.lower().startswith("ko") else "en"
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name)
        if value:
            return "ko" if value.lower().startswith("ko") else "en"
    return "en"


CATALOGUE: dict[str, Message] = {}


# --- rendering: the words on a published page ---

CATALOGUE |= {
    "render.terminal": Message("터미널", "Terminal"),
    "render.output": Message("출력", "Output"),
    "render.show": Message("출력 보기", "Show output"),
    "render.all": Message("{lines}줄 모두 보기", "All {lines} lines"),
    "render.volatile": Message(
        "밑줄 친 값은 내 화면과 다를 수 있음", "underlined values may differ on your screen"
    ),
    "render.empty": Message("출력 없음", "No output"),
    "render.ran": Message("실제로 실행한 명령", "What was run"),
    "render.after": Message("{command} 다음에 실행", "Taken after {command}"),
    "render.by_author": Message("노트에 적힌 출력", "As written in the note"),
    "render.by_us": Message("실제 출력", "Real output"),
    "render.failed": Message("실패", "Failed"),
    "render.exit": Message("종료 코드 {code}", "exit status {code}"),
    "render.timeout": Message("시간 초과", "Timed out"),
    "render.bound": Message("{seconds}초에서 멈춤", "stopped after {seconds} s"),
    "render.blocked": Message("실행하지 못함", "Not run"),
    "render.evidence": Message("자세히 보기", "What the cluster says"),
    "render.differs": Message("노트와 다름", "Differs from the note"),
    "render.changed": Message("노트가 바뀌기 전의 출력", "Taken before the note changed"),
    "render.column": Message("항목", "Item"),
    "render.line": Message("{line}번째 줄", "Line {line}"),
    "render.written": Message("노트", "Note"),
    "render.real": Message("실제", "Real"),
    "render.more": Message("외 {count}곳", "and {count} more"),
    "render.mended": Message("탭→공백 {width}칸", "tab → {width} spaces"),
    "render.mended_mixed": Message("탭→공백", "tabs → spaces"),
    "render.verified": Message("{date} 확인", "Verified {date}"),
    "render.run_on": Message("{date} 실행", "Run {date}"),
    "render.no_record": Message("실행 기록 없음", "Not run yet"),
    "render.stale": Message("이후 노트가 바뀜", "the note has changed since"),
    "render.stand_in": Message("대체 이미지로 실행", "run with stand-in images"),
    "render.swapped": Message("{images} 대신", "instead of {images}"),
    "render.stand_in_long": Message(
        "공식 이미지가 아니라 Debian 패키지로 만든 이미지",
        "not the official image: built from Debian packages",
    ),
    "render.stand_in_file": Message("받는 파일의 이미지", "images of the file"),
    "render.download": Message("내려받기", "Download"),
    "render.download_of": Message("{name} 내려받기", "Download {name}"),
    "render.needs": Message("준비물", "You need"),
    "render.needs_note": Message("먼저 할 노트:", "first this note:"),
    "render.needs_cluster": Message("쿠버네티스 클러스터", "a Kubernetes cluster"),
    "render.needs_images": Message("이미지", "images"),
    "render.nodes": Message("노드 {count}개", "{count} nodes"),
    "render.metrics": Message("metrics-server", "metrics-server"),
    "render.storage": Message("기본 StorageClass", "a default StorageClass"),
    "render.cleanup": Message("정리: 이 노트가 만든 것 지우기", "Clean up what this note made"),
    "render.still_used": Message(
        "다음 노트에서 이어서 쓰므로 그 뒤에 지우세요:", "Still used by, so delete afterwards:"
    ),
    "render.lines": Message(
        "{name}: 줄마다 주소가 있습니다. 위아래 화살표로 고르세요",
        "{name}: every line has an address; choose with the arrow keys",
    ),
    # rendering/script: filled in the browser
    "render.script.copy": Message("복사", "Copy"),
    "render.script.copied": Message("복사됨", "Copied"),
    "render.script.compare": Message("내 출력과 비교", "Compare with mine"),
    "render.script.paste": Message(
        "내 터미널의 출력을 붙여 넣으세요", "Paste your terminal's output here"
    ),
    "render.script.private": Message(
        "붙여 넣은 글은 이 페이지를 떠나지 않습니다.",
        "What you paste does not leave this page.",
    ),
    "render.script.same": Message(
        "같습니다: 다르게 나올 수 있는 값만 다릅니다.",
        "The same, but for values that may differ.",
    ),
    "render.script.differs": Message("{count}곳이 다릅니다", "{count} differences"),
    "render.script.usual": Message(
        "다르게 나오는 것이 정상인 항목: {columns}", "Not the same, and need not be: {columns}"
    ),
    "render.script.line_values": Message("시각, 주소 같은 값", "times, addresses and the like"),
    "render.script.column": Message("항목", "Item"),
    "render.script.line": Message("{line}번째 줄", "Line {line}"),
    "render.script.mine": Message("내 출력", "Mine"),
    "render.script.ours": Message("이 노트", "This note"),
    "render.script.nothing": Message("(없음)", "(nothing)"),
    "render.script.why.image": Message(
        "이미지를 받지 못했습니다: 이미지 이름과 태그를 확인하세요.",
        "The image could not be pulled: check its name and tag.",
    ),
    "render.script.why.memory": Message(
        "메모리 한도를 넘어 끝났습니다: resources.limits.memory를 확인하세요.",
        "It went over its memory limit: check resources.limits.memory.",
    ),
    "render.script.why.crash": Message(
        "컨테이너가 시작하자마자 끝납니다: `kubectl logs --previous`로 마지막 말을 보세요.",
        "The container ends as soon as it starts: see its last words with `kubectl logs --previous`.",
    ),
    "render.script.why.config": Message(
        "파드가 쓰는 ConfigMap이나 Secret이 없습니다: 먼저 만들었는지, 이름이 맞는지 확인하세요.",
        "A ConfigMap or Secret that the pod uses is not there: make it first, check its name.",
    ),
    "render.script.why.pending": Message(
        "아직 노드에 놓이지 못했습니다: `kubectl describe`의 Events를 보세요.",
        "It has no node yet: see Events in `kubectl describe`.",
    ),
    "render.script.why.starting": Message(
        "아직 시작하는 중입니다: 잠시 뒤에 다시 실행하세요.",
        "It is still starting: try again in a moment.",
    ),
    "render.script.why.unready": Message(
        "아직 준비되지 않은 것이 있습니다(READY): 잠시 뒤에도 그대로면 `kubectl describe`의 Events를 보세요.",
        "Not all is READY yet: if it stays so, see Events in `kubectl describe`.",
    ),
    "render.script.why.tab": Message(
        "YAML에 탭이 있습니다: 공백으로 바꾸세요.", "There is a tab in the YAML: use spaces."
    ),
    "render.script.why.kind": Message(
        "이 클러스터가 모르는 apiVersion이나 kind입니다: 철자와 쿠버네티스 버전을 확인하세요.",
        "The cluster does not know this apiVersion or kind: check the spelling and its version.",
    ),
    "render.script.why.exists": Message(
        "같은 이름의 오브젝트가 이미 있습니다: 지우거나 `kubectl apply`를 쓰세요.",
        "An object of this name is there already: delete it, or use `kubectl apply`.",
    ),
    "render.script.why.absent": Message(
        "그 이름의 것이 없습니다: 앞의 단계를 모두 했는지, 네임스페이스가 맞는지 확인하세요.",
        "There is nothing of that name: have all steps before been done, in this namespace?",
    ),
    "render.script.why.forbidden": Message(
        "권한이 없습니다: 쓰고 있는 컨텍스트와 계정의 역할을 확인하세요.",
        "You may not do this: check the context in use, and the account's roles.",
    ),
    "render.script.why.refused": Message(
        "연결이 거절되었습니다: 클러스터가 켜져 있는지, 포트가 맞는지 확인하세요.",
        "The connection was refused: is the cluster up, and the port right?",
    ),
    "render.script.why.empty": Message(
        "이 네임스페이스에는 아무것도 없습니다: `-n`으로 네임스페이스를 확인하세요.",
        "There is nothing in this namespace: check it with `-n`.",
    ),
    "render.script.why.program": Message(
        "그 프로그램이 설치되어 있지 않습니다.", "That program is not installed."
    ),
    "render.status.title": Message("검증 현황", "What is verified"),
    "render.status.badge": Message("검증", "verified"),
    "render.status.summary": Message(
        "노트 {notes}개의 예제 {total}개 가운데 {verified}개가 확인되었습니다.",
        "{verified} of {total} examples in {notes} notes are verified.",
    ),
    "render.status.filter": Message("상태로 거르기", "Filter by state"),
    "render.status.all": Message("모두", "All"),
    "render.status.verified": Message("확인", "Verified"),
    "render.status.untried": Message("아직 실행 안 함", "Not run yet"),
    "render.status.changed": Message("그 뒤에 바뀜", "Changed since"),
    "render.status.differs": Message("노트와 다름", "Differs"),
    "render.status.failed": Message("실패", "Failed"),
    "render.status.read": Message("노트 읽기", "Read the note"),
    "render.status.seconds": Message("{seconds}초", "{seconds} s"),
    "render.not_found.title": Message("페이지를 찾을 수 없습니다", "Page not found"),
    "render.not_found.text": Message(
        "주소가 바뀌었거나 지워진 글일 수 있습니다. 위의 검색으로 찾아보세요.",
        "It may have moved, or gone. Try the search above.",
    ),
    "render.not_found.home": Message("처음으로", "To the start"),
    "render.scene.title": Message(
        "이 글의 명령이 만든 오브젝트", "The objects that this page's commands made"
    ),
    "render.scene.caption": Message(
        "이 글의 명령이 만든 오브젝트. 저마다 가장 많았던 때의 모습입니다.",
        "The objects that this page's commands made, each as it stood when there was most of it.",
    ),
    "render.scene.as_text": Message("글로 보기", "As text"),
    "render.scene.node": Message("노드 {node}", "node {node}"),
    "render.scene.more": Message("외 {count}개", "and {count} more"),
    "render.scene.count": Message("{kind} {count}개", "{count} {kind}"),
    "render.scene.on": Message("노드 {node}", "on node {node}"),
    "render.scene.runs": Message("이미지 {images}", "runs {images}"),
    "render.scene.selects": Message("{pods}로 연결", "selects {pods}"),
    "render.scene.selects_nothing": Message("고르는 파드 없음", "selects no Pod"),
    "render.scene.uses": Message("{objects} 사용", "uses {objects}"),
    "render.scene.ready": Message("준비됨", "ready"),
    "render.scene.done": Message("완료", "done"),
    "render.scene.waiting": Message("대기 중", "waiting"),
    "render.scene.failed": Message("실패", "failed"),
    "render.callout.note": Message("참고", "Note"),
    "render.callout.abstract": Message("요약", "Abstract"),
    "render.callout.summary": Message("요약", "Summary"),
    "render.callout.tldr": Message("요약", "TL;DR"),
    "render.callout.info": Message("정보", "Info"),
    "render.callout.todo": Message("할 일", "To do"),
    "render.callout.important": Message("중요", "Important"),
    "render.callout.tip": Message("팁", "Tip"),
    "render.callout.hint": Message("힌트", "Hint"),
    "render.callout.success": Message("성공", "Success"),
    "render.callout.check": Message("확인", "Check"),
    "render.callout.done": Message("완료", "Done"),
    "render.callout.question": Message("질문", "Question"),
    "render.callout.help": Message("도움말", "Help"),
    "render.callout.faq": Message("자주 묻는 질문", "FAQ"),
    "render.callout.warning": Message("경고", "Warning"),
    "render.callout.attention": Message("유의", "Attention"),
    "render.callout.caution": Message("주의", "Caution"),
    "render.callout.failure": Message("실패", "Failure"),
    "render.callout.fail": Message("실패", "Fail"),
    "render.callout.missing": Message("빠진 것", "Missing"),
    "render.callout.danger": Message("위험", "Danger"),
    "render.callout.error": Message("오류", "Error"),
    "render.callout.bug": Message("버그", "Bug"),
    "render.callout.example": Message("예시", "Example"),
    "render.callout.quote": Message("인용", "Quote"),
    "render.callout.cite": Message("인용", "Citation"),
    "render.task.open": Message("할 일", "to do"),
    "render.task.done": Message("한 일", "done"),
    "render.toggle": Message("자세히", "Details"),
    # source/: what the scanner itself finds in a note's text
    "source.device": Message(
        "{path}: 파일이 아니라 장치입니다", "{path}: a device, not a file"
    ),
    "source.unreadable": Message(
        "{path}: 파일을 읽을 수 없음 ({reason})", "{path}: can't be read ({reason})"
    ),
    "KD001": Message(
        "머리말(front matter)을 YAML로 읽을 수 없음: {problem}",
        "front matter can't be read as YAML: {problem}",
        "`---` 사이를 `키: 값` 꼴의 YAML로 고치세요. 지금은 머리말이 없는 것으로 다룹니다.",
        "Write `key: value` YAML between the `---` lines. It is treated as empty for now.",
    ),
    "KD002": Message(
        "UTF-8이 아닌 바이트: {byte}",
        "not UTF-8: byte {byte}",
        "파일을 UTF-8로 다시 저장하세요.",
        "Save the file as UTF-8.",
    ),
    "KD003": Message(
        "닫히지 않은 코드 블록: `{fence}`로 끝나는 줄이 없음",
        "this fence is never closed: no line with `{fence}` ends it",
        "여는 줄과 같은 들여쓰기로 `{fence}` 줄을 더하세요. 닫는 표시는 여는 표시와 길이도 같아야 합니다.",
        "Add a line `{fence}`, indented like the opening one and with as many marks.",
    ),
    "KD004": Message(
        "코드 블록의 머리 `{header}`를 이해할 수 없어 블록으로 그려지지 않음",
        "the header `{header}` isn't understood: the fence will not be rendered as a block",
        '{suggestion} 처럼 쓰세요. 언어 뒤에는 title="...", hl_lines="...", linenums="..."만 올 수 있습니다.',
        'Write {suggestion} instead. Behind the language only title="...", hl_lines="..." and linenums="..." may stand.',
    ),
    "KD005": Message(
        "글 끝에 셸이 남긴 `%`",
        "a `%` that the shell left at the end of the text",
        "zsh가 줄바꿈 없이 끝난 출력 뒤에 붙이는 표시입니다. 지우세요.",
        "zsh prints it behind output without a final newline. Delete it.",
    ),
    "KD006": Message(
        "kdocs 주석을 이해할 수 없음: `{text}`",
        "this kdocs annotation isn't understood: `{text}`",
        "`키=값`을 빈칸으로 띄워 쓰세요. 빈칸이 든 값은 따옴표로 감쌉니다.",
        "Write `key=value` separated by spaces; quote a value that holds a space.",
    ),
    "KD007": Message(
        "kdocs 주석에 없는 키: `{key}`",
        "unknown key in a kdocs annotation: `{key}`",
        "혹시 `{suggestion}`?\n쓸 수 있는 키: {known}",
        "Did you mean `{suggestion}`?\nKnown keys: {known}",
    ),
    "KD008": Message(
        "코드 블록이 {line}행에서 끊김: 여는 줄보다 덜 들여쓴 줄",
        "line {line} cuts this fence off: it is indented less than the opening line",
        "안의 모든 줄과 닫는 줄을 여는 줄만큼 들여쓰세요. 지금은 블록으로 그려지지 않습니다.",
        "Indent every line and the closing one like the opening one. It isn't rendered as a block now.",
    ),
    "KD009": Message(
        "kdocs 주석 뒤에 코드 블록이 없음",
        "no fence follows this kdocs annotation",
        "주석은 바로 뒤의 코드 블록에만 쓰입니다.",
        "An annotation is for the fence right behind it.",
    ),
    "KD010": Message(
        "kdocs 주석 `{key}`에 쓸 수 없는 값: `{value}`",
        "`{value}` is no value for `{key}` in a kdocs annotation",
        "쓸 수 있는 값: {choices}",
        "What it takes: {choices}",
    ),
    "KD011": Message(
        "`[[{target}]]`가 가리키는 노트나 파일이 없음",
        "`[[{target}]]` leads nowhere: no note or file of this name",
        "이름을 고치거나 파일을 더하세요. 페이지에는 글자만 남습니다.",
        "Mend the name or add the file. The page shows its text alone.",
    ),
    "KD012": Message(
        "`{target}`에 제목 `{name}`이 없음",
        "`{target}` has no heading `{name}`",
        "제목을 고치세요. 페이지에서는 그 노트의 처음으로 이어집니다.",
        "Mend the heading. The page leads to the note's beginning.",
    ),
    "KD013": Message(
        "mermaid 그림을 그릴 스크립트가 사이트에 없어 코드로 보임",
        "the site has no script that draws mermaid: the diagram is shown as code",
        "mermaid.min.js를 docs에 두고 extra_javascript에 적으세요.",
        "Put mermaid.min.js into docs and name it in extra_javascript.",
    ),
    # clusters/local/
    "local.progress.plan": Message(
        "설치할 것: {names}. 예상 시간 {left}",
        "to install: {names}; expected time {left}",
    ),
    "local.progress.begin.release": Message(
        "{name}: 릴리스 파일을 받습니다", "{name}: fetching release files"
    ),
    "local.progress.begin.source": Message(
        "{name}: 소스에서 빌드합니다. 전체 남은 시간 {left}",
        "{name}: building from source; {left} left in all",
    ),
    "local.progress.begin.machine": Message(
        "{name}: 이 컴퓨터의 프로그램을 복사합니다", "{name}: copying this machine's programs"
    ),
    "local.progress.begin.packages": Message(
        "{name}: Debian 패키지로 만듭니다. 전체 남은 시간 {left}",
        "{name}: making from Debian packages; {left} left in all",
    ),
    "local.progress.advance": Message(
        "{name}: {percent} %; 전체 남은 시간 {left}", "{name}: {percent} %; {left} left in all"
    ),
    "local.progress.end": Message(
        "{name}: 설치됨 ({took}). 전체 남은 시간 {left}",
        "{name}: in place ({took}); {left} left in all",
    ),
    "local.progress.skip": Message(
        "{name}: 건너뜁니다. 이미지는 레지스트리에서 받아야 합니다. {reason}",
        "{name}: left out, so its image must come from a registry: {reason}",
    ),
    "local.progress.wait": Message(
        "다른 설치가 끝나기를 기다립니다", "waiting for another installation to end"
    ),
    "local.progress.whole": Message("전체", "in all"),
    "local.progress.left": Message("남은 시간 {left}", "{left} left"),
    "local.progress.source.release": Message("릴리스 파일", "release files"),
    "local.progress.source.source": Message("소스에서 빌드", "from source"),
    "local.progress.source.machine": Message("이 컴퓨터의 프로그램", "this machine's programs"),
    "local.progress.source.packages": Message("Debian 패키지", "Debian packages"),
    "local.not_running": Message(
        "실행 중인 로컬 클러스터가 없습니다",
        "no local cluster is running",
        "kdocs cluster up",
        "kdocs cluster up",
    ),
    "local.installed": Message(
        "설치됨 ({megabytes} MB, 이미지 포함): Kubernetes {kubernetes}\n{folder}\n{parts}",
        "installed ({megabytes} MB with images): Kubernetes {kubernetes}\n{folder}\n{parts}",
    ),
    "local.already_up": Message(
        "로컬 클러스터가 이미 실행 중입니다 (Kubernetes {kubernetes}, {since}부터)",
        "the local cluster is running already (Kubernetes {kubernetes}, since {since})",
    ),
    "local.other_up": Message(
        "Kubernetes {kubernetes} 로컬 클러스터가 이미 실행 중입니다. {wanted} 버전이 아닙니다",
        "a local cluster of Kubernetes {kubernetes} is running already, not {wanted}",
        "먼저 끝내세요: kdocs cluster down",
        "end it first: kdocs cluster down",
    ),
    "local.other_nodes": Message(
        "노드 {nodes}개의 로컬 클러스터가 이미 실행 중입니다. {wanted}개가 아닙니다",
        "a local cluster of {nodes} nodes is running already, not of {wanted}",
        "먼저 끝내세요: kdocs cluster down",
        "end it first: kdocs cluster down",
    ),
    "local.up": Message(
        "로컬 클러스터가 준비되었습니다: Kubernetes {kubernetes}. 들어가기: kdocs cluster shell, "
        "끝내기: kdocs cluster down",
        "the local cluster is ready: Kubernetes {kubernetes}. Enter it: kdocs cluster shell; "
        "end it: kdocs cluster down",
    ),
    "local.down": Message(
        "로컬 클러스터를 끝내고 모두 지웠습니다",
        "the local cluster has ended, and all of it is removed",
    ),
    "local.status.not_installed": Message(
        "설치되어 있지 않습니다. 설치: kdocs cluster install",
        "not installed. To install: kdocs cluster install",
    ),
    "local.status.installed": Message(
        "설치됨 ({megabytes} MB, 이미지 포함): Kubernetes {kubernetes}\n{folder}\n{parts}",
        "installed ({megabytes} MB with images): Kubernetes {kubernetes}\n{folder}\n{parts}",
    ),
    "local.status.parts": Message("  {origin}: {parts}", "  {origin}: {parts}"),
    "local.status.image": Message(
        "이미지 {name}: {made_from}에서 만듦", "image {name}: made from {made_from}"
    ),
    "local.status.up": Message(
        "실행 중: Kubernetes {kubernetes}, 노드 {nodes}개, {since}부터",
        "running: Kubernetes {kubernetes}, nodes: {nodes}, since {since}",
    ),
    "local.status.down": Message("실행 중인 클러스터가 없습니다", "no cluster is running"),
    "local.not_linux": Message(
        "로컬 클러스터는 Linux에서만 동작합니다 (이 컴퓨터: {system}): kind, minikube, Docker "
        "Desktop의 컨텍스트를 쓰거나(--cluster 이름), WSL2에서 실행하거나, CI에서 기록하세요",
        "the local cluster runs on Linux only (this machine: {system}): use a context of kind, "
        "minikube or Docker Desktop (--cluster NAME), run in WSL2, or let CI record",
    ),
    "local.not_this_machine": Message(
        "로컬 클러스터는 x86_64와 arm64에서만 동작합니다 (이 컴퓨터: {machine}): kind, minikube, "
        "Docker Desktop의 컨텍스트를 쓰거나(--cluster 이름), CI에서 기록하세요",
        "the local cluster runs on x86_64 and arm64 only (this machine: {machine}): use a context "
        "of kind, minikube or Docker Desktop (--cluster NAME), or let CI record",
    ),
    "local.not_root": Message(
        "로컬 클러스터를 쓰려면 root 권한이 필요합니다: sudo로 실행하거나, kind, minikube, Docker "
        "Desktop의 컨텍스트를 쓰거나(--cluster 이름), CI에서 기록하세요",
        "the local cluster needs root: run with sudo, use a context of kind, minikube or Docker "
        "Desktop (--cluster NAME), or let CI record",
        "{command}",
        "{command}",
    ),
    "local.missing_tools": Message(
        "로컬 클러스터에 필요한 프로그램이 없습니다: {tools}",
        "the local cluster needs programs that are missing: {tools}",
        "Debian 패키지: {packages}",
        "Debian packages: {packages}",
    ),
    "local.missing_tool": Message(
        "{tool}이(가) 없습니다",
        "{tool} is missing",
        "Debian 패키지: {package}",
        "Debian package: {package}",
    ),
    "local.no_cgroups": Message(
        "{folder}에 컨트롤 그룹을 만들 수 없습니다",
        "control groups can't be made in {folder}",
    ),
    "local.no_namespaces": Message(
        "네임스페이스를 만들 수 없습니다: {reason}",
        "namespaces can't be made: {reason}",
    ),
    "local.no_user_namespaces": Message(
        "사용자 네임스페이스를 만들 수 없습니다: {reason}. 노드를 이 컴퓨터에서 떼어 놓는 데 필요합니다. sysctl user.max_user_namespaces 값이 0이면 올려 주세요",
        "user namespaces can't be made: {reason}. They are what keeps the node from this machine. Where sysctl user.max_user_namespaces is 0, raise it",
    ),
    "local.old_kernel": Message(
        "커널 {release}에서는 컨테이너의 계층을 {folder}의 파일 시스템에 둘 수 없습니다: ext4, xfs, btrfs에 있는 폴더를 KDOCS_CACHE로 정하거나 리눅스 6.6 이상을 쓰세요",
        "on the kernel {release} containers' layers can't lie on the file system of {folder}: name a folder on ext4, xfs or btrfs in KDOCS_CACHE, or use Linux 6.6 or newer",
    ),
    "local.no_overlay": Message(
        "커널에 overlay 파일 시스템이 없습니다",
        "the kernel has no overlay file system",
    ),
    "local.not_debian": Message(
        "이미지를 만들 Debian 패키지 저장소를 찾지 못했습니다",
        "no Debian archive is configured from which images could be made",
    ),
    "local.not_installed": Message(
        "로컬 클러스터가 설치되어 있지 않습니다",
        "the local cluster is not installed",
        "kdocs cluster install",
        "kdocs cluster install",
    ),
    "local.version_not_installed": Message(
        "Kubernetes {wanted} 로컬 클러스터가 설치되어 있지 않습니다 (설치된 버전: {there})",
        "the local cluster of Kubernetes {wanted} is not installed (installed: {there})",
        "kdocs cluster install --kubernetes {wanted}",
        "kdocs cluster install --kubernetes {wanted}",
    ),
    "local.image_failed": Message(
        "{image} 이미지를 만들지 못했습니다: {reason}",
        "the image {image} could not be made: {reason}",
    ),
    "local.no_go": Message(
        "릴리스 파일을 받을 수 없고, 소스에서 빌드할 Go {wanted} 이상도 없습니다",
        "release files can't be reached, and there is no Go {wanted} or newer to build with",
        "pip install 'kdocs_plugin[go]'",
        "pip install 'kdocs_plugin[go]'",
    ),
    "local.needs_go": Message(
        "소스에서만 만들 수 있는데 Go가 없습니다 (pip install 'kdocs_plugin[go]')",
        "it comes from source alone, and there is no Go (pip install 'kdocs_plugin[go]')",
    ),
    "local.unknown_kubernetes": Message(
        "Kubernetes {wanted} 버전을 모릅니다",
        "Kubernetes {wanted} is not a version that is known here",
        "설치할 수 있는 버전: {known}",
        "known: {known}",
    ),
    "local.other_version": Message(
        "{path}은(는) {version}입니다. {wanted} 버전이 아닙니다",
        "{path} is {version}, not {wanted}",
        "--kubernetes 없이 설치하거나 다른 폴더를 주세요",
        "leave out --kubernetes, or name another folder",
    ),
    "local.skew": Message(
        "{program} {version}은(는) kube-apiserver {server}와 함께 쓸 수 없습니다: "
        "마이너 버전이 최대 {older}만큼 낮거나 최대 {newer}만큼 높을 수 있습니다 ({rule})",
        "{program} {version} does not go with kube-apiserver {server}: it may be up to {older} "
        "minor versions older and {newer} newer ({rule})",
    ),
    "local.too_old": Message(
        "{program} {version}은(는) 너무 낮습니다: {least} 이상이어야 합니다 ({rule})",
        "{program} {version} is too old: {least} or newer is needed ({rule})",
    ),
    "local.nothing_here": Message(
        "{folders}에 클러스터의 프로그램이 하나도 없습니다",
        "there is none of a cluster's programs in {folders}",
        "kube-apiserver, kubelet, etcd, containerd 등이 있는 폴더나 PATH를 주세요",
        "name a folder with kube-apiserver, kubelet, etcd, containerd ..., or PATH",
    ),
    "local.no_version": Message(
        "{path}의 버전을 알 수 없습니다: {reason}",
        "{path} does not say its version: {reason}",
    ),
    "local.no_compiler": Message(
        "runc를 빌드하려면 C 컴파일러가 필요합니다",
        "runc needs a C compiler to be built",
        "Debian 패키지: gcc libc6-dev",
        "Debian packages: gcc libc6-dev",
    ),
    "local.build_failed": Message(
        "{component} 빌드에 실패했습니다:\n{reason}",
        "{component} could not be built:\n{reason}",
    ),
    "local.wrong_checksum": Message(
        "{address}의 체크섬이 다릅니다: {wanted}이어야 하지만 {found}입니다",
        "{address} has another checksum: {found}, not {wanted}",
        "설치하지 않았습니다. 네트워크 중간의 누군가가 파일을 바꿨을 수 있습니다",
        "nothing was installed; someone on the way may have changed the file",
    ),
    "local.bad_release": Message(
        "{address}을(를) 쓸 수 없습니다: {reason}",
        "{address} is unusable: {reason}",
    ),
    "local.disk_full": Message(
        "{folder}에 빈 공간이 부족합니다: {needed}가 필요하지만 {free}뿐입니다",
        "too little space in {folder}: {needed} are needed, {free} are free",
    ),
    "local.component_died": Message(
        "{component}이(가) 시작하다가 종료되었습니다 (상태 {status}):\n{log}",
        "{component} ended while starting (status {status}):\n{log}",
    ),
    "local.node_ended": Message(
        "로컬 클러스터의 노드가 시작하다가 종료되었습니다:\n{log}",
        "the local cluster's node ended while starting:\n{log}",
    ),
    "local.ended": Message(
        "로컬 클러스터가 실행 도중에 끝났습니다: {why}",
        "the local cluster ended during the run: {why}",
    ),
    "local.addon_not_ready": Message(
        "부가 기능 {addon} 이(가) 제시간에 준비되지 않았습니다: {why}",
        "the add-on {addon} did not come up in time: {why}",
        "자세히 보기: kdocs cluster shell 에서 kubectl describe pods -n kube-system",
        "more: `kubectl describe pods -n kube-system` in `kdocs cluster shell`",
    ),
    "local.not_ready": Message(
        "로컬 클러스터가 제때 준비되지 않았습니다 ({part}):\n{log}",
        "the local cluster was not ready in time ({part}):\n{log}",
    ),
    # --- clusters/local/images and `kdocs cluster image` ---
    "image.added": Message(
        "이미지 {name}을(를) 추가했습니다 ({digest})", "added the image {name} ({digest})"
    ),
    "image.removed": Message("이미지 {name}을(를) 지웠습니다", "removed the image {name}"),
    "image.add_what": Message(
        "추가할 이미지를 하나만 정해야 합니다: 아카이브 또는 --debian",
        "say which image to add: an archive or --debian, one of the two",
        "kdocs cluster image add image.tar 또는 kdocs cluster image add --debian curl --name my/tools:1",
        "kdocs cluster image add image.tar, or kdocs cluster image add --debian curl --name my/tools:1",
    ),
    "image.cmd_of_archive": Message(
        "--cmd는 --debian과 함께만 쓸 수 있습니다", "--cmd goes with --debian only"
    ),
    "image.name_missing": Message(
        "Debian 패키지로 만들 이미지에는 이름이 필요합니다",
        "an image of Debian packages needs a name",
        "--name my/tools:1",
        "--name my/tools:1",
    ),
    "image.bad_name": Message(
        "이미지 이름으로 쓸 수 없습니다: {name}",
        "not an image's name with a tag: {name}",
        "예: nginx:1.25, my/tools:1, registry.example.com/app:2",
        "for example nginx:1.25, my/tools:1, registry.example.com/app:2",
    ),
    "image.no_name": Message(
        "{archive}에 이미지 이름이 적혀 있지 않습니다",
        "{archive} does not say what its image is called",
        "--name my/tools:1",
        "--name my/tools:1",
    ),
    "image.broken": Message(
        "{archive}을(를) 이미지로 읽을 수 없습니다: {why}",
        "{archive} can't be read as an image: {why}",
        "docker save nginx:1.25 -o nginx.tar 또는 skopeo copy docker://nginx:1.25 oci-archive:nginx.tar로 만든 파일이 필요합니다",
        "a file made by docker save nginx:1.25 -o nginx.tar, or skopeo copy docker://nginx:1.25 oci-archive:nginx.tar, is needed",
    ),
    "image.unknown": Message(
        "{name} 이미지는 여기에 없습니다",
        "there is no image {name} here",
        "kdocs cluster image list",
        "kdocs cluster image list",
    ),
    "image.not_yours": Message(
        "{name}은(는) kdocs가 만든 이미지라서 지우지 않습니다",
        "{name} is one of kdocs' own images and stays",
    ),
    "image.head.name": Message("이름", "NAME"),
    "image.head.tags": Message("태그", "TAGS"),
    "image.head.digest": Message("다이제스트", "DIGEST"),
    "image.head.made_from": Message("출처", "MADE FROM"),
    "image.head.size": Message("크기", "SIZE"),
    "image.head.origin": Message("종류", "KIND"),
    "image.origin.stand-in": Message("대체 이미지", "stand-in"),
    "image.origin.component": Message("클러스터의 부품", "the cluster's own"),
    "image.origin.debian": Message("직접 추가 (Debian)", "added (Debian)"),
    "image.origin.archive": Message("직접 추가 (아카이브)", "added (archive)"),
    "image.origin.cached": Message("레지스트리에서 받음", "from its registry"),
    # --- planning: why a command is shown and not run ---
    "plan.off": Message("execute: off 설정", "execute is off"),
    "plan.syntax": Message("셸 문법으로 읽을 수 없음", "not readable as shell"),
    "plan.interactive": Message(
        "셸을 여는 명령: 문장 속에는 칠 것이 없음",
        "opens a shell, and a sentence has nothing to type into it",
    ),
    "plan.typed": Message(
        "실행하지 않는 대화형 명령 안에서 치는 명령",
        "typed into an interactive command that is not run",
    ),
    "plan.file_missing": Message("{file} 파일을 주는 것이 없음", "nothing provides {file}"),
    "plan.editor": Message(
        "{command}: 사람이 편집하는 명령", "{command} is for a person to edit"
    ),
    "plan.outside": Message(
        "{command}: 이 노트의 주소가 아닌 곳으로 나감", "{command} leads outside of this note"
    ),
    "plan.machine": Message(
        "{command}: 컴퓨터 자체를 바꾸는 명령", "{command} acts on the machine itself"
    ),
    "plan.unknown": Message(
        "{command}: 안전하다고 알려진 명령이 아님", "{command} is not known to be safe"
    ),
    "plan.incomplete": Message("{command}: 완성되지 않은 명령", "{command} is incomplete"),
    "plan.elsewhere": Message("{flag}: 다른 클러스터를 가리킴", "{flag} names another cluster"),
    "plan.network": Message("{address}: 인터넷이 필요함", "{address} needs the internet"),
    "plan.windows": Message("Windows 명령", "a Windows command"),
    "plan.unbound": Message(
        "{placeholder}에 넣을 값을 하나로 정할 수 없음",
        "no single object fits {placeholder}",
        "후보: {candidates}.\n프런트 매터의 kdocs.bind로 정하세요",
        "candidates: {candidates}.\nsay which in the front matter: kdocs.bind",
    ),
    "plan.lined_up": Message(
        "{line}번째 줄 출력과 같은 자리의 값", "as lined up with the output at line {line}"
    ),
    "plan.literal": Message(
        "{placeholder}: 노트를 쓴 사람의 환경에서 나온 값이고, 여기에는 같은 자리의 값이 없음",
        "{placeholder} is a value of the author's own run, and nothing here lines up with it",
        "후보: {candidates}.",
        "candidates: {candidates}.",
    ),
    "plan.nothing_made": Message(
        "이 노트가 만드는 오브젝트가 없음", "the note makes no object to look at"
    ),
    "plan.not_made": Message(
        "{name}은(는) 실행하지 않은 {command}이(가) 만드는 것",
        "{name} is made by {command}, which is not run",
    ),
    "plan.no_answer": Message(
        "여기서 답할 것을 노트가 아직 만들지 않음",
        "nothing that the note makes answers there yet",
    ),
    # --- execution: how a step ended ---
    "run.shell_ended_here": Message(
        "이 단계에서 셸이 끝남 (종료 코드 {code})", "the shell ended here (exit status {code})"
    ),
    "run.unresolved": Message(
        "{placeholder}에 맞는 오브젝트가 아직 없음", "nothing stands for {placeholder} yet"
    ),
    "run.gone": Message(
        "{placeholder}의 자리에 있던 {value}이(가) 이미 없어짐",
        "{value}, which stood for {placeholder}, is gone",
    ),
    "run.blocked": Message(
        "{object} 필요: {line}번째 줄의 `{command}`이(가) 실패해서 없음",
        "needs {object}, which line {line}, `{command}`, failed to give",
    ),
    "run.blocked_before": Message(
        "{object} 필요: 먼저 실행한 {page}의 {line}번째 줄 `{command}`이(가) 실패해서 없음",
        "needs {object}, which line {line} of {page}, `{command}`, failed to give",
    ),
    "run.follows": Message(
        "{line}번째 줄의 `{command}`이(가) 실패한 탓: {object}이(가) 준비되지 않음",
        "follows from line {line}, `{command}`: {object} is not up",
    ),
    "run.predicted": Message(
        "종료 코드 {code}: {line}번째 줄에서 이미 알린 {rule}",
        "exit status {code}, as {rule} says of line {line}",
    ),
    "run.cut": Message(
        "출력 {size} 가운데 앞의 {kept}만 보임",
        "the first {kept} of {size} of output are shown",
    ),
    "run.binary": Message("글이 아닌 출력 {size}", "{size} of output that is no text"),
    "run.not_failed": Message(
        "노트에는 실패한다고 적혀 있지만 성공함", "the note shows a failure, but it succeeded"
    ),
    "run.should_fail": Message(
        "종료 코드 {expected}이어야 하는데 성공함",
        "should have failed with exit status {expected}, but succeeded",
    ),
    # --- execution: what ended something that would have gone on ---
    "ended.quiet": Message("더 나오는 것이 없어서 멈춤", "stopped once nothing more came"),
    "ended.bound": Message("끝이 없어서 잠시 뒤에 멈춤", "has no end: stopped after a while"),
    "ended.used": Message(
        "마지막으로 쓴 단계가 끝나서 멈춤", "stopped after the last step that used it"
    ),
    "ended.note": Message("노트가 끝나서 멈춤", "stopped at the end of the note"),
    "ended.input": Message("입력이 끝나서 나옴", "left at the end of its input"),
    "ended.typed": Message("다음 입력을 기다림", "waits for what is typed next"),
    "ended.shell": Message(
        "셸이 끝남. 다음 명령은 새 셸에서 실행", "the shell ended; a new one runs what follows"
    ),
    "run.timeout": Message("{seconds}초 안에 끝나지 않음", "not done within {seconds} s"),
    "run.exit_code": Message("종료 코드 {code}", "exit status {code}"),
    "run.settled_badly": Message(
        "{kind} {name}의 상태: {state}", "{kind} {name} has settled as {state}"
    ),
    "run.stand_ins": Message(
        "대체 이미지로 실행: {names} (공식 이미지가 아니라 Debian 패키지로 만든 이미지)",
        "run with stand-in images: {names} (not the official ones: built from Debian packages)",
    ),
    "plan.no_image": Message(
        "이미지 {image}: 레지스트리에 닿을 수 없고 이 컴퓨터에도 없음",
        "image {image}: its registry can't be reached, and it is not on this machine",
        "이 컴퓨터에 있는 이미지: {here}",
        "images on this machine: {here}",
    ),
    "KD911": Message(
        "이미지 {image}을(를) 받을 수 없음 ({state})",
        "the image {image} can't be had ({state})",
        "레지스트리 {unreachable}에 닿을 수 없고, 이 컴퓨터에도 없는 이미지입니다.\n"
        "레지스트리에 {missing}이(가) 없습니다. 이름과 태그를 확인하세요.\n"
        "imagePullPolicy가 {never}라서 받으려고 하지 않았습니다.\n"
        "원인: {said}.\n"
        "이 컴퓨터에 있는 이미지: {here}.\n"
        "직접 추가하기: 인터넷이 되는 곳에서 `docker save {fetch} -o image.tar`,"
        " 여기에서 `kdocs cluster image add image.tar`.",
        "The registry {unreachable} can't be reached, and the image is not on this machine.\n"
        "The registry has no {missing}: check the name and the tag.\n"
        "imagePullPolicy is {never}, so nobody was asked for it.\n"
        "Cause: {said}.\n"
        "Images on this machine: {here}.\n"
        "To add it: `docker save {fetch} -o image.tar` where there is a network,"
        " and `kdocs cluster image add image.tar` here.",
    ),
    "run.unsettled": Message(
        "{kind} {name}이(가) {seconds}초 안에 준비되지 않음",
        "{kind} {name} was not ready within {seconds} s",
    ),
    "run.not_reached": Message("여기까지 오지 못함", "not reached"),
    "run.foreign": Message(
        "기존 클러스터에서는 실행하지 않음: kubectl과 텍스트 필터만 실행",
        "not run on an existing cluster: only kubectl and text filters are",
    ),
    "run.not_reachable": Message(
        "이 클러스터는 다른 곳에 있어서 내 컴퓨터의 주소로는 닿지 않음",
        "this cluster is elsewhere: nothing of it answers at this machine's own address",
        "kubectl port-forward를 먼저 적으면 실행됩니다",
        "with a kubectl port-forward before it, it would run",
    ),
    "run.no_helper": Message(
        "도우미 파드를 띄울 수 없음 (이미지 {image}): {why}",
        "the helper pod does not start (image {image}): {why}",
        "~/.config/kdocs/config.toml의 helper_image에 이 클러스터가 받을 수 있는 이미지를 적으세요",
        "name an image that this cluster can pull: helper_image in ~/.config/kdocs/config.toml",
    ),
    "place.helper": Message(
        "클러스터 안의 도우미 파드에서 실행", "run in a helper pod inside the cluster"
    ),
    "run.no_file": Message(
        "작업 폴더에 {file}을(를) 쓸 수 없습니다: {why}",
        "{file} can't be written into the working directory: {why}",
    ),
    "run.no_shell": Message(
        "bash를 시작할 수 없습니다: {why}", "bash could not be started: {why}"
    ),
    "run.namespace_taken": Message(
        "네임스페이스 {namespace}이(가) 이미 있고 kdocs가 만든 것이 아닙니다",
        "namespace {namespace} exists and is not one that kdocs made",
        "지우거나 이름을 바꾸세요",
        "remove or rename it",
    ),
    "run.no_access": Message(
        "네임스페이스 {namespace}의 권한이 생기지 않습니다",
        "the rights in namespace {namespace} do not come into force",
    ),
    "run.waits_for_other": Message(
        "같은 페이지의 다른 실행이 끝나기를 기다리는 중", "waiting for another run of this page"
    ),
    "run.again_alone": Message(
        "함께 실행하던 노트 때문에 자리나 시간이 모자랐을 수 있어, 혼자서 다시 실행합니다",
        "notes beside it may have left too little room or time: running it again, alone",
    ),
    "run.folder_lost": Message(
        "실행 도중에 작업 폴더 {folder}이(가) 사라졌습니다. 아무것도 기록하지 않았습니다",
        "the working directory {folder} went away during the run; nothing was recorded",
    ),
    "run.namespace_lost": Message(
        "실행 도중에 네임스페이스 {namespace}이(가) 사라졌습니다. 아무것도 기록하지 않았습니다",
        "namespace {namespace} went away during the run; nothing was recorded",
    ),
    "run.namespace_busy": Message(
        "같은 페이지의 다른 실행이 네임스페이스 {namespace}을(를) 쓰고 있습니다",
        "another run of the same page holds namespace {namespace}",
        "그 실행이 끝난 뒤에 다시 실행하세요",
        "run again when it has ended",
    ),
    "run.namespace_stuck": Message(
        "네임스페이스 {namespace}이(가) 지워지지 않습니다: {why}",
        "namespace {namespace} does not go away: {why}",
        "finalizer가 남은 오브젝트가 있는지 보세요. 정리되면 다음 실행이 이어서 지웁니다",
        "look for objects with finalizers in it; the next run goes on with removing it",
    ),
    # --- clusters ---
    "cluster.refused": Message(
        "API 서버가 거절했습니다 ({status} {reason}): {message}",
        "the API server refused ({status} {reason}): {message}",
    ),
    "cluster.unauthorized": Message(
        "API 서버가 이 자격 증명을 받아들이지 않습니다 ({status} {reason}): {message}",
        "the API server does not accept these credentials ({status} {reason}): {message}",
        "토큰이나 인증서의 기한이 지났을 수 있습니다. 다시 로그인하거나 kubeconfig를 새로 받으세요",
        "the token or the certificate may have expired: log in again, or get a new kubeconfig",
    ),
    "disk.trouble": Message(
        "파일을 쓸 수 없습니다: {file}: {why}",
        "can't write: {file}: {why}",
        "빈 공간과 마운트를 확인하세요(`df -h`). 캐시 폴더는 환경 변수 KDOCS_CACHE로 옮길 수 있습니다",
        "look at the free space and the mount (`df -h`); the environment variable KDOCS_CACHE moves the cache folder",
    ),
    "cluster.unreachable": Message(
        "API 서버 {server}에 연결할 수 없습니다: {why}",
        "no answer from the API server at {server}: {why}",
    ),
    "cluster.none_named": Message(
        "어느 클러스터에서 실행할지 정하지 않았습니다",
        "no cluster was named to run on",
        "--cluster local 또는 --cluster 컨텍스트이름",
        "--cluster local, or --cluster CONTEXT",
    ),
    "cluster.not_allowed": Message(
        "컨텍스트 {context}을(를) 쓰도록 허락하지 않았습니다",
        "context {context} has not been allowed by you",
        "명령줄에 --cluster {context}, 환경 변수 KDOCS_ALLOW_CONTEXTS, 또는 {file}의 contexts에 적으세요",
        "name it with --cluster {context}, in KDOCS_ALLOW_CONTEXTS, or under contexts in {file}",
    ),
    "cluster.program_missing": Message(
        "{program}이(가) 없습니다", "{program} is not installed"
    ),
    "cluster.kubectl_old": Message(
        "kubectl {kubectl}이 이 클러스터({server})보다 너무 오래되었습니다."
        " 마이너 버전 하나까지만 차이가 나야 합니다",
        "kubectl {kubectl} is older than this cluster ({server}) by more than one minor version:"
        " outputs and flags may differ",
    ),
    "cluster.kubectl_new": Message(
        "kubectl {kubectl}이 이 클러스터({server})보다 너무 새 것입니다."
        " 마이너 버전 하나까지만 차이가 나야 합니다",
        "kubectl {kubectl} is newer than this cluster ({server}) by more than one minor version:"
        " outputs and flags may differ",
    ),
    "cluster.bad_kubeconfig": Message(
        "kubeconfig {file}을(를) 쓸 수 없습니다: {why}", "kubeconfig {file} is unusable: {why}"
    ),
    # --- configuration and records ---
    "config.unknown": Message(
        "모르는 설정 {name}", "unknown setting {name}", "혹시 {close}?", "did you mean {close}?"
    ),
    "config.unknown_one": Message(
        "모르는 설정 {name}",
        "unknown setting {name}",
        "있는 설정: {known}",
        "there are: {known}",
    ),
    "config.value": Message(
        "설정 {name}에 쓸 수 없는 값 {value!r}: {choices}",
        "setting {name} can't be {value!r}: {choices}",
    ),
    "config.pattern": Message("쓸 수 없는 패턴: {why}", "an unusable pattern: {why}"),
    "config.shard": Message(
        "--shard {value}: 1/4처럼 몇 번째 조각인지와 조각의 수를 적으세요",
        "--shard {value}: name the part and how many there are, as in 1/4",
    ),
    "config.kubernetes": Message(
        "설정 kubernetes에 쓸 수 없는 값 {value!r}: 스키마는 Kubernetes {known}의 것이 있습니다."
        ' 한 버전("1.37")이나 범위("1.30-1.37")를 적으세요',
        "setting kubernetes can't be {value!r}: there are schemas of Kubernetes {known}."
        ' Name a version ("1.37") or a range ("1.30-1.37")',
    ),
    "config.unreadable": Message(
        "{file}을(를) 읽을 수 없습니다: {why}", "can't read {file}: {why}"
    ),
    "record.unwritable": Message(
        "{file} 기록을 쓸 수 없습니다: {why}", "can't write the record {file}: {why}"
    ),
    "record.unreadable": Message(
        "기록 {file}을(를) 읽을 수 없습니다: {why}", "record {file} can't be read: {why}"
    ),
    "KD901": Message(
        "기록 {file}을(를) 읽을 수 없어 쓰지 않습니다: {why}",
        "record {file} can't be read and is not used: {why}",
        "지우고 다시 실행하세요: kdocs run",
        "remove it and run again: kdocs run",
    ),
    # --- manifests/ and validation/: YAML as kubectl reads it ---
    "KD101": Message(
        "YAML 문법 오류: {reason}",
        "YAML syntax: {reason}",
        "값 안에 `{colon}`이 있으면 값을 따옴표로 감싸세요."
        " 아니면 이 줄의 들여쓰기를 윗줄과 맞추세요.\n"
        "키 뒤에는 `{missing}`과 빈칸이 와야 합니다.\n"
        "이 줄의 들여쓰기({indent}칸)를 윗줄들과 맞추세요.\n"
        "'{character}' 문자로 시작하는 값은 따옴표로 감싸세요.",
        "Quote the value if `{colon}` belongs to it;"
        " else indent this line like the one above.\n"
        "A key is followed by `{missing}` and a space.\n"
        "This line is indented by {indent}: make it fit the lines above.\n"
        "Quote a value that begins with '{character}'.",
    ),
    "KD102": Message(
        "들여쓰기에 탭이 있음: YAML은 탭을 허용하지 않아 kubectl이 거절함",
        "a tab in the indentation: YAML forbids it and kubectl refuses the file",
        "탭 하나를 공백 {width}칸으로 바꾸세요.",
        "Replace each tab by {width} spaces.",
    ),
    "KD103": Message(
        "들여쓰기에 탭이 있고, 몇 칸을 뜻하는지 정할 수 없음: kubectl이 거절함",
        "a tab in the indentation, and no width is sure to be meant: kubectl refuses the file",
        "구조가 분명해지도록 탭을 공백으로 바꿔 쓰세요.",
        "Write spaces, so that the structure is plain.",
    ),
    "KD104": Message(
        "키 `{key}`가 되풀이됨: kubectl은 말없이 마지막 값만 씀",
        "the key `{key}` is repeated: kubectl silently takes the last one",
        "하나만 남기세요.\n오브젝트가 둘이면 사이에 `{separator}`를 두세요.",
        "Keep one of them.\nTwo objects need `{separator}` between them.",
    ),
    "KD105": Message(
        "YAML 별칭을 펼칠 수 없음: {reason}",
        "YAML aliases can't be unfolded: {reason}",
        "별칭(`*이름`) 대신 값을 그대로 쓰세요.",
        "Write the values out instead of aliases (`*name`).",
    ),
    "KD106": Message(
        "너무 크거나 깊은 YAML이라 읽지 않음 (한도: {limit})",
        "this YAML is too large or too deep to be read (limit: {limit})",
    ),
    "KD107": Message(
        "kubectl이 JSON으로 옮길 수 없는 값: {reason}",
        "kubectl can't turn this into JSON: {reason}",
        "문자열이라면 따옴표로 감싸세요.",
        "Quote it if it is meant as text.",
    ),
    "KD108": Message(
        "블록의 첫 줄이 언어 이름 `{word}`: 그대로 쓰면 kubectl이 거절함",
        "the block's first line is the language's name, `{word}`: kubectl refuses it as it is",
        "여는 표시 바로 뒤로 옮기세요: ```{word}",
        "Move it right behind the opening mark: ```{word}",
    ),
    "KD201": Message(
        '없는 필드 `{field}`: API 서버가 거절함 (unknown field "{path}")',
        'no such field `{field}`: the API server refuses it (unknown field "{path}")',
        "혹시 `{suggestion}`?\n`{place}` 자리의 필드입니다. 들여쓰기를 보세요.\n"
        "Kubernetes {since}부터 있는 필드입니다.\nKubernetes {until}까지 있던 필드입니다.\n"
        "여기에 없는 필드가 더 있음: {more}\nKubernetes {versions}에서만 그렇습니다.",
        "Did you mean `{suggestion}`?\nIts place is `{place}`: look at the indentation.\n"
        "Kubernetes has it from {since} on.\nKubernetes had it up to {until}.\n"
        "Unknown here as well: {more}\nSo only in Kubernetes {versions}.",
    ),
    "KD202": Message(
        "`{path}`: 값은 {expected}, 지금은 {found} `{value}`",
        "`{path}` takes {expected}, not {found} `{value}`",
        "`{mend}`로 쓰세요.\nKubernetes {versions}에서만 그렇습니다.",
        "Write `{mend}`.\nSo only in Kubernetes {versions}.",
    ),
    "KD203": Message(
        "필수 필드 `{field}` 없음 ({path}: Required value)",
        "the field `{field}` is missing ({path}: Required value)",
        "Kubernetes {versions}에서만 그렇습니다.",
        "So only in Kubernetes {versions}.",
    ),
    "KD204": Message(
        "`{apiVersion}`의 {kind}: Kubernetes에 들어 있지 않은 종류라 필드를 검사하지 않음",
        "{kind} of `{apiVersion}` is not part of Kubernetes: its fields are not checked",
    ),
    "KD205": Message(
        '`{apiVersion}`에 {kind} 없음: API 서버가 거절함 (no matches for kind "{kind}")',
        "there is no {kind} in `{apiVersion}`: the API server refuses it"
        ' (no matches for kind "{kind}")',
        "{kind}의 apiVersion은 `{expected}`입니다.\n혹시 `{suggestion}`?\n"
        "Kubernetes {since}부터 있습니다.\nKubernetes {until}까지 있었습니다.\nKubernetes {versions}에서만 그렇습니다.",
        "The apiVersion of {kind} is `{expected}`.\nDid you mean `{suggestion}`?\n"
        "Kubernetes has it from {since} on.\nKubernetes had it up to {until}.\nSo only in Kubernetes {versions}.",
    ),
    "KD206": Message(
        "템플릿(`{mark}`)이 든 매니페스트라 검사하지 않음",
        "a template (`{mark}`), so it is not checked as a manifest",
    ),
    "KD207": Message(
        "`{apiVersion}`의 {kind}: Kubernetes {removed}에서 사라져 API 서버가 거절함"
        ' (no matches for kind "{kind}")',
        "{kind} of `{apiVersion}` is gone since Kubernetes {removed}: the API server refuses it"
        ' (no matches for kind "{kind}")',
        "apiVersion을 `{expected}`로 바꾸세요.\nkind는 `{suggestion}`입니다.\n"
        "바꾼 뒤 고칠 곳: {more}\nKubernetes {versions}에서만 그렇습니다.",
        "Change apiVersion to `{expected}`.\nThe kind is `{suggestion}` there.\n"
        "To change then: {more}\nSo only in Kubernetes {versions}.",
    ),
    "KD208": Message(
        "`{apiVersion}`의 {kind}: Kubernetes {deprecated}부터 쓰지 말라고 하는 API",
        "{kind} of `{apiVersion}` is deprecated since Kubernetes {deprecated}",
        "`{expected}`를 쓰세요.\nkind는 `{suggestion}`입니다.\n"
        "Kubernetes {removed}에서 사라집니다.\nKubernetes {versions}에서만 그렇습니다.",
        "Use `{expected}`.\nThe kind is `{suggestion}` there.\n"
        "It goes with Kubernetes {removed}.\nSo only in Kubernetes {versions}.",
    ),
    "KD209": Message(
        "`{what}`: 더는 쓰지 않음 ({state})",
        "`{what}` is out of use ({state})",
        "`{instead}`를 쓰세요.",
        "Use `{instead}`.",
    ),
    "KD213": Message(
        "`{path}`: CRD의 스키마가 거절하는 값 `{value}` ({rule})",
        "`{path}`: the CRD's schema refuses `{value}` ({rule})",
        "혹시 `{suggestion}`?",
        "Did you mean `{suggestion}`?",
    ),
    "KD214": Message(
        "kubernetes에 쓸 수 없는 값 `{value}`: 스키마는 Kubernetes {known}의 것이 있음",
        "kubernetes can't be `{value}`: there are schemas of Kubernetes {known}",
        '`kubernetes: "1.37"`이나 `kubernetes: "1.30-1.37"`로 쓰세요.',
        'Write `kubernetes: "1.37"` or `kubernetes: "1.30-1.37"`.',
    ),
    "KD215": Message(
        "`{apiVersion}`의 {kind}: CRD에 적힌 CEL 규칙 {count}개는 계산해 보지 않음",
        "{kind} of `{apiVersion}`: the CEL rules of its CRD ({count}) are not evaluated",
        "`kdocs check --exact`로 API 서버에 물어볼 수 있어요.",
        "`kdocs check --exact` asks an API server.",
    ),
    "KD212": Message(
        "`{apiVersion}`의 {kind}: 기본으로는 꺼져 있는 API라, 켜지 않은 클러스터에서는 거절됨",
        "{kind} of `{apiVersion}` is off by default: a cluster that has not turned it on refuses it",
        "`{expected}`를 쓰세요.\nKubernetes {versions}에서만 그렇습니다.",
        "Use `{expected}`.\nSo only in Kubernetes {versions}.",
    ),
    "KD220": Message(
        "`{path}`: 이름으로 쓸 수 없는 값 (API 서버: {words})",
        "`{path}`: not a name that the API server takes ({words})",
        "`{suggestion}`처럼 쓰세요.",
        "Write something like `{suggestion}`.",
    ),
    "KD221": Message(
        "`{path}`: 레이블이나 주석(annotation)으로 쓸 수 없음 (API 서버: {words})",
        "`{path}`: not a label or an annotation that the API server takes ({words})",
        "`{suggestion}`처럼 쓰세요.",
        "Write something like `{suggestion}`.",
    ),
    "KD222": Message(
        "`{path}`: 자원의 이름이나 양이 맞지 않음 (API 서버: {words})",
        "`{path}`: not an amount or a resource that the API server takes ({words})",
        "혹시 `{suggestion}`?\n쓸 수 있는 것: {choices}",
        "Did you mean `{suggestion}`?\nPossible: {choices}",
    ),
    "KD223": Message(
        "`{path}`: 포트로 쓸 수 없는 값 (API 서버: {words})",
        "`{path}`: not a port that the API server takes ({words})",
        "`{suggestion}`처럼 쓰세요.",
        "Write something like `{suggestion}`.",
    ),
    "KD224": Message(
        "`{path}`: API 서버가 받지 않는 값 ({words})",
        "`{path}`: the API server does not take this value ({words})",
        "혹시 `{suggestion}`?\n쓸 수 있는 값: {choices}",
        "Did you mean `{suggestion}`?\nPossible: {choices}",
    ),
    "KD225": Message(
        "`{path}`: 이 오브젝트 안에 짝이 없음 (API 서버: {words})",
        "`{path}`: has no counterpart in this object (API server: {words})",
        "혹시 `{suggestion}`?\nselector는 `{choices}`입니다.",
        "Did you mean `{suggestion}`?\nThe selector is `{choices}`.",
    ),
    "KD226": Message(
        "`{path}`: 함께 쓸 수 없거나 함께 있어야 하는 필드 (API 서버: {words})",
        "`{path}`: fields that exclude or need each other (API server: {words})",
        "혹시 `{suggestion}`?\n쓸 수 있는 것: {choices}",
        "Did you mean `{suggestion}`?\nPossible: {choices}",
    ),
    "KD227": Message(
        "`{path}`: ConfigMap이나 Secret에 담을 수 없는 내용 (API 서버: {words})",
        "`{path}`: nothing that a ConfigMap or Secret can hold (API server: {words})",
        "이 값을 base64로 쓰면 `{suggestion}`. 평문은 stringData에 적으면 됩니다.\n필요한 키: {choices}",
        "In base64 it is `{suggestion}`; plain text belongs into stringData.\nNeeded: {choices}",
    ),
    "KD228": Message(
        "`{path}`: 일정으로 읽을 수 없음 (API 서버: {words})",
        "`{path}`: not a schedule (API server: {words})",
        "다섯 칸(분 시 일 월 요일)으로 쓰고, 시간대는 timeZone에 적으세요.",
        "Write five fields (minute hour day month weekday), and the zone in timeZone.",
    ),
    "KD229": Message(
        "`{path}`: 같은 것이 두 번 나옴 (API 서버: {words})",
        "`{path}`: is there twice (API server: {words})",
    ),
    "KD301": Message(
        "`-f {file}`: 이 파일을 주는 블록도, 명령도, 노트 옆의 파일도 없음",
        "`-f {file}`: no block, no command and no file beside the note provides it",
        '매니페스트 블록에 title="{file}"을 붙이세요.',
        'Name the manifest\'s block: title="{file}".',
    ),
    "KD302": Message(
        "kubectl exec에 실행할 명령이 없음"
        " (error: you must specify at least one command for the container)",
        "kubectl exec without a command"
        " (error: you must specify at least one command for the container)",
        "셸을 열려면: `{mend}`",
        "To open a shell: `{mend}`",
    ),
    "KD303": Message(
        "`-f {file}`: 위의 매니페스트 {count}개 중 어느 것인지 모호해 {line}줄 블록을 씀",
        "`-f {file}` could be any of {count} manifests above: the block at line {line} is taken",
        '그 블록에 title="{file}"을 붙이세요.',
        'Name that block: title="{file}".',
    ),
    "KD304": Message(
        "nodes에 쓸 수 없는 값 {value}: 1부터 {most}까지의 정수",
        "nodes can't be {value}: a whole number from 1 to {most}",
    ),
    "KD321": Message(
        "needs에 적힌 노트 {page}을(를) 찾을 수 없음",
        "needs names a page {page} that is not there",
        "혹시 {near}인가요?\n확장자 없는 파일 이름이나, 이 노트 또는 docs 폴더에서 본 경로를 쓰세요.",
        "Did you mean {near}?\nWrite the file's name without its ending, or its path as seen from"
        " this note or from the docs folder.",
    ),
    "KD322": Message(
        "needs가 돌고 돌아 이 노트로 돌아옴: {way}",
        "needs goes round in a circle: {way}",
        "둘 중 한 노트에서 needs를 지우세요.",
        "Take needs out of one of the notes.",
    ),
    "KD305": Message(
        "kubectl exec의 명령 앞에 `--`가 없음"
        " (error: exec [POD] [COMMAND] is not supported anymore."
        " Use exec [POD] -- [COMMAND] instead)",
        "kubectl exec wants `--` before the command"
        " (error: exec [POD] [COMMAND] is not supported anymore."
        " Use exec [POD] -- [COMMAND] instead)",
        "이렇게 씁니다: `{mend}`",
        "Write `{mend}`.",
    ),
    "KD306": Message(
        "`{command}`에 없는 명령 `{word}`",
        "`{command}` has no command `{word}`",
        "혹시 `{mend}`?",
        "Did you mean `{mend}`?",
    ),
    "KD307": Message(
        "`{command}`에 없는 플래그 `{flag}` (error: {said})",
        "`{command}` has no flag `{flag}` (error: {said})",
        "혹시 `{suggestion}`?",
        "Did you mean `{suggestion}`?",
    ),
    "KD308": Message(
        "플래그의 값을 kubectl이 거절함 (error: {said})",
        "kubectl refuses a flag's value (error: {said})",
        "혹시 `{suggestion}`?",
        "Did you mean `{suggestion}`?",
    ),
    "KD309": Message(
        "`{what}`: {removed}에서 사라짐 (error: {said})",
        "`{what}` is gone since {removed} (error: {said})",
        "대신 쓰는 것: `{mend}`",
        "Use `{mend}`.",
    ),
    "KD310": Message(
        "인자가 맞지 않아 kubectl이 거절함 (error: {said})",
        "kubectl refuses these arguments (error: {said})",
    ),
    "KD311": Message(
        "`{what}`: kubectl이나 API 서버가 쓰지 말라고 함 ({said})",
        "`{what}` is deprecated ({said})",
        "대신 쓰는 것: `{mend}`",
        "Use `{mend}`.",
    ),
    "KD312": Message(
        '모르는 리소스 종류 `{word}` (error: the server doesn\'t have a resource type "{word}")',
        "unknown resource type `{word}`"
        ' (error: the server doesn\'t have a resource type "{word}")',
        "혹시 `{suggestion}`?",
        "Did you mean `{suggestion}`?",
    ),
    "KD313": Message(
        "`{command}`로 다룰 수 없는 종류 {kind}",
        "`{command}` can't deal with a {kind}",
        "다룰 수 있는 종류: {known}",
        "It takes {known}.",
    ),
    "KD314": Message(
        "이 노트가 만들지 않는 {kind} `{name}`",
        "the {kind} `{name}` is none that this note makes",
        "혹시 `{suggestion}`?",
        "Did you mean `{suggestion}`?",
    ),
    "KD401": Message(
        "{kind} {name}의 셀렉터 `{selector}`에 맞는 파드가 이 노트에 없음",
        "the selector `{selector}` of {kind} {name} chooses none of this note's pods",
        "{owner}의 파드는 레이블이 `{labels}`입니다.",
        "The pods of {owner} have the labels `{labels}`.",
    ),
    "KD402": Message(
        "{owner}에 포트 `{target}` 없음: 요청이 갈 곳이 없음",
        "{owner} has no port `{target}`: requests have nowhere to go",
        "있는 포트: `{known}`",
        "It has `{known}`.",
    ),
    "KD403": Message(
        "{kind} `{name}`을(를) 이 노트에서 만들지 않음",
        "this note never makes the {kind} `{name}`",
        "혹시 `{suggestion}`?",
        "Did you mean `{suggestion}`?",
    ),
    "KD404": Message(
        "{kind} {name}에 키 `{key}` 없음: 파드가 시작하지 못함",
        "the {kind} {name} has no key `{key}`: the pod can't start",
        "혹시 `{suggestion}`?",
        "Did you mean `{suggestion}`?",
    ),
    "KD405": Message(
        "{kind} {name}의 `{path}`은(는) 만든 뒤에 바꿀 수 없음: {line}번째 줄의 값과 달라"
        " API 서버가 거절함",
        "`{path}` of {kind} {name} can't be changed any more: line {line} made it with another"
        " value, and the API server refuses this one",
        "먼저 지우고 다시 만드세요: `{recreate}`",
        "Delete it first: `{recreate}`",
    ),
    "KD406": Message(
        "한 파일에 {kind} {name}이(가) 두 번 있음: {line}번째 줄의 것을 이것이 덮어씀",
        "{kind} {name} stands twice in one file: this one overwrites that of line {line}",
        "하나만 남기거나 이름을 바꾸세요. 앞의 것은 {line}번째 줄에 있습니다.",
        "Keep one of them, or rename one. The first stands at line {line}.",
    ),
    "plan.swap": Message(
        "이미지 {image} 대신 {other} (mkdocs.yml)",
        "image {image}: {other} instead (mkdocs.yml)",
    ),
    "run.swaps": Message(
        "mkdocs.yml의 images에 따라 바꿔서 실행: {names}",
        "run with other images, as mkdocs.yml says: {names}",
    ),
    "plan.before": Message("먼저 실행할 노트: {pages}", "runs first: {pages}"),
    "plan.nodes": Message("노드 {nodes}개", "{nodes} nodes"),
    "plan.addons": Message("필요한 부가 기능: {addons}", "add-ons needed: {addons}"),
    "addon.dns": Message("DNS (CoreDNS)", "DNS (CoreDNS)"),
    "addon.metrics": Message("사용량 (metrics-server)", "metrics (metrics-server)"),
    "addon.storage": Message(
        "저장소 (StorageClass standard)", "storage (StorageClass standard)"
    ),
    # --- planning/lacks.py: what the local cluster has not ---
    "lack.ingress": Message(
        "이 노트에는 인그레스 컨트롤러가 필요합니다: 로컬 클러스터에는 없습니다. Ingress는 만들어지지만 ADDRESS가 비어 있고 그 주소로 들어오는 요청에 답하는 것이 없습니다",
        "this note needs an Ingress controller: the local cluster has none. An Ingress is accepted, its ADDRESS stays empty, and nothing answers for it",
    ),
    "lack.load_balancer": Message(
        "이 노트에는 로드 밸런서가 필요합니다: 로컬 클러스터에는 없습니다. EXTERNAL-IP가 <pending>에 머무르고, ClusterIP와 NodePort로는 연결됩니다",
        "this note needs a load balancer: the local cluster has none. EXTERNAL-IP stays <pending>; ClusterIP and NodePort answer",
    ),
    "lack.network_policy": Message(
        "이 노트에는 NetworkPolicy를 지키는 네트워크 플러그인이 필요합니다: 로컬 클러스터에는 없습니다. NetworkPolicy는 만들어지지만 트래픽을 막지 않습니다",
        "this note needs a network plugin that enforces NetworkPolicy: the local cluster's does not. It is accepted and blocks nothing",
    ),
    "lack.gateway": Message(
        "이 노트에는 Gateway API가 필요합니다: 로컬 클러스터에는 그 CRD와 컨트롤러가 없어 kubectl이 거절합니다",
        "this note needs the Gateway API: the local cluster has neither its CRDs nor a controller, so kubectl refuses",
    ),
    "lack.custom": Message(
        "이 노트에는 {group}의 {kind}가 필요합니다: 로컬 클러스터에는 그 CRD가 없어 kubectl이 거절합니다",
        "this note needs {kind} of {group}: the local cluster has no such CRD, so kubectl refuses",
    ),
    "lack.device": Message(
        "이 노트에는 {resource} 장치가 필요합니다: 로컬 클러스터에는 없습니다. 파드가 Pending에 머무릅니다",
        "this note needs a device {resource}: the local cluster has none. The pod stays Pending",
    ),
    "lack.nodes": Message(
        "이 노트에는 노드가 둘 이상 필요합니다: 하나뿐인 노드를 비우면 파드가 갈 곳이 없습니다. 프런트 매터에 kdocs: nodes: 3을 적으세요",
        "this note needs more than one node: pods that leave the only one have nowhere to go. Write kdocs: nodes: 3 in the front matter",
    ),
    # --- reports/ ---
    "report.clean": Message("노트 {notes}개: 문제 없음", "notes: {notes}, nothing to report"),
    "report.summary": Message(
        "노트 {notes}개: 오류 {errors}개, 경고 {warnings}개, 정보 {infos}개",
        "notes: {notes}, errors: {errors}, warnings: {warnings}, infos: {infos}",
    ),
    "report.hint": Message("도움말", "help"),
    "report.note": Message("글", "text"),
    "report.block": Message(
        "{line}번째 줄의 블록 {language}", "block at line {line} {language}"
    ),
    "report.fixable": Message(
        "kdocs check --fix가 고칠 수 있습니다.", "kdocs check --fix can mend this."
    ),
    "report.error": Message("오류", "error"),
    "report.warning": Message("경고", "warning"),
    "report.info": Message("정보", "info"),
    # --- reports ---
    "plan.own_cluster": Message(
        "이 노트만의 새 클러스터, 네임스페이스 default",
        "a fresh cluster of its own, namespace default",
    ),
    "plan.file.title": Message(
        "{line}번째 줄의 블록 → {file} (title)", "block at line {line} → {file} (title)"
    ),
    "plan.file.comment": Message(
        "{line}번째 줄의 블록 → {file} (첫 줄 주석)",
        "block at line {line} → {file} (first-line comment)",
    ),
    "plan.file.editor": Message(
        "{line}번째 줄의 블록 → {file} (바로 앞의 편집기 명령)",
        "block at line {line} → {file} (editor above)",
    ),
    "plan.file.sentence": Message(
        "{line}번째 줄의 블록 → {file} (앞 문장)",
        "block at line {line} → {file} (sentence above)",
    ),
    "plan.file.apply": Message(
        "{line}번째 줄의 블록 → {file} (뒤따르는 -f)",
        "block at line {line} → {file} (the -f below)",
    ),
    "summary.notes": Message(
        "노트 {notes}개 가운데 {ran}개 실행, {unchanged}개 그대로, {seconds}초",
        "{ran} notes run, {unchanged} unchanged, of {notes}, in {seconds} s",
    ),
    "summary.blocks": Message(
        "블록 {total}개: 실행 {run}, 실패 {failed}, 막힘 {blocked}, 보여 주기만 {shown}",
        "{total} blocks: {run} run, {failed} failed, {blocked} blocked, {shown} shown only",
    ),
    "summary.plan": Message(
        "노트 {notes}개, 블록 {total}개: 실행할 것 {run}, 막힌 것 {blocked}, 보여 주기만 할 것 {shown}",
        "{notes} notes, {total} blocks: {run} to run, {blocked} blocked, {shown} to show only",
    ),
    "run.failed_before": Message(
        "그대로인 노트 {pages}개의 기록에 실패한 명령이 있습니다: {names}. 이미지를 추가하는 "
        "등 노트 밖을 고쳤다면 다시 실행하세요: kdocs run --force {names}",
        "records of {pages} unchanged notes hold failed commands: {names}. Where you mended "
        "something outside the note, as by adding an image, run again: kdocs run --force {names}",
    ),
    "status.nothing_to_run": Message("실행할 것 없음", "nothing to run"),
    "status.not_run": Message(
        "명령 {runnable}개, 실행한 적 없음", "{runnable} commands, never run"
    ),
    "status.changed": Message(
        "명령 {runnable}개 중 {recorded}개 기록됨 ({date}, {kubernetes}), 이후 바뀜: {lines}줄",
        "{recorded} of {runnable} commands recorded ({date}, {kubernetes}), changed since: line {lines}",
    ),
    "status.recorded": Message(
        "명령 {runnable}개 모두 기록됨 ({date}, {kubernetes})",
        "all {runnable} commands recorded ({date}, {kubernetes})",
    ),
    "status.findings": Message(
        "오류 {errors}, 경고 {warnings}", "errors {errors}, warnings {warnings}"
    ),
    "source.missing": Message("{path}이(가) 없습니다", "{path} is not there"),
}


# --- clusters/local/exact/ ---

CATALOGUE |= {
    "exact.ended": Message(
        "정확한 검사에 쓰는 {component}이(가) 도중에 끝났습니다\n{log}",
        "{component}, which exact validation needs, has ended\n{log}",
        "다시 실행하세요",
        "run the command again",
    ),
    "exact.unreachable": Message(
        "정확한 검사에 쓰는 API 서버가 대답하지 않습니다: {reason}",
        "the API server of exact validation does not answer: {reason}",
        "다시 실행하세요",
        "run the command again",
    ),
    "exact.not_linux": Message(
        "정확한 검사(--exact)는 Linux에서만 됩니다 (이 컴퓨터: {system}). WSL2나 CI에서 "
        "실행하거나, kind, minikube, Docker Desktop에 kubectl apply --dry-run=server로 물어보세요",
        "exact validation (--exact) is for Linux only (this machine: {system}): run it in WSL2 "
        "or CI, or ask kind, minikube or Docker Desktop with kubectl apply --dry-run=server",
    ),
    "exact.not_installed": Message(
        "정확한 검사(--exact)에 쓸 kube-apiserver와 etcd가 설치되어 있지 않습니다. 설치에는 root가 "
        "필요 없습니다: kdocs cluster install --control-plane",
        "exact validation (--exact) needs kube-apiserver and etcd, which are not installed; "
        "installing them needs no root: kdocs cluster install --control-plane",
    ),
    "exact.installed": Message(
        "설치됨: kube-apiserver, etcd, kubectl {kubernetes}. 쓰기: kdocs check --exact\n{folder}",
        "installed: kube-apiserver, etcd, kubectl {kubernetes}. Use: kdocs check --exact\n{folder}",
    ),
    "KD210": Message(
        "API 서버가 거절함: {message}",
        "the API server refuses it: {message}",
        "API 서버에 kubectl create --dry-run=server로 보낸 결과입니다.",
        "This is its answer to kubectl create --dry-run=server.",
    ),
    "KD211": Message(
        "validate=invalid인데 API 서버가 받아들임",
        "marked validate=invalid, yet the API server takes it",
        "더는 틀리지 않으면 표시를 지우세요. 검사하지 않으려면 validate=off라고 적습니다.",
        "Remove the mark if nothing is wrong any more; validate=off leaves it unchecked.",
    ),
    "exact.no_room": Message(
        "정확한 검사에는 빈 공간 {needed} MiB가 필요합니다 (찾아본 곳: {folders})",
        "exact validation needs {needed} MiB of free space (looked in: {folders})",
        "XDG_RUNTIME_DIR나 TMPDIR로 자리가 있는 폴더를 알려 주세요",
        "name a folder with room in XDG_RUNTIME_DIR or TMPDIR",
    ),
}


# --- kdocs check: mends, what is known already, what has changed ---

CATALOGUE |= {
    "fix.made": Message("{path}: {count}곳을 고쳤습니다", "{path}: mended in {count} places"),
    "fix.would": Message(
        "{path}: {count}곳을 고칠 수 있습니다", "{path}: {count} mends possible"
    ),
    "fix.changed": Message(
        "{path}: 검사하는 사이에 파일이 바뀌어 고치지 않았습니다",
        "{path}: not mended, the file has changed since it was read",
        "다시 실행하세요",
        "run the command again",
    ),
    "fix.unwritable": Message(
        "{path}: 고친 글을 쓸 수 없습니다 ({reason})",
        "{path}: the mended text can't be written ({reason})",
    ),
    "baseline.unreadable": Message(
        "{file}: 기준선(baseline) 파일로 읽을 수 없습니다 ({why})",
        "{file}: can't be read as a baseline ({why})",
        "새로 만들려면: kdocs check --baseline {file} --update-baseline",
        "to make one: kdocs check --baseline {file} --update-baseline",
    ),
    "baseline.unwritable": Message(
        "{file}: 기준선(baseline) 파일을 쓸 수 없습니다 ({why})",
        "{file}: the baseline can't be written ({why})",
    ),
    "baseline.no_file": Message(
        "--update-baseline에는 --baseline 파일이 필요합니다",
        "--update-baseline needs --baseline FILE",
    ),
    "baseline.partly": Message(
        "--update-baseline은 --select, --changed-since와 함께 쓸 수 없습니다: 보지 않은 지적이 기준선에서 빠집니다",
        "--update-baseline does not go with --select or --changed-since: what they leave out would be lost",
    ),
    "baseline.written": Message(
        "{file}: 지적 {count}개를 적었습니다", "{file}: {count} findings written"
    ),
    "baseline.known": Message(
        "기준선에 있어 말하지 않은 지적 {count}개",
        "known from the baseline and not told: {count}",
    ),
    "baseline.stale": Message(
        "{path}: 기준선의 {code} {count}개는 이제 없습니다. 줄이려면 --update-baseline을 더하세요",
        "{path}: {count} of {code} in the baseline are gone; --update-baseline takes them out",
    ),
    "changed.no_git": Message(
        "--changed-since에는 git이 필요합니다", "--changed-since needs git, which is missing"
    ),
    "changed.failed": Message(
        "--changed-since {revision}: git이 답하지 않습니다 ({why})",
        "--changed-since {revision}: git refuses ({why})",
        "깃 저장소 안에서, 있는 브랜치나 커밋의 이름으로 실행하세요.",
        "Run it within a repository, with the name of a branch or a commit that is there.",
    ),
    "changed.shallow": Message(
        "--changed-since {revision}: 얕은 복제(shallow clone)라 그 커밋이 여기에 없습니다",
        "--changed-since {revision}: this clone is shallow and does not have that commit",
        "`git fetch --unshallow`를 실행하거나, GitHub Actions라면 actions/checkout에 `fetch-depth: 0`을 주세요.",
        "Run `git fetch --unshallow`; in GitHub Actions give actions/checkout `fetch-depth: 0`.",
    ),
    "rule.wrong": Message("틀림", "Wrong"),
    "rule.right": Message("맞음", "Right"),
    "rule.unknown": Message(
        "{code}: 없는 규칙입니다",
        "{code}: no such rule",
        "규칙의 목록: kdocs rule",
        "All rules: kdocs rule",
    ),
}


# --- kdocs status: why a record no longer covers a note ---

CATALOGUE |= {
    "status.shorter": Message(
        "명령 {runnable}개 모두 기록됨 ({date}, {kubernetes}), 이후 바뀜",
        "all {runnable} commands recorded ({date}, {kubernetes}), changed since",
    ),
    "status.failed": Message(
        "기록에 실패한 명령 {count}개: {lines}줄", "failed in the record: {count}, line {lines}"
    ),
    "status.moved": Message(
        "기록은 {path}의 것입니다. 이름이 바뀌어, 다음 kdocs run이 기록도 옮깁니다",
        "recorded as {path}; the next kdocs run moves the record",
    ),
    "status.orphan": Message(
        "{file}: 노트 {path}이(가) 없습니다", "{file}: there is no note {path}"
    ),
    "status.prune": Message(
        "노트가 없는 기록 {count}개. 지우려면: kdocs status --prune",
        "{count} records without a note. To remove them: kdocs status --prune",
    ),
    "status.pruned": Message(
        "{file}: 노트 {path}이(가) 없어 지웠습니다", "{file}: removed, there is no note {path}"
    ),
    "change.command": Message(
        "{what}: 명령이 바뀜 (전에는 {before})", "{what}: another command (it was {before})"
    ),
    "change.options": Message(
        "{what}: 옵션, 입력, 빈칸의 값이 바뀜",
        "{what}: other options, input, or values of placeholders",
    ),
    "change.file": Message("{what}: 파일 내용이 바뀜", "{what}: another content of the file"),
    "change.new_file": Message("{what}: 새 파일", "{what}: a new file"),
    "change.removed_file": Message("{what}: 없어진 파일", "{what}: the file is gone"),
    "change.new": Message("{what}: 새 명령", "{what}: a new command"),
    "change.removed": Message("{what}: 없어진 명령", "{what}: the command is gone"),
    "change.cluster": Message(
        "필요한 클러스터나 노드 수, 실행 차례가 바뀜",
        "another cluster, number of nodes or order of running",
    ),
    "change.more": Message("그 밖에 {count}곳", "and {count} more"),
    "change.followers": Message(
        "앞이 바뀌어 다시 실행할 명령 {count}개",
        "{count} commands to be run again, for what stands before them changed",
    ),
}


# --- execution/forensics: what a failure usually means, and what to look at ---

CATALOGUE |= {
    "cause.image": Message(
        "이미지 {image}을(를) 받지 못했습니다: 이름이나 태그가 틀렸거나 레지스트리에 없는 이미지일 때가 많습니다.",
        "The image {image} could not be pulled: most often its name or tag is wrong, or the registry has no such image.",
        "이미지 이름의 철자와 태그를 확인하세요.",
        "Check the spelling of the image and its tag.",
    ),
    "cause.image_name": Message(
        "이미지 이름 {image}은(는) 쓸 수 없는 형식입니다: 대문자, 빈칸, 겹친 콜론이 있는지 보세요.",
        "{image} is no valid image name: look for capitals, spaces or a second colon.",
    ),
    "cause.image_never": Message(
        "imagePullPolicy가 Never인데 이미지 {image}이(가) 노드에 없습니다.",
        "imagePullPolicy is Never, and the image {image} is not on the node.",
        "정책을 IfNotPresent로 바꾸거나 이미지를 먼저 노드에 넣으세요.",
        "Use IfNotPresent, or load the image onto the node first.",
    ),
    "cause.completed": Message(
        "컨테이너 {container}의 명령이 정상으로 끝났는데(종료 코드 0) 파드가 다시 시작합니다: 계속 도는 프로세스가 없습니다.",
        "The command of container {container} ended well (exit status 0) and the pod starts it again: nothing in it keeps running.",
        "계속 실행되는 명령을 쓰거나(`sleep infinity`, 서버), 한 번만 할 일이면 Job이나 restartPolicy: Never로 바꾸세요.",
        "Use a command that goes on (a server, `sleep infinity`); for work that ends use a Job or restartPolicy: Never.",
    ),
    "cause.command_missing": Message(
        "컨테이너 {container}이(가) 종료 코드 127로 끝났습니다: 실행하려는 명령이 이미지 안에 없습니다.",
        "Container {container} ended with status 127: the command is not in its image.",
        "command와 args의 철자, 그리고 이미지에 그 프로그램이 있는지 확인하세요.",
        "Check the spelling in command and args, and whether the image has the program.",
    ),
    "cause.program": Message(
        "컨테이너 {container}을(를) 시작하지 못했습니다: 이미지 안에 {program}이(가) 없습니다.",
        "Container {container} could not start: there is no {program} in its image.",
        "command의 철자를 확인하세요. 한 줄 전체를 한 항목에 적었다면 단어마다 항목을 나누세요.",
        "Check the spelling of command; a whole line in one item has to be split into words.",
    ),
    "cause.not_executable": Message(
        "컨테이너 {container}의 명령을 실행할 수 없습니다(종료 코드 126): 실행 권한이 없거나 실행 파일이 아닙니다.",
        "The command of container {container} can't be executed (status 126): it lacks the permission, or is no program.",
    ),
    "cause.memory": Message(
        "컨테이너 {container}이(가) 메모리 한도를 넘어 강제로 끝났습니다(OOMKilled).",
        "Container {container} went over its memory limit and was killed (OOMKilled).",
        "resources.limits.memory를 늘리거나 프로그램이 쓰는 메모리를 줄이세요.",
        "Raise resources.limits.memory, or let the program use less.",
    ),
    "cause.killed": Message(
        "컨테이너 {container}이(가) 강제로 끝났습니다(종료 코드 137, SIGKILL): 메모리가 모자랐거나 livenessProbe가 실패했거나 종료 신호에 답하지 않았습니다.",
        "Container {container} was killed (status 137, SIGKILL): it ran out of memory, failed its livenessProbe, or did not heed the signal to end.",
    ),
    "cause.segfault": Message(
        "컨테이너 {container}의 프로그램이 잘못된 메모리에 접근해 끝났습니다(종료 코드 139): 프로그램의 결함이거나 다른 CPU용 이미지입니다.",
        "The program in container {container} touched memory that is not its own (status 139): a bug, or an image for another CPU.",
    ),
    "cause.terminated": Message(
        "컨테이너 {container}이(가) 종료 신호를 받아 끝났습니다(종료 코드 143, SIGTERM): livenessProbe가 실패했거나 누가 끝냈습니다.",
        "Container {container} was told to end (status 143, SIGTERM): its livenessProbe failed, or somebody ended it.",
    ),
    "cause.crash": Message(
        "컨테이너 {container}의 프로그램이 오류로 끝났습니다(종료 코드 {code}): 이유는 대개 로그의 마지막 줄에 있습니다.",
        "The program in container {container} ended with an error (status {code}): the last lines of its log mostly say why.",
        "설정 파일, 환경 변수, 인자를 확인하세요.",
        "Check its configuration, environment variables and arguments.",
    ),
    "cause.start": Message(
        "컨테이너 {container}을(를) 시작하지 못했습니다: {said}",
        "Container {container} could not be started: {said}",
    ),
    "cause.resources": Message(
        "{name}을(를) 둘 노드가 없습니다: 남은 {what}이(가) 요청(requests)보다 적습니다.",
        "No node takes {name}: what is left of {what} is less than it requests.",
        "resources.requests를 줄이거나 다른 파드를 지우세요.",
        "Lower resources.requests, or remove other pods.",
    ),
    "cause.selector": Message(
        "{name}을(를) 둘 노드가 없습니다: nodeSelector나 nodeAffinity에 맞는 레이블을 가진 노드가 없습니다.",
        "No node takes {name}: none has the labels that its nodeSelector or nodeAffinity asks for.",
        "`kubectl get nodes --show-labels`와 견주어 보세요.",
        "Compare with `kubectl get nodes --show-labels`.",
    ),
    "cause.taint": Message(
        "{name}을(를) 둘 노드가 없습니다: 노드의 테인트(taint)를 허용하는 톨러레이션(toleration)이 없습니다.",
        "No node takes {name}: it does not tolerate their taints.",
        "테인트: {what}",
        "Taint: {what}",
    ),
    "cause.host_port": Message(
        "{name}을(를) 둘 노드가 없습니다: hostPort를 다른 파드가 이미 쓰고 있습니다.",
        "No node takes {name}: another pod holds its hostPort.",
    ),
    "cause.spread": Message(
        "{name}을(를) 둘 노드가 없습니다: 파드 어피니티나 분산 조건(topologySpreadConstraints)을 만족하는 노드가 없습니다.",
        "No node takes {name}: none satisfies its pod affinity or topology spread constraints.",
    ),
    "cause.unschedulable": Message(
        "{name}을(를) 둘 수 있는 노드가 없습니다.", "No node takes {name}."
    ),
    "cause.claim_absent": Message(
        "{name}이(가) 쓰는 PersistentVolumeClaim {what}이(가) 없습니다.",
        "{name} uses the PersistentVolumeClaim {what}, which does not exist.",
        "PVC를 먼저 만들고, claimName의 철자를 확인하세요.",
        "Make it first, and check the spelling of claimName.",
    ),
    "cause.claim_unbound": Message(
        "{name}이(가) 쓰는 PersistentVolumeClaim이 아직 볼륨에 묶이지(Bound) 않았습니다.",
        "A PersistentVolumeClaim of {name} is not bound to a volume.",
        "`kubectl get pvc,pv`로 용량, accessModes, storageClassName이 맞는지 보세요.",
        "See in `kubectl get pvc,pv` whether size, accessModes and storageClassName fit.",
    ),
    "cause.claim_class": Message(
        "PersistentVolumeClaim {name}이(가) 말하는 StorageClass {what}이(가) 없고, 맞는 PersistentVolume도 없습니다.",
        "There is no StorageClass {what}, which PersistentVolumeClaim {name} names, and no PersistentVolume that fits.",
        "`kubectl get storageclass`로 이름을 확인하세요.",
        "See `kubectl get storageclass`.",
    ),
    "cause.claim_nobody": Message(
        "PersistentVolumeClaim {name}에 맞는 PersistentVolume이 없고, 만들어 줄 StorageClass도 없습니다.",
        "No PersistentVolume fits PersistentVolumeClaim {name}, and no StorageClass makes one.",
        "PersistentVolume을 만들거나 storageClassName을 정하세요.",
        "Make a PersistentVolume, or set storageClassName.",
    ),
    "cause.config": Message(
        "{name}이(가) 쓰는 {what}이(가) 없습니다.",
        "{name} uses {what}, which does not exist.",
        "먼저 만들고, 이름의 철자와 네임스페이스를 확인하세요.",
        "Make it first; check the spelling of its name and the namespace.",
    ),
    "cause.key_absent": Message(
        "{name}이(가) 쓰는 {what}에 키 {key}이(가) 없습니다.",
        "{what}, which {name} uses, has no key {key}.",
    ),
    "cause.mount": Message(
        "{name}의 볼륨을 마운트하지 못했습니다: {said}",
        "A volume of {name} can't be mounted: {said}",
    ),
    "cause.quota": Message(
        "네임스페이스의 한도(ResourceQuota {what})를 넘어 API 서버가 거절했습니다.",
        "The API server refused: the namespace's ResourceQuota {what} is used up.",
        "`kubectl describe quota`로 한도와 쓰는 양을 보세요.",
        "See `kubectl describe quota` for the limit and what is used.",
    ),
    "cause.limits": Message(
        "LimitRange가 정한 범위를 벗어나 API 서버가 거절했습니다: {said}",
        "The API server refused what is outside of a LimitRange: {said}",
    ),
    "cause.pod_security": Message(
        "네임스페이스의 파드 보안 기준(PodSecurity)에 맞지 않아 거절되었습니다: {said}",
        "The namespace's PodSecurity standard refuses the pod: {said}",
    ),
    "cause.account": Message(
        "{name}이(가) 쓰는 ServiceAccount {what}이(가) 없습니다.",
        "{name} uses the ServiceAccount {what}, which does not exist.",
    ),
    "cause.refused_pods": Message(
        "{kind} {name}의 파드를 API 서버가 거절했습니다: {said}",
        "The API server refuses the pods of {kind} {name}: {said}",
    ),
    "cause.job_failed": Message(
        "Job {name}의 파드가 backoffLimit만큼 되풀이해 실패했습니다: 이유는 대개 파드의 로그에 있습니다.",
        "The pods of Job {name} have failed as often as its backoffLimit allows: their logs mostly say why.",
    ),
    "cause.job_late": Message(
        "Job {name}이(가) activeDeadlineSeconds 안에 끝나지 않아 멈추었습니다.",
        "Job {name} did not end within its activeDeadlineSeconds and was stopped.",
    ),
    "cause.progress": Message(
        "Deployment {name}의 새 파드가 progressDeadlineSeconds 안에 준비되지 않았습니다.",
        "The new pods of Deployment {name} did not become ready within its progressDeadlineSeconds.",
    ),
    "cause.evicted": Message(
        "노드의 자원이 모자라 파드 {name}이(가) 쫓겨났습니다: {said}",
        "The node ran short and evicted pod {name}: {said}",
    ),
    "cause.probe": Message(
        "파드 {name}은(는) 실행 중이지만 readinessProbe가 계속 실패합니다: {said}",
        "Pod {name} runs, but its readinessProbe keeps failing: {said}",
        "probe의 경로와 포트가 프로그램이 실제로 여는 것과 같은지 보세요.",
        "Is the probe's path and port what the program really serves?",
    ),
    "cause.finalizer": Message(
        "{kind} {name}은(는) finalizer가 남아 지워지지 않습니다: 그것을 떼어 줄 컨트롤러가 없습니다.",
        "{kind} {name} is kept by its finalizers: the controller that would take them off is not there.",
    ),
    "cause.claim_used": Message(
        "PersistentVolumeClaim {name}을(를) 쓰는 파드가 있어 지워지지 않습니다.",
        "PersistentVolumeClaim {name} stays until no pod uses it any more.",
        "그 파드를 먼저 지우세요. `kubectl describe pvc {name}`의 Used By에 이름이 있습니다.",
        "Delete the pod first: `kubectl describe pvc {name}` names it under Used By.",
    ),
    "cause.going": Message(
        "{kind} {name}이(가) 아직 지워지는 중입니다: 종료 신호에 답하지 않는 프로그램은 terminationGracePeriodSeconds를 다 채웁니다.",
        "{kind} {name} is still on its way out: a program that ignores the signal takes all of terminationGracePeriodSeconds.",
    ),
    "cause.no_endpoints": Message(
        "서비스 {service}의 셀렉터({selector})에 맞는 파드가 하나도 없습니다.",
        "The selector of Service {service} ({selector}) matches no pod.",
        "파드의 레이블과 견주어 보세요: kubectl get pods --show-labels",
        "Compare with the pods' labels: kubectl get pods --show-labels",
    ),
    "cause.none_ready": Message(
        "서비스 {service} 뒤에 준비된 파드가 하나도 없습니다.",
        "No pod behind Service {service} is ready.",
    ),
    "cause.no_such_port": Message(
        "서비스 {service}에는 포트 {port}이(가) 없습니다: 있는 포트는 {have}입니다.",
        "Service {service} has no port {port}; it has {have}.",
    ),
    "cause.target_port": Message(
        "서비스 {service}이(가) 파드 {name}의 포트 {port}(으)로 보내지만, 파드에서 그 포트를 여는 프로그램이 없습니다.",
        "Service {service} leads to port {port} of pod {name}, where no program listens.",
        "targetPort를 프로그램이 여는 포트로 고치세요. 매니페스트의 containerPort: {have}",
        "Set targetPort to the port that the program opens. containerPort in the manifest: {have}",
    ),
    "cause.pod_port": Message(
        "파드 {name}에는 포트 {port}을(를) 여는 프로그램이 없습니다.",
        "In pod {name} no program listens on port {port}.",
        "매니페스트의 containerPort: {have}",
        "containerPort in the manifest: {have}",
    ),
    "cause.pod_not_ready": Message(
        "파드 {name}이(가) 준비되지 않았습니다.", "Pod {name} is not ready."
    ),
    "cause.refused": Message(
        "{address}에서 연결을 거절했습니다: 그 주소와 포트를 여는 프로그램이 없습니다.",
        "{address} refuses connections: no program listens there.",
        "주소와 포트를 확인하세요. 서버가 아직 시작하는 중일 수도 있습니다.",
        "Check address and port; the server may also still be starting.",
    ),
    "cause.no_answer": Message(
        "{address}에서 답이 오지 않습니다: 주소가 틀렸거나, 없는 네트워크이거나, NetworkPolicy가 막습니다.",
        "No answer from {address}: the address is wrong, its network is not there, or a NetworkPolicy is in the way.",
    ),
    "cause.dns": Message(
        "이름 {host}을(를) 찾을 수 없습니다: 서비스 이름의 철자와 네임스페이스(이름.네임스페이스)를 확인하세요.",
        "The name {host} is not known: check the Service's name and namespace (name.namespace).",
        "서비스 이름은 클러스터 안(파드)에서만 통합니다.",
        "A Service's name counts only inside the cluster, in pods.",
    ),
    "cause.not_found": Message(
        "{name}({kind})이(가) 없습니다: 철자와 네임스페이스를 확인하고, 앞 단계에서 만들었는지 보세요.",
        "There is no {name} ({kind}): check its spelling and namespace, and whether an earlier step made it.",
    ),
    "cause.no_namespace": Message(
        "네임스페이스 {name}이(가) 없습니다: 먼저 만드세요 (kubectl create namespace {name}).",
        "There is no namespace {name}: make it first (kubectl create namespace {name}).",
    ),
    "cause.exists": Message(
        "{name}({kind})이(가) 이미 있습니다: create는 새로 만들 때만 씁니다.",
        "{name} ({kind}) exists already: create is only for what is new.",
        "고치려면 kubectl apply를, 새로 만들려면 먼저 kubectl delete를 쓰세요.",
        "Use kubectl apply to change it, or kubectl delete first.",
    ),
    "cause.forbidden": Message(
        "{what}에 {verb}을(를) 할 권한이 없습니다(RBAC).",
        "There is no right to {verb} {what} (RBAC).",
        "`kubectl auth can-i {verb} {what}`로 확인하고, Role과 RoleBinding을 보세요.",
        "See `kubectl auth can-i {verb} {what}`, and the Role and its RoleBinding.",
    ),
    "cause.no_kind": Message(
        "이 클러스터에는 {kind}(이)라는 종류가 없습니다: 철자와 apiVersion을 확인하세요. CRD라면 먼저 설치해야 합니다.",
        "This cluster has no kind {kind}: check the spelling and apiVersion; of a CRD its definition comes first.",
    ),
    "cause.no_file": Message(
        "파일 {file}이(가) 작업 폴더에 없습니다: 이름과 경로를 확인하세요.",
        "There is no file {file} in the working directory: check its name and path.",
    ),
    "cause.yaml": Message(
        "YAML 문법이 틀렸습니다: {said}", "The YAML is not well formed: {said}"
    ),
    "cause.immutable": Message(
        "만든 뒤에는 바꿀 수 없는 필드를 바꾸려고 했습니다: 지우고 다시 만들어야 합니다.",
        "A field was to be changed that can't be: delete the object and make it anew.",
    ),
    "cause.not_running": Message(
        "컨테이너 {container}이(가) 실행 중이 아니어서 들어갈 수 없습니다.",
        "Container {container} does not run, so nothing can be run in it.",
    ),
    "cause.pod_over": Message(
        "파드가 이미 끝나({phase}) 그 안에서 명령을 실행할 수 없습니다.",
        "The pod is over ({phase}), so nothing can be run in it.",
    ),
    "cause.not_in_image": Message(
        "컨테이너 이미지 안에 {program}이(가) 없습니다: bash가 없는 이미지에서는 sh를 쓰세요.",
        "The container's image has no {program}; where there is no bash, use sh.",
    ),
    "cause.not_started": Message(
        "파드 {name}의 컨테이너 {container}이(가) 아직 시작하지 않아 로그가 없습니다: {said}",
        "Container {container} of pod {name} has not started, so there is no log: {said}",
    ),
    "cause.no_previous": Message(
        "컨테이너 {container}은(는) 다시 시작한 적이 없어 이전 로그가 없습니다.",
        "Container {container} has not been started again, so there is no previous log.",
    ),
    "cause.waited": Message(
        "기다리던 상태가 정한 시간 안에 오지 않았습니다: kubectl describe로 무엇에 막혀 있는지 보세요.",
        "What was waited for did not come in time: see in kubectl describe what holds it up.",
    ),
    "cause.rollout": Message(
        "롤아웃이 정한 시간 안에 끝나지 않았습니다: 새 파드가 준비되지 않습니다.",
        "The rollout did not end in time: its new pods do not become ready.",
    ),
    "cause.no_command": Message(
        "{program} 명령이 없습니다: 철자를 확인하세요.",
        "There is no command {program}: check its spelling.",
    ),
}


# --- kdocs diff, kdocs update, kdocs run --check ---

CATALOGUE |= {
    "diff.other": Message("실제는 {real}", "really {real}"),
    "diff.missing": Message("실제 출력에 없음", "not in the real output"),
    "diff.extra": Message("실제 출력에는 있음: {real}", "only in the real output: {real}"),
    "diff.failed": Message("실행이 실패함 ({status}): {reason}", "failed ({status}): {reason}"),
    "diff.unrecorded": Message(
        "{path}: 출력 {count}개는 아직 기록이 없습니다 ({lines}줄). 실행: kdocs run {path}",
        "{path}: {count} outputs have no record yet (line {lines}). To run: kdocs run {path}",
    ),
    "diff.stale": Message(
        "{path}: 출력 {count}개는 앞이 바뀌기 전의 기록과 견주었습니다 ({lines}줄). 실행: kdocs run {path}",
        "{path}: {count} outputs were recorded before something above them changed (line {lines}). To run: kdocs run {path}",
    ),
    "diff.summary": Message(
        "노트 {notes}개의 출력: 같음 {same}, 다름 {differs}, 실패 {failed}, 기록 없음 {unrecorded}",
        "outputs of {notes} notes: {same} same, {differs} differ, {failed} failed, {unrecorded} without a record",
    ),
    "update.made": Message(
        "{path}: 출력 {count}개를 고쳤습니다", "{path}: {count} outputs updated"
    ),
    "update.would": Message(
        "{path}: 출력 {count}개를 고칠 수 있습니다", "{path}: {count} outputs could be updated"
    ),
    "update.ask": Message(
        "{path}: 출력 {count}개를 고칠까요?", "{path}: update {count} outputs?"
    ),
    "update.how": Message("쓰려면: kdocs update --yes", "to write them: kdocs update --yes"),
    "update.left": Message(
        "{path}:{line}: 그대로 둠: {reason}", "{path}:{line}: left as it is: {reason}"
    ),
    "update.stale": Message(
        "기록한 뒤에 앞이 바뀌었습니다. kdocs run이 먼저입니다",
        "something above it changed since it was recorded; kdocs run comes first",
    ),
    "update.failed": Message(
        "실행이 실패했습니다. 실패한 출력을 쓰려면 --failed를 더하세요",
        "the command failed; --failed writes its output",
    ),
    "update.redacted": Message(
        "실제 출력에 가려진 비밀 값이 있습니다", "the real output holds redacted secrets"
    ),
    "update.cut": Message(
        "실제 출력이 너무 길어 기록에서 잘렸습니다",
        "the real output is too long, the record has only its beginning",
    ),
    "update.empty": Message("실제로는 아무것도 출력하지 않습니다", "it really prints nothing"),
    "update.literal": Message(
        "뒤의 명령이 이 출력에 있는 값을 씁니다. 실제 출력에는 그 값의 자리가 없으니 함께 고쳐야 합니다",
        "commands below use values of this output, which have no place in the real one; "
        "both want to be changed together",
    ),
    "update.again": Message(
        "{path}: 뒤의 명령이 고친 출력의 값을 씁니다. 고친 다음에는 kdocs run으로 다시 기록하세요",
        "{path}: commands below use values of a new output; once written, record the note "
        "again with kdocs run",
    ),
    "update.style": Message(
        "여기에 쓰면 출력으로 읽히지 않습니다",
        "written here, the real output would not be read as output",
    ),
    "verify.unrecorded": Message("{path}: 견줄 기록이 없습니다", "{path}: there is no record"),
    "verify.changed": Message(
        "{path}: 기록한 뒤에 노트가 바뀌었습니다",
        "{path}: the note has changed since its record",
    ),
    "verify.new": Message("기록에 없는 명령", "the record does not have this command"),
    "verify.status": Message("기록은 {before}, 지금은 {now}", "recorded {before}, now {now}"),
    "verify.exit": Message(
        "종료 코드: 기록은 {before}, 지금은 {now}", "exit status: recorded {before}, now {now}"
    ),
    "verify.summary": Message(
        "노트 {pages}개를 기록과 견줌: 다른 출력 {steps}개. 기록은 그대로 두었습니다",
        "{pages} notes held against their records: {steps} outputs differ. Nothing was recorded",
    ),
}
