"""Causes of what a failed command printed: kubectl's errors, curl's, the shell's."""

from __future__ import annotations

import re
from collections.abc import Callable

from kdocs_plugin.execution.forensics.cause import Cause

Maker = Callable[[re.Match[str]], Cause]


def plain(key: str, *names: str) -> Maker:
    """A cause whose arguments are a pattern's groups, in order."""
    return lambda match: Cause(key, dict(zip(names, match.groups(default=""), strict=False)))


NO_HOST = (
    r"(?:Could not resolve host: ([\w.-]+)|bad address '([\w.-]+?)(?::\d+)?'"
    r"|can't find ([\w.-]+?):? NXDOMAIN|can't resolve '([\w.-]+)')"
)
# The first that fits counts. kubectl's words: k8s.io/apimachinery/pkg/api/errors,
# k8s.io/kubectl; those of containers come through the kubelet.
PATTERNS: tuple[tuple[re.Pattern[str], Maker], ...] = tuple(
    (re.compile(pattern, re.MULTILINE), make)
    for pattern, make in (
        (r"exceeded quota: ([^,\s]+)", plain("cause.quota", "what")),
        (r'violates PodSecurity "([^"]+)"', plain("cause.pod_security", "said")),
        (r"((?:maximum|minimum) \S+ usage per .*)", plain("cause.limits", "said")),
        (
            r'\(Forbidden\).*? cannot (\S+) resource "([^"]+)"',
            plain("cause.forbidden", "verb", "what"),
        ),
        (
            r"\(NotFound\).*?: (\S+) \"([^\"]+)\" not found",
            plain("cause.not_found", "kind", "name"),
        ),
        (r'namespaces "([^"]+)" not found', plain("cause.no_namespace", "name")),
        (
            r"(?:error|\(AlreadyExists\)).*?: (\S+) \"([^\"]+)\" already exists",
            plain("cause.exists", "kind", "name"),
        ),
        (
            r"(?:the server doesn't have a resource type|no matches for kind) \"([^\"]+)\"",
            plain("cause.no_kind", "kind"),
        ),
        (
            r'(?:the path "([^"]+)" does not exist|open ([^\s:]+): no such file)',
            lambda match: Cause("cause.no_file", {"file": match[1] or match[2]}),
        ),
        (r"error converting YAML to JSON: yaml: (.*)", plain("cause.yaml", "said")),
        (r"field is immutable", plain("cause.immutable")),
        (
            r"(?:unable to upgrade connection: container not found \(\"([^\"]+)\"\))",
            plain("cause.not_running", "container"),
        ),
        (
            r"cannot exec into a container in a completed pod; current phase is (\w+)",
            plain("cause.pod_over", "phase"),
        ),
        (
            r'exec: \\?"([^"\\]+)\\?": (?:executable file not found|stat .*no such file)',
            plain("cause.not_in_image", "program"),
        ),
        (
            r'container "?([\w-]+)"? in pod "?([\w.-]+)"? is waiting to start: (.*)',
            plain("cause.not_started", "container", "name", "said"),
        ),
        (
            r"previous terminated container \"([^\"]+)\"",
            plain("cause.no_previous", "container"),
        ),
        (r"timed out waiting for the condition(?: on (\S+))?", plain("cause.waited", "name")),
        (r"exceeded its progress deadline", plain("cause.rollout")),
        (
            NO_HOST,
            lambda match: Cause("cause.dns", {"host": "".join(filter(None, match.groups()))}),
        ),
        (
            r"^(?:(?:ba)?sh: (?:line )?(?:\d+: )?)?([\w./-]+): (?:command )?not found$",
            plain("cause.no_command", "program"),
        ),
    )
)
# What curl and wget say of a connection, with their words for the other end.
REFUSED = re.compile(
    r"(?:Failed to connect to|Could not connect to|connect to|can't connect to remote host) "
    r"\(?([\w.-]+)(?::\d+)?\)?(?: port (\d+))?\b.*?"
    r"(?:refused|Couldn't connect|Could not connect)"
)
SLOW = re.compile(
    r"(?:Connection timed out|Operation timed out|Resolving timed out|download timed out|"
    r"Timeout was reached)"
)
ADDRESS = re.compile(
    r"(?:https?://)?((?:\d{1,3}\.){3}\d{1,3}|[a-z0-9][\w.-]*[\w])(?::(\d{1,5}))?"
)
# Exit statuses of curl.
CURL_DNS, CURL_REFUSED, CURL_SLOW = 6, 7, 28


def cause_in(text: str) -> Cause | None:
    """What a failed command's own words usually mean."""
    for pattern, make in PATTERNS:
        if match := pattern.search(text):
            return make(match)
    return None


def unreached(command: str, text: str, code: int | None) -> tuple[str, str, str] | None:
    """Where a curl or wget came to nothing: how (`refused`, `slow`, `dns`), host and port.

    By what it printed, or, where it was told to be silent, by curl's exit status.
    """
    if not (found := re.search(r"\b(?:curl|wget)\b(.*)", command, re.DOTALL)):
        return None
    target = target_of(found[1])
    if match := REFUSED.search(text):
        host, port = match[1], match[2] or target[1]
        return "refused", host, port
    if "onnection refused" in text or code == CURL_REFUSED:
        return "refused", *target
    if SLOW.search(text) or code == CURL_SLOW:
        return "slow", *target
    return ("dns", *target) if code == CURL_DNS else None


def target_of(words: str) -> tuple[str, str]:
    """Host and port that a curl line's words name; 80 where it names none."""
    for word in words.split():
        bare = word.strip("\"'")
        if bare.startswith("-") or not (match := ADDRESS.match(bare)):
            continue
        if "://" in bare or match[2] or "." in match[1] or "/" in bare:
            return match[1], match[2] or ("443" if bare.startswith("https") else "80")
    bare = words.split()[-1].strip("\"'") if words.split() else ""
    return bare.partition("/")[0].partition(":")[0], "80"
