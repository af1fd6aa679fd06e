"""Telling kubectl's output from commands and prose by its shape."""

from __future__ import annotations

import re

# NAME   READY   STATUS: upper-case headings, two or more columns, wide gaps between them.
HEADING = r"[A-Z][A-Z0-9]*(?:[-_/ ][A-Z(][A-Z0-9()-]*)*(?:\([A-Za-z%]+\))?"
TABLE_HEAD = re.compile(rf"^{HEADING}(?:(?:\s{{2,}}|\t+){HEADING})+\s*(?:\.\.\.)?\s*$")

DONE = (
    "created|configured|unchanged|deleted|scaled|patched|labeled|unlabeled|annotated|exposed|"
    "edited|replaced|autoscaled|rolled back|restarted|paused|resumed|cordoned|uncordoned|"
    "drained|evicted|tainted|untainted|modified|serverside-applied|condition met|"
    "(?:image|env|resource requirements|selector|serviceaccount) updated|already cordoned|"
    "not labeled|skipped rollback.*|force deleted"
)
# pod/web created · namespace "x" deleted · pod "web" force deleted from default namespace
DONE_LINE = re.compile(
    rf'^[a-z][a-z0-9.-]*(?:/[\w.:-]+| "[\w.:-]+") (?:{DONE})(?: \(.*\))?(?: from .* namespace)?$'
)
SENTENCES = re.compile(
    r"^(?:Error from server|error: |Error: |Unable to connect|The connection to the server|"
    r'The [A-Z]\w+ "|No resources found|Warning: |Defaulted container |'
    r"(?:deployment|daemon set|statefulset|partitioned roll out).* (?:successfully rolled out|complete)|"
    r"Waiting for (?:deployment|\d+ pods)|Forwarding from |Handling connection for |"
    r"command terminated with exit code |If you don't see a command prompt|"
    r"curl: \(\d+\) |<!DOCTYPE html>|HTTP/[\d.]+ \d{3})"
)


def is_table_head(line: str) -> bool:
    """Whether the line is the head of a table as kubectl and docker print it."""
    return bool(TABLE_HEAD.match(line))


def is_output(line: str) -> bool:
    """Whether one line is plainly something that a command printed."""
    return is_table_head(line) or bool(DONE_LINE.match(line)) or bool(SENTENCES.match(line))


def looks_like_output(text: str) -> bool:
    """Whether a whole fence is output: its first line with text has output's shape."""
    first = next((line.strip() for line in text.split("\n") if line.strip()), "")
    return is_output(first)
