"""What changes from run to run, replaced by constant marks: ages, times, addresses,
generated suffixes, identifiers.

The marks are words in angle brackets. `agree` holds written against real: there the
scenario's namespace, a redacted value and what the author cut stand for anything.
"""

from __future__ import annotations

import re

from kdocs_plugin.late import late

CUT = ("...", "…")  # how authors mark what they left out
SAFE = "bcdfghjklmnpqrstvwxz2456789"  # the letters that Kubernetes generates names from
SUFFIX = f"[{SAFE}]{{5}}"
MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
SCRUBS = tuple(
    (late(pattern, re.MULTILINE), mark)
    for pattern, mark in (
        (r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?", "<time>"),
        (
            r"\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d? \w{3} \d{4} [\d:]+(?: GMT| [+-]\d{4})?",
            "<time>",
        ),
        (r"\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) \w{3} +\d+ [\d:]{8} \w+ \d{4}\b", "<time>"),
        (r"\b\d\d/\w{3}/\d{4}:[\d:]+ [+-]\d{4}", "<time>"),
        (r"\b\d{4}/\d\d/\d\d \d\d:\d\d:\d\d", "<time>"),
        (rf"\b(?:{MONTHS}) +\d{{1,2}} +(?:\d\d:\d\d|\d{{4}})\b", "<time>"),
        (r"\b\d\d:\d\d:\d\d\b", "<time>"),
        (r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b", "<uid>"),
        (r"\b(?:sha256:)?[0-9a-f]{64}\b", "<digest>"),
        (r"\bpod-template-hash=[a-z0-9]+", "pod-template-hash=<hash>"),
        (r"\b\d{1,3}(?:\.\d{1,3}){3}\b", "<ip>"),
        (rf"-[a-z0-9]{{6,10}}-{SUFFIX}\b", "-<hash>"),
        (rf"-{SUFFIX}\b", "-<hash>"),
        # A ReplicaSet's hash, and the minute that names a CronJob's Job.
        (rf"-[{SAFE}]{{8,10}}\b", "-<hash>"),
        (r"(?<=[a-z0-9])-2\d{7}\b", "-<minute>"),
        (r":3[0-2]\d{3}/", ":<nodeport>/"),
        (r"\b(?:\d+d)?(?:\d+h)?(?:\d+m)?\d+(?:\.\d+)?m?s\b|\b\d+[dhm](?:\d+[hms])?\b", "<age>"),
        (r"\b(worker process) \d+", r"\1 <pid>"),
        (r"^(\[\d+\]) \d+$", r"\1 <pid>"),  # of a job in the background
        # The kubelet goes from the one to the other and back.
        (r"\bErrImagePull\b", "ImagePullBackOff"),
        # The scenario's namespace is ours, and kubectl has named it only lately.
        (r"(\b(?:force )?deleted) from \S+ namespace$", r"\1"),
        (r"\b(No resources found) in \S+ namespace\.", r"\1."),
        (r"\bkdocs(?:-[a-z0-9]+)*-[0-9a-f]{6}\b", "<namespace>"),
        (r"\b(cgroup|ipc|mnt|net|pid|time|user|uts):\[\d+\]", r"\1:[<id>]"),
        (r"\b(resourceVersion|uid|pid): ?[^\s<]\S*", r"\1: <id>"),
        (r'"resourceVersion": ?"\d+"', '"resourceVersion":"<id>"'),
        (r"\b(Machine ID|System UUID|Boot ID): +[^\s<]\S*", r"\1: <id>"),
        (r'(?i)^(< )?(ETag): +(?:W/)?"[^"]*"', r"\1\2: <id>"),
    )
)
# A scenario's namespace, as ours are named.
OWN_NAMESPACE = late(r"\bkdocs(?:-[a-z0-9]+)*-[0-9a-f]{6}\b")
# Events of a describe that tell of a start's races, what is said while waiting, and kubectl's
# own log (klog's form).
PASSING_LINES = late(
    r"(?m)^(?: *Warning +(?:FailedMount|FailedScheduling) "
    r"|Waiting for (?:deployment|daemon set|statefulset|\d+ pods) "
    r"|[IWE]\d{4} [\d:.]+ +\d+ \w+\.go:\d+\]).*\n?"
)
# Which version runs is provenance: written against real it is no difference.
PROVENANCE = tuple(
    (late(pattern), mark)
    for pattern, mark in (
        (r"^((?:Client|Server|Kustomize) Version): .*", r"\1: <version>"),
        (r"(Successfully assigned) [^\s/]+/(\S+) to \S+", r"\1 <namespace>/\2 to <node>"),
        (r'(Successfully pulled image "[^"]*").*', r"\1"),
        # A kubeconfig's entries are named by their owner.
        (r'\b(Context|context|User|Cluster) "[^"]*"', r'\1 "<name>"'),
        # Kubernetes has put the same event in other words from version to version.
        (r"\b(Created|Started) container:?(?: \S+)?$", r"\1"),
        (r"\bContainer created$", "Created"),
        (r"\bContainer started$", "Started"),
        (r"\b(Scaled (?:up|down) replica set \S+) (?:from \d+ )?(to \d+)", r"\1 \2"),
        (r"(kubernetes\.io/hostname[=:] ?)\S+", r"\1<node>"),
        (r"\bnode/[\w.-]+", "node/<node>"),
        (r"#success=(\d+) #failure=(\d+)", r"successThreshold=\1 failureThreshold=\2"),
        (r"\bspec\.\w+\{[^{}]*\}: ", ""),  # which container an event is about
        (r"\bdocker\.io/(?:library/)?", ""),
        (r"\b(?:[a-z0-9-]{1,60}-token|kube-api(?:-access)?)-<hash>", "<token volume>"),
    )
)
ANYTHING = {"<namespace>": "[a-z0-9<>-]+", "[redacted]": ".*", "…": ".*", "...": ".*"}
OPEN = late(r"<namespace>|\[redacted\]|\.\.\.|…")
MOST = 4  # places that stand for anything in one line: each makes matching dearer


def normalise(text: str) -> str:
    """Text in which whatever changes from run to run has a constant mark."""
    text = PASSING_LINES.sub("", text)
    before = ""
    while text != before:  # each turn takes away from the text, so this ends
        before = text
        for pattern, mark in SCRUBS:
            text = pattern.sub(mark, text)
        # Columns are as wide as their widest value: width is volatile where values are.
        text = "\n".join(re.sub(r"[ \t]+", " ", line).strip() for line in text.split("\n"))
    return text


def in_default(text: str) -> str:
    """An output as a reader sees it, who follows the note in the namespace `default`."""
    return OWN_NAMESPACE.sub("default", text)


def same(one: str, other: str) -> bool:
    """Whether two outputs of ours agree once volatile values are set aside."""
    return one == other or normalise(one) == normalise(other)


def comparable(line: str) -> str:
    """One line, written or real, as the two are held against each other."""
    line = normalise(line)
    for pattern, mark in PROVENANCE:
        line = pattern.sub(mark, line)
    return line


def agree(written: str, real: str) -> bool:
    """Whether a written line or value is the real one: volatile values, the namespace and
    what is redacted or cut set aside. Both are `comparable` already."""
    if written == real:
        return True
    return _stands_for(real, written, "<namespace>", "[redacted]") or _stands_for(
        written, real, *CUT
    )


def _stands_for(pattern: str, text: str, *marks: str) -> bool:
    """Whether `text` is `pattern` with something else in the place of the marks."""
    found = OPEN.findall(pattern)
    if not any(mark in found for mark in marks) or len(found) > MOST:
        return False
    parts = OPEN.split(pattern)
    made = ""
    for part, mark in zip(parts, [*found, ""], strict=True):
        if mark in CUT:  # a blank before or behind is the mark's
            part = part.rstrip()
        made += re.escape(part.lstrip() if made.endswith(".*") else part)
        made += ANYTHING[mark] if mark in marks else re.escape(mark)
    return re.fullmatch(made, text) is not None


def is_cut(line: str) -> bool:
    """Whether a line says that something was left out there, and nothing else."""
    return bool(CUT_LINE.fullmatch(line.strip()))


CUT_LINE = late(
    r"(?:[#\-(<\[ ]*)(?:\.{2,}|…+|[·.] ?[·.] ?[·.])[ ]*"
    r"(?:\(?(?:이하 |중간 )?(?:생략|중략|후략|전략)\)?[ ]*(?:\.{2,}|…)?)?[)>\] ]*"
    r"|[#\-(<\[ .…]*(?:이하 |중간 )?(?:생략|중략|후략|전략|snip|omitted)[)>\] .…]*"
)
