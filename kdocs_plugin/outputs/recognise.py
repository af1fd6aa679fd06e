"""Telling kubectl's output from commands and prose by its shape."""

from __future__ import annotations

from kdocs_plugin.late import late
from kdocs_plugin.outputs.scrub import CUT

# NAME   READY   STATUS: upper-case headings, two or more columns, wide gaps between them.
HEADING = late(r"[A-Z][A-Z0-9 /_()%-]*(?:\((?:cores|bytes)\))?")
GAP = late(r"\s{2,}|\t")
# What kubectl's heads begin with: these are known also where somebody narrowed the gaps.
FIRST_HEADINGS = frozenset("NAME NAMESPACE LAST CURRENT REVISION".split())


DONE = (
    "created|configured|unchanged|deleted|scaled|patched|labeled|unlabeled|annotated|exposed|"
    "edited|replaced|autoscaled|rolled back|restarted|paused|resumed|cordoned|uncordoned|"
    "drained|evicted|tainted|untainted|modified|serverside-applied|condition met|approved|"
    "denied|(?:image|env|resource requirements|selector|serviceaccount) updated|pruned|"
    "already cordoned|not labeled|skipped rollback.*|force deleted|set"
)
# pod/web created · namespace "x" deleted · pod "web" force deleted from default namespace
DONE_LINE = late(
    rf'^[a-z][a-z0-9.-]*(?:/[\w.:-]+| "[\w.:-]+") (?:{DONE})(?: \(.*\))?'
    r"(?: from .* namespace)?$"
)
SENTENCES = late(
    r"^(?:Error from server|error: |Error: |Unable to |The connection to the server|"
    r'The [A-Z]\w+ "|No resources found|Warning: |Defaulted container |'
    r"(?:deployment|daemon set|statefulset|partitioned roll out)\b.*"
    r"(?:successfully rolled out|complete)|"
    r'Waiting for (?:deployment|\d+ pods)|Switched to context |(?:Context|User|Cluster) "|'
    r"Forwarding from |Handling connection for |Events: +<none>|"
    r"command terminated with exit code |If you don't see a command prompt|"
    r"curl: \(\d+\) |wget: |<!DOCTYPE html>|HTTP/[\d.]+ \d{3}|Client Version: |"
    r"Kubernetes control plane )"
)
# Outputs that go on over lines of any shape: a description, YAML, JSON, HTML.
DOCUMENT = late(
    r"^(?:(?:Name|KIND|GROUP): {2,}\S|apiVersion: ?\S|kind: ?\S|\{$|<(?:!DOCTYPE )?html>?)"
)


def is_table_head(line: str) -> bool:
    """Whether the line is the head of a table as kubectl and docker print it."""
    if not line[:1].isupper() or line != line.strip():
        return False
    headings = columns(line)
    if headings[-1] in CUT:
        headings.pop()
    if not all(HEADING.fullmatch(each) for each in headings):
        return False
    words = line.split()
    return len(headings) > 1 or (len(words) > 2 and words[0] in FIRST_HEADINGS)


def columns(line: str) -> list[str]:
    """The cells of a table's line, told by the wide gaps between them. A mark for what was
    cut at the right is one, too."""
    line = line.strip()
    mark = next((each for each in CUT if line.endswith(f" {each}")), "")
    return [each for each in (*GAP.split(line.removesuffix(mark).rstrip()), mark) if each]


def is_output(line: str) -> bool:
    """Whether one line is plainly something that a command printed."""
    return (
        is_table_head(line.strip())
        or bool(DONE_LINE.match(line))
        or bool(SENTENCES.match(line))
        or bool(DOCUMENT.match(line))
    )


def is_single(line: str) -> bool:
    """Whether a line of output stands for itself: no more lines of any shape follow."""
    return bool(DONE_LINE.match(line))


def is_document(line: str) -> bool:
    """Whether a line begins output that goes on over lines of any shape, blank ones too."""
    return bool(DOCUMENT.match(line))


def begins_with_table(text: str) -> bool:
    """Whether the first line with text is a table's head."""
    return is_table_head(next((line.strip() for line in text.split("\n") if line.strip()), ""))


def looks_like_output(text: str) -> bool:
    """Whether a whole fence is output: its first line with text has output's shape."""
    first = next((line.strip() for line in text.split("\n") if line.strip()), "")
    return is_output(first)
