"""Placeholders in commands: `<pod-name>`, `<파드의 IP>`, `{노드 이름}`.

They are found before the shell is parsed, because bash reads `<pod-name>` as two
redirections. What a placeholder stands for is read from its words and, where those say
only "name", from the command around it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from kdocs_plugin.model import Attribute

HANGUL = "가-힣"
# Angle brackets: a letter right behind `<`, no space before `>`: not `cmd <in >out`.
ANGLE = re.compile(
    rf"<(?P<body>[A-Za-z_{HANGUL}](?:[\w{HANGUL} ./:'’-]*[\w{HANGUL}])?)>(?![A-Za-z0-9_])"
)
# Braces mean too much in a shell and in jsonpath: only plain words, and not `${x}`.
BRACE = re.compile(
    rf"(?<![$\w])\{{(?P<body>[A-Za-z_{HANGUL}](?:[\w{HANGUL} -]*[\w{HANGUL}])?)\}}"
)

KINDS: Mapping[str, tuple[str, ...]] = {
    "pod": ("pod", "pods", "po", "파드", "포드"),
    "service": ("service", "services", "svc", "서비스", "cluster", "clusterip"),
    "deployment": ("deployment", "deployments", "deploy", "디플로이먼트", "deployment.apps"),
    "replicaset": ("replicaset", "replicasets", "rs", "레플리카셋"),
    "node": ("node", "nodes", "no", "노드"),
    "namespace": ("namespace", "namespaces", "ns", "네임스페이스"),
    "container": ("container", "컨테이너"),
    "image": ("image", "이미지"),
    "configmap": ("configmap", "configmaps", "cm", "컨피그맵"),
    "secret": ("secret", "secrets", "시크릿"),
    "job": ("job", "jobs", "잡"),
    "statefulset": ("statefulset", "statefulsets", "sts", "스테이트풀셋"),
    "daemonset": ("daemonset", "daemonsets", "ds", "데몬셋"),
    "ingress": ("ingress", "ingresses", "ing", "인그레스"),
    "persistentvolumeclaim": ("persistentvolumeclaim", "pvc"),
    "persistentvolume": ("persistentvolume", "pv"),
}
KIND_OF_WORD = {word: kind for kind, words in KINDS.items() for word in words}
NAME_WORDS = ("name", "names", "이름", "명")
ADDRESS_WORDS = ("ip", "address", "addr", "주소", "아이피", "podip", "nodeip")
PORT_WORDS = ("port", "포트", "nodeport", "targetport")
# Particles that may stand behind a Korean noun: 파드의 IP, 노드에서.
PARTICLES = ("의", "에서", "에", "을", "를", "이", "가", "은", "는")


@dataclass(frozen=True, slots=True)
class Placeholder:
    """One placeholder: its place in the text and what it stands for.

    `kind` is "" and `attribute` None where the words are not understood.
    """

    start: int  # code points from the start of the text
    end: int
    text: str  # brackets included
    kind: str
    attribute: Attribute | None


def find_placeholders(text: str) -> tuple[Placeholder, ...]:
    """Every placeholder of a command or a whole script, in order."""
    found: list[Placeholder] = []
    for match in ANGLE.finditer(text):
        if text[match.start() - 1 : match.start()] in ("<", "&"):
            continue  # a here-document or a process substitution
        kind, attribute = understand(match["body"])
        found.append(Placeholder(match.start(), match.end(), match[0], kind, attribute))
    for match in BRACE.finditer(text):
        kind, attribute = understand(match["body"])
        # `awk '{print}'` and `{range}` are not placeholders; Hangul or known words are.
        if attribute is not None or re.search(f"[{HANGUL}]", match["body"]):
            found.append(Placeholder(match.start(), match.end(), match[0], kind, attribute))
    return tuple(sorted(found, key=lambda each: each.start))


def understand(body: str) -> tuple[str, Attribute | None]:
    """Kind and attribute that a placeholder's words name, ("", None) if they do not."""
    kind, attribute = "", None
    for word in words_of(body):
        if word in NAME_WORDS:
            attribute = attribute or Attribute.NAME
        elif word in ADDRESS_WORDS:
            attribute = Attribute.IP
            if word in ("podip", "nodeip"):
                kind = word[:-2]
        elif word in PORT_WORDS:
            attribute = Attribute.PORT
        elif word in KIND_OF_WORD:
            found = KIND_OF_WORD[word]
            if found == "container" and kind in ("", "pod"):
                kind, attribute = "pod", Attribute.CONTAINER
            elif found == "image":
                kind, attribute = kind or "pod", Attribute.IMAGE
            elif not kind:
                kind = found
    if kind and attribute is None:
        attribute = Attribute.NAME  # `<pod>`
    return kind, attribute


def words_of(body: str) -> list[str]:
    """The words of a placeholder, lower case, Korean particles taken off."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z][a-z])", " ", body)  # podName
    spaced = re.sub(rf"(?<=[{HANGUL}])(?=[A-Za-z])|(?<=[A-Za-z])(?=[{HANGUL}])", " ", spaced)
    words = []
    for word in re.split(r"[\s_./:'’-]+", spaced.lower()):
        if not word:
            continue
        for particle in PARTICLES:
            stem = word.removesuffix(particle)
            if stem != word and (stem in KIND_OF_WORD or stem in ADDRESS_WORDS):
                word = stem
                break
        for noun in (*NAME_WORDS, *ADDRESS_WORDS):  # 파드이름
            stem = word.removesuffix(noun)
            if stem != word and stem in KIND_OF_WORD:
                words.append(stem)
                word = noun
                break
        words.append(word)
    return words


def substitute(text: str, values: Mapping[str, str]) -> str:
    """`text` with every placeholder that `values` knows (by its text) replaced."""
    result, at = [], 0
    for placeholder in find_placeholders(text):
        if placeholder.text in values:
            result += [text[at : placeholder.start], values[placeholder.text]]
            at = placeholder.end
    return "".join([*result, text[at:]])
