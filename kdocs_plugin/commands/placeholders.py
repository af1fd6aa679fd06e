"""Placeholders in commands: `<pod-name>`, `<파드의 IP>`, `{노드 이름}`, `[파드 이름]`.

They are found before the shell is parsed, because bash reads `<pod-name>` as two
redirections. What a placeholder stands for is read from its words and, where those say
only "name", from the command around it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

from kdocs_plugin.late import late
from kdocs_plugin.model import Attribute
from kdocs_plugin.values import dataclass

# Syllables, and the letters that macOS takes them apart into (a name or a text in NFD).
HANGUL = "가-힣ᄀ-ᇿ"
# Angle brackets: a letter right behind `<`, no space before `>`: not `cmd <in >out`.
ANGLE = late(rf"<(?P<body>[A-Za-z_{HANGUL}][\w ./:'’-]*)(?<=\w)>(?![A-Za-z0-9_])")
# Braces mean too much in a shell, jsonpath and templates: plain words only, and neither
# `${x}`, `%{x}` nor `{{x}}`.
BRACE = late(rf"(?<![$%{{\w])\{{(?P<body>[A-Za-z_{HANGUL}][\w -]*)(?<=\w)\}}(?!\}})")
# Square brackets are a test, a glob, an index and documentation's `[options]`: a word of its
# own, not quoted, that names a thing we know or is written in Hangul.
SQUARE = late(rf"(?<![\w$\[\]}}.*])\[(?P<body>[A-Za-z_{HANGUL}][\w -]*)(?<=\w)\](?![\w\[({{*])")

KINDS: Mapping[str, tuple[str, ...]] = {
    "pod": ("pod", "pods", "po", "파드", "포드"),
    "service": ("service", "services", "svc", "서비스", "cluster", "클러스터"),
    "deployment": ("deployment", "deployments", "deploy", "디플로이먼트"),
    "replicaset": ("replicaset", "replicasets", "rs", "레플리카셋"),
    "node": ("node", "nodes", "no", "노드"),
    "namespace": ("namespace", "namespaces", "ns", "네임스페이스"),
    "container": ("container", "컨테이너"),
    "image": ("image", "이미지"),
    "configmap": ("configmap", "configmaps", "cm", "컨피그맵"),
    "secret": ("secret", "secrets", "시크릿"),
    "job": ("job", "jobs", "잡"),
    "cronjob": ("cronjob", "cronjobs", "크론잡"),
    "statefulset": ("statefulset", "statefulsets", "sts", "스테이트풀셋"),
    "daemonset": ("daemonset", "daemonsets", "ds", "데몬셋"),
    "ingress": ("ingress", "ingresses", "ing", "인그레스"),
    "persistentvolumeclaim": ("persistentvolumeclaim", "pvc", "퍼시스턴트볼륨클레임"),
    "persistentvolume": ("persistentvolume", "pv", "퍼시스턴트볼륨"),
    "serviceaccount": ("serviceaccount", "serviceaccounts", "sa", "서비스어카운트"),
}
KIND_OF_WORD = {word: kind for kind, words in KINDS.items() for word in words}
CLUSTER_WORDS = frozenset("cluster 클러스터".split())
NAME_WORDS = frozenset("name names 이름 명".split())
ADDRESS_WORDS = frozenset("ip ips address addr 주소 아이피".split())
PORT_WORDS = frozenset("port 포트".split())
JOINED = {  # words that say both
    "podip": ("pod", "ip"),
    "nodeip": ("node", "ip"),
    "serviceip": ("service", "ip"),
    "svcip": ("service", "ip"),
    "podname": ("pod", "name"),
    "clusterip": ("service", "ip"),
    "nodename": ("node", "name"),
    "svcname": ("service", "name"),
    "nodeport": ("node", "port"),
    "servicename": ("service", "name"),
    "containername": ("container", "name"),
    "imagename": ("image", "name"),
    "targetport": ("pod", "port"),
    "containerport": ("pod", "port"),
}
# Words that say nothing about what is meant.
FILLERS = frozenset(
    """
    your my the a an of this that internal actual real some any target new id
    내 내부 해당 위 위의 위에서 원하는 확인한 조회한 생성된 생성한 만든 실제 실행 중인 실행중인
    그 어떤 아무 하나 하나의 중 대상 본인 본인의 자신의 입력 값 번호
    """.split()
)
UNDERSTOOD = FILLERS | NAME_WORDS | ADDRESS_WORDS | PORT_WORDS | KIND_OF_WORD.keys()
# Particles that may stand behind a Korean noun: 파드의 IP, 노드에서.
PARTICLES = ("에서", "의", "에", "을", "를", "이", "가", "은", "는")
# What stands in angle brackets in output and in HTML, and is nobody's to fill in.
LITERALS = frozenset(
    """
    none pending unknown unset nil invalid eof
    a b body br button center code div em form h1 h2 h3 h4 h5 h6 head header hr html i img
    input li link main meta ol p pre script span strong style table td th title tr u ul
    """.split()
)


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
    for match in ANGLE.finditer(text) if "<" in text else ():
        if text[match.start() - 1 : match.start()] in ("<", "&"):
            continue  # a here-document
        if match["body"].lower() not in LITERALS:
            found.append(placeholder(match))
    for match in BRACE.finditer(text) if "{" in text else ():
        # `awk '{print}'` and `{range}` are not placeholders: Hangul or known words are.
        words = words_of(match["body"])
        if re.search(f"[{HANGUL}]", match["body"]) or UNDERSTOOD.issuperset(words):
            found.append(placeholder(match))
    for match in SQUARE.finditer(text) if "[" in text else ():
        understood = understand(match["body"])[1] is not None
        if (understood or re.search(f"[{HANGUL}]", match["body"])) and not is_quoted(match):
            found.append(placeholder(match))
    return tuple(sorted(found, key=lambda each: each.start))


def is_quoted(match: re.Match[str]) -> bool:
    """Whether a match stands in quotes or in a comment, as far as its own line tells."""
    before = match.string[match.string.rfind("\n", 0, match.start()) + 1 : match.start()]
    return before.count("'") % 2 == 1 or before.count('"') % 2 == 1 or "# " in before


def placeholder(match: re.Match[str]) -> Placeholder:
    """What a match of one of the patterns stands for."""
    kind, attribute = understand(match["body"])
    return Placeholder(match.start(), match.end(), match[0], kind, attribute)


def understand(body: str) -> tuple[str, Attribute | None]:
    """Kind and attribute that a placeholder's words name, ("", None) if they do not.

    A word that is not known may stand before the kind (`<nginx-pod>`), where it tells
    which one; behind it, it changes what is meant (`<service-account>`, `<pod-label>`).
    """
    kind, attribute = "", None
    for word in words_of(body):
        if word in NAME_WORDS:
            attribute = attribute or Attribute.NAME
        elif word in ADDRESS_WORDS:
            if attribute is Attribute.NODE:
                return "", None
            attribute = Attribute.IP
        elif word in PORT_WORDS:
            attribute = Attribute.NODE_PORT if kind == "node" else Attribute.PORT
            kind = "service" if kind == "node" else kind
        elif word in KIND_OF_WORD:
            found = KIND_OF_WORD[word]
            if found == "container" and kind in ("", "pod"):
                kind, attribute = "pod", Attribute.CONTAINER
            elif found == "image" and kind in ("", "pod"):
                kind, attribute = "pod", Attribute.IMAGE
            elif kind == "pod" and found == "node":
                attribute = Attribute.NODE
            elif kind in ("", "service") or found == "namespace":
                kind = found  # `<service-pod-name>`: the last one is meant
            else:
                return "", None
        elif word not in FILLERS and (kind or attribute is not None):
            return "", None
        elif word not in FILLERS and not any(each in KIND_OF_WORD for each in words_of(body)):
            return "", None  # `<file-name>`: a name, but of nothing that we know
    if kind and attribute is None:
        attribute = Attribute.NAME  # `<pod>`
    if attribute is not Attribute.IP and CLUSTER_WORDS & set(words_of(body)):
        return "", None  # a cluster has an IP for each service, and nothing else for us
    return kind, attribute


def words_of(body: str) -> list[str]:
    """The words of a placeholder, lower case, Korean particles taken off."""
    body = unicodedata.normalize("NFC", body)
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z][a-z])", " ", body)  # podName
    spaced = re.sub(rf"(?<=[{HANGUL}])(?=[A-Za-z])|(?<=[A-Za-z])(?=[{HANGUL}])", " ", spaced)
    words: list[str] = []
    for word in re.split(r"[\s_./:'’-]+", spaced.lower()):
        if word in JOINED:
            words += JOINED[word]
        elif word and word not in PARTICLES:
            words += taken_apart(without_particle(word))
    return words


def without_particle(word: str) -> str:
    """파드의 is 파드, where what is left is a word that we know."""
    for particle in PARTICLES:
        stem = word.removesuffix(particle)
        if stem != word and any(part in UNDERSTOOD for part in taken_apart(stem)):
            return stem
    return word


def taken_apart(word: str) -> list[str]:
    """파드이름 is 파드 and 이름; any other word is itself."""
    for noun in (*NAME_WORDS, *ADDRESS_WORDS, *PORT_WORDS):
        stem = word.removesuffix(noun)
        if stem != word and stem in KIND_OF_WORD:
            return [stem, noun]
    return [word]


def fill(text: str, values: Iterable[tuple[int, str, str]]) -> str:
    """`text` with something else in the place of what stands there: (place, old, new)."""
    for start, old, new in sorted(values, reverse=True):
        text = text[:start] + new + text[start + len(old) :]
    return text


def substitute(text: str, values: Mapping[str, str]) -> str:
    """`text` with every placeholder that `values` knows (by its text) replaced."""
    result, at = [], 0
    for found in find_placeholders(text):
        if found.text in values:
            result += [text[at : found.start], values[found.text]]
            at = found.end
    return "".join([*result, text[at:]])
